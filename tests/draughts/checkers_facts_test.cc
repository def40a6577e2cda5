// A game recorded by OpenSpiel, state by state.
#include <gtest/gtest.h>

#include <fstream>

#include "brasa/env_batch.h"
#include "tests/support/recorded_game.h"
#include "tests/support/rows.h"
#include "tests/support/test_data.h"

namespace brasa {
namespace {

/// The board in letters, from what player 0 sees.
std::string Board(const Env& env) {
  std::vector<float> seen(384);
  env.Observe(0, seen.data());
  std::string board;
  for (std::size_t cell = 0; cell < 64; ++cell) {
    if (cell > 0 && cell % 8 == 0) board += '/';
    char letter = '.';
    for (std::size_t plane = 0; plane < 4; ++plane) {
      if (seen[64 * plane + cell] == 1) letter = "o8+*"[plane];
    }
    board += letter;
  }
  return board;
}

TEST(CheckersFacts, RecordedGame_HasTheSameFactsInEveryState) {
  std::ifstream file(TestData("draughts/open_spiel_facts.csv"));
  std::string line;
  std::getline(file, line);
  const EnvRow& row = support::BuiltinRow("Checkers-v0");
  Env env(row, DefaultParams(row), {});
  env.Reset();
  int recorded = 0;
  while (std::getline(file, line)) {
    SCOPED_TRACE(line);
    const std::vector<std::string> fields = support::Split(line, ',');
    ASSERT_EQ(fields.size(), 8u);
    if (fields[1] == "1") {
      ++recorded;
      ASSERT_EQ(env.done(), fields[2] == "-4");
      if (!env.done()) {
        EXPECT_EQ(env.PlayerToMove(), std::stoi(fields[2]));
      }
      support::ExpectLegal(env, fields[3]);
      if (env.plies() > 0) support::ExpectRewards(env, fields[4]);
      support::ExpectReturns(env, fields[5]);
      EXPECT_EQ(Board(env), fields[6]);
    }
    if (!fields[7].empty()) env.Step(std::stoi(fields[7]));
  }
  EXPECT_EQ(recorded, 16);
  EXPECT_TRUE(env.done());
}

}  // namespace
}  // namespace brasa
