// CartPole-v1: balance a pole on a cart by pushing the cart left or right.
//
// Rules      Barto, Sutton, Anderson (1983), as Gymnasium 1.x implements them: float64 state,
//            explicit Euler with 0.02 s, cart 1 kg, pole 0.1 kg and 0.5 m half length, force 10 N,
//            gravity 9.8 m/s^2.
// Observation float32 [4]
//            0  x          cart position       [m]      +-4.8 (the episode ends at 2.4)
//            1  x_dot      cart velocity       [m/s]    unbounded
//            2  theta      pole angle          [rad]    +-0.418879 (the episode ends at 0.2094395)
//            3  theta_dot  angular velocity    [rad/s]  unbounded
// Actions    0 push left, 1 push right.
// Reward     1 for every step, the one that ends the episode included.
// Ends       terminated when |x| > 2.4 or |theta| > 12 degrees; truncated after 500 steps.
// Start      all four uniform in [-0.05, 0.05).
// Version    v1. sin and cos are brasa::SinCos, which differ from libm by at most 1e-16.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/env.h"

namespace brasa {

struct CartPole {
  static EnvSpec Spec(const Params& params);
  explicit CartPole(const Params&) {}

  void Reset(Rng& rng) {
    x = rng.Uniform(-0.05, 0.05);
    x_dot = rng.Uniform(-0.05, 0.05);
    theta = rng.Uniform(-0.05, 0.05);
    theta_dot = rng.Uniform(-0.05, 0.05);
  }

  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    rewards[0] = 1.0f;
    return static_cast<EpisodeEnd>(Advance(action.id(), x, x_dot, theta, theta_dot));
  }
  static void StepMany(std::span<CartPole> worlds, const void* actions, Rng*, float* rewards,
                       std::uint8_t* ends);

  void Observe(int, std::span<float> out) const {
    out[0] = static_cast<float>(x);
    out[1] = static_cast<float>(x_dot);
    out[2] = static_cast<float>(theta);
    out[3] = static_cast<float>(theta_dot);
  }

  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  std::vector<Control> Controls() const;

  static constexpr bool kFlat = true;
  static constexpr double kGravity = 9.8;                    // [m/s^2]
  static constexpr double kPoleMass = 0.1;                   // [kg]
  static constexpr double kTotalMass = 1.1;                  // [kg] cart and pole
  static constexpr double kInverseMass = 1 / kTotalMass;     // a product where the source divides
  static constexpr double kHalfLength = 0.5;                 // [m]
  static constexpr double kPoleMassLength = 0.05;            // [kg m]
  static constexpr double kForce = 10.0;                     // [N]
  static constexpr double kTimeStep = 0.02;                  // [s]
  static constexpr double kPositionLimit = 2.4;              // [m]
  static constexpr double kAngleLimit = 12 * 2 * kPi / 360;  // [rad]

  double x = 0;          // [m]
  double x_dot = 0;      // [m/s]
  double theta = 0;      // [rad], 0 = upright, positive to the right
  double theta_dot = 0;  // [rad/s]

 private:
  /// One Euler step; 1 if the pole has fallen or the cart has left the track, else 0.
  static std::uint64_t Advance(double action, double& x, double& x_dot, double& theta,
                               double& theta_dot) {
    const double force = (2 * action - 1) * kForce;
    const auto [sin_theta, cos_theta] = SinCos(theta);
    const double temp =
        (force + kPoleMassLength * (theta_dot * theta_dot) * sin_theta) * kInverseMass;
    const double theta_acc =
        (kGravity * sin_theta - cos_theta * temp) /
        (kHalfLength * (4.0 / 3.0 - kPoleMass * (cos_theta * cos_theta) * kInverseMass));
    const double x_acc = temp - kPoleMassLength * theta_acc * cos_theta * kInverseMass;
    x += kTimeStep * x_dot;
    x_dot += kTimeStep * x_acc;
    theta += kTimeStep * theta_dot;
    theta_dot += kTimeStep * theta_acc;
    return static_cast<std::uint64_t>((x < -kPositionLimit) | (x > kPositionLimit) |
                                      (theta < -kAngleLimit) | (theta > kAngleLimit));
  }
};

}  // namespace brasa
