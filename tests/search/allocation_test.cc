// Search allocates nothing once its arrays have grown.
#include <gtest/gtest.h>

#include <memory>

#include "agents/search/mcts_agent.h"
#include "agents/search/uct.h"
#include "tests/nn/allocation_count.h"
#include "tests/support/train_loop.h"

namespace brasa {
namespace {

using support::FindRow;

class AllocationTest : public testing::TestWithParam<const char*> {};

TEST_P(AllocationTest, SecondSearch_AllocatesNothing) {
  const EnvRow& row = FindRow(BuiltinEnvs(), GetParam());
  Env at(row, DefaultParams(row), {1, StreamRole::kTest, 0});
  Env scratch(row, DefaultParams(row), {2, StreamRole::kSearch, 0});
  at.Reset();
  scratch.Reset();
  UctSearch search({200, 1.4142135623730951, 10000});
  const auto choose = [&] {
    Rng rng(3, StreamRole::kSearch);
    scratch.batch().SetNextEpisode(0, 7);
    scratch.Reset();
    search.Choose(at.batch(), 0, scratch, rng);
  };
  choose();
  const std::int64_t before = AllocationCount();
  choose();
  EXPECT_EQ(AllocationCount() - before, 0);
}

TEST_P(AllocationTest, ActorWhoseArraysHaveGrown_AllocatesNothing) {
  const EnvRow& row = FindRow(BuiltinEnvs(), GetParam());
  support::TrainLoop loop(row, FindRow(BuiltinAgents(), "mcts"), {{{"simulations", "100"}}, 2, 8});
  EnvBatch batch(row, DefaultParams(row), 2, {1, StreamRole::kTest, 0});
  batch.Reset(0, 2);
  const std::int32_t worlds[] = {0, 1};
  std::int32_t actions[2] = {};
  ActRows rows;
  rows.count = 2;
  rows.world = worlds;
  rows.batch = &batch;
  Actor& actor = loop.agent().actor();
  for (int i = 0; i < 50; ++i) actor.Act(rows, actions);
  const std::int64_t before = AllocationCount();
  for (int i = 0; i < 20; ++i) actor.Act(rows, actions);
  EXPECT_EQ(AllocationCount() - before, 0);
}

INSTANTIATE_TEST_SUITE_P(Games, AllocationTest,
                         testing::Values("TicTacToe-v0", "ConnectFour-v0", "KuhnPoker-v0",
                                         "LeducPoker-v0", "2048-v0"),
                         [](const auto& game) {
                           std::string name;
                           for (const char c : std::string(game.param)) {
                             if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
                           }
                           return name;
                         });

}  // namespace
}  // namespace brasa
