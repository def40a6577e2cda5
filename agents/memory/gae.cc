#include "agents/memory/gae.h"

#include <algorithm>

#include "brasa/core/assert.h"
#include "brasa/core/spec.h"

namespace brasa {

DecisionChains::DecisionChains(int rows)
    : next_(static_cast<std::size_t>(rows), kOpen),
      reward_(next_.size(), 0.0f),
      final_value_(next_.size(), 0.0f) {}

void DecisionChains::Clear() { std::ranges::fill(next_, kOpen); }

void DecisionChains::Add(const SeatTransition& transition, float final_value) {
  const auto row = static_cast<std::size_t>(transition.row);
  const bool ended = transition.end != EpisodeEnd::kNone;
  next_[row] = ended ? kEnded : static_cast<std::int32_t>(transition.next_row);
  reward_[row] = transition.reward;
  final_value_[row] = transition.end == EpisodeEnd::kTruncated ? final_value : 0.0f;
}

void DecisionChains::EndAt(std::int32_t row, float final_value) {
  next_[static_cast<std::size_t>(row)] = kEnded;
  final_value_[static_cast<std::size_t>(row)] = final_value;
}

void DecisionChains::Keep(int from, int to) {
  const auto move = [&](auto& rows) {
    std::copy(rows.begin() + from, rows.begin() + to, rows.begin());
  };
  move(next_);
  move(reward_);
  move(final_value_);
  const auto kept = next_.begin() + (to - from);
  std::for_each(next_.begin(), kept, [&](std::int32_t& next) {
    if (next >= 0) next -= from;
  });
  std::fill(kept, next_.end(), kOpen);
}

void DecisionChains::Save(StateWriter& writer) const {
  writer.WriteVector("chains.next", next_);
  writer.WriteVector("chains.reward", reward_);
  writer.WriteVector("chains.final_value", final_value_);
}

void DecisionChains::Load(StateReader& reader) {
  reader.ReadSpan("chains.next", std::span(next_));
  reader.ReadSpan("chains.reward", std::span(reward_));
  reader.ReadSpan("chains.final_value", std::span(final_value_));
}

void ComputeGae(const DecisionChains& chains, std::span<const float> value, float discount,
                float lambda, std::span<float> advantage) {
  const std::vector<std::int32_t>& next = chains.next();
  BRASA_ASSERT(value.size() == next.size() && advantage.size() == next.size());
  for (std::size_t row = next.size(); row-- > 0;) {
    if (next[row] == DecisionChains::kOpen) {
      advantage[row] = 0.0f;
      continue;
    }
    const bool goes_on = next[row] >= 0;
    const auto successor = static_cast<std::size_t>(next[row]);
    const float next_value = goes_on ? value[successor] : chains.final_value()[row];
    const float trace = goes_on ? discount * lambda * advantage[successor] : 0.0f;
    advantage[row] = chains.reward()[row] + discount * next_value - value[row] + trace;
  }
}

}  // namespace brasa
