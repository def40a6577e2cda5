// Deterministic policy gradients: TD3, and DDPG, which is TD3 without its three additions.
//
// Sources: Lillicrap et al., "Continuous control with deep reinforcement learning" (2015), DDPG;
// Fujimoto, van Hoof, Meger, "Addressing Function Approximation Error in Actor-Critic Methods"
// (2018), TD3. With the replay's samples as agents/deep/off_policy.h has them and mu(s) = tanh of
// the policy's outputs:
//   critics  y = R + bootstrap * min_i Q_target,i(s', u')
//            TD3: u' = clip(mu_target(s') + clip(target_noise * n, +-target_noise_clip), +-1), n
//            normal, two critics; DDPG: u' = mu_target(s'), one critic
//   policy   every policy_delay-th update (DDPG: every): maximise the mean of Q_1(s, mu(s))
//   targets  theta_target += tau * (theta - theta_target) of critics and policy, together with the
//            policy's update
// Exploration: clip(mu(s) + exploration_noise * e, +-1), e as agents/deep/continuous_actor.h has
// it. The defaults are those of CleanRL's td3_continuous_action.py and ddpg_continuous_action.py.
//
// Deviations of DDPG from its paper, all with CleanRL: white noise of 0.1 unless noise_correlation
// is set (the paper's process, theta 0.15 and sigma 0.2, is noise_correlation 0.85 and
// exploration_noise 0.38); Adam of one step size, no weight decay, no batch normalisation; actions
// enter the first layer. CleanRL moves DDPG's policy in every second update only, here in every.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "agents/deep/off_policy.h"
#include "brasa/agent.h"

namespace brasa {

/// What can be set, with defaults and ranges.
std::vector<Field> Td3Fields();
std::vector<Field> DdpgFields();
/// Throw ConfigError as CheckContinuous.
void CheckTd3(const EnvSpec& spec, const Config& config);
void CheckDdpg(const EnvSpec& spec, const Config& config);
/// As OffPolicyBytes.
std::int64_t Td3Bytes(const AgentSetup& setup);
std::int64_t DdpgBytes(const AgentSetup& setup);
/// Throw ConfigError as CheckContinuous.
std::unique_ptr<Agent> MakeTd3(const AgentSetup& setup);
std::unique_ptr<Agent> MakeDdpg(const AgentSetup& setup);

/// The values of Td3Fields(); those of DdpgFields() with one critic, no smoothing and no delay.
struct Td3Options {
  OffPolicyOptions learner;
  double target_noise = 0, target_noise_clip = 0;
  int policy_delay = 1;

  static Td3Options Td3(const EnvSpec& spec, const Config& config);
  static Td3Options Ddpg(const EnvSpec& spec, const Config& config);
};

class Td3 final : public OffPolicyLearner {
 public:
  Td3(const AgentSetup& setup, const Td3Options& options);

  Network& target_policy() { return *target_policy_; }

 private:
  void ChooseSuccessors(const float* states, float* u, float* bonus) override;
  void LearnPolicy(const float* states) override;
  void SaveMore(StateWriter& writer) const override;
  void LoadMore(StateReader& reader) override;

  const Td3Options options_;
  std::unique_ptr<Network> target_policy_;
  std::vector<float> outputs_, u_, du_;  ///< [B, K]
  std::vector<float> value_;             ///< [B]
};

}  // namespace brasa
