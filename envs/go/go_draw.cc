#include "envs/go/go_draw.h"

#include <cmath>
#include <vector>

#include "brasa/core/config.h"
#include "envs/go/go_text.h"

namespace brasa::go {
namespace {

// Points are one unit apart, the lower left one is (0, 0). Beside the board stands a panel; its
// measures are told in parts of the board's width, so that every size looks alike.
constexpr double kMargin = 1.15;  ///< from the outer lines to the edge of the wood
constexpr Color kWood{226, 184, 115, 255};
constexpr Color kLines{84, 60, 28, 255};
constexpr Color kBlackStone{28, 28, 32, 255};
constexpr Color kBlackShine{84, 86, 94, 255};
constexpr Color kWhiteStone{247, 246, 240, 255};
constexpr Color kWhiteEdge{122, 116, 104, 255};

double Width(int size) { return size - 1 + 2 * kMargin; }

struct Panel {
  explicit Panel(int size)
      : unit(Width(size)), left(size - 1 + kMargin + 0.04 * unit), top(size - 1 + kMargin) {}
  /// A point at parts of the board's width right of the panel's left edge and below the top.
  Point At(double x, double y) const { return {left + x * unit, top - y * unit}; }
  double unit, left, top;
};
constexpr double kPanelWidth = 0.42;
constexpr double kButtonTop = 0.86, kButtonBottom = 0.98;

/// Columns and rows of the dots on the board.
std::vector<Point> StarPoints(int size) {
  if (size < 7) {
    if (size % 2 == 0 || size < 5) return {};
    return {{size / 2.0 - 0.5, size / 2.0 - 0.5}};
  }
  const int near = size < 13 ? 2 : 3, far = size - 1 - near, middle = size / 2;
  std::vector<Point> points;
  for (const int x : {near, middle, far}) {
    for (const int y : {near, middle, far}) {
      const bool corner = x != middle && y != middle;
      const bool centre = x == middle && y == middle;
      if (size % 2 == 0 && !corner) continue;
      if (size < 15 && !corner && !centre) continue;
      points.push_back({static_cast<double>(x), static_cast<double>(y)});
    }
  }
  return points;
}

void DrawBoard(Canvas& canvas, int size) {
  const double end = size - 1;
  canvas.Rectangle({-kMargin, -kMargin}, {end + kMargin, end + kMargin}, kWood);
  for (int i = 0; i < size; ++i) {
    const double width = i == 0 || i == size - 1 ? 0.07 : 0.04;
    const double at = i;
    canvas.Line({at, 0}, {at, end}, width, kLines);
    canvas.Line({0, at}, {end, at}, width, kLines);
    const std::string vertex = VertexText(size, i * size + i);
    const double text = 0.27;
    canvas.Text({at, -0.78}, text, vertex.substr(0, 1), TextAlign::kCentre, kLines);
    canvas.Text({-0.78, at}, text, vertex.substr(1), TextAlign::kCentre, kLines);
  }
  for (const Point point : StarPoints(size)) canvas.Circle(point, 0.11, kLines);
}

void DrawStone(Canvas& canvas, Point at, double radius, bool black) {
  if (black) {
    canvas.Circle(at, radius, kBlackStone);
    canvas.Circle({at.x - 0.3 * radius, at.y + 0.34 * radius}, 0.26 * radius, kBlackShine);
  } else {
    canvas.Circle(at, radius, kWhiteStone);
    canvas.Ring(at, radius - 0.02, 0.05, kWhiteEdge);
  }
}

void DrawStones(Canvas& canvas, const Picture& picture) {
  const int size = picture.size;
  for (int p = 0; p < size * size; ++p) {
    const Point at{static_cast<double>(p % size), static_cast<double>(p / size)};
    const char stone = picture.board[static_cast<std::size_t>(p)];
    if (stone != '.') DrawStone(canvas, at, 0.46, stone == 'x');
    if (p == picture.last && stone != '.') {
      canvas.Ring(at, 0.22, 0.09, palette::kRed);
    }
    if (p == picture.ko) {
      canvas.Rectangle({at.x - 0.2, at.y - 0.2}, {at.x + 0.2, at.y + 0.2}, palette::kRed);
    }
  }
}

std::string Number(double value) { return ValueText(FieldValue(value)); }

/// "Black leads by 3.5", or the result of a finished game.
std::string Standing(const Picture& picture) {
  if (picture.repeated) return "drawn: repetition";
  const double margin = picture.lead - picture.komi;
  if (margin == 0) return picture.over ? "drawn" : "level";
  const std::string who = margin > 0 ? "Black" : "White";
  return who + (picture.over ? " wins by " : " +") + Number(std::abs(margin));
}

void DrawPlayer(Canvas& canvas, const Picture& picture, const Panel& panel, int player, double y) {
  const bool moves = !picture.over && picture.to_move == player;
  if (moves) {
    canvas.Rectangle(panel.At(-0.015, y - 0.075), panel.At(kPanelWidth - 0.03, y + 0.075),
                     palette::kLight);
  }
  const double radius = 0.042 * panel.unit;
  const Point at = panel.At(0.045, y);
  canvas.Circle(at, radius, player == 0 ? kBlackStone : kWhiteStone);
  canvas.Ring(at, radius, 0.006 * panel.unit, kWhiteEdge);
  canvas.Text(panel.At(0.115, y - 0.03), 0.036 * panel.unit, player == 0 ? "Black" : "White",
              TextAlign::kLeft, palette::kInk);
  canvas.Text(panel.At(0.115, y + 0.035), 0.028 * panel.unit,
              "took " + std::to_string(picture.captures[player]), TextAlign::kLeft, palette::kInk);
}

void DrawPanel(Canvas& canvas, const Picture& picture) {
  const Panel panel(picture.size);
  const double text = 0.031 * panel.unit;
  const auto line = [&](double y, const std::string& words) {
    canvas.Text(panel.At(0, y), text, words, TextAlign::kLeft, palette::kInk);
  };
  DrawPlayer(canvas, picture, panel, 0, 0.1);
  DrawPlayer(canvas, picture, panel, 1, 0.27);
  line(0.43, "komi " + Number(picture.komi));
  const int pass = picture.size * picture.size;
  line(0.51, "move " + std::to_string(picture.plies) +
                 (picture.last >= 0 ? ": " + VertexText(picture.size, picture.last) : ""));
  line(0.59, "area " + std::string(picture.lead > 0 ? "+" : "") + std::to_string(picture.lead));
  line(0.67, Standing(picture));
  const bool passed = picture.last == pass;
  canvas.Rectangle(panel.At(0, kButtonTop), panel.At(kPanelWidth - 0.06, kButtonBottom),
                   passed ? palette::kRed : palette::kGrey);
  canvas.Text(panel.At((kPanelWidth - 0.06) / 2, (kButtonTop + kButtonBottom) / 2),
              0.036 * panel.unit, passed ? "passed" : "pass (P)", TextAlign::kCentre,
              palette::kWhite);
}

}  // namespace

void DrawGame(Canvas& canvas, const Picture& picture) {
  const Panel panel(picture.size);
  const double low = -kMargin;
  canvas.View(low - 0.02 * panel.unit, low - 0.02 * panel.unit,
              panel.left + kPanelWidth * panel.unit, panel.top + 0.02 * panel.unit);
  canvas.Clear(palette::kPaper);
  DrawBoard(canvas, picture.size);
  DrawStones(canvas, picture);
  DrawPanel(canvas, picture);
}

int ClickedPoint(int size, Point at) {
  const Panel panel(size);
  const Point upper = panel.At(0, kButtonTop), lower = panel.At(kPanelWidth - 0.06, kButtonBottom);
  if (at.x >= upper.x && at.x <= lower.x && at.y >= lower.y && at.y <= upper.y) return size * size;
  const double column = std::floor(at.x + 0.5), row = std::floor(at.y + 0.5);
  if (!(column >= 0 && column < size && row >= 0 && row < size)) return -1;
  return static_cast<int>(row) * size + static_cast<int>(column);
}

}  // namespace brasa::go
