// The presets reach the published returns: the interquartile mean over the seeds 0 to 9 of the
// greedy policies, 100 episodes each, is at least what was published, after at most the steps that
// were.
#include <gtest/gtest.h>

#include <cstdio>
#include <ostream>

#include "brasa/statistics.h"
#include "tests/support/train_loop.h"

namespace brasa {
namespace {

constexpr int kSeeds = 10;

struct Published {
  std::string agent, env;
  std::int64_t steps;
  double mean_return;
};
void PrintTo(const Published& row, std::ostream* out) { *out << row.agent << " on " << row.env; }

class PresetReturns : public testing::TestWithParam<Published> {};

TEST_P(PresetReturns, ReachThePublishedReturn) {
  const Published& published = GetParam();
  const AgentRow& agent = support::FindRow(BuiltinAgents(), published.agent);
  std::vector<double> returns;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    support::TrainLoop loop(
        support::BuiltinRow(published.env), agent,
        {.settings = {}, .worlds = 0, .steps = 0, .seed = seed, .use_preset = true, .params = {}});
    loop.Run();
    EXPECT_LE(loop.steps_done(), published.steps + loop.env().worlds() - 1);
    returns.push_back(loop.Evaluate(ActMode::kGreedy, 20, 5, seed)[0]);
    std::printf("seed %d: %.2f\n", static_cast<int>(seed), returns.back());
  }
  const double iqm = InterquartileMean(returns);
  std::printf("IQM %.2f, published %.2f\n", iqm, published.mean_return);
  EXPECT_GE(iqm, published.mean_return);
}

// Returns and steps of RL Baselines3 Zoo (benchmark.md and hyperparams).
INSTANTIATE_TEST_SUITE_P(Full, PresetReturns,
                         testing::Values(Published{"ppo", "CartPole-v1", 100'000, 500},
                                         Published{"ppo", "Pendulum-v1", 100'000, -172.2},
                                         Published{"sac", "Pendulum-v1", 20'000, -157.0},
                                         Published{"ppo", "MountainCarContinuous-v0", 20'000, 88.3},
                                         Published{"ppo", "MountainCar-v0", 1'000'000, -110.4},
                                         Published{"ppo", "Acrobot-v1", 1'000'000, -73.5},
                                         Published{"dqn", "CartPole-v1", 50'000, 500},
                                         Published{"a2c", "CartPole-v1", 500'000, 500},
                                         Published{"a2c", "Acrobot-v1", 500'000, -83.4}),
                         [](const auto& test) {
                           std::string name = test.param.agent + "_" + test.param.env;
                           for (char& c : name) c = c == '-' || c == '/' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace brasa
