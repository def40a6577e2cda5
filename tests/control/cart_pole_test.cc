#include "envs/control/cart_pole.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "brasa/env_batch.h"
#include "runners/loop/csv_reader.h"
#include "tests/support/test_data.h"

namespace brasa {
namespace {

CartPole World(double x, double x_dot, double theta, double theta_dot) {
  CartPole world{Params{}};
  world.x = x;
  world.x_dot = x_dot;
  world.theta = theta;
  world.theta_dot = theta_dot;
  return world;
}

/// Distance in representable numbers; 0 or 1 are allowed.
bool WithinOneUlp(float a, float b) { return a == b || std::nextafter(a, b) == b; }

// Gymnasium's recorded transitions, each from its own state: the trajectories are chaotic, single
// steps are not. 1e-12 leaves room for its libm and for products in place of quotients.
TEST(CartPole, EveryRecordedTransitionOfGymnasium_IsReproduced) {
  const CsvTable table = ReadCsv(TestData("classic_control/cartpole_v1.csv"));
  ASSERT_EQ(table.rows(), 268u);
  const char* names[] = {"x", "x_dot", "theta", "theta_dot"};
  int terminated = 0;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const auto value = [&](const std::string& column) { return table.Column(column)[r]; };
    CartPole world = World(value("s_x"), value("s_x_dot"), value("s_theta"), value("s_theta_dot"));
    const auto action = static_cast<std::int32_t>(value("action"));
    float reward = -1;
    Rng rng;
    const EpisodeEnd end = world.Step(ActionRef(&action, 1), rng, std::span<float>(&reward, 1));
    const double state[] = {world.x, world.x_dot, world.theta, world.theta_dot};
    float seen[4];
    world.Observe(0, seen);
    for (int i = 0; i < 4; ++i) {
      const double wanted = value(std::string("ns_") + names[i]);
      EXPECT_NEAR(state[i], wanted, 1e-12 * std::max(1.0, std::abs(wanted))) << "row " << r;
      EXPECT_TRUE(WithinOneUlp(seen[i], static_cast<float>(value(std::string("obs_") + names[i]))))
          << "row " << r;
    }
    EXPECT_EQ(reward, static_cast<float>(value("reward"))) << "row " << r;
    EXPECT_EQ(end == EpisodeEnd::kTerminated, value("terminated") == 1) << "row " << r;
    terminated += end == EpisodeEnd::kTerminated;
  }
  EXPECT_GT(terminated, 0);
}

// The source's formula with libm, world by world.
struct SlowCartPole {
  double x, x_dot, theta, theta_dot;
  bool Step(int action) {
    const double force = action == 1 ? 10.0 : -10.0;
    const double c = std::cos(theta), s = std::sin(theta);
    const double temp = (force + 0.05 * theta_dot * theta_dot * s) / 1.1;
    const double theta_acc = (9.8 * s - c * temp) / (0.5 * (4.0 / 3.0 - 0.1 * c * c / 1.1));
    const double x_acc = temp - 0.05 * theta_acc * c / 1.1;
    x += 0.02 * x_dot;
    x_dot += 0.02 * x_acc;
    theta += 0.02 * theta_dot;
    theta_dot += 0.02 * theta_acc;
    return std::abs(x) > 2.4 || std::abs(theta) > 12 * 2 * 3.14159265358979323846 / 360;
  }
};

TEST(CartPole, ThousandRandomEpisodes_FollowTheSlowVersionStepByStep) {
  Rng rng(1, StreamRole::kTest);
  for (int episode = 0; episode < 1000; ++episode) {
    CartPole world{Params{}};
    world.Reset(rng);
    for (bool over = false; !over;) {
      EXPECT_LE(std::abs(world.x), 2.4);
      SlowCartPole slow{world.x, world.x_dot, world.theta, world.theta_dot};
      const auto action = static_cast<std::int32_t>(rng.Below(2));
      const bool slow_over = slow.Step(action);
      float reward = 0;
      over =
          world.Step(ActionRef(&action, 1), rng, std::span<float>(&reward, 1)) != EpisodeEnd::kNone;
      ASSERT_EQ(over, slow_over) << "episode " << episode;
      ASSERT_NEAR(world.x, slow.x, 1e-12);
      ASSERT_NEAR(world.x_dot, slow.x_dot, 1e-12);
      ASSERT_NEAR(world.theta, slow.theta, 1e-12);
      ASSERT_NEAR(world.theta_dot, slow.theta_dot, 1e-12);
    }
  }
}

TEST(CartPole, Starts_AreUniformInTheBox) {
  double sums[4] = {}, low = 1, high = -1;
  const int n = 20000;
  for (int i = 0; i < n; ++i) {
    Rng rng(5, StreamRole::kTest, static_cast<unsigned>(i));
    CartPole world{Params{}};
    world.Reset(rng);
    const double state[] = {world.x, world.x_dot, world.theta, world.theta_dot};
    for (int k = 0; k < 4; ++k) {
      sums[k] += state[k];
      low = std::min(low, state[k]);
      high = std::max(high, state[k]);
    }
  }
  EXPECT_GE(low, -0.05);
  EXPECT_LT(high, 0.05);
  EXPECT_LT(low, -0.0499);
  EXPECT_GT(high, 0.0499);
  // The mean of n uniforms has deviation 0.1 / sqrt(12 n) = 2.04e-4; five of them.
  for (const double sum : sums) EXPECT_NEAR(sum / n, 0, 5 * 2.04e-4);
}

// StepMany steps 64 worlds at a time and the rest one by one; the same bits as Step in both.
TEST(CartPole, StepMany_EqualsStepBitForBit) {
  Rng rng(2, StreamRole::kTest);
  for (const std::size_t n : {1u, 63u, 64u, 65u, 200u}) {
    std::vector<CartPole> many, single;
    std::vector<std::int32_t> actions(n);
    std::vector<float> rewards(n);
    std::vector<std::uint8_t> ends(n);
    for (std::size_t i = 0; i < n; ++i) {
      many.push_back(World(rng.Uniform(-2.5, 2.5), rng.Uniform(-3, 3), rng.Uniform(-0.25, 0.25),
                           rng.Uniform(-3, 3)));
      actions[i] = static_cast<std::int32_t>(rng.Below(2));
    }
    single = many;
    CartPole::StepMany(many, actions.data(), nullptr, rewards.data(), ends.data());
    for (std::size_t i = 0; i < n; ++i) {
      float reward = 0;
      const EpisodeEnd end =
          single[i].Step(ActionRef(&actions[i], 1), rng, std::span<float>(&reward, 1));
      EXPECT_EQ(0, std::memcmp(&single[i], &many[i], sizeof(CartPole)));
      EXPECT_EQ(static_cast<std::uint8_t>(end), ends[i]);
      EXPECT_EQ(reward, rewards[i]);
    }
  }
}

TEST(CartPole, BalancedForFiveHundredSteps_IsTruncated) {
  EnvRow row;
  row.id = "CartPole-v1";
  row.env_class = &EnvClassOf<CartPole>();
  Env env(row, DefaultParams(row), {3, StreamRole::kTest, 0});
  env.Reset();
  EpisodeEnd end = EpisodeEnd::kNone;
  while (end == EpisodeEnd::kNone) {
    float seen[4];
    env.Observe(0, seen);
    end = env.Step(seen[2] + 0.25f * seen[3] + 0.01f * seen[0] + 0.05f * seen[1] > 0 ? 1 : 0);
  }
  EXPECT_EQ(end, EpisodeEnd::kTruncated);
  EXPECT_EQ(env.plies(), 500);
  EXPECT_EQ(env.returns()[0], 500);
}

TEST(CartPole, Text_ReadsBackAndRefusesWhatIsNoState) {
  CartPole world = World(0.25, -1.5, 0.0625, 3);
  CartPole read{Params{}};
  read.FromText(world.ToText());
  EXPECT_EQ(0, std::memcmp(&world, &read, sizeof world));
  for (const char* text :
       {"", "x=1", "x=1 x_dot=2 theta=0 theta_dot=a", "x=3 x_dot=0 theta=0 theta_dot=0",
        "x=0 x_dot=0 theta=0.3 theta_dot=0", "x=0 x_dot=0 theta=0 theta_dot=0 1",
        "x=nan x_dot=0 theta=0 theta_dot=0"}) {
    EXPECT_THROW(read.FromText(text), UsageError) << text;
    EXPECT_EQ(0, std::memcmp(&world, &read, sizeof world)) << "the world stays as it was";
  }
}

}  // namespace
}  // namespace brasa
