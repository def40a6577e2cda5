#include "envs/board/board_draw.h"

#include "envs/board/board_text.h"

namespace brasa::board {

void DrawStone(Canvas& canvas, Point at, double radius, const Stone& stone) {
  canvas.Circle(at, radius, stone.fill);
  canvas.Ring(at, radius, radius * 0.08, Color{60, 62, 66, 255});
  if (stone.marked) canvas.Circle(at, radius * 0.3, palette::kRed);
}

void DrawCoordinates(Canvas& canvas, const Coordinates& c) {
  const double height = 0.02 * c.rows + 0.12;
  for (int column = 0; column < c.columns; ++column) {
    canvas.Text({column + 0.5, -1.6 * height}, height, CellName(column, 0).substr(0, 1),
                TextAlign::kCentre, c.color);
  }
  for (int row = 0; row < c.rows; ++row) {
    const int number = c.first_row_on_top ? c.rows - row : row + 1;
    canvas.Text({-0.8 * height, row + 0.5}, height, std::to_string(number), TextAlign::kRight,
                c.color);
  }
}

void DrawPanel(Canvas& canvas, Point at, double unit, const Panel& panel) {
  double y = at.y - unit;
  for (int seat = 0; seat < 2; ++seat, y -= 1.8 * unit) {
    const Panel::Seat& shown = panel.seats[static_cast<std::size_t>(seat)];
    if (panel.mover == seat) {
      canvas.Rectangle({at.x, y - 0.75 * unit}, {at.x + 0.15 * unit, y + 0.75 * unit},
                       palette::kRed);
    }
    DrawStone(canvas, {at.x + unit, y}, 0.55 * unit, {shown.fill, false});
    canvas.Text({at.x + 2 * unit, y}, 0.5 * unit, shown.name, TextAlign::kLeft, palette::kInk);
    canvas.Text({at.x + 7.4 * unit, y}, 0.75 * unit, shown.score, TextAlign::kRight, palette::kInk);
  }
  canvas.Text({at.x + 0.4 * unit, y}, 0.45 * unit, panel.status, TextAlign::kLeft, palette::kInk);
}

}  // namespace brasa::board
