#include "envs/board/tic_tac_toe.h"

#include <gtest/gtest.h>

#include "brasa/core/error.h"
#include "tests/envs/game_testing.h"
#include "tests/support/text_fuzz.h"

namespace brasa {
namespace {

using testing::CountPositions;
using testing::CountTree;
using testing::PlayMoves;
using testing::TreeCounts;

TicTacToe NewTicTacToe() { return TicTacToe(Params()); }

// Counts of board_games facts: OpenSpiel's tic_tac_toe, run.
TEST(TicTacToe, GameTree_HasTheKnownNodesAndGames) {
  TreeCounts counts;
  CountTree(NewTicTacToe(), 0, 9, counts);
  EXPECT_EQ(counts.nodes,
            (std::vector<std::int64_t>{1, 9, 72, 504, 3024, 15120, 54720, 148176, 200448, 127872}));
  EXPECT_EQ(counts.terminal,
            (std::vector<std::int64_t>{0, 0, 0, 0, 0, 1440, 5328, 47952, 72576, 127872}));
  std::int64_t games = 0;
  for (const std::int64_t ended : counts.terminal) games += ended;
  EXPECT_EQ(games, 255168);
}

TEST(TicTacToe, Hash_TellsApartThe5478Positions) {
  const std::vector<std::int64_t> counts = CountPositions(NewTicTacToe(), 9);
  EXPECT_EQ(counts, (std::vector<std::int64_t>{1, 9, 72, 252, 756, 1260, 1520, 1140, 390, 78}));
  std::int64_t total = 0;
  for (const std::int64_t positions : counts) total += positions;
  EXPECT_EQ(total, 5478);
}

TEST(TicTacToe, XWins_RewardsBothPlayers) {
  TicTacToe game = NewTicTacToe();
  std::array<float, 2> rewards{};
  EXPECT_EQ(PlayMoves(game, {0, 3, 1, 4, 2}, rewards), EpisodeEnd::kTerminated);
  EXPECT_EQ(rewards, (std::array<float, 2>{1, -1}));
}

TEST(TicTacToe, OWins_RewardsBothPlayers) {
  TicTacToe game = NewTicTacToe();
  std::array<float, 2> rewards{};
  EXPECT_EQ(PlayMoves(game, {0, 2, 1, 4, 8, 6}, rewards), EpisodeEnd::kTerminated);
  EXPECT_EQ(rewards, (std::array<float, 2>{-1, 1}));
}

TEST(TicTacToe, FullBoardWithoutALine_IsADraw) {
  TicTacToe game = NewTicTacToe();
  std::array<float, 2> rewards{};
  EXPECT_EQ(PlayMoves(game, {4, 0, 8, 2, 1, 7, 3, 5, 6}, rewards), EpisodeEnd::kTerminated);
  EXPECT_EQ(rewards, (std::array<float, 2>{0, 0}));
}

TEST(TicTacToe, Observation_ShowsEachPlayerItsOwnStonesFirst) {
  TicTacToe game = NewTicTacToe();
  std::array<float, 2> rewards{};
  PlayMoves(game, {0, 5}, rewards);  // x upper left, o middle right
  std::vector<std::uint8_t> seen(18);
  game.Observe(0, seen);
  EXPECT_EQ(seen, (std::vector<std::uint8_t>{1, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                             0, 0, 0, 0, 0, 1, 0, 0, 0}));
  game.Observe(1, seen);
  EXPECT_EQ(seen, (std::vector<std::uint8_t>{0, 0, 0, 0, 0, 1, 0, 0, 0,  //
                                             1, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(TicTacToe, FromText_ReadsADrawnBoard) {
  TicTacToe game = NewTicTacToe();
  game.FromText(
      "x.o\n"
      ".x.\n"
      "..o");
  EXPECT_EQ(game.PlayerToMove(), 0);
  EXPECT_EQ(game.stones[0], 0b000010001);
  EXPECT_EQ(game.stones[1], 0b100000100);
  std::vector<std::int32_t> ids(9);
  ASSERT_EQ(game.LegalActions(ids), 5);
  ids.resize(5);
  EXPECT_EQ(ids, (std::vector<std::int32_t>{1, 3, 5, 6, 7}));
  game.FromText("xxx/oo./...");
  EXPECT_EQ(game.LegalActions(ids), 0);
}

TEST(TicTacToe, FromText_RefusesBoardsNoGameReaches) {
  TicTacToe game = NewTicTacToe();
  const std::string before = game.ToText();
  for (const char* text : {"xx./.../...", "o../.../...", "xxx/ooo/...", "xxx/oo./..o",
                           "xxx/oo./...x", "xo/xo/x.", "xxx/ooz/...", "", "xxx/oo./.../..."}) {
    EXPECT_THROW(game.FromText(text), UsageError) << text;
  }
  EXPECT_THROW(game.FromText("ooo/xx./xx."), UsageError) << "x moved after o's line";
  EXPECT_EQ(game.ToText(), before);
}

TEST(TicTacToe, WrongText_IsToldWithALineThatWouldDo) {
  TicTacToe game = NewTicTacToe();
  try {
    game.FromText("xxx/ooz/...");
    ADD_FAILURE();
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "TicTacToe-v0: a position is 3 lines of 3 of the letters 'xo.', each as in 'x..' "
                 "and parted by line breaks or '/'; got the line 'ooz'");
  }
}

TEST(TicTacToe, ActionText_CountsRowsFromTheBottom) {
  const TicTacToe game = NewTicTacToe();
  for (const auto& [id, name] : {std::pair{0, "a3"}, {4, "b2"}, {6, "a1"}, {8, "c1"}}) {
    const std::int32_t action = id;
    EXPECT_EQ(game.ActionToText(ActionRef(&action, 1)), name);
    EXPECT_EQ(game.ActionFromText(name), std::vector<double>{static_cast<double>(id)});
  }
  for (const char* name : {"a4", "d1", "", "a", "a1x"}) {
    EXPECT_THROW(game.ActionFromText(name), UsageError) << name;
  }
}

TEST(TicTacToe, ActionAt_IsTheEmptyCellUnderThePoint) {
  TicTacToe game = NewTicTacToe();
  std::array<float, 2> rewards{};
  PlayMoves(game, {6}, rewards);
  EXPECT_EQ(game.ActionAt({0.5, 0.5}), -1);  // taken
  EXPECT_EQ(game.ActionAt({2.9, 0.1}), 8);
  EXPECT_EQ(game.ActionAt({0.5, 2.5}), 0);
  EXPECT_EQ(game.ActionAt({3.0, 1}), -1);
  EXPECT_EQ(game.ActionAt({1, -0.1}), -1);
}

TEST(TicTacToe, Digit1_IsTheLowerLeftCell) {
  const std::vector<Control> controls = NewTicTacToe().Controls();
  ASSERT_EQ(controls.size(), 18u);
  EXPECT_EQ(controls[0].key, "1");
  EXPECT_EQ(controls[0].action, std::vector<double>{6});
  EXPECT_EQ(controls[17].key, "Keypad 9");
  EXPECT_EQ(controls[17].action, std::vector<double>{2});
}

void FuzzTicTacToe(int count) {
  TicTacToe game = NewTicTacToe();
  testing::FuzzText({"x.o\n.x.\n..o", "xxx/oo./...", ".../.../..."}, "xo./\n ", count,
                    [&](const std::string& text) {
                      game.FromText(text);
                      const std::string written = game.ToText();
                      game.FromText(written);
                      EXPECT_EQ(game.ToText(), written);
                    });
  testing::FuzzText({"a1", "b2", "c3"}, "abc123 ", count, [&](const std::string& text) {
    const std::vector<double> ids = game.ActionFromText(text);
    EXPECT_TRUE(ids[0] >= 0 && ids[0] < 9) << text;
  });
}

TEST(TicTacToe, GarbageTexts_AreRefusedInOneWay) { FuzzTicTacToe(100000); }
TEST(FullTicTacToeFuzz, GarbageTexts_AreRefusedInOneWay) { FuzzTicTacToe(1000000); }

}  // namespace
}  // namespace brasa
