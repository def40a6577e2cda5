#include "envs/control/acrobot.h"

#include <array>

#include "tests/classic/classic_testing.h"

namespace brasa {
namespace {

using namespace testing_classic;

using State = std::array<double, 4>;

Acrobot World(const State& s, const Params& params = DefaultsOf<Acrobot>()) {
  Acrobot world(params);
  world.SetState(s[0], s[1], s[2], s[3]);
  return world;
}

State StateOf(const Acrobot& world) {
  return {world.theta1, world.theta2, world.theta1_dot, world.theta2_dot};
}

TEST(Acrobot, EveryRecordedTransitionOfGymnasium_IsReproduced) {
  const CsvTable table = Table("acrobot_v1.csv");
  ASSERT_EQ(table.rows(), 175u);
  const char* names[] = {"theta1", "theta2", "dtheta1", "dtheta2"};
  const char* seen_names[] = {"cos1", "sin1", "cos2", "sin2", "dtheta1", "dtheta2"};
  int terminated = 0;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const auto value = [&](const std::string& column) { return table.Column(column)[r]; };
    Acrobot world =
        World({value("s_theta1"), value("s_theta2"), value("s_dtheta1"), value("s_dtheta2")});
    const Stepped stepped = StepWith(world, static_cast<std::int32_t>(value("action")));
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_TRUE(Near(StateOf(world)[i], value(std::string("ns_") + names[i]))) << "row " << r;
    }
    float seen[6];
    world.Observe(0, seen);
    for (int i = 0; i < 6; ++i) {
      const auto wanted = static_cast<float>(value(std::string("obs_") + seen_names[i]));
      EXPECT_TRUE(WithinOneUlp(seen[i], wanted))
          << "row " << r << " element " << i << ": " << seen[i] << ", wanted " << wanted;
    }
    EXPECT_EQ(stepped.reward, static_cast<float>(value("reward"))) << "row " << r;
    EXPECT_EQ(stepped.terminated, value("terminated") == 1) << "row " << r;
    terminated += stepped.terminated;
  }
  EXPECT_GT(terminated, 0);
}

/// The source's equations in their own order with libm.
struct SlowAcrobot {
  State s;
  bool book;

  State Rates(const State& x, double torque) const {
    const double pi = 3.14159265358979323846;
    const double m1 = 1, m2 = 1, l1 = 1, lc1 = 0.5, lc2 = 0.5, i1 = 1, i2 = 1, g = 9.8;
    const auto [theta1, theta2, dtheta1, dtheta2] = x;
    const double d1 =
        m1 * lc1 * lc1 + m2 * (l1 * l1 + lc2 * lc2 + 2 * l1 * lc2 * std::cos(theta2)) + i1 + i2;
    const double d2 = m2 * (lc2 * lc2 + l1 * lc2 * std::cos(theta2)) + i2;
    const double phi2 = m2 * lc2 * g * std::cos(theta1 + theta2 - pi / 2);
    const double phi1 = -m2 * l1 * lc2 * dtheta2 * dtheta2 * std::sin(theta2) -
                        2 * m2 * l1 * lc2 * dtheta2 * dtheta1 * std::sin(theta2) +
                        (m1 * lc1 + m2 * l1) * g * std::cos(theta1 - pi / 2) + phi2;
    double force = torque + d2 / d1 * phi1 - phi2;
    if (book) force -= m2 * l1 * lc2 * dtheta1 * dtheta1 * std::sin(theta2);
    const double ddtheta2 = force / (m2 * lc2 * lc2 + i2 - d2 * d2 / d1);
    return {dtheta1, dtheta2, -(d2 * ddtheta2 + phi1) / d1, ddtheta2};
  }

  bool Step(int action) {
    const double pi = 3.14159265358979323846, h = 0.2, torque = action - 1;
    const auto moved = [this](double time, const State& k) {
      return State{s[0] + time * k[0], s[1] + time * k[1], s[2] + time * k[2], s[3] + time * k[3]};
    };
    const State k1 = Rates(s, torque), k2 = Rates(moved(h / 2, k1), torque);
    const State k3 = Rates(moved(h / 2, k2), torque), k4 = Rates(moved(h, k3), torque);
    for (std::size_t i = 0; i < 4; ++i) s[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
    for (std::size_t i = 0; i < 2; ++i) {
      while (s[i] > pi) s[i] -= 2 * pi;
      while (s[i] < -pi) s[i] += 2 * pi;
    }
    s[2] = std::min(std::max(s[2], -4 * pi), 4 * pi);
    s[3] = std::min(std::max(s[3], -9 * pi), 9 * pi);
    return Height() > 1;
  }
  double Height() const { return -std::cos(s[0]) - std::cos(s[1] + s[0]); }
};

/// Every other episode begins in a state that may lie anywhere, the others at the start; half of
/// the actions go with the swing, so that some reach the line.
void FollowSlowVersion(const Params& params, int episodes, int steps) {
  const bool book = params.GetText("dynamics") == "book";
  Rng rng(1, StreamRole::kTest);
  int reached = 0;
  for (int episode = 0; episode < episodes; ++episode) {
    Acrobot world(params);
    world.Reset(rng);
    if (episode % 2 == 1) {
      world.SetState(rng.Uniform(-kPi, kPi), rng.Uniform(-kPi, kPi),
                     rng.Uniform(-Acrobot::kMaxSpeed1, Acrobot::kMaxSpeed1),
                     rng.Uniform(-Acrobot::kMaxSpeed2, Acrobot::kMaxSpeed2));
    }
    bool over = false;
    for (int step = 0; step < steps && !over; ++step) {
      SlowAcrobot slow{StateOf(world), book};
      int action = static_cast<int>(rng.Below(3));
      if (rng.Below(2) == 0) action = world.theta2_dot > 0 ? 2 : 0;
      const bool wanted = slow.Step(action);
      const Stepped stepped = StepWith(world, action);
      over = stepped.terminated;
      for (std::size_t i = 0; i < 4; ++i) {
        ASSERT_NEAR(StateOf(world)[i], slow.s[i], 1e-12 * std::max(1.0, std::abs(slow.s[i])))
            << "episode " << episode << " step " << step << " quantity " << i;
      }
      ASSERT_NEAR(world.Height(), slow.Height(), 1e-12);
      if (std::abs(slow.Height() - 1) > 1e-12) {
        ASSERT_EQ(over, wanted) << episode;
      }
      ASSERT_EQ(stepped.reward, over ? 0.0f : -1.0f);
    }
    reached += over;
  }
  EXPECT_GT(reached, episodes / 10);
}

TEST(Acrobot, ThousandRandomEpisodes_FollowTheSlowVersionStepByStep) {
  FollowSlowVersion(DefaultsOf<Acrobot>(), 1000, 60);
}

TEST(FullAcrobot, ThousandWholeEpisodes_FollowTheSlowVersionStepByStep) {
  FollowSlowVersion(DefaultsOf<Acrobot>(), 1000, 500);
}

TEST(Acrobot, DynamicsOfThePaper_FollowTheSlowVersionAndDifferFromTheBooks) {
  Params params = DefaultsOf<Acrobot>();
  params.Set("dynamics", "nips");
  FollowSlowVersion(params, 100, 60);
  const State fast = {1, 1, 5, 5};
  Acrobot book = World(fast), paper = World(fast, params);
  StepWith(book, 1);
  StepWith(paper, 1);
  EXPECT_GT(std::abs(book.theta2_dot - paper.theta2_dot), 0.1);
  ExpectLawsHold<Acrobot>("Acrobot-v1", params);
  EXPECT_THROW(params.Set("dynamics", "NIPS"), ConfigError);
}

// Lengths of the same policies in Gymnasium, from its starts of seeds 0 to 2.
TEST(Acrobot, PumpingPolicies_TakeGymnasiumsNumberOfSteps) {
  const CsvTable table = Table("starts.csv");
  const auto length_of = [&](int seed, const auto& policy) {
    for (std::size_t r = 0; r < table.rows(); ++r) {
      const auto value = [&](const char* column) { return table.Column(column)[r]; };
      if (value("env") != 3 || value("seed") != seed) continue;
      Acrobot world = World({value("s0"), value("s1"), value("s2"), value("s3")});
      int steps = 1;
      while (steps < 500 && !StepWith(world, policy(world)).terminated) ++steps;
      return steps;
    }
    return 0;
  };
  const auto second = [](const Acrobot& w) { return w.theta2_dot > 0 ? 2 : 0; };
  EXPECT_EQ(length_of(0, second), 122);
  EXPECT_EQ(length_of(1, second), 65);
  EXPECT_EQ(length_of(2, second), 65);
}

TEST(Acrobot, ObservationsOfGymnasiumsStarts_AreReproduced) {
  const CsvTable table = Table("starts.csv");
  int rows = 0;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const auto value = [&](const std::string& column) { return table.Column(column)[r]; };
    if (value("env") != 3) continue;
    float seen[6];
    World({value("s0"), value("s1"), value("s2"), value("s3")}).Observe(0, seen);
    for (int i = 0; i < 6; ++i) {
      EXPECT_TRUE(WithinOneUlp(seen[i], static_cast<float>(value("obs" + std::to_string(i)))));
    }
    ++rows;
  }
  EXPECT_EQ(rows, 10);
}

TEST(Acrobot, Starts_AreUniformFloat32Numbers) {
  double sums[4] = {}, low = 1, high = -1;
  const int n = 20000;
  for (int i = 0; i < n; ++i) {
    Rng rng(5, StreamRole::kTest, static_cast<unsigned>(i));
    Acrobot world(DefaultsOf<Acrobot>());
    world.Reset(rng);
    for (std::size_t k = 0; k < 4; ++k) {
      const double value = StateOf(world)[k];
      EXPECT_EQ(value, static_cast<double>(static_cast<float>(value)));
      sums[k] += value;
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  EXPECT_GE(low, static_cast<double>(-0.1f));
  EXPECT_LE(high, static_cast<double>(0.1f));
  EXPECT_LT(low, -0.0999);
  EXPECT_GT(high, 0.0999);
  for (const double sum : sums) EXPECT_NEAR(sum / n, 0, 5 * 0.2 / std::sqrt(12.0 * n));
}

TEST(Acrobot, StepMany_EqualsStepBitForBit) {
  Rng rng(3, StreamRole::kTest);
  ExpectStepManyEqualsStep<Acrobot, std::int32_t>(
      [&] {
        return World({rng.Uniform(-kPi, kPi), rng.Uniform(-kPi, kPi), rng.Uniform(-12, 12),
                      rng.Uniform(-28, 28)});
      },
      [&] { return static_cast<std::int32_t>(rng.Below(3)); });
}

TEST(Acrobot, LimitsAndThreshold_AreGymnasiums) {
  const EnvSpec spec = Acrobot::Spec(DefaultsOf<Acrobot>());
  EXPECT_EQ(spec.max_episode_steps, 500);
  EXPECT_EQ(spec.reward_threshold, -100);
  EXPECT_EQ(spec.action.count, 3);
  EXPECT_EQ(spec.observation.high, (std::vector<float>{1, 1, 1, 1, 12.566371f, 28.274334f}));
}

}  // namespace
}  // namespace brasa
