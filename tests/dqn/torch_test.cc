// Deep Q-learning on torch against the native path. Only built with torch.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/dqn/training.h"

namespace brasa {
namespace {

const Settings kRainbow = {{"double", "true"},      {"dueling", "true"}, {"n_step", "3"},
                           {"prioritized", "true"}, {"noisy", "true"},   {"distribution", "c51"},
                           {"v_min", "0"},          {"v_max", "100"}};

/// 64 steps of random actions and one training of 10 updates: the actor, whose best action a
/// rounding may change, has not been asked yet.
DqnRun Trained(const std::string& backend, Settings settings) {
  settings.insert(settings.end(), {{"network.backend", backend},
                                   {"learning_starts", "64"},
                                   {"train_frequency", "64"},
                                   {"gradient_steps", "10"}});
  DqnRun run(CartPoleRow(), {}, SmallDqn(settings), 2, 5);
  run.Train(64);
  return run;
}

// Sums in another order: 10 steps of rate 0.01 enlarge differences of 1e-7 where Adam divides by
// small roots.
TEST(DqnTorch, TenUpdates_EqualTheNativeOnes) {
  for (const Settings& settings : {Settings{}, kRainbow}) {
    DqnRun torch = Trained("torch", settings), native = Trained("native", settings);
    ASSERT_GE(torch.agent.updates(), 10);
    ASSERT_EQ(torch.agent.updates(), native.agent.updates());
    const std::vector<float> a = ParametersOf(torch.agent.online());
    const std::vector<float> b = ParametersOf(native.agent.online());
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-3f) << i;
  }
}

TEST(DqnTorch, SavedAndLoaded_GoesOnBitForBit) {
  for (Settings settings : {Settings{}, kRainbow}) {
    settings.emplace_back("network.backend", "torch");
    DqnRun straight(CartPoleRow(), {}, SmallDqn(settings), 2, 5);
    DqnRun resumed(CartPoleRow(), {}, SmallDqn(settings), 2, 5);
    straight.Train(40);
    const std::string saved = straight.Saved();
    StateReader reader(saved, "test");
    resumed.env->Load(reader);
    resumed.agent.Load(reader);
    straight.Train(40);
    resumed.Train(40);
    EXPECT_EQ(resumed.Saved(), straight.Saved());
  }
}

}  // namespace
}  // namespace brasa
