// Kuhn poker, Leduc poker and 2048 against states recorded by OpenSpiel: who moves, what is legal,
// what chance may do, rewards, returns, and what each player sees.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "brasa/env_batch.h"
#include "tests/support/recorded_game.h"
#include "tests/support/rows.h"
#include "tests/support/test_data.h"

namespace brasa {
namespace {

Params ParamsOf(const EnvRow& row, const std::string& settings) {
  Params params = DefaultParams(row);
  std::istringstream stream(settings);
  for (std::string setting; stream >> setting;) {
    const std::size_t equals = setting.find('=');
    params.Set(setting.substr(0, equals), setting.substr(equals + 1));
  }
  return params;
}

/// What the players see, as the table writes it.
std::string SeenText(const Env& env) {
  const ObservationSpec& seen = env.spec().observation;
  const auto size = static_cast<std::size_t>(seen.size());
  std::string text;
  for (int player = 0; player < env.spec().players; ++player) {
    if (player > 0) text += '/';
    if (seen.type == ElementType::kUint8) {
      std::vector<std::uint8_t> row(size);
      env.Observe(player, row.data());
      for (const std::uint8_t bit : row) text += static_cast<char>('0' + bit);
    } else {
      std::vector<float> row(size);
      env.Observe(player, row.data());
      for (std::size_t i = 0; i < size; ++i) {
        text += (i > 0 ? " " : "") + std::to_string(static_cast<int>(row[i]));
      }
    }
  }
  return text;
}

void ExpectChance(const Env& env, const std::string& recorded) {
  const auto outcomes = env.ChanceOutcomes();
  const std::vector<std::string> pairs = support::Split(recorded, ' ');
  ASSERT_EQ(outcomes.size(), pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const std::vector<std::string> pair = support::Split(pairs[i], ':');
    EXPECT_EQ(outcomes[i].id, std::stoi(pair[0]));
    EXPECT_NEAR(outcomes[i].probability, std::stod(pair[1]), 1e-6);  // six digits
  }
}

TEST(OpenSpielCards, EveryRecordedState_IsReachedWithTheSameFacts) {
  std::ifstream file(TestData("open_spiel_facts/cards.csv"));
  std::string line;
  std::getline(file, line);
  int states = 0;
  while (std::getline(file, line)) {
    SCOPED_TRACE(line);
    const std::vector<std::string> fields = support::Split(line, ',');
    ASSERT_EQ(fields.size(), 11u);
    const EnvRow& row = support::BuiltinRow(fields[1]);
    Env env(row, ParamsOf(row, fields[2]), {}, ChanceMode::kStop);
    env.Reset();
    // OpenSpiel's rewards stay those of the last move until the next one.
    std::vector<float> rewards(env.rewards().begin(), env.rewards().end());
    for (const std::int32_t id : support::Numbers<std::int32_t>(fields[3])) {
      const bool chance = env.PlayerToMove() == kChance;
      chance ? env.ApplyChance(id) : env.Step(id);
      if (!chance) rewards.assign(env.rewards().begin(), env.rewards().end());
    }
    ASSERT_EQ(env.end(), fields[4] == "1" ? EpisodeEnd::kTerminated : EpisodeEnd::kNone);
    EXPECT_EQ(SeenText(env), fields[10]);
    ++states;
    if (!env.done()) {
      ASSERT_EQ(env.PlayerToMove(), std::stoi(fields[5]));
      if (env.PlayerToMove() == kChance) {
        ExpectChance(env, fields[7]);
        continue;
      }
    }
    support::ExpectLegal(env, fields[6]);
    EXPECT_EQ(rewards, support::Numbers<float>(fields[8]));
    support::ExpectReturns(env, fields[9]);
  }
  EXPECT_GT(states, 40);
}

}  // namespace
}  // namespace brasa
