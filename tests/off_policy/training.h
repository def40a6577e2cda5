// Learners of continuous control and their worlds, stepped by the loop of brasa/agent.h.
#pragma once

#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "agents/deep/off_policy.h"
#include "agents/deep/sac.h"
#include "agents/deep/td3.h"
#include "brasa/vector_env.h"
#include "tests/nn/reference_mlp.h"
#include "tests/support/rows.h"
#include "tests/support/step_counter.h"

namespace brasa {

using Settings = std::vector<std::pair<std::string, std::string>>;

/// StepCounter with a box whose components differ: [-3, 1] and [0.5, 2.5].
struct BoxCounter : support::StepCounter<float, true> {
  using StepCounter::StepCounter;
  static EnvSpec Spec(const Params& params) {
    EnvSpec spec = StepCounter::Spec(params);
    spec.action.low = {-3, 0.5f};
    spec.action.high = {1, 2.5f};
    return spec;
  }
};

inline EnvRow BoxCounterRow() {
  EnvRow row;
  row.id = "StepCounter-v0";
  row.env_class = &EnvClassOf<BoxCounter>();
  return row;
}

/// Small and quick: what every test starts from. One update a step of 2 worlds, from step 10 on.
inline Settings SmallSettings(const Settings& more = {}) {
  Settings settings = {{"hidden", "7,5"},         {"batch", "6"},
                       {"replay_capacity", "60"}, {"learning_starts", "8"},
                       {"train_frequency", "2"},  {"learning_rate", "0.01"},
                       {"activation", "tanh"},    {"critic_learning_rate", "0.02"},
                       {"discount", "0.9"},       {"tau", "0.125"}};
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

inline AgentSetup OffPolicySetup(const std::string& agent, const EnvSpec& spec,
                                 const Settings& settings, int worlds, std::uint64_t seed,
                                 std::int64_t total_steps = 1000) {
  Config config(agent == "sac" ? SacFields() : agent == "td3" ? Td3Fields() : DdpgFields());
  for (const auto& [name, value] : settings) config.Set(name, value);
  return {spec, config, worlds, seed, total_steps};
}

struct OffPolicyRun {
  OffPolicyRun(const std::string& agent_name, const EnvRow& row, const Settings& settings,
               int worlds, std::uint64_t seed, int workers = 1, std::int64_t total_steps = 1000)
      : env(MakeVectorEnv(row, DefaultParams(row), {worlds, workers, {seed, StreamRole::kEnv, 0}})),
        made([&] {
          const AgentSetup setup =
              OffPolicySetup(agent_name, env->spec(), settings, worlds, seed, total_steps);
          return agent_name == "sac"   ? MakeSac(setup)
                 : agent_name == "td3" ? MakeTd3(setup)
                                       : MakeDdpg(setup);
        }()),
        agent(dynamic_cast<OffPolicyLearner&>(*made)),
        world_ids(static_cast<std::size_t>(worlds)) {
    std::iota(world_ids.begin(), world_ids.end(), 0);
    env->Reset(agent.FirstRows());
  }

  Sac& sac() { return dynamic_cast<Sac&>(*made); }
  Td3& td3() { return dynamic_cast<Td3&>(*made); }

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
  std::unique_ptr<Agent> made;
  OffPolicyLearner& agent;
  std::vector<std::int32_t> world_ids;
};

/// All parameters 0 but the biases of the heads.
inline void SetHeads(Network& network, const std::vector<float>& biases) {
  std::vector<float> parameters(static_cast<std::size_t>(network.parameter_count()), 0.0f);
  auto next = biases.begin();
  for (const NetworkLayer& layer : LayersOf(network.spec())) {
    if (!layer.is_head) continue;
    for (std::int64_t i = layer.bias_offset(); i < layer.end(); ++i) {
      parameters[static_cast<std::size_t>(i)] = *next++;
    }
  }
  network.SetParameters(parameters);
}

}  // namespace brasa
