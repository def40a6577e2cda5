#include <gtest/gtest.h>

#include <algorithm>

#include "brasa/core/error.h"
#include "envs/board/checkers.h"

namespace brasa {
namespace {

Checkers NewGame() {
  Checkers game{Params(Checkers::Fields())};
  Rng rng;
  game.Reset(rng);
  return game;
}

TEST(CheckersText, Start_IsThePdnPositionOfTheOpening) {
  EXPECT_EQ(NewGame().ToText(),
            "B:W21,22,23,24,25,26,27,28,29,30,31,32:B1,2,3,4,5,6,7,8,9,10,11,12");
}

TEST(CheckersText, Positions_ReadBackExactly) {
  for (const char* text :
       {"W:WK1,K2,32:B12,K31", "W:W21:BK32:H40", "B:W16,18:B12,14:J14", "W:W:B1", "B:W5,21:B:H3"}) {
    Checkers game = NewGame();
    game.FromText(text);
    EXPECT_EQ(game.ToText(), text);
  }
}

TEST(CheckersText, WrongPositions_AreRefusedAndChangeNothing) {
  Checkers game = NewGame();
  const std::string before = game.ToText();
  for (const char* text : {"",
                           "B",
                           "X:W1:B2",
                           "B:B1:W21",
                           "B:W21",
                           "B:W21:B0",
                           "B:W21:B33",
                           "B:W21:B,1",
                           "B:W21:B1,,2",
                           "B:W21,21:B1",
                           "B:W21:B21",
                           "B:W2:B32",
                           "B:W1:B2",
                           "B:W21:BK",
                           "B:W21:B1:H0",
                           "B:W21:B1:Hx",
                           "B:W21:B1:H41",
                           "B:W21:B1:J1",
                           "B:W18:B15:H2:J15",
                           "B:W18:B15:J18",
                           "B:W18:B15:J33",
                           "B:W21:B1:H3:H3",
                           "B:W21:B1:K",
                           "B:W 21:B1",
                           "B:W:B",
                           "B:W21:B1,2,3,4,5,6,7,8,9,10,11,12,13",
                           "B:W:B1",
                           "W:W21:B"}) {
    EXPECT_THROW(game.FromText(text), UsageError) << text;
    EXPECT_EQ(game.ToText(), before);
  }
}

TEST(CheckersText, EveryMoveOfTheBoard_ReadsBack) {
  const Checkers game = NewGame();
  int moves = 0;
  for (std::int32_t id = 0; id < 512; ++id) {
    const std::string text = game.ActionToText(ActionRef(&id, 1));
    if (text.find_first_of("-x") == std::string::npos) continue;  // off the board or a light cell
    EXPECT_EQ(game.ActionFromText(text), std::vector<double>{static_cast<double>(id)}) << text;
    ++moves;
  }
  // Ways between neighbours: 49 pairs of dark squares on a diagonal, both ways; over one: 36 pairs.
  EXPECT_EQ(moves, 2 * 49 + 2 * 36);
}

TEST(CheckersText, WrongMoves_AreRefused) {
  const Checkers game = NewGame();
  for (const char* text :
       {"", "11", "11-", "-15", "11-14", "11x15", "11-18", "0-4", "29-33", "11-15x", "29x20",
        "4-13", "a-b", "11--15", "4-5", "12-13", "11-15-18", "9999999999-1"}) {
    EXPECT_THROW(game.ActionFromText(text), UsageError) << text;
  }
  EXPECT_EQ(game.ActionFromText(" 11-15 "), std::vector<double>{338});
}

/// `rounds` texts, random or a position or move with a few characters changed.
void Fuzz(int rounds) {
  const std::string letters = ":,-xBWKHJ0123456789 \n\xFF";
  const std::string_view seeds[] = {"B:W21,22,K30:B1,2,K7:H3", "B:W16,18:B12,14:J14", "11-15",
                                    "22x15"};
  Checkers game = NewGame();
  Rng rng(5, StreamRole::kTest, 1);
  int read = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string text(seeds[rng.Below(4)]);
    if (rng.Below(4) == 0) text = "";
    const auto edits = rng.Below(6) + (text.empty() ? 6 : 0);
    for (std::uint32_t i = 0; i < edits; ++i) {
      const std::size_t at = rng.Below(static_cast<std::uint32_t>(text.size() + 1));
      const char letter = letters[rng.Below(static_cast<std::uint32_t>(letters.size()))];
      if (rng.Below(2) == 0 || at == text.size()) {
        text.insert(at, 1, letter);
      } else {
        text.erase(at, 1 + rng.Below(3));
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

TEST(CheckersText, GarbledTexts_AreReadOrRefused) { Fuzz(100000); }
TEST(FullCheckersTextFuzz, GarbledTexts_AreReadOrRefused) { Fuzz(1000000); }

// Square 9 lies at (6.5, 2.5) in drawing units, 12 at (0.5, 2.5), 13 at (7.5, 3.5), 16 at
// (1.5, 3.5).
TEST(Checkers, ActionAt_IsTheLegalMoveBetweenTwoSquares) {
  Checkers game = NewGame();
  const auto text = [&](Point from, Point to) {
    const std::int32_t id = game.ActionAt(from, to);
    return id < 0 ? std::string("none") : game.ActionToText(ActionRef(&id, 1));
  };
  EXPECT_EQ(text({6.5, 2.5}, {7.5, 3.5}), "9-13");
  EXPECT_EQ(text({6.9, 2.1}, {5.1, 3.9}), "9-14");
  EXPECT_EQ(text({0.5, 2.5}, {1.5, 3.5}), "12-16");
  EXPECT_EQ(text({6.5, 2.5}, {1.5, 3.5}), "none");
  EXPECT_EQ(text({6.5, 2.5}, {6.5, 3.5}), "none");   // a light cell
  EXPECT_EQ(text({7.5, 5.5}, {6.5, 4.5}), "none");   // 21 is white's
  EXPECT_EQ(text({0.5, 2.5}, {-0.5, 3.5}), "none");  // off the board
  game.FromText("B:W18:B15");
  EXPECT_EQ(text({3.5, 3.5}, {5.5, 5.5}), "15x22");
  EXPECT_EQ(text({3.5, 3.5}, {2.5, 4.5}), "none");  // who can jump must
}

TEST(Checkers, Hash_TellsApartMoverCountAndJumper) {
  std::vector<std::uint64_t> hashes;
  for (const char* text :
       {"B:W9,18:B5,15", "W:W9,18:B5,15", "B:W9,18:B5,15:H1", "B:W9,18:B5,15:J5",
        "B:W9,18:B5,15:J15", "B:WK9,18:B5,15", "B:W18:B5,15", "B:W9,18:B5,K15"}) {
    Checkers game = NewGame();
    game.FromText(text);
    hashes.push_back(game.Hash());
  }
  std::sort(hashes.begin(), hashes.end());
  EXPECT_EQ(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

}  // namespace
}  // namespace brasa
