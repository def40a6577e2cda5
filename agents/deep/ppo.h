// Proximal policy optimisation.
//
// Source: Schulman, Wolski, Dhariwal, Radford, Klimov, "Proximal Policy Optimization Algorithms"
// (2017), with the 13 core details of Huang et al., "The 37 Implementation Details of Proximal
// Policy Optimization" (ICLR blog track, 2022); the defaults are those of CleanRL's ppo.py.
//
// One update of a rollout of T vector steps of N worlds: advantages by GAE along every seat's own
// decisions (agents/memory/gae.h); then, `epochs` times, the samples are shuffled and cut into
// minibatches, each one Adam step on the clipped loss (agents/deep/ppo_loss.h) with the gradient
// clipped to `max_grad_norm`: scale = min(1, max_grad_norm / (norm + 1e-6)).
//
// Deviations from ppo.py
//   - A truncated episode is bootstrapped from the value of its final observation; ppo.py treats
//     truncation as termination, which tells the value that 500 good steps end in nothing.
//   - Illegal actions are masked before the softmax: probability, entropy and gradient of them are
//     exactly 0.
//   - With network.lstm the policy remembers its episode and minibatches are whole worlds
//     (agents/deep/world_sequences.h): the five LSTM details of Huang et al. The value of a
//     truncated episode's final observation is asked with the memory of that episode.
//   - Games of several seats: every seat's decisions are a trajectory of their own, rewards summed
//     over the plies between, discounted per decision. A seat's last decision of a rollout is open
//     and left out, so the number of samples varies; minibatches are cut evenly and padded with
//     rows of zero gradient to the block that the configuration gives.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agents/deep/policy_actor.h"
#include "agents/deep/policy_model.h"
#include "agents/deep/ppo_loss.h"
#include "agents/deep/world_sequences.h"
#include "agents/memory/linked_rollout.h"
#include "agents/memory/reward_transform.h"
#include "agents/memory/seat_transitions.h"
#include "brasa/agent.h"

namespace brasa {

/// What can be set, with defaults and ranges.
std::vector<Field> PpoFields();
/// Throws ConfigError where the settings do not fit `spec`.
void CheckPpo(const EnvSpec& spec, const Config& config);
/// Bytes of rollout, minibatches and network.
std::int64_t PpoBytes(const AgentSetup& setup);
/// Throws ConfigError also where the rollout is too short for its minibatches.
std::unique_ptr<Agent> MakePpo(const AgentSetup& setup);

/// What the learner is told; PpoFields() and A2cFields() are two ways to say it.
struct PpoOptions {
  std::string agent = "ppo";  ///< its name in errors and checkpoints
  double learning_rate = 0, max_grad_norm = 0, target_kl = 0;
  float discount = 0, gae_lambda = 0;
  int horizon = 0, minibatches = 0, epochs = 0;
  bool anneal_lr = false, anneal_clip = false, normalize_advantage = false;
  PpoLossOptions loss;
  PolicyOptions policy;
  RewardOptions reward;

  /// The values of PpoFields(). Throws as CheckPpo.
  static PpoOptions From(const EnvSpec& spec, const Config& config);
};

/// PpoBytes for options of either source.
std::int64_t OnPolicyBytes(const AgentSetup& setup, const PpoOptions& options);

/// The learner. Acting and learning share one model.
class Ppo final : public Agent {
 public:
  explicit Ppo(const AgentSetup& setup);
  /// With `options` in place of those that setup.config says.
  Ppo(const AgentSetup& setup, const PpoOptions& options);

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
  std::uint64_t ParameterHash() const override;

  PolicyModel& model() { return model_; }
  Network& network() { return model_.network(); }
  const Rollout& rollout() const { return memory_.rollout(); }
  /// Of the last update: [T, N] what the values regressed to, and the rows that were samples.
  const std::vector<float>& targets() const { return target_; }
  std::span<const std::int32_t> samples() const { return samples_; }

 private:
  /// Values the final states of the episodes that the last vector step truncated.
  void ValueFinals();
  void Update();
  /// Values of slot T, advantages, targets and the rows that are samples.
  void PrepareSamples();
  /// The first sample of minibatch k.
  int Cut(int k) const;
  /// Outputs of the inputs gathered for `rows`, which the actor does not get to remember.
  void Evaluate(const ActRows& rows);
  /// Samples [first, last) into the minibatch arrays; one optimizer step.
  PpoLossTerms TrainMinibatch(int first, int last, double learning_rate);
  void GatherMinibatch(std::span<const std::int32_t> rows);
  /// What is left of the planned updates: 1 in the first, towards 0 in the last.
  double Remaining() const;
  void Report(const PpoLossTerms& last, double clip_fraction, double learning_rate);

  const PpoOptions options_;
  const std::int64_t planned_updates_;
  PolicyModel model_;
  PolicyActor actor_;
  LinkedRollout memory_;
  RewardTransform rewards_;
  SeatTransitions seats_;
  WorldSequences sequences_;  ///< of models that remember
  PpoLoss loss_;
  Rng shuffle_;
  int slot_ = 0;  ///< t of the next vector step
  std::int64_t updates_ = 0;
  std::vector<Metric> metrics_;

  // Work arrays of one vector step or update. R = (T + 1) N rows, B = rows of a minibatch's block.
  // C = policy columns, K = action components.
  std::vector<SeatTransition> closed_;
  std::vector<std::int32_t> asked_;        ///< worlds whose value is asked for
  std::vector<float> states_;              ///< [N, S] their memories
  std::vector<float> advantage_, target_;  ///< [R]
  std::vector<std::int32_t> samples_;      ///< rows that are trained on, shuffled
  std::vector<float> sample_value_, sample_target_;
  int block_ = 0;                                   ///< B
  bool masked_ = false;                             ///< an action of this rollout is illegal
  std::vector<float> inputs_, outputs_, gradient_;  ///< [B, inputs], [B, C + 1], [B, C + 1]
  std::vector<std::uint8_t> batch_mask_;            ///< [B, C] of discrete actions
  std::vector<std::uint8_t> batch_action_;          ///< [B, K] of 4 bytes
  std::vector<float> batch_log_prob_, batch_value_, batch_advantage_, batch_target_;  ///< [B]
};

}  // namespace brasa
