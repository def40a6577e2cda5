// Pendulum-v1: swing a rod up from any angle and hold it upright with a weak motor.
//
// Rules        Gymnasium 1.x, float64 state: a rod of 1 m and 1 kg on a motor, gravity g, time step
//              dt = 0.05 s. With u = a clipped to +-2 N m,
//              theta_dot += (3 g / 2 sin(theta) + 3 u) dt, clipped to +-8; theta += theta_dot dt
//              (the new speed). theta is never wrapped. u^2 and the products of u are rounded to
//              float32, as the source's NumPy 2 does.
// Observation  float32 [3]
//              | index | meaning    | unit  | range   |
//              | 0     | cos(theta) |       | [-1, 1] |
//              | 1     | sin(theta) |       | [-1, 1] |
//              | 2     | theta_dot  | rad/s | [-8, 8] |
// Actions      box [1]: torque in [-2, 2] [N m], clipped by the rules; positive turns
//              counter-clockwise.
// Reward       -(norm(theta)^2 + 0.1 theta_dot^2 + 0.001 u^2) of the state before the step;
//              norm(theta) = ((theta + pi) mod 2 pi) - pi.
// Ends         never terminated; truncated after 200 steps.
// Start        theta uniform in [-pi, pi), theta_dot uniform in [-1, 1).
// Text         theta=3.1 theta_dot=0 torque=0; the last may be left out.
// Version      v1. sin and cos are brasa::SinCos, which differ from libm by at most 1e-16 up to
//              |theta| = 2^20: 2.6 million steps at full speed where no limit cuts an episode.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/core/math.h"
#include "brasa/env.h"
#include "envs/control/step_blocks.h"

namespace brasa {

struct Pendulum {
  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit Pendulum(const Params& params) : gravity(params.GetFloat("g")) {}

  void Reset(Rng& rng) {
    const double angle = rng.Uniform(-kPi, kPi);
    SetState(angle, rng.Uniform(-1, 1));
  }
  /// Puts the rod to `angle` [rad] with `speed` [rad/s]; no torque has been applied yet.
  void SetState(double angle, double speed);

  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    const auto u = static_cast<double>(action.values()[0]);
    const ControlStep step = Advance(u, gravity, theta, theta_dot, sin_theta, cos_theta, torque);
    rewards[0] = static_cast<float>(step.reward);
    return EpisodeEnd::kNone;
  }
  /// The worlds have equal parameters.
  static void StepMany(std::span<Pendulum> worlds, const void* actions, Rng*, float* rewards,
                       std::uint8_t* ends);

  void Observe(int, std::span<float> out) const {
    out[0] = static_cast<float>(cos_theta);
    out[1] = static_cast<float>(sin_theta);
    out[2] = static_cast<float>(theta_dot);
  }

  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  std::vector<Control> Controls() const;

  /// ((angle + pi) mod 2 pi) - pi, rounded as Python's modulo rounds: in [-pi, pi], 0 = upright.
  static double Norm(double angle) {
    const double rest = RemainderTwoPi(angle + kPi);
    return rest + Select(rest < 0, 2 * kPi, 0.0) - kPi;
  }

  static constexpr bool kFlat = true;
  static constexpr double kLength = 1;       // [m]
  static constexpr double kMass = 1;         // [kg]
  static constexpr double kTimeStep = 0.05;  // [s]
  static constexpr double kMaxSpeed = 8;     // [rad/s]
  static constexpr double kMaxTorque = 2;    // [N m]

  double theta = kPi;     // [rad], 0 = upright, positive counter-clockwise
  double theta_dot = 0;   // [rad/s]
  double cos_theta = -1;  // always those of theta
  double sin_theta = SinCos(kPi).sin;
  double torque = 0;    // [N m] that the last step applied, for the picture
  double gravity = 10;  // [m/s^2], fixed by the parameters

 private:
  static ControlStep Advance(double action, double g, double& angle, double& speed, double& sine,
                             double& cosine, double& applied) {
    const double u = Clip(action, -kMaxTorque, kMaxTorque);
    const double norm = Norm(angle);
    const double effort = RoundToFloat(RoundToFloat(0.001) * RoundToFloat(u * u));
    const double cost = norm * norm + 0.1 * (speed * speed) + effort;
    const double push = RoundToFloat(3.0 / (kMass * kLength * kLength) * u);
    const double acceleration = 3 * g / (2 * kLength) * sine + push;
    speed = Clip(speed + acceleration * kTimeStep, -kMaxSpeed, kMaxSpeed);
    angle += speed * kTimeStep;
    const SinCosResult next = SinCos(angle);
    cosine = next.cos;
    sine = next.sin;
    applied = u;
    return {-cost, 0};
  }
};

}  // namespace brasa
