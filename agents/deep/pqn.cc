#include "agents/deep/pqn.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "agents/deep/check_finite.h"
#include "agents/memory/saved_rng.h"
#include "brasa/core/error.h"
#include "brasa/core/hash.h"

namespace brasa {
namespace {

enum MetricIndex { kLoss, kQValue, kGradientNorm, kEpsilon, kLearningRate };

std::vector<Metric> FirstMetrics() {
  return {{"losses/td_loss", 0},
          {"losses/q_value", 0},
          {"losses/gradient_norm", 0},
          {"charts/epsilon", 0},
          {"charts/learning_rate", 0}};
}

/// Each of a world's P seats may leave one of its T + 1 decisions open.
int CheckedHorizon(const PqnOptions& options, const AgentSetup& setup) {
  const std::int64_t worlds = setup.worlds, players = setup.spec.players;
  const std::string told = "horizon = " + std::to_string(options.horizon) +
                           " and envs = " + std::to_string(setup.worlds);
  if (worlds * (options.horizon + 1) > std::numeric_limits<std::int32_t>::max() / players) {
    throw ConfigError(told + " are too many: a rollout has at most 2^31 rows of all players");
  }
  const std::int64_t samples = std::max<std::int64_t>(worlds * (options.horizon + 1 - players), 0);
  if (samples < options.minibatches) {
    throw ConfigError("minibatches = " + std::to_string(options.minibatches) +
                      " is too many: a rollout of " + told + " may have only " +
                      std::to_string(samples) + " samples");
  }
  return options.horizon;
}

}  // namespace

double Rectification(double beta2, std::int64_t t) {
  const double decayed = std::pow(beta2, static_cast<double>(t));
  const double most = 2 / (1 - beta2) - 1;
  const double now = most - 2 * static_cast<double>(t) * decayed / (1 - decayed);
  if (now <= 5) return 0;
  return std::sqrt((now - 4) * (now - 2) * most / ((most - 4) * (most - 2) * now));
}

std::unique_ptr<Agent> MakePqn(const AgentSetup& setup) { return std::make_unique<Pqn>(setup); }

Pqn::Pqn(const AgentSetup& setup)
    : options_(PqnOptions::From(setup.spec, setup.config)),
      input_(setup.spec.observation, {}),
      encoder_(setup.spec.observation),
      total_steps_(setup.total_steps),
      network_([&] {
        Rng init(setup.seed, StreamRole::kInit);
        return QNetwork(options_.network, init);
      }()),
      memory_(setup.spec, setup.worlds, CheckedHorizon(options_, setup), 1),
      seats_(setup.worlds, setup.spec.players),
      actor_(network_, encoder_, epsilon_, ActMode::kExplore, setup.worlds, setup.seed,
             StreamRole::kActor),
      shuffle_(setup.seed, StreamRole::kLearner),
      metrics_(FirstMetrics()) {
  const auto rows = static_cast<std::size_t>(memory_.rollout().rows() + setup.worlds);
  closed_.reserve(static_cast<std::size_t>(setup.worlds * setup.spec.players));
  all_rows_.resize(rows);
  std::iota(all_rows_.begin(), all_rows_.end(), 0);
  samples_.reserve(rows);
  for (auto* column : {&value_, &advantage_, &target_}) column->resize(rows);
  inputs_.resize(rows * static_cast<std::size_t>(input_.inputs()));
  SetSchedules();
}

void Pqn::Learn(const LastRows& last) {
  closed_.clear();
  seats_.Push(memory_.rollout().Decisions(slot_), last, closed_);
  memory_.Link(closed_, last);
  steps_ += memory_.rollout().worlds();
  SetSchedules();
  const int horizon = memory_.rollout().horizon();
  if (++slot_ < horizon) return;
  Update();
  slot_ = 0;
  seats_.Forget();
  memory_.Keep(horizon, horizon);
}

void Pqn::PrepareSamples() {
  const Rollout& rollout = memory_.rollout();
  const int actions = network_.actions();
  const auto best = [&](const float* q, const std::uint8_t* mask) {
    return q[BestAction(q, mask, actions)];
  };
  if (const int waiting = memory_.waiting(); waiting > 0) {
    const auto count = static_cast<std::size_t>(waiting);
    final_inputs_.resize(count * static_cast<std::size_t>(input_.inputs()));
    memory_.GatherFinalInputs(input_, final_inputs_.data());
    const float* const q = network_.Forward(final_inputs_.data(), waiting);
    for (std::size_t i = 0; i < count; ++i) {
      final_inputs_[i] = best(q + i * static_cast<std::size_t>(actions), nullptr);
    }
    memory_.TellFinalValues(final_inputs_.data(), 1);
  }
  memory_.GatherInputs(input_, all_rows_, inputs_.data());
  const float* const q = network_.Forward(inputs_.data(), static_cast<int>(all_rows_.size()));
  for (std::size_t row = 0; row < value_.size(); ++row) {
    const std::size_t at = row * static_cast<std::size_t>(actions);
    value_[row] = best(q + at, rollout.mask().data() + at);
  }
  // An advantage is the lambda-return less the value.
  ComputeGae(memory_.chains(), value_, options_.discount, options_.lambda, advantage_);
  samples_.clear();
  for (std::int32_t row = 0; row < rollout.rows(); ++row) {
    const auto at = static_cast<std::size_t>(row);
    target_[at] = advantage_[at] + value_[at];
    if (memory_.chains().next()[at] != DecisionChains::kOpen) samples_.push_back(row);
  }
}

void Pqn::Update() {
  PrepareSamples();
  const auto count = static_cast<std::int64_t>(samples_.size());
  const auto cut = [&](std::int64_t k) {
    return static_cast<std::size_t>(k * count / options_.minibatches);
  };
  for (int epoch = 0; epoch < options_.epochs; ++epoch) {
    Shuffle(shuffle_, samples_);
    for (int k = 0; k < options_.minibatches; ++k) {
      TrainMinibatch(std::span(samples_).subspan(cut(k), cut(k + 1) - cut(k)));
    }
  }
  ++updates_;
}

void Pqn::TrainMinibatch(std::span<const std::int32_t> rows) {
  const auto actions = static_cast<std::size_t>(network_.actions());
  const auto count = static_cast<double>(rows.size());
  action_.resize(rows.size());
  dz_.resize(rows.size());
  memory_.GatherInputs(input_, rows, inputs_.data());
  const float* const q = network_.ForwardTrain(inputs_.data(), static_cast<int>(rows.size()));
  double loss = 0, value = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = static_cast<std::size_t>(rows[i]);
    action_[i] = memory_.rollout().action_ids()[row];
    const float chosen = q[i * actions + static_cast<std::size_t>(action_[i])];
    const float error = chosen - target_[row];
    dz_[i] = error / static_cast<float>(rows.size());
    loss += 0.5 * static_cast<double>(error * error) / count;
    value += static_cast<double>(chosen) / count;
  }
  network_.Backward(action_.data(), dz_.data(), static_cast<int>(rows.size()));
  const double norm = network_.network().GradientNorm();
  CheckFinite({"pqn", updates_ + 1, "", loss, norm}, network_.network());
  ++optimizer_steps_;
  const double rectified =
      options_.rectified ? Rectification(options_.network.adam.beta2, optimizer_steps_) : 1.0;
  network_.network().AdamStep(learning_rate_ * rectified, ClipScale(norm, options_.max_grad_norm));
  metrics_[kLoss].value = loss;
  metrics_[kQValue].value = value;
  metrics_[kGradientNorm].value = norm;
  metrics_[kEpsilon].value = epsilon_;
  metrics_[kLearningRate].value = learning_rate_;
}

void Pqn::SetSchedules() {
  const double progress =
      total_steps_ <= 0
          ? 1
          : std::min(1.0, static_cast<double>(steps_) / static_cast<double>(total_steps_));
  const double fraction = options_.epsilon_fraction;
  const double fallen = fraction > 0 ? std::min(1.0, progress / fraction) : 1.0;
  epsilon_ = options_.epsilon_start + (options_.epsilon_end - options_.epsilon_start) * fallen;
  learning_rate_ = options_.learning_rate;
  if (options_.anneal_lr && total_steps_ > 0) learning_rate_ *= 1 - progress;
}

std::unique_ptr<Actor> Pqn::MakeActor(ActMode mode, int worlds, std::uint64_t seed,
                                      StreamRole role) {
  return std::make_unique<DqnActor>(network_, encoder_, epsilon_, mode, worlds, seed, role);
}

void Pqn::Save(StateWriter& writer) const {
  writer.Write("pqn.steps", steps_);
  writer.Write("pqn.updates", updates_);
  writer.Write("pqn.optimizer_steps", optimizer_steps_);
  writer.Write("pqn.slot", slot_);
  for (const Metric& metric : metrics_) writer.Write("pqn." + metric.name, metric.value);
  SaveRng(writer, "pqn.shuffle", shuffle_);
  network_.network().Save(writer);
  actor_.Save(writer);
  memory_.Save(writer);
  seats_.Save(writer);
}

void Pqn::Load(StateReader& reader) {
  reader.Read("pqn.steps", steps_);
  reader.Read("pqn.updates", updates_);
  reader.Read("pqn.optimizer_steps", optimizer_steps_);
  reader.Read("pqn.slot", slot_);
  if (slot_ < 0 || slot_ >= memory_.rollout().horizon()) {
    throw FileError(reader.source() + ": slot " + std::to_string(slot_) + " is outside a rollout");
  }
  for (Metric& metric : metrics_) reader.Read("pqn." + metric.name, metric.value);
  LoadRng(reader, "pqn.shuffle", shuffle_);
  network_.network().Load(reader);
  actor_.Load(reader);
  memory_.Load(reader);
  seats_.Load(reader);
  SetSchedules();
}

std::uint64_t Pqn::ParameterHash() const {
  std::vector<float> parameters(static_cast<std::size_t>(network_.network().parameter_count()));
  network_.network().GetParameters(parameters);
  return HashBytes(parameters.data(), parameters.size() * sizeof(float));
}

}  // namespace brasa
