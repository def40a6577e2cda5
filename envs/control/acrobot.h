// Acrobot-v1: two links hang from a pivot; swing the free end up by a motor in the joint between.
//
// Rules        Sutton (1996), as Gymnasium 1.x implements them, float64 state: one Runge-Kutta step
//              of order 4 over 0.2 s with a constant torque of -1, 0 or +1 N m on the joint; then
//              both angles are wrapped into [-pi, pi] and the speeds clipped to +-4 pi and +-9 pi.
//              Links of 1 m and 1 kg, centre of mass in the middle, inertia 1 kg m^2, g = 9.8.
//              dynamics=book is Sutton and Barto (1998); dynamics=nips the equations of Sutton's
//              1996 paper, which lack the centripetal term of the first link.
// Observation  float32 [6]
//              | index | meaning     | unit  | range           |
//              | 0, 1  | cos, sin of theta1 | | [-1, 1]         |
//              | 2, 3  | cos, sin of theta2 | | [-1, 1]         |
//              | 4     | theta1_dot  | rad/s | [-4 pi, 4 pi]   |
//              | 5     | theta2_dot  | rad/s | [-9 pi, 9 pi]   |
//              theta1 = 0 hangs down, theta2 is counted from the first link's direction.
// Actions      0, 1, 2: torque -1, 0, +1 N m.
// Reward       -1 for every step, 0 for the one that ends the episode.
// Ends         terminated when -cos(theta1) - cos(theta1 + theta2) > 1: the free end is one link
//              above the pivot; truncated after 500 steps.
// Start        all four uniform in [-0.1, 0.1), rounded to float32.
// Text         theta1=0 theta2=0 theta1_dot=0 theta2_dot=0
// Version      v1. sin and cos are brasa::SinCos, which differ from libm by at most 1e-16.
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

struct Acrobot {
  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit Acrobot(const Params& params)
      : centripetal(params.GetText("dynamics") == "book" ? 1.0 : 0.0) {}

  void Reset(Rng& rng);
  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards);
  /// The worlds have equal parameters.
  static void StepMany(std::span<Acrobot> worlds, const void* actions, Rng*, float* rewards,
                       std::uint8_t* ends);
  /// Angles [rad] and speeds [rad/s].
  void SetState(double angle1, double angle2, double speed1, double speed2);

  void Observe(int, std::span<float> out) const {
    out[0] = static_cast<float>(cos1);
    out[1] = static_cast<float>(sin1);
    out[2] = static_cast<float>(cos2);
    out[3] = static_cast<float>(sin2);
    out[4] = static_cast<float>(theta1_dot);
    out[5] = static_cast<float>(theta2_dot);
  }

  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  std::vector<Control> Controls() const;

  /// Of the free end over the pivot [m].
  double Height() const { return -cos1 - (cos1 * cos2 - sin1 * sin2); }

  static constexpr bool kFlat = true;
  static constexpr double kMaxSpeed1 = 4 * kPi;  // [rad/s]
  static constexpr double kMaxSpeed2 = 9 * kPi;  // [rad/s]

  double theta1 = 0, theta2 = 0;          // [rad]
  double theta1_dot = 0, theta2_dot = 0;  // [rad/s]
  double cos1 = 1, sin1 = 0;              // always those of theta1
  double cos2 = 1, sin2 = 0;              // always those of theta2
  double centripetal = 1;                 // 1 with the book's dynamics, 0 with the paper's
};

}  // namespace brasa
