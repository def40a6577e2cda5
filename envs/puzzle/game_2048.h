// 2048-v0: slide and merge tiles on a board of 4 x 4 (Gabriele Cirulli, 2014).
//
// Rules        A move slides all tiles as far as they go; two equal tiles that meet merge into one
//              of their sum, each tile at most once a move, the pairs nearest to the wall first. A
//              move must change the board. Then a tile appears on an empty cell: 2 with probability
//              0.9, 4 with 0.1, every empty cell equally likely.
// Observation  float32 [4, 4], row 0 at the top: the tiles' values, 0 for an empty cell; with
//              observe = exponents their exponents of 2.
// Actions      0 Up, 1 Right, 2 Down, 3 Left, legal where they change the board.
// Chance       id = (row * 4 + column) * 2 for a 2, one more for a 4. Two tiles at the start.
// Rewards      the sum of the values of the tiles that merging made.
// Ends         terminated when a tile of max_tile is made, or no move is legal; truncated after
//              8192 moves.
// Start        two tiles.
// Symmetries   the eight of the square.
// Text         four lines of four tiles, '.' for an empty cell; at a chance node a line "+1" or
//              "+2" follows: how many tiles appear. The score is no part of it.
// Version      v0. Ids, rewards and ends are those of OpenSpiel's 2048. One rule differs: OpenSpiel
//              judges legality by marks that the move before left on merged tiles and so leaves out
//              some moves (6 % of the decisions of random games); here a move is legal where it
//              changes the board, as in the original.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/env.h"

namespace brasa {

/// A board: cell row * 4 + column in bits 4 * cell .. 4 * cell + 3, the exponent of its tile; 0 is
/// an empty cell.
using Board2048 = std::uint64_t;

/// What a row of four cells (bits 4 * column) becomes.
struct Row2048 {
  std::uint16_t to_lower;   ///< slid to column 0
  std::uint16_t to_higher;  ///< slid to column 3
  std::uint32_t score;      ///< sum of the merged tiles, the same both ways
};

struct Game2048 {
  static constexpr bool kFlat = true;
  static constexpr int kMaxExponent = 15;
  enum Move { kUp = 0, kRight = 1, kDown = 2, kLeft = 3 };

  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit Game2048(const Params& params);

  void Reset(Rng&) {
    board = 0;
    score = 0;
    appearing = 2;
    won = 0;
    last = -1;
  }

  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    std::uint32_t gained = 0;
    board = Moved(board, action.id(), gained);
    score += static_cast<std::int32_t>(gained);
    rewards[0] = static_cast<float>(gained);
    last = -1;
    won = gained >= (1u << goal) && HasTile(board, goal);
    appearing = !won;
    return won ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }

  int PlayerToMove() const { return appearing > 0 ? kChance : 0; }

  /// No id once the game is over.
  int LegalActions(std::span<std::int32_t> ids) const {
    const unsigned legal = won ? 0 : LegalMoves(board);
    std::size_t count = 0;
    for (int id = 0; id < 4; ++id) {
      ids[count] = id;
      count += (legal >> id) & 1u;
      if (count == ids.size()) break;
    }
    return static_cast<int>(count);
  }

  int ChanceOutcomes(std::span<std::int32_t> ids, std::span<double> probabilities) const {
    std::uint64_t empty = ~Occupied(board) & kOnes;
    const int cells = std::popcount(empty);
    const double two = 0.9 / cells, four = 0.1 / cells;
    std::size_t i = 0;
    for (; empty != 0; empty &= empty - 1, i += 2) {
      ids[i] = std::countr_zero(empty) / 2;
      ids[i + 1] = ids[i] + 1;
      probabilities[i] = two;
      probabilities[i + 1] = four;
    }
    return 2 * cells;
  }

  EpisodeEnd ApplyChance(int id, std::span<float>) {
    board |= (std::uint64_t{1} + (static_cast<unsigned>(id) & 1u)) << (4 * (id >> 1));
    last = static_cast<std::int16_t>(id >> 1);
    --appearing;
    const bool stuck = appearing == 0 && LegalMoves(board) == 0;
    return stuck ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }

  void Observe(int, std::span<float> out) const {
    for (std::size_t cell = 0; cell < 16; ++cell) {
      const auto exponent = static_cast<unsigned>(board >> (4 * cell)) & 15u;
      out[cell] = static_cast<float>(exponents ? exponent : exponent ? 1u << exponent : 0u);
    }
  }

  std::vector<Symmetry> Symmetries() const;
  /// Of the board and the tiles that are to appear.
  std::uint64_t Hash() const;
  /// The largest tile.
  void Measures(std::span<float> values) const;
  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  /// Accepts every board of the tiles 2 .. max_tile. The score starts anew.
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  std::vector<Control> Controls() const;

  static constexpr std::uint64_t kOnes = 0x1111111111111111u;
  /// Bit 4 * cell is set where the cell holds a tile.
  static std::uint64_t Occupied(Board2048 b) {
    b |= b >> 1;
    b |= b >> 2;
    return b & kOnes;
  }
  static bool HasTile(Board2048 b, int exponent) {
    return Occupied(b ^ (kOnes * static_cast<unsigned>(exponent))) != kOnes;
  }
  /// Bit id is set where that move changes the board.
  static unsigned LegalMoves(Board2048 b);
  static Board2048 Transposed(Board2048 b);
  /// The board after a move; adds to `gained`.
  static Board2048 Moved(Board2048 b, int move, std::uint32_t& gained);
  /// [65536], made once.
  static const Row2048* Rows();

  Board2048 board = 0;
  std::int32_t score = 0;
  std::int16_t last = -1;      ///< cell of the newest tile, or -1
  std::uint8_t appearing = 0;  ///< tiles that chance puts down next
  std::uint8_t won = 0;        ///< the tile max_tile has been made
  std::int32_t goal = 11;      ///< exponent of max_tile; fixed by the parameters
  std::int32_t exponents = 0;  ///< what is observed; fixed by the parameters
};
static_assert(sizeof(Game2048) == 24);

inline unsigned Game2048::LegalMoves(Board2048 b) {
  constexpr std::uint64_t kColumns012 = 0x0111011101110111u, kRows012 = 0x0000111111111111u;
  const std::uint64_t tile = Occupied(b);
  const std::uint64_t beside = tile >> 4, below = tile >> 16;
  // Equal neighbours may merge both ways; a gap takes the tile next to it.
  const std::uint64_t equal_beside = ~Occupied(b ^ (b >> 4)) & tile & kColumns012;
  const std::uint64_t equal_below = ~Occupied(b ^ (b >> 16)) & tile & kRows012;
  const bool left = ((~tile & beside & kColumns012) | equal_beside) != 0;
  const bool right = ((tile & ~beside & kColumns012) | equal_beside) != 0;
  const bool up = ((~tile & below & kRows012) | equal_below) != 0;
  const bool down = ((tile & ~below & kRows012) | equal_below) != 0;
  return static_cast<unsigned>(up) << kUp | static_cast<unsigned>(right) << kRight |
         static_cast<unsigned>(down) << kDown | static_cast<unsigned>(left) << kLeft;
}

inline Board2048 Game2048::Transposed(Board2048 b) {
  // Swaps the cells of each 2 x 2 block across its diagonal, then the blocks.
  const std::uint64_t near = (b ^ (b >> 12)) & 0x0000F0F00000F0F0u;
  b ^= near ^ (near << 12);
  const std::uint64_t far = (b ^ (b >> 24)) & 0x00000000FF00FF00u;
  return b ^ far ^ (far << 24);
}

inline Board2048 Game2048::Moved(Board2048 b, int move, std::uint32_t& gained) {
  const Row2048* rows = Rows();
  const bool vertical = (move & 1) == 0;
  const bool lower = move == kUp || move == kLeft;
  if (vertical) b = Transposed(b);
  Board2048 moved = 0;
  for (int row = 0; row < 4; ++row) {
    const Row2048& to = rows[(b >> (16 * row)) & 0xFFFFu];
    moved |= static_cast<std::uint64_t>(lower ? to.to_lower : to.to_higher) << (16 * row);
    gained += to.score;
  }
  return vertical ? Transposed(moved) : moved;
}

}  // namespace brasa
