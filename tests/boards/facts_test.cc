// The games of this folder against states recorded by OpenSpiel: who moves, what is legal, rewards,
// returns.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "brasa/env_batch.h"
#include "tests/support/recorded_game.h"
#include "tests/support/rows.h"
#include "tests/support/test_data.h"

namespace brasa {
namespace {

Env NewEnv(const std::string& id, const std::string& setting) {
  const EnvRow& row = support::BuiltinRow(id);
  Params params = DefaultParams(row);
  const std::size_t equals = setting.find('=');
  if (equals != std::string::npos) {
    params.Set(setting.substr(0, equals), setting.substr(equals + 1));
  }
  return Env(row, params, {});
}

TEST(BoardFacts, EveryRecordedState_IsReachedWithTheSameFacts) {
  std::ifstream file(TestData("board_facts/facts.csv"));
  std::string line;
  std::getline(file, line);
  std::map<std::string, int> states, ended;
  while (std::getline(file, line)) {
    SCOPED_TRACE(line);
    const std::vector<std::string> fields = support::Split(line, ',');
    ASSERT_EQ(fields.size(), 8u);
    Env env = NewEnv(fields[0], fields[1]);
    env.Reset();
    for (const std::int32_t id : support::Numbers<std::int32_t>(fields[2])) {
      env.Step(id);  // checks legality
    }
    ASSERT_EQ(env.end(), fields[3] == "1" ? EpisodeEnd::kTerminated : EpisodeEnd::kNone);
    if (!env.done()) {
      EXPECT_EQ(env.PlayerToMove(), std::stoi(fields[4]));
    }
    support::ExpectLegal(env, fields[5]);
    support::ExpectRewards(env, fields[6]);
    support::ExpectReturns(env, fields[7]);
    ++states[fields[0]];
    ended[fields[0]] += env.done();
  }
  EXPECT_EQ(states.size(), 5u);
  for (const auto& [game, count] : states) {
    EXPECT_GE(count, 8) << game;
    EXPECT_EQ(ended[game], 1) << game;
  }
}

}  // namespace
}  // namespace brasa
