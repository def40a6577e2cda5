#include "agents/deep/ppo.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include "agents/deep/policy_gradient_loss.h"
#include "agents/memory/saved_rng.h"
#include "brasa/core/error.h"

namespace brasa {
namespace {

enum MetricIndex {
  kValueLoss,
  kPolicyLoss,
  kEntropy,
  kOldApproxKl,
  kApproxKl,
  kClipFraction,
  kExplainedVariance,
  kLearningRate
};

std::vector<Metric> FirstMetrics() {
  return {{"losses/value_loss", 0},         {"losses/policy_loss", 0},  {"losses/entropy", 0},
          {"losses/old_approx_kl", 0},      {"losses/approx_kl", 0},    {"losses/clipfrac", 0},
          {"losses/explained_variance", 0}, {"charts/learning_rate", 0}};
}

/// The fewest samples a rollout can hold: each of a world's P seats may leave one of its T + 1
/// decisions open. Each minibatch needs two for the deviation of its advantages.
void CheckRollout(const PpoOptions& options, int worlds, int players) {
  const std::int64_t rows = static_cast<std::int64_t>(worlds) * (options.horizon + 1);
  if (rows > std::numeric_limits<std::int32_t>::max() / players) {
    throw ConfigError("horizon = " + std::to_string(options.horizon) + " is too long for envs = " +
                      std::to_string(worlds) + ": a rollout has at most 2^31 rows of all players");
  }
  if (options.policy.network.lstm > 0) {
    const std::int64_t fewest = std::int64_t{worlds / options.minibatches} * options.horizon;
    if (fewest >= 2) return;
    throw ConfigError("minibatches = " + std::to_string(options.minibatches) +
                      " is too many: with network.lstm a minibatch is whole worlds of horizon = " +
                      std::to_string(options.horizon) +
                      " steps, at least 2 samples, and envs = " + std::to_string(worlds));
  }
  const std::int64_t samples = static_cast<std::int64_t>(worlds) * (options.horizon + 1 - players);
  if (samples >= 2 * static_cast<std::int64_t>(options.minibatches)) return;
  throw ConfigError("minibatches = " + std::to_string(options.minibatches) +
                    " is too many: a rollout of horizon = " + std::to_string(options.horizon) +
                    " and envs = " + std::to_string(worlds) + " may have only " +
                    std::to_string(std::max<std::int64_t>(samples, 0)) +
                    " samples, and each minibatch needs 2");
}

}  // namespace

std::unique_ptr<Agent> MakePpo(const AgentSetup& setup) { return std::make_unique<Ppo>(setup); }

Ppo::Ppo(const AgentSetup& setup) : Ppo(setup, PpoOptions::From(setup.spec, setup.config)) {}

Ppo::Ppo(const AgentSetup& setup, const PpoOptions& options)
    : options_(options),
      planned_updates_(setup.total_steps / setup.worlds / options_.horizon),
      model_([&] {
        CheckRollout(options_, setup.worlds, setup.spec.players);
        Rng init(setup.seed, StreamRole::kInit);
        return PolicyModel(setup.spec, options_.policy, init);
      }()),
      actor_(model_, ActMode::kExplore, setup.worlds, setup.seed, StreamRole::kActor),
      memory_(setup.spec, setup.worlds, options_.horizon, options_.policy.input.frames),
      rewards_(setup.worlds, setup.spec.players, options_.reward),
      seats_(setup.worlds, setup.spec.players),
      sequences_(setup.worlds, options_.horizon, options_.minibatches, model_.state_size()),
      loss_(options_.loss, model_.MakeDistribution()),
      shuffle_(setup.seed, StreamRole::kLearner),
      metrics_(FirstMetrics()) {
  const Rollout& rollout = memory_.rollout();
  const auto seats = static_cast<std::size_t>(setup.worlds * setup.spec.players);
  const auto samples = static_cast<std::size_t>(rollout.rows());
  block_ = model_.recurrent() != nullptr
               ? sequences_.block()
               : (rollout.rows() + options_.minibatches - 1) / options_.minibatches;
  const auto block = static_cast<std::size_t>(block_);
  const auto outputs = static_cast<std::size_t>(network().outputs());
  closed_.reserve(seats);
  asked_.reserve(seats);
  states_.resize(seats * static_cast<std::size_t>(model_.state_size()));
  advantage_.resize(samples + static_cast<std::size_t>(setup.worlds));
  target_.resize(advantage_.size());
  samples_.reserve(samples);
  sample_value_.reserve(samples);
  sample_target_.reserve(samples);
  const std::size_t most_rows = std::max(block, seats);
  inputs_.resize(most_rows * static_cast<std::size_t>(model_.input().inputs()));
  outputs_.resize(most_rows * outputs);
  gradient_.resize(block * outputs);
  batch_mask_.resize(block * static_cast<std::size_t>(rollout.actions()));
  batch_action_.resize(block * static_cast<std::size_t>(setup.spec.action.bytes()));
  for (auto* rows : {&batch_log_prob_, &batch_value_, &batch_advantage_, &batch_target_}) {
    rows->resize(block);
  }
}

StepRows Ppo::NextRows() {
  actor_.SetTrace(memory_.rollout(), slot_);
  return memory_.rollout().Step(slot_);
}

void Ppo::Learn(const LastRows& last) {
  Rollout& rollout = memory_.rollout();
  closed_.clear();
  seats_.Push(rollout.Decisions(slot_), last, closed_);
  rewards_.Apply(closed_);
  memory_.Link(closed_, last);
  ValueFinals();
  if (++slot_ < rollout.horizon()) return;
  Update();
  // From here on, so that acting and learning of one rollout see equal inputs.
  model_.input().Observe(rollout.States(0).observation, rollout.rows());
  slot_ = 0;
  seats_.Forget();
  memory_.Keep(rollout.horizon(), rollout.horizon());
  sequences_.Begin(actor_.memory().states());
}

void Ppo::ValueFinals() {
  if (memory_.waiting() == 0) return;
  asked_.clear();
  for (const std::int32_t row : memory_.truncated()) {
    asked_.push_back(row % memory_.rollout().worlds());
  }
  memory_.GatherFinalInputs(model_.input(), inputs_.data());
  // The memory of the episode that ended: no row of the next one was acted on yet.
  Evaluate({.count = memory_.waiting(), .world = asked_.data()});
  const int outputs = network().outputs();
  memory_.TellFinalValues(outputs_.data() + outputs - 1, outputs);
}

void Ppo::Evaluate(const ActRows& rows) {
  if (model_.recurrent() == nullptr) {
    network().Forward(inputs_.data(), rows.count, outputs_.data());
    return;
  }
  actor_.memory().Read(rows, states_.data());
  model_.recurrent()->Step(inputs_.data(), rows.count, states_.data(), outputs_.data());
}

void Ppo::PrepareSamples() {
  Rollout& rollout = memory_.rollout();
  const int worlds = rollout.worlds();
  const auto outputs = static_cast<std::size_t>(network().outputs());
  const auto first = static_cast<std::size_t>(rollout.rows());
  samples_.resize(static_cast<std::size_t>(worlds));
  std::iota(samples_.begin(), samples_.end(), rollout.rows());
  memory_.GatherInputs(model_.input(), samples_, inputs_.data());
  asked_.resize(static_cast<std::size_t>(worlds));
  std::iota(asked_.begin(), asked_.end(), 0);
  Evaluate({.count = worlds, .world = asked_.data(), .start = rollout.start().data() + first});
  for (std::size_t n = 0; n < static_cast<std::size_t>(worlds); ++n) {
    rollout.value()[first + n] = outputs_[(n + 1) * outputs - 1];
  }
  const std::vector<float>& value = rollout.value();
  ComputeGae(memory_.chains(), value, options_.discount, options_.gae_lambda, advantage_);
  samples_.clear();
  sample_value_.clear();
  sample_target_.clear();
  for (std::size_t row = 0; row < first; ++row) {
    target_[row] = advantage_[row] + value[row];
    if (memory_.chains().next()[row] == DecisionChains::kOpen) continue;
    samples_.push_back(static_cast<std::int32_t>(row));
    sample_value_.push_back(value[row]);
    sample_target_.push_back(target_[row]);
  }
  const std::vector<std::uint8_t>& mask = rollout.mask();
  masked_ = std::ranges::find(mask, 0) != mask.end();
}

double Ppo::Remaining() const {
  if (planned_updates_ == 0) return 1;
  // ppo.py's rule: update k = 1 .. K trains with 1 - (k - 1) / K; there is nothing left beyond K.
  const double done = static_cast<double>(updates_) / static_cast<double>(planned_updates_);
  return std::max(0.0, 1.0 - done);
}

void Ppo::Update() {
  PrepareSamples();
  const double remaining = Remaining();
  const double learning_rate = options_.learning_rate * (options_.anneal_lr ? remaining : 1.0);
  if (options_.anneal_clip) loss_.SetClip(options_.loss.clip * static_cast<float>(remaining));
  PpoLossTerms loss;
  double clip_fraction = 0;
  int steps = 0;
  for (int epoch = 0; epoch < options_.epochs; ++epoch) {
    if (model_.recurrent() != nullptr) {
      sequences_.Shuffle(shuffle_, samples_);
    } else {
      Shuffle(shuffle_, samples_);
    }
    for (int k = 0; k < options_.minibatches; ++k, ++steps) {
      loss = TrainMinibatch(Cut(k), Cut(k + 1), learning_rate);
      clip_fraction += loss.clip_fraction;
    }
    if (options_.target_kl > 0 && loss.approx_kl > options_.target_kl) break;
  }
  ++updates_;
  Report(loss, clip_fraction / steps, learning_rate);
}

int Ppo::Cut(int k) const {
  if (model_.recurrent() != nullptr) return sequences_.Cut(k);
  return static_cast<int>(k * std::ssize(samples_) / options_.minibatches);
}

void Ppo::GatherMinibatch(std::span<const std::int32_t> rows) {
  const Rollout& rollout = memory_.rollout();
  const auto actions = static_cast<std::size_t>(rollout.actions());
  const auto bytes = static_cast<std::size_t>(model_.action().bytes());
  const auto* const action = static_cast<const std::uint8_t*>(rollout.scored_actions());
  memory_.GatherInputs(model_.input(), rows, inputs_.data());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = static_cast<std::size_t>(rows[i]);
    std::memcpy(batch_action_.data() + i * bytes, action + row * bytes, bytes);
    batch_log_prob_[i] = rollout.log_prob()[row];
    batch_value_[i] = rollout.value()[row];
    batch_advantage_[i] = advantage_[row];
    batch_target_[i] = target_[row];
    if (masked_) {
      std::copy_n(rollout.mask().data() + row * actions, actions, batch_mask_.data() + i * actions);
    }
  }
  const std::size_t used = rows.size() * static_cast<std::size_t>(model_.input().inputs());
  const std::size_t all = static_cast<std::size_t>(block_ * model_.input().inputs());
  std::fill(inputs_.data() + used, inputs_.data() + all, 0.0f);
}

PpoLossTerms Ppo::TrainMinibatch(int first, int last, double learning_rate) {
  const auto count = static_cast<std::size_t>(last - first);
  const auto rows = std::span(samples_).subspan(static_cast<std::size_t>(first), count);
  GatherMinibatch(rows);
  const std::span<float> advantage(batch_advantage_.data(), count);
  if (options_.normalize_advantage) NormalizeAdvantages(advantage);
  if (model_.recurrent() == nullptr) {
    network().ForwardTrain(inputs_.data(), block_, outputs_.data());
  } else {
    model_.recurrent()->ForwardSequences(sequences_.Gather(rows, memory_.rollout(), inputs_.data()),
                                         outputs_.data());
  }
  const PpoLossTerms loss = loss_.Compute({.rows = last - first,
                                           .outputs = outputs_.data(),
                                           .mask = masked_ ? batch_mask_.data() : nullptr,
                                           .action = batch_action_.data(),
                                           .old_log_prob = batch_log_prob_.data(),
                                           .old_value = batch_value_.data(),
                                           .advantage = advantage.data(),
                                           .target = batch_target_.data()},
                                          gradient_.data(), model_.free().gradient().data());
  std::fill(gradient_.data() + count * static_cast<std::size_t>(network().outputs()),
            gradient_.data() + gradient_.size(), 0.0f);
  network().Backward(gradient_.data());
  const double norm = model_.GradientNorm();
  CheckFinite(options_.agent, updates_ + 1, {loss.policy, loss.value, loss.entropy}, norm, model_);
  model_.AdamStep(learning_rate, ClipScale(norm, options_.max_grad_norm));
  return loss;
}

void Ppo::Report(const PpoLossTerms& last, double clip_fraction, double learning_rate) {
  // As ppo.py logs them: losses of the last minibatch, the clip fraction over all of them.
  metrics_[kValueLoss].value = last.value;
  metrics_[kPolicyLoss].value = last.policy;
  metrics_[kEntropy].value = last.entropy;
  metrics_[kOldApproxKl].value = last.old_approx_kl;
  metrics_[kApproxKl].value = last.approx_kl;
  metrics_[kClipFraction].value = clip_fraction;
  metrics_[kExplainedVariance].value = ExplainedVariance(sample_value_, sample_target_);
  metrics_[kLearningRate].value = learning_rate;
}

std::unique_ptr<Actor> Ppo::MakeActor(ActMode mode, int worlds, std::uint64_t seed,
                                      StreamRole role) {
  return std::make_unique<PolicyActor>(model_, mode, worlds, seed, role);
}

void Ppo::Save(StateWriter& writer) const {
  const std::string& name = options_.agent;
  writer.Write(name + ".updates", updates_);
  writer.Write(name + ".slot", slot_);
  for (const Metric& metric : metrics_) writer.Write(name + "." + metric.name, metric.value);
  SaveRng(writer, (name + ".shuffle").c_str(), shuffle_);
  model_.Save(writer);
  actor_.Save(writer);
  memory_.Save(writer);
  rewards_.Save(writer);
  seats_.Save(writer);
  if (model_.recurrent() != nullptr) sequences_.Save(writer);
}

void Ppo::Load(StateReader& reader) {
  const std::string& name = options_.agent;
  reader.Read(name + ".updates", updates_);
  reader.Read(name + ".slot", slot_);
  if (slot_ < 0 || slot_ >= memory_.rollout().horizon()) {
    throw FileError(reader.source() + ": slot " + std::to_string(slot_) + " is outside a rollout");
  }
  for (Metric& metric : metrics_) reader.Read(name + "." + metric.name, metric.value);
  LoadRng(reader, (name + ".shuffle").c_str(), shuffle_);
  model_.Load(reader);
  actor_.Load(reader);
  memory_.Load(reader);
  rewards_.Load(reader);
  seats_.Load(reader);
  if (model_.recurrent() != nullptr) sequences_.Load(reader);
}

std::uint64_t Ppo::ParameterHash() const { return model_.ParameterHash(); }

}  // namespace brasa
