#include "agents/deep/impala.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "brasa/core/error.h"

namespace brasa {
namespace {

enum MetricIndex { kValueLoss, kPolicyLoss, kEntropy, kMeanRatio, kGradientNorm, kLearningRate };

std::vector<Metric> FirstMetrics() {
  return {{"losses/value_loss", 0}, {"losses/policy_loss", 0},   {"losses/entropy", 0},
          {"losses/mean_ratio", 1}, {"losses/gradient_norm", 0}, {"charts/learning_rate", 0}};
}

PolicyModel MakeModel(const AgentSetup& setup, const ImpalaOptions& options) {
  Rng init(setup.seed, StreamRole::kInit);
  return PolicyModel(setup.spec, options.policy, init);
}

/// A rollout has a sample at least: each of a world's P seats may leave one of its T + 1 decisions
/// open.
LinkedRollout MakeRollout(const AgentSetup& setup, const ImpalaOptions& options) {
  const std::int64_t rows = (std::int64_t{options.unroll} + 1) * setup.worlds;
  if (rows > std::numeric_limits<std::int32_t>::max() / setup.spec.players) {
    throw ConfigError("unroll = " + std::to_string(options.unroll) +
                      " is too long for envs = " + std::to_string(setup.worlds) +
                      ": a rollout has at most 2^31 rows of all players");
  }
  if (options.unroll < setup.spec.players) {
    throw ConfigError("unroll = " + std::to_string(options.unroll) + " is too short for '" +
                      setup.spec.id + "': with " + std::to_string(setup.spec.players) +
                      " players give " + std::to_string(setup.spec.players) + " or more");
  }
  return {setup.spec, setup.worlds, options.unroll, options.policy.input.frames};
}

}  // namespace

std::unique_ptr<Agent> MakeImpala(const AgentSetup& setup) {
  return std::make_unique<Impala>(setup);
}

Impala::Impala(const AgentSetup& setup)
    : options_(ImpalaOptions::From(setup.spec, setup.config)),
      planned_updates_(setup.total_steps / setup.worlds / options_.unroll),
      model_(MakeModel(setup, options_)),
      actor_(model_, ActMode::kExplore, setup.worlds, setup.seed, StreamRole::kActor),
      rollouts_{MakeRollout(setup, options_), MakeRollout(setup, options_)},
      rewards_(setup.worlds, setup.spec.players, options_.reward),
      seats_(setup.worlds, setup.spec.players),
      metrics_(FirstMetrics()),
      learner_(MakeModel(setup, options_)),
      loss_(options_.loss, learner_.MakeDistribution()),
      learner_metrics_(FirstMetrics()),
      job_([this] { Update(); }) {
  const auto samples = static_cast<std::size_t>(rollouts_[0].rollout().rows());
  const auto rows = samples + static_cast<std::size_t>(setup.worlds);
  const auto outputs = static_cast<std::size_t>(learner_.network().outputs());
  closed_.reserve(static_cast<std::size_t>(setup.worlds * setup.spec.players));
  rows_.resize(rows);
  std::iota(rows_.begin(), rows_.end(), 0);
  inputs_.resize(samples * static_cast<std::size_t>(learner_.input().inputs()));
  outputs_.resize(rows * outputs);
  gradient_.resize(samples * outputs);
  for (auto* column : {&value_, &ratio_, &target_, &weight_}) column->resize(rows);
  is_sample_.resize(samples);
}

StepRows Impala::NextRows() {
  Rollout& rollout = rollouts_[playing_].rollout();
  actor_.SetTrace(rollout, slot_);
  return rollout.Step(slot_);
}

void Impala::Learn(const LastRows& last) {
  LinkedRollout& playing = rollouts_[playing_];
  closed_.clear();
  seats_.Push(playing.rollout().Decisions(slot_), last, closed_);
  rewards_.Apply(closed_);
  playing.Link(closed_, last);
  if (++slot_ == playing.rollout().horizon()) EndRollout();
}

void Impala::EndRollout() {
  job_.Wait();
  if (untold_) {
    model_.TakeOver(learner_);
    updates_ = learnt_;
    metrics_ = learner_metrics_;
  }
  LinkedRollout& played = rollouts_[playing_];
  playing_ = 1 - playing_;
  rollouts_[playing_].BeginAfter(played);
  slot_ = 0;
  seats_.Forget();
  untold_ = true;
  if (options_.background) {
    job_.Start();
  } else {
    Update();
  }
}

void Impala::Evaluate(LinkedRollout& played) {
  Network& network = learner_.network();
  const Rollout& rollout = played.rollout();
  const std::size_t outputs = static_cast<std::size_t>(network.outputs());
  const std::size_t samples = is_sample_.size();
  const auto value_of = [&](std::size_t row) { return outputs_[(row + 1) * outputs - 1]; };
  if (const int waiting = played.waiting(); waiting > 0) {
    const auto count = static_cast<std::size_t>(waiting);
    final_inputs_.resize(count * static_cast<std::size_t>(learner_.input().inputs()));
    final_outputs_.resize(count * outputs);
    played.GatherFinalInputs(learner_.input(), final_inputs_.data());
    network.Forward(final_inputs_.data(), waiting, final_outputs_.data());
    played.TellFinalValues(final_outputs_.data() + outputs - 1, network.outputs());
  }
  // Slot T, whose action belongs to the rollout after, then what is learnt from.
  played.GatherInputs(learner_.input(), std::span(rows_).subspan(samples), inputs_.data());
  network.Forward(inputs_.data(), rollout.worlds(), outputs_.data() + samples * outputs);
  played.GatherInputs(learner_.input(), std::span(rows_).first(samples), inputs_.data());
  network.ForwardTrain(inputs_.data(), rollout.rows(), outputs_.data());
  for (std::size_t row = 0; row < value_.size(); ++row) value_[row] = value_of(row);
  loss_.Set({.rows = rollout.rows(),
             .outputs = outputs_.data(),
             .mask = rollout.actions() > 0 ? rollout.mask().data() : nullptr,
             .action = rollout.scored_actions()});
  for (std::size_t row = 0; row < samples; ++row) {
    ratio_[row] = std::exp(loss_.log_prob()[row] - rollout.log_prob()[row]);
    is_sample_[row] = played.chains().next()[row] != DecisionChains::kOpen;
  }
  ComputeVtrace(played.chains(), options_.vtrace, {value_, ratio_, target_, weight_});
}

void Impala::Update() {
  LinkedRollout& played = rollouts_[1 - playing_];
  Evaluate(played);
  const PolicyGradientTerms loss =
      loss_.Compute(weight_.data(), target_.data(), is_sample_.data(), gradient_.data(),
                    learner_.free().gradient().data());
  learner_.network().Backward(gradient_.data());
  const double norm = learner_.GradientNorm();
  CheckFinite("impala", learnt_ + 1, loss, norm, learner_);
  double left = 1;
  if (options_.anneal_lr && planned_updates_ > 0) {
    left -= static_cast<double>(learnt_) / static_cast<double>(planned_updates_);
  }
  const double learning_rate = options_.learning_rate * std::max(0.0, left);
  learner_.AdamStep(learning_rate, ClipScale(norm, options_.max_grad_norm));
  // From the next rollout on, as its parameters.
  learner_.input().Observe(played.rollout().States(0).observation, played.rollout().rows());
  ++learnt_;
  Report(loss, norm, learning_rate);
}

void Impala::Report(const PolicyGradientTerms& loss, double norm, double learning_rate) {
  double ratios = 0, samples = 0;
  for (std::size_t row = 0; row < is_sample_.size(); ++row) {
    if (is_sample_[row] == 0) continue;
    ratios += static_cast<double>(ratio_[row]);
    ++samples;
  }
  learner_metrics_[kValueLoss].value = loss.value;
  learner_metrics_[kPolicyLoss].value = loss.policy;
  learner_metrics_[kEntropy].value = loss.entropy;
  learner_metrics_[kMeanRatio].value = ratios / samples;
  learner_metrics_[kGradientNorm].value = norm;
  learner_metrics_[kLearningRate].value = learning_rate;
}

std::unique_ptr<Actor> Impala::MakeActor(ActMode mode, int worlds, std::uint64_t seed,
                                         StreamRole role) {
  return std::make_unique<PolicyActor>(model_, mode, worlds, seed, role);
}

PolicyModel& Impala::learner_model() {
  job_.Wait();
  return learner_;
}

std::uint64_t Impala::ParameterHash() const {
  job_.Wait();
  return learner_.ParameterHash();
}

void Impala::Save(StateWriter& writer) const {
  job_.Wait();
  writer.Write("impala.updates", updates_);
  writer.Write("impala.learnt", learnt_);
  writer.Write("impala.untold", static_cast<std::uint8_t>(untold_));
  writer.Write("impala.slot", slot_);
  for (const std::vector<Metric>* metrics : {&metrics_, &learner_metrics_}) {
    for (const Metric& metric : *metrics) writer.Write("impala." + metric.name, metric.value);
  }
  model_.Save(writer);
  learner_.Save(writer);
  actor_.Save(writer);
  rollouts_[playing_].Save(writer);
  rewards_.Save(writer);
  seats_.Save(writer);
}

void Impala::Load(StateReader& reader) {
  job_.Wait();
  std::uint8_t untold = 0;
  reader.Read("impala.updates", updates_);
  reader.Read("impala.learnt", learnt_);
  reader.Read("impala.untold", untold);
  reader.Read("impala.slot", slot_);
  untold_ = untold != 0;
  if (slot_ < 0 || slot_ >= options_.unroll) {
    throw FileError(reader.source() + ": slot " + std::to_string(slot_) + " is outside a rollout");
  }
  for (std::vector<Metric>* metrics : {&metrics_, &learner_metrics_}) {
    for (Metric& metric : *metrics) reader.Read("impala." + metric.name, metric.value);
  }
  model_.Load(reader);
  learner_.Load(reader);
  actor_.Load(reader);
  rollouts_[playing_].Load(reader);
  rewards_.Load(reader);
  seats_.Load(reader);
}

}  // namespace brasa
