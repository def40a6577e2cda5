// What SAC, TD3 and DDPG have in common: a policy and its critics learn from a replay.
//
// An update draws B samples (s, u, R, s') of the replay, uniformly, and
//   1. regresses every critic to  y = R + bootstrap * (min_i Q_target,i(s', u') + b'),
//      bootstrap = discount, 0 where the episode terminated; u' and the bonus b' are the
//      algorithm's;
//   2. moves the policy up the gradient of its objective through the critics, and the targets
//      after what they follow, as the algorithm says.
//
// Decisions
//   - A truncated episode bootstraps from its final observation.
//   - Actions are learnt in [-1, 1]^K, component by component the environment's bounds.
//   - Steps are those of all worlds: `train_frequency` and `learning_starts` count them, so the
//     number of updates does not depend on the number of worlds.
//   - Until `learning_starts` actions are uniformly random in the box.
//   - Several seats: one policy, since each sees its own view; transitions as SeatTransitions makes
//     them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agents/deep/action_box.h"
#include "agents/deep/continuous_actor.h"
#include "agents/deep/critics.h"
#include "agents/memory/observation_encoder.h"
#include "agents/memory/replay.h"
#include "agents/nn/network.h"
#include "brasa/agent.h"

namespace brasa {

/// The values of OffPolicyFields() and what an algorithm adds to them.
struct OffPolicyOptions {
  std::string agent;  ///< that errors name
  double learning_rate = 0, critic_learning_rate = 0, discount = 0, tau = 0;
  bool anneal_lr = false;
  std::int64_t capacity = 0, learning_starts = 0, train_frequency = 0;
  int batch = 0, gradient_steps = 0;
  double noise_correlation = 0;
  NetworkSpec network;  ///< hidden layers and activation of policy and critics
  AdamOptions adam;
  std::string backend;
  int critics = 2;
  bool gaussian = false;         ///< the policy has log deviations
  double exploration_noise = 0;  ///< of policies that have none

  /// Throws as CheckContinuous.
  static OffPolicyOptions From(const std::string& agent, const EnvSpec& spec, const Config& config);
  /// The policy's shape: heads "mean" [K] and, if gaussian, "log_std" [K].
  NetworkSpec PolicySpec(const EnvSpec& spec) const;
};

/// Fields of all of them, with the defaults of CleanRL's scripts.
std::vector<Field> OffPolicyFields();
/// Throws ConfigError where `spec` has no box actions or a component's bounds are infinite or leave
/// no room.
void CheckContinuous(const std::string& agent, const EnvSpec& spec);
/// Bytes of replay, networks and batches, and of the replay once more in a checkpoint; `policies`
/// counts a target policy.
std::int64_t OffPolicyBytes(const AgentSetup& setup, const OffPolicyOptions& options, int policies);

/// The learner but for what the algorithm decides. B = batch, D = columns of an encoded
/// observation, K = components.
class OffPolicyLearner : public Agent {
 public:
  StateRows FirstRows() override { return replay_.FirstRows(); }
  StepRows NextRows() override { return replay_.NextRows(); }
  void Learn(const LastRows& last) override;
  Actor& actor() override { return actor_; }
  std::unique_ptr<Actor> MakeActor(ActMode mode, int worlds, std::uint64_t seed,
                                   StreamRole role) override;
  std::int64_t updates() const override { return updates_; }
  std::span<const Metric> metrics() const override { return metrics_; }
  void Save(StateWriter& writer) const override;
  void Load(StateReader& reader) override;
  /// Of the policy and the critics.
  std::uint64_t ParameterHash() const override;

  Network& policy() { return *policy_; }
  Critics& critics() { return critics_; }
  const Replay& replay() const { return replay_; }
  const ActionBox& box() const { return box_; }
  /// Of the last update: the rows drawn, what the critics regressed to, and the normals [B, K] of
  /// the successors' actions and of the policy's own.
  std::span<const std::int32_t> batch_rows() const { return rows_; }
  const std::vector<float>& batch_targets() const { return target_value_; }
  const std::vector<double>& successor_noise() const { return successor_noise_; }
  const std::vector<double>& policy_noise() const { return policy_noise_; }

 protected:
  /// `more` are the algorithm's own metrics, after those of all.
  OffPolicyLearner(const AgentSetup& setup, const OffPolicyOptions& options,
                   std::vector<Metric> more);

  /// Overwrites u [B, K] and bonus [B] of successor states [B, D].
  virtual void ChooseSuccessors(const float* states, float* u, float* bonus) = 0;
  /// Step 2 with states [B, D]; the critics have learnt.
  virtual void LearnPolicy(const float* states) = 0;
  virtual void SaveMore(StateWriter& writer) const = 0;
  virtual void LoadMore(StateReader& reader) = 0;

  static void Fill(Rng& rng, std::vector<double>& normals);
  /// An Adam step on dL/doutputs [B, outputs] of the policy's last ForwardTrain.
  void StepPolicy(double loss, const float* doutputs);
  double learning_rate() const { return learning_rate_; }
  /// The present update, from 1.
  std::int64_t update() const { return updates_ + 1; }
  std::size_t batch() const { return rows_.size(); }
  std::size_t components() const { return static_cast<std::size_t>(box_.components()); }
  Rng& noise() { return noise_; }
  /// A metric of `more`.
  void Tell(std::size_t metric, double value);

  std::vector<double> successor_noise_, policy_noise_;  ///< [B, K]

 private:
  void Update();
  void SetSchedules();

  const OffPolicyOptions options_;
  const ObservationEncoder encoder_;
  const ActionBox box_;
  const int worlds_;
  const std::int64_t total_steps_;
  Rng init_, sampling_, noise_;
  std::unique_ptr<Network> policy_;
  Critics critics_;
  Replay replay_;
  bool random_ = true;  ///< before learning_starts
  ContinuousActor actor_;
  std::int64_t steps_ = 0, updates_ = 0;
  double learning_rate_ = 0, critic_learning_rate_ = 0;
  std::vector<Metric> metrics_;

  // Work arrays of an update.
  std::vector<std::int32_t> rows_, successors_;  ///< [B]
  std::vector<ReplayWindow> windows_;            ///< [B]
  std::vector<float> states_, actions_;          ///< [B, D], [B, K]
  std::vector<float> bonus_, target_value_;      ///< [B]
};

}  // namespace brasa
