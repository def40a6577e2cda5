#include "envs/box2d/lunar_lander.h"

#include <algorithm>
#include <cmath>

namespace brasa {
namespace {

constexpr double kLowestGravity = -12;

LanderOptions OptionsOf(const Params& params) {
  LanderOptions options;
  options.continuous = params.GetBool("continuous");
  options.enable_wind = params.GetBool("enable_wind");
  options.wind_power = params.GetFloat("wind_power");
  options.turbulence_power = params.GetFloat("turbulence_power");
  options.gravity = params.GetFloat("gravity");
  if (!(options.gravity > kLowestGravity && options.gravity < 0)) {
    throw ConfigError("gravity = '" + params.GetText("gravity") +
                      "' is not allowed; give a number above -12 and below 0");
  }
  return options;
}

/// What the engines do: the action's main and side power.
LanderPly PlyOf(const LanderOptions& options, ActionRef action) {
  LanderPly ply;
  if (!options.continuous) {
    const int id = action.id();
    ply.main_power = id == 2 ? 1 : 0;
    ply.side_power = id == 1 ? -1 : id == 3 ? 1 : 0;
    return ply;
  }
  const float main = std::clamp(action.values()[0], -1.0f, 1.0f);
  const float side = std::clamp(action.values()[1], -1.0f, 1.0f);
  if (main > 0) ply.main_power = static_cast<double>((main + 1.0f) * 0.5f);
  if (std::abs(side) > 0.5f) ply.side_power = static_cast<double>(side);
  return ply;
}

}  // namespace

std::vector<Field> LunarLander::Fields() {
  return {
      BoolField("continuous", false, "two throttles for actions instead of four ids"),
      BoolField("enable_wind", false, "wind and turbulence while no leg touches the moon"),
      FloatField("wind_power", 15, 0, 100, "strongest force of the wind [N]; 0 to 20 is usual"),
      FloatField("turbulence_power", 1.5, 0, 10,
                 "strongest torque of the wind [N m]; 0 to 2 is usual"),
      FloatField("gravity", -10, kLowestGravity, 0,
                 "[m/s^2], negative is downwards, above -12 and below 0"),
  };
}

EnvSpec LunarLander::Spec(const Params& params) {
  constexpr auto kTurn = static_cast<float>(2 * kPi);
  EnvSpec spec;
  spec.id = "LunarLander-v3";
  spec.summary = "Set a lander down between two flags on the moon";
  spec.observation.shape = {8};
  spec.observation.axes = {"quantity"};
  spec.observation.names = {
      "x", "y", "x_speed", "y_speed", "angle", "angular_speed", "right_contact", "left_contact"};
  spec.observation.low = {-2.5f, -2.5f, -10, -10, -kTurn, -10, 0, 0};
  spec.observation.high = {2.5f, 2.5f, 10, 10, kTurn, 10, 1, 1};
  if (OptionsOf(params).continuous) {
    spec.action.kind = ActionKind::kBox;
    spec.action.low = {-1, -1};
    spec.action.high = {1, 1};
    spec.action.names = {"main_engine", "side_engine"};
  } else {
    spec.action.count = 4;
    spec.action.names = {"nothing", "left", "main", "right"};
  }
  spec.max_episode_steps = 1000;
  spec.reward_threshold = 200;
  spec.perfect_information = false;
  spec.clone_cost = CloneCost::kReplay;
  spec.measures = {{"landed", "share of episodes"}, {"fuel_cost", "reward"}};
  return spec;
}

LunarLander::LunarLander(const Params& params) : episode(OptionsOf(params)) {}

EpisodeEnd LunarLander::Step(ActionRef action, Rng& rng, std::span<float> rewards) {
  constexpr double kSpread = LanderWorld::kDispersion;
  LanderPly ply = PlyOf(episode.options(), action);
  for (double& dispersion : ply.dispersion) dispersion = rng.Uniform(-kSpread, kSpread);
  const LanderWorld::Outcome outcome = episode.Play(
      std::array{ply.main_power, ply.side_power, ply.dispersion[0], ply.dispersion[1]});
  rewards[0] = static_cast<float>(outcome.reward);
  return outcome.terminated ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
}

void LunarLander::Observe(int, std::span<float> out) const {
  const auto quantities = episode.world().Quantities();
  std::transform(quantities.begin(), quantities.end(), out.begin(),
                 [](double value) { return static_cast<float>(value); });
}

void LunarLander::Measures(std::span<float> values) const {
  values[0] = episode.world().landed() ? 1.0f : 0.0f;
  values[1] = static_cast<float>(episode.world().fuel_cost());
}

std::vector<Control> LunarLander::Controls() const {
  if (episode.options().continuous) {
    return {{"", {0, 0}}, {"Left", {0, -1}}, {"Up", {1, 0}}, {"Right", {0, 1}}};
  }
  return {{"", {0}}, {"Left", {1}}, {"Up", {2}}, {"Right", {3}}};
}

}  // namespace brasa
