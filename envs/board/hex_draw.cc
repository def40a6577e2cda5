#include <algorithm>
#include <array>
#include <cmath>

#include "envs/board/board_draw.h"
#include "envs/board/board_text.h"
#include "envs/board/hex_position.h"

namespace brasa::hex {
namespace {

// Hexagons stand on a corner and are 1 wide; the middle of the upper left one is (0, 0). Each row
// lies half a cell further to the right.
constexpr double kRowHeight = 0.8660254037844386;  // sqrt(3) / 2
constexpr double kSide = 0.5773502691896258;       // 1 / sqrt(3): a hexagon's side
constexpr Color kRed{206, 62, 52, 255};
constexpr Color kBlue{48, 104, 190, 255};
constexpr Color kCell{240, 232, 214, 255};
constexpr Color kEdge{126, 112, 88, 255};

Point Middle(int row, int column) { return {column + 0.5 * row, -kRowHeight * row}; }

/// The corners of a hexagon from the top one clockwise.
std::array<Point, 6> Corners(Point at, double scale) {
  const double x = 0.5 * scale, y = kSide * scale;
  return {{{at.x, at.y + y},
           {at.x + x, at.y + y / 2},
           {at.x + x, at.y - y / 2},
           {at.x, at.y - y},
           {at.x - x, at.y - y / 2},
           {at.x - x, at.y + y / 2}}};
}

/// The sides of the rhombus in their owners' colours, as hexagons behind the outer cells.
void DrawSides(Canvas& canvas, int n) {
  const double reach = 0.34;
  const auto side = [&](Point at, double dx, double dy, Color color) {
    canvas.Polygon(Corners({at.x + dx, at.y + dy}, 1.0), color);
  };
  for (int i = 0; i < n; ++i) {
    side(Middle(i, 0), -reach * kRowHeight, -reach / 2, kBlue);
    side(Middle(i, n - 1), reach * kRowHeight, reach / 2, kBlue);
  }
  for (int i = 0; i < n; ++i) {
    side(Middle(0, i), 0, reach * 0.8, kRed);
    side(Middle(n - 1, i), 0, -reach * 0.8, kRed);
  }
}

void DrawNames(Canvas& canvas, int n) {
  const double height = 0.012 * n + 0.14;
  for (int i = 0; i < n; ++i) {
    const Point top = Middle(0, i), left = Middle(i, 0);
    canvas.Text({top.x - 0.25, top.y + kSide + 0.42 + height / 2}, height,
                board::CellName(i, 0).substr(0, 1), TextAlign::kCentre, palette::kInk);
    canvas.Text({left.x - 0.95, left.y}, height, std::to_string(i + 1), TextAlign::kRight,
                palette::kInk);
  }
}

std::string StatusText(const Picture& picture) {
  const auto name = [](int player) { return std::string(player == 0 ? "red" : "blue"); };
  if (picture.winner >= 0) return name(picture.winner) + " wins";
  const Position& position = picture.position;
  const int cells = position.size * position.size;
  if (picture.last == cells) return "swapped, red to move";
  const bool can_swap = position.may_swap_ever && position.Count(0) == 1 &&
                        position.Count(1) == 0 && !position.swapped;
  return can_swap ? "blue moves or swaps" : name(picture.mover) + " to move";
}

/// Red on top left, blue below: who joins what, and how things stand, in the free corners.
void DrawStatus(Canvas& canvas, const Picture& picture, double unit, double wide) {
  const int n = picture.position.size;
  const Point low = Middle(n - 1, 0);
  const double left = -1.3 - 0.2 * unit - wide;
  const auto line = [&](double y, int player, const char* text) {
    const Color color = player == 0 ? kRed : kBlue;
    canvas.Circle({left + 0.5 * unit, y}, 0.38 * unit, color);
    canvas.Text({left + 1.2 * unit, y}, 0.42 * unit, text, TextAlign::kLeft, palette::kInk);
  };
  line(low.y + 0.8 * unit, 0, "top - bottom");
  line(low.y - 0.4 * unit, 1, "left - right");
  const Point high = Middle(0, n - 1);
  const double right = Middle(n - 1, n - 1).x + 0.9 + wide;
  canvas.Text({right, high.y + 0.3}, 0.45 * unit, StatusText(picture), TextAlign::kRight,
              palette::kInk);
}

}  // namespace

void Draw(Canvas& canvas, const Picture& picture) {
  const int n = picture.position.size;
  const Point end = Middle(n - 1, n - 1);
  const double unit = std::max(0.35, 0.075 * n);
  const double wide = std::max(0.0, 7.0 * unit - 0.5 * n);  // room for the words of small boards
  // A margin beyond the sides of the rhombus and its names.
  const double margin = 0.4 + 0.03 * n;
  canvas.View(-1.2 - margin - wide, end.y - 0.85 - margin, end.x + 0.8 + margin + wide,
              1.0 + 0.02 * n + margin);
  canvas.Clear(palette::kPaper);
  DrawSides(canvas, n);
  const int winner = picture.winner;
  const std::vector<int> chain =
      winner >= 0 ? picture.position.JoinedBy(winner) : std::vector<int>();
  for (int id = 0; id < n * n; ++id) {
    const int player = picture.position.at(id / n, id % n);
    const Point at = Middle(id / n, id % n);
    canvas.Polygon(Corners(at, 1.0), kEdge);
    canvas.Polygon(Corners(at, 0.93), player < 0 ? kCell : player == 0 ? kRed : kBlue);
    if (std::find(chain.begin(), chain.end(), id) != chain.end()) {
      canvas.Ring(at, 0.26, 0.09, palette::kYellow);
    }
    if (id == picture.last) canvas.Circle(at, 0.14, palette::kWhite);
  }
  DrawNames(canvas, n);
  DrawStatus(canvas, picture, unit, wide);
}

int CellAt(Point at, int size) {
  // The nearest middle is the cell: hexagons are its Voronoi cells.
  const double across = at.y / -kRowHeight;
  if (!(across > -1 && across < size && at.x > -1 && at.x < 1.5 * size)) return -1;
  int best = -1;
  double nearest = kSide * kSide;
  for (int id = 0; id < size * size; ++id) {
    const Point middle = Middle(id / size, id % size);
    const double dx = at.x - middle.x, dy = at.y - middle.y;
    if (dx * dx + dy * dy >= nearest || std::abs(dx) > 0.5) continue;
    nearest = dx * dx + dy * dy;
    best = id;
  }
  return best;
}

}  // namespace brasa::hex
