// The learners of this folder balance CartPole-v1's pole within a part of their preset's steps.
#include <gtest/gtest.h>

#include <cstdio>

#include "brasa/statistics.h"
#include "tests/support/train_loop.h"

namespace brasa {
namespace {

struct Learns {
  std::string agent;
  std::int64_t steps;  ///< of the preset
  double threshold;    ///< of 100 greedy episodes after seed 0
  double iqm;          ///< least interquartile mean over the seeds 0 to 9
};
void PrintTo(const Learns& row, std::ostream* out) { *out << row.agent; }

auto OnPolicyAgentsThatLearn() {
  return testing::Values(Learns{"reinforce", 200000, 475, 475}, Learns{"impala", 200000, 475, 475},
                         Learns{"pqn", 200000, 475, 475});
}

double PresetReturn(const Learns& row, std::uint64_t seed) {
  support::TrainLoop loop(
      support::BuiltinRow("CartPole-v1"), support::FindRow(BuiltinAgents(), row.agent),
      {.settings = {}, .worlds = 0, .steps = 0, .seed = seed, .use_preset = true, .params = {}});
  loop.Run();
  EXPECT_EQ(loop.steps_done(), row.steps);
  return loop.Evaluate(ActMode::kGreedy, 20, 5, seed)[0];
}

class OnPolicyLearning : public testing::TestWithParam<Learns> {};
INSTANTIATE_TEST_SUITE_P(All, OnPolicyLearning, OnPolicyAgentsThatLearn(),
                         [](const auto& test) { return test.param.agent; });

// Uniformly random actions give some 22.
TEST_P(OnPolicyLearning, CartPolePreset_BalancesThePole) {
  EXPECT_GE(PresetReturn(GetParam(), 0), GetParam().threshold);
}

class FullOnPolicyLearning : public testing::TestWithParam<Learns> {};
INSTANTIATE_TEST_SUITE_P(Full, FullOnPolicyLearning, OnPolicyAgentsThatLearn(),
                         [](const auto& test) { return test.param.agent; });

TEST_P(FullOnPolicyLearning, CartPolePreset_BalancesThePoleWithEverySeed) {
  std::vector<double> returns;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    returns.push_back(PresetReturn(GetParam(), seed));
    std::printf("seed %d: %.1f\n", static_cast<int>(seed), returns.back());
  }
  std::printf("IQM %.1f\n", InterquartileMean(returns));
  EXPECT_GE(InterquartileMean(returns), GetParam().iqm);
}

}  // namespace
}  // namespace brasa
