#include "agents/deep/reinforce.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "agents/deep/ppo_loss.h"
#include "brasa/core/error.h"

namespace brasa {
namespace {

enum MetricIndex {
  kValueLoss,
  kPolicyLoss,
  kEntropy,
  kExplainedVariance,
  kGradientNorm,
  kLearningRate,
  kSamples
};

std::vector<Metric> FirstMetrics() {
  return {{"losses/value_loss", 0},    {"losses/policy_loss", 0},
          {"losses/entropy", 0},       {"losses/explained_variance", 0},
          {"losses/gradient_norm", 0}, {"charts/learning_rate", 0},
          {"charts/decisions", 0}};
}

int CheckedSlots(const ReinforceOptions& options, const AgentSetup& setup) {
  const std::int64_t rows = (std::int64_t{options.Slots()} + 1) * setup.worlds;
  if (rows > std::numeric_limits<std::int32_t>::max() / setup.spec.players) {
    throw ConfigError("longest_episode = " + std::to_string(options.longest_episode) +
                      " is too long for envs = " + std::to_string(setup.worlds) +
                      ": the memory has at most 2^31 rows of all players");
  }
  return options.Slots();
}

}  // namespace

std::unique_ptr<Agent> MakeReinforce(const AgentSetup& setup) {
  return std::make_unique<Reinforce>(setup);
}

Reinforce::Reinforce(const AgentSetup& setup)
    : options_(ReinforceOptions::From(setup.spec, setup.config)),
      total_steps_(setup.total_steps),
      model_([&] {
        Rng init(setup.seed, StreamRole::kInit);
        return PolicyModel(setup.spec, options_.policy, init);
      }()),
      actor_(model_, ActMode::kExplore, setup.worlds, setup.seed, StreamRole::kActor),
      memory_(setup.spec, setup.worlds, CheckedSlots(options_, setup),
              options_.policy.input.frames),
      rewards_(setup.worlds, setup.spec.players, options_.reward),
      seats_(setup.worlds, setup.spec.players),
      loss_(options_.loss, model_.MakeDistribution()),
      part_(static_cast<std::size_t>(setup.worlds), 0),
      metrics_(FirstMetrics()),
      advantage_(RowOf(options_.Slots() + 1, 0)) {
  closed_.reserve(part_.size() * static_cast<std::size_t>(setup.spec.players));
  samples_.reserve(RowOf(options_.Slots(), 0));
}

std::size_t Reinforce::RowOf(int slot, std::size_t w) const {
  return static_cast<std::size_t>(slot) * part_.size() + w;
}

StepRows Reinforce::NextRows() {
  actor_.SetTrace(memory_.rollout(), slot_);
  return memory_.rollout().Step(slot_);
}

void Reinforce::Learn(const LastRows& last) {
  closed_.clear();
  seats_.Push(memory_.rollout().Decisions(slot_), last, closed_);
  rewards_.Apply(closed_);
  memory_.Link(closed_, last);
  ValueFinals();
  ++slot_;
  steps_ += memory_.rollout().worlds();
  for (int e = 0; e < last.count; ++e) TakePart(static_cast<std::size_t>(last.world[e]));
  ended_ += last.count;
  for (std::size_t w = 0; w < part_.size(); ++w) {
    if (slot_ - part_[w] >= options_.longest_episode) CutPart(w);
  }
  const bool full = slot_ == memory_.rollout().horizon();
  if (ended_ >= options_.episodes || (full && !samples_.empty())) Update();
  if (full) MakeRoom();
}

void Reinforce::ValueFinals() {
  const auto waiting = static_cast<std::size_t>(memory_.waiting());
  if (waiting == 0) return;
  const int outputs = model_.network().outputs();
  final_inputs_.resize(waiting * static_cast<std::size_t>(model_.input().inputs()));
  final_outputs_.resize(waiting * static_cast<std::size_t>(outputs));
  memory_.GatherFinalInputs(model_.input(), final_inputs_.data());
  model_.network().Forward(final_inputs_.data(), memory_.waiting(), final_outputs_.data());
  memory_.TellFinalValues(final_outputs_.data() + outputs - 1, outputs);
}

void Reinforce::TakePart(std::size_t w) {
  const std::vector<std::int32_t>& next = memory_.chains().next();
  for (int slot = part_[w]; slot < slot_; ++slot) {
    const std::size_t row = RowOf(slot, w);
    if (next[row] != DecisionChains::kOpen) samples_.push_back(static_cast<std::int32_t>(row));
  }
  part_[w] = slot_;
}

void Reinforce::CutPart(std::size_t w) {
  DecisionChains& chains = memory_.chains();
  for (int slot = part_[w]; slot < slot_; ++slot) {
    const std::size_t row = RowOf(slot, w);
    const std::int32_t next = chains.next()[row];
    if (next < 0) continue;
    const auto successor = static_cast<std::size_t>(next);
    if (successor == RowOf(slot_, w)) {
      chains.EndAt(static_cast<std::int32_t>(row), PresentValue(w));
    } else if (chains.next()[successor] == DecisionChains::kOpen) {
      chains.EndAt(static_cast<std::int32_t>(row), memory_.rollout().value()[successor]);
    }
  }
  seats_.Forget(static_cast<int>(w));
  TakePart(w);
}

float Reinforce::PresentValue(std::size_t w) {
  const auto row = static_cast<std::int32_t>(RowOf(slot_, w));
  final_inputs_.resize(static_cast<std::size_t>(model_.input().inputs()));
  final_outputs_.resize(static_cast<std::size_t>(model_.network().outputs()));
  memory_.GatherInputs(model_.input(), {&row, 1}, final_inputs_.data());
  model_.network().Forward(final_inputs_.data(), 1, final_outputs_.data());
  return final_outputs_.back();
}

void Reinforce::GatherBatch() {
  const Rollout& rollout = memory_.rollout();
  const std::size_t count = samples_.size();
  const auto actions = static_cast<std::size_t>(rollout.actions());
  const auto bytes = static_cast<std::size_t>(model_.action().bytes());
  const auto outputs = static_cast<std::size_t>(model_.network().outputs());
  inputs_.resize(count * static_cast<std::size_t>(model_.input().inputs()));
  for (auto* columns : {&outputs_, &gradient_}) columns->resize(count * outputs);
  for (auto* column : {&return_, &raw_advantage_}) column->resize(count);
  batch_mask_.resize(count * actions);
  batch_action_.resize(count * bytes);
  memory_.GatherInputs(model_.input(), samples_, inputs_.data());
  const auto* const action = static_cast<const std::uint8_t*>(rollout.scored_actions());
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = static_cast<std::size_t>(samples_[i]);
    return_[i] = advantage_[row] + rollout.value()[row];
    raw_advantage_[i] = options_.baseline ? advantage_[row] : return_[i];
    std::copy_n(rollout.mask().data() + row * actions, actions, batch_mask_.data() + i * actions);
    std::memcpy(batch_action_.data() + i * bytes, action + row * bytes, bytes);
  }
}

void Reinforce::Update() {
  // With lambda = 1 an advantage is the return less the value; only chains that ended are taken.
  ComputeGae(memory_.chains(), memory_.rollout().value(), options_.discount, 1.0f, advantage_);
  GatherBatch();
  weight_ = raw_advantage_;
  if (options_.normalize_advantage && weight_.size() > 1) NormalizeAdvantages(weight_);
  Network& network = model_.network();
  const int count = static_cast<int>(samples_.size());
  network.ForwardTrain(inputs_.data(), count, outputs_.data());
  loss_.Set({.rows = count,
             .outputs = outputs_.data(),
             .mask = batch_mask_.empty() ? nullptr : batch_mask_.data(),
             .action = batch_action_.data()});
  const PolicyGradientTerms loss = loss_.Compute(weight_.data(), return_.data(), nullptr,
                                                 gradient_.data(), model_.free().gradient().data());
  network.Backward(gradient_.data());
  const double norm = model_.GradientNorm();
  CheckFinite("reinforce", updates_ + 1, loss, norm, model_);
  const double done =
      static_cast<double>(steps_) / static_cast<double>(std::max<std::int64_t>(total_steps_, 1));
  const double left = options_.anneal_lr && total_steps_ > 0 ? std::max(0.0, 1.0 - done) : 1.0;
  const double learning_rate = options_.learning_rate * left;
  model_.AdamStep(learning_rate, ClipScale(norm, options_.max_grad_norm));
  ++updates_;
  Report(loss, norm, learning_rate);
  samples_.clear();
  ended_ = 0;
  Observe();
}

void Reinforce::Observe() {
  Rollout& rollout = memory_.rollout();
  const int slots = slot_ - observed_;
  if (slots > 0) {
    model_.input().Observe(rollout.States(observed_).observation, slots * rollout.worlds());
  }
  observed_ = slot_;
}

void Reinforce::MakeRoom() {
  Observe();
  const int first = *std::ranges::min_element(part_);
  memory_.Keep(first, slot_);
  seats_.Renumber(static_cast<std::int64_t>(RowOf(first, 0)));
  for (std::int32_t& part : part_) part -= first;
  slot_ -= first;
  observed_ = slot_;
}

void Reinforce::Report(const PolicyGradientTerms& loss, double norm, double learning_rate) {
  for (std::size_t i = 0; i < samples_.size(); ++i) {  // G - b into b: the weights are normalised
    weight_[i] = memory_.rollout().value()[static_cast<std::size_t>(samples_[i])];
  }
  metrics_[kValueLoss].value = loss.value;
  metrics_[kPolicyLoss].value = loss.policy;
  metrics_[kEntropy].value = loss.entropy;
  metrics_[kExplainedVariance].value = ExplainedVariance(weight_, return_);
  metrics_[kGradientNorm].value = norm;
  metrics_[kLearningRate].value = learning_rate;
  metrics_[kSamples].value = static_cast<double>(samples_.size());
}

std::unique_ptr<Actor> Reinforce::MakeActor(ActMode mode, int worlds, std::uint64_t seed,
                                            StreamRole role) {
  return std::make_unique<PolicyActor>(model_, mode, worlds, seed, role);
}

void Reinforce::Save(StateWriter& writer) const {
  writer.Write("reinforce.updates", updates_);
  writer.Write("reinforce.steps", steps_);
  writer.Write("reinforce.slot", slot_);
  writer.Write("reinforce.observed", observed_);
  writer.Write("reinforce.ended", ended_);
  writer.WriteVector("reinforce.part", part_);
  writer.WriteVector("reinforce.samples", samples_);
  for (const Metric& metric : metrics_) writer.Write("reinforce." + metric.name, metric.value);
  model_.Save(writer);
  actor_.Save(writer);
  memory_.Save(writer);
  rewards_.Save(writer);
  seats_.Save(writer);
}

void Reinforce::Load(StateReader& reader) {
  reader.Read("reinforce.updates", updates_);
  reader.Read("reinforce.steps", steps_);
  reader.Read("reinforce.slot", slot_);
  reader.Read("reinforce.observed", observed_);
  reader.Read("reinforce.ended", ended_);
  reader.ReadSpan("reinforce.part", std::span(part_));
  reader.ReadVector("reinforce.samples", samples_);
  const auto outside = [&](std::int32_t slot) { return slot < 0 || slot > slot_; };
  const auto no_row = [&](std::int32_t row) { return row < 0 || row >= memory_.rollout().rows(); };
  if (slot_ < 0 || slot_ >= memory_.rollout().horizon() || outside(observed_) ||
      std::ranges::any_of(part_, outside) || std::ranges::any_of(samples_, no_row)) {
    throw FileError(reader.source() + ": slots of reinforce are outside its memory");
  }
  for (Metric& metric : metrics_) reader.Read("reinforce." + metric.name, metric.value);
  model_.Load(reader);
  actor_.Load(reader);
  memory_.Load(reader);
  rewards_.Load(reader);
  seats_.Load(reader);
}

}  // namespace brasa
