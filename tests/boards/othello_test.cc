#include "envs/board/othello.h"

#include "brasa/contract_check.h"
#include "tests/boards/board_testing.h"

namespace brasa {
namespace {

using board_test::FuzzParsers;
using board_test::LegalIds;
using board_test::NewGame;
using board_test::Perft;
using board_test::Play;
using board_test::PlayNotation;
using board_test::Ply;

/// The rules once more, on a plain array: the oracle of the bitboards.
struct PlainOthello {
  PlainOthello() {
    At(3, 3) = At(4, 4) = 1;
    At(3, 4) = At(4, 3) = 0;
  }
  int& At(int row, int column) { return cells[static_cast<std::size_t>(8 * row + column)]; }
  static bool Inside(int row, int column) {
    return row >= 0 && row < 8 && column >= 0 && column < 8;
  }
  /// Discs turned by a disc of `player`; turns them if `turn`.
  int Turns(int player, int row, int column, bool turn) {
    if (At(row, column) != -1) return 0;
    int total = 0;
    for (int dr = -1; dr <= 1; ++dr) {
      for (int dc = -1; dc <= 1; ++dc) {
        if (dr == 0 && dc == 0) continue;
        int n = 1;
        while (Inside(row + n * dr, column + n * dc) &&
               At(row + n * dr, column + n * dc) == 1 - player) {
          ++n;
        }
        if (n == 1 || !Inside(row + n * dr, column + n * dc)) continue;
        if (At(row + n * dr, column + n * dc) != player) continue;
        total += n - 1;
        for (int i = 1; turn && i < n; ++i) At(row + i * dr, column + i * dc) = player;
      }
    }
    return total;
  }
  std::vector<std::int32_t> Cells(int player) {
    std::vector<std::int32_t> ids;
    for (int id = 0; id < 64; ++id) {
      if (Turns(player, id / 8, id % 8, false) > 0) ids.push_back(id);
    }
    return ids;
  }
  std::array<int, 64> cells = [] {
    std::array<int, 64> empty{};
    empty.fill(-1);
    return empty;
  }();
};

// A. Bik's counts, which include games that ended earlier.
TEST(Othello, GameTreeToDepth9_HasTheKnownNodes) {
  const Othello start = NewGame<Othello>();
  const std::int64_t known[] = {4, 12, 56, 244, 1396, 8200, 55092, 390216, 3005288};
  for (int depth = 1; depth <= 9; ++depth) {
    EXPECT_EQ(Perft(start, depth, true), known[depth - 1]) << depth;
  }
}

TEST(FullOthello, GameTreeToDepth12_HasTheKnownNodes) {
  const Othello start = NewGame<Othello>();
  EXPECT_EQ(Perft(start, 10, true), 24571284);
  EXPECT_EQ(Perft(start, 11, true), 212258800);
  EXPECT_EQ(Perft(start, 12, true), 1939886636);
}

void ExpectPlainGames(std::uint32_t games) {
  int passes = 0;
  for (std::uint32_t number = 0; number < games; ++number) {
    Rng rng(31, StreamRole::kTest, number);
    Othello game = NewGame<Othello>();
    PlainOthello plain;
    for (int player = 0;; player = 1 - player) {
      std::vector<std::int32_t> expected = plain.Cells(player);
      if (expected.empty()) expected.push_back(Othello::kPass);
      ASSERT_EQ(LegalIds(game), expected) << game.ToText();
      ASSERT_EQ(game.PlayerToMove(), player);
      const std::int32_t id = expected[rng.Below(static_cast<std::uint32_t>(expected.size()))];
      const Ply ply = Play(game, id);
      if (id == Othello::kPass) {
        ++passes;
      } else {
        plain.Turns(player, id / 8, id % 8, true);
        plain.At(id / 8, id % 8) = player;
      }
      int lead = 0;
      for (int cell = 0; cell < 64; ++cell) {
        const int disc = plain.cells[static_cast<std::size_t>(cell)];
        ASSERT_EQ((game.DiscsOf(0) >> cell) & 1u, disc == 0);
        ASSERT_EQ((game.DiscsOf(1) >> cell) & 1u, disc == 1);
        lead += disc == 0 ? 1 : disc == 1 ? -1 : 0;
      }
      const bool over = plain.Cells(0).empty() && plain.Cells(1).empty();
      ASSERT_EQ(ply.end == EpisodeEnd::kTerminated, over);
      const float reward = !over || lead == 0 ? 0.0f : lead > 0 ? 1.0f : -1.0f;
      ASSERT_EQ(ply.rewards, (std::array<float, 2>{reward, -reward}));
      if (!over) continue;
      ASSERT_TRUE(LegalIds(game).empty());
      break;
    }
  }
  EXPECT_GT(passes, static_cast<int>(games) / 10);
}

TEST(Othello, RandomGames_AgreeWithAPlainBoard) { ExpectPlainGames(100); }

TEST(FullOthello, ManyRandomGames_AgreeWithAPlainBoard) { ExpectPlainGames(20000); }

TEST(Othello, Disc_TurnsTheEnclosedLinesInEveryDirection) {
  Othello game = NewGame<Othello>();
  game.FromText(
      "x.x.x.../.ooo..../xo.oox../.ooox.../x.ooo.../..o..o../..x...o./.......o/x to move");
  // c3 encloses lines in seven directions; the one to h8 ends at the edge.
  const Ply ply = Play(game, 18);
  EXPECT_EQ(ply.end, EpisodeEnd::kNone);
  EXPECT_EQ(game.ToText(),
            "x.x.x...\n.xxx....\nxxxxxx..\n.xxox...\nx.xoo...\n..x..o..\n..x...o.\n.......o\n"
            "o to move");
}

TEST(Othello, PlayerWithoutAMove_HasToPass) {
  Othello game = NewGame<Othello>();
  game.FromText(
      "......../......../......../...xo.../...xo.../......../......../......../o to move");
  EXPECT_EQ(LegalIds(game), (std::vector<std::int32_t>{18, 26, 34, 42}));
  game.FromText(
      "......../......../......../...xx.../...xx.../......../......../xo....../x to move");
  EXPECT_TRUE(LegalIds(game) == std::vector<std::int32_t>{58});
  game.FromText(
      "......../......../......../...xx.../...xx.../......../......../xo....../o to move");
  EXPECT_EQ(LegalIds(game), std::vector<std::int32_t>{Othello::kPass});
  const std::uint64_t before = game.Hash();
  EXPECT_EQ(Play(game, Othello::kPass).end, EpisodeEnd::kNone);
  EXPECT_NE(game.Hash(), before);
  EXPECT_EQ(game.PlayerToMove(), 0);
  EXPECT_EQ(LegalIds(game), std::vector<std::int32_t>{58});
}

// The shortest games end after nine discs with one colour wiped out.
TEST(Othello, WipeOut_EndsTheGame) {
  Othello game = NewGame<Othello>();
  const Ply ply = PlayNotation(game, "e6 f4 e3 f6 g5 d6 e7 f5 c5");
  EXPECT_EQ(game.DiscsOf(1), 0u);
  EXPECT_EQ(ply.end, EpisodeEnd::kTerminated);
  EXPECT_EQ(ply.rewards, (std::array<float, 2>{1, -1}));
  EXPECT_TRUE(LegalIds(game).empty());
}

// White fills h8 and turns g8 alone.
TEST(Othello, FullBoard_IsWonByMoreDiscsOrDrawn) {
  Othello game = NewGame<Othello>();
  game.FromText(
      "xxxxxxxx/xxxxxxxx/xxxxxxxx/xxxxxxxo/oooooooo/oooooooo/oooooooo/oooooox./o to move");
  EXPECT_EQ(Play(game, 63).rewards, (std::array<float, 2>{-1, 1}));  // 31 to 33
  game.FromText(
      "xxxxxxxx/xxxxxxxx/xxxxxxxx/xxxxxxxx/oooooooo/oooooooo/oooooooo/oooooox./o to move");
  const Ply ply = Play(game, 63);
  EXPECT_EQ(ply.end, EpisodeEnd::kTerminated);
  EXPECT_EQ(ply.rewards, (std::array<float, 2>{0, 0}));  // 32 to 32
}

TEST(Othello, Observation_ShowsOwnDiscsOtherDiscsAndWhoMoves) {
  Othello game = NewGame<Othello>();
  Play(game, 19);  // d3 turns d4
  std::vector<std::uint8_t> black(192), white(192), expected(192);
  game.Observe(0, black);
  game.Observe(1, white);
  for (const std::size_t cell : {19u, 27u, 28u, 35u, 64u + 36u}) expected[cell] = 1;
  EXPECT_EQ(black, expected);
  std::rotate(expected.begin(), expected.begin() + 64, expected.begin() + 128);
  std::fill(expected.begin() + 128, expected.end(), std::uint8_t{1});
  EXPECT_EQ(white, expected);
}

TEST(Othello, FromText_RefusesWhatIsNoPosition) {
  Othello game = NewGame<Othello>();
  const std::string empty3 = "......../......../......../";
  for (const std::string& text :
       {std::string(), std::string("x to move"), empty3 + "...ox.../...xo.../" + empty3,
        empty3 + "...ox.../...xo.../" + empty3 + "b to move",
        empty3 + "...ox.../...x..../" + empty3 + "x to move",
        empty3 + "...ox.../...xo..../" + empty3 + "x to move",
        empty3 + "...ox.../...xO.../" + empty3 + "x to move"}) {
    EXPECT_THROW(game.FromText(text), UsageError) << text;
  }
}

TEST(Othello, ActionText_IsColumnAndRowFromTheTop) {
  const Othello game = NewGame<Othello>();
  const std::int32_t f5 = 37, pass = 64;
  EXPECT_EQ(game.ActionToText(ActionRef(&f5, 1)), "f5");
  EXPECT_EQ(game.ActionToText(ActionRef(&pass, 1)), "pass");
  EXPECT_EQ(game.ActionFromText(" F5 "), std::vector<double>{37});
  EXPECT_EQ(game.ActionFromText("pass"), std::vector<double>{64});
  for (const char* text : {"", "f", "5", "f9", "i1", "f0", "f05", "f55", "55", "a1b", "p"}) {
    EXPECT_THROW(game.ActionFromText(text), UsageError) << text;
  }
}

TEST(Othello, ActionAt_IsTheLegalCellUnderThePointOrTheForcedPass) {
  Othello game = NewGame<Othello>();
  EXPECT_EQ(game.ActionAt({5.5, 3.5}), 37);
  EXPECT_EQ(game.ActionAt({4.5, 3.5}), -1);
  EXPECT_EQ(game.ActionAt({8.5, 3.5}), -1);
  game.FromText(
      "......../......../......../...xx.../...xx.../......../......../xo....../o to move");
  EXPECT_EQ(game.ActionAt({1.5, 6.5}), Othello::kPass);
}

const std::vector<std::string> kOthelloPositions = {
    "......../......../......../...ox.../...xo.../......../......../......../x to move",
    "x..x..x./.o.o.o../..ooo.../xoo.oooo/..oooo../.oxo.o../...o..o./...x...x/o to move"};

TEST(Othello, Parsers_RefuseBentInputsWithUsageErrors) {
  FuzzParsers(NewGame<Othello>(), kOthelloPositions, {"f5", "pass", "a1"},
              "xo./\n to movepas123abh", 100000);
}

TEST(FullOthelloFuzz, Parsers_RefuseAMillionBentInputs) {
  FuzzParsers(NewGame<Othello>(), kOthelloPositions, {"f5", "pass", "a1"},
              "xo./\n to movepas123abh", 1000000);
}

TEST(Othello, Struct_KeepsTheLawsOfStructs) {
  EXPECT_EQ(StructFindings<Othello>(Params()), std::vector<std::string>());
}

}  // namespace
}  // namespace brasa
