#include "agents/tabular/credit.h"

#include "brasa/core/assert.h"
#include "brasa/core/error.h"

namespace brasa {

Windows::Windows(int lanes, int n)
    : n_(n),
      first_(Index(lanes), 0),
      count_(Index(lanes), 0),
      states_(Index(lanes) * Index(n), -1),
      actions_(states_.size(), 0),
      rewards_(states_.size(), 0) {}

void Windows::Add(int lane, TabularDecision decision, float reward) {
  BRASA_ASSERT(!full(lane));
  const std::size_t at = At(lane, first_[Index(lane)] + count_[Index(lane)]++);
  states_[at] = decision.state;
  actions_[at] = decision.action;
  rewards_[at] = reward;
}

Windows::Target Windows::Pop(int lane, double discount, double bootstrap) {
  BRASA_ASSERT(!empty(lane));
  std::int32_t& first = first_[Index(lane)];
  std::int32_t& count = count_[Index(lane)];
  Target target;
  target.value = bootstrap;
  for (int i = count - 1; i >= 0; --i) {
    target.value = double{rewards_[At(lane, first + i)]} + discount * target.value;
  }
  target.decision = {states_[At(lane, first)], actions_[At(lane, first)]};
  first = (first + 1) % n_;
  --count;
  return target;
}

std::int64_t Windows::Bytes(std::int64_t lanes, std::int64_t n) {
  constexpr auto kEntry = static_cast<std::int64_t>(2 * sizeof(std::int32_t) + sizeof(float));
  return lanes * (n * kEntry + static_cast<std::int64_t>(2 * sizeof(std::int32_t)));
}

void Windows::Save(StateWriter& writer) const {
  writer.WriteVector("windows/first", first_);
  writer.WriteVector("windows/count", count_);
  writer.WriteVector("windows/states", states_);
  writer.WriteVector("windows/actions", actions_);
  writer.WriteVector("windows/rewards", rewards_);
}

void Windows::Load(StateReader& reader) {
  reader.ReadSpan("windows/first", std::span<std::int32_t>(first_));
  reader.ReadSpan("windows/count", std::span<std::int32_t>(count_));
  reader.ReadSpan("windows/states", std::span<std::int32_t>(states_));
  reader.ReadSpan("windows/actions", std::span<std::int32_t>(actions_));
  reader.ReadSpan("windows/rewards", std::span<float>(rewards_));
}

void Traces::Visit(int lane, TabularDecision decision) {
  std::vector<Trace>& traces = lanes_[static_cast<std::size_t>(lane)];
  for (Trace& trace : traces) {
    if (trace.decision.state != decision.state || trace.decision.action != decision.action) {
      continue;
    }
    trace.weight = accumulate_ ? trace.weight + 1 : 1;
    return;
  }
  traces.push_back({decision, 1});
}

void Traces::Decay(int lane, double factor) {
  std::vector<Trace>& traces = lanes_[static_cast<std::size_t>(lane)];
  for (Trace& trace : traces) trace.weight *= factor;
  std::erase_if(traces, [](const Trace& trace) { return trace.weight < kForgotten; });
}

void Traces::Save(StateWriter& writer) const {
  std::vector<std::int32_t> counts, decisions;
  std::vector<double> weights;
  for (const std::vector<Trace>& traces : lanes_) {
    counts.push_back(static_cast<std::int32_t>(traces.size()));
    for (const Trace& trace : traces) {
      decisions.insert(decisions.end(), {trace.decision.state, trace.decision.action});
      weights.push_back(trace.weight);
    }
  }
  writer.WriteVector("traces/counts", counts);
  writer.WriteVector("traces/decisions", decisions);
  writer.WriteVector("traces/weights", weights);
}

void Traces::Load(StateReader& reader) {
  std::vector<std::int32_t> counts(lanes_.size()), decisions;
  std::vector<double> weights;
  reader.ReadSpan("traces/counts", std::span<std::int32_t>(counts));
  reader.ReadVector("traces/decisions", decisions);
  reader.ReadVector("traces/weights", weights);
  std::int64_t total = 0;
  for (const std::int32_t count : counts) total += count;
  if (total != static_cast<std::int64_t>(weights.size()) ||
      decisions.size() != 2 * weights.size()) {
    throw FileError(reader.source() + ": the eligibility traces contradict their counts");
  }
  std::size_t at = 0;
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
    lanes_[lane].clear();
    for (std::int32_t i = 0; i < counts[lane]; ++i, ++at) {
      lanes_[lane].push_back({{decisions[2 * at], decisions[2 * at + 1]}, weights[at]});
    }
  }
}

}  // namespace brasa
