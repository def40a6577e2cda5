#include "runners/cli/screen.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "brasa/env.h"
#include "brasa/registry.h"
#include "runners/cli/clicks.h"

namespace brasa::cli {
namespace {

/// Keeps what a drawing sets and writes.
class Notes final : public Canvas {
 public:
  void View(double x0, double y0, double x1, double y1) override {
    views.push_back({x0, y0, x1, y1});
  }
  void Clear(Color color) override { ground = color; }
  void Line(Point, Point, double, Color) override {}
  void Polygon(std::span<const Point>, Color) override {}
  void Circle(Point centre, double, Color) override { circles.push_back(centre); }
  void Ring(Point centre, double, double, Color) override { rings.push_back(centre); }
  void Text(Point at, double, std::string_view text, TextAlign, Color color) override {
    texts.emplace_back(at, text);
    ink = color;
  }
  std::vector<std::array<double, 4>> views;
  std::vector<std::pair<Point, std::string>> texts;
  std::vector<Point> circles, rings;
  Color ground{}, ink{};  ///< of the last Clear and of the last Text
};

int Brightness(Color color) { return (color.r + color.g + color.b) / 3; }

/// Three cells in a row; a piece in the middle goes left (0) or right (1): a click on it and one on
/// where it goes.
struct Mover {
  static constexpr bool kFlat = true;
  static EnvSpec Spec(const Params&) {
    EnvSpec spec;
    spec.id = "Mover-v0";
    spec.observation.shape = {1};
    spec.observation.low = {0};
    spec.observation.high = {2};
    spec.action.count = 2;
    return spec;
  }
  explicit Mover(const Params&) {}
  void Reset(Rng&) { at = 1; }
  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    at = action.id() == 0 ? 0 : 2;
    rewards[0] = 1;
    return EpisodeEnd::kTerminated;
  }
  void Observe(int, std::span<float> out) const { out[0] = static_cast<float>(at); }
  int ActionAt(Point from, Point to) const {
    if (static_cast<int>(from.x) != 1 || to.x < 0 || to.x >= 3) return -1;
    const int cell = static_cast<int>(to.x);
    return cell == 1 ? -1 : cell / 2;
  }
  std::int32_t at = 1;
};

EnvRow MoverRow() { return {"Mover-v0", &EnvClassOf<Mover>(), {}, nullptr, "test"}; }

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
    EXPECT_GT(std::abs(Brightness(captioned.ground) - Brightness(captioned.ink)), 100) << row.id;
  }
}

TEST(Clicks, PieceThenDestination_NameTheMove) {
  const EnvRow row = MoverRow();
  Env env(row, DefaultParams(row), {1, StreamRole::kTest, 0});
  env.Reset();
  EXPECT_EQ(env.ActionAt(Point{1.5, 0.5}), -1) << "one click names nothing";
  EXPECT_EQ(env.ActionAt({1.5, 0.5}, {2.5, 0.5}), 1);
  Clicks clicks(env);
  EXPECT_EQ(clicks.Click({1.5, 0.5}), std::nullopt);
  EXPECT_EQ(clicks.Click({2.5, 0.5}), 1);
  clicks.Forget();
  EXPECT_EQ(clicks.Click({2.5, 0.5}), std::nullopt) << "the choice is forgotten";
  EXPECT_EQ(clicks.Click({1.5, 0.5}), std::nullopt) << "a second click chooses another piece";
  EXPECT_EQ(clicks.Click({0.5, 0.5}), 0);
}

TEST(Clicks, PiecesThenDestinations_AreMarked) {
  const EnvRow row = MoverRow();
  Env env(row, DefaultParams(row), {1, StreamRole::kTest, 0});
  env.Reset();
  Clicks clicks(env);
  const ViewBox view = {0, 0, 3, 1};
  Notes before, after;
  clicks.Draw(before, view);
  ASSERT_EQ(before.circles.size(), 1u) << "the piece that can move";
  EXPECT_NEAR(before.circles[0].x, 1.5, 1e-9);
  EXPECT_TRUE(before.rings.empty());
  clicks.Click({1.5, 0.5});
  clicks.Draw(after, view);
  ASSERT_EQ(after.circles.size(), 2u);
  EXPECT_NEAR(after.circles[0].x, 0.5, 1e-9);
  EXPECT_NEAR(after.circles[1].x, 2.5, 1e-9);
  EXPECT_NEAR(after.circles[0].y, 0.5, 1e-9);
  ASSERT_EQ(after.rings.size(), 1u);
  EXPECT_EQ(after.rings[0].x, 1.5);
}

// The cells of TicTacToe: a dot in each one that is free.
TEST(Clicks, LegalMovesOfABoard_AreMarked) {
  const EnvRow& row = *std::ranges::find(BuiltinEnvs(), "TicTacToe-v0", &EnvRow::id);
  Env env(row, DefaultParams(row), {1, StreamRole::kTest, 0});
  env.Reset();
  env.Step(4);
  Clicks clicks(env);
  Notes notes;
  DrawState(notes, env, "caption", [&](Canvas& canvas, const ViewBox& view) {
    notes.circles.clear();  // of the drawing itself
    clicks.Draw(canvas, view);
  });
  EXPECT_EQ(notes.circles.size(), 8u);
  for (const Point& at : notes.circles) {
    EXPECT_GE(env.ActionAt(at), 0) << at.x << " " << at.y;
  }
}

// Chess at the start: the eight pawns and the two knights of White, then the two squares of e2.
TEST(Clicks, PiecesOfChess_AreMarkedAndTheirSquares) {
  const EnvRow& row = *std::ranges::find(BuiltinEnvs(), "Chess-v0", &EnvRow::id);
  Env env(row, DefaultParams(row), {1, StreamRole::kTest, 0});
  env.Reset();
  Clicks clicks(env);
  const auto marks = [&] {
    Notes notes;
    DrawState(notes, env, "caption", [&](Canvas& canvas, const ViewBox& view) {
      notes.circles.clear();  // of the drawing itself
      clicks.Draw(canvas, view);
    });
    return notes.circles;
  };
  EXPECT_EQ(marks().size(), 10u);
  EXPECT_EQ(clicks.Click({4.5, 1.5}), std::nullopt);
  const std::vector<Point> squares = marks();
  ASSERT_EQ(squares.size(), 2u);
  for (const Point& at : squares) {
    EXPECT_NEAR(at.x, 4.5, 0.2);
    EXPECT_GE(env.ActionAt({4.5, 1.5}, at), 0);
  }
}

}  // namespace
}  // namespace brasa::cli
