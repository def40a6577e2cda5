// Drawings for terminals: rendered at columns x 2 rows pixels, two of which make a cell.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <string>

#include "brasa/core/error.h"
#include "brasa/view.h"

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

/// Colours are told where they change and reset at the end of every line.
std::string ColourRow(const Image& image, int row) {
  std::string text;
  Color last_top, last_bottom;
  for (int x = 0; x < image.width; ++x) {
    const Color top = PixelAt(image, x, 2 * row);
    const Color bottom = PixelAt(image, x, 2 * row + 1);
    if (x == 0 || !Equal(top, last_top)) text += Escape(38, top);
    if (x == 0 || !Equal(bottom, last_bottom)) text += Escape(48, bottom);
    text += "\u2580";
    last_top = top;
    last_bottom = bottom;
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
char AsciiCell(Color top, Color bottom) {
  const auto mean = [](int a, int b) { return static_cast<std::uint8_t>((a + b) / 2); };
  const Color cell{mean(top.r, bottom.r), mean(top.g, bottom.g), mean(top.b, bottom.b), 255};
  const auto [low, high] = std::minmax({cell.r, cell.g, cell.b});
  if (high - low > 90) return NearestLetter(cell);
  constexpr std::string_view kRamp = " .:-=+*#%@";
  constexpr int kPaperLuminance = 248;  // of palette::kPaper; and lighter
  const int luminance = (299 * cell.r + 587 * cell.g + 114 * cell.b) / 1000;
  const int darkness = std::max(0, kPaperLuminance - luminance);
  return kRamp[static_cast<std::size_t>(darkness * static_cast<int>(kRamp.size() - 1) /
                                        kPaperLuminance)];
}

std::string AsciiRow(const Image& image, int row) {
  std::string text;
  for (int x = 0; x < image.width; ++x) {
    text += AsciiCell(PixelAt(image, x, 2 * row), PixelAt(image, x, 2 * row + 1));
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
  const std::unique_ptr<ImageSurface> surface = MakeImageSurface(columns, 2 * rows);
  draw(surface->canvas());
  const Image image = surface->Snapshot();
  std::string text;
  for (int row = 0; row < rows; ++row) {
    text += style == TextStyle::kColour ? ColourRow(image, row) : AsciiRow(image, row);
  }
  return text;
}

}  // namespace brasa
