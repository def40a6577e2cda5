// FrozenLake-v1: cross a frozen lake from S to G without falling into a hole.
//
// Rules        A grid of start S, frozen F, hole H and goal G cells. A move goes one cell left,
//              down, right or up and stays where the border is. On slippery ice it goes as meant
//              with probability success_rate, else to either side with half of the rest.
// Observation  float32 [1], categorical:
//              | index | meaning                         | range              |
//              | 0     | cell = row * columns + column   | 0 .. rows*columns-1 |
// Actions      0 left, 1 down, 2 right, 3 up.
// Rewards      reward_goal on entering G, reward_hole on entering H, else reward_step: 1, 0, 0.
// Ends         terminated on G or H; truncated after 25 * max(rows, columns) plies: 100 for 4x4,
// 200
//              for 8x8.
// Start        uniform over the S cells. With one S nothing is drawn.
// Noise        one uniform number u per ply on slippery ice: the outcomes (a - 1) mod 4, a,
//              (a + 1) mod 4 stand in this order, the first whose cumulative probability is above u
//              happens. Deterministic ice draws nothing.
// Parameters   see Fields(). Maps have at most 32 x 32 cells and a path from S to G.
// Text         the map with the current cell in lower case.
// Version      v1: map, table of transitions, limits and thresholds are those of Gymnasium's
//              FrozenLake-v1 and FrozenLake8x8-v1 (the row with map = 8x8).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/env.h"
#include "envs/toy/frozen_lake_map.h"

namespace brasa {

struct FrozenLake {
  static constexpr bool kFlat = true;

  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit FrozenLake(const Params& params);

  void Reset(Rng& rng) { cell = starts == 1 ? first_start : DrawStart(rng); }

  EpisodeEnd Step(ActionRef action, Rng& rng, std::span<float> rewards) {
    int direction = action.id();
    if (slippery) {
      const double u = rng.Uniform();
      direction = (direction + 3 + (u >= aside) + (u >= aside + straight)) & 3;
    }
    cell = Neighbour(cell, direction);
    const LakeCell entered = map.At(cell);
    rewards[0] = RewardOf(entered);
    return IsEnd(entered) ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }

  void Observe(int, std::span<float> out) const { out[0] = static_cast<float>(cell); }

  /// Gymnasium's table: three outcomes a slippery move, two of which may be the same cell, one a
  /// deterministic move; a terminal cell leads to itself with reward 0.
  TransitionModel Model() const;
  /// Of the cell: equal iff the states of worlds with equal parameters are equal.
  std::uint64_t Hash() const;
  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  /// The map must be this world's own, which the parameters fix.
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  /// left, down, right, up or an id.
  std::vector<double> ActionFromText(std::string_view text) const;
  std::vector<Control> Controls() const;

  /// The cell that a move in `direction` leads to; `from` itself at the border.
  int Neighbour(int from, int direction) const {
    const int row = from / map.columns, column = from % map.columns;
    const int down = (direction == 1) - (direction == 3);
    const int right = (direction == 2) - (direction == 0);
    const bool inside = (row + down >= 0) & (row + down < map.rows) & (column + right >= 0) &
                        (column + right < map.columns);
    return inside ? from + down * map.columns + right : from;
  }
  float RewardOf(LakeCell entered) const {
    return entered == LakeCell::kGoal   ? reward_goal
           : entered == LakeCell::kHole ? reward_hole
                                        : reward_step;
  }
  static bool IsEnd(LakeCell entered) {
    return (entered == LakeCell::kGoal) | (entered == LakeCell::kHole);
  }
  int DrawStart(Rng& rng) const;

  // Fixed by the parameters.
  FrozenLakeMap map;
  double aside = 0;     ///< probability of each of (a - 1) mod 4 and (a + 1) mod 4
  double straight = 0;  ///< probability of a
  float reward_goal = 1, reward_hole = 0, reward_step = 0;
  std::int32_t slippery = 1;
  std::int16_t starts = 0;  ///< number of S cells
  std::int16_t first_start = 0;
  // The state.
  std::int32_t cell = 0;
};

}  // namespace brasa
