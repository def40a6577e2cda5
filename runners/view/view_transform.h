// From view units to pixels and back: scaled evenly, centred, y up becomes y down.
#pragma once

#include <algorithm>
#include <cmath>

#include "brasa/canvas.h"

namespace brasa {

struct ViewTransform {
  double scale = 1;                 // [pixels per view unit]
  double x_view = 0, y_view = 0;    // centre of the view [view units]
  double x_pixel = 0, y_pixel = 0;  // centre of the surface [pixels]

  Point ToPixel(Point at) const {
    return {x_pixel + (at.x - x_view) * scale, y_pixel - (at.y - y_view) * scale};
  }
  Point ToView(Point at) const {
    return {x_view + (at.x - x_pixel) / scale, y_view - (at.y - y_pixel) / scale};
  }
};

/// Fits [x0, x1] x [y0, y1] into width x height pixels. The scale is positive and finite if the
/// rectangle is not empty and finite.
inline ViewTransform FitView(double x0, double y0, double x1, double y1, int width, int height) {
  return {std::min(width / (x1 - x0), height / (y1 - y0)), (x0 + x1) / 2, (y0 + y1) / 2,
          width / 2.0, height / 2.0};
}

inline bool IsFinite(Point at) { return std::isfinite(at.x) && std::isfinite(at.y); }

}  // namespace brasa
