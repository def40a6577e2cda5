#include "agents/search/uct.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>

#include "tests/support/test_data.h"
#include "tests/support/train_loop.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa {
namespace {

using support::FindRow;

const EnvRow& EnvOf(const char* id) { return FindRow(BuiltinEnvs(), id); }

/// A world to search from, and what a search needs.
struct Position {
  explicit Position(const EnvRow& row, const Params& params, std::uint64_t seed = 0)
      : at(row, params, {seed, StreamRole::kTest, 0}),
        scratch(row, params, {seed + 1, StreamRole::kSearch, 0}),
        rng(seed + 2, StreamRole::kSearch) {
    at.Reset();
    scratch.Reset();
  }
  explicit Position(const EnvRow& row, std::uint64_t seed = 0)
      : Position(row, DefaultParams(row), seed) {}

  std::int32_t Choose(int simulations) {
    search = UctSearch({simulations, 1.4142135623730951, 10000});
    return search.Choose(at.batch(), 0, scratch, rng);
  }

  Env at, scratch;
  Rng rng;
  UctSearch search{UctOptions{}};
};

std::int32_t BestOf(const char* id, const char* board, int simulations) {
  Position position(EnvOf(id));
  position.at.FromText(board);
  return position.Choose(simulations);
}

TEST(Uct, TicTacToe_WinsAtOnceAndBlocks) {
  EXPECT_EQ(BestOf("TicTacToe-v0",
                   "xx.\n"
                   "oo.\n"
                   "...\n",
                   500),
            2);
  EXPECT_EQ(BestOf("TicTacToe-v0",  // o to move: every other reply loses at once
                   "xx.\n"
                   ".o.\n"
                   "...\n",
                   500),
            2);
}

TEST(Uct, ConnectFour_WinsAtOnceAndBlocks) {
  EXPECT_EQ(BestOf("ConnectFour-v0",
                   ".......\n"
                   ".......\n"
                   ".......\n"
                   "..x....\n"
                   "..x...o\n"
                   "..x.o.o\n",
                   500),
            2)
      << "x has two stones more than o has threats";
  EXPECT_EQ(BestOf("ConnectFour-v0",  // o to move
                   ".......\n"
                   ".......\n"
                   ".......\n"
                   "....x..\n"
                   "....x..\n"
                   "o...xo.\n",
                   2000),
            4);
  EXPECT_EQ(BestOf("ConnectFour-v0",  // o to move: three in a row with one open end
                   ".......\n"
                   ".......\n"
                   ".......\n"
                   ".......\n"
                   "o......\n"
                   "oxxx...\n",
                   2000),
            4);
}

TEST(Uct, Search_LeavesTheWorldAsItIs) {
  Position position(EnvOf("ConnectFour-v0"));
  const std::string before = position.at.batch().WorldBytes(0);
  position.Choose(200);
  EXPECT_EQ(position.at.batch().WorldBytes(0), before);
}

TEST(Uct, RootVisits_SumToTheSimulations) {
  Position position(EnvOf("TicTacToe-v0"));
  position.Choose(777);
  int visits = 0;
  for (const auto& action : position.search.root()) visits += action.visits;
  EXPECT_EQ(visits, 777);
  EXPECT_LE(position.search.nodes(), 778);  // one node a simulation and the root
}

// With one legal action and the game's end behind it every simulation is that move: 'x' completes
// the last cell and draws.
TEST(Uct, LastMove_HasItsExactValue) {
  Position position(EnvOf("TicTacToe-v0"));
  position.at.FromText(
      "xox\n"
      "xoo\n"
      "ox.\n");
  EXPECT_EQ(position.Choose(10), 8);
  ASSERT_EQ(position.search.root().size(), 1u);
  EXPECT_EQ(position.search.root()[0].value, 0.0);
}

/// Exact value of a TicTacToe world for the player to move.
double Minimax(const Env& at, std::map<std::string, double>& known) {
  if (at.done()) {
    const auto mover = static_cast<std::size_t>(at.PlayerToMove());
    return at.returns()[mover];
  }
  const std::string text = at.ToText();
  if (const auto found = known.find(text); found != known.end()) return found->second;
  Env here(at.batch().row(), at.batch().params(), {0, StreamRole::kTest, 0});
  here.CopyFrom(at);
  const auto legal = here.LegalActions();
  double best = -2;
  for (const std::int32_t move : std::vector<std::int32_t>(legal.begin(), legal.end())) {
    Env next(at.batch().row(), at.batch().params(), {0, StreamRole::kTest, 0});
    next.CopyFrom(here);
    next.Step(move);
    best = std::max(best, -Minimax(next, known));
  }
  return known[text] = best;
}

/// One of the moves that minimax values best, drawn.
std::int32_t PerfectMove(Env& at, std::map<std::string, double>& known, Rng& rng) {
  std::vector<std::int32_t> best;
  double best_value = -2;
  const auto legal = at.LegalActions();
  for (const std::int32_t move : std::vector<std::int32_t>(legal.begin(), legal.end())) {
    Env next(at.batch().row(), at.batch().params(), {0, StreamRole::kTest, 0});
    next.CopyFrom(at);
    next.Step(move);
    const double value = -Minimax(next, known);
    if (value > best_value) best.clear();
    if (value >= best_value) best.push_back(move);
    best_value = std::max(best_value, value);
  }
  return best[rng.Below(static_cast<std::uint32_t>(best.size()))];
}

TEST(Uct, TicTacToeWith2000Simulations_NeverLosesToPerfectPlay) {
  std::map<std::string, double> known;
  Rng rng(8, StreamRole::kTest);
  for (std::uint64_t game = 0; game < 20; ++game) {
    Position position(EnvOf("TicTacToe-v0"), game);
    const int seat = static_cast<int>(game % 2);
    while (!position.at.done()) {
      position.at.Step(position.at.PlayerToMove() == seat ? position.Choose(2000)
                                                          : PerfectMove(position.at, known, rng));
    }
    EXPECT_EQ(position.at.returns()[static_cast<std::size_t>(seat)], 0.0) << "game " << game;
  }
}

int Sign(int score) { return (score > 0) - (score < 0); }

/// Position and exact score of every column (-99 = full) of one line of the file.
struct Solved {
  explicit Solved(const std::string& line) {
    std::istringstream fields(line);
    std::string stones, best_score, column_scores;
    std::getline(fields, moves, ',');
    std::getline(fields, stones, ',');
    std::getline(fields, best_score, ',');
    std::getline(fields, column_scores, ',');
    best = std::stoi(best_score);
    std::istringstream columns(column_scores);
    for (std::string score; columns >> score;) {
      scores.push_back(score == "." ? -99 : std::stoi(score));
    }
  }
  /// True if some column throws away the outcome that perfect play has.
  bool Decides() const {
    return std::any_of(scores.begin(), scores.end(),
                       [&](int score) { return score != -99 && Sign(score) != Sign(best); });
  }
  std::string moves;
  std::vector<int> scores;
  int best = 0;
};

// The law: UCT's move keeps the outcome (win, draw, loss) of perfect play, where columns differ in
// it. How soon a win comes is nothing UCT looks at: every win is worth 1. UCT is exact in the limit
// only; with at most 16 cells left 3,000 simulations reach the end of every line that matters in
// nearly all positions (46 of 46 here), so one in 20 may fail. A uniform legal column keeps the
// outcome in 38 of 100.
TEST(Uct, ConnectFourWithAtMost16CellsLeft_KeepsTheOutcomeOfPerfectPlay) {
  std::ifstream file(TestData("search/connect_four_solved.csv"));
  std::string line;
  std::getline(file, line);
  int positions = 0, kept = 0;
  while (std::getline(file, line)) {
    const Solved solved(line);
    if (!solved.Decides()) continue;
    Position position(EnvOf("ConnectFour-v0"), static_cast<std::uint64_t>(positions));
    for (const char column : solved.moves) position.at.Step(column - '1');
    const auto chosen = static_cast<std::size_t>(position.Choose(3000));
    ++positions;
    kept += Sign(solved.scores[chosen]) == Sign(solved.best);
  }
  ASSERT_GT(positions, 30);
  EXPECT_GE(20 * kept, 19 * positions) << kept << " of " << positions;
}

TEST(Uct, FrozenLakeWithoutIce_WalksToTheGoal) {
  const EnvRow& row = EnvOf("FrozenLake-v1");
  Params params = DefaultParams(row);
  params.Set("slippery", "false");
  Position position(row, params);
  while (!position.at.done()) position.at.Step(position.Choose(2000));
  EXPECT_EQ(position.at.returns()[0], 1.0);
}

// The optimal moves on ice (value iteration, q_learning_tasks_test.cc): down in cell 14, beside the
// goal; right in 13; left in 10, away from the hole. A search from cell 14 gets less than the
// optimum of 0.86 since it goes on trying other moves, and more than 1/3, one try with luck.
TEST(Uct, FrozenLakeOnIce_PlansWithTheNoiseItSamples) {
  constexpr std::pair<const char*, std::int32_t> kCells[] = {{"SFFF\nFHFH\nFFFH\nHFfG\n", 1},
                                                             {"SFFF\nFHFH\nFFFH\nHfFG\n", 2},
                                                             {"SFFF\nFHFH\nFFfH\nHFFG\n", 0}};
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    for (const auto& [map, best] : kCells) {
      Position position(EnvOf("FrozenLake-v1"), seed);
      position.at.FromText(map);
      EXPECT_EQ(position.Choose(20000), best) << map << "seed " << seed;
      if (best != 1) continue;
      EXPECT_GT(position.search.root()[1].value, 1.0 / 3);
      EXPECT_LT(position.search.root()[1].value, 0.8629);
    }
  }
}

/// The hand-worked game with the deal open to all.
struct OpenThreeSeat : three_seat::ThreeSeatGame {
  using ThreeSeatGame::ThreeSeatGame;
  static EnvSpec Spec(const Params& params) {
    EnvSpec spec = ThreeSeatGame::Spec(params);
    spec.id = "OpenThreeSeat-v0";
    spec.perfect_information = true;
    return spec;
  }
};

// Deal 0, from the table in three_seat_game.h, best play of each seat for itself:
//   ply 2: after roll 0 seat 2 plays 2: (-3, 1.5, 1.5); after roll 1 seat 0 plays 0: (4, -2, -2).
//   after ply 1, with the roll's own rewards, seat 0: (-3) / 2 + (0.25 + 4) / 4 + (-4) / 4 =
//   -1.4375; seat 1: 1.5 / 2 + (-2) / 4 + (-4) / 4 = -0.75.
//   seat 1: 0 gives 1 - 0.75 = 0.25, 1 gives -1 - 0.75; it plays 0.
//   seat 0: 0 gives 1 + 0.5 - 1.4375 = 0.0625; 1 (then seat 1 must play 1) gives -1.4375.
// Every seat tries its other moves sometimes: (ln 20000 / n) keeps that within a few per cent of
// visits, each of which changes a return by at most 7.5.
TEST(Uct, ThreeSeatGame_FindsTheHandWorkedValues) {
  EnvRow row;
  row.id = "OpenThreeSeat-v0";
  row.env_class = &EnvClassOf<OpenThreeSeat>();
  Position position(row);
  std::vector<float> seen(6);
  do {
    position.at.Reset();
    position.at.Observe(0, seen.data());
  } while (seen[2] != 1);
  EXPECT_EQ(position.Choose(50000), 0);
  EXPECT_NEAR(position.search.root()[0].value, 0.0625, 0.25);
  EXPECT_NEAR(position.search.root()[1].value, -1.4375, 0.5);
  position.at.Step(0);
  EXPECT_EQ(position.Choose(50000), 0);
  EXPECT_NEAR(position.search.root()[0].value, 0.25, 0.25);
}

}  // namespace
}  // namespace brasa
