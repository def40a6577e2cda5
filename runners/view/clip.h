// Cutting far shapes down to what cairo's 24.8 fixed-point coordinates can hold. Pixels.
#pragma once

#include <span>
#include <vector>

#include "brasa/canvas.h"

namespace brasa {

/// Coordinates beyond this are cut [pixels]; far outside every surface, far inside 2^23.
inline constexpr double kFarPixels = 1e6;

/// True if no coordinate of the points exceeds kFarPixels.
bool IsNear(std::span<const Point> points);

/// The part of the polygon inside the square |x|, |y| <= kFarPixels; may be empty.
/// Source: Sutherland and Hodgman 1974.
std::vector<Point> ClipFarPolygon(std::span<const Point> corners);

/// Cuts the line to the same square; false if nothing of it is inside. Source: Liang and Barsky
/// 1984.
bool ClipFarLine(Point& a, Point& b);

}  // namespace brasa
