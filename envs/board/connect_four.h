// ConnectFour-v0: four in a row on an upright board of 6 rows and 7 columns.
//
// Rules        x (player 0) begins; players alternately drop a stone into a column, where it falls
//              to the lowest empty cell. Four own stones in a row, column or diagonal win; a full
//              board without them is a draw. x wins with best play (Allen 1988, Allis 1988).
// Observation  uint8 [2, 6, 7], of the observing player p; row 0 is the bottom row:
//              | plane | meaning              | range |
//              | 0     | stones of p          | 0, 1  |
//              | 1     | stones of the other  | 0, 1  |
// Actions      7: the column from the left, legal while its top cell is empty. In words the
//              columns are "1" to "7".
// Rewards      winner +1, loser -1 on the last ply; otherwise 0.
// Ends         terminated on four in a row or a full board: 7 to 42 plies. No time limit.
// Start        the empty board. No chance.
// Text         six lines of 'x', 'o', '.', the top row first.
// Version      v0. Ids, players and rewards are those of OpenSpiel's connect_four.
//
// A column takes 7 bits, row r of column c is bit 7 c + r; the seventh bit stays empty, so lines
// found by shifts cannot run from one column into the next (after J. Tromp's Fhourstones).
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/env.h"

namespace brasa {

struct ConnectFour {
  static constexpr bool kFlat = true;
  static constexpr int kRows = 6;
  static constexpr int kColumns = 7;
  static constexpr std::uint64_t kBottom = 0x0040810204081ull;  ///< row 0 of every column
  static constexpr std::uint64_t kTop = kBottom << 5;           ///< row 5 of every column
  static constexpr std::uint64_t kBoard = kBottom * 0x3F;       ///< all 42 cells

  static EnvSpec Spec(const Params& params);
  explicit ConnectFour(const Params&) {}

  void Reset(Rng&) {
    mover = stones = closed = 0;
    plies = 0;
    last = -1;
  }

  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    const int column = action.id();
    const auto player = static_cast<std::size_t>(plies & 1);
    const std::uint64_t placed = (stones + (std::uint64_t{1} << (7 * column))) & ~stones &
                                 (std::uint64_t{0x3F} << (7 * column));
    const std::uint64_t own = mover | placed;
    mover ^= stones;
    stones |= placed;
    ++plies;
    last = column;
    const bool won = HasFour(own);
    const bool over = won | (plies == kRows * kColumns);
    closed = over ? kTop : 0;
    rewards[player] = won ? 1.0f : 0.0f;
    rewards[1 - player] = won ? -1.0f : 0.0f;
    return over ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }

  /// No id once the game is over.
  int LegalActions(std::span<std::int32_t> ids) const;

  int PlayerToMove() const { return plies & 1; }

  void Observe(int player, std::span<std::uint8_t> out) const {
    const std::uint64_t own = StonesOf(player), other = stones ^ own;
    std::size_t i = 0;
    for (int row = 0; row < kRows; ++row) {
      for (int column = 0; column < kColumns; ++column, ++i) {
        out[i] = (own >> (7 * column + row)) & 1u;
        out[kRows * kColumns + i] = (other >> (7 * column + row)) & 1u;
      }
    }
  }

  /// Of the stones: equal iff the boards are equal (who moves follows from them).
  std::uint64_t Hash() const;
  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  /// Accepts boards, finished ones included, with the right counts of stones, none of which hangs,
  /// and at most the last move making four. Whether a game can reach it is not looked into further.
  /// The last move is unknown afterwards.
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  std::vector<Control> Controls() const;
  int ActionAt(Point at) const;
  /// Left and right exchanged.
  std::vector<Symmetry> Symmetries() const;

  /// The stones of one player, bit 7 * column + row.
  std::uint64_t StonesOf(int player) const {
    return player == (plies & 1) ? mover : mover ^ stones;
  }
  /// True if `cells` hold four in a row.
  static bool HasFour(std::uint64_t cells) {
    std::uint64_t found = 0;
    for (const int shift : {1, 6, 7, 8}) {
      const std::uint64_t pairs = cells & (cells >> shift);
      found |= pairs & (pairs >> (2 * shift));
    }
    return found != 0;
  }

  std::uint64_t mover = 0;   ///< stones of who moves next, bit 7 * column + row
  std::uint64_t stones = 0;  ///< of both
  std::uint64_t closed = 0;  ///< kTop once the game is over
  std::int32_t plies = 0;
  std::int32_t last = -1;  ///< column of the last move, or -1
};

namespace internal {

/// The ids of every set of open columns, ascending.
struct OpenColumns {
  std::int32_t ids[ConnectFour::kColumns];
  std::int32_t count;
};
constexpr std::array<OpenColumns, 128> AllOpenColumns() {
  std::array<OpenColumns, 128> table{};
  for (unsigned set = 0; set < 128; ++set) {
    for (int column = 0; column < ConnectFour::kColumns; ++column) {
      if ((set >> column) & 1u) table[set].ids[table[set].count++] = column;
    }
  }
  return table;
}
inline constexpr std::array<OpenColumns, 128> kOpenColumns = AllOpenColumns();

}  // namespace internal

inline int ConnectFour::LegalActions(std::span<std::int32_t> ids) const {
  // The open top cells, bits 7 c + 5, gathered at bits 47 + c: column c comes by the shift 42 - 6 c
  // and no other product of the multiplication meets one of these bits or carries into it.
  constexpr std::uint64_t kGather = 0x41041041040ull;
  const std::uint64_t open = ~(stones | closed) & kTop;
  const internal::OpenColumns& columns =
      internal::kOpenColumns[static_cast<std::size_t>((open * kGather) >> 47) & 127u];
  std::memcpy(ids.data(), columns.ids, sizeof columns.ids);
  return columns.count;
}

}  // namespace brasa
