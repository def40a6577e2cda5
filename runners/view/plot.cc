#include "brasa/plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "brasa/core/error.h"
#include "runners/view/cairo_image.h"
#include "runners/view/plot_axis.h"
#include "runners/view/plot_surface.h"

namespace brasa {
namespace {

constexpr int kMaxRows = 8;                              // of the legend
constexpr int kMinPlotSize = 200, kMaxPlotSize = 16384;  // [pixels]
/// Of palette those that stand out on paper, as lines; more curves begin again.
constexpr std::array kColors = {palette::kBlue,   palette::kRed, palette::kGreen,
                                palette::kOrange, palette::kSky, palette::kInk};

Color ColorOf(std::size_t curve) { return kColors[curve % kColors.size()]; }

Color Translucent(Color color) { return {color.r, color.g, color.b, 50}; }

/// The smallest and largest finite value met.
struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void Add(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

void CheckLengths(const Curve& curve) {
  const std::size_t n = curve.x.size();
  const bool banded = !curve.low.empty() || !curve.high.empty();
  if (curve.y.size() == n && (!banded || (curve.low.size() == n && curve.high.size() == n))) return;
  throw UsageError("curve '" + curve.label + "' has " + std::to_string(n) + " x, " +
                   std::to_string(curve.y.size()) + " y, " + std::to_string(curve.low.size()) +
                   " low and " + std::to_string(curve.high.size()) + " high values");
}

/// Of the points in one column of pixels the first, lowest, highest and last are kept: the picture
/// stays the same and files stay small.
std::vector<Point> Thinned(std::span<const Point> points) {
  std::vector<Point> kept;
  for (std::size_t begin = 0, end = 0; begin < points.size(); begin = end) {
    const double column = std::floor(points[begin].x);
    while (end < points.size() && std::floor(points[end].x) == column) ++end;
    const auto lower = [](Point a, Point b) { return a.y < b.y; };
    const auto in_column = points.subspan(begin, end - begin);
    const auto [low, high] = std::minmax_element(in_column.begin(), in_column.end(), lower);
    kept.push_back(in_column.front());
    for (const auto& point : {std::min(low, high), std::max(low, high)}) {
      if (point != in_column.begin() && point != in_column.end() - 1) kept.push_back(*point);
    }
    if (in_column.size() > 1) kept.push_back(in_column.back());
  }
  return kept;
}

/// Draws one plot. All lengths are pixels; `unit_` is one at the default size.
class Plotter {
 public:
  Plotter(const PlotSpec& spec, PlotSurface& surface)
      : spec_(spec),
        surface_(surface),
        unit_(std::min(spec.width / 800.0, spec.height / 500.0)),
        text_(9 * unit_) {}

  void Draw(const Range& x, const Range& y) {
    Title();
    Legend();
    top_ += spec_.y_label.empty() ? 16 * unit_ : 42 * unit_;
    bottom_ = spec_.height - (spec_.x_label.empty() ? 32 : 54) * unit_;
    y_axis_ = MakeAxis(y.low, y.high, static_cast<int>((bottom_ - top_) / (45 * unit_)),
                       AxisEnds::kAtTicks);
    double widest = 0;
    for (const double tick : y_axis_.ticks) {
      widest = std::max(widest, text_ * TextWidth(TickLabel(tick, y_axis_.step)));
    }
    left_ = 30 * unit_ + widest;
    right_ = spec_.width - 34 * unit_;
    x_axis_ = MakeAxis(x.low, x.high, static_cast<int>((right_ - left_) / (90 * unit_)),
                       AxisEnds::kAtValues);
    Axes();
    Curves();
    Reference();
  }

 private:
  Point Place(double x, double y) const {
    return {left_ + x_axis_.Place(x) * (right_ - left_),
            bottom_ - y_axis_.Place(y) * (bottom_ - top_)};
  }

  void Title() {
    top_ = 18 * unit_;
    if (spec_.title.empty()) return;
    top_ += 12 * unit_;
    surface_.Text({20 * unit_, top_}, 12 * unit_, spec_.title, TextAlign::kLeft, palette::kInk);
    top_ += 6 * unit_;
  }

  /// Names of the curves and the reference from left to right, in up to kMaxRows rows.
  void Legend() {
    struct Entry {
      std::string label;
      double width;  // of its line
      Color color;
    };
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < spec_.curves.size(); ++i) {
      entries.push_back({spec_.curves[i].label, 4 * unit_, ColorOf(i)});
    }
    if (std::isfinite(spec_.reference)) {
      entries.push_back({spec_.reference_label, 1.2 * unit_, palette::kGrey});
    }
    std::erase_if(entries, [](const Entry& entry) { return entry.label.empty(); });

    const double begin = 20 * unit_;
    double x = begin;
    int rows = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const double width = 28 * unit_ + text_ * TextWidth(entries[i].label);
      if (rows == 0 || (x > begin && x + width > spec_.width - begin)) {
        x = begin;
        top_ += 22 * unit_;
        ++rows;
      }
      if (rows > kMaxRows) {
        const std::string rest = "and " + std::to_string(entries.size() - i) + " more";
        surface_.Text({x, top_}, text_, rest, TextAlign::kLeft, palette::kInk);
        return;
      }
      const Point mark[] = {{x, top_ - text_ / 2}, {x + 20 * unit_, top_ - text_ / 2}};
      surface_.Polyline(mark, entries[i].width, entries[i].color);
      surface_.Text({x + 28 * unit_, top_}, text_, entries[i].label, TextAlign::kLeft,
                    palette::kInk);
      x += width + 24 * unit_;
    }
  }

  void Axes() {
    for (const double tick : y_axis_.ticks) {
      const double y = Place(x_axis_.low, tick).y;
      const Point line[] = {{left_, y}, {right_, y}};
      surface_.Polyline(line, unit_, palette::kLight);
      surface_.Text({left_ - 10 * unit_, y + text_ / 2}, text_, TickLabel(tick, y_axis_.step),
                    TextAlign::kRight, palette::kInk);
    }
    const Point base[] = {{left_, bottom_}, {right_, bottom_}};
    surface_.Polyline(base, unit_, palette::kInk);
    for (const double tick : x_axis_.ticks) {
      const double x = Place(tick, y_axis_.low).x;
      const Point mark[] = {{x, bottom_}, {x, bottom_ + 5 * unit_}};
      surface_.Polyline(mark, unit_, palette::kInk);
      surface_.Text({x, bottom_ + 12 * unit_ + text_}, text_, TickLabel(tick, x_axis_.step),
                    TextAlign::kCentre, palette::kInk);
    }
    surface_.Text({(left_ + right_) / 2, spec_.height - 12 * unit_}, text_, spec_.x_label,
                  TextAlign::kCentre, palette::kInk);
    surface_.Text({20 * unit_, top_ - 15 * unit_}, text_, spec_.y_label, TextAlign::kLeft,
                  palette::kInk);
  }

  /// All bands lie below all lines.
  void Curves() {
    for (std::size_t i = 0; i < spec_.curves.size(); ++i) Band(spec_.curves[i], ColorOf(i));
    for (std::size_t i = 0; i < spec_.curves.size(); ++i) Line(spec_.curves[i], ColorOf(i));
  }

  void Band(const Curve& curve, Color color) {
    std::vector<Point> low, high;
    const auto finish = [&] {
      std::vector<Point> corners = Thinned(low);
      const std::vector<Point> back = Thinned(high);
      corners.insert(corners.end(), back.rbegin(), back.rend());
      if (low.size() > 1) surface_.Polygon(corners, Translucent(color));
      low.clear();
      high.clear();
    };
    for (std::size_t i = 0; i < curve.low.size(); ++i) {
      if (!std::isfinite(curve.x[i] + curve.low[i] + curve.high[i])) {
        finish();
        continue;
      }
      low.push_back(Place(curve.x[i], curve.low[i]));
      high.push_back(Place(curve.x[i], curve.high[i]));
    }
    finish();
  }

  /// Runs of finite points are lines; a point alone is a dot.
  void Line(const Curve& curve, Color color) {
    std::vector<Point> run;
    const auto finish = [&] {
      if (run.size() == 1) surface_.Circle(run[0], 3 * unit_, color);
      if (run.size() > 1) surface_.Polyline(Thinned(run), 1.8 * unit_, color);
      run.clear();
    };
    for (std::size_t i = 0; i < curve.y.size(); ++i) {
      if (std::isfinite(curve.x[i]) && std::isfinite(curve.y[i])) {
        run.push_back(Place(curve.x[i], curve.y[i]));
      } else {
        finish();
      }
    }
    finish();
  }

  void Reference() {
    if (!std::isfinite(spec_.reference)) return;
    const double y = Place(x_axis_.low, spec_.reference).y;
    const Point line[] = {{left_, y}, {right_, y}};
    surface_.Polyline(line, 1.2 * unit_, palette::kGrey);
  }

  const PlotSpec& spec_;
  PlotSurface& surface_;
  const double unit_;
  const double text_;  // height of capitals
  double left_ = 0, right_ = 0, top_ = 0, bottom_ = 0;
  Axis x_axis_, y_axis_;
};

std::unique_ptr<PlotSurface> MakeSurface(const PlotSpec& spec, const std::string& path) {
  if (path.ends_with(".svg")) return MakeSvgSurface(spec.width, spec.height);
  if (path.ends_with(".png")) return MakePngSurface(spec.width, spec.height);
  throw ConfigError("plot file '" + path + "' is not allowed; its name must end in .svg or .png");
}

}  // namespace

void WritePlot(const PlotSpec& spec, const std::string& path) {
  if (std::min(spec.width, spec.height) < kMinPlotSize ||
      std::max(spec.width, spec.height) > kMaxPlotSize) {
    throw ConfigError("plot of " + std::to_string(spec.width) + " x " +
                      std::to_string(spec.height) + " pixels is not allowed; give " +
                      std::to_string(kMinPlotSize) + " to " + std::to_string(kMaxPlotSize) +
                      " each");
  }
  const std::unique_ptr<PlotSurface> surface = MakeSurface(spec, path);
  Range x, y;
  for (const Curve& curve : spec.curves) {
    CheckLengths(curve);
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      if (!std::isfinite(curve.x[i]) || !std::isfinite(curve.y[i])) continue;
      x.Add(curve.x[i]);
      y.Add(curve.y[i]);
    }
    for (const std::vector<double>* bound : {&curve.low, &curve.high}) {
      for (std::size_t i = 0; i < bound->size(); ++i) {
        if (std::isfinite(curve.x[i])) y.Add((*bound)[i]);
      }
    }
  }
  if (x.low > x.high) {
    throw ConfigError("cannot plot '" + path + "': no curve has a finite point");
  }
  y.Add(spec.reference);
  Plotter(spec, *surface).Draw(x, y);
  surface->Write(path);
}

}  // namespace brasa
