// MountainCar-v0: an engine too weak for the hill; rock the car out of the valley to the flag.
//
// Rules        Moore (1990), as Gymnasium 1.x implements them, float64 state:
//              v += (a - 1) 0.001 - 0.0025 cos(3 x), clipped to +-0.07; x += v, clipped to
//              [-1.2, 0.6]; at the left wall a negative v becomes 0.
// Observation  float32 [2]
//              | index | meaning  | unit   | range        |
//              | 0     | position | m      | [-1.2, 0.6]  |
//              | 1     | velocity | m/step | [-0.07, 0.07] |
// Actions      0 push left, 1 do not push, 2 push right.
// Reward       -1 for every step, the one that ends the episode included.
// Ends         terminated when x >= 0.5 and v >= goal_velocity; truncated after 200 steps.
// Start        x uniform in [-0.6, -0.4), v = 0.
// Text         position=-0.5 velocity=0
// Version      v0. The cosine is brasa::SinCos, which differs from libm by at most 1e-16.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/core/math.h"
#include "brasa/env.h"
#include "envs/control/mountain.h"
#include "envs/control/step_blocks.h"

namespace brasa {

struct MountainCar {
  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit MountainCar(const Params& params) : goal_velocity(params.GetFloat("goal_velocity")) {}

  void Reset(Rng& rng) {
    position = rng.Uniform(Mountain::kStartLow, Mountain::kStartHigh);
    velocity = 0;
  }
  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    const ControlStep step = Advance(action.id(), goal_velocity, position, velocity);
    rewards[0] = static_cast<float>(step.reward);
    return static_cast<EpisodeEnd>(step.ended);
  }
  /// The worlds have equal parameters.
  static void StepMany(std::span<MountainCar> worlds, const void* actions, Rng*, float* rewards,
                       std::uint8_t* ends);

  void Observe(int, std::span<float> out) const {
    out[0] = static_cast<float>(position);
    out[1] = static_cast<float>(velocity);
  }

  void Draw(Canvas& canvas) const { Mountain::Draw(canvas, position, velocity, kGoal); }
  std::string ToText() const;
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  std::vector<Control> Controls() const;

  static constexpr bool kFlat = true;
  static constexpr double kForce = 0.001;  // [m/step^2]
  static constexpr double kGoal = 0.5;     // [m]

  double position = -0.5;    // [m]
  double velocity = 0;       // [m/step]
  double goal_velocity = 0;  // [m/step], fixed by the parameters

 private:
  static ControlStep Advance(double action, double goal, double& position, double& velocity) {
    const double push = (action - 1) * kForce - SinCos(3 * position).cos * Mountain::kGravity;
    double v = Clip(velocity + push, -Mountain::kMaxSpeed, Mountain::kMaxSpeed);
    const double x = Clip(position + v, Mountain::kLeft, Mountain::kRight);
    v = Select((x == Mountain::kLeft) & (v < 0), 0.0, v);
    position = x;
    velocity = v;
    return {-1, static_cast<std::uint64_t>((x >= kGoal) & (v >= goal))};
  }
};

}  // namespace brasa
