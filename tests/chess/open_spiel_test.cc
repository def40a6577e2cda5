// A game recorded by OpenSpiel: who moves, what is legal, in ids and words, rewards, returns.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "brasa/env_batch.h"
#include "tests/chess/chess_testing.h"
#include "tests/support/recorded_game.h"
#include "tests/support/rows.h"
#include "tests/support/test_data.h"

namespace brasa {
namespace {

void ExpectFacts(Env& env, const std::vector<std::string>& facts) {
  ASSERT_EQ(facts.size(), 8u);
  EXPECT_EQ(env.done(), facts[1] == "1");
  if (!env.done()) {
    EXPECT_EQ(env.PlayerToMove(), std::stoi(facts[2]));
  }
  support::ExpectRewards(env, facts[3]);
  support::ExpectReturns(env, facts[4]);
  const std::string text = env.ToText();
  EXPECT_EQ(text.substr(0, text.find(" after")), facts[5]);
  support::ExpectLegal(env, facts[6]);
  std::string words;
  for (const std::int32_t& id : env.LegalActions()) {
    words += (words.empty() ? "" : " ") + env.ActionToText(&id);
  }
  EXPECT_EQ(words, facts[7]);
}

TEST(ChessOpenSpiel, RecordedGame_HasTheSameFactsPlyByPly) {
  std::ifstream moves_file(TestData("chess/open_spiel_moves.txt"));
  std::stringstream text;
  text << moves_file.rdbuf();
  const auto moves = support::Numbers<std::int32_t>(text.str());
  ASSERT_EQ(moves.size(), 359u);
  std::ifstream file(TestData("chess/open_spiel_facts.csv"));
  std::string line;
  std::getline(file, line);
  const EnvRow& row = support::BuiltinRow("Chess-v0");
  Env env(row, DefaultParams(row), {});
  env.Reset();
  int rows = 0;
  for (std::size_t ply = 0; std::getline(file, line); ++rows) {
    const std::vector<std::string> facts = support::Split(line, ',');
    for (const std::size_t told = std::stoul(facts[0]); ply < told; ++ply) env.Step(moves[ply]);
    ASSERT_NO_FATAL_FAILURE(ExpectFacts(env, facts)) << "ply " << ply;
  }
  EXPECT_EQ(rows, 41);
  EXPECT_TRUE(env.done());
}

}  // namespace
}  // namespace brasa
