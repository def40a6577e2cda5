// Deep Q-learning learns CartPole-v1 with the preset of its registry row.
#include <gtest/gtest.h>

#include "tests/support/train_loop.h"

namespace brasa {
namespace {

/// Greedy return over 100 episodes after training with the preset.
double PresetReturn(std::uint64_t seed) {
  support::TrainLoop loop(
      support::FindRow(BuiltinEnvs(), "CartPole-v1"), support::FindRow(BuiltinAgents(), "dqn"),
      {.settings = {}, .worlds = 0, .steps = 0, .seed = seed, .use_preset = true, .params = {}});
  loop.Run();
  EXPECT_EQ(loop.steps_done(), 50000);
  return loop.Evaluate(ActMode::kGreedy, 20, 5, seed)[0];
}

// Seed 0 gave 500; the threshold of the environment is 475.
TEST(DqnLearning, CartPolePreset_PassesTheThreshold) { EXPECT_GE(PresetReturn(0), 475.0); }

}  // namespace
}  // namespace brasa
