// A rollout with the decisions of its seats linked, and what the limit cut off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "agents/memory/gae.h"
#include "agents/memory/input_encoder.h"
#include "agents/memory/rollout.h"
#include "agents/memory/seat_transitions.h"

namespace brasa {

/// Rows of a rollout as the decisions of seats, whose final states wait to be valued where an
/// episode was truncated: what they show is kept, so that the value may be asked later and by
/// another network than the one that played. Threads: one. Memory: made by the constructor but for
/// the final observations, which grow to the most that wait at once.
class LinkedRollout {
 public:
  LinkedRollout(const EnvSpec& spec, int worlds, int horizon, int frames);

  Rollout& rollout() { return rollout_; }
  const Rollout& rollout() const { return rollout_; }
  DecisionChains& chains() { return chains_; }
  const DecisionChains& chains() const { return chains_; }

  /// Links what a vector step closed, transitions numbered as the rollout's rows.
  void Link(std::span<const SeatTransition> closed, const LastRows& last);
  /// Decisions before a truncated end whose final value has not been told: V of them.
  int waiting() const { return static_cast<int>(truncated_.size()); }
  /// [V] rows of those decisions.
  std::span<const std::int32_t> truncated() const { return truncated_; }
  /// Overwrites out [V, inputs] with the network's inputs of those final states.
  void GatherFinalInputs(const InputEncoder& input, float* out);
  /// value[i * stride] is what the i-th of them is worth to its seat; none waits any more.
  void TellFinalValues(const float* value, int stride);
  /// Overwrites out [rows.size(), inputs] with the network's inputs of `rows`.
  void GatherInputs(const InputEncoder& input, std::span<const std::int32_t> rows, float* out);

  /// Moves slots [from, to] to the front; no final value may wait.
  void Keep(int from, int to);
  /// Begins with the last states of `before`, nothing linked.
  void BeginAfter(const LinkedRollout& before);

  void Save(StateWriter& writer) const;
  /// Throws FileError if the sizes differ.
  void Load(StateReader& reader);

 private:
  Rollout rollout_;
  DecisionChains chains_;
  std::size_t observation_bytes_;
  std::vector<std::int32_t> truncated_;           ///< [V] rows of the decisions
  std::vector<std::uint8_t> final_observations_;  ///< [V, D]
  std::vector<std::int32_t> frame_rows_;          ///< rows of all frames of what is gathered
};

/// What the constructor of a LinkedRollout allocates.
std::int64_t LinkedRolloutBytes(const EnvSpec& spec, int worlds, int horizon, int frames);

/// Fisher and Yates.
void Shuffle(Rng& rng, std::span<std::int32_t> rows);

}  // namespace brasa
