#include "envs/control/pendulum.h"

#include "tests/classic/classic_testing.h"

namespace brasa {
namespace {

using namespace testing_classic;

Pendulum World(double theta, double theta_dot) {
  Pendulum world(DefaultsOf<Pendulum>());
  world.SetState(theta, theta_dot);
  return world;
}

void ExpectSeen(const Pendulum& world, double cosine, double sine, double speed, std::size_t row) {
  float seen[3];
  world.Observe(0, seen);
  EXPECT_TRUE(WithinOneUlp(seen[0], static_cast<float>(cosine))) << "row " << row;
  EXPECT_TRUE(WithinOneUlp(seen[1], static_cast<float>(sine))) << "row " << row;
  EXPECT_TRUE(WithinOneUlp(seen[2], static_cast<float>(speed))) << "row " << row;
}

TEST(Pendulum, EveryRecordedTransitionOfGymnasium_IsReproduced) {
  const CsvTable table = Table("pendulum_v1.csv");
  ASSERT_EQ(table.rows(), 224u);
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const auto value = [&](const char* column) { return table.Column(column)[r]; };
    Pendulum world = World(value("s_theta"), value("s_theta_dot"));
    const Stepped stepped = StepWith(world, static_cast<float>(value("action")));
    EXPECT_TRUE(Near(world.theta, value("ns_theta"))) << "row " << r;
    EXPECT_TRUE(Near(world.theta_dot, value("ns_theta_dot"))) << "row " << r;
    ExpectSeen(world, value("obs_cos"), value("obs_sin"), value("obs_theta_dot"), r);
    EXPECT_TRUE(WithinOneUlp(stepped.reward, static_cast<float>(value("reward")))) << "row " << r;
    EXPECT_FALSE(stepped.terminated);
  }
}

TEST(Pendulum, ObservationsOfGymnasiumsStarts_AreReproduced) {
  const CsvTable table = Table("starts.csv");
  int rows = 0;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const auto value = [&](const char* column) { return table.Column(column)[r]; };
    if (value("env") != 2) continue;
    ExpectSeen(World(value("s0"), value("s1")), value("obs0"), value("obs1"), value("obs2"), r);
    ++rows;
  }
  EXPECT_EQ(rows, 10);
}

/// Python's x % m for m > 0.
double PythonModulo(double x, double m) {
  const double rest = std::fmod(x, m);
  return rest < 0 ? rest + m : rest;
}

TEST(Pendulum, Norm_IsPythonsModuloToTheBit) {
  const double pi = 3.14159265358979323846;
  std::vector<double> angles = {0, pi, -pi, 3 * pi, -3 * pi, 2 * pi, -1e-20, 1e-20, -20, 1e6, -1e6};
  Rng rng(1, StreamRole::kTest);
  for (int i = 0; i < 20000; ++i) angles.push_back(rng.Uniform(-100, 100));
  for (const double x : angles) {
    EXPECT_EQ(Pendulum::Norm(x), PythonModulo(x + pi, 2 * pi) - pi) << std::hexfloat << x;
  }
}

/// The source's formulas with libm, float32 where NumPy 2 has it.
struct SlowPendulum {
  double theta, theta_dot, reward = 0;
  void Step(float action, double g) {
    const double pi = 3.14159265358979323846;
    const float u = std::min(std::max(action, -2.0f), 2.0f);
    const double norm = PythonModulo(theta + pi, 2 * pi) - pi;
    reward = -(norm * norm + 0.1 * theta_dot * theta_dot + static_cast<double>(0.001f * (u * u)));
    const double push = static_cast<double>(3.0f * u);
    theta_dot = theta_dot + (3 * g / 2.0 * std::sin(theta) + push) * 0.05;
    theta_dot = std::min(std::max(theta_dot, -8.0), 8.0);
    theta = theta + theta_dot * 0.05;
  }
};

void FollowSlowVersion(const Params& params, int episodes) {
  Rng rng(2, StreamRole::kTest);
  for (int episode = 0; episode < episodes; ++episode) {
    Pendulum world(params);
    world.Reset(rng);
    const auto bias = static_cast<float>(rng.Uniform(-2, 2));  // some spin, some hang
    for (int step = 0; step < 200; ++step) {
      SlowPendulum slow{world.theta, world.theta_dot};
      const float action = bias + static_cast<float>(rng.Uniform(-2, 2));
      slow.Step(action, world.gravity);
      const Stepped stepped = StepWith(world, action);
      ASSERT_TRUE(Near(world.theta, slow.theta)) << "episode " << episode;
      ASSERT_TRUE(Near(world.theta_dot, slow.theta_dot)) << "episode " << episode;
      ASSERT_TRUE(WithinOneUlp(stepped.reward, static_cast<float>(slow.reward))) << episode;
      ASSERT_EQ(world.torque, static_cast<double>(std::clamp(action, -2.0f, 2.0f)));
      ASSERT_NEAR(world.cos_theta, std::cos(world.theta), 3e-16);
      ASSERT_NEAR(world.sin_theta, std::sin(world.theta), 3e-16);
    }
  }
}

TEST(Pendulum, ThousandRandomEpisodes_FollowTheSlowVersionStepByStep) {
  FollowSlowVersion(DefaultsOf<Pendulum>(), 1000);
}

TEST(Pendulum, OtherGravity_FollowsTheSlowVersionAndKeepsEveryLaw) {
  Params params = DefaultsOf<Pendulum>();
  params.Set("g", "9.81");
  FollowSlowVersion(params, 50);
  ExpectLawsHold<Pendulum>("Pendulum-v1", params);
  EXPECT_THROW(params.Set("g", "-1"), ConfigError);
}

TEST(Pendulum, Starts_AreUniform) {
  double sums[2] = {}, high[2] = {-9, -9}, low[2] = {9, 9};
  const int n = 20000;
  for (int i = 0; i < n; ++i) {
    Rng rng(5, StreamRole::kTest, static_cast<unsigned>(i));
    Pendulum world(DefaultsOf<Pendulum>());
    world.torque = 1;
    world.Reset(rng);
    EXPECT_EQ(world.torque, 0);
    const double state[] = {world.theta, world.theta_dot};
    for (int k = 0; k < 2; ++k) {
      sums[k] += state[k];
      low[k] = std::min(low[k], state[k]);
      high[k] = std::max(high[k], state[k]);
    }
  }
  const double reach[] = {kPi, 1};
  for (int k = 0; k < 2; ++k) {
    EXPECT_GE(low[k], -reach[k]);
    EXPECT_LE(high[k], reach[k]);
    EXPECT_LT(low[k], -0.999 * reach[k]);
    EXPECT_GT(high[k], 0.999 * reach[k]);
    EXPECT_NEAR(sums[k] / n, 0, 5 * 2 * reach[k] / std::sqrt(12.0 * n));
  }
}

TEST(Pendulum, StepMany_EqualsStepBitForBit) {
  Rng rng(3, StreamRole::kTest);
  ExpectStepManyEqualsStep<Pendulum, float>(
      [&] { return World(rng.Uniform(-30, 30), rng.Uniform(-8, 8)); },
      [&] { return static_cast<float>(rng.Uniform(-3, 3)); });
}

TEST(Pendulum, TwoHundredSteps_AreTruncatedNeverTerminated) {
  const EnvRow row = RowOf<Pendulum>("Pendulum-v1");
  Env env(row, DefaultParams(row), {3, StreamRole::kTest, 0});
  env.Reset();
  const float torque = 1;
  while (!env.done()) env.StepAction(&torque);
  EXPECT_EQ(env.end(), EpisodeEnd::kTruncated);
  EXPECT_EQ(env.plies(), 200);
  EXPECT_TRUE(std::isnan(env.spec().reward_threshold));
  EXPECT_EQ(env.spec().observation.high, (std::vector<float>{1, 1, 8}));
  EXPECT_EQ(env.spec().action.high, std::vector<float>{2});
}

TEST(Pendulum, ActionThatIsNoNumber_IsRefusedNamingTheWorld) {
  const EnvRow row = RowOf<Pendulum>("Pendulum-v1");
  EnvBatch batch(row, DefaultParams(row), 3, {1, StreamRole::kTest, 0});
  batch.Reset(0, 3);
  const float actions[] = {0, 1, std::numeric_limits<float>::infinity()};
  float rewards[3];
  std::uint8_t ends[3];
  const std::string before = batch.WorldBytes(0);
  try {
    batch.Step(0, 3, actions, rewards, ends);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("world 2"), std::string::npos) << error.what();
  }
  EXPECT_EQ(batch.WorldBytes(0), before);
}

}  // namespace
}  // namespace brasa
