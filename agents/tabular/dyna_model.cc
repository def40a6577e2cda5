#include "agents/tabular/dyna_model.h"

#include <algorithm>
#include <span>

#include "brasa/core/assert.h"
#include "brasa/core/error.h"

namespace brasa {
namespace {

constexpr std::uint8_t kNever = 0, kGoesOn = 1, kTerminated = 2;

}  // namespace

void DynaModel::Learn(TabularDecision decision, const Outcome& outcome) {
  const std::size_t row = At(decision.state, 0), row_end = At(decision.state + 1, 0);
  if (result_.size() < row_end) {
    rewards_.resize(row_end, 0);
    next_.resize(row_end, -1);
    result_.resize(row_end, kNever);
  }
  const std::span<const std::uint8_t> taken(&result_[row], row_end - row);
  if (std::ranges::all_of(taken, [](std::uint8_t r) { return r == kNever; })) {
    met_.push_back(decision.state);
  }
  const std::size_t at = At(decision.state, decision.action);
  rewards_[at] = outcome.reward;
  next_[at] = outcome.next;
  result_[at] = outcome.terminated ? kTerminated : kGoesOn;
}

DynaModel::Memory DynaModel::Draw(Rng& rng) const {
  BRASA_ASSERT(!met_.empty());
  const std::int32_t state = met_[rng.Below(static_cast<std::uint32_t>(met_.size()))];
  const std::size_t row = At(state, 0), row_end = At(state + 1, 0);
  std::uint32_t taken = 0;
  for (std::size_t i = row; i < row_end; ++i) taken += result_[i] != kNever;
  std::uint32_t skip = rng.Below(taken);
  std::size_t at = row;
  while (result_[at] == kNever || skip-- > 0) ++at;
  return {{state, static_cast<std::int32_t>(at - row)},
          {rewards_[at], next_[at], result_[at] == kTerminated}};
}

std::int64_t DynaModel::BytesPerDecision() {
  return static_cast<std::int64_t>(sizeof(float) + sizeof(std::int32_t) + 1);
}

void DynaModel::Save(StateWriter& writer) const {
  writer.WriteVector("model/met", met_);
  writer.WriteVector("model/rewards", rewards_);
  writer.WriteVector("model/next", next_);
  writer.WriteVector("model/result", result_);
}

void DynaModel::Load(StateReader& reader, int states) {
  std::vector<std::int32_t> met, next;
  std::vector<float> rewards;
  std::vector<std::uint8_t> result;
  reader.ReadVector("model/met", met);
  reader.ReadVector("model/rewards", rewards);
  reader.ReadVector("model/next", next);
  reader.ReadVector("model/result", result);
  const auto in_table = [&](std::int32_t s) { return s >= -1 && s < states; };
  if (result.size() > At(states, 0) || rewards.size() != result.size() ||
      next.size() != result.size() || !std::ranges::all_of(next, in_table) ||
      !std::ranges::all_of(
          met, [&](std::int32_t s) { return s >= 0 && At(s + 1, 0) <= result.size(); })) {
    throw FileError(reader.source() + ": the learnt model does not fit the table");
  }
  met_ = std::move(met);
  rewards_ = std::move(rewards);
  next_ = std::move(next);
  result_ = std::move(result);
}

}  // namespace brasa
