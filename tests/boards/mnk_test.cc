#include "envs/board/mnk.h"

#include <unordered_map>

#include "brasa/contract_check.h"
#include "brasa/env_batch.h"
#include "tests/boards/board_testing.h"

namespace brasa {
namespace {

using board_test::CountTree;
using board_test::FuzzParsers;
using board_test::LegalIds;
using board_test::NewGame;
using board_test::Perft;
using board_test::Play;
using board_test::PlayNotation;
using board_test::Ply;
using board_test::TreeCounts;

using Settings = std::vector<std::pair<const char*, const char*>>;

Settings Sizes(const char* m, const char* n, const char* k) {
  return {{"m", m}, {"n", n}, {"k", k}};
}

TEST(Gomoku, GameTree_HasTheKnownNodes) {
  const Gomoku start = NewGame<Gomoku>();
  EXPECT_EQ(Perft(start, 1), 225);
  EXPECT_EQ(Perft(start, 2), 50400);
  EXPECT_EQ(Perft(start, 3), 11239200);
}

TEST(Mnk, Board3x3_HasTheGameTreeOfTicTacToe) {
  TreeCounts counts;
  CountTree(NewGame<Mnk>(Sizes("3", "3", "3")), 0, 9, counts);
  EXPECT_EQ(counts.nodes,
            (std::vector<std::int64_t>{1, 9, 72, 504, 3024, 15120, 54720, 148176, 200448, 127872}));
  EXPECT_EQ(counts.terminal,
            (std::vector<std::int64_t>{0, 0, 0, 0, 0, 1440, 5328, 47952, 72576, 127872}));
}

/// 1, 0, -1: the value for the side to move.
int Solve(const Mnk& game, std::unordered_map<std::uint64_t, int>& known) {
  const auto at = known.find(game.Hash());
  if (at != known.end()) return at->second;
  int value = -1;
  for (const std::int32_t id : LegalIds(game)) {
    Mnk next = game;
    const Ply ply = Play(next, id);
    const int reached =
        ply.end == EpisodeEnd::kNone
            ? -Solve(next, known)
            : static_cast<int>(ply.rewards[static_cast<std::size_t>(game.PlayerToMove())]);
    value = std::max(value, reached);
    if (value == 1) break;
  }
  known.emplace(game.Hash(), value);
  return value;
}

/// The openings with the value 1 for the first player.
std::vector<std::int32_t> WinningOpenings(const Settings& settings) {
  const Mnk start = NewGame<Mnk>(settings);
  std::unordered_map<std::uint64_t, int> known;
  std::vector<std::int32_t> openings;
  for (const std::int32_t id : LegalIds(start)) {
    Mnk next = start;
    Play(next, id);
    if (Solve(next, known) == -1) openings.push_back(id);
  }
  return openings;
}

// The two middle-row edge cells (1, 0) and (1, 3) are ids 4 and 7.
TEST(Mnk, SmallBoards_HaveTheKnownValues) {
  std::unordered_map<std::uint64_t, int> known;
  EXPECT_EQ(Solve(NewGame<Mnk>(Sizes("3", "3", "3")), known), 0);
  EXPECT_EQ(WinningOpenings(Sizes("4", "3", "3")),
            (std::vector<std::int32_t>{0, 1, 2, 3, 5, 6, 8, 9, 10, 11}));
}

TEST(FullMnk, Board4x4WithLinesOf3_IsWonByEveryOpening) {
  EXPECT_EQ(WinningOpenings(Sizes("4", "4", "3")).size(), 16u);
}

/// The rules once more: all lines of the board are looked at.
bool PlainWin(const std::vector<int>& cells, int m, int n, int k, bool exact, int player) {
  const auto own = [&](int row, int column) {
    return row >= 0 && row < n && column >= 0 && column < m &&
           cells[static_cast<std::size_t>(row * m + column)] == player;
  };
  for (int row = 0; row < n; ++row) {
    for (int column = 0; column < m; ++column) {
      for (const auto& [dr, dc] : {std::pair{0, 1}, {1, 0}, {1, 1}, {1, -1}}) {
        if (!own(row, column) || own(row - dr, column - dc)) continue;
        int length = 0;
        while (own(row + length * dr, column + length * dc)) ++length;
        if (exact ? length == k : length >= k) return true;
      }
    }
  }
  return false;
}

void ExpectPlainGames(int m, int n, int k, bool exact, std::uint32_t games) {
  const std::string wide = std::to_string(m), high = std::to_string(n), line = std::to_string(k);
  Settings settings = Sizes(wide.c_str(), high.c_str(), line.c_str());
  settings.emplace_back("exact", exact ? "true" : "false");
  for (std::uint32_t number = 0; number < games; ++number) {
    Rng rng(61, StreamRole::kTest, number);
    Mnk game = NewGame<Mnk>(settings);
    std::vector<int> cells(static_cast<std::size_t>(m * n), -1);
    for (int ply = 0;; ++ply) {
      std::vector<std::int32_t> open;
      for (int id = 0; id < m * n; ++id) {
        if (cells[static_cast<std::size_t>(id)] < 0) open.push_back(id);
      }
      ASSERT_EQ(LegalIds(game), open);
      ASSERT_EQ(game.PlayerToMove(), ply % 2);
      const std::int32_t id = open[rng.Below(static_cast<std::uint32_t>(open.size()))];
      const Ply played = Play(game, id);
      cells[static_cast<std::size_t>(id)] = ply % 2;
      const bool won = PlainWin(cells, m, n, k, exact, ply % 2);
      ASSERT_EQ(played.end == EpisodeEnd::kTerminated, won || open.size() == 1) << game.ToText();
      const float sign = won ? (ply % 2 == 0 ? 1.0f : -1.0f) : 0.0f;
      ASSERT_EQ(played.rewards, (std::array<float, 2>{sign, -sign})) << game.ToText();
      if (played.end == EpisodeEnd::kNone) continue;
      ASSERT_TRUE(LegalIds(game).empty());
      break;
    }
  }
}

TEST(Mnk, RandomGames_AgreeWithAPlainBoard) {
  for (const bool exact : {false, true}) {
    ExpectPlainGames(2, 2, 2, exact, 5);
    ExpectPlainGames(7, 4, 3, exact, 30);
    ExpectPlainGames(3, 9, 4, exact, 30);
    ExpectPlainGames(2, 19, 5, exact, 10);
    ExpectPlainGames(8, 8, 4, exact, 10);
    ExpectPlainGames(15, 15, 5, exact, 2);
    ExpectPlainGames(19, 19, 4, exact, 2);
  }
}

TEST(FullMnk, ManyRandomGames_AgreeWithAPlainBoard) {
  for (const bool exact : {false, true}) {
    for (int m = 2; m <= 19; ++m) {
      for (int n = 2; n <= 19; n += 1 + m % 2) {
        for (const int k : {2, 3, 4, 5}) {
          if (k <= std::max(m, n)) ExpectPlainGames(m, n, k, exact, 5);
        }
      }
    }
  }
}

TEST(Gomoku, FiveInEveryDirection_Wins) {
  for (const char* moves : {"h8 a1 i8 b1 j8 c1 k8 e1 l8", "h8 a1 h9 b1 h10 c1 h11 e1 h12",
                            "h8 a1 i9 b1 j10 c1 k11 e1 l12", "h8 a1 g9 b1 f10 c1 e11 e1 d12",
                            "a15 h8 b15 h7 d15 h6 e15 h4 c15", "o1 h8 o2 h7 o4 h6 o5 h4 o3"}) {
    Gomoku game = NewGame<Gomoku>();
    const Ply ply = PlayNotation(game, moves);
    EXPECT_EQ(ply.end, EpisodeEnd::kTerminated) << moves;
    EXPECT_EQ(ply.rewards, (std::array<float, 2>{1, -1})) << moves;
  }
}

TEST(Gomoku, StonesThatMeetOnlyAroundTheEdge_AreNoLine) {
  Gomoku game = NewGame<Gomoku>();
  // l2 to o2 and a1 follow each other in the ids of the cells.
  EXPECT_EQ(PlayNotation(game, "l2 h8 m2 h9 n2 h11 o2 h12 a1").end, EpisodeEnd::kNone);
}

TEST(Gomoku, Overline_WinsUnlessJustFiveAreAskedFor) {
  const char* six = "a8 a1 b8 c1 c8 e1 e8 g1 f8 i1 d8";  // d8 joins three and two
  Gomoku free = NewGame<Gomoku>(), exact = NewGame<Gomoku>({{"exact", "true"}});
  EXPECT_EQ(PlayNotation(free, six).end, EpisodeEnd::kTerminated);
  EXPECT_EQ(PlayNotation(exact, six).end, EpisodeEnd::kNone);
  EXPECT_EQ(PlayNotation(exact, "k1 a9 a3 a10 c3 a11 e3 a12").end, EpisodeEnd::kTerminated);
}

TEST(Gomoku, BoardsTooSmallForFive_AreDrawn) {
  for (const char* size : {"3", "4"}) {
    Gomoku game = NewGame<Gomoku>({{"size", size}});
    Ply ply;
    for (int id = 0; id < game.cell_count; ++id) ply = Play(game, id);
    EXPECT_EQ(ply.end, EpisodeEnd::kTerminated);
    EXPECT_EQ(ply.rewards, (std::array<float, 2>{0, 0}));
  }
}

TEST(Mnk, ImpossibleSizes_AreRefused) {
  EXPECT_THROW(NewGame<Mnk>(Sizes("3", "4", "5")), ConfigError);
  EXPECT_THROW(NewGame<Mnk>(Sizes("1", "4", "3")), ConfigError);
  EXPECT_THROW(NewGame<Mnk>(Sizes("20", "4", "3")), ConfigError);
  EXPECT_THROW(NewGame<Mnk>(Sizes("3", "3", "1")), ConfigError);
  EXPECT_THROW(NewGame<Gomoku>({{"size", "2"}}), ConfigError);
  EXPECT_THROW(NewGame<Gomoku>({{"size", "20"}}), ConfigError);
  EXPECT_NO_THROW(NewGame<Mnk>(Sizes("2", "5", "5")));
}

TEST(Mnk, Observation_ShowsEachPlayerItsOwnStonesFirst) {
  Mnk game = NewGame<Mnk>(Sizes("3", "2", "2"));
  PlayNotation(game, "a2 c1");
  std::vector<std::uint8_t> black(12), white(12);
  game.Observe(0, black);
  game.Observe(1, white);
  EXPECT_EQ(black, (std::vector<std::uint8_t>{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(white, (std::vector<std::uint8_t>{0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0}));
}

TEST(Mnk, FromText_RefusesWhatNoGameReaches) {
  Mnk game = NewGame<Mnk>(Sizes("5", "3", "3"));
  for (const char* text : {"", "...../...../....", "o..../...../.....", "xx.../...../.....",
                           "xxx../ooo../.....",  // both have a line
                           "xxx../oo.o./.....",  // white moved after black's line
                           "ooo../xx.xx/.....",  // black moved after white's line
                           "xxx../oo.oo/xxx.o",  // two lines that no single stone made
                           "X..../...../....."}) {
    EXPECT_THROW(game.FromText(text), UsageError) << text;
  }
  game.FromText("xxx../oo.../.....");
  EXPECT_TRUE(LegalIds(game).empty());
  game.FromText("xxxxx/oo.oo/.....");  // the middle stone made a line of five
  EXPECT_TRUE(LegalIds(game).empty());
}

TEST(Gomoku, ActionText_IsColumnAndRowFromTheBottom) {
  const Gomoku game = NewGame<Gomoku>();
  const std::int32_t middle = 112, corner = 0;
  EXPECT_EQ(game.ActionToText(ActionRef(&middle, 1)), "h8");
  EXPECT_EQ(game.ActionToText(ActionRef(&corner, 1)), "a15");
  EXPECT_EQ(game.ActionFromText(" O1 "), std::vector<double>{224});
  for (const char* text : {"", "p1", "a16", "a0", "h", "8", "h8h", "h 8", "h008"}) {
    EXPECT_THROW(game.ActionFromText(text), UsageError) << text;
  }
}

TEST(Mnk, ActionAt_IsTheEmptyCellUnderThePoint) {
  Mnk game = NewGame<Mnk>(Sizes("4", "3", "3"));
  EXPECT_EQ(game.ActionAt({0.5, 2.5}), 0);
  EXPECT_EQ(game.ActionAt({3.9, 0.1}), 11);
  EXPECT_EQ(game.ActionAt({4.1, 0.1}), -1);
  Play(game, 11);
  EXPECT_EQ(game.ActionAt({3.9, 0.1}), -1);
}

TEST(Mnk, Symmetries_AreSevenOfSquaresAndThreeOfOtherBoards) {
  EXPECT_EQ(NewGame<Gomoku>().Symmetries().size(), 7u);
  EXPECT_EQ(NewGame<Mnk>(Sizes("4", "3", "3")).Symmetries().size(), 3u);
}

TEST(Mnk, EveryShape_KeepsEveryLaw) {
  const auto envs = BuiltinEnvs();
  const EnvRow& row =
      *std::find_if(envs.begin(), envs.end(), [](const EnvRow& r) { return r.id == "MNK-v0"; });
  ContractOptions options;
  options.episodes = 1;
  options.plies = 40;
  options.hash_states = 500;
  for (const auto& settings : {Sizes("3", "3", "3"), Sizes("2", "19", "4"), Sizes("7", "5", "4"),
                               Sizes("19", "19", "6")}) {
    Params params = DefaultParams(row);
    for (const auto& [name, value] : settings) params.Set(name, value);
    EXPECT_EQ(ContractFindings(row, params, options), std::vector<std::string>());
  }
}

const std::vector<std::string> kMnkPositions = {"...../...../.....", "xxo../oox../..x..",
                                                "xxx../oo.../....."};

TEST(Mnk, Parsers_RefuseBentInputsWithUsageErrors) {
  FuzzParsers(NewGame<Mnk>(Sizes("5", "3", "3")), kMnkPositions, {"a1", "e3", "c2"},
              "xo./\n 1234abce", 100000);
}

TEST(FullMnkFuzz, Parsers_RefuseAMillionBentInputs) {
  FuzzParsers(NewGame<Mnk>(Sizes("5", "3", "3")), kMnkPositions, {"a1", "e3", "c2"},
              "xo./\n 1234abce", 1000000);
}

TEST(Mnk, Structs_KeepTheLawsOfStructs) {
  EXPECT_EQ(StructFindings<Mnk>(Params(Mnk::Fields())), std::vector<std::string>());
  EXPECT_EQ(StructFindings<Gomoku>(Params(Gomoku::Fields())), std::vector<std::string>());
}

}  // namespace
}  // namespace brasa
