#include "agents/search/random_agent.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/train_loop.h"

namespace brasa {
namespace {

using support::FindRow;
using support::TrainLoop;

/// The actor of an agent for one world of `action`s.
std::unique_ptr<Agent> AgentFor(const ActionSpec& action) {
  EnvSpec spec;
  spec.id = "Some-v0";
  spec.observation.shape = {1};
  spec.observation.low = {0};
  spec.observation.high = {1};
  spec.action = action;
  return MakeRandomAgent({spec, Config(), 1, 5, 0});
}

ActRows OneRow(const std::uint8_t* mask) {
  static const std::int32_t kWorld = 0;
  ActRows rows;
  rows.count = 1;
  rows.world = rows.player = &kWorld;
  rows.mask = mask;
  return rows;
}

TEST(RandomAgent, Discrete_IsUniformOverTheLegalActions) {
  ActionSpec action;
  action.count = 4;
  const auto agent = AgentFor(action);
  const std::uint8_t mask[] = {1, 0, 1, 1};
  int counts[4] = {};
  for (int i = 0; i < 3000; ++i) {
    std::int32_t id = -1;
    agent->actor().Act(OneRow(mask), &id);
    ++counts[id];
  }
  EXPECT_EQ(counts[1], 0);
  for (const int a : {0, 2, 3}) EXPECT_NEAR(counts[a], 1000, 130);  // 5 deviations of 25.8
}

TEST(RandomAgent, MultiDiscrete_DrawsEveryComponent) {
  ActionSpec action;
  action.kind = ActionKind::kMultiDiscrete;
  action.counts = {2, 5};
  const auto agent = AgentFor(action);
  int counts[2][5] = {};
  for (int i = 0; i < 1000; ++i) {
    std::int32_t ids[2] = {-1, -1};
    agent->actor().Act(OneRow(nullptr), ids);
    ASSERT_TRUE(ids[0] >= 0 && ids[0] < 2 && ids[1] >= 0 && ids[1] < 5);
    ++counts[0][ids[0]];
    ++counts[1][ids[1]];
  }
  EXPECT_NEAR(counts[0][0], 500, 80);
  for (const int count : counts[1]) EXPECT_NEAR(count, 200, 65);  // 5 deviations of 12.6
}

TEST(RandomAgent, Box_StaysInBoundsAndIsNormalWithoutThem) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  ActionSpec action;
  action.kind = ActionKind::kBox;
  action.low = {-2, -kInf, 3, -kInf};
  action.high = {4, kInf, kInf, 1};
  const auto agent = AgentFor(action);
  constexpr int kDraws = 4000;
  double sums[4] = {}, squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    float values[4];
    agent->actor().Act(OneRow(nullptr), values);
    ASSERT_TRUE(values[0] >= -2 && values[0] <= 4 && values[2] >= 3 && values[3] <= 1);
    for (int k = 0; k < 4; ++k) sums[k] += static_cast<double>(values[k]);
    squares += static_cast<double>(values[1]) * static_cast<double>(values[1]);
  }
  // Means 1, 0, 3 + 1 and 1 - 1; deviations of a draw at most 1.74: 5 of them over sqrt(4000).
  const double means[4] = {1, 0, 4, 0};
  for (int k = 0; k < 4; ++k) EXPECT_NEAR(sums[k] / kDraws, means[k], 0.14) << k;
  EXPECT_NEAR(squares / kDraws, 1.0, 0.12);  // 5 * sqrt(2 / 4000)
}

// 255,168 games weighted by their probability: uniform play of TicTacToe is won by the first player
// with 0.585, lost with 0.288: mean return 0.297, deviation of a game 0.9.
TEST(RandomAgent, TicTacToe_HasTheKnownMeanReturn) {
  TrainLoop loop(FindRow(BuiltinEnvs(), "TicTacToe-v0"), FindRow(BuiltinAgents(), "random"),
                 {{}, 1, 10});
  const auto returns = loop.Evaluate(ActMode::kExplore, 40, 50);
  EXPECT_NEAR(returns[0], 0.297, 0.1);  // 5 * 0.9 / sqrt(2000)
  EXPECT_DOUBLE_EQ(returns[0], -returns[1]);
}

TEST(RandomAgent, SavedAndLoaded_GoesOnBitForBit) {
  const EnvRow& row = FindRow(BuiltinEnvs(), "ConnectFour-v0");
  const AgentRow& random = FindRow(BuiltinAgents(), "random");
  TrainLoop straight(row, random, {{}, 3, 300, 1}), cut(row, random, {{}, 3, 300, 1}),
      resumed(row, random, {{}, 3, 300, 1});
  straight.Run();
  cut.Run(150);
  resumed.Load(cut.Save(), cut.steps_done());
  resumed.Run();
  EXPECT_EQ(resumed.Save(), straight.Save());
}

TEST(BuiltinAgents, Presets_SetFieldsThatExistOnEnvironmentsThatExist) {
  for (const AgentRow& row : BuiltinAgents()) {
    for (const AgentRow::Preset& preset : row.presets) {
      Config config(row.fields);
      EXPECT_NO_THROW(FindRow(BuiltinEnvs(), preset.env));
      for (const auto& [name, value] : preset.values) {
        if (name == "envs" || name == "steps") continue;
        EXPECT_NO_THROW(config.Set(name, value)) << name;
      }
    }
  }
}

}  // namespace
}  // namespace brasa
