// The scene of BipedalWalker-v3, in metres of its world; the picture follows the walker.
#include <algorithm>
#include <cstdio>

#include "envs/box2d/bipedal_walker.h"

namespace brasa {
namespace {

constexpr double kWidth = 20, kHeight = 40.0 / 3;  // of the picture [m]
constexpr double kBehind = 4;                      // shown behind the walker [m]
constexpr Color kSky{215, 226, 250, 255}, kCloud{244, 248, 255, 255};
constexpr Color kGround{112, 158, 84, 255}, kGrass{62, 128, 54, 255};
constexpr Color kStone{196, 196, 200, 255}, kStoneEdge{110, 110, 116, 255};
constexpr Color kHull{120, 62, 220, 255}, kHullEdge{70, 34, 140, 255};
constexpr Color kNear{178, 100, 152, 255}, kFar{124, 60, 104, 255}, kLegEdge{76, 34, 62, 255};
constexpr Color kRay{213, 94, 0, 110};

void DrawClouds(Canvas& canvas, double left) {
  constexpr double kApart = 9;
  // At half the walker's speed.
  const double shift = left / 2;
  for (int i = -1; i < 13; ++i) {
    const double x = shift + i * kApart, y = 10.2 + 1.1 * ((i * 5) % 3 - 1);
    if (x < left - 3 || x > left + kWidth + 3) continue;
    for (const Point puff : {Point{-1.1, 0}, Point{0, 0.35}, Point{1.1, 0.05}}) {
      canvas.Circle({x + puff.x, y + puff.y}, 0.8, kCloud);
    }
  }
}

void Outline(Canvas& canvas, std::span<const Point> corners, double width, Color color) {
  for (std::size_t i = 0; i < corners.size(); ++i) {
    canvas.Line(corners[i], corners[(i + 1) % corners.size()], width, color);
  }
}

void DrawTerrain(Canvas& canvas, const WalkerTerrain& terrain, double left) {
  const auto shown = [&](double from, double to) { return to >= left && from <= left + kWidth; };
  for (std::size_t i = 1; i < terrain.ground.size(); ++i) {
    const Point a = terrain.ground[i - 1], b = terrain.ground[i];
    if (!shown(a.x, b.x)) continue;
    // Overlapping by more than a pixel, so that no sky shines through between them.
    const Point soil[] = {{a.x, 0}, {b.x + 0.06, 0}, {b.x + 0.06, b.y}, a};
    canvas.Polygon(soil, kGround);
  }
  for (const auto& obstacle : terrain.obstacles) {
    if (!shown(obstacle[0].x, obstacle[1].x)) continue;
    canvas.Polygon(obstacle, kStone);
    Outline(canvas, obstacle, 0.05, kStoneEdge);
  }
  for (std::size_t i = 1; i < terrain.ground.size(); ++i) {
    const Point a = terrain.ground[i - 1], b = terrain.ground[i];
    if (shown(a.x, b.x)) canvas.Line(a, b, 0.08, kGrass);
  }
}

void DrawFlag(Canvas& canvas, double x, double foot) {
  const double top = foot + 5.0 / 3;
  canvas.Line({x, foot}, {x, top}, 0.05, palette::kInk);
  const Point flag[] = {{x, top}, {x + 0.83, top - 0.17}, {x, top - 0.33}};
  canvas.Polygon(flag, palette::kRed);
}

void DrawLidar(Canvas& canvas, const WalkerWorld& world) {
  const Point eye = world.physics().State(world.hull()).position;
  for (int i = 0; i < WalkerWorld::kRays; ++i) {
    const double part = world.lidar()[static_cast<std::size_t>(i)];
    const Point end = WalkerWorld::RayEnd(eye, i);
    const Point hit{eye.x + part * (end.x - eye.x), eye.y + part * (end.y - eye.y)};
    canvas.Line(eye, hit, 0.04, kRay);
    if (part < 1) canvas.Circle(hit, 0.08, palette::kRed);
  }
}

void DrawLeg(Canvas& canvas, const WalkerWorld& world, int leg, Color color) {
  for (const int limb : {2 * leg, 2 * leg + 1}) {
    const auto outline = world.physics().Outline(world.limb(limb));
    canvas.Polygon(outline, color);
    Outline(canvas, outline, 0.04, kLegEdge);
  }
}

void DrawScore(Canvas& canvas, const WalkerWorld& world, double left) {
  const BodyState hull = world.physics().State(world.hull());
  char label[128];
  std::snprintf(label, sizeof label, "ply %d   return %+.1f", world.plies(),
                world.episode_return());
  canvas.Text({left + 0.4, kHeight - 0.5}, 0.36, label, TextAlign::kLeft, palette::kInk);
  std::snprintf(label, sizeof label, "%.1f of %.1f m   %+.1f m/s",
                hull.position.x - WalkerWorld::kStartX,
                WalkerWorld::kFinishX - WalkerWorld::kStartX, hull.velocity.x);
  canvas.Text({left + kWidth - 0.4, kHeight - 0.5}, 0.36, label, TextAlign::kRight, palette::kInk);
  const char* end = world.fallen() ? "fallen" : world.arrived() ? "arrived" : "";
  if (*end != '\0') {
    canvas.Text({left + kWidth / 2, kHeight - 1.7}, 0.6, end, TextAlign::kCentre, palette::kRed);
  }
}

}  // namespace

void BipedalWalker::Draw(Canvas& canvas) const {
  const WalkerWorld& world = episode.world();
  const double left = std::max(0.0, world.x() - kBehind);
  canvas.View(left, 0, left + kWidth, kHeight);
  canvas.Clear(kSky);
  DrawClouds(canvas, left);
  DrawTerrain(canvas, world.terrain(), left);
  DrawFlag(canvas, 3 * WalkerTerrain::kStep, WalkerTerrain::kHeight);
  DrawFlag(canvas, WalkerWorld::kFinishX, world.terrain().ground[190].y);
  DrawLidar(canvas, world);
  DrawLeg(canvas, world, 1, kFar);
  const auto hull = world.physics().Outline(world.hull());
  canvas.Polygon(hull, kHull);
  Outline(canvas, hull, 0.05, kHullEdge);
  DrawLeg(canvas, world, 0, kNear);
  DrawScore(canvas, world, left);
}

}  // namespace brasa
