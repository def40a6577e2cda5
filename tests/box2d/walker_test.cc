// BipedalWalker-v3 by its rules: terrain, motors, ends.
#include "envs/box2d/bipedal_walker.h"

#include <gtest/gtest.h>

#include "tests/box2d/box2d_testing.h"

namespace brasa {
namespace {

using box2d_testing::ParamsOf;
using box2d_testing::ReferenceWalkerStart;

constexpr double kStep = 14.0 / 30;

TEST(BipedalWalker, Spec_IsGymnasiums) {
  const EnvSpec spec = BipedalWalker::Spec(ParamsOf("BipedalWalker-v3"));
  EXPECT_EQ(spec.max_episode_steps, 1600);
  EXPECT_EQ(spec.reward_threshold, 300);
  EXPECT_EQ(spec.observation.size(), 24);
  constexpr float kPiSingle = 3.1415927f;
  const std::vector<float> leg = {kPiSingle, 5, kPiSingle, 5};
  for (int i = 0; i < 24; ++i) {
    float low = -1, high = 1;
    if (i == 0) high = kPiSingle;
    if (i >= 1 && i < 4) high = 5;
    if (i >= 4 && i < 14) high = (i - 4) % 5 == 4 ? 5 : leg[static_cast<std::size_t>((i - 4) % 5)];
    if (i < 14) low = i == 8 || i == 13 ? 0 : -high;
    EXPECT_EQ(spec.observation.low_at(i), low) << i;
    EXPECT_EQ(spec.observation.high_at(i), high) << i;
  }
  EXPECT_EQ(spec.action.low, std::vector<float>(4, -1));
  EXPECT_EQ(spec.action.high, std::vector<float>(4, 1));
  EXPECT_EQ(spec.clone_cost, CloneCost::kReplay);
  EXPECT_EQ(BipedalWalker::Spec(ParamsOf("BipedalWalkerHardcore-v3")).max_episode_steps, 2000);
}

// The first 20 corners lie level; from corner 21 on the slope's change beyond its law
// 0.8 slope + 0.01 sign(start - y) is a draw within +-1/30, but where a new stretch begins, which
// repeats a height: every 5 to 9 corners.
TEST(BipedalWalker, PlainTerrain_WalksByItsLaw) {
  double most = 0;
  for (std::uint32_t episode = 0; episode < 20; ++episode) {
    Rng rng(1, StreamRole::kTest, 0, episode);
    const WalkerTerrain terrain = DrawWalkerTerrain(false, rng);
    EXPECT_TRUE(terrain.obstacles.empty());
    double slope = 0;
    int last_repeat = 20;
    for (std::size_t i = 1; i < terrain.ground.size(); ++i) {
      const double y = terrain.ground[i].y, before = terrain.ground[i - 1].y;
      EXPECT_DOUBLE_EQ(terrain.ground[i].x, static_cast<double>(i) * kStep);
      if (i < 20) {
        EXPECT_EQ(y, 400.0 / 120);
        continue;
      }
      if (y == before) {
        const int stretch = static_cast<int>(i) - last_repeat;
        EXPECT_TRUE(i == 20 || (stretch >= 5 && stretch <= 9)) << i << " " << stretch;
        last_repeat = static_cast<int>(i);
        continue;
      }
      const double away = 400.0 / 120 - before;
      const double law = 0.8 * slope + (away > 0 ? 0.01 : away < 0 ? -0.01 : 0);
      EXPECT_LE(std::abs(y - before - law), 1.0 / 30 + 1e-12) << i;
      most = std::max(most, std::abs(y - before - law));
      slope = y - before;
    }
  }
  EXPECT_GT(most, 0.03);
}

// The three terrains of the reference keep the same law.
TEST(BipedalWalker, ReferenceTerrains_WalkByTheSameLaw) {
  for (const int seed : {0, 1, 2}) {
    const WalkerTerrain terrain = ReferenceWalkerStart(seed).first;
    double slope = 0;
    int last_repeat = 20;
    for (std::size_t i = 20; i < terrain.ground.size(); ++i) {
      const double y = terrain.ground[i].y, before = terrain.ground[i - 1].y;
      if (y == before) {
        const int stretch = static_cast<int>(i) - last_repeat;
        EXPECT_TRUE(i == 20 || (stretch >= 5 && stretch <= 9)) << i;
        last_repeat = static_cast<int>(i);
        continue;
      }
      const double away = 400.0 / 120 - before;
      const double law = 0.8 * slope + (away > 0 ? 0.01 : away < 0 ? -0.01 : 0);
      EXPECT_LE(std::abs(y - before - law), 1.0 / 30 + 1e-12);
      slope = y - before;
    }
  }
}

/// Width and height of an obstacle in steps of the ground.
Point Steps(const std::array<Point, 4>& box) {
  return {(box[1].x - box[0].x) / kStep, (box[0].y - box[3].y) / kStep};
}

TEST(BipedalWalker, HardcoreTerrain_HasStumpsStairsAndPits) {
  int stumps[3] = {}, stairs = 0, walls = 0;
  for (std::uint32_t episode = 0; episode < 40; ++episode) {
    Rng rng(2, StreamRole::kTest, 0, episode);
    const WalkerTerrain terrain = DrawWalkerTerrain(true, rng);
    EXPECT_GE(terrain.obstacles.size(), 5u);
    for (const auto& box : terrain.obstacles) {
      EXPECT_GE(box[0].x, 20 * kStep - 1e-9);
      const auto [width, height] = Steps(box);
      if (std::abs(width - 4) < 1e-9) {
        EXPECT_NEAR(height, 1, 1e-9);
        ++stairs;
      } else if (std::abs(height - 4) < 1e-9) {
        EXPECT_NEAR(width, 1, 1e-9);
        ++walls;
      } else {
        EXPECT_NEAR(width, height, 1e-9);
        const int size = static_cast<int>(std::lround(width));
        ASSERT_TRUE(size == 1 || size == 2) << width;
        ++stumps[size];
      }
    }
  }
  EXPECT_EQ(walls % 2, 0);
  // 40 terrains of some 9 obstacles, a third of each kind; half of the stumps of either size; 3.5
  // boxes to a staircase.
  EXPECT_GT(stumps[1], 30);
  EXPECT_GT(stumps[2], 30);
  EXPECT_GT(stairs, 3 * 70);
  EXPECT_GT(walls, 2 * 70);
}

// Between the walls of a pit the ground lies four steps lower, and comes back up behind.
TEST(BipedalWalker, Pit_IsFourStepsDeep) {
  int pits = 0;
  for (std::uint32_t episode = 0; episode < 10; ++episode) {
    Rng rng(3, StreamRole::kTest, 0, episode);
    const WalkerTerrain terrain = DrawWalkerTerrain(true, rng);
    for (std::size_t k = 0; k + 1 < terrain.obstacles.size(); ++k) {
      const auto &near = terrain.obstacles[k], &far = terrain.obstacles[k + 1];
      if (std::abs(Steps(near).y - 4) > 1e-9 || std::abs(Steps(far).y - 4) > 1e-9) continue;
      const auto first = static_cast<std::size_t>(std::lround(near[0].x / kStep));
      const auto last = static_cast<std::size_t>(std::lround(far[0].x / kStep));
      const double top = near[0].y;
      if (last + 1 >= terrain.ground.size()) continue;
      EXPECT_TRUE(last - first == 3 || last - first == 4) << last - first;
      EXPECT_EQ(terrain.ground[first].y, top);
      for (std::size_t i = first + 1; i <= last; ++i) {
        EXPECT_NEAR(terrain.ground[i].y, top - 4 * kStep, 1e-9);
      }
      EXPECT_NEAR(terrain.ground[last + 1].y, top, 1e-9);
      ++pits;
      ++k;
    }
  }
  EXPECT_GT(pits, 10);
}

/// A walker high above level ground, so that nothing but its motors moves its joints.
WalkerWorld OverLevelGround() {
  WalkerTerrain terrain;
  for (std::size_t i = 0; i < terrain.ground.size(); ++i) {
    terrain.ground[i] = {static_cast<double>(i) * kStep, -1000};
  }
  return {terrain, 0.0};
}

// In free flight a motor turns its joint at its own speed within a few plies, whatever |a| is: the
// observed speeds, in units of that speed, are the signs of the actions.
TEST(BipedalWalker, Motors_RunAtFullSpeedInTheActionsDirection) {
  WalkerWorld world = OverLevelGround();
  for (int ply = 0; ply < 8; ++ply) world.Play(std::array{0.0f, 0.0f, 0.0f, 0.0f});
  for (int ply = 0; ply < 4; ++ply) world.Play(std::array{1.0f, -0.5f, -7.0f, -0.9f});
  const auto seen = world.Quantities();
  EXPECT_NEAR(seen[5], 1, 1e-3);
  EXPECT_NEAR(seen[7], -1, 1e-3);
  EXPECT_NEAR(seen[10], -1, 1e-3);
  EXPECT_NEAR(seen[12], -1, 1e-3);
}

// Joints stay within their limits, but for the slop of the solver (2 degrees).
TEST(BipedalWalker, Joints_StopAtTheirLimits) {
  for (const float sign : {1.0f, -1.0f}) {
    WalkerWorld world = OverLevelGround();
    for (int ply = 0; ply < 60; ++ply) world.Play(std::array{sign, sign, sign, sign});
    const auto seen = world.Quantities();
    for (const std::size_t hip : {4u, 9u}) EXPECT_NEAR(seen[hip], sign > 0 ? 1.1 : -0.8, 0.04);
    for (const std::size_t knee : {6u, 11u}) {
      EXPECT_NEAR(seen[knee] - 1, sign > 0 ? -0.1 : -1.6, 0.04);
    }
  }
}

TEST(BipedalWalker, RaysThatMeetNothing_Measure1) {
  WalkerWorld world = OverLevelGround();
  for (const double part : world.lidar()) EXPECT_EQ(part, 1);
}

// A walker without torque sinks down: in the reference -91.854 after 122 plies, -92.07 after 120
// with 2.4.1.
TEST(BipedalWalker, WithoutTorque_FallsForMinus100) {
  auto [terrain, push] = ReferenceWalkerStart(2);
  WalkerWorld world(terrain, push);
  WalkerWorld::Outcome outcome;
  while (!outcome.terminated) outcome = world.Play(std::array{0.0f, 0.0f, 0.0f, 0.0f});
  EXPECT_EQ(outcome.reward, -100);
  EXPECT_TRUE(world.fallen());
  EXPECT_NEAR(world.plies(), 122, 5);
  EXPECT_NEAR(world.episode_return(), -91.854178478941321, 1);
}

// Downhill ice would do as well: a push of 20,000 N for 0.02 s throws the walker out at the left.
TEST(BipedalWalker, LeftOfTheStart_GivesMinus100AndEnds) {
  WalkerTerrain terrain;
  for (std::size_t i = 0; i < terrain.ground.size(); ++i) {
    terrain.ground[i] = {static_cast<double>(i) * kStep, -1000};
  }
  WalkerWorld world(terrain, -20000);
  WalkerWorld::Outcome outcome;
  while (!outcome.terminated) {
    outcome = world.Play(std::array{0.0f, 0.0f, 0.0f, 0.0f});
    ASSERT_LT(world.plies(), 100);
  }
  EXPECT_LT(world.x(), 0);
  EXPECT_EQ(outcome.reward, -100);
}

TEST(BipedalWalker, BeyondTheFinish_EndsWithTheRewardOfTheWay) {
  WalkerTerrain terrain;
  for (std::size_t i = 0; i < terrain.ground.size(); ++i) {
    terrain.ground[i] = {static_cast<double>(i) * kStep, -1000};
  }
  WalkerWorld world(terrain, 20000);
  WalkerWorld::Outcome outcome;
  double before = 0;
  while (!outcome.terminated) {
    before = world.x();
    outcome = world.Play(std::array{0.0f, 0.0f, 0.0f, 0.0f});
    ASSERT_LT(world.plies(), 400);
  }
  EXPECT_LE(before, 190 * kStep);
  EXPECT_GT(world.x(), 190 * kStep);
  EXPECT_FALSE(world.fallen());
  EXPECT_GT(outcome.reward, 0);
}

}  // namespace
}  // namespace brasa
