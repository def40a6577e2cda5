// Views of rows: how actions and steps of many worlds are handed about. Views borrow; the arrays
// belong to whoever made them. N = worlds, P = players, D = observation size, A = action count,
// K = action components.
#pragma once

#include <cstdint>
#include <span>

#include "brasa/core/spec.h"

namespace brasa {

/// One action: K components of int32 or float32.
class ActionRef {
 public:
  ActionRef(const void* data, int size) : data_(data), size_(size) {}

  /// The id of a discrete action.
  std::int32_t id() const { return *static_cast<const std::int32_t*>(data_); }
  /// The components of a multi-discrete action.
  std::span<const std::int32_t> ids() const {
    return {static_cast<const std::int32_t*>(data_), static_cast<std::size_t>(size_)};
  }
  /// The components of a box action; finite, not clipped.
  std::span<const float> values() const {
    return {static_cast<const float*>(data_), static_cast<std::size_t>(size_)};
  }

 private:
  const void* data_;
  int size_;
};

/// States in which somebody is about to move, one row a world.
struct StateRows {
  std::int32_t* player = nullptr;  ///< [N] who moves
  void* observation = nullptr;     ///< [N, D] what the mover sees, float32 or uint8
  std::uint8_t* mask = nullptr;    ///< [N, A] 1 = legal; null where every action is always legal
  std::uint8_t* start = nullptr;   ///< [N] 1 = first ply of an episode
};

/// What the step out of those states gave.
struct OutcomeRows {
  float* reward = nullptr;      ///< [N, P]
  std::uint8_t* end = nullptr;  ///< [N] EpisodeEnd
};

/// The final states of the worlds whose episode ended in the last step, by ascending world: what
/// `StateRows` no longer show because the world has been reset.
struct LastRows {
  int count = 0;                           ///< E
  const std::int32_t* world = nullptr;     ///< [E]
  const void* observation = nullptr;       ///< [E, P, D] what each player sees in the final state
  const std::uint32_t* episode = nullptr;  ///< [E] episode number within its world, from 0
  const std::int32_t* length = nullptr;    ///< [E] plies of the episode
  const double* returns = nullptr;         ///< [E, P] undiscounted sums of rewards
  const float* measures = nullptr;         ///< [E, M] EnvSpec::measures; null if there are none
};

}  // namespace brasa
