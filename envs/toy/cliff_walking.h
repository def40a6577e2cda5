// CliffWalking-v1: walk along a cliff from the lower left corner to the lower right one.
//
// Rules        A grid of 4 x 12 cells, row 0 at the top. A move goes one cell up, right, down or
//              left and stays where the border is. Entering the cliff (row 3, columns 1 to 10) puts
//              the walker back to the start. On slippery ground a move goes as meant or to either
//              side, each with probability 1/3.
// Observation  float32 [1], categorical:
//              | index | meaning                  | range   |
//              | 0     | cell = row * 12 + column | 0 .. 47 |
// Actions      0 up, 1 right, 2 down, 3 left.
// Rewards      -100 on entering the cliff, else -1.
// Ends         terminated on the goal, cell 47. No time limit.
// Start        cell 36, the lower left corner. Nothing is drawn.
// Noise        one uniform number u per ply on slippery ground: (a - 1) mod 4, a, (a + 1) mod 4
//              stand in this order, the first whose cumulative probability is above u happens.
// Optimum      -13 on firm ground (source: Sutton and Barto, example 6.6), -64.709 on slippery.
// Text         four lines: '@' the walker, 'C' cliff, 'G' goal, '.' other cells.
// Version      v1: the tables of transitions are those of Gymnasium's CliffWalking-v1.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/env.h"

namespace brasa {

struct CliffWalking {
  static constexpr bool kFlat = true;
  static constexpr int kRows = 4, kColumns = 12, kCells = kRows * kColumns;
  static constexpr std::int32_t kStart = 36, kGoal = 47;

  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit CliffWalking(const Params& params);

  void Reset(Rng&) { cell = kStart; }

  EpisodeEnd Step(ActionRef action, Rng& rng, std::span<float> rewards) {
    int direction = action.id();
    if (slippery) {
      const double u = rng.Uniform();
      direction = (direction + 3 + (u >= kThird) + (u >= kThird + kThird)) & 3;
    }
    const std::int32_t entered = Neighbour(cell, direction);
    rewards[0] = RewardOf(entered);
    cell = IsCliff(entered) ? kStart : entered;
    return entered == kGoal ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }

  void Observe(int, std::span<float> out) const { out[0] = static_cast<float>(cell); }

  /// Gymnasium's table: rows for all 48 cells, those of cliff and goal too, which no episode meets;
  /// three outcomes a slippery move.
  TransitionModel Model() const;
  /// Of the cell.
  std::uint64_t Hash() const;
  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  /// up, right, down, left or an id.
  std::vector<double> ActionFromText(std::string_view text) const;
  std::vector<Control> Controls() const;

  static constexpr double kThird = 1.0 / 3.0;
  static bool IsCliff(std::int32_t cell) { return (cell > kStart) & (cell < kGoal); }
  static float RewardOf(std::int32_t entered) { return IsCliff(entered) ? -100.0f : -1.0f; }
  /// The cell that a move in `direction` leads to; `from` itself at the border.
  static std::int32_t Neighbour(std::int32_t from, int direction) {
    const int row = from / kColumns, column = from % kColumns;
    const int down = (direction == 2) - (direction == 0);
    const int right = (direction == 1) - (direction == 3);
    const bool inside = (row + down >= 0) & (row + down < kRows) & (column + right >= 0) &
                        (column + right < kColumns);
    return inside ? from + down * kColumns + right : from;
  }

  std::int32_t slippery = 0;  ///< fixed by the parameters
  std::int32_t cell = kStart;
};

}  // namespace brasa
