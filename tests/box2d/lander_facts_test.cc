// LunarLander-v3 against episodes of Gymnasium on Box2D 2.3.1. What the solver does not touch is
// compared closely, flight within what the two versions of the solver differ by.
#include <gtest/gtest.h>

#include "tests/box2d/box2d_testing.h"

namespace brasa {
namespace {

using box2d_testing::ReferenceLanderStart;
using box2d_testing::Row;
using box2d_testing::RowsOf;

constexpr const char* kSeen[] = {"obs_x",     "obs_y",     "obs_vx",   "obs_vy",
                                 "obs_angle", "obs_omega", "obs_leg0", "obs_leg1"};

std::array<double, 8> LanderSees(const Row& row) {
  std::array<double, 8> seen;
  for (std::size_t i = 0; i < 8; ++i) seen[i] = row.Number(kSeen[i]);
  return seen;
}

/// The engines' powers of a row, by the rules of the discrete and of the continuous form.
LanderPly PlyOf(const Row& row) {
  LanderPly ply;
  ply.dispersion = {row.Number("disp0"), row.Number("disp1")};
  if (row.Text("variant") == "discrete") {
    const int id = row.Integer("action");
    ply.main_power = id == 2;
    ply.side_power = id == 1 ? -1 : id == 3 ? 1 : 0;
    return ply;
  }
  std::istringstream text(row.Text("action"));
  double main = 0, side = 0;
  text >> main >> side;
  if (main > 0) ply.main_power = (main + 1) / 2;
  if (std::abs(side) > 0.5) ply.side_power = side;
  return ply;
}

/// Potential of a state by the formula of the reward.
double Potential(const std::array<double, 8>& s) {
  return -100 * std::hypot(s[0], s[1]) - 100 * std::hypot(s[2], s[3]) - 100 * std::abs(s[4]) +
         10 * s[6] + 10 * s[7];
}

double ShapedReward(const std::array<double, 8>& before, const std::array<double, 8>& after,
                    const LanderPly& ply) {
  return Potential(after) - Potential(before) - 0.3 * ply.main_power -
         0.03 * std::abs(ply.side_power);
}

TEST(LanderFacts, MoonOfTheDraws_HasTheReferenceCorners) {
  int corners = 0;
  for (const Row& row : RowsOf("lunar_lander_starts.csv")) {
    if (row.Text("kind") != "terrain_vertex") continue;
    const LanderWorld world({}, ReferenceLanderStart(row.Integer("seed")));
    const Point corner = world.ridge().at(static_cast<std::size_t>(row.Integer("i")));
    EXPECT_NEAR(corner.x, row.Number("v1"), 1e-14);
    EXPECT_NEAR(corner.y, row.Number("v2"), 1e-14);
    ++corners;
  }
  EXPECT_EQ(corners, 13 * 11);
}

// Masses, inertias and centres that Box2D 2.3.1 reported; float32, summed in another order.
TEST(LanderFacts, Bodies_HaveTheReferenceMasses) {
  const LanderWorld world({}, ReferenceLanderStart(0));
  const BodyMass hull = world.physics().Mass(world.lander());
  EXPECT_NEAR(hull.mass, 4.8166666, 1e-5);
  EXPECT_NEAR(hull.inertia, 0.833314896, 1e-5);
  EXPECT_NEAR(hull.centre.x, 0, 1e-6);
  EXPECT_NEAR(hull.centre.y, 0.101307191, 1e-6);
  for (const int i : {0, 1}) {
    const BodyMass leg = world.physics().Mass(world.leg(i));
    EXPECT_NEAR(leg.mass, 0.0711111203, 1e-6);
    EXPECT_NEAR(leg.inertia, 0.00179094705, 1e-7);
  }
}

// The formula above, which the other tests rely on, gives the rewards of all reference rows. The
// observations are rounded to float32: 100 * a few 2^-24.
TEST(LanderFacts, RewardFormula_HoldsOnTheReferenceRows) {
  const auto& rows = RowsOf("lunar_lander.csv");
  int compared = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const Row &before = rows[i - 1], &row = rows[i];
    if (row.Integer("t") != before.Integer("t") + 1 || row.Integer("terminated") == 1) continue;
    EXPECT_NEAR(row.Number("reward"), ShapedReward(LanderSees(before), LanderSees(row), PlyOf(row)),
                3e-4)
        << "seed " << row.Text("seed") << " t " << row.Text("t");
    ++compared;
  }
  EXPECT_GT(compared, 250);
}

// The same formula gives the rewards here.
TEST(LanderFacts, RewardFormula_HoldsInTheWorld) {
  LanderWorld world({}, ReferenceLanderStart(0));
  std::array<double, 8> before = world.Quantities();
  for (int ply = 0;; ++ply) {
    LanderPly engines;
    engines.main_power = ply % 3 == 0 ? 0.5 + 0.05 * (ply % 10) : 0;
    engines.side_power = ply % 5 == 0 ? -0.7 : 0;
    engines.dispersion = {0.01, -0.02};
    const LanderWorld::Outcome outcome = world.Play(engines);
    const std::array<double, 8> after = world.Quantities();
    if (outcome.terminated) break;
    EXPECT_NEAR(outcome.reward, ShapedReward(before, after, engines), 1e-9);
    before = after;
    ASSERT_LT(ply, 1000);
  }
}

/// The largest differences of one flight: rows driven by the reference's actions and dispersions
/// until a leg touches the ground or the table skips a ply.
struct Deviation {
  int plies = 0;
  double position = 0, speed = 0, angle = 0, spin = 0, reward = 0;
};

Deviation Fly(const std::string& variant, int seed, int plies) {
  Deviation most;
  LanderWorld world({}, ReferenceLanderStart(seed));
  for (const Row& row : RowsOf("lunar_lander.csv")) {
    if (row.Text("variant") != variant || row.Integer("seed") != seed) continue;
    const int t = row.Integer("t");
    if (t != most.plies || t == plies) break;
    LanderWorld::Outcome outcome;
    if (t > 0) outcome = world.Play(PlyOf(row));
    const auto expected = LanderSees(row), seen = world.Quantities();
    if (expected[6] > 0 || expected[7] > 0 || row.Integer("terminated") == 1) break;
    EXPECT_FALSE(outcome.terminated) << t;
    EXPECT_EQ(seen[6] + seen[7], 0) << t;
    const auto apart = [&](std::size_t i) { return std::abs(seen[i] - expected[i]); };
    most.position = std::max({most.position, apart(0), apart(1)});
    most.speed = std::max({most.speed, apart(2), apart(3)});
    most.angle = std::max(most.angle, apart(4));
    most.spin = std::max(most.spin, apart(5));
    if (t > 0) most.reward = std::max(most.reward, std::abs(outcome.reward - row.Number("reward")));
    ++most.plies;
  }
  return most;
}

class LanderFlight : public ::testing::TestWithParam<std::pair<const char*, int>> {};

// With Box2D 2.3.1 in the place of 2.4.1 these rules give the reference's bits for hundreds of
// plies. The versions solve the legs' joints in another order, which moves the first observation by
// less than 3e-5 (its angular speed by 3e-4) and a flight by less than 2e-3; rewards are
// differences of 100 times that.
TEST_P(LanderFlight, FollowsTheReference) {
  const auto& [variant, seed] = GetParam();
  const Deviation first = Fly(variant, seed, 1);
  EXPECT_EQ(first.plies, 1);
  EXPECT_LT(std::max({first.position, first.speed, first.angle}), 3e-5);
  EXPECT_LT(first.spin, 3e-4);
  const Deviation flight = Fly(variant, seed, 1000);
  EXPECT_GE(flight.plies, 6);
  EXPECT_LT(std::max({flight.position, flight.speed, flight.angle}), 2e-3);
  EXPECT_LT(flight.spin, 2e-2);
  EXPECT_LT(flight.reward, 0.05);
}

INSTANTIATE_TEST_SUITE_P(LanderFacts, LanderFlight,
                         ::testing::Values(std::pair("discrete", 0), std::pair("discrete", 1),
                                           std::pair("discrete", 2), std::pair("discrete", 3),
                                           std::pair("discrete", 4), std::pair("continuous", 5),
                                           std::pair("continuous", 6)),
                         [](const auto& test) {
                           return "seed" + std::to_string(test.param.second);
                         });

// The landing of seed 0: the left leg (number 1) touches first, in ply 79; within two plies here.
TEST(LanderFacts, LandingOfTheReference_TouchesWithTheSameLeg) {
  LanderWorld world({}, ReferenceLanderStart(0));
  int reference = -1, here = -1;
  for (const Row& row : RowsOf("lunar_lander.csv")) {
    if (row.Text("variant") != "discrete" || row.Integer("seed") != 0) continue;
    const int t = row.Integer("t");
    if (t > 0) world.Play(PlyOf(row));
    const auto seen = world.Quantities();
    if (reference < 0 && row.Number("obs_leg0") + row.Number("obs_leg1") > 0) {
      EXPECT_EQ(row.Number("obs_leg0"), 0);
      reference = t;
    }
    if (here < 0 && seen[6] + seen[7] > 0) {
      EXPECT_EQ(seen[6], 0);
      here = t;
    }
    if (reference > 0 && here > 0) break;
  }
  EXPECT_EQ(reference, 79);
  EXPECT_NEAR(here, reference, 2);
}

}  // namespace
}  // namespace brasa
