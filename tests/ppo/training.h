// A learner of PPO and its worlds.
#pragma once

#include "agents/deep/ppo.h"
#include "tests/support/learner_run.h"

namespace brasa {

using support::Settings;

struct PpoRun : support::LearnerRun<Ppo> {
  PpoRun(const EnvRow& row, const Settings& params, const Settings& settings, int worlds,
         std::uint64_t seed, std::int64_t total_steps = 0)
      : LearnerRun(MakeSerialVectorEnv(row, support::ParamsWith(row, params),
                                       {worlds, 1, {seed, StreamRole::kEnv, 0}}),
                   [&](const EnvSpec& spec) {
                     return MakePpo(MakeSetup(spec, settings, worlds, seed, total_steps));
                   }) {
    keep_returns = true;
  }

  /// Mean return of player 0 over `episodes` greedy episodes, equally many in each of 50 worlds.
  double GreedyReturn(const EnvRow& row, int episodes, std::uint64_t seed) {
    constexpr int kWorlds = 50;
    return support::MeanReturns(agent, row, env->batch().params(), ActMode::kGreedy, kWorlds,
                                episodes / kWorlds, seed)[0];
  }

  static AgentSetup MakeSetup(const EnvSpec& spec, const Settings& settings, int worlds,
                              std::uint64_t seed, std::int64_t total_steps) {
    return {spec, support::ConfigWith(PpoFields(), settings), worlds, seed, total_steps};
  }
};

}  // namespace brasa
