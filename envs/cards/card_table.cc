#include "envs/cards/card_table.h"

#include <array>

#include "brasa/core/error.h"
#include "brasa/core/math.h"

namespace brasa::cards {
namespace {

constexpr Color kFelt{30, 110, 76, 255};
constexpr Color kRim{96, 66, 44, 255};
constexpr Point kCentre{3, 2.22};
constexpr double kButtonWidth = 1.0, kButtonHeight = 0.36, kButtonGap = 0.12, kButtonY = 0.28;

void DrawEllipse(Canvas& canvas, double rx, double ry, Color color) {
  std::array<Point, 64> corners;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const auto turn = SinCos(2 * kPi * static_cast<double>(i) / 64.0);
    corners[i] = {kCentre.x + rx * turn.cos, kCentre.y + ry * turn.sin};
  }
  canvas.Polygon(corners, color);
}

/// Left edge of button i: the row ends at the right border.
double ButtonLeft(int i, int count) {
  return kWidth - 0.2 - (count - i) * (kButtonWidth + kButtonGap) + kButtonGap;
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool SameWord(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (Lower(a[i]) != Lower(b[i])) return false;
  }
  return true;
}

}  // namespace

void DrawTable(Canvas& canvas, const std::string& middle) {
  canvas.View(0, 0, kWidth, kHeight);
  canvas.Clear(palette::kPaper);
  DrawEllipse(canvas, 2.6, 1.28, kRim);
  DrawEllipse(canvas, 2.48, 1.16, kFelt);
  canvas.Text({kCentre.x, kCentre.y + 0.1}, 0.16, middle, TextAlign::kCentre, palette::kPaper);
}

void DrawCard(Canvas& canvas, Point at, double height, const Face& face) {
  const double w = 0.35 * height, h = 0.5 * height, edge = 0.025 * height;
  canvas.Rectangle({at.x - w, at.y - h}, {at.x + w, at.y + h}, palette::kInk);
  canvas.Rectangle({at.x - w + edge, at.y - h + edge}, {at.x + w - edge, at.y + h - edge},
                   face.text.empty() ? palette::kBlue : palette::kWhite);
  if (face.text.empty()) {
    canvas.Ring(at, 0.17 * height, 0.05 * height, palette::kSky);
  } else {
    canvas.Text(at, 0.42 * height, face.text, TextAlign::kCentre, face.color);
  }
}

void DrawSeat(Canvas& canvas, const Seat& seat, int i, int n) {
  const auto turn = SinCos(-kPi / 2 - 2 * kPi * i / n);
  const double size = n <= 4 ? 0.72 : 0.5;
  const Point at{kCentre.x + 1.95 * turn.cos, kCentre.y + 0.9 * turn.sin};
  if (seat.moves) canvas.Ring(at, 0.62 * size, 0.06, palette::kYellow);
  if (seat.wins) canvas.Ring(at, 0.62 * size, 0.06, palette::kOrange);
  if (seat.has_card) DrawCard(canvas, at, size, seat.card);
  if (seat.out) {
    canvas.Line({at.x - 0.3 * size, at.y - 0.4 * size}, {at.x + 0.3 * size, at.y + 0.4 * size},
                0.05, palette::kRed);
  }
  // Beside the card where there is room; where many sit, towards the middle of the table.
  const Color ink = seat.wins ? palette::kYellow : palette::kPaper;
  if (n > 4) {
    const std::string label = "P" + std::to_string(i) + ": " + seat.chips;
    const bool side = turn.cos * turn.cos > 0.8;
    const double x = side ? at.x - (turn.cos > 0 ? 0.36 : -0.36) : at.x;
    const double y = at.y + (turn.sin < 0 ? 1 : -1) * (side ? 0.14 : 0.35);
    const TextAlign align = !side          ? TextAlign::kCentre
                            : turn.cos > 0 ? TextAlign::kRight
                                           : TextAlign::kLeft;
    canvas.Text({x, y}, 0.11, label, align, ink);
    return;
  }
  canvas.Text({at.x + 0.5, at.y + 0.1}, 0.13, seat.name, TextAlign::kLeft, ink);
  canvas.Text({at.x + 0.5, at.y - 0.12}, 0.13, seat.chips, TextAlign::kLeft, palette::kPaper);
}

void DrawButtons(Canvas& canvas, std::span<const char* const> names, unsigned live,
                 const std::string& note) {
  const int count = static_cast<int>(names.size());
  canvas.Text({0.2, kButtonY}, 0.15, note, TextAlign::kLeft, palette::kInk);
  for (int i = 0; i < count; ++i) {
    const double x = ButtonLeft(i, count);
    const bool lit = (live >> i) & 1u;
    canvas.Rectangle({x, kButtonY - kButtonHeight / 2},
                     {x + kButtonWidth, kButtonY + kButtonHeight / 2},
                     lit ? palette::kBlue : palette::kLight);
    canvas.Text({x + kButtonWidth / 2, kButtonY}, 0.15, names[static_cast<std::size_t>(i)],
                TextAlign::kCentre, lit ? palette::kWhite : palette::kGrey);
  }
}

int ButtonAt(Point at, int count) {
  if (!(at.y >= kButtonY - kButtonHeight / 2 && at.y <= kButtonY + kButtonHeight / 2)) return -1;
  for (int i = 0; i < count; ++i) {
    const double x = ButtonLeft(i, count);
    if (at.x >= x && at.x <= x + kButtonWidth) return i;
  }
  return -1;
}

int ReadNumber(std::string_view word, int limit) {
  if (word.empty() || word.size() > 2 || (word.size() == 2 && word[0] == '0')) return -1;
  int value = 0;
  for (const char c : word) {
    if (c < '0' || c > '9') return -1;
    value = 10 * value + (c - '0');
  }
  return value < limit ? value : -1;
}

int ReadAction(std::string_view game, std::string_view text, std::span<const char* const> names) {
  std::string allowed;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (SameWord(text, names[i]) || text == std::to_string(i)) return static_cast<int>(i);
    allowed += (i > 0 ? ", " : "") + std::string(names[i]);
  }
  throw UsageError(std::string(game) + ": '" + std::string(text.substr(0, 80)) +
                   "' is no action; give " + allowed + " or 0 to " +
                   std::to_string(names.size() - 1));
}

}  // namespace brasa::cards
