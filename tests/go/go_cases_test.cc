// Go in drawn positions. x is Black, o White; A1 is the lower left corner.
#include <gtest/gtest.h>

#include "tests/go/go_testing.h"

namespace brasa {
namespace {

using testing_go::At;
using testing_go::BoardOf;
using testing_go::IsLegal;
using testing_go::LegalOf;
using testing_go::Outcome;
using testing_go::Play;
using testing_go::Rules;
using testing_go::Start;

constexpr EpisodeEnd kOver = EpisodeEnd::kTerminated;

TEST(GoCases, StoneInTheCornerWithoutLiberties_IsTaken) {
  Go<5> game = At<5>(
      "...../"
      "...../"
      "...../"
      "...../"
      "ox...");
  Play(game, "A2");
  EXPECT_EQ(BoardOf(game), ".....\n.....\n.....\nx....\n.x...");
  EXPECT_EQ(game.captures[0], 1);
  EXPECT_EQ(game.ko, Go<5>::kNone);
  // White's stone there would have no liberty and take nothing.
  EXPECT_FALSE(IsLegal(game, "A1"));
}

TEST(GoCases, MoveThatTakesSeveralChains_TakesAllOfThem) {
  Go<5> game = At<5>(
      "..x../"
      ".xox./"
      "xo.ox/"
      ".xox./"
      "..x..");
  Play(game, "C3");
  EXPECT_EQ(BoardOf(game), "..x..\n.x.x.\nx.x.x\n.x.x.\n..x..");
  EXPECT_EQ(game.captures[0], 4);
}

TEST(GoCases, MoveWithoutLibertiesThatTakes_IsLegal) {
  // A1 has no empty neighbour; White's two stones have no other liberty.
  Go<5> game = At<5>(
      "...../"
      "...../"
      "x..../"
      "oxx../"
      ".ox..\nto move: x");
  ASSERT_TRUE(IsLegal(game, "A1"));
  Play(game, "A1");
  EXPECT_EQ(BoardOf(game), ".....\n.....\nx....\n.xx..\nx.x..");
}

constexpr const char* kKo =
    "...../"
    ".xo../"
    "xo.o./"
    ".xo../"
    ".....";

TEST(GoCases, Ko_MayNotBeTakenBackAtOnce) {
  for (const char* ko : {"simple", "positional"}) {
    Go<5> game = At<5>(kKo, {ko});
    Play(game, "C3");
    EXPECT_EQ(BoardOf(game), ".....\n.xo..\nx.xo.\n.xo..\n.....") << ko;
    EXPECT_FALSE(IsLegal(game, "B3")) << ko;
    Play(game, "A1 E5 B3");
    EXPECT_EQ(BoardOf(game), "....x\n.xo..\nxo.o.\n.xo..\no....") << ko;
    EXPECT_FALSE(IsLegal(game, "C3")) << ko;
  }
}

TEST(GoCases, Snapback_IsNoKo) {
  for (const char* ko : {"simple", "positional"}) {
    Go<5> game = At<5>(
        "...../"
        "...../"
        ".xxx./"
        "xooox/"
        "xo..x",
        {ko});
    Play(game, "C1 D1");
    EXPECT_EQ(BoardOf(game), ".....\n.....\n.xxx.\nxooox\nxo.ox");
    Play(game, "C1");
    EXPECT_EQ(BoardOf(game), ".....\n.....\n.xxx.\nx...x\nx.x.x");
    EXPECT_EQ(game.captures[0], 5);
    EXPECT_EQ(game.captures[1], 1);
  }
}

// White sends two stones, Black returns one. The move that repeats the position takes nothing.
constexpr const char* kSendTwo =
    "...../"
    "...../"
    "...../"
    "xxo../"
    "o..o.\nto move: o";

TEST(GoCases, SendTwoReturnOne_IsADrawUnderTheSimpleRule) {
  Go<5> game = At<5>(kSendTwo, {"simple"});
  Play(game, "B1 C1");
  EXPECT_EQ(BoardOf(game), ".....\n.....\n.....\nxxo..\n..xo.");
  Play(game, "B1");
  EXPECT_EQ(BoardOf(game), ".....\n.....\n.....\nxxo..\n.o.o.");
  EXPECT_EQ(Play(game, "pass A1"), (Outcome{kOver, {0, 0}}));
  EXPECT_TRUE(LegalOf(game).empty());
}

TEST(GoCases, SendTwoReturnOne_IsForbiddenBySuperko) {
  Go<5> game = At<5>(kSendTwo, {"positional"});
  Play(game, "B1 C1 B1 pass");
  EXPECT_FALSE(IsLegal(game, "A1"));
  // Another stone on the board makes it another position.
  Play(game, "E5 pass");
  EXPECT_TRUE(IsLegal(game, "A1"));
}

// Three kos one above the other; Black can take the upper and the lower one, White the middle one.
constexpr const char* kTripleKo =
    ".xo....../"
    "xo.o...../"
    ".xo....../"
    ".xo....../"
    "x.xo...../"
    ".xo....../"
    ".xo....../"
    "xo.o...../"
    ".xo......";

TEST(GoCases, TripleKo_IsADrawUnderTheSimpleRule) {
  Go<9> game = At<9>(kTripleKo, {"simple"});
  EXPECT_EQ(Play(game, "C8 B5 C2 B8 C5").end, EpisodeEnd::kNone);
  EXPECT_EQ(Play(game, "B2"), (Outcome{kOver, {0, 0}}));
}

TEST(GoCases, TripleKo_IsBrokenBySuperko) {
  Go<9> game = At<9>(kTripleKo, {"positional"});
  Play(game, "C8 B5 C2 B8 C5");
  EXPECT_FALSE(IsLegal(game, "B2"));
  EXPECT_TRUE(IsLegal(game, "J1"));
}

TEST(GoCases, Ladder_EndsAtTheEdgeWithAllStonesTaken) {
  Go<9> game = At<9>(
      "........./"
      "..xx...../"
      ".xo....../"
      "........./"
      "........./"
      "........./"
      "........./"
      "........./"
      ".........");
  // White always fills the only liberty, Black takes one of the two that are left.
  for (const char* pair :
       {"C6 D7", "E7 D6", "D5 E6", "F6 E5", "E4 F5", "G5 F4", "F3 G4", "H4 G3", "G2 H3", "J3 H2"}) {
    Play(game, pair);
    EXPECT_EQ(game.captures[0], 0) << pair;
  }
  Play(game, "H1 J2");
  EXPECT_TRUE(game.solid[1].Empty());
  Play(game, "J1");
  EXPECT_EQ(game.captures[0], 12);
  EXPECT_TRUE(game.stones[1].Empty());
}

TEST(GoCases, Seki_CountsTheStonesOfBothAndNotTheSharedLiberties) {
  const std::string seki =
      "xxxoo/"
      "xx.oo/"
      "xxooo/"
      "xx.oo/"
      "xxxoo";
  Go<5> game = At<5>(seki);
  EXPECT_EQ(game.Lead(), 12 - 11);
  // Who fills a shared liberty is taken.
  Play(game, "C2 C4");
  EXPECT_EQ(game.captures[1], 13);
  EXPECT_EQ(game.Lead(), -25);
}

TEST(GoCases, Area_IsStonesAndRegionsOfOneColour) {
  EXPECT_EQ(Start<5>().Lead(), 0);
  EXPECT_EQ(At<5>("...../...../..x../...../.....").Lead(), 25);
  EXPECT_EQ(At<5>("...../...../..x../...../....o").Lead(), 0);
  // Column A is Black's, column D touches both.
  EXPECT_EQ(At<5>(".xx.o/"
                  ".xx.o/"
                  ".xx.o/"
                  ".xx.o/"
                  ".xx.o")
                .Lead(),
            15 - 5);
  // Black's three stones and corner; all else is White's.
  EXPECT_EQ(At<5>(".xo../"
                  "xxo../"
                  "ooo../"
                  "...../"
                  ".....")
                .Lead(),
            4 - 21);
}

TEST(GoCases, TwoPasses_EndTheGameByTheScore) {
  const char* corner = "...../...../..x../...../.....";
  for (const auto& [komi, black] : {std::pair{24.5, 1.0f}, {25.0, 0.0f}, {25.5, -1.0f}}) {
    Go<5> game = At<5>(corner, {"simple", false, komi});
    EXPECT_EQ(Play(game, "pass"), (Outcome{EpisodeEnd::kNone, {0, 0}}));
    EXPECT_EQ(Play(game, "pass"), (Outcome{kOver, {black, -black}})) << komi;
    EXPECT_TRUE(LegalOf(game).empty());
  }
}

TEST(GoCases, PassAndAMoveAndAPass_EndNothing) {
  Go<5> game = Start<5>();
  EXPECT_EQ(Play(game, "A1 pass B1 pass C1 pass").end, EpisodeEnd::kNone);
}

TEST(GoCases, GreatestLength_EndsTheGameByTheScore) {
  Go<2> game = Start<2>({"simple", false, 0.5});
  // White takes three stones at ply 6; then x stands on A1, o on B1, and the rest touches both.
  EXPECT_EQ(Play(game, "A1 pass B2 pass A2 B1 A1").end, EpisodeEnd::kNone);
  EXPECT_EQ(game.captures[1], 3);
  EXPECT_EQ(Play(game, "pass"), (Outcome{kOver, {-1, 1}}));  // ply 2 * 2^2
}

TEST(GoCases, SuicideOfSeveralStones_IsLegalOnlyWithTheOption) {
  const char* board =
      "...../"
      "...../"
      "...../"
      "oo.../"
      "x.o..";
  for (const char* ko : {"simple", "positional"}) {
    Go<5> forbidden = At<5>(board, {ko, false});
    EXPECT_FALSE(IsLegal(forbidden, "B1"));
    Go<5> allowed = At<5>(board, {ko, true});
    Play(allowed, "B1");
    EXPECT_EQ(BoardOf(allowed), ".....\n.....\n.....\noo...\n..o..");
    EXPECT_EQ(allowed.captures[1], 2);
    EXPECT_EQ(allowed.PlayerToMove(), 1);
  }
}

TEST(GoCases, SuicideOfOneStone_IsNeverLegal) {
  for (const char* ko : {"simple", "positional"}) {
    for (const bool suicide : {false, true}) {
      Go<5> game = At<5>("...../...../...../oo.../.o...", {ko, suicide});
      EXPECT_FALSE(IsLegal(game, "A1"));
    }
  }
}

TEST(GoCases, SuicideThatBringsBackAPosition_IsADrawOrForbidden) {
  const char* board = "...../...../...../oo.../..o..";
  Go<5> simple = At<5>(board, {"simple", true});
  Play(simple, "A1 pass");
  EXPECT_EQ(Play(simple, "B1"), (Outcome{kOver, {0, 0}}));
  Go<5> superko = At<5>(board, {"positional", true});
  Play(superko, "A1 pass");
  EXPECT_FALSE(IsLegal(superko, "B1"));
}

TEST(GoCases, Observation_ShowsThePlayersOwnStonesFirst) {
  Go<3> game = At<3>("..o/.../x..");
  std::vector<std::uint8_t> seen(45);
  game.Observe(0, seen);
  EXPECT_EQ(seen, (std::vector<std::uint8_t>{1, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                             0, 0, 0, 0, 0, 0, 0, 0, 1,  //
                                             0, 1, 1, 1, 1, 1, 1, 1, 0,  //
                                             0, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                             0, 0, 0, 0, 0, 0, 0, 0, 0}));
  Play(game, "pass");
  game.Observe(1, seen);
  EXPECT_EQ(seen, (std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 0, 0, 1,  //
                                             1, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                             0, 1, 1, 1, 1, 1, 1, 1, 0,  //
                                             1, 1, 1, 1, 1, 1, 1, 1, 1,  //
                                             1, 1, 1, 1, 1, 1, 1, 1, 1}));
}

TEST(GoCases, Measure_IsBlacksLead) {
  float lead = 0;
  At<5>("...../...../..x../...../.....").Measures(std::span<float>(&lead, 1));
  EXPECT_EQ(lead, 25.0f);
}

}  // namespace
}  // namespace brasa
