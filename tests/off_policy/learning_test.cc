// The agents of continuous control learn Pendulum-v1.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/train_loop.h"

namespace brasa {
namespace {

/// Greedy return over 100 episodes after `steps` steps of Pendulum-v1 with small networks.
double PendulumReturn(const std::string& agent, std::int64_t steps) {
  support::TrainLoop loop(support::BuiltinRow("Pendulum-v1"),
                          support::FindRow(BuiltinAgents(), agent),
                          {.settings = {{"hidden", "64,64"},
                                        {"batch", "64"},
                                        {"learning_starts", "400"},
                                        {"learning_rate", "0.001"},
                                        {"critic_learning_rate", "0.001"}},
                           .worlds = 1,
                           .steps = steps,
                           .seed = 0});
  loop.Run();
  return loop.Evaluate(ActMode::kGreedy, 20, 5, 0)[0];
}

// A policy that has learnt nothing gives some -1200, one that swings up and holds -150.
TEST(OffPolicyLearning, Pendulum_IsSwungUpWithin6000Steps) {
  for (const std::string agent : {"sac", "td3", "ddpg"}) {
    EXPECT_GE(PendulumReturn(agent, 6000), -300.0) << agent;
  }
}

}  // namespace
}  // namespace brasa
