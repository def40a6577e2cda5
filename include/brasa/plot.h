// Curves with intervals, as SVG or PNG.
#pragma once

#include <limits>
#include <string>
#include <vector>

namespace brasa {

/// One curve of n points. Values that are not finite are gaps.
struct Curve {
  std::string label;              // in the legend; empty = not listed
  std::vector<double> x, y;       // [n]
  std::vector<double> low, high;  // [n] a band around the curve; both empty = none
};

struct PlotSpec {
  std::string title, x_label, y_label;  // empty ones take no room
  std::vector<Curve> curves;            // drawn in this order, in the colours of brasa::palette
  /// A horizontal line, such as the threshold of an environment; NaN = none.
  double reference = std::numeric_limits<double>::quiet_NaN();
  std::string reference_label;    // in the legend
  int width = 800, height = 500;  // [pixels], 200 .. 16384 each; text and lines grow with them
};

/// Writes the plot to `path`, whose ending chooses the format: ".svg" or ".png". The axes hold
/// every finite value, band and reference included. Throws ConfigError for another ending, a size
/// out of range and a plot without a finite point, UsageError for vectors of different length, and
/// as WritePng for a path that cannot be written; `path` is then as it was.
void WritePlot(const PlotSpec& spec, const std::string& path);

}  // namespace brasa
