// What the drawings of the games of this folder have in common.
#pragma once

#include <array>
#include <string>

#include "brasa/canvas.h"

namespace brasa::board {

inline constexpr Color kBlackStone{28, 30, 33, 255};
inline constexpr Color kWhiteStone{245, 244, 238, 255};

/// A stone with a rim and, if `marked`, the mark of the last move.
struct Stone {
  Color fill = kBlackStone;
  bool marked = false;
};
void DrawStone(Canvas& canvas, Point at, double radius, const Stone& stone);

/// Letters under the columns and numbers left of the rows of a board of 1 x 1 cells whose lower
/// left corner is (0, 0). `first_row_on_top` numbers downwards.
struct Coordinates {
  int columns = 8, rows = 8;
  bool first_row_on_top = false;
  Color color = palette::kInk;
};
void DrawCoordinates(Canvas& canvas, const Coordinates& coordinates);

/// The box beside a board: a line for each seat (stone, name, score; a bar where it is to move) and
/// a line that says how things stand.
struct Panel {
  struct Seat {
    Color fill;
    std::string name, score;
  };
  std::array<Seat, 2> seats;
  int mover = -1;  ///< seat to move, or -1
  std::string status;
};
/// `at` is the panel's upper left corner, `unit` the height of a line.
void DrawPanel(Canvas& canvas, Point at, double unit, const Panel& panel);

}  // namespace brasa::board
