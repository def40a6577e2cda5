// Acting in boxes: bounds, exploration, greedy play, streams.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/off_policy/training.h"

namespace brasa {
namespace {

constexpr int kCalls = 4000;

/// What world `world` plays in kCalls calls, [calls, 2]; calls hold the worlds of `order`. `starts`
/// marks every start-th call as the first ply of an episode; 0 = none.
std::vector<float> Played(OffPolicyRun& run, const std::vector<std::int32_t>& order,
                          std::int32_t world, int starts = 0) {
  const auto actor = run.agent.MakeActor(ActMode::kExplore, 2, 7, StreamRole::kTest);
  const std::vector<float> seen(2 * order.size(), 0.0f);
  std::vector<float> played, actions(2 * order.size());
  for (int i = 0; i < kCalls; ++i) {
    const std::vector<std::uint8_t> start(order.size(), starts > 0 && i % starts == 0);
    actor->Act({.count = static_cast<int>(order.size()),
                .world = order.data(),
                .observation = seen.data(),
                .start = start.data()},
               actions.data());
    for (std::size_t row = 0; row < order.size(); ++row) {
      if (order[row] == world) {
        played.insert(played.end(), {actions[2 * row], actions[2 * row + 1]});
      }
    }
  }
  return played;
}

struct Moments {
  double mean = 0, deviation = 0, correlation = 0;
};
/// Of component k; correlation of neighbours.
Moments Of(const std::vector<float>& played, std::size_t k) {
  std::vector<double> x;
  for (std::size_t i = k; i < played.size(); i += 2) x.push_back(static_cast<double>(played[i]));
  Moments moments;
  for (const double value : x) moments.mean += value / static_cast<double>(x.size());
  double squares = 0, products = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    squares += std::pow(x[i] - moments.mean, 2);
    if (i > 0) products += (x[i] - moments.mean) * (x[i - 1] - moments.mean);
  }
  moments.deviation = std::sqrt(squares / static_cast<double>(x.size()));
  moments.correlation = products / squares;
  return moments;
}

/// A learner behind its random start, its policy's heads set to `biases`.
OffPolicyRun Prepared(const std::string& agent, const std::vector<float>& biases,
                      const Settings& more = {}) {
  Settings settings = SmallSettings(more);
  settings.emplace_back("learning_starts", "0");
  OffPolicyRun run(agent, BoxCounterRow(), settings, 2, 9);
  SetHeads(run.agent.policy(), biases);
  return run;
}

// Boxes [-3, 1] and [0.5, 2.5]: a uniform number of width w has the deviation w / sqrt(12); of 4000
// its mean lies within five hundredths of w. The extremes come within a hundredth of the bounds.
TEST(ContinuousActor, RandomStart_IsUniformInTheBoxAtAnyCorrelation) {
  for (const std::string rho : {"0", "0.6"}) {
    OffPolicyRun run("td3", BoxCounterRow(), SmallSettings({{"noise_correlation", rho}}), 2, 9);
    SetHeads(run.agent.policy(), {3, 3});
    const std::vector<float> played = Played(run, {0, 1}, 1, 1000);
    for (const std::size_t k : {0u, 1u}) {
      const double low = k == 0 ? -3 : 0.5, width = k == 0 ? 4 : 2;
      const Moments moments = Of(played, k);
      EXPECT_NEAR(moments.mean, low + width / 2, 0.05 * width);
      EXPECT_NEAR(moments.deviation, width / std::sqrt(12.0), 0.03 * width);
      EXPECT_NEAR(moments.correlation, rho == "0" ? 0 : 0.58, 0.06);
      float least = 9, most = -9;
      for (std::size_t i = k; i < played.size(); i += 2) {
        least = std::min(least, played[i]);
        most = std::max(most, played[i]);
      }
      EXPECT_GE(least, static_cast<float>(low));
      EXPECT_LE(most, static_cast<float>(low + width));
      EXPECT_LT(least, static_cast<float>(low + 0.01 * width));
      EXPECT_GT(most, static_cast<float>(low + 0.99 * width));
    }
  }
}

// u = tanh(0.3 + 0.5 e): atanh of what is played is normal with that mean and deviation.
TEST(ContinuousActor, Sac_SamplesItsDistribution) {
  OffPolicyRun run = Prepared("sac", {0.3f, -0.2f, std::log(0.5f), std::log(0.25f)});
  std::vector<float> played = Played(run, {0}, 0);
  for (std::size_t i = 0; i < played.size(); ++i) {
    const float centre = i % 2 == 0 ? -1.0f : 1.5f, half_width = i % 2 == 0 ? 2.0f : 1.0f;
    played[i] = std::atanh((played[i] - centre) / half_width);
  }
  EXPECT_NEAR(Of(played, 0).mean, 0.3, 0.04);
  EXPECT_NEAR(Of(played, 0).deviation, 0.5, 0.03);
  EXPECT_NEAR(Of(played, 1).mean, -0.2, 0.02);
  EXPECT_NEAR(Of(played, 1).deviation, 0.25, 0.015);
  EXPECT_NEAR(Of(played, 0).correlation, 0, 0.06);
}

// u = tanh(0.3) + 0.2 e and tanh(3) + 0.2 e, the latter clipped to 1 in some 49 of 100.
TEST(ContinuousActor, DeterministicPolicies_AddClippedNoise) {
  for (const std::string agent : {"td3", "ddpg"}) {
    OffPolicyRun run = Prepared(agent, {0.3f, 3}, {{"exploration_noise", "0.2"}});
    const std::vector<float> played = Played(run, {0}, 0);
    EXPECT_NEAR(Of(played, 0).mean, -1 + 2 * std::tanh(0.3), 0.03);
    EXPECT_NEAR(Of(played, 0).deviation, 0.4, 0.02);
    int clipped = 0;
    for (std::size_t i = 1; i < played.size(); i += 2) {
      EXPECT_LE(played[i], 2.5f);
      clipped += played[i] == 2.5f;
    }
    EXPECT_NEAR(clipped, 0.49 * kCalls, 200);
  }
}

// e has correlation rho and deviation 1 at any rho; an episode's first is independent of the last
// one before: with episodes of 4 plies three of four neighbours are correlated.
TEST(ContinuousActor, CorrelatedNoise_HasUnitDeviationAndBeginsAnewWithEpisodes) {
  for (const int length : {1000, 4}) {
    OffPolicyRun run =
        Prepared("ddpg", {0, 0}, {{"exploration_noise", "0.1"}, {"noise_correlation", "0.8"}});
    const Moments moments = Of(Played(run, {0, 1}, 0, length), 0);
    EXPECT_NEAR(moments.deviation, 0.2, 0.02);
    EXPECT_NEAR(moments.correlation, length == 4 ? 0.6 : 0.8, 0.05);
  }
}

TEST(ContinuousActor, Greedy_PlaysTheMeansAndDrawsNothing) {
  for (const std::string agent : {"sac", "td3", "ddpg"}) {
    OffPolicyRun run(agent, BoxCounterRow(), SmallSettings(), 2, 9);
    run.Train(40);
    const std::string training = run.Saved();
    const auto actor = run.agent.MakeActor(ActMode::kGreedy, 2, 7, StreamRole::kEvalActor);
    const auto streams = [&] {
      StateWriter writer;
      actor->Save(writer);
      return writer.bytes();
    };
    const std::string before = streams();
    Rng rng(1, StreamRole::kTest);
    for (int i = 0; i < 50; ++i) {
      std::vector<float> seen(4), actions(4), outputs(8);
      for (float& x : seen) x = static_cast<float>(rng.Normal());
      const std::int32_t worlds[] = {0, 1};
      actor->Act({.count = 2, .world = worlds, .observation = seen.data()}, actions.data());
      run.agent.policy().Forward(seen.data(), 2, outputs.data());
      const std::size_t columns = agent == "sac" ? 4 : 2;
      for (std::size_t row = 0; row < 2; ++row) {
        EXPECT_NEAR(actions[2 * row], -1 + 2 * std::tanh(outputs[columns * row]), 1e-6f);
        EXPECT_NEAR(actions[2 * row + 1], 1.5f + std::tanh(outputs[columns * row + 1]), 1e-6f);
      }
    }
    EXPECT_EQ(streams(), before);
    EXPECT_TRUE(run.Saved() == training) << agent;
  }
}

TEST(ContinuousActor, Exploring_DrawsFromTheStreamOfTheRowsWorld) {
  const auto play = [](const std::vector<std::int32_t>& order, std::int32_t world) {
    OffPolicyRun run = Prepared("sac", {0, 0, 0, 0}, {{"noise_correlation", "0.5"}});
    return Played(run, order, world, 9);
  };
  EXPECT_EQ(play({1, 0}, 1), play({1}, 1));
  EXPECT_EQ(play({1, 0}, 0), play({0}, 0));
  EXPECT_NE(play({0}, 0), play({1}, 1));
}

// The middle and the ends of a box, to the last bit.
TEST(ActionBox, MapsToTheBoundsAndBack) {
  const ActionBox box(BoxCounter::Spec(Params()).action);
  const std::vector<float> u = {-1, 1, 1, -1, 0, 0, 0.5f, -0.5f};
  std::vector<float> action(8), back(2);
  box.ToBox(u.data(), 4, action.data());
  EXPECT_EQ(action, (std::vector<float>{-3, 2.5f, 1, 0.5f, -1, 1.5f, 0, 1}));
  for (std::size_t i = 0; i < 8; i += 2) {
    box.ToUnit(action.data() + i, back.data());
    EXPECT_EQ(back, (std::vector<float>{u[i], u[i + 1]}));
  }
}

}  // namespace
}  // namespace brasa
