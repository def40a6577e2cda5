// What text and drawing of Hex need, for boards of any size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/canvas.h"

namespace brasa::hex {

/// A position as it is written and drawn.
struct Position {
  int size = 0;
  std::vector<std::int8_t> stones;  ///< [size * size] -1 empty, 0 red, 1 blue
  bool may_swap_ever = false;       ///< the parameter `swap`
  bool swapped = false;

  int at(int row, int column) const {
    return stones[static_cast<std::size_t>(row * size + column)];
  }
  int Count(int player) const;
  /// True if the player's two sides are joined.
  bool Joined(int player) const { return !JoinedBy(player).empty(); }
  /// The ids of the stones in the groups that join the player's sides.
  std::vector<int> JoinedBy(int player) const;
};

std::string ToText(const Position& position);
/// Reads what ToText writes for a board of this size. Throws UsageError: see HexOf::FromText.
Position FromText(std::string_view text, int size, bool may_swap_ever);

struct Picture {
  Position position;
  int mover = 0;
  int winner = -1;
  int last = -1;  ///< id of the last move, size * size for the swap, or -1
};
void Draw(Canvas& canvas, const Picture& picture);
/// The cell under a point in drawing units, or -1.
int CellAt(Point at, int size);

}  // namespace brasa::hex
