// The surface an environment draws on. One drawing serves the window, pictures and video; an
// environment never knows which. Coordinates are in the env's own units: `View` sets the rectangle
// that is shown, x to the right, y up, scaled evenly and centred.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace brasa {

/// Opaque colour, 0 .. 255 a channel, with transparency in `a` (255 = opaque).
struct Color {
  std::uint8_t r = 0, g = 0, b = 0, a = 255;
};

struct Point {
  double x = 0, y = 0;
};

enum class TextAlign { kLeft, kCentre, kRight };

/// Colours that stay apart in greyscale and for colour-blind people (Okabe and Ito 2008), so that
/// all environments look like one family.
namespace palette {
inline constexpr Color kPaper{250, 249, 245, 255};
inline constexpr Color kInk{33, 37, 41, 255};
inline constexpr Color kGrey{150, 154, 160, 255};
inline constexpr Color kLight{222, 224, 227, 255};
inline constexpr Color kBlue{0, 114, 178, 255};
inline constexpr Color kSky{86, 180, 233, 255};
inline constexpr Color kOrange{230, 159, 0, 255};
inline constexpr Color kRed{213, 94, 0, 255};
inline constexpr Color kGreen{0, 158, 115, 255};
inline constexpr Color kYellow{240, 228, 66, 255};
inline constexpr Color kWhite{255, 255, 255, 255};
}  // namespace palette

/// What backends implement. Calls never throw for odd numbers; drawing outside the view is cut off.
/// One thread at a time.
class Canvas {
 public:
  virtual ~Canvas() = default;
  /// Shows the rectangle [x0, x1] x [y0, y1] (x0 < x1, y0 < y1). The first call of a drawing.
  virtual void View(double x0, double y0, double x1, double y1) = 0;
  /// Fills everything, beyond the view's rectangle too.
  virtual void Clear(Color color) = 0;
  virtual void Line(Point a, Point b, double width, Color color) = 0;
  /// Filled polygon, any number of corners from 3.
  virtual void Polygon(std::span<const Point> corners, Color color) = 0;
  /// Filled disc.
  virtual void Circle(Point centre, double radius, Color color) = 0;
  /// Ring of the given line width, centred on the radius.
  virtual void Ring(Point centre, double radius, double width, Color color) = 0;
  /// One line of text, `height` of a capital letter in view units, centred vertically on `at`.
  virtual void Text(Point at, double height, std::string_view text, TextAlign align,
                    Color color) = 0;

  /// Filled axis-parallel rectangle with corners a and b.
  void Rectangle(Point a, Point b, Color color) {
    const Point corners[] = {{a.x, a.y}, {b.x, a.y}, {b.x, b.y}, {a.x, b.y}};
    Polygon(corners, color);
  }
};

}  // namespace brasa
