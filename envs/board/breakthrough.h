// Breakthrough-v0: bring one piece to the far side.
//
// Rules        Black (player 0) stands on the two top rows (one row if the board has fewer than
// six),
//              white on the bottom ones; black begins. A piece moves one cell forward, straight or
//              diagonally, to an empty cell, or diagonally onto a piece of the other, which it
//              takes. Who reaches the far row or takes the last piece wins. There is always a move,
//              so no draw: the foremost piece of a side can go diagonally.
// Observation  uint8 [3, rows, columns], equal for both players; row 0 is the top row:
//              | plane | meaning                          | range |
//              | 0     | black pieces                     | 0, 1  |
//              | 1     | white pieces                     | 0, 1  |
//              | 2     | 1 everywhere if white is to move | 0, 1  |
// Actions      rows * columns * 12: ((row * columns + column) * 6 + direction) * 2 + takes, of the
//              cell that is left; directions 0 to 2 are black's (down left, down, down right), 3 to
//              5 white's (up left, up, up right). In words: "a2a3", "a2xb3" where it takes; column
//              a from the left, row 1 at the bottom. "a2b3" is read as taking where b3 is occupied.
// Rewards      winner +1, loser -1 on the last ply; otherwise 0.
// Ends         terminated by a win, at the latest when all pieces have advanced. No time limit.
// Start        all home rows full. No chance.
// Parameters   rows 3 to 8, columns 2 to 8.
// Text         rows of 'b', 'w', '.', the top row first, and "b to move" or "w to move".
// Version      v0. Ids, players and rewards are those of OpenSpiel's breakthrough, which shows a
//              plane of empty cells and none of who moves.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/env.h"

namespace brasa {

struct Breakthrough {
  static constexpr bool kFlat = true;

  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit Breakthrough(const Params& params);

  void Reset(Rng&);

  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    const Move move = MoveOf(action.id());
    const auto own = static_cast<std::size_t>(mover), other = 1 - own;
    const std::uint64_t target = std::uint64_t{1} << move.to;
    pieces[own] ^= (std::uint64_t{1} << move.from) | target;
    pieces[other] &= ~target;
    last = action.id();
    mover = 1 - mover;
    const bool won = (target & far[own]) != 0 || pieces[other] == 0;
    over = won ? 1 : 0;
    rewards[own] = won ? 1.0f : 0.0f;
    rewards[other] = won ? -1.0f : 0.0f;
    return won ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }

  /// No id once the game is over.
  int LegalActions(std::span<std::int32_t> ids) const {
    if (over != 0) return 0;
    const std::uint64_t own = pieces[static_cast<std::size_t>(mover)];
    const std::uint64_t other = pieces[static_cast<std::size_t>(1 - mover)];
    // Where each piece may go, as bits of the cells they leave.
    const std::uint64_t left = Sources(~own, -1), straight = Sources(~(own | other), 0);
    const std::uint64_t right = Sources(~own, 1);
    const std::uint64_t left_takes = Sources(other, -1), right_takes = Sources(other, 1);
    std::size_t count = 0;
    for (std::uint64_t rest = own; rest != 0; rest &= rest - 1) {
      const int from = std::countr_zero(rest);
      const auto has = [from](std::uint64_t cells) {
        return static_cast<unsigned>(cells >> from) & 1u;
      };
      const auto first = 12 * from + 6 * mover;
      ids[count] = first + static_cast<int>(has(left_takes));
      count += has(left);
      ids[count] = first + 2;
      count += has(straight);
      ids[count] = first + 4 + static_cast<int>(has(right_takes));
      count += has(right);
    }
    return static_cast<int>(count);
  }

  int PlayerToMove() const { return mover; }
  void Observe(int player, std::span<std::uint8_t> out) const;
  /// Of the pieces and who moves.
  std::uint64_t Hash() const;
  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  /// Accepts boards with at most the pieces of the start, finished games included if the last move
  /// can have finished them. Whether a game can reach it is not looked into further. The last move
  /// is unknown afterwards.
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  /// The legal move from one cell to another, or -1.
  int ActionAt(Point from, Point to) const;
  /// The reflection that exchanges left and right.
  std::vector<Symmetry> Symmetries() const;

  /// What an id says.
  struct Move {
    int from, to;  ///< cells, row * columns + column
    int side;      ///< -1 to the left, 0 straight, 1 to the right
    bool takes;
  };
  Move MoveOf(int id) const {
    const int from = id / 12, direction = id % 12 / 2;
    const int side = direction % 3 - 1;
    return {from, from + (direction < 3 ? columns : -columns) + side, side, (id & 1) != 0};
  }

  std::array<std::uint64_t, 2> pieces;  ///< bit row * columns + column; black, white
  std::array<std::uint64_t, 2> far;     ///< the row that a player heads for
  std::uint64_t inner_left;             ///< cells that are not in the first column
  std::uint64_t inner_right;            ///< cells that are not in the last column
  std::int32_t rows, columns;
  std::int32_t mover;
  std::int32_t over;  ///< 1 once the game is over
  std::int32_t last;  ///< id of the last move, or -1
  std::int32_t home;  ///< rows of pieces at the start

 private:
  /// The cells from which the mover's step to `side` ends in `targets`, on the board.
  std::uint64_t Sources(std::uint64_t targets, int side) const {
    const int step = (mover == 0 ? columns : -columns) + side;
    const std::uint64_t from = step > 0 ? targets >> step : targets << -step;
    return from & (side < 0 ? inner_left : side > 0 ? inner_right : ~std::uint64_t{0});
  }
  std::uint64_t HomeOf(int player) const;
};

}  // namespace brasa
