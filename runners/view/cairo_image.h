// The one rasteriser: Canvas on a cairo image surface. Windows, pictures and text all show its
// pixels, so they look alike.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "brasa/view.h"
#include "runners/view/view_transform.h"

struct _cairo;
struct _cairo_surface;

namespace brasa {

namespace internal {
struct CairoDelete {
  void operator()(_cairo* context) const;
  void operator()(_cairo_surface* surface) const;
};
}  // namespace internal

using CairoContext = std::unique_ptr<_cairo, internal::CairoDelete>;
using CairoSurface = std::unique_ptr<_cairo_surface, internal::CairoDelete>;

/// Width of `text` in DejaVu Sans at a capital height of one unit.
double TextWidth(std::string_view text);

class CairoImage final : public ImageSurface, private Canvas {
 public:
  /// Throws ConfigError unless both sizes are 1 .. 16384.
  CairoImage(int width, int height);

  Canvas& canvas() override { return *this; }
  Image Snapshot() const override;

  int width() const { return width_; }
  int height() const { return height_; }
  /// [height, stride] bytes, four a pixel: blue, green, red, unused. Valid until the next drawing.
  const std::uint8_t* pixels() const;
  int stride() const;
  /// The mapping of the last View.
  const ViewTransform& transform() const { return transform_; }

 private:
  void View(double x0, double y0, double x1, double y1) override;
  void Clear(Color color) override;
  void Line(Point a, Point b, double width, Color color) override;
  void Polygon(std::span<const Point> corners, Color color) override;
  void Circle(Point centre, double radius, Color color) override;
  void Ring(Point centre, double radius, double width, Color color) override;
  void Text(Point at, double height, std::string_view text, TextAlign align, Color color) override;

  void SetColor(Color color);
  /// Appends a closed path through `corners` [pixels].
  void AddPath(std::span<const Point> corners);
  /// Appends a circle [pixels] that may be far larger than the surface.
  void AddCircle(Point centre, double radius);

  int width_, height_;
  CairoSurface surface_;
  CairoContext context_;
  ViewTransform transform_;
};

}  // namespace brasa
