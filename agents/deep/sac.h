// Soft actor-critic with a learnt temperature.
//
// Source: Haarnoja et al., "Soft Actor-Critic Algorithms and Applications" (2018), arXiv
// 1812.05905; twin critics after Fujimoto et al. (2018). With the replay's samples as
// agents/deep/off_policy.h has them, u' and u drawn from the policy anew and held fixed but for the
// policy's parameters:
//   critics      y = R + bootstrap * (min_i Q_target,i(s', u') - alpha log p(u' | s'))     (eq. 5)
//   policy       minimise the mean of alpha log p(u | s) - min_i Q_i(s, u)                 (eq. 9)
//   temperature  minimise the mean of -log alpha * (log p(u | s) + H), H = target_entropy * K
//   targets      Q_target += tau * (Q - Q_target) after every update
// The policy: agents/nn/squashed_gaussian.h. The defaults are those of CleanRL's
// sac_continuous_action.py.
//
// Deviations
//   - The temperature's loss is linear in log alpha as in the authors' code, not in alpha (eq. 18):
//     its step does not shrink with alpha.
//   - Every update moves critics, policy, temperature and targets, in this order and on one batch;
//     CleanRL moves the policy twice in every second update.
//   - Greedy play takes tanh of the mean.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "agents/deep/off_policy.h"
#include "agents/nn/free_parameters.h"
#include "agents/nn/squashed_gaussian.h"
#include "brasa/agent.h"

namespace brasa {

/// What can be set, with defaults and ranges.
std::vector<Field> SacFields();
/// Throws ConfigError where SAC does not fit `spec`: as CheckContinuous.
void CheckSac(const EnvSpec& spec, const Config& config);
/// As OffPolicyBytes.
std::int64_t SacBytes(const AgentSetup& setup);
/// Throws ConfigError as CheckSac.
std::unique_ptr<Agent> MakeSac(const AgentSetup& setup);

/// The values of SacFields().
struct SacOptions {
  OffPolicyOptions learner;
  double temperature = 1;  ///< alpha, the first one or the one for ever
  bool learn_temperature = true;
  double target_entropy = -1;  ///< [nat], of each component

  static SacOptions From(const EnvSpec& spec, const Config& config);
};

class Sac final : public OffPolicyLearner {
 public:
  explicit Sac(const AgentSetup& setup) : Sac(setup, SacOptions::From(setup.spec, setup.config)) {}

  /// alpha
  double temperature() const;

 private:
  Sac(const AgentSetup& setup, const SacOptions& options);
  void ChooseSuccessors(const float* states, float* u, float* bonus) override;
  void LearnPolicy(const float* states) override;
  void LearnTemperature(double mean_log_prob);
  void SaveMore(StateWriter& writer) const override { log_temperature_.Save(writer); }
  void LoadMore(StateReader& reader) override { log_temperature_.Load(reader); }

  const SacOptions options_;
  FreeParameters log_temperature_;  ///< [1]
  SquashedGaussian gaussian_;
  std::vector<float> outputs_, doutputs_;      ///< [B, 2 K]
  std::vector<float> u_, du_;                  ///< [B, K]
  std::vector<float> log_prob_, least_value_;  ///< [B]
};

}  // namespace brasa
