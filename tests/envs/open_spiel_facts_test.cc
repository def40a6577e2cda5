// The games against states recorded by OpenSpiel: who moves, what is legal, rewards, returns,
// board.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "brasa/env_batch.h"
#include "tests/support/recorded_game.h"
#include "tests/support/rows.h"
#include "tests/support/test_data.h"

namespace brasa {
namespace {

TEST(OpenSpielFacts, EveryRecordedState_IsReachedWithTheSameFacts) {
  std::ifstream file(TestData("open_spiel_facts/facts.csv"));
  std::string line;
  std::getline(file, line);
  int states = 0;
  while (std::getline(file, line)) {
    SCOPED_TRACE(line);
    const std::vector<std::string> fields = support::Split(line, ',');
    ASSERT_EQ(fields.size(), 9u);
    const EnvRow& row = support::BuiltinRow(fields[1]);
    Env env(row, DefaultParams(row), {});
    env.Reset();
    for (const std::int32_t id : support::Numbers<std::int32_t>(fields[2])) env.Step(id);
    ASSERT_EQ(env.end(), fields[3] == "1" ? EpisodeEnd::kTerminated : EpisodeEnd::kNone);
    if (!env.done()) {
      EXPECT_EQ(env.PlayerToMove(), std::stoi(fields[4]));
    }
    support::ExpectLegal(env, fields[5]);
    support::ExpectRewards(env, fields[6]);
    support::ExpectReturns(env, fields[7]);
    std::string board = env.ToText();
    std::replace(board.begin(), board.end(), '\n', '/');
    EXPECT_EQ(board, fields[8]);
    ++states;
  }
  EXPECT_GT(states, 20);
}

}  // namespace
}  // namespace brasa
