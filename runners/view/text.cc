// Drawings for terminals: rendered at columns x 2 rows pixels, two of which make a cell. Text that
// would be too small to read in such pixels is written in cells, over everything else.
#include <algorithm>
#include <cmath>
#include <string>

#include "brasa/core/error.h"
#include "brasa/view.h"
#include "runners/view/clean_text.h"
#include "runners/view/view_transform.h"

namespace brasa {
namespace {

constexpr int kMaxCells = 1000;

Color PixelAt(const Image& image, int x, int y) {
  const auto i = static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                 static_cast<std::size_t>(x);
  return {image.rgb[3 * i], image.rgb[3 * i + 1], image.rgb[3 * i + 2], 255};
}

bool Equal(Color a, Color b) { return a.r == b.r && a.g == b.g && a.b == b.b; }

std::string Escape(int layer, Color color) {
  return "\x1b[" + std::to_string(layer) + ";2;" + std::to_string(color.r) + ";" +
         std::to_string(color.g) + ";" + std::to_string(color.b) + "m";
}

/// A character in a cell; empty where the drawing shows.
struct Glyph {
  std::string text;  // one code point
  Color color;
};

/// The code points of clean UTF-8.
std::vector<std::string> CodePoints(const std::string& text) {
  std::vector<std::string> points;
  for (const char c : text) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (!continues) points.emplace_back();
    points.back() += c;
  }
  return points;
}

/// Passes drawings on to a surface of columns x 2 rows pixels and keeps small text as glyphs.
class TerminalCanvas final : public Canvas {
 public:
  TerminalCanvas(int columns, int rows)
      : columns_(columns),
        rows_(rows),
        surface_(MakeImageSurface(columns, 2 * rows)),
        glyphs_(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows)) {
    View(0, 0, columns, 2 * rows);
  }

  Image Pixels() const { return surface_->Snapshot(); }
  const Glyph& GlyphAt(int column, int row) const { return glyphs_[Cell(column, row)]; }

  void View(double x0, double y0, double x1, double y1) override {
    surface_->canvas().View(x0, y0, x1, y1);
    const ViewTransform fitted = FitView(x0, y0, x1, y1, columns_, 2 * rows_);
    if (x0 < x1 && y0 < y1 && std::isfinite(fitted.scale)) transform_ = fitted;
  }
  void Clear(Color color) override {
    surface_->canvas().Clear(color);
    std::fill(glyphs_.begin(), glyphs_.end(), Glyph{});
  }
  void Line(Point a, Point b, double width, Color color) override {
    surface_->canvas().Line(a, b, width, color);
  }
  void Polygon(std::span<const Point> corners, Color color) override {
    surface_->canvas().Polygon(corners, color);
  }
  void Circle(Point centre, double radius, Color color) override {
    surface_->canvas().Circle(centre, radius, color);
  }
  void Ring(Point centre, double radius, double width, Color color) override {
    surface_->canvas().Ring(centre, radius, width, color);
  }
  void Text(Point at, double height, std::string_view text, TextAlign align, Color color) override {
    constexpr double kReadable = 7;  // height of capitals that pixels can show [pixels]
    const Point pixel = transform_.ToPixel(at);
    if (!(height * transform_.scale < kReadable)) {
      surface_->canvas().Text(at, height, text, align, color);
    } else if (height > 0 && pixel.x > -kMaxCells && pixel.x < 2 * kMaxCells && pixel.y >= 0 &&
               pixel.y < 2 * rows_) {
      Write(pixel, CodePoints(CleanText(text)), align, color);
    }
  }

 private:
  std::size_t Cell(int column, int row) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
           static_cast<std::size_t>(column);
  }
  void Write(Point pixel, const std::vector<std::string>& text, TextAlign align, Color color) {
    const double shift = align == TextAlign::kLeft ? 0 : align == TextAlign::kCentre ? 0.5 : 1;
    int column =
        static_cast<int>(std::floor(pixel.x - shift * static_cast<double>(text.size()) + 0.5));
    const int row = static_cast<int>(pixel.y / 2);
    for (const std::string& point : text) {
      if (column >= 0 && column < columns_) glyphs_[Cell(column, row)] = {point, color};
      ++column;
    }
  }

  int columns_, rows_;
  std::unique_ptr<ImageSurface> surface_;
  std::vector<Glyph> glyphs_;  // [rows, columns]
  ViewTransform transform_;
};

Color Mean(Color a, Color b) {
  const auto mean = [](int x, int y) { return static_cast<std::uint8_t>((x + y) / 2); };
  return {mean(a.r, b.r), mean(a.g, b.g), mean(a.b, b.b), 255};
}

/// Colours are told where they change and reset at the end of every line.
std::string ColourRow(const TerminalCanvas& canvas, const Image& image, int row) {
  std::string text;
  Color last_ink, last_ground;
  for (int x = 0; x < image.width; ++x) {
    Color ink = PixelAt(image, x, 2 * row);
    Color ground = PixelAt(image, x, 2 * row + 1);
    const Glyph& glyph = canvas.GlyphAt(x, row);
    if (!glyph.text.empty()) {
      ground = Mean(ink, ground);
      ink = glyph.color;
    }
    if (x == 0 || !Equal(ink, last_ink)) text += Escape(38, ink);
    if (x == 0 || !Equal(ground, last_ground)) text += Escape(48, ground);
    text += glyph.text.empty() ? "\u2580" : glyph.text;
    last_ink = ink;
    last_ground = ground;
  }
  return text + "\x1b[0m\n";
}

struct Letter {
  Color color;
  char letter;
};
constexpr Letter kLetters[] = {{palette::kBlue, 'b'},   {palette::kSky, 's'},
                               {palette::kOrange, 'o'}, {palette::kRed, 'r'},
                               {palette::kGreen, 'g'},  {palette::kYellow, 'y'}};

char NearestLetter(Color color) {
  const auto distance = [color](Color other) {
    const int r = color.r - other.r;
    const int g = color.g - other.g;
    const int b = color.b - other.b;
    return r * r + g * g + b * b;
  };
  return std::min_element(std::begin(kLetters), std::end(kLetters),
                          [&](const Letter& a, const Letter& b) {
                            return distance(a.color) < distance(b.color);
                          })
      ->letter;
}

/// A letter if the channels are more than 90 apart (palette::kSky has 147, its half with paper
/// 78), a ramp of darkness otherwise.
char AsciiCell(Color cell) {
  const auto [low, high] = std::minmax({cell.r, cell.g, cell.b});
  if (high - low > 90) return NearestLetter(cell);
  constexpr std::string_view kRamp = " .:-=+*#%@";
  constexpr int kPaperLuminance = 248;  // of palette::kPaper; and lighter
  const int luminance = (299 * cell.r + 587 * cell.g + 114 * cell.b) / 1000;
  const int darkness = std::max(0, kPaperLuminance - luminance);
  return kRamp[static_cast<std::size_t>(darkness * static_cast<int>(kRamp.size() - 1) /
                                        kPaperLuminance)];
}

std::string AsciiRow(const TerminalCanvas& canvas, const Image& image, int row) {
  std::string text;
  for (int x = 0; x < image.width; ++x) {
    const std::string& glyph = canvas.GlyphAt(x, row).text;
    if (glyph.empty()) {
      text += AsciiCell(Mean(PixelAt(image, x, 2 * row), PixelAt(image, x, 2 * row + 1)));
    } else {
      text += glyph.size() == 1 ? glyph[0] : '?';
    }
  }
  return text + "\n";
}

}  // namespace

std::string DrawAsText(const Drawing& draw, int columns, int rows, TextStyle style) {
  if (columns < 1 || columns > kMaxCells || rows < 1 || rows > kMaxCells) {
    throw ConfigError("a drawing of " + std::to_string(columns) + " x " + std::to_string(rows) +
                      " characters is not allowed; give 1 to " + std::to_string(kMaxCells) +
                      " each");
  }
  TerminalCanvas canvas(columns, rows);
  draw(canvas);
  const Image image = canvas.Pixels();
  std::string text;
  for (int row = 0; row < rows; ++row) {
    text +=
        style == TextStyle::kColour ? ColourRow(canvas, image, row) : AsciiRow(canvas, image, row);
  }
  return text;
}

}  // namespace brasa
