// The games against states recorded by OpenSpiel: who moves, what is legal, rewards, returns,
// board.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "brasa/env_batch.h"
#include "brasa/registry.h"
#include "tests/support/test_data.h"

namespace brasa {
namespace {

std::vector<std::string> Split(const std::string& line, char separator) {
  std::vector<std::string> fields;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, separator);) fields.push_back(field);
  return fields;
}

template <typename Number>
std::vector<Number> Numbers(const std::string& text) {
  std::vector<Number> numbers;
  std::istringstream stream(text);
  for (Number number; stream >> number;) numbers.push_back(number);
  return numbers;
}

const EnvRow& RowOf(const std::string& id) {
  const auto rows = BuiltinEnvs();
  return *std::find_if(rows.begin(), rows.end(), [&](const EnvRow& row) { return row.id == id; });
}

TEST(OpenSpielFacts, EveryRecordedState_IsReachedWithTheSameFacts) {
  std::ifstream file(TestData("open_spiel_facts/facts.csv"));
  std::string line;
  std::getline(file, line);
  int states = 0;
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = Split(line, ',');
    ASSERT_EQ(fields.size(), 9u) << line;
    Env env(RowOf(fields[1]), DefaultParams(RowOf(fields[1])), {});
    env.Reset();
    for (const std::int32_t id : Numbers<std::int32_t>(fields[2])) env.Step(id);
    ASSERT_EQ(env.end(), fields[3] == "1" ? EpisodeEnd::kTerminated : EpisodeEnd::kNone) << line;
    if (!env.done()) {
      EXPECT_EQ(env.PlayerToMove(), std::stoi(fields[4])) << line;
    }
    const auto legal = env.LegalActions();
    EXPECT_EQ(std::vector<std::int32_t>(legal.begin(), legal.end()),
              Numbers<std::int32_t>(fields[5]))
        << line;
    const auto rewards = env.rewards();
    EXPECT_EQ(std::vector<float>(rewards.begin(), rewards.end()), Numbers<float>(fields[6]))
        << line;
    const auto returns = env.returns();
    EXPECT_EQ(std::vector<double>(returns.begin(), returns.end()), Numbers<double>(fields[7]))
        << line;
    std::string board = env.ToText();
    std::replace(board.begin(), board.end(), '\n', '/');
    EXPECT_EQ(board, fields[8]) << line;
    ++states;
  }
  EXPECT_GT(states, 20);
}

}  // namespace
}  // namespace brasa
