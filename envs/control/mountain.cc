#include "envs/control/mountain.h"

#include <cmath>
#include <cstdio>
#include <vector>

#include "brasa/core/math.h"

namespace brasa {
namespace {

constexpr Color kHill{203, 213, 190, 255};
constexpr double kEdgeLeft = -1.35, kEdgeRight = 0.75;  // what is shown
constexpr double kBottom = -0.1, kTop = 1.3;

/// Height of the road, whose slope is 1.35 cos(3 x): the force along it follows the cosine.
double Height(double x) { return 0.55 + 0.45 * SinCos(3 * x).sin; }

void DrawHill(Canvas& canvas) {
  constexpr int kPieces = 80;
  std::vector<Point> ground = {{kEdgeLeft, kBottom}};
  for (int i = 0; i <= kPieces; ++i) {
    const double x = kEdgeLeft + (kEdgeRight - kEdgeLeft) * i / kPieces;
    ground.push_back({x, Height(x)});
  }
  ground.push_back({kEdgeRight, kBottom});
  canvas.Polygon(ground, kHill);
  for (std::size_t i = 1; i + 2 < ground.size(); ++i) {
    canvas.Line(ground[i], ground[i + 1], 0.012, palette::kInk);
  }
}

void DrawFlag(Canvas& canvas, double x) {
  const double foot = Height(x), top = foot + 0.24;
  canvas.Line({x, foot}, {x, top}, 0.014, palette::kInk);
  const Point cloth[] = {{x, top}, {x + 0.13, top - 0.045}, {x, top - 0.09}};
  canvas.Polygon(cloth, palette::kRed);
}

void DrawCar(Canvas& canvas, double x) {
  const double slope = 1.35 * SinCos(3 * x).cos;
  const double length = std::sqrt(1 + slope * slope);
  const Point along{1 / length, slope / length}, up{-along.y, along.x};
  const auto at = [&](double forward, double above) {
    return Point{x + forward * along.x + above * up.x,
                 Height(x) + forward * along.y + above * up.y};
  };
  const Point body[] = {at(-0.1, 0.035), at(0.1, 0.035),  at(0.1, 0.075), at(0.05, 0.085),
                        at(0.02, 0.12),  at(-0.06, 0.12), at(-0.1, 0.085)};
  canvas.Polygon(body, palette::kBlue);
  for (const double wheel : {-0.055, 0.055}) {
    canvas.Circle(at(wheel, 0.032), 0.032, palette::kInk);
    canvas.Circle(at(wheel, 0.032), 0.013, palette::kLight);
  }
}

}  // namespace

void Mountain::Draw(Canvas& canvas, double position, double velocity, double goal) {
  canvas.View(kEdgeLeft, kBottom, kEdgeRight, kTop);
  canvas.Clear(palette::kPaper);
  DrawHill(canvas);
  canvas.Line({kLeft, Height(kLeft)}, {kLeft, Height(kLeft) + 0.2}, 0.02, palette::kGrey);
  DrawFlag(canvas, goal);
  DrawCar(canvas, position);
  char label[64];
  std::snprintf(label, sizeof label, "position %+.3f   velocity %+.4f", position, velocity);
  canvas.Text({(kEdgeLeft + kEdgeRight) / 2, -0.02}, 0.05, label, TextAlign::kCentre,
              palette::kInk);
}

}  // namespace brasa
