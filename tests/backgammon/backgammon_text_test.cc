#include "brasa/core/error.h"
#include "tests/backgammon/backgammon_testing.h"

namespace brasa {
namespace {

using testing::At;
using testing::kStart;
using testing::Legal;

Backgammon Opening(const std::string& next = "x plays 45") { return At(kStart + next); }

TEST(BackgammonText, Positions_ReadBackExactly) {
  const std::string start = kStart;
  for (const std::string& text :
       {start + "opening roll", start + "o rolls", start + "o plays 44", start + "o plays 44 again",
        std::string("x bar(15); o bar(15); x rolls"),
        std::string("x bar(2) 7(1) 1(2) off(10); o 23(1) off(14); x plays 16"),
        std::string("x off(15); o bar(1) 1(14); x won"),
        std::string("x 1(15); o off(15); o won")}) {
    EXPECT_EQ(At(text).ToText(), text);
  }
  EXPECT_EQ(At(start + "o plays 61").ToText(), start + "o plays 16");
}

TEST(BackgammonText, WrongPositions_AreRefusedAndChangeNothing) {
  Backgammon game = Opening();
  const std::string start = kStart, before = game.ToText();
  std::vector<std::string> texts = {"", "x", "x 24(15)", "x 24(15);",
                                    "o 24(15); x 24(15); x rolls"};
  for (const char* next : {"", "x", "x roll", "z rolls", "x plays", "x plays 4", "x plays 07",
                           "x plays 456", "x plays 45 again", "x plays 44 more", "x won", "o won",
                           "x rolls 4", "opening", "x plays 44 again now"}) {
    texts.push_back(start + next);
  }
  for (const char* x : {"x 24(14)", "x 24(16)", "x 24(15) 3(0)", "x 25(15)", "x 0(15)", "x 05(15)",
                        "x 24 6(14)", "x 24(7) 24(8)", "x 24(15", "x 24)15(", "x (15)", "x 24()",
                        "x 24(15)3(1)", "x 24(-15)", "x bar(15", "x off(15)", "x 24(015)"}) {
    texts.push_back(std::string(x) + "; o 24(15); x rolls");
  }
  texts.push_back("x 24(15); o 1(15); x rolls");        // the same point
  texts.push_back("x off(15); o off(15); x won");       // both
  texts.push_back("x off(15); o 6(15); o won");         // the other
  texts.push_back("x 24(15); o 24(15); opening roll");  // not the start
  for (const std::string& text : texts) {
    EXPECT_THROW(game.FromText(text), UsageError) << text;
    EXPECT_EQ(game.ToText(), before);
  }
}

// Ids by hand: x's point n is digit 24 - n.
TEST(BackgammonText, Plays_AreNamedInTheOrderPlayed) {
  const Backgammon game = Opening();
  const std::pair<std::int32_t, const char*> plays[] = {{26 * 0 + 11, "13/8 24/20"},
                                                        {676 + 26 * 11 + 0, "24/20 13/8"},
                                                        {676 + 26 * 4 + 0, "24/20/15"},
                                                        {26 * 16 + 11, "13/8/4"},
                                                        {26 * 11 + 11, "13/8 13/9"}};
  for (const auto& [id, text] : plays) {
    EXPECT_EQ(game.ActionToText(ActionRef(&id, 1)), text);
    EXPECT_EQ(game.ActionFromText(text), std::vector<double>{static_cast<double>(id)});
  }
}

TEST(BackgammonText, Stars_MarkHitsAndMayBeLeftOut) {
  const Backgammon game =
      At("x 24(2) 13(5) 8(3) 6(5); o 24(2) 16(1) 13(4) 8(3) 6(5); x plays 14");  // o on x's 9
  const std::int32_t id = 676 + 26 * 11 + 18;
  EXPECT_EQ(game.ActionToText(ActionRef(&id, 1)), "6/5 13/9*");
  const std::vector<double> expected{static_cast<double>(id)};
  EXPECT_EQ(game.ActionFromText("6/5 13/9"), expected);
  EXPECT_EQ(game.ActionFromText(" 14:  6/5  13/9* "), expected);
  EXPECT_THROW(game.ActionFromText("6/5* 13/9"), UsageError);
  const std::int32_t chain = 26 * 15 + 11;  // 13/9*/8
  EXPECT_EQ(game.ActionToText(ActionRef(&chain, 1)), "13/9*/8");
}

TEST(BackgammonText, MovesInTheOtherOrder_AreReadWhereOneOrderAloneIsLegal) {
  const Backgammon game = At("x bar(1) 13(5) 8(4) 6(5); o 24(2) 13(5) 6(5) 5(3); x plays 46");
  EXPECT_EQ(game.ActionFromText("13/7 bar/21"), game.ActionFromText("bar/21 13/7"));
}

TEST(BackgammonText, BothOrdersThatReadAlike_AreToldApartByTheDice) {
  const Backgammon game = At("x 4(2) off(13); o 13(15); x plays 56");
  const double high_first = 26 * 20 + 20;
  EXPECT_EQ(game.ActionFromText("4/off(2)"), std::vector<double>{high_first});
  EXPECT_EQ(game.ActionFromText("65: 4/off 4/off"), std::vector<double>{high_first});
  EXPECT_EQ(game.ActionFromText("56: 4/off(2)"), std::vector<double>{high_first + 676});
}

TEST(BackgammonText, WrongPlays_AreRefused) {
  const Backgammon game = Opening();
  for (const char* text : {"",
                           "pass",
                           "13/8",
                           "13/8 24/19",
                           "13/8 24/20 6/2",
                           "13/8/4/1",
                           "13",
                           "/",
                           "13/",
                           "13//8",
                           "25/20 13/8",
                           "bar/20 13/8",
                           "46: 13/8 24/20",
                           "13/8(2)",
                           "13/8(3)",
                           "*13/8 24/20",
                           "13*/8 24/20",
                           ": 13/8 24/20",
                           "13/8;24/20",
                           "1352",
                           "\xFF"}) {
    EXPECT_THROW(game.ActionFromText(text), UsageError) << text;
  }
  EXPECT_THROW(Opening("x rolls").ActionFromText("13/8 24/20"), UsageError);
}

TEST(BackgammonText, EveryId_HasSomeTextInEveryState) {
  for (const char* next : {"opening roll", "x rolls", "x plays 45", "o plays 33 again"}) {
    const Backgammon game = Opening(next);
    for (std::int32_t id = 0; id < 1352; ++id) {
      EXPECT_FALSE(game.ActionToText(ActionRef(&id, 1)).empty());
    }
  }
}

/// `rounds` texts, random or a position or play with a few characters changed.
void Fuzz(int rounds) {
  const std::string letters = "xo;:()/* 0123456789baroffagain\n\xFF";
  const std::string seeds[] = {std::string(kStart) + "x plays 44 again",
                               std::string(kStart) + "opening roll",
                               "x bar(2) 7(1) 1(2) off(10); o 23(1) off(14); x plays 16",
                               "13/8 24/20",
                               "45: 24/20/15",
                               "6/2*(2)"};
  Backgammon game = Opening();
  Rng rng(6, StreamRole::kTest, 1);
  int read = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string text = seeds[rng.Below(6)];
    if (rng.Below(8) == 0) text = "";
    const auto edits = rng.Below(5) + (text.empty() ? 6 : 0);
    for (std::uint32_t i = 0; i < edits; ++i) {
      const std::size_t at = rng.Below(static_cast<std::uint32_t>(text.size() + 1));
      const char letter = letters[rng.Below(static_cast<std::uint32_t>(letters.size()))];
      if (rng.Below(2) == 0 || at == text.size()) {
        text.insert(at, 1, letter);
      } else {
        text.erase(at, 1 + rng.Below(2));
      }
    }
    try {
      game.FromText(text);
      ++read;
      const std::string canonical = game.ToText();
      game.FromText(canonical);
      ASSERT_EQ(game.ToText(), canonical) << text;
    } catch (const UsageError&) {
    }
    try {
      game.ActionFromText(text);
    } catch (const UsageError&) {
    }
  }
  EXPECT_GT(read, rounds / 100);
}

TEST(BackgammonText, GarbledTexts_AreReadOrRefused) { Fuzz(100000); }
TEST(FullBackgammonTextFuzz, GarbledTexts_AreReadOrRefused) { Fuzz(1000000); }

TEST(Backgammon, Hash_TellsApartWhatComesNext) {
  std::vector<std::uint64_t> hashes;
  for (const char* next : {"opening roll", "x rolls", "o rolls", "x plays 44", "o plays 44",
                           "x plays 44 again", "x plays 45", "x plays 14"}) {
    hashes.push_back(Opening(next).Hash());
  }
  hashes.push_back(At("x 24(2) 13(5) 8(3) 6(5); o bar(1) 24(1) 13(5) 8(3) 6(5); x rolls").Hash());
  std::sort(hashes.begin(), hashes.end());
  EXPECT_EQ(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

}  // namespace
}  // namespace brasa
