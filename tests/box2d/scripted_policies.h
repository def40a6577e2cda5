// The fixed policies whose returns the reference tells: functions of the observation, with the
// constants of Gymnasium's demonstrations.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>

namespace brasa::box2d_testing {

/// Lean towards the pad, and thrust by the height wanted at this distance. First what the main
/// engine should do, then the side engines (positive turns counterclockwise).
inline std::array<double, 2> LanderWishes(std::span<const float> seen) {
  const std::span<const float> s = seen;
  const auto at = [&](std::size_t i) { return static_cast<double>(s[i]); };
  if (at(6) > 0 || at(7) > 0) return {-0.5 * at(3), 0};
  const double lean = std::clamp(0.5 * at(0) + at(2), -0.4, 0.4);
  const double turn = 0.5 * (lean - at(4)) - at(5);
  const double lift = 0.5 * (0.55 * std::abs(at(0)) - at(1)) - 0.5 * at(3);
  return {lift, turn};
}

inline int LanderDiscrete(std::span<const float> seen) {
  const auto [lift, turn] = LanderWishes(seen);
  if (lift > std::abs(turn) && lift > 0.05) return 2;
  if (turn < -0.05) return 3;
  return turn > 0.05 ? 1 : 0;
}

inline std::array<float, 2> LanderContinuous(std::span<const float> seen) {
  const auto [lift, turn] = LanderWishes(seen);
  return {static_cast<float>(std::clamp(20 * lift - 1, -1.0, 1.0)),
          static_cast<float>(std::clamp(-20 * turn, -1.0, 1.0))};
}

/// Stands on one leg and swings the other, puts it down, pushes off with the one behind.
class WalkerGait {
 public:
  std::array<float, 4> Act(std::span<const float> seen) {
    const auto s = [&](std::size_t i) { return static_cast<double>(seen[i]); };
    const std::size_t moving = 4 + 5 * moving_, standing = 4 + 5 * (1 - moving_);
    std::array<std::optional<double>, 2> hip, knee;  // wanted angles
    if (phase_ == Phase::kSwing) {
      hip[moving_] = 1.1;
      knee[moving_] = -0.6;
      standing_knee_ += s(2) > kSpeed ? 0.06 : 0.03;
      standing_knee_ = std::min(standing_knee_, kStandingKnee);
      knee[1 - moving_] = standing_knee_;
      if (s(standing) < 0.10) phase_ = Phase::kPutDown;
    }
    if (phase_ == Phase::kPutDown) {
      hip[moving_] = 0.1;
      knee[moving_] = kStandingKnee;
      knee[1 - moving_] = standing_knee_;
      if (s(moving + 4) > 0) {
        phase_ = Phase::kPushOff;
        standing_knee_ = std::min(s(moving + 2), kStandingKnee);
      }
    }
    if (phase_ == Phase::kPushOff) {
      knee[moving_] = standing_knee_;
      knee[1 - moving_] = 1.0;
      if (s(standing + 2) > 0.88 || s(2) > 1.2 * kSpeed) {
        phase_ = Phase::kSwing;
        moving_ = 1 - moving_;
      }
    }
    std::array<float, 4> action;
    for (std::size_t leg : {0u, 1u}) {
      const std::size_t at = 4 + 5 * leg;
      double turn_hip = hip[leg] ? 0.9 * (*hip[leg] - s(at)) - 0.25 * s(at + 1) : 0;
      double turn_knee = knee[leg] ? 4 * (*knee[leg] - s(at + 2)) - 0.25 * s(at + 3) : 0;
      turn_hip += 0.9 * s(0) + 1.5 * s(1);  // keeps the hull level
      turn_knee -= 15 * s(3);               // damps its bouncing
      action[2 * leg] = static_cast<float>(std::clamp(0.5 * turn_hip, -1.0, 1.0));
      action[2 * leg + 1] = static_cast<float>(std::clamp(0.5 * turn_knee, -1.0, 1.0));
    }
    return action;
  }

 private:
  enum class Phase { kSwing, kPutDown, kPushOff };
  static constexpr double kSpeed = 0.29, kStandingKnee = 0.1;

  Phase phase_ = Phase::kSwing;
  std::size_t moving_ = 0;
  double standing_knee_ = kStandingKnee;
};

}  // namespace brasa::box2d_testing
