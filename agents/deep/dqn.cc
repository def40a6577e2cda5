#include "agents/deep/dqn.h"

#include <algorithm>
#include <cmath>

#include "agents/deep/check_finite.h"
#include "agents/memory/saved_rng.h"
#include "brasa/core/hash.h"

namespace brasa {
namespace {

constexpr double kLeastPriority = 1e-6;

enum MetricIndex { kLoss, kQValue, kGradientNorm, kEpsilon, kLearningRate, kReplay };

std::vector<Metric> FirstMetrics() {
  return {{"losses/td_loss", 0}, {"losses/q_value", 0},       {"losses/gradient_norm", 0},
          {"charts/epsilon", 0}, {"charts/learning_rate", 0}, {"charts/replay", 0}};
}

}  // namespace

std::unique_ptr<Agent> MakeDqn(const AgentSetup& setup) { return std::make_unique<Dqn>(setup); }

Dqn::Dqn(const AgentSetup& setup)
    : options_(DqnOptions::From(setup.spec, setup.config)),
      encoder_(setup.spec.observation),
      worlds_(setup.worlds),
      total_steps_(setup.total_steps),
      init_(setup.seed, StreamRole::kInit),
      sampling_(setup.seed, StreamRole::kLearner, 0),
      noise_(setup.seed, StreamRole::kLearner, 1),
      online_(options_.network, init_),
      target_(options_.network, init_),
      replay_(setup.spec, setup.worlds, options_.capacity,
              options_.negamax ? ReplayTransitions::kPlies : ReplayTransitions::kSeats),
      actor_(online_, encoder_, epsilon_, ActMode::kExplore, setup.worlds, setup.seed,
             StreamRole::kActor),
      metrics_(FirstMetrics()),
      parameters_(static_cast<std::size_t>(online_.network().parameter_count())) {
  if (options_.prioritized) priorities_.emplace(replay_.rows());
  const auto batch = static_cast<std::size_t>(options_.batch);
  const auto atoms = static_cast<std::size_t>(options_.network.atoms);
  for (auto* ids : {&rows_, &successors_, &action_, &best_}) ids->resize(batch);
  for (auto* values : {&loss_, &target_value_}) values->resize(batch);
  weight_.assign(batch, 1.0f);
  windows_.resize(batch);
  inputs_.resize(batch * static_cast<std::size_t>(encoder_.inputs()));
  values_.resize(batch * static_cast<std::size_t>(setup.spec.action.count));
  dz_.resize(batch * atoms);
  p_.resize(atoms);
  atoms_.resize(atoms);
  SyncTarget();
  SetSchedules();
}

void Dqn::Learn(const LastRows& last) {
  replay_.Advance(last);
  if (priorities_) TrackPriorities();
  const std::int64_t before = steps_;
  steps_ += worlds_;
  SetSchedules();
  const std::int64_t from = std::max(before, options_.learning_starts);
  if (steps_ > from && replay_.samples() > 0) {
    const std::int64_t due = steps_ / options_.train_frequency - from / options_.train_frequency;
    for (std::int64_t i = 0; i < due * options_.gradient_steps; ++i) Update();
  }
  if (steps_ / options_.target_interval != before / options_.target_interval && !synced_) {
    SyncTarget();
  }
}

void Dqn::TrackPriorities() {
  for (std::int32_t w = 0; w < worlds_; ++w) priorities_->Set(replay_.opened() + w, 0);
  const double weight = std::pow(largest_priority_, options_.priority_alpha);
  for (const std::int32_t row : replay_.closed()) priorities_->Set(row, weight);
}

void Dqn::Update() {
  DrawBatch();
  online_.SampleNoise(noise_);
  target_.SampleNoise(noise_);
  const float* const successor_z = EvaluateSuccessors();
  encoder_.Gather(replay_.observations(), rows_, inputs_.data());
  const float* const z = online_.ForwardTrain(inputs_.data(), options_.batch);
  ComputeLosses(z, successor_z);
  online_.Backward(action_.data(), dz_.data(), options_.batch);
  const double norm = online_.network().GradientNorm();
  double loss = 0;
  for (std::size_t i = 0; i < loss_.size(); ++i) {
    loss += static_cast<double>(weight_[i] * loss_[i]) / static_cast<double>(options_.batch);
  }
  CheckFinite({"dqn", updates_ + 1, "", loss, norm}, online_.network());
  online_.network().AdamStep(learning_rate_, ClipScale(norm, options_.max_grad_norm));
  synced_ = false;
  ++updates_;
  metrics_[kLoss].value = loss;
  metrics_[kGradientNorm].value = norm;
  metrics_[kEpsilon].value = epsilon_;
  metrics_[kLearningRate].value = learning_rate_;
  metrics_[kReplay].value = static_cast<double>(replay_.samples());
}

void Dqn::DrawBatch() {
  if (priorities_) {
    DrawPrioritized();
  } else {
    replay_.Draw(sampling_, rows_);
  }
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    windows_[i] = replay_.Window(rows_[i], options_.n_step, options_.discount);
    successors_[i] = windows_[i].successor;
    action_[i] = replay_.action_id(rows_[i]);
  }
}

void Dqn::DrawPrioritized() {
  const double total = priorities_->total();
  const double stratum = total / static_cast<double>(options_.batch);
  const double annealed = options_.priority_beta + (1 - options_.priority_beta) * Progress();
  const auto samples = static_cast<double>(replay_.samples());
  float largest = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    rows_[i] = priorities_->Find((static_cast<double>(i) + sampling_.Uniform()) * stratum);
    const double p = priorities_->weight(rows_[i]) / total;
    weight_[i] = static_cast<float>(std::pow(samples * p, -annealed));
    largest = std::max(largest, weight_[i]);
  }
  for (float& weight : weight_) weight /= largest;
}

const float* Dqn::EvaluateSuccessors() {
  encoder_.Gather(replay_.observations(), successors_, inputs_.data());
  const float* const z = target_.Forward(inputs_.data(), options_.batch);
  if (options_.use_double) {
    online_.Values(online_.Forward(inputs_.data(), options_.batch), options_.batch, values_.data());
  } else {
    target_.Values(z, options_.batch, values_.data());
  }
  const int actions = online_.actions();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    best_[i] = BestAction(values_.data() + i * static_cast<std::size_t>(actions),
                          replay_.mask(successors_[i]), actions);
  }
  return z;
}

void Dqn::ComputeLosses(const float* z, const float* successor_z) {
  const auto atoms = static_cast<std::size_t>(online_.atoms());
  const std::size_t row = atoms * static_cast<std::size_t>(online_.actions());
  double chosen_value = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const std::span<const float> chosen(z + i * row + std::size_t(action_[i]) * atoms, atoms);
    const std::span<const float> successor(successor_z + i * row + std::size_t(best_[i]) * atoms,
                                           atoms);
    const std::span<float> dz(dz_.data() + i * atoms, atoms);
    loss_[i] = ComputeLoss(i, chosen, successor, dz);
    const float share = weight_[i] / static_cast<float>(options_.batch);
    for (float& slope : dz) slope *= share;
    chosen_value += static_cast<double>(online_.Value(chosen));
  }
  if (priorities_) {
    const bool values = options_.network.distribution == QDistribution::kNone;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const float chosen = z[i * row + std::size_t(action_[i]) * atoms];
      const float error = values ? std::abs(target_value_[i] - chosen) : loss_[i];
      const double priority = static_cast<double>(error) + kLeastPriority;
      largest_priority_ = std::max(largest_priority_, priority);
      priorities_->Set(rows_[i], std::pow(priority, options_.priority_alpha));
    }
  }
  metrics_[kQValue].value = chosen_value / static_cast<double>(rows_.size());
}

float Dqn::ComputeLoss(std::size_t i, std::span<const float> z, std::span<const float> successor,
                       std::span<float> dz) {
  const ReplayWindow& window = windows_[i];
  switch (options_.network.distribution) {
    case QDistribution::kNone: {
      target_value_[i] = window.reward + window.bootstrap * successor[0];
      const ValueLoss loss =
          options_.huber ? HuberLoss(z[0], target_value_[i]) : SquaredLoss(z[0], target_value_[i]);
      dz[0] = loss.gradient;
      return loss.loss;
    }
    case QDistribution::kC51:
      Softmax(successor, p_);
      ProjectC51(options_.network.support, window.reward, window.bootstrap, p_, atoms_);
      return C51Loss(z, atoms_, dz);
    case QDistribution::kQuantiles:
      for (std::size_t j = 0; j < atoms_.size(); ++j) {
        atoms_[j] = window.reward + window.bootstrap * successor[j];
      }
      return QuantileHuberLoss(z, atoms_, dz);
  }
  return 0;
}

void Dqn::SyncTarget() {
  online_.network().GetParameters(parameters_);
  target_.network().SetParameters(parameters_);
  synced_ = true;
}

double Dqn::Progress() const {
  if (total_steps_ <= 0) return 1;
  return std::min(1.0, static_cast<double>(steps_) / static_cast<double>(total_steps_));
}

void Dqn::SetSchedules() {
  const double progress = Progress();
  const double fraction = options_.epsilon_fraction;
  const double fallen = fraction > 0 ? std::min(1.0, progress / fraction) : 1.0;
  epsilon_ = options_.epsilon_start + (options_.epsilon_end - options_.epsilon_start) * fallen;
  if (steps_ < options_.learning_starts) epsilon_ = 1;
  learning_rate_ = options_.learning_rate * (options_.anneal_lr ? 1 - progress : 1.0);
}

std::unique_ptr<Actor> Dqn::MakeActor(ActMode mode, int worlds, std::uint64_t seed,
                                      StreamRole role) {
  return std::make_unique<DqnActor>(online_, encoder_, epsilon_, mode, worlds, seed, role);
}

void Dqn::Save(StateWriter& writer) const {
  writer.Write("dqn.steps", steps_);
  writer.Write("dqn.updates", updates_);
  writer.Write("dqn.synced", static_cast<std::uint8_t>(synced_));
  writer.Write("dqn.largest_priority", largest_priority_);
  for (const Metric& metric : metrics_) writer.Write("dqn." + metric.name, metric.value);
  SaveRng(writer, "dqn.sampling", sampling_);
  SaveRng(writer, "dqn.noise", noise_);
  online_.network().Save(writer);
  std::vector<float> target(parameters_.size());
  target_.network().GetParameters(target);
  writer.WriteVector("dqn.target", target);
  if (priorities_) priorities_->Save(writer);
  actor_.Save(writer);
  replay_.Save(writer);
}

void Dqn::Load(StateReader& reader) {
  std::uint8_t synced = 0;
  reader.Read("dqn.steps", steps_);
  reader.Read("dqn.updates", updates_);
  reader.Read("dqn.synced", synced);
  synced_ = synced != 0;
  reader.Read("dqn.largest_priority", largest_priority_);
  for (Metric& metric : metrics_) reader.Read("dqn." + metric.name, metric.value);
  LoadRng(reader, "dqn.sampling", sampling_);
  LoadRng(reader, "dqn.noise", noise_);
  online_.network().Load(reader);
  reader.ReadSpan("dqn.target", std::span<float>(parameters_));
  target_.network().SetParameters(parameters_);
  if (priorities_) priorities_->Load(reader);
  actor_.Load(reader);
  replay_.Load(reader);
  SetSchedules();
}

std::uint64_t Dqn::ParameterHash() const {
  std::vector<float> parameters(parameters_.size());
  online_.network().GetParameters(parameters);
  return HashBytes(parameters.data(), parameters.size() * sizeof(float));
}

}  // namespace brasa
