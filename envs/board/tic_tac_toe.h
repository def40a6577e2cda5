// TicTacToe-v0: three in a row on a board of 3 x 3.
//
// Rules        x (player 0) begins; players alternately put a stone on an empty cell. Three own
//              stones in a row, column or diagonal win; a full board without them is a draw.
// Observation  uint8 [2, 3, 3], of the observing player p; row 0 is the top row:
//              | plane | meaning              | range |
//              | 0     | stones of p          | 0, 1  |
//              | 1     | stones of the other  | 0, 1  |
// Actions      9: the cell 3 * row + column, legal while empty. In words: column a b c from the
//              left, row 1 2 3 from the bottom ("a1" is the lower left cell, id 6).
// Rewards      winner +1, loser -1 on the last ply; otherwise 0.
// Ends         terminated on three in a row or a full board: 5 to 9 plies. No time limit.
// Start        the empty board. No chance.
// Text         three lines of 'x', 'o', '.', the top row first.
// Version      v0. Ids, players and rewards are those of OpenSpiel's tic_tac_toe.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/env.h"

namespace brasa {

struct TicTacToe {
  static constexpr bool kFlat = true;
  static constexpr std::uint16_t kAllCells = 0x1FF;

  static EnvSpec Spec(const Params& params);
  explicit TicTacToe(const Params&) {}

  void Reset(Rng&) {
    stones = {0, 0};
    closed = 0;
    last = -1;
  }

  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    const auto mover = static_cast<std::size_t>(PlayerToMove());
    last = static_cast<std::int16_t>(action.id());
    stones[mover] = static_cast<std::uint16_t>(stones[mover] | (1u << last));
    const bool won = HasLine(stones[mover]);
    const bool over = won | ((stones[0] | stones[1]) == kAllCells);
    closed = over ? kAllCells : std::uint16_t{0};
    rewards[mover] = won ? 1.0f : 0.0f;
    rewards[1 - mover] = won ? -1.0f : 0.0f;
    return over ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }

  /// No id once the game is over.
  int LegalActions(std::span<std::int32_t> ids) const {
    const unsigned open = ~(0u | stones[0] | stones[1] | closed);
    std::size_t count = 0;
    for (int cell = 0; cell < 9; ++cell) {
      ids[count] = cell;
      count += (open >> cell) & 1u;
    }
    return static_cast<int>(count);
  }

  int PlayerToMove() const { return __builtin_popcount(0u | stones[0] | stones[1]) & 1; }

  void Observe(int player, std::span<std::uint8_t> out) const {
    const unsigned own = stones[static_cast<std::size_t>(player)];
    const unsigned other = stones[static_cast<std::size_t>(1 - player)];
    for (std::size_t cell = 0; cell < 9; ++cell) {
      out[cell] = (own >> cell) & 1u;
      out[9 + cell] = (other >> cell) & 1u;
    }
  }

  /// Of the stones: equal iff the boards are equal (who moves follows from them).
  std::uint64_t Hash() const;
  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  /// Accepts every board that a game can reach, finished ones included. The last move is unknown
  /// afterwards.
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  /// The digits as on a number pad: 1 is the lower left cell, 9 the upper right one.
  std::vector<Control> Controls() const;
  int ActionAt(Point at) const;
  /// The seven turns and mirrors of the square.
  std::vector<Symmetry> Symmetries() const;

  /// True if `cells` (bit 3 * row + column) hold three in a row.
  static bool HasLine(std::uint16_t cells);

  std::array<std::uint16_t, 2> stones{};  ///< bit 3 * row + column, per player
  std::uint16_t closed = 0;               ///< kAllCells once the game is over
  std::int16_t last = -1;                 ///< cell of the last move, or -1
};

namespace internal {

/// Bit i of the table tells whether the set of cells i holds three in a row.
constexpr std::array<std::uint64_t, 8> TicTacToeLines() {
  constexpr unsigned kLines[] = {0007, 0070, 0700, 0111, 0222, 0444, 0421, 0124};
  std::array<std::uint64_t, 8> table{};
  for (unsigned cells = 0; cells < 512; ++cells) {
    for (const unsigned line : kLines) {
      if ((cells & line) == line) table[cells / 64] |= std::uint64_t{1} << (cells % 64);
    }
  }
  return table;
}
inline constexpr std::array<std::uint64_t, 8> kTicTacToeLines = TicTacToeLines();

}  // namespace internal

inline bool TicTacToe::HasLine(std::uint16_t cells) {
  return (internal::kTicTacToeLines[cells / 64u] >> (cells % 64u)) & 1u;
}

}  // namespace brasa
