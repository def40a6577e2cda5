// MNK-v0: k in a row on a board of m columns and n rows; Gomoku-v0: five in a row on a square
// board.
//
// Rules        Black (x, player 0) begins; players alternately put a stone on an empty cell. A line
// of
//              at least k own stones (row, column, diagonal) wins; with exact = true a line of just
//              k, so that longer ones (overlines) do not win. A full board without such a line is a
//              draw. Gomoku is the game with m = n = size and k = 5; with sizes 3 and 4 every game
//              is a draw.
// Observation  uint8 [2, n, m], of the observing player p; row 0 is the top row:
//              | plane | meaning              | range |
//              | 0     | stones of p          | 0, 1  |
//              | 1     | stones of the other  | 0, 1  |
// Actions      m * n: the cell m * row + column, legal while empty. In words: column a from the
// left,
//              row 1 at the bottom ("h8" is the middle of 15 x 15, id 112).
// Rewards      winner +1, loser -1 on the last ply; otherwise 0.
// Ends         terminated on a winning line or a full board. No time limit.
// Start        the empty board. No chance.
// Parameters   MNK-v0: m and n 2 to 19, k 2 to the longer side, exact. Gomoku-v0: size 3 to 19,
// exact. Text         n lines of 'x' (black), 'o' (white), '.', the top row first. Version      v0.
// Ids, players and rewards are those of OpenSpiel's mnk and gomoku (overlines win
//              there); their planes of empty cells and of who moves are left out.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/core/hash.h"
#include "brasa/env.h"
#include "envs/board/board_ids.h"

namespace brasa {

/// What the two games differ in.
struct MnkRules {
  std::string id, summary;
  int columns = 0, rows = 0, k = 0;
  bool exact = false;
};

struct Mnk {
  static constexpr bool kFlat = true;
  static constexpr int kMostSide = 19;
  static constexpr std::size_t kWords = (kMostSide * kMostSide + 63) / 64;
  using Cells = std::array<std::uint64_t, kWords>;  ///< bit = id

  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit Mnk(const Params& params) : Mnk(RulesOf(params)) {}

  void Reset(Rng&) { Clear(); }

  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    const int id = action.id();
    const auto player = static_cast<std::size_t>(plies & 1);
    Put(player, id);
    last = id;
    const bool won = Wins(stones[player], id);
    over = won || plies == cell_count ? 1 : 0;
    rewards[player] = won ? 1.0f : 0.0f;
    rewards[1 - player] = won ? -1.0f : 0.0f;
    return over != 0 ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }

  /// No id once the game is over.
  int LegalActions(std::span<std::int32_t> ids) const {
    return over != 0 ? 0 : board::WriteIds(empty, cell_count, ids);
  }

  int PlayerToMove() const { return plies & 1; }
  void Observe(int player, std::span<std::uint8_t> out) const;
  /// Of the stones, kept up move by move (who moves follows from them).
  std::uint64_t Hash() const { return Mix64(hash); }
  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  /// Accepts boards, finished ones included, with the right counts of stones and at most the last
  /// move making a winning line. The last move is unknown afterwards.
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  int ActionAt(Point at) const;
  /// Seven maps of a square board, three of another.
  std::vector<Symmetry> Symmetries() const;

  static bool Has(const Cells& cells, int id) {
    return (cells[static_cast<std::size_t>(id) / 64] >> (id % 64)) & 1u;
  }
  /// True if a winning line of `own` runs through the stone `id`.
  bool Wins(const Cells& own, int id) const {
    const int row = static_cast<int>((static_cast<std::uint32_t>(id) * reciprocal) >> 16);
    const int column = id - row * columns;
    const int left = column, right = columns - 1 - column, up = row, down = rows - 1 - row;
    const auto shorter = [](int a, int b) { return a < b ? a : b; };
    bool wins = IsLong(own, id, 1, left, right);
    wins |= IsLong(own, id, columns, up, down);
    wins |= IsLong(own, id, columns + 1, shorter(up, left), shorter(down, right));
    wins |= IsLong(own, id, columns - 1, shorter(up, right), shorter(down, left));
    return wins;
  }

  std::array<Cells, 2> stones;  ///< black, white
  Cells empty;
  std::uint64_t hash;  ///< xor of the stones' keys
  std::int32_t columns, rows, k;
  std::int32_t exact;  ///< 1: a line of just k wins
  std::int32_t cell_count;
  std::uint32_t reciprocal;  ///< id / columns == id * reciprocal >> 16
  std::int32_t plies;
  std::int32_t last;    ///< id of the last move, or -1
  std::int32_t over;    ///< 1 once the game is over
  std::int32_t gomoku;  ///< 1: the game is called Gomoku-v0

 protected:
  explicit Mnk(const MnkRules& rules);
  static EnvSpec SpecOf(const MnkRules& rules);

 private:
  static MnkRules RulesOf(const Params& params);
  void Clear();
  void Put(std::size_t player, int id) {
    const auto word = static_cast<std::size_t>(id) / 64;
    const std::uint64_t bit = std::uint64_t{1} << (id % 64);
    stones[player][word] |= bit;
    empty[word] &= ~bit;
    hash ^= Mix64(2 * static_cast<std::uint64_t>(id) + player + 1);
    ++plies;
  }
  /// The own stones that follow `id` without a gap in steps of `step`, of at most `most` cells.
  static int Run(const Cells& own, int id, int step, int most) {
    int length = 0;
    for (int at = id + step; length < most && Has(own, at); at += step) ++length;
    return length;
  }
  bool IsLong(const Cells& own, int id, int step, int before, int after) const {
    const int length = Run(own, id, -step, before) + Run(own, id, step, after) + 1;
    return exact != 0 ? length == k : length >= k;
  }
  /// The stones of `own` in winning lines.
  Cells WinningStones(const Cells& own) const;
  const char* Name() const { return gomoku != 0 ? "Gomoku-v0" : "MNK-v0"; }
};

/// Mnk with the parameters of Gomoku.
struct Gomoku : Mnk {
  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit Gomoku(const Params& params) : Mnk(RulesOf(params)) {}

 private:
  static MnkRules RulesOf(const Params& params);
};

}  // namespace brasa
