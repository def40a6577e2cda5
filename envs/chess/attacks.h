// Squares, bitboards and attacks of chess.
//
// The board is always seen by who moves: square = 8 * file + rank, file 0 = a, rank 0 = the mover's
// own back rank. So a file is one byte, pawns move up by one bit, and the squares of every row and
// diagonal ascend from left to right: the order in which action ids ascend.
//
// A slider's reach along a row or diagonal comes by hyperbola quintessence (subtracting the slider
// from the occupied line flips the bits up to the first piece; the other direction is the same on
// the board with its bytes reversed); along a file, which is one byte, from a table of 512 bytes.
// No instruction is special to a machine and no table exceeds a few kilobytes but kBetween.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace brasa::chess {

using Bits = std::uint64_t;

constexpr Bits Bit(int square) { return Bits{1} << square; }
constexpr int First(Bits set) { return std::countr_zero(set); }
constexpr int Count(Bits set) { return std::popcount(set); }
constexpr int FileOf(int square) { return square >> 3; }
constexpr int RankOf(int square) { return square & 7; }
constexpr int SquareAt(int file, int rank) { return 8 * file + rank; }

/// Rank 0 of every file; `kRank << r` is rank r.
inline constexpr Bits kRank = 0x0101010101010101ull;
/// The squares of the colour of a1 (and of h8).
inline constexpr Bits kDarkSquares = 0xAA55AA55AA55AA55ull;

/// The same set seen from the other side of the board: the bits of each byte reversed.
constexpr Bits Flip(Bits set) {
  set = ((set >> 1) & 0x5555555555555555ull) | ((set & 0x5555555555555555ull) << 1);
  set = ((set >> 2) & 0x3333333333333333ull) | ((set & 0x3333333333333333ull) << 2);
  return ((set >> 4) & 0x0F0F0F0F0F0F0F0Full) | ((set & 0x0F0F0F0F0F0F0F0Full) << 4);
}

/// The lines through a square, in the order of their action ids.
enum Line : int { kFile = 0, kRow = 1, kRising = 2, kFalling = 3 };

namespace internal {

struct Step {
  int file, rank;
};
inline constexpr Step kLineSteps[4] = {{0, 1}, {1, 0}, {1, 1}, {1, -1}};

constexpr bool OnBoard(int file, int rank) {
  return file >= 0 && file < 8 && rank >= 0 && rank < 8;
}

/// The squares of a line through `square`, itself left out.
constexpr Bits LineSquares(int square, Step step) {
  Bits set = 0;
  for (const int sign : {-1, 1}) {
    int file = FileOf(square) + sign * step.file, rank = RankOf(square) + sign * step.rank;
    for (; OnBoard(file, rank); file += sign * step.file, rank += sign * step.rank) {
      set |= Bit(SquareAt(file, rank));
    }
  }
  return set;
}

constexpr std::array<std::array<Bits, 4>, 64> AllLines() {
  std::array<std::array<Bits, 4>, 64> lines{};
  for (std::size_t square = 0; square < 64; ++square) {
    for (std::size_t line = 0; line < 4; ++line) {
      lines[square][line] = LineSquares(static_cast<int>(square), kLineSteps[line]);
    }
  }
  return lines;
}

constexpr Bits Leaps(int square, const Step (&steps)[8]) {
  Bits set = 0;
  for (const Step step : steps) {
    const int file = FileOf(square) + step.file, rank = RankOf(square) + step.rank;
    if (OnBoard(file, rank)) set |= Bit(SquareAt(file, rank));
  }
  return set;
}

constexpr std::array<Bits, 64> AllLeaps(const Step (&steps)[8]) {
  std::array<Bits, 64> leaps{};
  for (std::size_t square = 0; square < 64; ++square) {
    leaps[square] = Leaps(static_cast<int>(square), steps);
  }
  return leaps;
}

/// Knight offsets and king offsets in the order of their action ids.
inline constexpr Step kKnightSteps[8] = {{-2, -1}, {-2, 1}, {-1, -2}, {-1, 2},
                                         {2, -1},  {2, 1},  {1, -2},  {1, 2}};
inline constexpr Step kKingSteps[8] = {{0, -1},  {0, 1}, {-1, 0}, {1, 0},
                                       {-1, -1}, {1, 1}, {-1, 1}, {1, -1}};

/// Reach inside a byte: [position][the six inner bits of the occupied byte].
constexpr std::array<std::array<std::uint8_t, 64>, 8> AllFileReach() {
  std::array<std::array<std::uint8_t, 64>, 8> reach{};
  for (int at = 0; at < 8; ++at) {
    for (unsigned inner = 0; inner < 64; ++inner) {
      const unsigned occupied = inner << 1;
      unsigned set = 0;
      for (int to = at + 1; to < 8; ++to) {
        set |= 1u << to;
        if ((occupied >> to) & 1u) break;
      }
      for (int to = at - 1; to >= 0; --to) {
        set |= 1u << to;
        if ((occupied >> to) & 1u) break;
      }
      reach[static_cast<std::size_t>(at)][inner] = static_cast<std::uint8_t>(set);
    }
  }
  return reach;
}

constexpr std::array<std::array<Bits, 64>, 64> AllBetween() {
  std::array<std::array<Bits, 64>, 64> between{};
  for (int from = 0; from < 64; ++from) {
    for (const Step step : kKingSteps) {
      Bits path = 0;
      int file = FileOf(from) + step.file, rank = RankOf(from) + step.rank;
      for (; OnBoard(file, rank); file += step.file, rank += step.rank) {
        const int to = SquareAt(file, rank);
        between[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)] = path;
        path |= Bit(to);
      }
    }
  }
  return between;
}

inline constexpr auto kLines = AllLines();
inline constexpr auto kKnightLeaps = AllLeaps(kKnightSteps);
inline constexpr auto kKingLeaps = AllLeaps(kKingSteps);
inline constexpr auto kFileReach = AllFileReach();
inline constexpr auto kBetween = AllBetween();

}  // namespace internal

/// The squares of `line` through `square`, itself left out.
inline Bits LineThrough(Line line, int square) {
  return internal::kLines[static_cast<std::size_t>(square)][static_cast<std::size_t>(line)];
}
inline Bits KnightLeaps(int square) {
  return internal::kKnightLeaps[static_cast<std::size_t>(square)];
}
inline Bits KingLeaps(int square) { return internal::kKingLeaps[static_cast<std::size_t>(square)]; }
/// The squares strictly between two squares of a common line; else none.
inline Bits Between(int a, int b) {
  return internal::kBetween[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)];
}

/// What a slider on `square` reaches along `kLine`, the first occupied square of each direction
/// included.
template <Line kLine>
inline Bits Reach(int square, Bits occupied) {
  if constexpr (kLine == kFile) {
    const int shift = square & 56;
    const auto inner = static_cast<std::size_t>((occupied >> (shift + 1)) & 63u);
    return Bits{internal::kFileReach[static_cast<std::size_t>(square & 7)][inner]} << shift;
  } else {
    const Bits line = LineThrough(kLine, square);
    const Bits on_line = occupied & line;
    const Bits up = on_line - 2 * Bit(square);
    const Bits down = __builtin_bswap64(__builtin_bswap64(on_line) - 2 * Bit(square ^ 56));
    return (up ^ down) & line;
  }
}

inline Bits StraightReach(int square, Bits occupied) {
  return Reach<kFile>(square, occupied) | Reach<kRow>(square, occupied);
}
inline Bits DiagonalReach(int square, Bits occupied) {
  return Reach<kRising>(square, occupied) | Reach<kFalling>(square, occupied);
}

}  // namespace brasa::chess
