// A PPO learner fed with rows made by the test instead of an environment.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "agents/deep/ppo.h"
#include "tests/ppo/training.h"

namespace brasa {

/// One player, D float features, A actions.
inline EnvSpec HandFedSpec(int features, int actions) {
  EnvSpec spec;
  spec.id = "HandFed-v0";
  spec.observation.shape = {features};
  spec.observation.low = {-1e30f};
  spec.observation.high = {1e30f};
  spec.action.count = actions;
  return spec;
}

/// What the test says of one state, and of the step out of it.
struct HandState {
  std::vector<float> observation;  ///< [D]
  std::vector<std::uint8_t> mask;  ///< [A] of discrete actions
};
struct HandOutcome {
  float reward = 0;
  EpisodeEnd end = EpisodeEnd::kNone;
  std::vector<float> final_observation;  ///< [D] where the episode ended
};

/// One world fed by hand.
class HandFed {
 public:
  HandFed(int features, int actions, const Settings& settings, std::int64_t total_steps = 0)
      : HandFed(HandFedSpec(features, actions), settings, total_steps) {}
  HandFed(const EnvSpec& env, const Settings& settings, std::int64_t total_steps = 0)
      : spec(env), agent(PpoRun::MakeSetup(spec, settings, 1, 3, total_steps)) {}
  HandFed(const EnvSpec& env, const PpoOptions& options)
      : spec(env), agent({spec, Config(PpoFields()), 1, 3, 0}, options) {}

  void Start(const HandState& state) { Put(state, agent.FirstRows(), 1); }

  /// The actor decides, then `outcome` and `next` are what came of it. Returns its action, of a box
  /// the bits of its first component.
  std::int32_t Step(const HandOutcome& outcome, const HandState& next) {
    const StepRows rows = agent.NextRows();
    const std::int32_t world = 0;
    agent.actor().Act({.count = 1,
                       .world = &world,
                       .player = rows.now.player,
                       .observation = rows.now.observation,
                       .mask = rows.now.mask,
                       .start = rows.now.start},
                      rows.actions);
    const std::int32_t action = *static_cast<std::int32_t*>(rows.actions);
    rows.outcome.reward[0] = outcome.reward;
    rows.outcome.end[0] = static_cast<std::uint8_t>(outcome.end);
    const bool ended = outcome.end != EpisodeEnd::kNone;
    Put(next, rows.next, ended);
    const std::int32_t length = 1;
    const std::uint32_t episode = 0;
    const double episode_return = 0;
    LastRows last;
    if (ended) {
      last = {.count = 1,
              .world = &world,
              .observation = outcome.final_observation.data(),
              .episode = &episode,
              .length = &length,
              .returns = &episode_return};
    }
    agent.Learn(last);
    return action;
  }

  std::vector<float> Parameters() {
    std::vector<float> values(static_cast<std::size_t>(agent.network().parameter_count()));
    agent.network().GetParameters(values);
    return values;
  }

  EnvSpec spec;
  Ppo agent;

 private:
  static void Put(const HandState& state, const StateRows& rows, std::uint8_t start) {
    rows.player[0] = 0;
    rows.start[0] = start;
    std::ranges::copy(state.observation, static_cast<float*>(rows.observation));
    std::ranges::copy(state.mask, rows.mask);
  }
};

}  // namespace brasa
