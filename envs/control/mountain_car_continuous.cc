#include "envs/control/mountain_car_continuous.h"

#include <algorithm>
#include <array>

#include "envs/control/control_text.h"

namespace brasa {
namespace {

/// float32(-1.2), float32(0.6) and float32(0.07) lie outside of the bounds they round.
constexpr double Wide(double bound) {
  const auto rounded = static_cast<double>(static_cast<float>(bound));
  return bound < 0 ? std::min(bound, rounded) : std::max(bound, rounded);
}
constexpr Quantity kQuantities[] = {
    {"position", Wide(Mountain::kLeft), Wide(Mountain::kRight)},
    {"velocity", Wide(-Mountain::kMaxSpeed), Wide(Mountain::kMaxSpeed)}};

}  // namespace

std::vector<Field> MountainCarContinuous::Fields() {
  return {FloatField("goal_velocity", 0, -Mountain::kMaxSpeed, Mountain::kMaxSpeed,
                     "least velocity at the flag that ends the episode [m/step]")};
}

EnvSpec MountainCarContinuous::Spec(const Params&) {
  EnvSpec spec;
  spec.id = "MountainCarContinuous-v0";
  spec.summary = "Rock an underpowered car out of a valley with little force";
  spec.observation.shape = {2};
  spec.observation.axes = {"quantity"};
  spec.observation.names = {"position", "velocity"};
  spec.observation.low = {-1.2f, -0.07f};
  spec.observation.high = {0.6f, 0.07f};
  spec.action.kind = ActionKind::kBox;
  spec.action.low = {-1};
  spec.action.high = {1};
  spec.action.names = {"force"};
  spec.max_episode_steps = 999;
  spec.reward_threshold = 90;
  spec.max_return = 100;
  return spec;
}

void MountainCarContinuous::StepMany(std::span<MountainCarContinuous> worlds, const void* actions,
                                     Rng*, float* rewards, std::uint8_t* ends) {
  if (worlds.empty()) return;
  const double goal = worlds.front().goal_velocity;
  StepBlocks<2, &MountainCarContinuous::position, &MountainCarContinuous::velocity>(
      worlds, static_cast<const float*>(actions), rewards,
      ends, [goal](double action, double& x, double& v) __attribute__((always_inline)) {
        return Advance(action, goal, x, v);
      });
}

std::string MountainCarContinuous::ToText() const {
  return StateToText(kQuantities, std::to_array({position, velocity}));
}

void MountainCarContinuous::FromText(std::string_view text) {
  double values[2] = {};
  StateFromText(text, kQuantities, 2, values);
  position = values[0];
  velocity = values[1];
}

std::string MountainCarContinuous::ActionToText(ActionRef action) const {
  return BoxActionToText(action.values()[0]);
}

std::vector<double> MountainCarContinuous::ActionFromText(std::string_view text) const {
  return BoxActionFromText(text, "force", 1);
}

std::vector<Control> MountainCarContinuous::Controls() const {
  return {{"Left", {-1}}, {"", {0}}, {"Right", {1}}};
}

}  // namespace brasa
