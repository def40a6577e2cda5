// LunarLander-v3 by its rules: parameters, engines, wind, ends.
#include "envs/box2d/lunar_lander.h"

#include <gtest/gtest.h>

#include "brasa/contract_check.h"
#include "tests/box2d/box2d_testing.h"

namespace brasa {
namespace {

using box2d_testing::EnvOf;
using box2d_testing::ParamsOf;
using box2d_testing::ReferenceLanderStart;

TEST(LunarLander, Spec_IsGymnasiums) {
  const EnvSpec spec = LunarLander::Spec(ParamsOf("LunarLander-v3"));
  EXPECT_EQ(spec.action.kind, ActionKind::kDiscrete);
  EXPECT_EQ(spec.action.count, 4);
  EXPECT_EQ(spec.max_episode_steps, 1000);
  EXPECT_EQ(spec.reward_threshold, 200);
  EXPECT_EQ(spec.observation.low,
            (std::vector<float>{-2.5f, -2.5f, -10, -10, -6.2831855f, -10, 0, 0}));
  EXPECT_EQ(spec.observation.high, (std::vector<float>{2.5f, 2.5f, 10, 10, 6.2831855f, 10, 1, 1}));
  EXPECT_EQ(spec.clone_cost, CloneCost::kReplay);
  const EnvSpec continuous = LunarLander::Spec(ParamsOf("LunarLanderContinuous-v3"));
  EXPECT_EQ(continuous.action.kind, ActionKind::kBox);
  EXPECT_EQ(continuous.action.low, (std::vector<float>{-1, -1}));
  EXPECT_EQ(continuous.action.high, (std::vector<float>{1, 1}));
}

TEST(LunarLander, ImpossibleParameters_AreRefused) {
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"gravity", "0"},
                                                        {"gravity", "-12"},
                                                        {"gravity", "3"},
                                                        {"wind_power", "-1"},
                                                        {"turbulence_power", "11"},
                                                        {"continuous", "maybe"}}) {
    SCOPED_TRACE(name + " " + value);
    try {
      LunarLander::Spec(ParamsOf("LunarLander-v3", {{name, value}}));
      FAIL();
    } catch (const ConfigError& error) {
      EXPECT_NE(std::string(error.what()).find(name + " = '" + value + "'"), std::string::npos)
          << error.what();
    }
  }
  EXPECT_NO_THROW(LunarLander::Spec(ParamsOf("LunarLander-v3", {{"gravity", "-11.9"}})));
}

double TotalMass(const LanderWorld& world) {
  double mass = 0;
  for (const int body : {world.lander(), world.leg(0), world.leg(1)}) {
    mass += world.physics().Mass(body).mass;
  }
  return mass;
}

/// Of lander and legs together [N s].
Point Momentum(const LanderWorld& world) {
  Point sum;
  for (const int body : {world.lander(), world.leg(0), world.leg(1)}) {
    const double mass = world.physics().Mass(body).mass;
    sum.x += mass * world.physics().State(body).velocity.x;
    sum.y += mass * world.physics().State(body).velocity.y;
  }
  return sum;
}

/// About the world's origin [N m s].
double AngularMomentum(const LanderWorld& world) {
  double sum = 0;
  for (const int body : {world.lander(), world.leg(0), world.leg(1)}) {
    const BodyState state = world.physics().State(body);
    const BodyMass mass = world.physics().Mass(body);
    const double sin = std::sin(state.angle), cos = std::cos(state.angle);
    const Point centre{state.position.x + cos * mass.centre.x - sin * mass.centre.y,
                       state.position.y + sin * mass.centre.x + cos * mass.centre.y};
    const double own =
        mass.inertia - mass.mass * (mass.centre.x * mass.centre.x + mass.centre.y * mass.centre.y);
    sum += mass.mass * (centre.x * state.velocity.y - centre.y * state.velocity.x) +
           own * state.angular_velocity;
  }
  return sum;
}

// Joints are inner forces: one free ply adds gravity * mass * 0.02 s of momentum. float32 bodies.
TEST(LunarLander, Gravity_IsTheParameter) {
  for (const double gravity : {-10.0, -3.5}) {
    LanderOptions options;
    options.gravity = gravity;
    LanderWorld world(options, ReferenceLanderStart(3));
    const Point before = Momentum(world);
    world.Play(LanderPly{});
    EXPECT_NEAR(Momentum(world).y - before.y, gravity * TotalMass(world) * 0.02, 1e-4);
    EXPECT_NEAR(Momentum(world).x - before.x, 0, 1e-4);
  }
}

// The first force acts for 0.02 s.
TEST(LunarLander, FirstForce_GivesItsMomentum) {
  const LanderStart start = ReferenceLanderStart(0);
  const LanderWorld world({}, start);
  EXPECT_NEAR(Momentum(world).x, start.force.x * 0.02, 1e-4);
  EXPECT_NEAR(Momentum(world).y, start.force.y * 0.02 - 10 * TotalMass(world) * 0.02, 1e-4);
}

// An upright lander without dispersion: the main engine's nozzle is 4/30 m below the origin, so a
// ply gives 13 * 4/30 N s upwards; a side engine's is 12/30 m aside: 0.6 * 12/30 N s.
TEST(LunarLander, Engines_GiveTheirMomentum) {
  const auto change = [](double main, double side) {
    LanderStart start = ReferenceLanderStart(0);
    start.force = {0, 0};
    LanderWorld idle({}, start), fired({}, start);
    idle.Play(LanderPly{});
    fired.Play(LanderPly{main, side, {0, 0}});
    const Point a = Momentum(idle), b = Momentum(fired);
    return Point{b.x - a.x, b.y - a.y};
  };
  EXPECT_NEAR(change(1, 0).y, 13 * 4.0 / 30, 1e-3);
  EXPECT_NEAR(change(0.5, 0).y, 0.5 * 13 * 4.0 / 30, 1e-3);
  EXPECT_NEAR(change(1, 0).x, 0, 1e-2);
  EXPECT_NEAR(change(0, 1).x, 0.6 * 12 / 30, 1e-3);
  EXPECT_NEAR(change(0, -0.75).x, -0.75 * 0.6 * 12 / 30, 1e-3);
}

EpisodeEnd StepBy(LunarLander& env, std::array<float, 2> action, Rng& rng, float* reward) {
  return env.Step(ActionRef(action.data(), 2), rng, std::span<float>(reward, 1));
}

// Continuous throttles: off up to 0 and 0.5, half power at once, clipped at 1; discrete ids are
// full power.
TEST(LunarLander, Throttles_MeanThePowers) {
  LunarLander env(ParamsOf("LunarLanderContinuous-v3"));
  Rng rng(1, StreamRole::kTest);
  env.Reset(rng);
  float reward = 0;
  struct Case {
    float main, side;
    double main_power, side_power;
  };
  for (const Case& c : {Case{0, 0.5f, 0, 0}, Case{-1, -0.5f, 0, 0}, Case{0.5f, 0.51f, 0.75, 0.51},
                        Case{1e-6f, -0.8f, 0.5, -0.8}, Case{9, -7, 1, -1}}) {
    StepBy(env, {c.main, c.side}, rng, &reward);
    const LanderPly& ply = env.episode.world().last_ply();
    EXPECT_NEAR(ply.main_power, c.main_power, 1e-6) << c.main;
    EXPECT_NEAR(ply.side_power, c.side_power, 1e-6) << c.side;
  }
  LunarLander discrete(ParamsOf("LunarLander-v3"));
  discrete.Reset(rng);
  const double powers[4][2] = {{0, 0}, {0, -1}, {1, 0}, {0, 1}};
  for (const std::int32_t id : {0, 1, 2, 3}) {
    discrete.Step(ActionRef(&id, 1), rng, std::span<float>(&reward, 1));
    EXPECT_EQ(discrete.episode.world().last_ply().main_power, powers[id][0]);
    EXPECT_EQ(discrete.episode.world().last_ply().side_power, powers[id][1]);
  }
}

TEST(LunarLander, EveryPly_DrawsTwoDispersions) {
  LunarLander env(ParamsOf("LunarLander-v3"));
  Rng rng(5, StreamRole::kTest);
  env.Reset(rng);
  EXPECT_EQ(rng.counter, 14u);  // twelve heights, two forces
  float reward = 0;
  const std::int32_t nothing = 0;
  double most = 0;
  for (int ply = 0; ply < 40; ++ply) {
    Rng copy = rng;
    const double first = copy.Uniform(-1.0 / 30, 1.0 / 30);
    const double second = copy.Uniform(-1.0 / 30, 1.0 / 30);
    env.Step(ActionRef(&nothing, 1), rng, std::span<float>(&reward, 1));
    EXPECT_EQ(env.episode.world().last_ply().dispersion, (std::array{first, second}));
    EXPECT_EQ(rng.counter, copy.counter);
    most = std::max(most, std::abs(first));
  }
  EXPECT_GT(most, 0.025);
  Rng windy(5, StreamRole::kTest);
  LunarLander(ParamsOf("LunarLander-v3", {{"enable_wind", "true"}})).Reset(windy);
  EXPECT_EQ(windy.counter, 16u);
}

// Wind k: force tanh(sin(0.02 k) + sin(0.01 pi k)) * power for 0.02 s; the torque likewise. The
// reset's own 0.02 s take the first number of each.
TEST(LunarLander, Wind_BlowsByItsFormula) {
  const auto wave = [](int k) { return std::tanh(std::sin(0.02 * k) + std::sin(kPi * 0.01 * k)); };
  LanderStart start = ReferenceLanderStart(1);
  start.wind_index = -417;
  start.torque_index = 3021;
  LanderOptions windy;
  windy.enable_wind = true;
  windy.wind_power = 18;
  windy.turbulence_power = 1.7;
  LanderWorld calm({}, start), blown(windy, start);
  double force = wave(-417), torque = wave(3021);
  for (int ply = 0; ply < 30; ++ply) {
    EXPECT_NEAR(Momentum(blown).x - Momentum(calm).x, force * 18 * 0.02, 3e-4) << ply;
    EXPECT_NEAR(Momentum(blown).y - Momentum(calm).y, 0, 3e-4) << ply;
    if (ply == 0) {  // later the two fly along different ways
      const double lever = -13.4 * wave(-417) * 18 * 0.02;  // the hull's centre is at 13.43 m
      EXPECT_NEAR(AngularMomentum(blown) - AngularMomentum(calm) - lever, torque * 1.7 * 0.02,
                  0.02);
    }
    calm.Play(LanderPly{});
    blown.Play(LanderPly{});
    force += wave(-416 + ply);
    torque += wave(3022 + ply);
  }
}

/// Falls at 2 m/s.
LanderPly Brake(const LanderWorld& world) {
  const bool fast = world.physics().State(world.lander()).velocity.y < -2;
  return {fast ? 1.0 : 0.0, 0, {0, 0}};
}

TEST(LunarLander, Wind_RestsWhileALegTouches) {
  LanderStart start = ReferenceLanderStart(0);
  start.force = {0, 0};
  LanderOptions breeze;
  breeze.enable_wind = true;
  breeze.wind_power = 0.1;
  breeze.turbulence_power = 0;
  LanderWorld world(breeze, start);
  int touching = 0, flying = 0;
  while (!world.landed()) {
    const auto seen = world.Quantities();
    const bool touches = seen[6] > 0 || seen[7] > 0;
    (touches ? touching : flying) += 1;
    const int index = world.wind_index();
    world.Play(Brake(world));
    EXPECT_EQ(world.wind_index(), touches ? index : index + 1);
    ASSERT_LT(world.plies(), 1000);
  }
  EXPECT_GT(touching, 20);
  EXPECT_GT(flying, 50);
}

TEST(LunarLander, Rest_Gives100AndEnds) {
  LanderStart start = ReferenceLanderStart(0);
  start.force = {0, 0};
  LanderWorld world({}, start);
  LanderWorld::Outcome outcome;
  int ply = 0;
  for (; ply < 600 && !outcome.terminated; ++ply) {
    outcome = world.Play(Brake(world));
  }
  EXPECT_TRUE(outcome.terminated);
  EXPECT_TRUE(world.landed());
  EXPECT_EQ(outcome.reward, 100);
  EXPECT_GT(world.fuel_cost(), 0);
}

TEST(LunarLander, HullOnTheMoon_GivesMinus100AndEnds) {
  // Free fall from seed 3: in the reference 72 plies and a return of -135.7037; no engine fires, so
  // no dispersion matters. 2.4.1 gives -135.706.
  LanderWorld world({}, ReferenceLanderStart(3));
  LanderWorld::Outcome outcome;
  while (!outcome.terminated) outcome = world.Play(LanderPly{});
  EXPECT_EQ(outcome.reward, -100);
  EXPECT_TRUE(world.crashed());
  EXPECT_EQ(world.plies(), 72);
  EXPECT_NEAR(world.episode_return(), -135.70369782118757, 0.05);
}

TEST(LunarLander, OutAtASide_GivesMinus100AndEnds) {
  LanderStart start = ReferenceLanderStart(0);
  start.force = {1000, 1000};
  LanderWorld world({}, start);
  LanderWorld::Outcome outcome;
  while (!outcome.terminated) {
    const double lean = world.Quantities()[4];
    const bool sinks = world.physics().State(world.lander()).velocity.y < 0;
    outcome = world.Play(LanderPly{sinks && lean > -0.5 ? 1.0 : 0.0, 0, {0, 0}});
    ASSERT_LT(world.plies(), 1000);
    if (!outcome.terminated) {
      ASSERT_LT(std::abs(world.Quantities()[0]), 1);
    }
  }
  EXPECT_EQ(outcome.reward, -100);
  EXPECT_FALSE(world.crashed());
  EXPECT_GE(world.Quantities()[0], 1);
}

TEST(LunarLander, Keys_StandForTheEngines) {
  const LunarLander env(ParamsOf("LunarLander-v3"));
  for (const Control& control : env.Controls()) {
    const double id = control.action.at(0);
    EXPECT_EQ(id, control.key == "Left"    ? 1
                  : control.key == "Up"    ? 2
                  : control.key == "Right" ? 3
                                           : 0);
  }
  EXPECT_EQ(LunarLander(ParamsOf("LunarLanderContinuous-v3")).Controls().size(), 4u);
}

}  // namespace
}  // namespace brasa
