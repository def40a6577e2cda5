// Minibatches of a policy that remembers.
//
// Source: Huang et al., "The 37 Implementation Details of Proximal Policy Optimization" (2022), the
// LSTM details 4 and 5. A step's memory follows from all steps before it, so a minibatch is the
// whole rollout of some worlds, and what they remember of each slot is computed anew from what they
// remembered before the rollout's first one, emptied where an episode begins.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agents/memory/rollout.h"
#include "agents/nn/recurrent_network.h"
#include "brasa/core/archive.h"
#include "brasa/core/random.h"

namespace brasa {

/// N worlds of T slots each in minibatches that differ by at most one world. S = floats of memory.
/// Threads: one. Memory: made by the constructor.
class WorldSequences {
 public:
  WorldSequences(int worlds, int horizon, int minibatches, int state_size);

  /// Rows of the largest minibatch.
  int block() const { return horizon_ * ((worlds() + minibatches_ - 1) / minibatches_); }
  /// The first sample of minibatch k, and after the last one the number of samples.
  int Cut(int k) const {
    return horizon_ * static_cast<int>(std::int64_t{k} * worlds() / minibatches_);
  }

  /// What every world remembers [N, S] before slot 0 of the rollout that begins.
  void Begin(std::span<const float> memory);
  /// Shuffles the worlds by Fisher and Yates. Overwrites samples [N T] with the rollout's rows,
  /// minibatch after minibatch, each [T, its worlds].
  void Shuffle(Rng& rng, std::vector<std::int32_t>& samples);
  /// Of the minibatch with these rows of `rollout` and inputs; valid until the next call.
  SequenceRows Gather(std::span<const std::int32_t> rows, const Rollout& rollout,
                      const float* inputs);

  void Save(StateWriter& writer) const;
  /// Throws FileError if the sizes differ.
  void Load(StateReader& reader);

 private:
  int worlds() const { return static_cast<int>(order_.size()); }

  int horizon_, minibatches_;
  std::size_t state_size_;
  std::vector<std::int32_t> order_;  ///< [N] worlds
  std::vector<float> first_;         ///< [N, S] before slot 0
  std::vector<std::uint8_t> start_;  ///< of a minibatch [T, B]
  std::vector<float> state_;         ///< of a minibatch [B, S]
};

}  // namespace brasa
