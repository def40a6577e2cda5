#include "envs/box2d/bipedal_walker.h"

#include <algorithm>
#include <string>

namespace brasa {
namespace {

ObservationSpec Seen() {
  constexpr auto kHalfTurn = static_cast<float>(kPi);
  ObservationSpec seen;
  seen.axes = {"quantity"};
  const auto add = [&](const std::string& name, float low, float high) {
    seen.names.push_back(name);
    seen.low.push_back(low);
    seen.high.push_back(high);
  };
  add("hull_angle", -kHalfTurn, kHalfTurn);
  for (const char* name : {"hull_angular_speed", "x_speed", "y_speed"}) add(name, -5, 5);
  for (const std::string leg : {"0", "1"}) {
    add("hip_angle_" + leg, -kHalfTurn, kHalfTurn);
    add("hip_speed_" + leg, -5, 5);
    add("knee_angle_" + leg, -kHalfTurn, kHalfTurn);
    add("knee_speed_" + leg, -5, 5);
    add("contact_" + leg, 0, 5);
  }
  for (int i = 0; i < WalkerWorld::kRays; ++i) add("lidar_" + std::to_string(i), -1, 1);
  seen.shape = {static_cast<int>(seen.names.size())};
  return seen;
}

}  // namespace

std::vector<Field> BipedalWalker::Fields() {
  return {BoolField("hardcore", false, "stumps, stairs and pits on the way")};
}

EnvSpec BipedalWalker::Spec(const Params& params) {
  EnvSpec spec;
  spec.id = "BipedalWalker-v3";
  spec.summary = "Walk on two legs over uneven ground";
  spec.observation = Seen();
  spec.action.kind = ActionKind::kBox;
  spec.action.low.assign(4, -1.0f);
  spec.action.high.assign(4, 1.0f);
  spec.action.names = {"hip_0", "knee_0", "hip_1", "knee_1"};
  spec.max_episode_steps = params.GetBool("hardcore") ? 2000 : 1600;
  spec.reward_threshold = 300;
  spec.perfect_information = false;
  spec.clone_cost = CloneCost::kReplay;
  spec.measures = {{"distance", "m"}, {"fell", "share of episodes"}};
  return spec;
}

BipedalWalker::BipedalWalker(const Params& params)
    : episode(WalkerOptions{params.GetBool("hardcore")}) {}

EpisodeEnd BipedalWalker::Step(ActionRef action, Rng&, std::span<float> rewards) {
  const WalkerWorld::Outcome outcome =
      episode.Play(action.values().first<WalkerWorld::kPlyNumbers>());
  rewards[0] = static_cast<float>(outcome.reward);
  return outcome.terminated ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
}

void BipedalWalker::Observe(int, std::span<float> out) const {
  const auto quantities = episode.world().Quantities();
  std::transform(quantities.begin(), quantities.end(), out.begin(),
                 [](double value) { return static_cast<float>(value); });
}

void BipedalWalker::Measures(std::span<float> values) const {
  values[0] = static_cast<float>(episode.world().x() - WalkerWorld::kStartX);
  values[1] = episode.world().fallen() ? 1.0f : 0.0f;
}

std::vector<Control> BipedalWalker::Controls() const {
  return {{"", {0, 0, 0, 0}},
          {"Right", {1, 0, -1, 0}},  // leg 0 forward, leg 1 back
          {"Left", {-1, 0, 1, 0}},
          {"Up", {0, 1, 0, 1}},       // stretch the knees
          {"Down", {0, -1, 0, -1}}};  // bend them
}

}  // namespace brasa
