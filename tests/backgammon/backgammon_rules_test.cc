#include "tests/backgammon/backgammon_testing.h"

namespace brasa {
namespace {

using testing::At;
using testing::kStart;
using testing::Legal;
using testing::Play;
using testing::Plays;
using testing::Ply;
using Names = std::vector<std::string>;

std::string Start(const std::string& next) { return kStart + next; }

TEST(Backgammon, OpeningRoll_HasNoDoublesAndTellsWhoBegins) {
  Backgammon game = At(Start("opening roll"));
  EXPECT_EQ(game.PlayerToMove(), kChance);
  std::array<std::int32_t, 36> ids{};
  std::array<double, 36> probabilities{};
  ASSERT_EQ(game.ChanceOutcomes(ids, probabilities), 30);
  EXPECT_EQ(ids[29], 29);
  EXPECT_EQ(probabilities[29], 1.0 / 30);
  std::array<float, 2> rewards{};
  Backgammon o_begins = game;
  game.ApplyChance(24, rewards);
  EXPECT_EQ(game.ToText(), Start("x plays 45"));
  o_begins.ApplyChance(25, rewards);
  EXPECT_EQ(o_begins.ToText(), Start("o plays 45"));
}

TEST(Backgammon, LaterRolls_HaveAll36Outcomes) {
  const Backgammon game = At(Start("o rolls"));
  std::array<std::int32_t, 36> ids{};
  std::array<double, 36> probabilities{};
  ASSERT_EQ(game.ChanceOutcomes(ids, probabilities), 36);
  // Of the 36, each pair of different dice comes twice and each double once.
  std::array<std::array<int, 7>, 7> seen{};
  for (const std::int32_t id : ids) {
    Backgammon rolled = game;
    std::array<float, 2> rewards{};
    rolled.ApplyChance(id, rewards);
    EXPECT_EQ(rolled.PlayerToMove(), 1);
    EXPECT_EQ(id >= 30, rolled.low == rolled.high);
    ++seen[static_cast<std::size_t>(rolled.low)][static_cast<std::size_t>(rolled.high)];
  }
  for (std::size_t low = 1; low <= 6; ++low) {
    EXPECT_EQ(seen[low][low], 1);
    for (std::size_t high = low + 1; high <= 6; ++high) EXPECT_EQ(seen[low][high], 2);
  }
}

TEST(Backgammon, CheckerOnTheBar_EntersBeforeAnythingElse) {
  // o holds x's points 19 and 20, so x enters with the 4 and then plays the 6.
  const Backgammon game = At("x bar(1) 13(5) 8(4) 6(5); o 24(2) 13(5) 6(5) 5(3); x plays 46");
  EXPECT_EQ(Plays(game), (Names{"bar/21/15", "bar/21 13/7", "bar/21 8/2"}));
}

TEST(Backgammon, ClosedBoard_LeavesAPass) {
  const std::string position = "x bar(1) 13(5) 8(4) 6(5); o 6(3) 5(3) 4(2) 3(2) 2(2) 1(3); ";
  Backgammon game = At(position + "x plays 33");
  EXPECT_EQ(Legal(game), std::vector<std::int32_t>{Backgammon::kPass});
  EXPECT_EQ(Plays(game), Names{"pass"});
  Play(game, "pass");
  EXPECT_EQ(game.ToText(), position + "o rolls");
}

TEST(Backgammon, TwoOnTheBar_TakeBothDice) {
  const std::string position = "x bar(2) 13(5) 8(3) 6(5); o 24(2) 13(5) 8(3) 6(5); ";
  EXPECT_EQ(Plays(At(position + "x plays 12")), (Names{"bar/23 bar/24", "bar/24 bar/23"}));
  EXPECT_EQ(Plays(At(position + "x plays 16")), Names{"bar/24"});  // o holds 19
  EXPECT_EQ(Plays(At("x 24(2) 13(5) 8(3) 6(5); o bar(2) 13(5) 8(3) 6(5); o plays 12")),
            (Names{"bar/23 bar/24", "bar/24 bar/23"}));
}

TEST(Backgammon, SingleChecker_IsHitAndGoesToTheBar) {
  Backgammon game = At("x 24(2) 13(5) 8(3) 6(5); o 24(2) 16(1) 13(4) 8(3) 6(5); x plays 14");
  Play(game, "13/9* 6/5");
  EXPECT_EQ(game.ToText(),
            "x 24(2) 13(4) 9(1) 8(3) 6(4) 5(1); o bar(1) 24(2) 13(4) 8(3) 6(5); o rolls");
}

// Only the checker on 24 can move: the others are home and may not be borne off before it is there.
// o holds x's 19, so the 5 goes second.
TEST(Backgammon, BothDice_MustBePlayedWhereAnOrderAllowsIt) {
  EXPECT_EQ(Plays(At("x 24(1) 2(7) 1(7); o 6(15); x plays 35")), Names{"24/21/16"});
}

// 21 and 19 are open, 16 is not.
TEST(Backgammon, OneDieAlone_MustBeTheLargerWherePossible) {
  EXPECT_EQ(Plays(At("x 24(1) 2(7) 1(7); o 9(15); x plays 35")), Names{"24/19"});
  EXPECT_EQ(Plays(At("x 24(1) 2(7) 1(7); o 9(8) 6(7); x plays 35")), Names{"24/21"});
  EXPECT_EQ(Plays(At("x 9(15); o 24(1) 2(7) 1(7); o plays 35")), Names{"24/19"});
}

TEST(Backgammon, BearingOff_WantsTheExactNumberOrTheFarthestChecker) {
  EXPECT_EQ(Plays(At("x 6(1) 3(1) off(13); o 13(15); x plays 24")),
            (Names{"6/2 3/1", "6/2/off", "3/1 6/2", "6/4/off"}));
  EXPECT_EQ(Plays(At("x 4(2) off(13); o 13(15); x plays 56")), (Names{"4/off(2)", "56: 4/off(2)"}));
}

TEST(Backgammon, BearingOff_WaitsUntilAllAreHome) {
  EXPECT_EQ(Plays(At("x 7(1) 2(14); o 13(15); x plays 12")),
            (Names{"7/5/4", "7/5 2/1", "2/1 7/5", "7/6/4", "7/6 2/off"}));
}

TEST(Backgammon, Double_IsPlayedInTwoHalves) {
  Backgammon game = At(Start("x plays 66"));
  Play(game, "24/18(2)");
  EXPECT_EQ(game.ToText(), "x 18(2) 13(5) 8(3) 6(5); o 24(2) 13(5) 8(3) 6(5); x plays 66 again");
  EXPECT_EQ(game.PlayerToMove(), 0);
  std::vector<float> seen(201);
  game.Observe(1, seen);
  EXPECT_EQ(seen[200], 1.0f);
  Play(game, "13/7(2)");
  EXPECT_EQ(game.PlayerToMove(), kChance);
  EXPECT_EQ(game.mover, 1);
}

TEST(Backgammon, HalfADoubleNotPlayedWhole_EndsTheTurn) {
  Backgammon game = At("x 24(1) 2(7) 1(7); o 11(15); x plays 55");  // 24/19, and 14 is held
  EXPECT_EQ(Plays(game), Names{"24/19"});
  Play(game, "24/19");
  EXPECT_EQ(game.PlayerToMove(), kChance);
}

TEST(Backgammon, LastCheckerOff_EndsTheGameWithinADouble) {
  Backgammon game = At("x 1(2) off(13); o 13(14) off(1); x plays 66");
  const Ply ply = Play(game, "1/off(2)");
  EXPECT_EQ(ply.end, EpisodeEnd::kTerminated);
  EXPECT_EQ(ply.rewards, (std::array<float, 2>{1, -1}));
  EXPECT_EQ(game.ToText(), "x off(15); o 13(14) off(1); x won");
  EXPECT_TRUE(Legal(game).empty());
}

TEST(Backgammon, Scoring_CountsGammonsAndBackgammons) {
  struct Case {
    const char* loser;
    std::array<float, 3> worth;  // by scoring
  };
  for (const Case& c : {Case{"13(14) off(1)", {1, 1, 1}},
                        {"bar(1) 6(13) off(1)", {1, 1, 1}},
                        {"18(1) 6(14)", {1, 2, 2}},  // not in the winner's home
                        {"19(1) 6(14)", {1, 2, 3}},  // in it
                        {"bar(1) 6(14)", {1, 2, 3}}}) {
    int scoring = 0;
    for (const char* name : {"winloss", "gammons", "backgammons"}) {
      const float worth = c.worth[static_cast<std::size_t>(scoring++)];
      Backgammon x = At("x 1(1) off(14); o " + std::string(c.loser) + "; x plays 12", name);
      EXPECT_EQ(Play(x, "1/off").rewards, (std::array<float, 2>{worth, -worth})) << c.loser;
      Backgammon o = At("x " + std::string(c.loser) + "; o 1(1) off(14); o plays 12", name);
      EXPECT_EQ(Play(o, "1/off").rewards, (std::array<float, 2>{-worth, worth})) << c.loser;
    }
  }
}

TEST(Backgammon, Pips_AreCountedFromTheOwnEnd) {
  const Backgammon game = At("x bar(1) 24(1) 2(1) off(12); o 24(15); x rolls");
  EXPECT_EQ(game.Pips(0), 25 + 24 + 2);
  EXPECT_EQ(game.Pips(1), 15 * 24);
  EXPECT_EQ(At(Start("opening roll")).Pips(0), 167);
}

// Points are 1 wide from the left, the bar over [6, 7). From the left x's points are 13 to 18 and
// 19 to 24 above, 12 to 7 and 6 to 1 below.
TEST(Backgammon, TwoClicks_AreThePlayOfTheCheckersThere) {
  const Point x24 = {12.5, 9}, x21 = {9.5, 9}, x20 = {8.5, 9}, x19 = {7.5, 9}, x13 = {0.5, 9};
  const Point x1 = {12.5, 1}, bar = {6.5, 3};
  const auto id = [](const Backgammon& game, const char* text) {
    return static_cast<int>(game.ActionFromText(text)[0]);
  };
  const Backgammon start = At(Start("x plays 45"));
  EXPECT_EQ(start.ActionAt(x13, x24), id(start, "13/8 24/20"));
  EXPECT_EQ(start.ActionAt(x13, x13), id(start, "13/8 13/9"));
  // The 5 leads from 24 to a closed point, so the 4 is played first.
  EXPECT_EQ(start.ActionAt(x24, x13), id(start, "24/20 13/8"));
  EXPECT_EQ(start.ActionAt(x24, x20), id(start, "24/20 20/15"));
  EXPECT_EQ(start.ActionAt(x24, x24), -1);
  EXPECT_EQ(start.ActionAt(x19, x24), -1);  // o's checkers
  EXPECT_EQ(start.ActionAt({-1, 3}, x24), -1);
  EXPECT_EQ(At(Start("x rolls")).ActionAt(x13, x24), -1);

  const Backgammon enters = At("x bar(1) 13(5) 8(4) 6(5); o 24(2) 13(5) 6(5) 5(3); x plays 46");
  EXPECT_EQ(enters.ActionAt(bar, x13), id(enters, "bar/21 13/7"));
  EXPECT_EQ(enters.ActionAt(bar, x21), id(enters, "bar/21/15"));
  EXPECT_EQ(enters.ActionAt(x13, x13), -1);

  const Backgammon last = At("x 1(1) off(14); o 6(15); x plays 12");
  EXPECT_EQ(last.ActionAt(x1, x1), Legal(last)[0]);
  const Backgammon closed =
      At("x bar(1) 13(5) 8(4) 6(5); o 6(3) 5(3) 4(2) 3(2) 2(2) 1(3); x plays 46");
  EXPECT_EQ(closed.ActionAt(x13, x24), Backgammon::kPass);
}

}  // namespace
}  // namespace brasa
