#include "envs/box2d/walker_world.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "brasa/core/math.h"

namespace brasa {
namespace {

constexpr double kScale = 30;  // pixels of the original drawing per metre
constexpr double kViewWidth = 600 / kScale, kViewHeight = 400 / kScale;
constexpr double kLegDown = -8 / kScale;  // the hips, below the hull's origin
constexpr double kLegWidth = 8 / kScale, kLegHeight = 34 / kScale;
constexpr double kStartY = WalkerTerrain::kHeight + 2 * kLegHeight;
constexpr double kInitialPush = 5;  // [N]
constexpr double kGroundFriction = 2.5;
constexpr double kFramesPerSecond = 50;

double Sign(float value) { return (value > 0) - (value < 0); }

/// The terrain and, after it, the push.
std::pair<WalkerTerrain, double> DrawStart(const WalkerOptions& options, Rng& rng) {
  WalkerTerrain terrain = DrawWalkerTerrain(options.hardcore, rng);
  const double push = rng.Uniform(-kInitialPush, kInitialPush);
  return {std::move(terrain), push};
}

}  // namespace

WalkerWorld::WalkerWorld(WalkerTerrain terrain, double push) : terrain_(std::move(terrain)) {
  BuildGround();
  BuildWalker();
  physics_.ApplyForce(hull_, {push, 0});
  Advance(std::array{0.0f, 0.0f, 0.0f, 0.0f});
  shaping_ = Shaping();
}

WalkerWorld::WalkerWorld(const WalkerOptions& options, Rng& rng)
    : WalkerWorld(DrawStart(options, rng)) {}

void WalkerWorld::BuildGround() {
  for (const auto& obstacle : terrain_.obstacles) physics_.AddGround(obstacle, kGroundFriction);
  for (std::size_t i = 1; i < terrain_.ground.size(); ++i) {
    physics_.AddGround(terrain_.ground[i - 1], terrain_.ground[i], kGroundFriction);
  }
}

int WalkerWorld::AddLimb(double half_width, double height, double angle) {
  constexpr double kHalf = kLegHeight / 2;
  BodyPlan limb;
  limb.position = {kStartX, height};
  limb.angle = angle;
  limb.outline = {
      {-half_width, -kHalf}, {half_width, -kHalf}, {half_width, kHalf}, {-half_width, kHalf}};
  return physics_.AddBody(limb);
}

void WalkerWorld::BuildWalker() {
  BodyPlan hull;
  hull.position = {kStartX, kStartY};
  hull.outline = {{-30 / kScale, 9 / kScale},
                  {6 / kScale, 9 / kScale},
                  {34 / kScale, 1 / kScale},
                  {34 / kScale, -8 / kScale},
                  {-30 / kScale, -8 / kScale}};
  hull.density = 5;
  hull.friction = 0.1;
  hull_ = physics_.AddBody(hull);
  for (const std::size_t leg : {0u, 1u}) {
    const int side = leg == 0 ? -1 : 1;
    const double angle = 0.05 * side;
    const int upper = AddLimb(kLegWidth / 2, kStartY - kLegHeight / 2 - kLegDown, angle);
    HingePlan hip;
    hip.body_a = hull_;
    hip.body_b = upper;
    hip.anchor_a = {0, kLegDown};
    hip.anchor_b = {0, kLegHeight / 2};
    hip.lower_angle = -0.8;
    hip.upper_angle = 1.1;
    hip.motor_speed = side;
    hip.motor_torque = kMotorTorque;
    joints_[2 * leg] = physics_.AddHinge(hip);
    const int lower = AddLimb(0.8 * kLegWidth / 2, kStartY - kLegHeight * 3 / 2 - kLegDown, angle);
    HingePlan knee;
    knee.body_a = upper;
    knee.body_b = lower;
    knee.anchor_a = {0, -kLegHeight / 2};
    knee.anchor_b = {0, kLegHeight / 2};
    knee.lower_angle = -1.6;
    knee.upper_angle = -0.1;
    knee.motor_speed = 1;
    knee.motor_torque = kMotorTorque;
    joints_[2 * leg + 1] = physics_.AddHinge(knee);
    limbs_[2 * leg] = upper;
    limbs_[2 * leg + 1] = lower;
  }
}

void WalkerWorld::Advance(Action action) {
  for (std::size_t i = 0; i < kPlyNumbers; ++i) {
    const double speed = i % 2 == 0 ? kHipSpeed : kKneeSpeed;
    physics_.SetMotor(joints_[i], speed * Sign(action[i]),
                      kMotorTorque * static_cast<double>(std::min(std::abs(action[i]), 1.0f)));
  }
  physics_.Step();
  Scan();
}

Point WalkerWorld::RayEnd(Point from, int i) {
  const auto [sin, cos] = SinCos(1.5 * i / kRays);
  return {from.x + sin * kRayLength, from.y - cos * kRayLength};
}

void WalkerWorld::Scan() {
  const Point eye = physics_.State(hull_).position;
  for (int i = 0; i < kRays; ++i) {
    lidar_[static_cast<std::size_t>(i)] = physics_.RayCast(eye, RayEnd(eye, i));
  }
}

std::array<double, 24> WalkerWorld::Quantities() const {
  const BodyState hull = physics_.State(hull_);
  std::array<double, 24> seen{hull.angle, 2 * hull.angular_velocity / kFramesPerSecond,
                              0.3 * hull.velocity.x * kViewWidth / kFramesPerSecond,
                              0.3 * hull.velocity.y * kViewHeight / kFramesPerSecond};
  for (std::size_t leg = 0; leg < 2; ++leg) {
    const int hip = joints_[2 * leg], knee = joints_[2 * leg + 1];
    double* out = &seen[4 + 5 * leg];
    out[0] = physics_.HingeAngle(hip);
    out[1] = physics_.HingeSpeed(hip) / kHipSpeed;
    out[2] = physics_.HingeAngle(knee) + 1;
    out[3] = physics_.HingeSpeed(knee) / kKneeSpeed;
    out[4] = physics_.touching(limbs_[2 * leg + 1]) ? 1 : 0;
  }
  std::copy(lidar_.begin(), lidar_.end(), seen.begin() + 14);
  return seen;
}

double WalkerWorld::Shaping() const {
  const BodyState hull = physics_.State(hull_);
  return 130 * hull.position.x / kScale - 5 * std::abs(hull.angle);
}

WalkerWorld::Outcome WalkerWorld::Play(Action action) {
  Advance(action);
  const double shaping = Shaping();
  Outcome outcome{shaping - shaping_, arrived()};
  shaping_ = shaping;
  for (const float a : action) {
    outcome.reward -= 0.00035 * kMotorTorque * static_cast<double>(std::min(std::abs(a), 1.0f));
  }
  if (fallen()) outcome = {-100, true};
  return_ += outcome.reward;
  ++plies_;
  return outcome;
}

bool WalkerWorld::Allows(Action action) {
  return std::all_of(action.begin(), action.end(), [](float a) { return std::isfinite(a); });
}

}  // namespace brasa
