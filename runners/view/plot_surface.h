// What a plot is drawn on. Pixels from the top left corner, y down.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "brasa/canvas.h"

namespace brasa {

class PlotSurface {
 public:
  virtual ~PlotSurface() = default;
  /// An opaque line through the points, joined and ended round.
  virtual void Polyline(std::span<const Point> points, double width, Color color) = 0;
  virtual void Polygon(std::span<const Point> corners, Color color) = 0;
  virtual void Circle(Point centre, double radius, Color color) = 0;
  /// One line of text with capitals of `height` pixels, standing on `at`.
  virtual void Text(Point at, double height, std::string_view text, TextAlign align,
                    Color color) = 0;
  /// Finishes the drawing and writes it. Called once, last.
  virtual void Write(const std::string& path) = 0;
};

std::unique_ptr<PlotSurface> MakeSvgSurface(int width, int height);
std::unique_ptr<PlotSurface> MakePngSurface(int width, int height);

}  // namespace brasa
