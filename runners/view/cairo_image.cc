#include "runners/view/cairo_image.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "brasa/core/error.h"
#include "brasa/core/math.h"
#include "runners/view/clean_text.h"
#include "runners/view/clip.h"

namespace brasa {

void internal::CairoDelete::operator()(cairo_t* context) const { cairo_destroy(context); }
void internal::CairoDelete::operator()(cairo_surface_t* surface) const {
  cairo_surface_destroy(surface);
}

namespace {

constexpr int kMaxSize = 16384;  // [pixels]; cairo's own limit is 32767
/// Height of a capital in DejaVu Sans, as a part of the font size (OS/2 table: 1493 of 2048).
constexpr double kCapitalHeight = 1493.0 / 2048;
/// Font sizes outside this range show nothing that could be read [pixels].
constexpr double kMinFont = 1, kMaxFont = 20000;

void CheckSize(int width, int height) {
  if (width >= 1 && width <= kMaxSize && height >= 1 && height <= kMaxSize) return;
  throw ConfigError("picture of " + std::to_string(width) + " x " + std::to_string(height) +
                    " pixels is not allowed; give 1 to " + std::to_string(kMaxSize) + " each");
}

void CheckStatus(cairo_status_t status) {
  if (status == CAIRO_STATUS_SUCCESS) return;
  throw IoError(std::string("cannot make a picture: ") + cairo_status_to_string(status));
}

void SelectFont(cairo_t* context, double size) {
  cairo_select_font_face(context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(context, size);
}

/// Grey antialiasing and widths that do not depend on the size, so that all sizes look alike.
void SetFontOptions(cairo_t* context) {
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(context, options);
  cairo_font_options_destroy(options);
}

}  // namespace

double TextWidth(std::string_view text) {
  constexpr double kSize = 100;
  const CairoSurface surface(cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1));
  const CairoContext context(cairo_create(surface.get()));
  SetFontOptions(context.get());
  SelectFont(context.get(), kSize / kCapitalHeight);
  cairo_text_extents_t extents;
  cairo_text_extents(context.get(), CleanText(text).c_str(), &extents);
  return extents.x_advance / kSize;
}

CairoImage::CairoImage(int width, int height) : width_(width), height_(height) {
  CheckSize(width, height);
  surface_.reset(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height));
  CheckStatus(cairo_surface_status(surface_.get()));
  context_.reset(cairo_create(surface_.get()));
  CheckStatus(cairo_status(context_.get()));
  cairo_set_line_cap(context_.get(), CAIRO_LINE_CAP_ROUND);
  cairo_set_fill_rule(context_.get(), CAIRO_FILL_RULE_EVEN_ODD);
  SetFontOptions(context_.get());
  View(0, 0, width, height);
  Clear(palette::kPaper);
}

const std::uint8_t* CairoImage::pixels() const {
  cairo_surface_flush(surface_.get());
  return cairo_image_surface_get_data(surface_.get());
}

int CairoImage::stride() const { return cairo_image_surface_get_stride(surface_.get()); }

Image CairoImage::Snapshot() const {
  Image image{width_, height_, {}};
  image.rgb.resize(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_) * 3);
  const std::uint8_t* from = pixels();
  std::uint8_t* to = image.rgb.data();
  for (int y = 0; y < height_; ++y, from += stride()) {
    for (int x = 0; x < width_; ++x, to += 3) {
      to[0] = from[4 * x + 2];
      to[1] = from[4 * x + 1];
      to[2] = from[4 * x];
    }
  }
  return image;
}

void CairoImage::View(double x0, double y0, double x1, double y1) {
  const ViewTransform fitted = FitView(x0, y0, x1, y1, width_, height_);
  if (!(x0 < x1 && y0 < y1 && std::isfinite(fitted.scale) && fitted.scale > 0)) return;
  transform_ = fitted;
  const Point low = fitted.ToPixel({x0, y1});
  const Point high = fitted.ToPixel({x1, y0});
  const double left = std::round(low.x);
  const double top = std::round(low.y);
  cairo_reset_clip(context_.get());
  cairo_rectangle(context_.get(), left, top, std::max(1.0, std::round(high.x) - left),
                  std::max(1.0, std::round(high.y) - top));
  cairo_clip(context_.get());
}

void CairoImage::Clear(Color color) {
  cairo_save(context_.get());
  cairo_reset_clip(context_.get());
  SetColor(color);
  cairo_paint(context_.get());
  cairo_restore(context_.get());
}

void CairoImage::Line(Point a, Point b, double width, Color color) {
  Point from = transform_.ToPixel(a);
  Point to = transform_.ToPixel(b);
  if (!IsFinite(from) || !IsFinite(to) || !std::isfinite(width) || !ClipFarLine(from, to)) return;
  SetColor(color);
  cairo_set_line_width(context_.get(), std::clamp(width * transform_.scale, 1.0, kFarPixels));
  cairo_move_to(context_.get(), from.x, from.y);
  cairo_line_to(context_.get(), to.x, to.y);
  cairo_stroke(context_.get());
}

void CairoImage::Polygon(std::span<const Point> corners, Color color) {
  std::vector<Point> path;
  for (const Point corner : corners) {
    path.push_back(transform_.ToPixel(corner));
    if (!IsFinite(path.back())) return;
  }
  SetColor(color);
  cairo_set_fill_rule(context_.get(), CAIRO_FILL_RULE_WINDING);
  AddPath(path);
  cairo_fill(context_.get());
  cairo_set_fill_rule(context_.get(), CAIRO_FILL_RULE_EVEN_ODD);
}

void CairoImage::Circle(Point centre, double radius, Color color) {
  SetColor(color);
  AddCircle(transform_.ToPixel(centre), radius * transform_.scale);
  cairo_fill(context_.get());
}

void CairoImage::Ring(Point centre, double radius, double width, Color color) {
  const Point at = transform_.ToPixel(centre);
  const double half = std::max(width * transform_.scale, 1.0) / 2;
  SetColor(color);
  AddCircle(at, radius * transform_.scale + half);
  AddCircle(at, radius * transform_.scale - half);
  cairo_fill(context_.get());
}

void CairoImage::Text(Point at, double height, std::string_view text, TextAlign align,
                      Color color) {
  const Point anchor = transform_.ToPixel(at);
  const double capital = height * transform_.scale;  // [pixels]
  const double size = capital / kCapitalHeight;
  if (!IsFinite(anchor) || !IsNear({&anchor, 1}) || !(size >= kMinFont && size <= kMaxFont)) return;
  const std::string clean = CleanText(text);
  SelectFont(context_.get(), size);
  cairo_text_extents_t extents;
  cairo_text_extents(context_.get(), clean.c_str(), &extents);
  const double shift = align == TextAlign::kLeft ? 0 : align == TextAlign::kCentre ? 0.5 : 1;
  SetColor(color);
  cairo_move_to(context_.get(), anchor.x - shift * extents.x_advance, anchor.y + capital / 2);
  cairo_show_text(context_.get(), clean.c_str());
  cairo_new_path(context_.get());
}

void CairoImage::SetColor(Color color) {
  cairo_set_source_rgba(context_.get(), color.r / 255.0, color.g / 255.0, color.b / 255.0,
                        color.a / 255.0);
}

void CairoImage::AddPath(std::span<const Point> corners) {
  std::vector<Point> clipped;
  if (!IsNear(corners)) {
    clipped = ClipFarPolygon(corners);
    corners = clipped;
  }
  for (const Point corner : corners) cairo_line_to(context_.get(), corner.x, corner.y);
  cairo_close_path(context_.get());
  cairo_new_sub_path(context_.get());
}

void CairoImage::AddCircle(Point centre, double radius) {
  if (!IsFinite(centre) || !std::isfinite(radius) || radius <= 0) return;
  const Point corners[] = {{centre.x - radius, centre.y - radius},
                           {centre.x + radius, centre.y + radius}};
  if (IsNear(corners)) {
    cairo_new_sub_path(context_.get());
    cairo_arc(context_.get(), centre.x, centre.y, radius, 0, 2 * kPi);
    cairo_close_path(context_.get());
    return;
  }
  constexpr int kCorners = 4096;
  std::vector<Point> path;
  for (int i = 0; i < kCorners; ++i) {
    const double angle = 2 * kPi * i / kCorners;
    path.push_back({centre.x + radius * std::cos(angle), centre.y + radius * std::sin(angle)});
  }
  AddPath(path);
}

std::unique_ptr<ImageSurface> MakeImageSurface(int width, int height) {
  return std::make_unique<CairoImage>(width, height);
}

}  // namespace brasa
