// Deep Q-learning, from DQN to Rainbow.
//
// Source: Mnih et al., "Human-level control through deep reinforcement learning" (Nature 518,
// 2015); each extension is a switch of its own:
//   double       van Hasselt, Guez, Silver, "Deep reinforcement learning with double Q-learning"
//                (2016)
//   dueling      Wang et al., "Dueling network architectures" (2016); agents/deep/q_network.h
//   n_step       Sutton, Barto (2018), section 7.1; agents/memory/replay.h
//   prioritized  Schaul et al., "Prioritized experience replay" (2016), the proportional variant
//   distribution Bellemare et al. (2017), C51; Dabney et al. (2018), QR-DQN; agents/deep/dqn_loss.h
//   noisy        Fortunato et al. (2018); agents/nn/noisy_network.h
// All of them together are Rainbow: Hessel et al., "Rainbow: combining improvements in deep
// reinforcement learning" (2018). The defaults are those of CleanRL's dqn.py.
//
// An update draws B samples of the replay; with w a sample's window (R, bootstrap, s'),
//   b* = argmax_b over legal b of Q(s', b)   by the target network, with `double` by the online one
//   y = R + bootstrap * Q_target(s', b*)     bootstrap = discount^k, 0 where the episode terminated
// and minimises the mean of weight * loss(Q(s, a), y) by one Adam step; distributions replace Q by
// the distribution or the quantiles of the return. The target network is a copy of the online one,
// made every `target_interval` steps. Prioritized: P(i) = p_i^alpha / sum, p = |y - Q| + 1e-6 (the
// loss of distributions), new samples as the largest p so far; B strata of equal mass, one draw
// each; weight = (N P(i))^-beta / (largest of the batch), beta going linearly to 1 over the run.
//
// Decisions and deviations
//   - A truncated episode bootstraps from its final observation, over all actions (nobody tells
//     which are legal there); dqn.py does so too, Nature's DQN ends its returns there.
//   - Windows are cut at the newest decision and at ends, never dropped: k < n is used as it is.
//   - Steps are those of all worlds: `train_frequency`, `target_interval`, `learning_starts` and
//     the schedules count them, so the number of updates does not depend on the number of worlds.
//   - Until `learning_starts` actions are uniformly random.
//   - Several seats: one network, since each sees its own view; transitions as SeatTransitions
//     makes them, or single plies with the sign of the mover (`negamax`).
//   - The streams of a dueling network end in linear heads; with `shared_trunk` = false each has
//     hidden layers of its own.
//   - Noise is drawn once per acting call and, for each network, once per update.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "agents/deep/dqn_actor.h"
#include "agents/deep/q_network.h"
#include "agents/memory/observation_encoder.h"
#include "agents/memory/replay.h"
#include "agents/memory/sum_tree.h"
#include "brasa/agent.h"

namespace brasa {

/// What can be set, with defaults and ranges: plain DQN, and the same with Rainbow's defaults.
std::vector<Field> DqnFields();
std::vector<Field> RainbowFields();
/// Throws ConfigError where deep Q-learning does not fit `spec`: its actions must be discrete.
void CheckDqn(const EnvSpec& spec, const Config& config);
/// Bytes of replay, networks and batches, and of the replay once more in a checkpoint.
std::int64_t DqnBytes(const AgentSetup& setup);
/// Throws ConfigError as CheckDqn.
std::unique_ptr<Agent> MakeDqn(const AgentSetup& setup);

/// The values of DqnFields().
struct DqnOptions {
  double learning_rate = 0, discount = 0, max_grad_norm = 0;
  bool anneal_lr = false, huber = false, use_double = false, prioritized = false, negamax = false;
  std::int64_t capacity = 0, learning_starts = 0, train_frequency = 0, target_interval = 0;
  int batch = 0, gradient_steps = 0, n_step = 0;
  double epsilon_start = 0, epsilon_end = 0, epsilon_fraction = 0;
  double priority_alpha = 0, priority_beta = 0;
  QNetworkOptions network;

  /// Throws as CheckDqn.
  static DqnOptions From(const EnvSpec& spec, const Config& config);
};

/// The learner.
class Dqn final : public Agent {
 public:
  explicit Dqn(const AgentSetup& setup);

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
  std::uint64_t ParameterHash() const override;

  QNetwork& online() { return online_; }
  QNetwork& target() { return target_; }
  const Replay& replay() const { return replay_; }
  const SumTree* priorities() const { return priorities_ ? &*priorities_ : nullptr; }
  double epsilon() const { return epsilon_; }
  /// Of the last update: the rows drawn, their weights and losses, and (without a distribution)
  /// what their values regressed to.
  std::span<const std::int32_t> batch_rows() const { return rows_; }
  const std::vector<float>& batch_weights() const { return weight_; }
  const std::vector<float>& batch_losses() const { return loss_; }
  const std::vector<float>& batch_targets() const { return target_value_; }

 private:
  void TrackPriorities();
  void Update();
  /// Rows, weights, windows and successors of a batch.
  void DrawBatch();
  void DrawPrioritized();
  /// Best actions of the successors, and what is bootstrapped from: z of the target network.
  const float* EvaluateSuccessors();
  /// Losses of the batch; writes dz [B, M] of the chosen actions.
  void ComputeLosses(const float* z, const float* successor_z);
  float ComputeLoss(std::size_t i, std::span<const float> z, std::span<const float> successor,
                    std::span<float> dz);
  void SyncTarget();
  double Progress() const;
  void SetSchedules();

  const DqnOptions options_;
  const ObservationEncoder encoder_;
  const int worlds_;
  const std::int64_t total_steps_;
  Rng init_, sampling_, noise_;
  QNetwork online_, target_;
  Replay replay_;
  std::optional<SumTree> priorities_;
  DqnActor actor_;
  std::int64_t steps_ = 0, updates_ = 0;
  bool synced_ = true;  ///< the target network is a copy of the online one
  double largest_priority_ = 1;
  double epsilon_ = 1, learning_rate_ = 0;
  std::vector<Metric> metrics_;

  // Work arrays of an update. B = batch, M = atoms.
  std::vector<std::int32_t> rows_, successors_, action_, best_;  ///< [B]
  std::vector<ReplayWindow> windows_;                            ///< [B]
  std::vector<float> weight_, loss_, target_value_;              ///< [B]
  std::vector<float> inputs_, values_, dz_;                      ///< [B, inputs], [B, A], [B, M]
  std::vector<float> p_, atoms_;                                 ///< [M]
  std::vector<float> parameters_;
};

}  // namespace brasa
