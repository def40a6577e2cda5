// MountainCarContinuous-v0: rock an underpowered car to the flag with as little force as possible.
//
// Rules        Moore (1990), as Gymnasium 1.x implements them: with f = a clipped to +-1,
//              v += 0.0015 f - 0.0025 cos(3 x), clipped to +-0.07; x += v, clipped to
//              [-1.2, 0.6]; at the left wall a negative v becomes 0.
//              Both are kept as float32 and every sum and product between them is rounded to
//              float32 (NumPy 2's promotion), an action that is clipped is a float64. The start is
//              float64 and its first step is calculated in float64: so a state that float32 cannot
//              hold is stepped in float64. (A start that float32 can hold, one in 2^29, would
//              take its first step in float32; it differs by at most 3e-8.)
// Observation  float32 [2]
//              | index | meaning  | unit   | range         |
//              | 0     | position | m      | [-1.2, 0.6]   |
//              | 1     | velocity | m/step | [-0.07, 0.07] |
// Actions      box [1]: force in [-1, 1], clipped by the rules.
// Reward       100 on the step that ends the episode, minus 0.1 a^2 (a as sent, not clipped).
// Ends         terminated when x >= 0.45 and v >= goal_velocity; truncated after 999 steps.
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

struct MountainCarContinuous {
  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit MountainCarContinuous(const Params& params)
      : goal_velocity(params.GetFloat("goal_velocity")) {}

  void Reset(Rng& rng) {
    position = rng.Uniform(Mountain::kStartLow, Mountain::kStartHigh);
    velocity = 0;
  }
  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    const auto force = static_cast<double>(action.values()[0]);
    const ControlStep step = Advance(force, goal_velocity, position, velocity);
    rewards[0] = static_cast<float>(step.reward);
    return static_cast<EpisodeEnd>(step.ended);
  }
  /// The worlds have equal parameters.
  static void StepMany(std::span<MountainCarContinuous> worlds, const void* actions, Rng*,
                       float* rewards, std::uint8_t* ends);

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
  static constexpr double kPower = 0.0015;  // [m/step^2]
  static constexpr double kGoal = 0.45;     // [m]

  double position = -0.5;    // [m]; float32 values but for the start
  double velocity = 0;       // [m/step]; float32 values
  double goal_velocity = 0;  // [m/step], fixed by the parameters

 private:
  /// Inlined, so that the loop over worlds vectorises.
  [[gnu::always_inline]] static inline ControlStep Advance(double action, double goal,
                                                           double& position, double& velocity) {
    // Sums and products of two float32 values are exact in float64 or round the same in one more
    // step, so float32 arithmetic is float64 arithmetic that is rounded.
    const double near_x = RoundToFloat(position), near_v = RoundToFloat(velocity);
    const bool wide = (position != near_x) | (velocity != near_v);
    const auto keep = [wide](double value) { return Select(wide, value, RoundToFloat(value)); };
    const double slope = Mountain::kGravity * SinCos(keep(3 * position)).cos;
    const double inside =
        RoundToFloat(RoundToFloat(RoundToFloat(kPower) * action) - RoundToFloat(slope));
    const double clipped = keep(Select(action > 0, kPower, -kPower) - slope);
    const double push = Select((action > 1) | (action < -1), clipped, inside);
    const double max_speed = keep(Mountain::kMaxSpeed), left = keep(Mountain::kLeft);
    double v = Clip(keep(velocity + push), -max_speed, max_speed);
    const double x = Clip(keep(position + v), left, keep(Mountain::kRight));
    v = Select((x == left) & (v < 0), 0.0, v);
    const double goal_x = keep(kGoal), goal_v = keep(goal);
    const bool ended = (x >= goal_x) & (v >= goal_v);
    position = RoundToFloat(x);
    velocity = RoundToFloat(v);
    return {Select(ended, 100.0, 0.0) - action * action * 0.1, static_cast<std::uint64_t>(ended)};
  }
};

}  // namespace brasa
