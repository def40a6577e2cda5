// Maps of FrozenLake: two bits a cell, at most 32 x 32 cells.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "brasa/core/config.h"

namespace brasa {

/// What a cell is.
enum class LakeCell : std::uint8_t { kFrozen = 0, kHole = 1, kGoal = 2, kStart = 3 };

/// A map by value: no pointers, no padding; the cells beyond rows and columns are 0.
struct FrozenLakeMap {
  static constexpr int kMaxSide = 32;

  LakeCell At(int row, int column) const {
    return static_cast<LakeCell>((lines[static_cast<std::size_t>(row)] >> (2 * column)) & 3u);
  }
  LakeCell At(int cell) const { return At(cell / columns, cell % columns); }
  void Set(int row, int column, LakeCell cell);
  int cells() const { return rows * columns; }
  /// True if a goal can be reached from a start over cells that are no holes.
  bool HasPath() const;
  /// Lines of the letters S F H G, joined by `separator`.
  std::string ToText(char separator) const;

  bool operator==(const FrozenLakeMap&) const = default;

  std::array<std::uint64_t, kMaxSide>
      lines{};  ///< line r holds its columns from bit 0, two bits each
  std::int32_t rows = 0;
  std::int32_t columns = 0;
};

/// The map that the parameters `map`, `size`, `frozen_probability` and `map_seed` name. Throws
/// ConfigError naming the fault: another letter, lines of different length, no start, no goal, no
/// path, too large; or no random map with a path within 10,000 draws.
FrozenLakeMap MakeFrozenLakeMap(const Params& params);

/// Reads lines of S F H G separated by '/' or line breaks. Throws ConfigError as above.
FrozenLakeMap ReadFrozenLakeMap(std::string_view text);

}  // namespace brasa
