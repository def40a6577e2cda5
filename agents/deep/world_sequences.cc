#include "agents/deep/world_sequences.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "brasa/core/assert.h"

namespace brasa {

WorldSequences::WorldSequences(int worlds, int horizon, int minibatches, int state_size)
    : horizon_(horizon),
      minibatches_(minibatches),
      state_size_(static_cast<std::size_t>(state_size)),
      order_(static_cast<std::size_t>(worlds)),
      first_(order_.size() * state_size_),
      start_(static_cast<std::size_t>(block())),
      state_(first_.size()) {}

void WorldSequences::Begin(std::span<const float> memory) {
  BRASA_ASSERT(memory.size() == first_.size());
  std::ranges::copy(memory, first_.begin());
}

void WorldSequences::Shuffle(Rng& rng, std::vector<std::int32_t>& samples) {
  std::iota(order_.begin(), order_.end(), 0);
  for (std::size_t i = order_.size() - 1; i > 0; --i) {
    std::swap(order_[i], order_[rng.Below(static_cast<std::uint32_t>(i + 1))]);
  }
  samples.clear();
  for (int k = 0; k < minibatches_; ++k) {
    const std::span<const std::int32_t> all(order_);
    const auto first = static_cast<std::size_t>(Cut(k) / horizon_);
    const auto last = static_cast<std::size_t>(Cut(k + 1) / horizon_);
    for (std::int32_t t = 0; t < horizon_; ++t) {
      for (const std::int32_t world : all.subspan(first, last - first)) {
        samples.push_back(t * worlds() + world);
      }
    }
  }
}

SequenceRows WorldSequences::Gather(std::span<const std::int32_t> rows, const Rollout& rollout,
                                    const float* inputs) {
  const std::size_t sequences = rows.size() / static_cast<std::size_t>(horizon_);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    start_[i] = rollout.start()[static_cast<std::size_t>(rows[i])];
  }
  for (std::size_t b = 0; b < sequences; ++b) {  // the rows of slot 0 are the worlds
    const auto world = static_cast<std::size_t>(rows[b]);
    std::copy_n(first_.data() + world * state_size_, state_size_, state_.data() + b * state_size_);
  }
  return {.x = inputs,
          .steps = horizon_,
          .sequences = static_cast<int>(sequences),
          .start = start_.data(),
          .state = state_.data()};
}

void WorldSequences::Save(StateWriter& writer) const {
  writer.WriteVector("sequences.first", first_);
}

void WorldSequences::Load(StateReader& reader) {
  reader.ReadSpan("sequences.first", std::span(first_));
}

}  // namespace brasa
