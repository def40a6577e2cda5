// IMPALA: an actor and a learner side by side, with V-trace for the policies between them.
//
// Source: Espeholt et al., "IMPALA: Scalable Distributed Deep-RL with Importance Weighted
// Actor-Learner Architectures" (2018). A rollout is `unroll` vector steps of N worlds. From each,
// one update of B decisions is one optimizer step down
//   L = mean(-w log pi(a)) - entropy_coef mean(H) + value_coef mean(1/2 (V - v)^2)
// with targets v and weights w of V-trace (agents/memory/vtrace.h), the ratios being those of the
// policy that learns to the one that played, whose log mu(a) was kept when it acted.
//
// The lag is fixed. Actor and learner have a copy of the network each. While the learner takes
// update k - 1 from rollout k - 1 on a thread of its own, rollout k is played with the parameters
// of update k - 2; at its end both wait for each other, the actor takes the learner's parameters
// over, and the learner turns to rollout k. So timing changes speed and nothing else: `background`
// = false takes each update at that barrier and gives equal bits.
//
// Decisions and deviations
//   - The paper's queue of actors has a lag that nobody fixes; here it is one update.
//   - Means instead of sums over the rollout, so coefficients and clipping do not depend on its
//   size;
//     RMSprop in PyTorch's form (epsilon outside the root), decay 0.99, or Adam.
//   - Truncated episodes bootstrap from the value of their final observation, traces cut there.
//   - Illegal actions are masked before the softmax; several seats as in agents/deep/ppo.h: a
//   seat's
//     last decision of a rollout is open and left out.
//   - Actors for evaluation and play use the actor's parameters; what is told (updates, metrics) is
//     that of the last barrier. ParameterHash is the learner's, after the update under way.
//
// Threads: with `background` one beside the caller's, which counts to none of the run's workers. An
// error of the learner is thrown by the Learn that ends the rollout. Saving waits for the update
// under way.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "agents/deep/background_job.h"
#include "agents/deep/policy_actor.h"
#include "agents/deep/policy_gradient_loss.h"
#include "agents/deep/policy_model.h"
#include "agents/memory/linked_rollout.h"
#include "agents/memory/reward_transform.h"
#include "agents/memory/vtrace.h"
#include "brasa/agent.h"

namespace brasa {

/// What can be set, with defaults and ranges.
std::vector<Field> ImpalaFields();
/// Throws ConfigError where the settings do not fit `spec`.
void CheckImpala(const EnvSpec& spec, const Config& config);
/// Bytes of two rollouts, two networks and an update.
std::int64_t ImpalaBytes(const AgentSetup& setup);
/// Throws ConfigError also where a rollout is too short for the seats or too long.
std::unique_ptr<Agent> MakeImpala(const AgentSetup& setup);

/// The values of ImpalaFields().
struct ImpalaOptions {
  double learning_rate = 0, max_grad_norm = 0;
  int unroll = 0;
  bool anneal_lr = false, background = false;
  VtraceOptions vtrace;
  PolicyGradientOptions loss;
  PolicyOptions policy;
  RewardOptions reward;

  /// Throws as CheckImpala.
  static ImpalaOptions From(const EnvSpec& spec, const Config& config);
};

/// The learner. T = unroll, R = (T + 1) N rows.
class Impala final : public Agent {
 public:
  explicit Impala(const AgentSetup& setup);

  StateRows FirstRows() override { return rollouts_[playing_].rollout().States(0); }
  StepRows NextRows() override;
  void Learn(const LastRows& last) override;
  Actor& actor() override { return actor_; }
  std::unique_ptr<Actor> MakeActor(ActMode mode, int worlds, std::uint64_t seed,
                                   StreamRole role) override;
  std::int64_t updates() const override { return updates_; }
  std::span<const Metric> metrics() const override { return metrics_; }
  void Save(StateWriter& writer) const override;
  void Load(StateReader& reader) override;
  std::uint64_t ParameterHash() const override;

  /// The actor's copy.
  PolicyModel& model() { return model_; }
  /// The learner's, once the update under way is done.
  PolicyModel& learner_model();

 private:
  /// The barrier: the update under way is done, its parameters are the actor's; the next begins.
  void EndRollout();
  /// One update from the rollout that was played last.
  void Update();
  void Evaluate(LinkedRollout& played);
  void Report(const PolicyGradientTerms& loss, double norm, double learning_rate);

  const ImpalaOptions options_;
  const std::int64_t planned_updates_;
  PolicyModel model_;
  PolicyActor actor_;
  std::array<LinkedRollout, 2> rollouts_;  ///< of which the actor fills `playing_`
  RewardTransform rewards_;
  SeatTransitions seats_;
  std::size_t playing_ = 0;
  int slot_ = 0;  ///< t of the next vector step
  std::int64_t updates_ = 0;
  std::vector<Metric> metrics_;
  std::vector<SeatTransition> closed_;
  bool untold_ = false;  ///< an update has begun that the actor has not taken over

  // The learner's: the job's alone between Start and Wait, like the rollout that is not played.
  PolicyModel learner_;
  PolicyGradientLoss loss_;
  std::int64_t learnt_ = 0;  ///< updates done
  std::vector<Metric> learner_metrics_;
  std::vector<std::int32_t> rows_;                      ///< [R] all rows
  std::vector<float> inputs_, outputs_, gradient_;      ///< [T N, inputs], [R, C + 1], [T N, C + 1]
  std::vector<float> final_inputs_, final_outputs_;     ///< of the final states that wait
  std::vector<float> value_, ratio_, target_, weight_;  ///< [R]
  std::vector<std::uint8_t> is_sample_;                 ///< [T N]

  mutable BackgroundJob job_;  ///< last: it ends before what it works on
};

}  // namespace brasa
