// Learners of continuous control and their worlds.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agents/deep/off_policy.h"
#include "agents/deep/sac.h"
#include "agents/deep/td3.h"
#include "tests/nn/reference_mlp.h"
#include "tests/support/learner_run.h"
#include "tests/support/rows.h"
#include "tests/support/step_counter.h"

namespace brasa {

using support::Settings;

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
  std::vector<Field> fields = agent == "sac"   ? SacFields()
                              : agent == "td3" ? Td3Fields()
                                               : DdpgFields();
  return {spec, support::ConfigWith(std::move(fields), settings), worlds, seed, total_steps};
}

struct OffPolicyRun : support::LearnerRun<OffPolicyLearner> {
  OffPolicyRun(const std::string& name, const EnvRow& row, const Settings& settings, int worlds,
               std::uint64_t seed, int workers = 1, std::int64_t total_steps = 1000)
      : LearnerRun(
            MakeVectorEnv(row, DefaultParams(row), {worlds, workers, {seed, StreamRole::kEnv, 0}}),
            [&](const EnvSpec& spec) {
              const AgentSetup setup =
                  OffPolicySetup(name, spec, settings, worlds, seed, total_steps);
              return name == "sac"   ? MakeSac(setup)
                     : name == "td3" ? MakeTd3(setup)
                                     : MakeDdpg(setup);
            }) {}

  Sac& sac() { return dynamic_cast<Sac&>(*made); }
  Td3& td3() { return dynamic_cast<Td3&>(*made); }
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
