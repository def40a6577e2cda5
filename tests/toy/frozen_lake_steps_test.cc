// FrozenLake beyond its table: recorded episodes, and the best stationary policy.
#include <gtest/gtest.h>

#include "brasa/core/value_iteration.h"
#include "envs/toy/frozen_lake.h"
#include "tests/toy/tables.h"

namespace brasa {
namespace {

using toy_testing::ExpectSteps;
using toy_testing::With;

TransitionModel LakeModel(const char* map) {
  return FrozenLake(With<FrozenLake>({{"map", map}})).Model();
}

TEST(FrozenLakeSteps, RecordedSteps_AreOutcomesOfTheModel) {
  ExpectSteps(LakeModel("4x4"), "frozenlake4x4_traj.csv");
  ExpectSteps(LakeModel("8x8"), "frozenlake8x8_traj.csv");
}

// The policy that is best for ever reaches the goal with 14/17; cut after the 100 plies of the
// limit it reaches it with 0.7402, below the 0.7442 of the policy that counts the plies.
TEST(FrozenLakeSteps, BestStationaryPolicy_ReachesTheKnownShareWithinTheLimit) {
  const TransitionModel model = LakeModel("4x4");
  const auto values = BestUnlimitedValues(model, 0.9999, 1e-13, 100000).value();
  const auto policy = GreedyPolicy(model, values, 0.9999);
  EXPECT_NEAR(StartMean(model, PolicyValues(model, policy, 100)), 0.7402, 5e-5);
  EXPECT_NEAR(StartMean(model, PolicyValues(model, policy, 20000)), 14.0 / 17.0, 1e-10);
  EXPECT_NEAR(StartMean(model, BestValues(model, 100)), 0.744190287829269, 1e-12);
}

}  // namespace
}  // namespace brasa
