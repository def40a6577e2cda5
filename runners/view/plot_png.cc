#include <vector>

#include "brasa/view.h"
#include "runners/view/plot_surface.h"

namespace brasa {
namespace {

class PngSurface final : public PlotSurface {
 public:
  PngSurface(int width, int height) : surface_(MakeImageSurface(width, height)), height_(height) {}

  void Polyline(std::span<const Point> points, double width, Color color) override {
    for (std::size_t i = 1; i < points.size(); ++i) {
      surface_->canvas().Line(Up(points[i - 1]), Up(points[i]), width, color);
    }
  }
  void Polygon(std::span<const Point> corners, Color color) override {
    std::vector<Point> up;
    for (const Point corner : corners) up.push_back(Up(corner));
    surface_->canvas().Polygon(up, color);
  }
  void Circle(Point centre, double radius, Color color) override {
    surface_->canvas().Circle(Up(centre), radius, color);
  }
  void Text(Point at, double height, std::string_view text, TextAlign align, Color color) override {
    surface_->canvas().Text(Up({at.x, at.y - height / 2}), height, text, align, color);
  }
  void Write(const std::string& path) override { WritePng(surface_->Snapshot(), path); }

 private:
  Point Up(Point at) const { return {at.x, height_ - at.y}; }

  std::unique_ptr<ImageSurface> surface_;
  double height_;  // [pixels]
};

}  // namespace

std::unique_ptr<PlotSurface> MakePngSurface(int width, int height) {
  return std::make_unique<PngSurface>(width, height);
}

}  // namespace brasa
