// REINFORCE with a learnt baseline.
//
// Source: Williams, "Simple statistical gradient-following algorithms for connectionist
// reinforcement learning" (1992); Sutton, Barto (2018), section 13.4. With G_t = r_t + discount
// G_(t+1) the whole return of a seat's decision to its episode's end, and b the baseline, an update
// of B decisions is one optimizer step down
//   L = mean(-(G_t - b(s_t)) log pi(a_t | s_t)) - entropy_coef mean(H)
//       + value_coef mean(1/2 (b(s_t) - G_t)^2)
// with the gradient clipped to `max_grad_norm`. It learns from the decisions of all episodes that
// ended since the update before, at least `episodes` of them.
//
// Decisions and deviations
//   - The factor discount^t of the derivation is left out, as is usual.
//   - A truncated episode's return ends in the baseline of its final observation; where
//     `baseline` = false, b is still learnt for that, and the gradient's weight is G_t alone.
//   - An episode that goes on when an update is due is kept and learnt whole after its end: each
//     decision is learnt once, with the policy as it is then. With one world none is ever open, and
//     the gradient is Williams's own.
//   - `longest_episode` bounds the memory: an episode that reaches so many steps is cut there like
//   a
//     truncated one, and what follows counts as another. 2 longest_episode steps of each world are
//     kept; when they are full, what has ended is learnt early. Where a seat waits for its next
//     decision at such a cut, the decision that waits is left out.
//   - b is what it was when the state was seen. Means instead of sums over decisions.
//   - Illegal actions are masked before the softmax; several seats as in agents/deep/ppo.h.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "agents/deep/policy_actor.h"
#include "agents/deep/policy_gradient_loss.h"
#include "agents/deep/policy_model.h"
#include "agents/memory/linked_rollout.h"
#include "agents/memory/reward_transform.h"
#include "brasa/agent.h"

namespace brasa {

/// What can be set, with defaults and ranges.
std::vector<Field> ReinforceFields();
/// Throws ConfigError where the settings do not fit `spec`.
void CheckReinforce(const EnvSpec& spec, const Config& config);
/// Bytes of memory, network and the largest update.
std::int64_t ReinforceBytes(const AgentSetup& setup);
/// Throws ConfigError also where the memory has too many rows.
std::unique_ptr<Agent> MakeReinforce(const AgentSetup& setup);

/// The values of ReinforceFields().
struct ReinforceOptions {
  double learning_rate = 0, max_grad_norm = 0;
  float discount = 0;
  int episodes = 0, longest_episode = 0;
  bool anneal_lr = false, baseline = false, normalize_advantage = false;
  PolicyGradientOptions loss;
  PolicyOptions policy;
  RewardOptions reward;

  /// Throws as CheckReinforce.
  static ReinforceOptions From(const EnvSpec& spec, const Config& config);
  /// M, vector steps that are kept: twice the longest episode that can be.
  int Slots() const { return 2 * longest_episode; }
};

/// The learner. Acting and learning share one model.
class Reinforce final : public Agent {
 public:
  explicit Reinforce(const AgentSetup& setup);

  StateRows FirstRows() override { return memory_.rollout().States(0); }
  StepRows NextRows() override;
  void Learn(const LastRows& last) override;
  Actor& actor() override { return actor_; }
  std::unique_ptr<Actor> MakeActor(ActMode mode, int worlds, std::uint64_t seed,
                                   StreamRole role) override;
  std::int64_t updates() const override { return updates_; }
  std::span<const Metric> metrics() const override { return metrics_; }
  void Save(StateWriter& writer) const override;
  void Load(StateReader& reader) override;
  std::uint64_t ParameterHash() const override { return model_.ParameterHash(); }

  PolicyModel& model() { return model_; }
  const Rollout& rollout() const { return memory_.rollout(); }
  /// Of the last update: its decisions in the order of their episodes' ends, each as it was seen
  /// (the network's inputs), the returns G, and the weights of the gradient before normalising.
  std::span<const float> batch_inputs() const { return inputs_; }
  std::span<const float> batch_returns() const { return return_; }
  std::span<const float> batch_advantages() const { return raw_advantage_; }

 private:
  /// Decisions of world `w` from its part's begin on, whose chain has ended, become samples.
  void TakePart(std::size_t w);
  /// Ends the present part of world `w` in the value of what comes next.
  void CutPart(std::size_t w);
  void ValueFinals();
  /// The value of the present state of world `w`.
  float PresentValue(std::size_t w);
  void Update();
  void GatherBatch();
  void MakeRoom();
  /// Takes the rows that no moments have seen into them.
  void Observe();
  std::size_t RowOf(int slot, std::size_t w) const;
  void Report(const PolicyGradientTerms& loss, double norm, double learning_rate);

  const ReinforceOptions options_;
  const std::int64_t total_steps_;
  PolicyModel model_;
  PolicyActor actor_;
  LinkedRollout memory_;
  RewardTransform rewards_;
  SeatTransitions seats_;
  PolicyGradientLoss loss_;
  int slot_ = 0;      ///< of the next vector step
  int observed_ = 0;  ///< slots that the moments have seen
  int ended_ = 0;     ///< episodes that wait for the next update
  std::int64_t steps_ = 0, updates_ = 0;
  std::vector<std::int32_t> part_;     ///< [N] first slot of the part that goes on
  std::vector<std::int32_t> samples_;  ///< rows that wait for the next update
  std::vector<Metric> metrics_;

  // Work arrays of one vector step or update, B = samples; they grow to the largest.
  std::vector<SeatTransition> closed_;
  std::vector<float> advantage_;                    ///< [(M + 1) N]
  std::vector<float> inputs_, outputs_, gradient_;  ///< [B, inputs], [B, C + 1], [B, C + 1]
  std::vector<float> final_inputs_, final_outputs_;
  std::vector<float> return_, raw_advantage_, weight_;   ///< [B]
  std::vector<std::uint8_t> batch_mask_, batch_action_;  ///< [B, C], [B, K] of 4 bytes
};

}  // namespace brasa
