#include "envs/control/mountain_car.h"

#include <array>

#include "envs/control/control_text.h"

namespace brasa {
namespace {

constexpr std::string_view kActionNames[] = {"left", "coast", "right"};
constexpr Quantity kQuantities[] = {{"position", Mountain::kLeft, Mountain::kRight},
                                    {"velocity", -Mountain::kMaxSpeed, Mountain::kMaxSpeed}};

}  // namespace

std::vector<Field> MountainCar::Fields() {
  return {FloatField("goal_velocity", 0, -Mountain::kMaxSpeed, Mountain::kMaxSpeed,
                     "least velocity at the flag that ends the episode [m/step]")};
}

EnvSpec MountainCar::Spec(const Params&) {
  EnvSpec spec;
  spec.id = "MountainCar-v0";
  spec.summary = "Rock an underpowered car out of a valley by pushing left or right";
  spec.observation.shape = {2};
  spec.observation.axes = {"quantity"};
  spec.observation.names = {"position", "velocity"};
  spec.observation.low = {-1.2f, -0.07f};
  spec.observation.high = {0.6f, 0.07f};
  spec.action.count = 3;
  spec.action.names.assign(std::begin(kActionNames), std::end(kActionNames));
  spec.max_episode_steps = 200;
  spec.reward_threshold = -110;
  spec.max_return = -1;
  return spec;
}

void MountainCar::StepMany(std::span<MountainCar> worlds, const void* actions, Rng*, float* rewards,
                           std::uint8_t* ends) {
  if (worlds.empty()) return;
  const double goal = worlds.front().goal_velocity;
  StepBlocks<2, &MountainCar::position, &MountainCar::velocity>(
      worlds, static_cast<const std::int32_t*>(actions), rewards, ends,
      [goal](double action, double& x, double& v) { return Advance(action, goal, x, v); });
}

std::string MountainCar::ToText() const {
  return StateToText(kQuantities, std::to_array({position, velocity}));
}

void MountainCar::FromText(std::string_view text) {
  double values[2] = {};
  StateFromText(text, kQuantities, 2, values);
  position = values[0];
  velocity = values[1];
}

std::string MountainCar::ActionToText(ActionRef action) const {
  return std::string(kActionNames[action.id()]);
}

std::vector<double> MountainCar::ActionFromText(std::string_view text) const {
  return ActionFromName(text, kActionNames);
}

std::vector<Control> MountainCar::Controls() const {
  return {{"Left", {0}}, {"", {1}}, {"Right", {2}}};
}

}  // namespace brasa
