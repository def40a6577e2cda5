// The drawing of Backgammon-v0 and its clicks. Points are 1 wide; x's home is at the lower right,
// so that x's numbers run from 1 there to 24 at the upper right; the bar is in the middle, the tray
// for checkers that are off at the right.
#include <algorithm>
#include <array>
#include <bit>

#include "envs/board/backgammon.h"

namespace brasa {
namespace {

constexpr int kBar = Backgammon::kBar, kOff = Backgammon::kOff;
constexpr double kHeight = 9.4, kBarLeft = 6, kBarRight = 7, kRight = 13, kTrayLeft = 13.25,
                 kTrayRight = 14.25, kTip = 4.0, kRadius = 0.41;

constexpr Color kFrame{84, 60, 44, 255}, kFelt{226, 211, 182, 255};
constexpr Color kDarkPoint{150, 88, 60, 255}, kLightPoint{196, 164, 120, 255};
constexpr std::array<Color, 2> kChecker = {Color{44, 52, 66, 255}, Color{250, 246, 236, 255}};
constexpr std::array<Color, 2> kRim = {Color{14, 18, 26, 255}, Color{150, 128, 100, 255}};
constexpr std::array<Color, 2> kOnChecker = {palette::kWhite, palette::kInk};

/// Points 12 .. 23 are in the lower half, from left to right.
bool IsLow(int point) { return point >= 12; }

/// Middle of a point's base along x.
double Across(int point) {
  const int column = IsLow(point) ? point - 12 : 11 - point;
  return column + 0.5 + (column >= 6 ? kBarRight - kBarLeft : 0.0);
}

/// Middle of the checker number `level` from the edge.
Point CheckerAt(int point, int level) {
  const double depth = 0.45 + 0.84 * level;
  return {Across(point), IsLow(point) ? depth : kHeight - depth};
}

void DrawPoints(Canvas& canvas, int mover) {
  canvas.Rectangle({-0.2, -0.2}, {kTrayRight + 0.2, kHeight + 0.2}, kFrame);
  canvas.Rectangle({0, 0}, {kBarLeft, kHeight}, kFelt);
  canvas.Rectangle({kBarRight, 0}, {kRight, kHeight}, kFelt);
  for (const double low : {0.0, kHeight / 2 + 0.1}) {
    canvas.Rectangle({kTrayLeft, low}, {kTrayRight, low + kHeight / 2 - 0.1},
                     Color{60, 42, 30, 255});
  }
  for (int point = 0; point < 24; ++point) {
    const double x = Across(point), base = IsLow(point) ? 0 : kHeight;
    const double tip = IsLow(point) ? kTip : kHeight - kTip;
    const std::array<Point, 3> corners = {{{x - 0.48, base}, {x + 0.48, base}, {x, tip}}};
    canvas.Polygon(corners, point % 2 == 0 ? kDarkPoint : kLightPoint);
    canvas.Text({x, IsLow(point) ? -0.5 : kHeight + 0.5}, 0.26,
                std::to_string(mover == 0 ? 24 - point : point + 1), TextAlign::kCentre,
                palette::kGrey);
  }
}

void DrawChecker(Canvas& canvas, Point at, int owner, int shown) {
  const auto o = static_cast<std::size_t>(owner);
  canvas.Circle(at, kRadius, kRim[o]);
  canvas.Circle(at, kRadius - 0.05, kChecker[o]);
  if (shown > 0) {
    canvas.Text(at, 0.3, std::to_string(shown), TextAlign::kCentre, kOnChecker[o]);
  } else {
    canvas.Ring(at, kRadius * 0.6, 0.03, kRim[o]);
  }
}

/// At most five checkers are drawn; the last shows how many there are if they are more.
void DrawStack(Canvas& canvas, int point, int owner, int count, bool arrived) {
  for (int level = 0; level < std::min(count, 5); ++level) {
    DrawChecker(canvas, CheckerAt(point, level), owner, level == 4 && count > 5 ? count : 0);
  }
  if (arrived) {
    canvas.Ring(CheckerAt(point, std::min(count, 5) - 1), kRadius - 0.03, 0.09, palette::kOrange);
  }
}

/// x's checkers wait on the upper half of the bar, before o's home; o's on the lower.
void DrawBar(Canvas& canvas, int owner, int count) {
  for (int level = 0; level < std::min(count, 4); ++level) {
    const double away = 0.7 + 0.86 * level;
    DrawChecker(canvas, {6.5, kHeight / 2 + (owner == 0 ? away : -away)}, owner,
                level == 3 && count > 4 ? count : 0);
  }
}

void DrawOff(Canvas& canvas, int owner, int count) {
  const auto o = static_cast<std::size_t>(owner);
  for (int i = 0; i < count; ++i) {
    const double y = owner == 0 ? 0.05 + 0.29 * i : kHeight - 0.31 - 0.29 * i;
    canvas.Rectangle({kTrayLeft + 0.06, y}, {kTrayRight - 0.06, y + 0.26}, kRim[o]);
    canvas.Rectangle({kTrayLeft + 0.09, y + 0.03}, {kTrayRight - 0.09, y + 0.23}, kChecker[o]);
  }
}

void DrawDie(Canvas& canvas, Point at, int owner, int value) {
  const auto o = static_cast<std::size_t>(owner);
  canvas.Rectangle({at.x - 0.43, at.y - 0.43}, {at.x + 0.43, at.y + 0.43}, kRim[o]);
  canvas.Rectangle({at.x - 0.38, at.y - 0.38}, {at.x + 0.38, at.y + 0.38}, kChecker[o]);
  const auto pip = [&](double dx, double dy) {
    canvas.Circle({at.x + 0.22 * dx, at.y + 0.22 * dy}, 0.075, kOnChecker[o]);
  };
  const auto pips = [&](double dx, double dy) {
    pip(dx, dy);
    pip(-dx, -dy);
  };
  if (value % 2 == 1) pip(0, 0);
  if (value >= 2) pips(-1, 1);
  if (value >= 4) pips(1, 1);
  if (value == 6) pips(-1, 0);
}

std::string StatusText(const Backgammon& game) {
  const std::string name = game.mover == 0 ? "x" : "o";
  switch (game.phase) {
    case Backgammon::kOpeningRoll:
      return "opening roll";
    case Backgammon::kRoll:
      return name + " to roll";
    case Backgammon::kOver:
      return name + " has won";
    default:
      return name + " to play " + std::to_string(game.low) + "-" + std::to_string(game.high) +
             (game.again != 0 ? " again" : "");
  }
}

/// The place under a point of the drawing as the mover reads it, or -1.
int PlaceAt(Point at) {
  if (!(at.x >= 0 && at.x < kTrayRight && at.y >= 0 && at.y < kHeight)) return -1;
  if (at.x >= kBarLeft && at.x < kBarRight) return kBar;
  if (at.x >= kTrayLeft) return kOff;
  if (at.x >= kRight) return -1;
  const int column = static_cast<int>(at.x < kBarLeft ? at.x : at.x - (kBarRight - kBarLeft));
  return at.y < kHeight / 2 ? 12 + column : 11 - column;
}

}  // namespace

void Backgammon::Draw(Canvas& canvas) const {
  canvas.View(-0.4, -1.75, kTrayRight + 0.4, kHeight + 0.85);
  canvas.Clear(palette::kPaper);
  DrawPoints(canvas, mover);
  const auto& own = planes[static_cast<std::size_t>(last_mover)];
  const std::uint32_t there = own[0] | own[1] | own[2] | own[3];
  for (int owner = 0; owner < 2; ++owner) {
    for (int point = 0; point < 24; ++point) {
      const int count = Count(owner, point);
      const bool arrived = owner == last_mover && ((last_to & there) >> point & 1u) != 0;
      if (count > 0) DrawStack(canvas, point, owner, count, arrived);
    }
    DrawBar(canvas, owner, Count(owner, kBar));
    DrawOff(canvas, owner, Count(owner, kOff));
  }
  const double middle = mover == 0 ? 10.0 : 3.0;
  if (phase == kPlay) {
    DrawDie(canvas, {middle - 0.55, kHeight / 2}, mover, high);
    DrawDie(canvas, {middle + 0.55, kHeight / 2}, mover, low);
  }
  DrawChecker(canvas, {0.2, -1.2}, 0, 0);
  canvas.Text({0.8, -1.2}, 0.34, "x " + std::to_string(Pips(0)) + " pips", TextAlign::kLeft,
              palette::kInk);
  DrawChecker(canvas, {4.2, -1.2}, 1, 0);
  canvas.Text({4.8, -1.2}, 0.34, "o " + std::to_string(Pips(1)) + " pips", TextAlign::kLeft,
              palette::kInk);
  canvas.Text({kTrayRight, -1.2}, 0.34, StatusText(*this), TextAlign::kRight, palette::kInk);
}

int Backgammon::ActionAt(Point from, Point to) const {
  const int begin = PlaceAt(from), end = PlaceAt(to);
  if (begin < 0 || end < 0 || phase != kPlay) return -1;
  std::array<std::int32_t, 450> ids{};
  const auto count = static_cast<std::size_t>(LegalActions(ids));
  for (std::size_t i = 0; i < count; ++i) {
    const int first = ids[i] % 26, second = ids[i] % 676 / 26;
    if (first == kOff) return ids[i];
    if (first == begin && (second == kOff ? begin : second) == end) return ids[i];
  }
  return -1;
}

}  // namespace brasa
