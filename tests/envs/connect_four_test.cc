#include "envs/board/connect_four.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "brasa/core/error.h"
#include "tests/envs/game_testing.h"
#include "tests/support/test_data.h"
#include "tests/support/text_fuzz.h"

namespace brasa {
namespace {

using testing::CountPositions;
using testing::CountTree;
using testing::PlayMoves;
using testing::TreeCounts;

ConnectFour NewConnectFour() { return ConnectFour(Params()); }

/// The rules once more, on a plain array: the oracle of the bitboards.
struct PlainConnectFour {
  int At(int row, int column) const { return cells[static_cast<std::size_t>(row * 7 + column)]; }
  bool Open(int column) const { return At(5, column) == 0; }
  /// Drops a stone of player 1 or 2; true if it makes four in a row.
  bool Drop(int column, int stone) {
    int row = 0;
    while (At(row, column) != 0) ++row;
    cells[static_cast<std::size_t>(row * 7 + column)] = stone;
    for (const auto& [dr, dc] : {std::pair{0, 1}, {1, 0}, {1, 1}, {1, -1}}) {
      if (Run(row, column, dr, dc) + Run(row, column, -dr, -dc) + 1 >= 4) return true;
    }
    return false;
  }
  int Run(int row, int column, int dr, int dc) const {
    const int stone = At(row, column);
    int length = 0;
    for (int r = row + dr, c = column + dc; r >= 0 && r < 6 && c >= 0 && c < 7 && At(r, c) == stone;
         r += dr, c += dc) {
      ++length;
    }
    return length;
  }
  std::array<int, 42> cells{};
};

TEST(ConnectFour, GameTreeToDepth8_HasTheKnownNodes) {
  TreeCounts counts;
  CountTree(NewConnectFour(), 0, 8, counts);
  EXPECT_EQ(counts.nodes,
            (std::vector<std::int64_t>{1, 7, 49, 343, 2401, 16807, 117649, 823536, 5673234}));
  EXPECT_EQ(counts.terminal, (std::vector<std::int64_t>{0, 0, 0, 0, 0, 0, 0, 13032, 44430}));
}

// OEIS A212693.
TEST(ConnectFour, HashToPly6_TellsApartTheKnownPositions) {
  EXPECT_EQ(CountPositions(NewConnectFour(), 6),
            (std::vector<std::int64_t>{1, 7, 49, 238, 1120, 4263, 16422}));
}

TEST(FullConnectFour, HashToPly9_TellsApartTheKnownPositions) {
  EXPECT_EQ(CountPositions(NewConnectFour(), 9),
            (std::vector<std::int64_t>{1, 7, 49, 238, 1120, 4263, 16422, 54859, 184275, 558186}));
}

TEST(ConnectFour, RandomGames_AgreeWithAPlainBoard) {
  for (std::uint32_t number = 0; number < 20000; ++number) {
    Rng rng(11, StreamRole::kTest, number);
    ConnectFour game = NewConnectFour();
    game.Reset(rng);
    PlainConnectFour plain;
    for (int ply = 0;; ++ply) {
      std::array<std::int32_t, 7> ids{}, expected{};
      const int count = game.LegalActions(ids);
      int open = 0;
      for (int column = 0; column < 7; ++column) {
        if (plain.Open(column)) expected[static_cast<std::size_t>(open++)] = column;
      }
      ASSERT_EQ(count, open) << "game " << number << " ply " << ply;
      ASSERT_TRUE(std::equal(ids.begin(), ids.begin() + count, expected.begin()));
      ASSERT_EQ(game.PlayerToMove(), ply % 2);
      const std::int32_t id = ids[rng.Below(static_cast<std::uint32_t>(count))];
      std::array<float, 2> rewards{9, 9};
      const EpisodeEnd end = game.Step(ActionRef(&id, 1), rng, rewards);
      const bool won = plain.Drop(id, ply % 2 + 1);
      ASSERT_EQ(end == EpisodeEnd::kTerminated, won || ply == 41)
          << "game " << number << " ply " << ply << "\n"
          << game.ToText();
      const float sign = won ? (ply % 2 == 0 ? 1.0f : -1.0f) : 0.0f;
      ASSERT_EQ(rewards, (std::array<float, 2>{sign, -sign}));
      if (end == EpisodeEnd::kTerminated) break;
    }
    const std::string text = game.ToText();
    for (int row = 0; row < 6; ++row) {
      for (int column = 0; column < 7; ++column) {
        ASSERT_EQ(text[static_cast<std::size_t>((5 - row) * 8 + column)],
                  ".xo"[plain.At(row, column)]);
      }
    }
  }
}

TEST(ConnectFour, FourInEveryLineOfTheBoard_IsFound) {
  int lines = 0;
  for (const auto& [dr, dc] : {std::pair{0, 1}, {1, 0}, {1, 1}, {1, -1}}) {
    for (int row = 0; row < 6; ++row) {
      for (int column = 0; column < 7; ++column) {
        const int last_row = row + 3 * dr, last_column = column + 3 * dc;
        if (last_row > 5 || last_column > 6 || last_column < 0) continue;
        std::uint64_t cells = 0;
        for (int i = 0; i < 4; ++i) {
          cells |= std::uint64_t{1} << (7 * (column + i * dc) + row + i * dr);
        }
        EXPECT_TRUE(ConnectFour::HasFour(cells)) << row << " " << column << " " << dr << " " << dc;
        ++lines;
      }
    }
  }
  EXPECT_EQ(lines, 69);  // 24 in rows, 21 in columns, 12 on each kind of diagonal
}

/// True if the four cells (row, column) follow each other in a line.
bool InLine(const std::array<std::pair<int, int>, 4>& cells) {
  for (std::size_t i = 1; i < 4; ++i) {
    const int dr = cells[i].first - cells[i - 1].first;
    const int dc = cells[i].second - cells[i - 1].second;
    if (std::abs(dr) > 1 || std::abs(dc) > 1) return false;
    if (dr != cells[1].first - cells[0].first || dc != cells[1].second - cells[0].second) {
      return false;
    }
  }
  return true;
}

// Four cells at equal distances, counted along the columns and along the rows of a board without
// gaps, that are no line: they run over an edge.
TEST(ConnectFour, StonesThatMeetOnlyAroundTheEdge_AreNoFour) {
  int traps = 0;
  for (const bool by_column : {true, false}) {
    const int side = by_column ? 6 : 7;
    for (const int distance : {1, side - 1, side, side + 1}) {
      for (int first = 0; first + 3 * distance < 42; ++first) {
        std::array<std::pair<int, int>, 4> cells;
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < 4; ++i) {
          const int at = first + static_cast<int>(i) * distance;
          const int row = by_column ? at % 6 : at / 7, column = by_column ? at / 6 : at % 7;
          cells[i] = {row, column};
          bits |= std::uint64_t{1} << (7 * column + row);
        }
        if (InLine(cells)) continue;
        EXPECT_FALSE(ConnectFour::HasFour(bits)) << by_column << " " << distance << " " << first;
        ++traps;
      }
    }
  }
  EXPECT_GT(traps, 60);
}

TEST(ConnectFour, FullBoardWithoutAFour_IsADraw) {
  // Columns are filled in pairs so that no four arise; checked by the plain board.
  std::vector<std::int32_t> moves;
  for (const std::int32_t column : {0, 2, 4}) {
    for (int i = 0; i < 3; ++i) moves.insert(moves.end(), {column, column + 1});
    for (int i = 0; i < 3; ++i) moves.insert(moves.end(), {column + 1, column});
  }
  for (int i = 0; i < 6; ++i) moves.push_back(6);
  PlainConnectFour plain;
  bool won = false;
  for (std::size_t i = 0; i < moves.size(); ++i) {
    won = won || plain.Drop(moves[i], static_cast<int>(i % 2) + 1);
  }
  ASSERT_FALSE(won);
  ConnectFour game = NewConnectFour();
  std::array<float, 2> rewards{5, 5};
  EXPECT_EQ(PlayMoves(game, moves, rewards), EpisodeEnd::kTerminated);
  EXPECT_EQ(rewards, (std::array<float, 2>{0, 0}));
  std::array<std::int32_t, 7> ids{};
  EXPECT_EQ(game.LegalActions(ids), 0);
}

TEST(ConnectFour, Observation_HasTheBottomRowFirstAndTheObserversStonesFirst) {
  ConnectFour game = NewConnectFour();
  std::array<float, 2> rewards{};
  PlayMoves(game, {3, 3, 6}, rewards);  // x in columns 3 and 6, o upon the first of them
  std::vector<std::uint8_t> x(84), o(84), expected(84);
  game.Observe(0, x);
  game.Observe(1, o);
  expected[3] = expected[6] = expected[42 + 7 + 3] = 1;
  EXPECT_EQ(x, expected);
  std::rotate(expected.begin(), expected.begin() + 42, expected.end());
  EXPECT_EQ(o, expected);
}

TEST(ConnectFour, FromText_RefusesBoardsNoGameReaches) {
  ConnectFour game = NewConnectFour();
  const std::string empty5 = "......./......./......./......./......./";
  const std::string empty4 = "......./......./......./......./";
  for (const std::string& text :
       {empty5 + "o......", empty5 + "xx.....", empty4 + "x....../.......", empty5 + "xo",
        empty4 + "ooo..../xxxxo..",  // o moved after x's four
        empty4 + "oooo.../xxxxx..",  // both have four
        empty4 + "oooo.../xxxx...", std::string("xo")}) {
    EXPECT_THROW(game.FromText(text), UsageError) << text;
  }
  // Two fours of x that no single stone can have made.
  EXPECT_THROW(game.FromText("......./......./......./xxxx.../oooxoo./xxxxooo"), UsageError);
  game.FromText(empty4 + "ooo..../xxxx...");
}

TEST(ConnectFour, FromText_ReadsWhoMovesAndFinishedGames) {
  ConnectFour game = NewConnectFour();
  game.FromText("......./......./......./......./ooo..../xxxx...");
  std::array<std::int32_t, 7> ids{};
  EXPECT_EQ(game.LegalActions(ids), 0);
  game.FromText("......./......./......./......./ooo..../xxx....");
  EXPECT_EQ(game.PlayerToMove(), 0);
  EXPECT_EQ(game.LegalActions(ids), 7);
}

TEST(ConnectFour, ActionText_NumbersColumnsFromOne) {
  const ConnectFour game = NewConnectFour();
  const std::int32_t id = 6;
  EXPECT_EQ(game.ActionToText(ActionRef(&id, 1)), "7");
  EXPECT_EQ(game.ActionFromText(" 1 "), std::vector<double>{0});
  for (const char* text : {"0", "8", "", "12", "a"}) {
    EXPECT_THROW(game.ActionFromText(text), UsageError) << text;
  }
}

TEST(ConnectFour, ActionAt_IsTheOpenColumnUnderThePoint) {
  ConnectFour game = NewConnectFour();
  std::array<float, 2> rewards{};
  PlayMoves(game, {2, 2, 2, 2, 2, 2}, rewards);
  EXPECT_EQ(game.ActionAt({2.5, 3}), -1);  // full
  EXPECT_EQ(game.ActionAt({0.1, 5.9}), 0);
  EXPECT_EQ(game.ActionAt({6.9, -0.5}), 6);  // its number
  EXPECT_EQ(game.ActionAt({7.1, 3}), -1);
}

/// Plain alpha-beta: the score as the data's README defines it.
int Solve(const ConnectFour& game, int alpha, int beta) {
  std::array<std::int32_t, 7> ids{};
  std::array<float, 2> rewards{};
  Rng rng;
  const int count = game.LegalActions(ids);
  for (int i = 0; i < count; ++i) {
    ConnectFour next = game;
    const EpisodeEnd end = next.Step(ActionRef(&ids[static_cast<std::size_t>(i)], 1), rng, rewards);
    int score = 0;
    if (end == EpisodeEnd::kNone) {
      score = -Solve(next, -beta, -alpha);
    } else if (rewards[static_cast<std::size_t>(game.PlayerToMove())] > 0) {
      score = (44 - next.plies) / 2;
    }
    alpha = std::max(alpha, score);
    if (alpha >= beta) break;
  }
  return alpha;
}

TEST(ConnectFour, SolvedPositionsWithFewEmptyCells_HaveTheKnownScores) {
  std::ifstream file(TestData("connect_four/solved.csv"));
  ASSERT_TRUE(file.is_open());
  std::string line;
  std::getline(file, line);
  int solved = 0;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string moves, stones, best;
    std::getline(fields, moves, ',');
    std::getline(fields, stones, ',');
    std::getline(fields, best, ',');
    std::vector<std::int32_t> ids;
    for (const char digit : moves) ids.push_back(digit - '1');
    ConnectFour game = NewConnectFour();
    std::array<float, 2> rewards{};
    ASSERT_EQ(PlayMoves(game, ids, rewards), EpisodeEnd::kNone) << line;
    ASSERT_EQ(game.plies, std::stoi(stones));
    EXPECT_EQ(Solve(game, -22, 22), std::stoi(best)) << line;
    ++solved;
  }
  EXPECT_GE(solved, 20);
}

void FuzzConnectFour(int count) {
  ConnectFour game = NewConnectFour();
  testing::FuzzText({"......./......./......./...o.../...x.../..oxx..",
                     ".......\n.......\nx......\nxo.....\nxo.....\nxo....."},
                    "xo./\n ", count, [&](const std::string& text) {
                      game.FromText(text);
                      const std::string written = game.ToText();
                      game.FromText(written);
                      EXPECT_EQ(game.ToText(), written);
                    });
  testing::FuzzText({"1", "4", "7"}, "1234567 ", count, [&](const std::string& text) {
    const std::vector<double> ids = game.ActionFromText(text);
    EXPECT_TRUE(ids[0] >= 0 && ids[0] < 7) << text;
  });
}

TEST(ConnectFour, GarbageTexts_AreRefusedInOneWay) { FuzzConnectFour(100000); }
TEST(FullConnectFourFuzz, GarbageTexts_AreRefusedInOneWay) { FuzzConnectFour(1000000); }

}  // namespace
}  // namespace brasa
