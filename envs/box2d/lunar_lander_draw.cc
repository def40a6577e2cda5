// The scene of LunarLander-v3, in metres of its world.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "brasa/core/math.h"
#include "envs/box2d/lunar_lander.h"

namespace brasa {
namespace {

constexpr double kWidth = LanderWorld::kWidth, kHeight = LanderWorld::kHeight;
constexpr Color kSky{18, 22, 36, 255}, kMoon{206, 206, 200, 255}, kMoonEdge{150, 150, 146, 255};
constexpr Color kHull{128, 102, 230, 255}, kHullEdge{196, 184, 245, 255};
constexpr Color kHotFlame{255, 214, 90, 255}, kFlame{240, 120, 40, 255};

void DrawSky(Canvas& canvas) {
  constexpr Point kStars[] = {{1.1, 11.9},  {2.9, 9.2},  {4.6, 12.4}, {6.1, 7.9},   {7.4, 10.6},
                              {9.2, 8.4},   {12.1, 9.6}, {13.6, 7.1}, {15.2, 10.9}, {16.7, 8.8},
                              {18.1, 11.7}, {19.2, 7.6}, {3.7, 6.4},  {17.4, 5.9}};
  for (const Point star : kStars) canvas.Circle(star, 0.035, palette::kLight);
}

void DrawMoon(Canvas& canvas, const std::array<Point, LanderWorld::kRidge>& ridge) {
  for (std::size_t i = 1; i < ridge.size(); ++i) {
    const Point ground[] = {
        {ridge[i - 1].x, 0}, {ridge[i].x, 0}, {ridge[i].x, ridge[i].y}, ridge[i - 1]};
    canvas.Polygon(ground, kMoon);
    canvas.Line(ridge[i - 1], ridge[i], 0.06, kMoonEdge);
  }
  for (const double x : {LanderWorld::kPadLeft, LanderWorld::kPadRight}) {
    const double foot = LanderWorld::kPadHeight, top = foot + 50 / LanderWorld::kScale;
    canvas.Line({x, foot}, {x, top}, 0.06, palette::kWhite);
    const Point flag[] = {{x, top}, {x + 0.83, top - 0.17}, {x, top - 0.33}};
    canvas.Polygon(flag, palette::kYellow);
  }
}

void DrawBody(Canvas& canvas, const std::vector<Point>& outline) {
  canvas.Polygon(outline, kHull);
  for (std::size_t i = 0; i < outline.size(); ++i) {
    canvas.Line(outline[i], outline[(i + 1) % outline.size()], 0.05, kHullEdge);
  }
}

/// A flame from `root` (lander's coordinates) along `direction`, wider at the root.
void DrawFlame(Canvas& canvas, const BodyState& lander, Point root, Point direction,
               double half_width) {
  const auto [sin, cos] = SinCos(lander.angle);
  const auto place = [&, s = sin, c = cos](double along, double across) {
    const Point p{root.x + along * direction.x - across * direction.y,
                  root.y + along * direction.y + across * direction.x};
    return Point{lander.position.x + c * p.x - s * p.y, lander.position.y + s * p.x + c * p.y};
  };
  const Point outer[] = {place(0, half_width), place(1, 0), place(0, -half_width)};
  canvas.Polygon(outer, kFlame);
  const Point inner[] = {place(0, half_width / 2), place(0.6, 0), place(0, -half_width / 2)};
  canvas.Polygon(inner, kHotFlame);
}

void DrawFlames(Canvas& canvas, const LanderWorld& world) {
  const LanderPly& ply = world.last_ply();
  const BodyState lander = world.physics().State(world.lander());
  if (ply.main_power > 0) {
    DrawFlame(canvas, lander, {0, -0.35}, {0, -1.1 * ply.main_power}, 0.22);
  }
  if (ply.side_power != 0) {
    const double out = ply.side_power < 0 ? 1 : -1;
    DrawFlame(canvas, lander, {0.5 * out, 0.3}, {out * 0.7 * std::abs(ply.side_power), 0}, 0.16);
  }
}

/// Where a lander above the picture is.
void DrawPointer(Canvas& canvas, Point lander) {
  if (lander.y < kHeight + 0.4) return;
  const double x = std::clamp(lander.x, 0.3, kWidth - 0.3), top = kHeight - 0.9;
  const Point arrow[] = {{x, top}, {x + 0.25, top - 0.4}, {x - 0.25, top - 0.4}};
  canvas.Polygon(arrow, kHullEdge);
}

void DrawScore(Canvas& canvas, const LanderWorld& world) {
  const auto seen = world.Quantities();
  const BodyState lander = world.physics().State(world.lander());
  // The lander may fly behind the line, which stays readable.
  canvas.Rectangle({0, kHeight - 0.9}, {kWidth, kHeight}, {kSky.r, kSky.g, kSky.b, 200});
  char label[128];
  std::snprintf(label, sizeof label, "ply %d   return %+.1f", world.plies(),
                world.episode_return());
  canvas.Text({0.4, kHeight - 0.5}, 0.36, label, TextAlign::kLeft, palette::kWhite);
  std::snprintf(label, sizeof label, "speed %+.1f %+.1f m/s   angle %+.0f deg", lander.velocity.x,
                lander.velocity.y, seen[4] * 180 / kPi);
  canvas.Text({kWidth - 0.4, kHeight - 0.5}, 0.36, label, TextAlign::kRight, palette::kLight);
  const char* end = world.landed() ? "landed" : world.crashed() ? "crashed" : "";
  if (*end != '\0') {
    canvas.Text({kWidth / 2, kHeight - 1.7}, 0.6, end, TextAlign::kCentre, palette::kYellow);
  }
}

}  // namespace

void LunarLander::Draw(Canvas& canvas) const {
  const LanderWorld& world = episode.world();
  const Physics& physics = world.physics();
  canvas.View(0, 0, kWidth, kHeight);
  canvas.Clear(kSky);
  DrawSky(canvas);
  DrawMoon(canvas, world.ridge());
  DrawFlames(canvas, world);
  for (const int i : {0, 1}) DrawBody(canvas, physics.Outline(world.leg(i)));
  DrawBody(canvas, physics.Outline(world.lander()));
  DrawPointer(canvas, physics.State(world.lander()).position);
  DrawScore(canvas, world);
}

}  // namespace brasa
