// Drawings and pixels for the tests of this folder.
#pragma once

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>

#include "brasa/view.h"

namespace brasa {

inline bool operator==(Color a, Color b) {
  return a.r == b.r && a.g == b.g && a.b == b.b && a.a == b.a;
}
inline std::ostream& operator<<(std::ostream& out, Color c) {
  return out << '(' << int{c.r} << ' ' << int{c.g} << ' ' << int{c.b} << ')';
}

namespace testing_view {

/// Pixel of column x, row y from the top.
inline Color PixelAt(const Image& image, int x, int y) {
  const auto i = 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                      static_cast<std::size_t>(x));
  return {image.rgb.at(i), image.rgb.at(i + 1), image.rgb.at(i + 2), 255};
}

inline Image Draw(int width, int height, const Drawing& draw) {
  const auto surface = MakeImageSurface(width, height);
  draw(surface->canvas());
  return surface->Snapshot();
}

/// A cart with a pole, `angle` [rad] from upright, at position `x` on a track of [-2.4, 2.4].
inline void DrawCartPole(Canvas& canvas, double x, double angle) {
  canvas.View(-2.6, -0.5, 2.6, 1.6);
  canvas.Clear(palette::kPaper);
  canvas.Line({-2.4, 0}, {2.4, 0}, 0.02, palette::kInk);
  canvas.Rectangle({x - 0.25, -0.13}, {x + 0.25, 0.13}, palette::kBlue);
  const Point tip{x + std::sin(angle), std::cos(angle)};
  const Point side{0.05 * std::cos(angle), -0.05 * std::sin(angle)};
  const Point pole[] = {{x - side.x, -side.y},
                        {x + side.x, side.y},
                        {tip.x + side.x, tip.y + side.y},
                        {tip.x - side.x, tip.y - side.y}};
  canvas.Polygon(pole, palette::kOrange);
  canvas.Circle({x, 0}, 0.06, palette::kInk);
  canvas.Text({-2.4, 1.45}, 0.1, "CartPole-v1", TextAlign::kLeft, palette::kInk);
  canvas.Text({2.4, 1.45}, 0.1, "return 137", TextAlign::kRight, palette::kGrey);
}

/// A connect-four board; `rows` from the top, '.' empty, 'x' and 'o' the players.
inline void DrawConnectFour(Canvas& canvas, const std::string_view (&rows)[6]) {
  canvas.View(0, -0.7, 7, 6.1);
  canvas.Clear(palette::kPaper);
  canvas.Rectangle({0, 0}, {7, 6}, palette::kBlue);
  for (int row = 0; row < 6; ++row) {
    for (int column = 0; column < 7; ++column) {
      const char disc = rows[row][static_cast<std::size_t>(column)];
      const Color color = disc == 'x'   ? palette::kRed
                          : disc == 'o' ? palette::kYellow
                                        : palette::kPaper;
      canvas.Circle({column + 0.5, 5.5 - row}, 0.4, color);
      if (row == 5 && disc == 'x') {
        canvas.Ring({column + 0.5, 5.5 - row}, 0.3, 0.06, palette::kWhite);
      }
    }
  }
  for (int column = 0; column < 7; ++column) {
    canvas.Text({column + 0.5, -0.35}, 0.3, std::to_string(column), TextAlign::kCentre,
                palette::kInk);
  }
}

inline constexpr std::string_view kBoard[6] = {".......", ".......", "...x...",
                                               "...o...", "..xo...", "..oxxo."};
inline void DrawBoard(Canvas& canvas) { DrawConnectFour(canvas, kBoard); }

/// An empty folder of this test, removed with everything in it. If BRASA_KEEP_PICTURES names a
/// folder, that is used and kept.
class Folder {
 public:
  Folder() {
    if (const char* kept = std::getenv("BRASA_KEEP_PICTURES")) {
      path_ = kept;
      keep_ = true;
      return;
    }
    std::string pattern = (std::filesystem::temp_directory_path() / "brasa-view-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() {
    if (!keep_) std::filesystem::remove_all(path_);
  }
  std::string File(const std::string& name) const { return (path_ / name).string(); }
  bool IsEmpty() const { return std::filesystem::is_empty(path_); }

 private:
  std::filesystem::path path_;
  bool keep_ = false;
};

}  // namespace testing_view
}  // namespace brasa
