#include "agents/deep/off_policy.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "agents/deep/check_finite.h"
#include "agents/memory/saved_rng.h"
#include "brasa/core/hash.h"
#include "brasa/core/math.h"

namespace brasa {
namespace {

enum MetricIndex { kCriticLoss, kQValue, kPolicyLoss, kLearningRate, kReplay, kMetrics };

std::vector<Metric> WithMore(std::vector<Metric> more) {
  std::vector<Metric> metrics = {{"losses/critic_loss", 0},
                                 {"losses/q_value", 0},
                                 {"losses/policy_loss", 0},
                                 {"charts/learning_rate", 0},
                                 {"charts/replay", 0}};
  for (Metric& metric : more) metrics.push_back(std::move(metric));
  return metrics;
}

CriticOptions CriticsOf(const OffPolicyOptions& options, int states, int actions) {
  return {.agent = options.agent,
          .count = options.critics,
          .states = states,
          .actions = actions,
          .network = options.network,
          .adam = options.adam,
          .backend = options.backend};
}

}  // namespace

OffPolicyLearner::OffPolicyLearner(const AgentSetup& setup, const OffPolicyOptions& options,
                                   std::vector<Metric> more)
    : options_(options),
      encoder_(setup.spec.observation),
      box_(setup.spec.action),
      worlds_(setup.worlds),
      total_steps_(setup.total_steps),
      init_(setup.seed, StreamRole::kInit),
      sampling_(setup.seed, StreamRole::kLearner, 0),
      noise_(setup.seed, StreamRole::kLearner, 1),
      policy_(MakeNetwork(options.backend, options.PolicySpec(setup.spec), options.adam, init_)),
      critics_(CriticsOf(options, encoder_.inputs(), box_.components()), init_),
      replay_(setup.spec, setup.worlds, options.capacity),
      actor_({*policy_, encoder_, box_, random_, options.gaussian, options.exploration_noise,
              options.noise_correlation},
             ActMode::kExplore, setup.worlds, setup.seed, StreamRole::kActor),
      metrics_(WithMore(std::move(more))) {
  const auto batch = static_cast<std::size_t>(options_.batch);
  for (auto* ids : {&rows_, &successors_}) ids->resize(batch);
  for (auto* values : {&bonus_, &target_value_}) values->resize(batch);
  for (auto* normals : {&successor_noise_, &policy_noise_}) normals->resize(batch * components());
  windows_.resize(batch);
  states_.resize(batch * static_cast<std::size_t>(encoder_.inputs()));
  actions_.resize(batch * components());
  SetSchedules();
}

void OffPolicyLearner::Learn(const LastRows& last) {
  replay_.Advance(last);
  const std::int64_t before = steps_;
  steps_ += worlds_;
  SetSchedules();
  const std::int64_t from = std::max(before, options_.learning_starts);
  if (steps_ <= from || replay_.samples() == 0) return;
  const std::int64_t due = steps_ / options_.train_frequency - from / options_.train_frequency;
  for (std::int64_t i = 0; i < due * options_.gradient_steps; ++i) Update();
}

void OffPolicyLearner::Update() {
  replay_.Draw(sampling_, rows_);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    windows_[i] = replay_.Window(rows_[i], 1, options_.discount);
    successors_[i] = windows_[i].successor;
  }
  encoder_.Gather(replay_.observations(), successors_, states_.data());
  ChooseSuccessors(states_.data(), actions_.data(), bonus_.data());
  critics_.Join(states_.data(), actions_.data(), options_.batch);
  critics_.TargetValues(target_value_.data());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    float& y = target_value_[i];
    y = windows_[i].reward + windows_[i].bootstrap * (y + bonus_[i]);
    box_.ToUnit(replay_.action_values(rows_[i]), actions_.data() + i * components());
  }
  encoder_.Gather(replay_.observations(), rows_, states_.data());
  critics_.Join(states_.data(), actions_.data(), options_.batch);
  metrics_[kCriticLoss].value =
      critics_.Fit(target_value_, update(), critic_learning_rate_, &metrics_[kQValue].value);
  LearnPolicy(states_.data());
  ++updates_;
  metrics_[kLearningRate].value = learning_rate_;
  metrics_[kReplay].value = static_cast<double>(replay_.samples());
}

void OffPolicyLearner::StepPolicy(double loss, const float* doutputs) {
  policy_->Backward(doutputs);
  CheckFinite({options_.agent, update(), "policy", loss, policy_->GradientNorm()}, *policy_);
  policy_->AdamStep(learning_rate_, 1);
  metrics_[kPolicyLoss].value = loss;
}

void OffPolicyLearner::Fill(Rng& rng, std::vector<double>& normals) {
  // Box and Muller's pairs: both numbers of two draws.
  for (std::size_t i = 0; i < normals.size(); i += 2) {
    const double radius = std::sqrt(-2.0 * Log(1.0 - rng.Uniform()));
    const SinCosResult angle = SinCos(2.0 * kPi * rng.Uniform());
    normals[i] = radius * angle.cos;
    if (i + 1 < normals.size()) normals[i + 1] = radius * angle.sin;
  }
}

void OffPolicyLearner::Tell(std::size_t metric, double value) {
  metrics_[kMetrics + metric].value = value;
}

void OffPolicyLearner::SetSchedules() {
  const double progress =
      total_steps_ <= 0
          ? 1
          : std::min(1.0, static_cast<double>(steps_) / static_cast<double>(total_steps_));
  const double left = options_.anneal_lr ? 1 - progress : 1.0;
  random_ = steps_ < options_.learning_starts;
  learning_rate_ = options_.learning_rate * left;
  critic_learning_rate_ = options_.critic_learning_rate * left;
}

std::unique_ptr<Actor> OffPolicyLearner::MakeActor(ActMode mode, int worlds, std::uint64_t seed,
                                                   StreamRole role) {
  return std::make_unique<ContinuousActor>(
      ContinuousPolicy{*policy_, encoder_, box_, random_, options_.gaussian,
                       options_.exploration_noise, options_.noise_correlation},
      mode, worlds, seed, role);
}

void OffPolicyLearner::Save(StateWriter& writer) const {
  writer.Write("learner.steps", steps_);
  writer.Write("learner.updates", updates_);
  for (const Metric& metric : metrics_) writer.Write("learner." + metric.name, metric.value);
  SaveRng(writer, "learner.sampling", sampling_);
  SaveRng(writer, "learner.noise", noise_);
  policy_->Save(writer);
  critics_.Save(writer);
  SaveMore(writer);
  actor_.Save(writer);
  replay_.Save(writer);
}

void OffPolicyLearner::Load(StateReader& reader) {
  reader.Read("learner.steps", steps_);
  reader.Read("learner.updates", updates_);
  for (Metric& metric : metrics_) reader.Read("learner." + metric.name, metric.value);
  LoadRng(reader, "learner.sampling", sampling_);
  LoadRng(reader, "learner.noise", noise_);
  policy_->Load(reader);
  critics_.Load(reader);
  LoadMore(reader);
  actor_.Load(reader);
  replay_.Load(reader);
  SetSchedules();
}

std::uint64_t OffPolicyLearner::ParameterHash() const {
  std::vector<float> parameters;
  const auto append = [&](const Network& network) {
    const std::size_t at = parameters.size();
    parameters.resize(at + static_cast<std::size_t>(network.parameter_count()));
    network.GetParameters(std::span(parameters).subspan(at));
  };
  append(*policy_);
  for (int i = 0; i < critics_.count(); ++i) append(critics_.online(i));
  return HashBytes(parameters.data(), parameters.size() * sizeof(float));
}

}  // namespace brasa
