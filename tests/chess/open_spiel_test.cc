// A game recorded by OpenSpiel: who moves, what is legal, in ids and words, rewards, returns.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "brasa/env_batch.h"
#include "brasa/registry.h"
#include "tests/chess/chess_testing.h"
#include "tests/support/test_data.h"

namespace brasa {
namespace {

std::vector<std::string> Split(const std::string& line, char separator) {
  std::vector<std::string> fields;
  std::istringstream stream(line + separator);
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

EnvRow ChessRow() {
  for (const EnvRow& row : BuiltinEnvs()) {
    if (row.id == "Chess-v0") return row;
  }
  ADD_FAILURE() << "no row Chess-v0";
  return {};
}

void ExpectFacts(Env& env, const std::vector<std::string>& facts) {
  ASSERT_EQ(facts.size(), 8u);
  EXPECT_EQ(env.done(), facts[1] == "1");
  if (!env.done()) {
    EXPECT_EQ(env.PlayerToMove(), std::stoi(facts[2]));
  }
  const auto rewards = env.rewards();
  EXPECT_EQ(std::vector<float>(rewards.begin(), rewards.end()), Numbers<float>(facts[3]));
  const auto returns = env.returns();
  EXPECT_EQ(std::vector<double>(returns.begin(), returns.end()), Numbers<double>(facts[4]));
  const std::string text = env.ToText();
  EXPECT_EQ(text.substr(0, text.find(" after")), facts[5]);
  const auto legal = env.LegalActions();
  EXPECT_EQ(std::vector<std::int32_t>(legal.begin(), legal.end()), Numbers<std::int32_t>(facts[6]));
  std::string words;
  for (const std::int32_t& id : legal) {
    words += (words.empty() ? "" : " ") + env.ActionToText(&id);
  }
  EXPECT_EQ(words, facts[7]);
}

TEST(ChessOpenSpiel, RecordedGame_HasTheSameFactsPlyByPly) {
  std::ifstream moves_file(TestData("chess/open_spiel_moves.txt"));
  std::stringstream text;
  text << moves_file.rdbuf();
  const auto moves = Numbers<std::int32_t>(text.str());
  ASSERT_EQ(moves.size(), 359u);
  std::ifstream file(TestData("chess/open_spiel_facts.csv"));
  std::string line;
  std::getline(file, line);
  const EnvRow row = ChessRow();
  Env env(row, DefaultParams(row), {});
  env.Reset();
  int rows = 0;
  for (std::size_t ply = 0; std::getline(file, line); ++rows) {
    const std::vector<std::string> facts = Split(line, ',');
    for (const std::size_t told = std::stoul(facts[0]); ply < told; ++ply) env.Step(moves[ply]);
    ASSERT_NO_FATAL_FAILURE(ExpectFacts(env, facts)) << "ply " << ply;
  }
  EXPECT_EQ(rows, 41);
  EXPECT_TRUE(env.done());
}

}  // namespace
}  // namespace brasa
