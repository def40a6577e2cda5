// The squares of Checkers-v0: cells 8 row + column, bits of the bitboards, numbers of the notation.
#pragma once

#include <array>
#include <cstdint>

namespace brasa::checkers {

/// The bit of the dark square number i from the top left, row by row; i = 0 .. 31.
constexpr int BitOfIndex(int i) { return i + i / 8; }
/// The row and column of the bit of a square.
constexpr int RowOfBit(int bit) { return (bit - bit / 9) / 4; }
constexpr int ColumnOfBit(int bit) {
  const int i = bit - bit / 9;
  return 2 * (i % 4) + 1 - (i / 4) % 2;
}
/// The number of the notation, 1 .. 32, and back.
constexpr int NumberOfBit(int bit) { return 32 - (bit - bit / 9); }
constexpr int BitOfNumber(int number) { return BitOfIndex(32 - number); }

/// 8 row + column of every bit; 0 for the three bits that are no square.
inline constexpr std::array<std::int8_t, 35> kCellOfBit = [] {
  std::array<std::int8_t, 35> cells{};
  for (int i = 0; i < 32; ++i) {
    const int bit = BitOfIndex(i);
    cells[static_cast<std::size_t>(bit)] =
        static_cast<std::int8_t>(8 * RowOfBit(bit) + ColumnOfBit(bit));
  }
  return cells;
}();

/// The bit of every cell; -1 for light cells.
inline constexpr std::array<std::int8_t, 64> kBitOfCell = [] {
  std::array<std::int8_t, 64> bits{};
  for (std::int8_t& bit : bits) bit = -1;
  for (int i = 0; i < 32; ++i) {
    const int bit = BitOfIndex(i);
    bits[static_cast<std::size_t>(kCellOfBit[static_cast<std::size_t>(bit)])] =
        static_cast<std::int8_t>(bit);
  }
  return bits;
}();

}  // namespace brasa::checkers
