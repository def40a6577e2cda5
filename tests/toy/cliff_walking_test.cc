#include "envs/toy/cliff_walking.h"

#include <gtest/gtest.h>

#include "brasa/contract_check.h"
#include "brasa/core/value_iteration.h"
#include "tests/support/text_fuzz.h"
#include "tests/toy/tables.h"

namespace brasa {
namespace {

using toy_testing::ExpectSteps;
using toy_testing::ExpectTable;
using toy_testing::With;

CliffWalking Walk(const char* slippery) {
  return CliffWalking(With<CliffWalking>({{"slippery", slippery}}));
}

TEST(CliffWalking, Model_EqualsGymnasiumsTables) {
  ExpectTable(Walk("false").Model(), "cliffwalking_v1_P.csv");
  ExpectTable(Walk("true").Model(), "cliffwalking_slippery_v1_P.csv");
}

TEST(CliffWalking, RecordedSteps_AreOutcomesOfTheModel) {
  ExpectSteps(Walk("false").Model(), "cliffwalking_v1_traj.csv");
}

// -13: up, eleven times right, down. -64.7091759099605: dynamic programming on Gymnasium's table;
// 1e-9 is what sweeps that stop at a movement of 1e-12 may leave.
TEST(CliffWalking, ValueIterationOnTheModel_GivesTheKnownOptima) {
  const TransitionModel firm = Walk("false").Model(), slippery = Walk("true").Model();
  EXPECT_EQ(StartMean(firm, BestUnlimitedValues(firm, 1, 0, 100).value()), -13);
  EXPECT_NEAR(StartMean(slippery, BestUnlimitedValues(slippery, 1, 1e-12, 100000).value()),
              -64.7091759099605, 1e-9);
}

// Played by the struct itself: 38 cells that a walker can stand on, every action.
TEST(CliffWalking, EveryStep_IsTheOneOfTheModel) {
  CliffWalking walk = Walk("false");
  const TransitionModel model = walk.Model();
  Rng rng(1, StreamRole::kTest);
  for (std::int32_t from = 0; from < 48; ++from) {
    for (std::int32_t action = 0; action < 4; ++action) {
      walk.cell = from;
      float reward = 0;
      const EpisodeEnd end = walk.Step(ActionRef(&action, 1), rng, std::span<float>(&reward, 1));
      const ModelOutcome& expected =
          model.outcomes[static_cast<std::size_t>(from)][static_cast<std::size_t>(action)][0];
      EXPECT_EQ(walk.cell, expected.next) << from << " " << action;
      EXPECT_EQ(static_cast<double>(reward), expected.reward) << from << " " << action;
      EXPECT_EQ(end == EpisodeEnd::kTerminated, expected.terminated) << from << " " << action;
    }
  }
  EXPECT_EQ(rng.counter, 0u);
}

// 30,000 draws from the cell above the goal, up: left (34), up (23) and right (35) are equally
// likely. Five standard deviations of a count are sqrt(30000 * 2 / 9) * 5 = 408.
TEST(CliffWalking, SlipperyMoves_GoToEitherSideWithAThirdEach) {
  CliffWalking walk = Walk("true");
  Rng rng(5, StreamRole::kTest);
  int seen[48] = {};
  for (int draw = 0; draw < 30000; ++draw) {
    walk.cell = 35;
    const std::int32_t up = 0;
    float reward = 0;
    walk.Step(ActionRef(&up, 1), rng, std::span<float>(&reward, 1));
    ++seen[walk.cell];
  }
  for (const int cell : {34, 23, 35}) EXPECT_NEAR(seen[cell], 10000, 408) << cell;
}

TEST(CliffWalking, Text_ShowsTheWalkerAndReadsBack) {
  CliffWalking walk = Walk("false");
  EXPECT_EQ(walk.ToText(), "............\n............\n............\n@CCCCCCCCCCG");
  walk.FromText("............/..@........./............/.CCCCCCCCCCG");
  EXPECT_EQ(walk.cell, 14);
  for (const char* text : {"", "............/............/............/.CCCCCCCCCCG",
                           "............/............/............/.@CCCCCCCCCG",
                           "............/..@........./............/@CCCCCCCCCCG",
                           "............/..@........./............/.CCCCCCCCCCGG"}) {
    EXPECT_THROW(walk.FromText(text), UsageError) << text;
  }
  EXPECT_EQ(walk.cell, 14);
}

void FuzzWalk(int count) {
  CliffWalking walk = Walk("false");
  const std::string start = walk.ToText();
  testing::FuzzText({start, "............/..@........./............/.CCCCCCCCCCG"}, "@.CG/\n",
                    count, [&](const std::string& text) {
                      walk.FromText(text);
                      ASSERT_FALSE(CliffWalking::IsCliff(walk.cell));
                    });
  testing::FuzzText({"up", "left", "0", "3"}, "updownleftright0123", count / 10,
                    [&](const std::string& text) { walk.ActionFromText(text); });
}
TEST(CliffWalking, GarbageTexts_AreRefusedInOneWay) { FuzzWalk(100000); }
TEST(FullCliffWalkingFuzz, GarbageTexts_AreRefusedInOneWay) { FuzzWalk(1000000); }

TEST(CliffWalking, Struct_KeepsTheLawsOfStructs) {
  EXPECT_TRUE(StructFindings<CliffWalking>(With<CliffWalking>({})).empty());
}

}  // namespace
}  // namespace brasa
