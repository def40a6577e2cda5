// A deep Q-learner and its worlds, stepped by the loop of brasa/agent.h.
#pragma once

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "agents/deep/dqn.h"
#include "brasa/vector_env.h"

namespace brasa {

using Settings = std::vector<std::pair<std::string, std::string>>;

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
  Config config(DqnFields());
  for (const auto& [name, value] : settings) config.Set(name, value);
  return {spec, config, worlds, seed, total_steps};
}

struct DqnRun {
  DqnRun(const EnvRow& row, const Settings& params, const Settings& settings, int worlds,
         std::uint64_t seed, std::int64_t total_steps = 1000, int workers = 1)
      : env([&] {
          Params values = DefaultParams(row);
          for (const auto& [name, value] : params) values.Set(name, value);
          return MakeVectorEnv(row, values, {worlds, workers, {seed, StreamRole::kEnv, 0}});
        }()),
        agent(DqnSetup(env->spec(), settings, worlds, seed, total_steps)),
        world_ids(static_cast<std::size_t>(worlds)) {
    std::iota(world_ids.begin(), world_ids.end(), 0);
    env->Reset(agent.FirstRows());
  }

  StepRows Act() {
    const StepRows rows = agent.NextRows();
    agent.actor().Act({.count = env->worlds(),
                       .world = world_ids.data(),
                       .player = rows.now.player,
                       .observation = rows.now.observation,
                       .mask = rows.now.mask,
                       .start = rows.now.start},
                      rows.actions);
    return rows;
  }
  void Step() {
    const StepRows rows = Act();
    env->Step(rows.actions, rows.outcome, rows.next);
    agent.Learn(env->last());
  }
  void Train(int vector_steps) {
    for (int i = 0; i < vector_steps; ++i) Step();
  }
  std::string Saved() const {
    StateWriter writer;
    env->Save(writer);
    agent.Save(writer);
    return writer.bytes();
  }

  std::unique_ptr<VectorEnv> env;
  Dqn agent;
  std::vector<std::int32_t> world_ids;
};

inline std::vector<float> ParametersOf(const QNetwork& q) {
  std::vector<float> values(static_cast<std::size_t>(q.network().parameter_count()));
  q.network().GetParameters(values);
  return values;
}

}  // namespace brasa
