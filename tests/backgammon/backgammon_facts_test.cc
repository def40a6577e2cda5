// A game recorded by OpenSpiel, state by state, chance nodes included.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "brasa/env_batch.h"
#include "tests/support/recorded_game.h"
#include "tests/support/rows.h"
#include "tests/support/test_data.h"

namespace brasa {
namespace {

/// "3:1 7:2" -> what the first 200 elements are.
std::vector<float> Elements(const std::string& text) {
  std::vector<float> elements(200, 0.0f);
  std::istringstream stream(text);
  for (std::string pair; stream >> pair;) {
    const std::vector<std::string> parts = support::Split(pair, ':');
    elements.at(static_cast<std::size_t>(std::stoi(parts[0]))) = std::stof(parts[1]);
  }
  return elements;
}

std::vector<float> Seen(const Env& env, int player) {
  std::vector<float> seen(201);
  env.Observe(player, seen.data());
  seen.resize(200);
  return seen;
}

void CheckChance(const Env& env, const std::string& expected) {
  const auto outcomes = env.ChanceOutcomes();
  std::istringstream stream(expected);
  std::size_t i = 0;
  for (std::string pair; stream >> pair; ++i) {
    ASSERT_LT(i, outcomes.size());
    const std::vector<std::string> parts = support::Split(pair, ':');
    EXPECT_EQ(outcomes[i].id, std::stoi(parts[0]));
    EXPECT_NEAR(outcomes[i].probability, std::stod(parts[1]), 1e-6);  // written with six digits
  }
  EXPECT_EQ(i, outcomes.size());
}

void CheckPlay(Env& env, const std::vector<std::string>& fields) {
  if (fields[2] == "-4") {
    EXPECT_TRUE(env.done());
  } else {
    EXPECT_EQ(env.PlayerToMove(), std::stoi(fields[2]));
  }
  support::ExpectLegal(env, fields[3]);
  support::ExpectReturns(env, fields[6]);
}

TEST(BackgammonFacts, RecordedGame_HasTheSameFactsInEveryState) {
  std::ifstream file(TestData("backgammon/open_spiel_facts.csv"));
  std::string line;
  std::getline(file, line);
  const EnvRow& row = support::BuiltinRow("Backgammon-v0");
  Env env(row, DefaultParams(row), {}, ChanceMode::kStop);
  env.Reset();
  int recorded = 0;
  while (std::getline(file, line)) {
    SCOPED_TRACE(line.substr(0, 60));
    const std::vector<std::string> fields = support::Split(line, ',');
    ASSERT_EQ(fields.size(), 10u);
    const bool chance = !env.done() && env.PlayerToMove() == kChance;
    if (fields[1] == "1") {
      ++recorded;
      EXPECT_EQ(chance, fields[2] == "-1");
      if (chance) {
        CheckChance(env, fields[4]);
      } else {
        CheckPlay(env, fields);
      }
      EXPECT_EQ(Seen(env, 0), Elements(fields[7]));
      EXPECT_EQ(Seen(env, 1), Elements(fields[8]));
    }
    if (fields[9].empty()) break;
    if (chance) {
      env.ApplyChance(std::stoi(fields[9]));
    } else {
      env.Step(std::stoi(fields[9]));
    }
  }
  EXPECT_EQ(recorded, 15);
  EXPECT_TRUE(env.done());
  EXPECT_EQ(std::vector<float>(env.rewards().begin(), env.rewards().end()),
            (std::vector<float>{1, -1}));
}

}  // namespace
}  // namespace brasa
