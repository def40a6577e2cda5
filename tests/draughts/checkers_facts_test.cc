// A game recorded by OpenSpiel, state by state.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "brasa/env_batch.h"
#include "brasa/registry.h"
#include "tests/support/test_data.h"

namespace brasa {
namespace {

const EnvRow& CheckersRow() {
  for (const EnvRow& row : BuiltinEnvs()) {
    if (row.id == "Checkers-v0") return row;
  }
  throw ConfigError("no row Checkers-v0");
}

std::vector<std::string> Fields(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream stream(line + ",");
  for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
  return fields;
}

template <typename Number>
std::vector<Number> Numbers(const std::string& text) {
  std::vector<Number> numbers;
  std::istringstream stream(text);
  for (Number number; stream >> number;) numbers.push_back(number);
  return numbers;
}

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
  Env env(CheckersRow(), DefaultParams(CheckersRow()), {});
  env.Reset();
  int recorded = 0;
  while (std::getline(file, line)) {
    SCOPED_TRACE(line);
    const std::vector<std::string> fields = Fields(line);
    ASSERT_EQ(fields.size(), 8u);
    if (fields[1] == "1") {
      ++recorded;
      ASSERT_EQ(env.done(), fields[2] == "-4");
      if (!env.done()) {
        EXPECT_EQ(env.PlayerToMove(), std::stoi(fields[2]));
      }
      const auto legal = env.LegalActions();
      EXPECT_EQ(std::vector<std::int32_t>(legal.begin(), legal.end()),
                Numbers<std::int32_t>(fields[3]));
      if (env.plies() > 0) {
        EXPECT_EQ(std::vector<float>(env.rewards().begin(), env.rewards().end()),
                  Numbers<float>(fields[4]));
      }
      EXPECT_EQ(std::vector<double>(env.returns().begin(), env.returns().end()),
                Numbers<double>(fields[5]));
      EXPECT_EQ(Board(env), fields[6]);
    }
    if (!fields[7].empty()) env.Step(std::stoi(fields[7]));
  }
  EXPECT_EQ(recorded, 16);
  EXPECT_TRUE(env.done());
}

}  // namespace
}  // namespace brasa
