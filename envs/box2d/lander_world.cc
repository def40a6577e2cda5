#include "envs/box2d/lander_world.h"

#include <cmath>

#include "brasa/core/math.h"

namespace brasa {
namespace {

constexpr double kScale = LanderWorld::kScale;
constexpr double kInitialForce = 1000;  // [N]
constexpr int kWaveStarts = 9999;
constexpr double kMainPower = 13, kSidePower = 0.6;  // [N s] per metre of offset
constexpr double kMainAway = 4 / kScale;             // [m] below the lander's origin
constexpr double kSideAway = 12 / kScale, kSideHeight = 14 / kScale, kSideBack = 17 / kScale;
constexpr double kLegAway = 20 / kScale, kLegTorque = 40;
constexpr double kLegWidth = 2 / kScale, kLegHeight = 8 / kScale;  // half extents
constexpr double kFramesPerSecond = 50;

/// tanh by Lambert's continued fraction x / (1 + x^2 / (3 + x^2 / (5 + ..))), for |x| <= 2 within
/// 1e-15: IEEE operations only.
double Tanh(double x) {
  const double square = x * x;
  double tail = 33;
  for (double odd = 31; odd >= 1; odd -= 2) tail = odd + square / tail;
  return x / tail;
}

/// Between -1 and 1; the two waves have no common period.
double Wave(int index) {
  const double i = index;
  return Tanh(SinCos(0.02 * i).sin + SinCos(kPi * 0.01 * i).sin);
}

}  // namespace

LanderStart DrawLanderStart(const LanderOptions& options, Rng& rng) {
  LanderStart start;
  for (double& height : start.heights) height = rng.Uniform(0, LanderWorld::kHeight / 2);
  start.force.x = rng.Uniform(-kInitialForce, kInitialForce);
  start.force.y = rng.Uniform(-kInitialForce, kInitialForce);
  if (options.enable_wind) {
    start.wind_index = static_cast<int>(rng.Below(2 * kWaveStarts)) - kWaveStarts;
    start.torque_index = static_cast<int>(rng.Below(2 * kWaveStarts)) - kWaveStarts;
  }
  return start;
}

LanderWorld::LanderWorld(const LanderOptions& options, const LanderStart& start)
    : options_(options),
      physics_(options.gravity),
      wind_index_(start.wind_index),
      torque_index_(start.torque_index) {
  BuildMoon(start);
  BuildLander();
  physics_.ApplyForce(lander_, start.force);
  Blow();
  physics_.Step();
  shaping_ = Shaping();
}

void LanderWorld::BuildMoon(const LanderStart& start) {
  std::array<double, 12> heights = start.heights;
  for (std::size_t i = 3; i <= 7; ++i) heights[i] = kPadHeight;
  physics_.AddGround({0, 0}, {kWidth, 0}, 0.2);
  for (std::size_t i = 0; i < kRidge; ++i) {
    const double before = heights[i == 0 ? heights.size() - 1 : i - 1];
    ridge_[i] = {kWidth / (kRidge - 1) * static_cast<double>(i),
                 0.33 * (before + heights[i] + heights[i + 1])};
    if (i > 0) physics_.AddGround(ridge_[i - 1], ridge_[i], 0.1);
  }
}

void LanderWorld::BuildLander() {
  BodyPlan hull;
  hull.position = {kWidth / 2, kHeight};
  hull.outline = {{-14 / kScale, 17 / kScale}, {-17 / kScale, 0}, {-17 / kScale, -10 / kScale},
                  {17 / kScale, -10 / kScale}, {17 / kScale, 0},  {14 / kScale, 17 / kScale}};
  hull.density = 5;
  hull.friction = 0.1;
  lander_ = physics_.AddBody(hull);
  for (const int side : {-1, 1}) {
    BodyPlan leg;
    leg.position = {kWidth / 2 - side * kLegAway, kHeight};
    leg.angle = 0.05 * side;
    leg.outline = {{-kLegWidth, -kLegHeight},
                   {kLegWidth, -kLegHeight},
                   {kLegWidth, kLegHeight},
                   {-kLegWidth, kLegHeight}};
    HingePlan hip;
    hip.body_a = lander_;
    hip.body_b = legs_[side < 0 ? 0 : 1] = physics_.AddBody(leg);
    hip.anchor_b = {side * kLegAway, kLegDown};
    hip.lower_angle = side < 0 ? 0.4 : -0.9;
    hip.upper_angle = side < 0 ? 0.9 : -0.4;
    hip.motor_speed = 0.3 * side;
    hip.motor_torque = kLegTorque;
    physics_.AddHinge(hip);
  }
}

void LanderWorld::Blow() {
  const bool grounded = physics_.touching(legs_[0]) || physics_.touching(legs_[1]);
  if (!options_.enable_wind || grounded) return;
  physics_.ApplyForce(lander_, {Wave(wind_index_++) * options_.wind_power, 0});
  physics_.ApplyTorque(lander_, Wave(torque_index_++) * options_.turbulence_power);
}

void LanderWorld::Fire(const LanderPly& ply) {
  const BodyState state = physics_.State(lander_);
  const auto [tip_x, tip_y] = SinCos(state.angle);  // the lander's upwards
  const double side_x = -tip_y, side_y = tip_x;
  const auto [d0, d1] = ply.dispersion;
  if (ply.main_power > 0) {
    const double down = kMainAway + 2 * d0;
    const Point offset{tip_x * down + side_x * d1, -tip_y * down - side_y * d1};
    const double thrust = -kMainPower * ply.main_power;
    physics_.ApplyImpulse(lander_, {offset.x * thrust, offset.y * thrust},
                          {state.position.x + offset.x, state.position.y + offset.y});
  }
  if (ply.side_power != 0) {
    const double away = 3 * d1 + (ply.side_power < 0 ? -kSideAway : kSideAway);
    const Point offset{tip_x * d0 + side_x * away, -tip_y * d0 - side_y * away};
    const double thrust = -kSidePower * std::abs(ply.side_power);
    physics_.ApplyImpulse(lander_, {offset.x * thrust, offset.y * thrust},
                          {state.position.x + offset.x - tip_x * kSideBack,
                           state.position.y + offset.y + tip_y * kSideHeight});
  }
}

std::array<double, 8> LanderWorld::Quantities() const {
  const BodyState state = physics_.State(lander_);
  return {(state.position.x - kWidth / 2) / (kWidth / 2),
          (state.position.y - (kPadHeight + kLegDown)) / (kHeight / 2),
          state.velocity.x * (kWidth / 2) / kFramesPerSecond,
          state.velocity.y * (kHeight / 2) / kFramesPerSecond,
          state.angle,
          20 * state.angular_velocity / kFramesPerSecond,
          physics_.touching(legs_[0]) ? 1.0 : 0.0,
          physics_.touching(legs_[1]) ? 1.0 : 0.0};
}

double LanderWorld::Shaping() const {
  const std::array<double, 8> s = Quantities();
  return -100 * std::sqrt(s[0] * s[0] + s[1] * s[1]) - 100 * std::sqrt(s[2] * s[2] + s[3] * s[3]) -
         100 * std::abs(s[4]) + 10 * s[6] + 10 * s[7];
}

LanderWorld::Outcome LanderWorld::Play(const LanderPly& ply) {
  Blow();
  Fire(ply);
  physics_.Step();
  const double shaping = Shaping();
  const double fuel = 0.30 * ply.main_power + 0.03 * std::abs(ply.side_power);
  Outcome outcome{shaping - shaping_ - fuel, false};
  shaping_ = shaping;
  if (crashed() || std::abs(Quantities()[0]) >= 1) outcome = {-100, true};
  if (landed()) outcome = {100, true};
  last_ = ply;
  return_ += outcome.reward;
  fuel_cost_ += fuel;
  ++plies_;
  return outcome;
}

LanderWorld::Outcome LanderWorld::Play(std::span<const double, kPlyNumbers> ply) {
  return Play(LanderPly{ply[0], ply[1], {ply[2], ply[3]}});
}

bool LanderWorld::Allows(std::span<const double, kPlyNumbers> ply) {
  return ply[0] >= 0 && ply[0] <= 1 && std::abs(ply[1]) <= 1 && std::abs(ply[2]) <= kDispersion &&
         std::abs(ply[3]) <= kDispersion;
}

}  // namespace brasa
