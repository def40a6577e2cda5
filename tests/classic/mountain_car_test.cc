#include "envs/control/mountain_car.h"

#include "envs/control/mountain_car_continuous.h"
#include "tests/classic/classic_testing.h"

namespace brasa {
namespace {

using namespace testing_classic;

template <typename T>
T World(double position, double velocity) {
  T world(DefaultsOf<T>());
  world.position = position;
  world.velocity = velocity;
  return world;
}

/// Steps every row of `table` from its own state and compares all that came out.
template <typename T, typename Action>
void ExpectEveryTransition(const CsvTable& table, bool exact_state) {
  int terminated = 0;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const auto value = [&](const char* column) { return table.Column(column)[r]; };
    T world = World<T>(value("s_position"), value("s_velocity"));
    const Stepped stepped = StepWith(world, static_cast<Action>(value("action")));
    const double x = value("ns_position"), v = value("ns_velocity");
    EXPECT_TRUE(exact_state ? world.position == x : Near(world.position, x)) << "row " << r;
    EXPECT_TRUE(exact_state ? world.velocity == v : Near(world.velocity, v)) << "row " << r;
    float seen[2];
    world.Observe(0, seen);
    EXPECT_TRUE(WithinOneUlp(seen[0], static_cast<float>(value("obs_position")))) << "row " << r;
    EXPECT_TRUE(WithinOneUlp(seen[1], static_cast<float>(value("obs_velocity")))) << "row " << r;
    EXPECT_TRUE(WithinOneUlp(stepped.reward, static_cast<float>(value("reward")))) << "row " << r;
    EXPECT_EQ(stepped.terminated, value("terminated") == 1) << "row " << r;
    terminated += stepped.terminated;
  }
  EXPECT_GT(terminated, 0);
}

TEST(MountainCar, EveryRecordedTransitionOfGymnasium_IsReproduced) {
  const CsvTable table = Table("mountaincar_v0.csv");
  ASSERT_EQ(table.rows(), 164u);
  ExpectEveryTransition<MountainCar, std::int32_t>(table, false);
}

TEST(MountainCarContinuous, EveryRecordedTransitionOfGymnasium_IsReproducedToTheBit) {
  const CsvTable table = Table("mountaincar_continuous_v0.csv");
  ASSERT_EQ(table.rows(), 175u);
  ExpectEveryTransition<MountainCarContinuous, float>(table, true);
}

TEST(MountainCars, ObservationsOfGymnasiumsStarts_AreReproduced) {
  const CsvTable table = Table("starts.csv");
  int rows = 0;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    if (table.Column("env")[r] > 1) continue;
    float seen[2];
    World<MountainCarContinuous>(table.Column("s0")[r], table.Column("s1")[r]).Observe(0, seen);
    EXPECT_EQ(seen[0], static_cast<float>(table.Column("obs0")[r])) << "row " << r;
    EXPECT_EQ(seen[1], static_cast<float>(table.Column("obs1")[r])) << "row " << r;
    ++rows;
  }
  EXPECT_EQ(rows, 20);
}

/// Plays a policy from Gymnasium's start of a seed; returns length and sum of float64 rewards.
template <typename T, typename Policy>
std::pair<int, double> Episode(int env, int seed, int limit, const Policy& policy) {
  const CsvTable table = Table("starts.csv");
  for (std::size_t r = 0; r < table.rows(); ++r) {
    if (table.Column("env")[r] != env || table.Column("seed")[r] != seed) continue;
    T world = World<T>(table.Column("s0")[r], 0);
    double sum = 0;
    for (int step = 1; step <= limit; ++step) {
      const Stepped stepped = StepWith(world, policy(world));
      sum += static_cast<double>(stepped.reward);
      if (stepped.terminated) return {step, sum};
    }
    return {limit, sum};
  }
  return {0, 0};
}

// Lengths and returns of the same policies in Gymnasium, from its starts of seeds 0 to 3.
TEST(MountainCar, PushingAlongTheSpeed_TakesGymnasiumsNumberOfSteps) {
  const auto energy = [](const MountainCar& w) { return w.velocity >= 0 ? 2 : 0; };
  const int lengths[] = {122, 124, 116};
  for (int seed = 0; seed < 3; ++seed) {
    const auto [length, sum] = Episode<MountainCar>(0, seed, 200, energy);
    EXPECT_EQ(length, lengths[seed]);
    EXPECT_EQ(sum, -lengths[seed]);
  }
}

TEST(MountainCarContinuous, PushingAlongTheSpeed_GivesGymnasiumsReturn) {
  const auto energy = [](const MountainCarContinuous& w) { return w.velocity >= 0 ? 1.0f : -1.0f; };
  const std::pair<int, double> wanted[] = {{106, 89.4}, {106, 89.4}, {107, 89.3}};
  for (int seed = 0; seed < 3; ++seed) {
    const auto [length, sum] = Episode<MountainCarContinuous>(1, seed, 999, energy);
    EXPECT_EQ(length, wanted[seed].first);
    EXPECT_NEAR(sum, wanted[seed].second, 1e-5);  // the rewards are float32
  }
  const auto idle = [](const MountainCarContinuous&) { return 0.0f; };
  EXPECT_EQ(Episode<MountainCarContinuous>(1, 3, 999, idle), std::make_pair(999, 0.0));
}

/// The source's rules line by line with libm.
struct SlowCar {
  double x, v;
  bool Step(int action) {
    v += (action - 1) * 0.001 + std::cos(3 * x) * (-0.0025);
    v = std::min(std::max(v, -0.07), 0.07);
    x += v;
    x = std::min(std::max(x, -1.2), 0.6);
    if (x == -1.2 && v < 0) v = 0;
    return x >= 0.5 && v >= 0;
  }
};

/// The source's rules in float32 variables, as NumPy 2 calculates them; the start in float64.
struct SlowContinuousCar {
  float x = 0, v = 0;
  bool ended = false;
  double reward = 0;

  void FirstStep(double x0, float action) {
    const double force = std::min(std::max(action, -1.0f), 1.0f);
    const double slope = 0.0025 * std::cos(3 * x0);
    const bool inside = action >= -1 && action <= 1;
    double speed = force * 0.0015 - slope;
    if (inside) speed = action * 0.0015f - static_cast<float>(slope);
    Finish(x0 + speed, speed, action);
  }
  void Step(float action) {
    const double slope = 0.0025 * std::cos(static_cast<double>(3.0f * x));
    if (action > 1 || action < -1) {
      v += static_cast<float>((action > 1 ? 0.0015 : -0.0015) - slope);
    } else {
      v += action * 0.0015f - static_cast<float>(slope);
    }
    v = std::min(std::max(v, -0.07f), 0.07f);
    const float moved = x + v;
    Finish(static_cast<double>(moved), static_cast<double>(v), action);
  }
  void Finish(double moved, double speed, float action) {
    x = std::min(std::max(static_cast<float>(moved), -1.2f), 0.6f);
    v = static_cast<float>(speed);
    if (x == -1.2f && v < 0) v = 0;
    ended = x >= 0.45f && v >= 0;
    reward = (ended ? 100.0 : 0.0) - std::pow(static_cast<double>(action), 2) * 0.1;
  }
};

/// Half of the actions push along the speed, so that episodes reach both walls and the flag.
TEST(MountainCar, ThousandRandomEpisodes_FollowTheSlowVersionStepByStep) {
  Rng rng(1, StreamRole::kTest);
  int reached = 0;
  for (int episode = 0; episode < 1000; ++episode) {
    MountainCar world(DefaultsOf<MountainCar>());
    world.Reset(rng);
    bool over = false;
    for (int step = 0; step < 200 && !over; ++step) {
      SlowCar slow{world.position, world.velocity};
      int action = static_cast<int>(rng.Below(3));
      if (rng.Below(2) == 0) action = world.velocity >= 0 ? 2 : 0;
      const bool wanted = slow.Step(action);
      const Stepped stepped = StepWith(world, action);
      over = stepped.terminated;
      ASSERT_NEAR(world.position, slow.x, 1e-12) << "episode " << episode;
      ASSERT_NEAR(world.velocity, slow.v, 1e-12) << "episode " << episode;
      ASSERT_EQ(over, wanted) << "episode " << episode;
      ASSERT_EQ(stepped.reward, -1.0f);
    }
    reached += over;
  }
  EXPECT_GT(reached, 100);
}

TEST(MountainCarContinuous, ThousandRandomEpisodes_FollowTheSlowVersionToTheBit) {
  Rng rng(2, StreamRole::kTest);
  int reached = 0;
  for (int episode = 0; episode < 1000; ++episode) {
    MountainCarContinuous world(DefaultsOf<MountainCarContinuous>());
    world.Reset(rng);
    SlowContinuousCar slow;
    for (int step = 0; step < 200 && !slow.ended; ++step) {
      auto action = static_cast<float>(rng.Uniform(-1.5, 1.5));
      if (rng.Below(2) == 0) action = world.velocity >= 0 ? 1.0f : -1.0f;
      if (step == 0) {
        slow.FirstStep(world.position, action);
      } else {
        slow.Step(action);
      }
      const Stepped stepped = StepWith(world, action);
      // libm's cosine and ours may round to different float32 numbers once in some 10^8 steps.
      ASSERT_EQ(world.position, static_cast<double>(slow.x)) << episode << ' ' << step;
      ASSERT_EQ(world.velocity, static_cast<double>(slow.v)) << episode << ' ' << step;
      ASSERT_EQ(stepped.terminated, slow.ended) << episode << ' ' << step;
      ASSERT_EQ(stepped.reward, static_cast<float>(slow.reward)) << episode << ' ' << step;
    }
    reached += slow.ended;
  }
  EXPECT_GT(reached, 100);
}

TEST(MountainCars, Starts_AreUniformInTheValley) {
  double sum = 0, low = 1, high = -1;
  const int n = 20000;
  for (int i = 0; i < n; ++i) {
    Rng rng(5, StreamRole::kTest, static_cast<unsigned>(i)), same = rng;
    MountainCar world(DefaultsOf<MountainCar>());
    world.velocity = 0.01;
    world.Reset(rng);
    MountainCarContinuous other(DefaultsOf<MountainCarContinuous>());
    other.Reset(same);
    EXPECT_EQ(world.velocity, 0);
    EXPECT_EQ(world.position, other.position);
    sum += world.position;
    low = std::min(low, world.position);
    high = std::max(high, world.position);
  }
  EXPECT_GE(low, -0.6);
  EXPECT_LT(high, -0.4);
  EXPECT_LT(low, -0.5999);
  EXPECT_GT(high, -0.4001);
  EXPECT_NEAR(sum / n, -0.5, 5 * 0.2 / std::sqrt(12.0 * n));  // five deviations of the mean
}

TEST(MountainCars, StepMany_EqualsStepBitForBit) {
  Rng rng(3, StreamRole::kTest);
  ExpectStepManyEqualsStep<MountainCar, std::int32_t>(
      [&] { return World<MountainCar>(rng.Uniform(-1.2, 0.6), rng.Uniform(-0.07, 0.07)); },
      [&] { return static_cast<std::int32_t>(rng.Below(3)); });
  ExpectStepManyEqualsStep<MountainCarContinuous, float>(
      [&] {
        auto world = World<MountainCarContinuous>(rng.Uniform(-1.2, 0.6), rng.Uniform(-0.07, 0.07));
        if (rng.Below(2) == 0) StepWith(world, 0.0f);  // float32 from then on
        return world;
      },
      [&] { return static_cast<float>(rng.Uniform(-2, 2)); });
}

TEST(MountainCars, GoalVelocity_KeepsASlowCarInTheEpisode) {
  Params params = DefaultsOf<MountainCar>();
  params.Set("goal_velocity", "0.02");
  MountainCar fast(params);
  fast.position = 0.49;
  fast.velocity = 0.03;
  MountainCar slow = fast;
  slow.velocity = 0.015;
  EXPECT_TRUE(StepWith(fast, 1).terminated);
  EXPECT_FALSE(StepWith(slow, 1).terminated);
  EXPECT_GE(slow.position, 0.5);
  EXPECT_THROW(params.Set("goal_velocity", "0.08"), ConfigError);
  ExpectLawsHold<MountainCar>("MountainCar-v0", params);
  ExpectLawsHold<MountainCarContinuous>("MountainCarContinuous-v0", params);
}

TEST(MountainCars, LimitsAndThresholds_AreGymnasiums) {
  const EnvSpec car = MountainCar::Spec(DefaultsOf<MountainCar>());
  EXPECT_EQ(car.max_episode_steps, 200);
  EXPECT_EQ(car.reward_threshold, -110);
  EXPECT_EQ(car.action.count, 3);
  const EnvSpec continuous = MountainCarContinuous::Spec(DefaultsOf<MountainCarContinuous>());
  EXPECT_EQ(continuous.max_episode_steps, 999);
  EXPECT_EQ(continuous.reward_threshold, 90);
  EXPECT_EQ(continuous.action.low, std::vector<float>{-1});
  for (const EnvSpec& spec : {car, continuous}) {
    EXPECT_EQ(spec.observation.low, (std::vector<float>{-1.2f, -0.07f}));
    EXPECT_EQ(spec.observation.high, (std::vector<float>{0.6f, 0.07f}));
  }
}

}  // namespace
}  // namespace brasa
