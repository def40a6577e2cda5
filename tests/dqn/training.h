// A deep Q-learner and its worlds.
#pragma once

#include <string>
#include <vector>

#include "agents/deep/dqn.h"
#include "tests/support/cart_pole_row.h"
#include "tests/support/learner_run.h"

namespace brasa {

using support::CartPoleRow;
using support::Settings;

/// Small and quick: what every test starts from.
inline Settings SmallDqn(const Settings& more = {}) {
  Settings settings = {{"hidden", "8"},           {"batch", "6"},
                       {"replay_capacity", "60"}, {"learning_starts", "9"},
                       {"train_frequency", "4"},  {"target_interval", "20"},
                       {"learning_rate", "0.01"}};
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

inline AgentSetup DqnSetup(const EnvSpec& spec, const Settings& settings, int worlds,
                           std::uint64_t seed, std::int64_t total_steps) {
  return {spec, support::ConfigWith(DqnFields(), settings), worlds, seed, total_steps};
}

struct DqnRun : support::LearnerRun<Dqn> {
  DqnRun(const EnvRow& row, const Settings& params, const Settings& settings, int worlds,
         std::uint64_t seed, std::int64_t total_steps = 1000, int workers = 1)
      : LearnerRun(MakeVectorEnv(row, support::ParamsWith(row, params),
                                 {worlds, workers, {seed, StreamRole::kEnv, 0}}),
                   [&](const EnvSpec& spec) {
                     return MakeDqn(DqnSetup(spec, settings, worlds, seed, total_steps));
                   }) {}
};

inline std::vector<float> ParametersOf(const QNetwork& q) {
  std::vector<float> values(static_cast<std::size_t>(q.network().parameter_count()));
  q.network().GetParameters(values);
  return values;
}

}  // namespace brasa
