// PQN: Q-learning from whole batches of parallel worlds, without replay and without target network.
//
// Source: Gallici, Fellows, Ellis, Pou, Masmitja, Foerster, Martin, "Simplifying deep temporal
// difference learning" (2024), algorithm 1 with lambda-returns. What keeps it stable is layer
// normalisation, many worlds and a small step. One update of a rollout of T vector steps of N
// worlds: with V' = max over legal b of Q(s', b), by the network that played, backwards along every
// seat's own decisions,
//   G_t = r_t + discount ((1 - lambda) V'_(t+1) + lambda G_(t+1))
// then, `epochs` times, the decisions are shuffled and cut into minibatches, each one optimizer
// step down mean(1/2 (Q(s, a) - G)^2), its gradient clipped to `max_grad_norm`.
//
// The optimizer is RAdam (Liu et al., "On the variance of the adaptive learning rate and beyond",
// 2020): Adam with step t's size multiplied, where rho_t > 5, by
//   sqrt((rho_t - 4) (rho_t - 2) rho / ((rho - 4) (rho - 2) rho_t)),
//   rho = 2 / (1 - beta2) - 1, rho_t = rho - 2 t beta2^t / (1 - beta2^t)
// Or plain Adam.
//
// Decisions and deviations
//   - RAdam's first steps, rho_t <= 5, move nothing, where it takes them without second moment.
//   - A truncated episode bootstraps from its final observation, over all actions (nobody tells
//     which are legal there).
//   - Exploring actions do not cut the trace, as in the paper (Peng's Q(lambda)).
//   - Several seats: one network, since each sees its own view; a seat's last decision of a rollout
//     is open and left out.
//   - Schedules count the steps of all worlds.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "agents/deep/dqn_actor.h"
#include "agents/deep/q_network.h"
#include "agents/memory/input_encoder.h"
#include "agents/memory/linked_rollout.h"
#include "agents/memory/observation_encoder.h"
#include "agents/memory/seat_transitions.h"
#include "brasa/agent.h"

namespace brasa {

/// What can be set, with defaults and ranges.
std::vector<Field> PqnFields();
/// Throws ConfigError where the actions of `spec` are not discrete.
void CheckPqn(const EnvSpec& spec, const Config& config);
/// Bytes of rollout, network and minibatches.
std::int64_t PqnBytes(const AgentSetup& setup);
/// Throws ConfigError also where the rollout is too short for its minibatches.
std::unique_ptr<Agent> MakePqn(const AgentSetup& setup);

/// The values of PqnFields().
struct PqnOptions {
  double learning_rate = 0, max_grad_norm = 0;
  float discount = 0, lambda = 0;
  int horizon = 0, minibatches = 0, epochs = 0;
  bool anneal_lr = false, rectified = false;
  double epsilon_start = 0, epsilon_end = 0, epsilon_fraction = 0;
  QNetworkOptions network;

  /// Throws as CheckPqn.
  static PqnOptions From(const EnvSpec& spec, const Config& config);
};

/// RAdam's factor of step `t` (from 1); 0 where rho_t <= 5.
double Rectification(double beta2, std::int64_t t);

/// The learner. R = (T + 1) N rows, A actions.
class Pqn final : public Agent {
 public:
  explicit Pqn(const AgentSetup& setup);

  StateRows FirstRows() override { return memory_.rollout().States(0); }
  StepRows NextRows() override { return memory_.rollout().Step(slot_); }
  void Learn(const LastRows& last) override;
  Actor& actor() override { return actor_; }
  std::unique_ptr<Actor> MakeActor(ActMode mode, int worlds, std::uint64_t seed,
                                   StreamRole role) override;
  std::int64_t updates() const override { return updates_; }
  std::span<const Metric> metrics() const override { return metrics_; }
  void Save(StateWriter& writer) const override;
  void Load(StateReader& reader) override;
  std::uint64_t ParameterHash() const override;

  QNetwork& network() { return network_; }
  double epsilon() const { return epsilon_; }
  /// Of the last update: [R] what values regressed to, and the rows that were samples.
  std::span<const float> targets() const { return target_; }
  std::span<const std::int32_t> samples() const { return samples_; }

 private:
  void Update();
  /// Values of all rows and final states, targets, and the rows that are samples.
  void PrepareSamples();
  void TrainMinibatch(std::span<const std::int32_t> rows);
  void SetSchedules();

  const PqnOptions options_;
  const InputEncoder input_;
  const ObservationEncoder encoder_;
  const std::int64_t total_steps_;
  QNetwork network_;
  LinkedRollout memory_;
  SeatTransitions seats_;
  DqnActor actor_;
  Rng shuffle_;
  int slot_ = 0;  ///< t of the next vector step
  std::int64_t steps_ = 0, updates_ = 0, optimizer_steps_ = 0;
  double epsilon_ = 1, learning_rate_ = 0;
  std::vector<Metric> metrics_;

  // Work arrays of one vector step or update, B = rows of a minibatch.
  std::vector<SeatTransition> closed_;
  std::vector<std::int32_t> all_rows_, samples_, action_;         ///< [R], samples, [B]
  std::vector<float> value_, advantage_, target_, final_inputs_;  ///< [R], finals
  std::vector<float> inputs_, dz_;                                ///< [R, inputs], [B]
};

}  // namespace brasa
