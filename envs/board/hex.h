// Hex-v0: join your two sides of a rhombus of hexagons.
//
// Rules        Red (player 0) begins; players alternately put a stone on an empty cell. Red wins
// with
//              a chain from the top row to the bottom row, blue from the left column to the right
//              one. Every full board has exactly one such chain, so there is no draw. Without the
//              swap the first player wins with best play (J. Nash's strategy stealing). Cell (row,
//              column) touches (row-1, column), (row-1, column+1), (row, column+1), (row+1,
//              column), (row+1, column-1), (row, column-1).
// Swap         With swap = true blue may, as its first move, take over red's stone: it becomes a
// blue
//              stone on the mirrored cell (column, row), which is to blue what the old cell was to
//              red; red is to move.
// Observation  uint8 [3, size, size], equal for both players:
//              | plane | meaning                         | range |
//              | 0     | red stones                      | 0, 1  |
//              | 1     | blue stones                     | 0, 1  |
//              | 2     | 1 everywhere if blue is to move | 0, 1  |
// Actions      size * size: the cell size * row + column, legal while empty; with swap = true one
//              more, size * size, legal as blue's first move. In words: the column's letter and the
//              row's number from the top ("b3" is row 2, column 1), "swap".
// Rewards      winner +1, loser -1 on the last ply; otherwise 0.
// Ends         terminated when a chain is complete. No time limit.
// Start        the empty board. No chance.
// Parameters   size 2 to 19, swap.
// Text         size lines of 'x' (red), 'o' (blue), '.', the top row first, each one blank further
// to
//              the right; then a line "swapped" if blue has swapped.
// Version      v0. Ids, players, swap and rewards are those of OpenSpiel's hex; its planes of
//              edge-connected groups are left out.
//
// Each stone knows which of its two sides its group touches; a stone that brings the news to a
// group tells all its stones, so that every stone is told at most twice in a game. The border
// consists of stones that know their own side.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/core/hash.h"
#include "brasa/env.h"
#include "envs/board/board_ids.h"

namespace brasa {

/// Hex on boards of at most kCapacity x kCapacity.
template <int kCapacity>
struct HexOf {
  static constexpr bool kFlat = true;
  static constexpr int kStride = kCapacity + 2;  ///< of `cells`: a board with a border
  static constexpr std::size_t kWords = (kCapacity * kCapacity + 63) / 64;
  static constexpr std::size_t kCells = (kStride * kStride + 7) / 8 * 8;
  static constexpr std::array<int, 6> kNeighbours = {-kStride, -kStride + 1, 1,
                                                     kStride,  kStride - 1,  -1};
  // What a cell says of its stone; red's in the low four bits, blue's in the high ones.
  static constexpr unsigned kStone = 1, kFirstSide = 2, kSecondSide = 4;
  static constexpr unsigned kBothSides = kFirstSide | kSecondSide;

  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit HexOf(const Params& params);

  void Reset(Rng&) { Clear(); }

  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    const int id = action.id(), player = plies & 1;
    rewards[0] = rewards[1] = 0;
    if (id == cell_count) {
      Swap();
      return EpisodeEnd::kNone;
    }
    last = id;
    ++plies;
    if (!Put(player, id)) return EpisodeEnd::kNone;
    winner = player;
    rewards[static_cast<std::size_t>(player)] = 1;
    rewards[static_cast<std::size_t>(1 - player)] = -1;
    return EpisodeEnd::kTerminated;
  }

  /// No id once the game is over.
  int LegalActions(std::span<std::int32_t> ids) const {
    if (winner >= 0) return 0;
    int count = board::WriteIds(empty, cell_count, ids);
    if (CanSwap()) ids[static_cast<std::size_t>(count++)] = cell_count;
    return count;
  }

  int PlayerToMove() const { return plies & 1; }

  void Observe(int player, std::span<std::uint8_t> out) const;

  /// Of the stones and whether blue has swapped, kept up move by move.
  std::uint64_t Hash() const { return Mix64(hash); }
  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  /// Accepts boards, finished ones included, with the right counts of stones and at most the last
  /// move completing a chain. The last move is unknown afterwards.
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  /// "s" swaps.
  std::vector<Control> Controls() const;
  /// The empty cell under the point; red's stone where blue may swap is the swap.
  int ActionAt(Point at) const;
  /// The half turn.
  std::vector<Symmetry> Symmetries() const;

  /// -1 on an empty cell, else the player whose stone it is.
  int StoneAt(int id) const {
    const unsigned cell = cells[Position(id)];
    return cell == 0 ? -1 : cell < 16 ? 0 : 1;
  }
  bool CanSwap() const { return swap != 0 && plies == 1; }

  std::array<std::uint64_t, kWords> empty;   ///< bit = id
  std::uint64_t hash;                        ///< xor of the stones' keys, and of kSwappedKey
  std::array<std::uint8_t, kCells> cells{};  ///< what each cell says, see Position
  std::int32_t size, cell_count;             ///< cell_count = size * size
  std::int32_t reciprocal;                   ///< id / size == id * reciprocal >> 16
  std::int32_t swap;                         ///< the parameter
  std::int32_t plies;                        ///< a swap counts
  std::int32_t swapped;                      ///< 1 once blue has swapped
  std::int32_t last;                         ///< id of the last move, or -1
  std::int32_t winner;                       ///< or -1

 private:
  static constexpr std::uint64_t kSwappedKey = 0x5EEDC0DE0F0E1D2Cull;

  /// Index of cell `id` in `cells`.
  std::size_t Position(int id) const {
    const int row = (id * reciprocal) >> 16;
    return static_cast<std::size_t>(id + row * (kStride - size) + kStride + 1);
  }
  static std::uint64_t Key(int player, int id) {
    return Mix64(static_cast<std::uint64_t>(2 * id + player + 1));
  }
  void Clear();
  void Swap();
  /// Puts a stone on an empty cell; true if it completes a chain.
  bool Put(int player, int id) {
    const std::size_t at = Position(id);
    const int shift = 4 * player;
    const std::uint64_t around = Around(at);
    std::uint64_t all = around | (around >> 32);
    all |= all >> 16;
    const auto sides = static_cast<unsigned>((all | (all >> 8)) >> shift) & kBothSides;
    cells[at] = static_cast<std::uint8_t>((kStone | sides) << shift);
    empty[static_cast<std::size_t>(id) / 64] ^= std::uint64_t{1} << (id % 64);
    hash ^= Key(player, id);
    if (sides == kBothSides) return true;
    const std::uint64_t untold = sides != 0 ? Untold(around, shift) : 0;
    if (untold != 0) Tell(at, untold, shift, sides);
    return false;
  }
  /// The six cells round `at`, a byte each in the order of kNeighbours; the upper two bytes are 0.
  std::uint64_t Around(std::size_t at) const {
    const std::uint8_t* cell = &cells[at];
    std::uint64_t bytes = 0;
    for (std::size_t k = 0; k < kNeighbours.size(); ++k) {
      bytes |= std::uint64_t{cell[kNeighbours[k]]} << (8 * k);
    }
    return bytes;
  }
  /// Bit 8 k + 7 for each stone k `around` of the colour that knows no side yet.
  static std::uint64_t Untold(std::uint64_t around, int shift) {
    constexpr std::uint64_t kOnes = 0x010101010101, kLow = 0x7F * kOnes, kHigh = 0x80 * kOnes;
    const std::uint64_t other = around ^ (kStone * kOnes << shift);  // 0 in the bytes wanted
    return ~(((other & kLow) + kLow) | other) & kHigh;
  }
  /// Tells the group of the stone at `at` the sides it touches, beginning with its neighbours
  /// `untold`.
  void Tell(std::size_t at, std::uint64_t untold, int shift, unsigned sides) {
    const auto told = static_cast<std::uint8_t>((kStone | sides) << shift);
    std::array<std::uint16_t, kCells> waiting;
    std::size_t count = 0;
    for (;;) {
      for (; untold != 0; untold &= untold - 1) {
        const auto k = static_cast<std::size_t>(std::countr_zero(untold)) / 8;
        const std::size_t next = at + static_cast<std::size_t>(kNeighbours[k]);
        cells[next] = told;
        waiting[count++] = static_cast<std::uint16_t>(next);
      }
      if (count == 0) return;
      at = waiting[--count];
      untold = Untold(Around(at), shift);
    }
  }
};

/// The instantiation for boards of a size, and its name in the registry.
using Hex8 = HexOf<8>;
using Hex11 = HexOf<11>;
using Hex19 = HexOf<19>;

extern template struct HexOf<8>;
extern template struct HexOf<11>;
extern template struct HexOf<19>;

}  // namespace brasa
