#include "runners/cli/screen.h"

#include <gtest/gtest.h>

#include <array>

#include "brasa/registry.h"

namespace brasa::cli {
namespace {

/// Keeps what a drawing sets and writes.
class Notes final : public Canvas {
 public:
  void View(double x0, double y0, double x1, double y1) override {
    views.push_back({x0, y0, x1, y1});
  }
  void Clear(Color) override {}
  void Line(Point, Point, double, Color) override {}
  void Polygon(std::span<const Point>, Color) override {}
  void Circle(Point, double, Color) override {}
  void Ring(Point, double, double, Color) override {}
  void Text(Point at, double, std::string_view text, TextAlign, Color) override {
    texts.emplace_back(at, text);
  }
  std::vector<std::array<double, 4>> views;
  std::vector<std::pair<Point, std::string>> texts;
};

// Clicks are told in the view's coordinates: a caption that set a view of its own would make them
// miss the board.
TEST(Screen, Caption_StandsAboveTheDrawingInTheEnvironmentsOwnUnits) {
  for (const EnvRow& row : BuiltinEnvs()) {
    Env env(row, DefaultParams(row), {1, StreamRole::kTest, 0});
    env.Reset();
    Notes plain, captioned;
    env.Draw(plain);
    DrawState(captioned, env, "the caption");
    ASSERT_EQ(captioned.views.size(), 1u) << row.id;
    const auto& own = plain.views.at(0);
    const auto& view = captioned.views[0];
    EXPECT_EQ(view[0], own[0]) << row.id;
    EXPECT_EQ(view[1], own[1]) << row.id;
    EXPECT_EQ(view[2], own[2]) << row.id;
    EXPECT_GT(view[3], own[3]) << row.id << ": a strip for the caption";
    EXPECT_EQ(captioned.texts.back().second, "the caption");
    EXPECT_GT(captioned.texts.back().first.y, own[3]) << row.id;
    EXPECT_LT(captioned.texts.back().first.y, view[3]) << row.id;
  }
}

}  // namespace
}  // namespace brasa::cli
