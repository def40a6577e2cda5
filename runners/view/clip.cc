#include "runners/view/clip.h"

#include <algorithm>
#include <cmath>

namespace brasa {
namespace {

/// Signed distance of `at` into the half-plane of side 0 .. 3 of the square.
double Inside(Point at, int side) {
  const double sign = side % 2 == 0 ? 1.0 : -1.0;
  return kFarPixels - sign * (side < 2 ? at.x : at.y);
}

Point Between(Point a, Point b, double t) { return {a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t}; }

}  // namespace

bool IsNear(std::span<const Point> points) {
  return std::all_of(points.begin(), points.end(), [](Point p) {
    return std::abs(p.x) <= kFarPixels && std::abs(p.y) <= kFarPixels;
  });
}

std::vector<Point> ClipFarPolygon(std::span<const Point> corners) {
  std::vector<Point> kept(corners.begin(), corners.end());
  for (int side = 0; side < 4; ++side) {
    std::vector<Point> next;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const Point a = kept[i];
      const Point b = kept[(i + 1) % kept.size()];
      const double in_a = Inside(a, side);
      const double in_b = Inside(b, side);
      if (in_a >= 0) next.push_back(a);
      if ((in_a >= 0) != (in_b >= 0)) next.push_back(Between(a, b, in_a / (in_a - in_b)));
    }
    kept = std::move(next);
  }
  return kept;
}

bool ClipFarLine(Point& a, Point& b) {
  double first = 0;
  double last = 1;
  for (int side = 0; side < 4; ++side) {
    const double in_a = Inside(a, side);
    const double in_b = Inside(b, side);
    if (in_a < 0 && in_b < 0) return false;
    if (in_a < 0) first = std::max(first, in_a / (in_a - in_b));
    if (in_b < 0) last = std::min(last, in_a / (in_a - in_b));
  }
  if (first > last) return false;
  const Point from = a;
  const Point to = b;
  a = Between(from, to, first);
  b = Between(from, to, last);
  return true;
}

}  // namespace brasa
