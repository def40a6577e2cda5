// Facts about pixels: what a Canvas call covers.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "brasa/core/error.h"
#include "tests/view/drawings.h"

namespace brasa {
namespace {

using testing_view::Draw;
using testing_view::PixelAt;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

/// Pixels of the colour.
int Count(const Image& image, Color color) {
  int count = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) count += PixelAt(image, x, y) == color ? 1 : 0;
  }
  return count;
}

/// Darkness of all pixels on white, in pixels of full ink: the area drawn in black.
double Area(const Image& image) {
  double area = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) area += (255 - PixelAt(image, x, y).g) / 255.0;
  }
  return area;
}

constexpr Color kBlack{0, 0, 0, 255};

TEST(Canvas, Surface_BeforeAnyDrawing_IsPaper) {
  const Image image = MakeImageSurface(3, 2)->Snapshot();
  EXPECT_EQ(image.width, 3);
  EXPECT_EQ(image.height, 2);
  ASSERT_EQ(image.rgb.size(), 18u);
  EXPECT_EQ(Count(image, palette::kPaper), 6);
}

TEST(Canvas, Polygon_OnPixelBounds_CoversExactlyThosePixels) {
  const Image image = Draw(10, 8, [](Canvas& canvas) {
    canvas.View(0, 0, 10, 8);
    canvas.Clear(palette::kWhite);
    canvas.Rectangle({2, 1}, {5, 3}, palette::kBlue);
  });
  // y is up: units 1 .. 3 are the rows 5 and 6 of 8, counted from the top.
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 10; ++x) {
      const bool inside = x >= 2 && x < 5 && y >= 5 && y < 7;
      EXPECT_EQ(PixelAt(image, x, y), inside ? palette::kBlue : palette::kWhite) << x << ' ' << y;
    }
  }
}

TEST(Canvas, Triangle_Antialiased_HasTheAreaOfItsCorners) {
  const Image image = Draw(40, 40, [](Canvas& canvas) {
    canvas.View(0, 0, 40, 40);
    canvas.Clear(palette::kWhite);
    const Point corners[] = {{3, 3}, {35, 8}, {17, 36}};
    canvas.Polygon(corners, kBlack);
  });
  // Shoelace: ((35-3)(36-3) - (17-3)(8-3)) / 2 = (1056 - 70) / 2 = 493; coverage is sampled.
  EXPECT_NEAR(Area(image), 493, 2);
}

TEST(Canvas, View_WiderSurface_IsCentredWithEvenScale) {
  const Image image = Draw(40, 10, [](Canvas& canvas) {
    canvas.View(-1, -1, 1, 1);  // 5 pixels a unit, so columns 15 .. 25
    canvas.Clear(palette::kWhite);
    canvas.Rectangle({-1, -1}, {0, 1}, palette::kRed);
  });
  EXPECT_EQ(PixelAt(image, 14, 5), palette::kWhite);
  EXPECT_EQ(PixelAt(image, 15, 0), palette::kRed);
  EXPECT_EQ(PixelAt(image, 19, 9), palette::kRed);
  EXPECT_EQ(PixelAt(image, 20, 5), palette::kWhite);
  EXPECT_EQ(Count(image, palette::kRed), 50);
}

TEST(Canvas, Clear_FillsBeyondTheView_ShapesAreCutAtIt) {
  const Image image = Draw(40, 10, [](Canvas& canvas) {
    canvas.View(-1, -1, 1, 1);
    canvas.Clear(palette::kSky);
    canvas.Rectangle({-50, -50}, {50, 50}, palette::kInk);
    canvas.Line({-50, 0}, {50, 0}, 1, palette::kInk);
    canvas.Circle({0, 0}, 20, palette::kInk);
  });
  EXPECT_EQ(Count(image, palette::kInk), 100);
  EXPECT_EQ(Count(image, palette::kSky), 300);
}

TEST(Canvas, NewView_LiftsTheCutOfTheLastOne) {
  const Image image = Draw(20, 10, [](Canvas& canvas) {
    canvas.View(0, 0, 1, 1);
    canvas.View(0, 0, 20, 10);
    canvas.Rectangle({0, 0}, {20, 10}, palette::kInk);
  });
  EXPECT_EQ(Count(image, palette::kInk), 200);
}

TEST(Canvas, CircleAndRing_HaveTheirAreas) {
  const Image disc = Draw(100, 100, [](Canvas& canvas) {
    canvas.View(0, 0, 10, 10);
    canvas.Clear(palette::kWhite);
    canvas.Circle({5, 5}, 3, kBlack);
  });
  EXPECT_NEAR(Area(disc), M_PI * 30 * 30, 10);  // pi r^2 = 2827 pixels; cairo's tolerance is 0.1
  const Image ring = Draw(100, 100, [](Canvas& canvas) {
    canvas.View(0, 0, 10, 10);
    canvas.Clear(palette::kWhite);
    canvas.Ring({5, 5}, 3, 0.4, kBlack);
  });
  EXPECT_NEAR(Area(ring), 2 * M_PI * 30 * 4, 10);  // 2 pi r w = 754 pixels
  EXPECT_EQ(PixelAt(ring, 50, 50), palette::kWhite);
  EXPECT_EQ(PixelAt(ring, 80, 50), kBlack);
}

TEST(Canvas, Line_Thick_HasItsWidth_Thin_IsOnePixel) {
  const auto column_of_ink = [](double width) {
    const Image image = Draw(21, 21, [width](Canvas& canvas) {
      canvas.View(0, 0, 21, 21);
      canvas.Clear(palette::kWhite);
      canvas.Line({-10, 10.5}, {30, 10.5}, width, kBlack);
    });
    return Area(image) / 21;
  };
  EXPECT_NEAR(column_of_ink(5), 5, 0.01);
  EXPECT_NEAR(column_of_ink(0.001), 1, 0.01);
}

TEST(Canvas, Alpha_MixesWithWhatIsBelow) {
  const Image image = Draw(1, 1, [](Canvas& canvas) {
    canvas.Clear(palette::kWhite);
    canvas.Rectangle({0, 0}, {1, 1}, {0, 0, 0, 51});
  });
  EXPECT_NEAR(PixelAt(image, 0, 0).r, 204, 1);  // 255 (1 - 51/255)
}

TEST(Canvas, Text_CapitalsHaveTheHeightAskedFor_CentredVertically) {
  const Image image = Draw(120, 100, [](Canvas& canvas) {
    canvas.View(0, 0, 12, 10);
    canvas.Clear(palette::kWhite);
    canvas.Text({6, 5}, 4, "H", TextAlign::kCentre, kBlack);
  });
  int top = image.height, bottom = 0, left = image.width, right = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      if (PixelAt(image, x, y).r > 127) continue;
      top = std::min(top, y);
      bottom = std::max(bottom, y + 1);
      left = std::min(left, x);
      right = std::max(right, x + 1);
    }
  }
  EXPECT_NEAR(top, 30, 1);
  EXPECT_NEAR(bottom, 70, 1);
  EXPECT_NEAR((left + right) / 2.0, 60, 1);
}

TEST(Canvas, Text_Alignment_PutsItLeftAndRightOfThePoint) {
  const auto ink_left_of_point = [](TextAlign align) {
    const Image image = Draw(200, 30, [align](Canvas& canvas) {
      canvas.View(0, 0, 200, 30);
      canvas.Clear(palette::kWhite);
      canvas.Text({100, 15}, 10, "HHHH", align, kBlack);
    });
    double left = 0;
    for (int y = 0; y < 30; ++y) {
      for (int x = 0; x < 100; ++x) left += (255 - PixelAt(image, x, y).r) / 255.0;
    }
    return left / Area(image);
  };
  EXPECT_NEAR(ink_left_of_point(TextAlign::kLeft), 0, 0.001);
  EXPECT_NEAR(ink_left_of_point(TextAlign::kCentre), 0.5, 0.02);
  EXPECT_NEAR(ink_left_of_point(TextAlign::kRight), 1, 0.001);
}

TEST(Canvas, OddNumbers_DrawNothing_AndTheNextCallDraws) {
  const Image image = Draw(10, 10, [](Canvas& canvas) {
    canvas.View(0, 0, 10, 10);
    canvas.Clear(palette::kWhite);
    canvas.View(3, 3, 3, 4);
    canvas.View(kNan, 0, 1, 1);
    canvas.View(0, 0, kInf, 1);
    canvas.Line({kNan, 0}, {1, 1}, 1, kBlack);
    canvas.Line({0, 0}, {1, 1}, kInf, kBlack);
    const Point corners[] = {{0, 0}, {kInf, 0}, {5, 5}};
    canvas.Polygon(corners, kBlack);
    canvas.Polygon({}, kBlack);
    canvas.Circle({kNan, 1}, 3, kBlack);
    canvas.Circle({5, 5}, -3, kBlack);
    canvas.Ring({5, 5}, kNan, 1, kBlack);
    canvas.Text({5, 5}, 0, "A", TextAlign::kLeft, kBlack);
    canvas.Text({5, 5}, -1, "A", TextAlign::kLeft, kBlack);
    canvas.Text({5, 5}, 1e12, "A", TextAlign::kLeft, kBlack);
    canvas.Text({kNan, 5}, 5, "A", TextAlign::kLeft, kBlack);
    canvas.Rectangle({0, 0}, {10, 1}, palette::kBlue);
  });
  EXPECT_EQ(Count(image, palette::kWhite), 90);
  EXPECT_EQ(Count(image, palette::kBlue), 10);
}

TEST(Canvas, TextThatIsNotUtf8_ShowsQuestionMarks) {
  const auto text = [](std::string_view shown) {
    return Draw(100, 20,
                [shown](Canvas& canvas) {
                  canvas.Text({5, 10}, 10, shown, TextAlign::kLeft, kBlack);
                })
        .rgb;
  };
  EXPECT_EQ(text("a\xFF\xC3_b"), text("a?\?_b"));
  EXPECT_EQ(text("\xED\xA0\x80"), text("?\?\?"));  // a surrogate
  EXPECT_EQ(text("a\tb"), text("a b"));
  EXPECT_EQ(text("a\xC2\x9B_b"), text("a _b"));  // a C1 control: starts escapes in terminals
  EXPECT_NE(text("\xC3\xA9"), text("?\?"));      // e acute is valid
}

TEST(Canvas, ShapesFarLargerThanTheView_CoverWhatTheyShould) {
  // Cairo's coordinates end at 8.4 million pixels; these go a thousand times further.
  const Image image = Draw(100, 100, [](Canvas& canvas) {
    canvas.View(0, 0, 100, 100);
    canvas.Clear(palette::kWhite);
    canvas.Rectangle({-1e10, -1e10}, {50, 1e10}, palette::kBlue);
    canvas.Circle({50, -1e9}, 1e9 + 10, palette::kGreen);
    canvas.Line({-3e9, 80}, {3e9, 80}, 4, palette::kInk);
    canvas.Line({-3e9, 5e9}, {3e9, 6e9}, 4, palette::kRed);
  });
  EXPECT_EQ(PixelAt(image, 10, 50), palette::kBlue);
  EXPECT_EQ(PixelAt(image, 49, 50), palette::kBlue);
  EXPECT_EQ(PixelAt(image, 50, 50), palette::kWhite);
  EXPECT_EQ(PixelAt(image, 3, 20), palette::kInk);
  EXPECT_EQ(PixelAt(image, 97, 20), palette::kInk);
  EXPECT_EQ(Count(image, palette::kRed), 0);
}

TEST(Canvas, SurfaceOfBadSize_IsAConfigErrorThatNamesIt) {
  for (const auto& [width, height] : {std::pair{0, 5}, {5, -1}, {16385, 5}}) {
    try {
      MakeImageSurface(width, height);
      FAIL() << width << " x " << height;
    } catch (const ConfigError& error) {
      const std::string size = std::to_string(width) + " x " + std::to_string(height);
      EXPECT_NE(std::string(error.what()).find(size), std::string::npos) << error.what();
    }
  }
}

TEST(Canvas, SecondFrameOnASurface_EqualsTheSameFrameOnAFreshOne) {
  const auto surface = MakeImageSurface(120, 60);
  testing_view::DrawConnectFour(surface->canvas(), testing_view::kBoard);
  testing_view::DrawCartPole(surface->canvas(), 0.5, 0.2);
  const Image fresh =
      Draw(120, 60, [](Canvas& canvas) { testing_view::DrawCartPole(canvas, 0.5, 0.2); });
  EXPECT_EQ(surface->Snapshot().rgb, fresh.rgb);
}

}  // namespace
}  // namespace brasa
