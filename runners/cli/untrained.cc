#include "runners/cli/untrained.h"

#include <utility>

#include "runners/cli/describe_text.h"

namespace brasa::cli {

TrainedAgent UntrainedAgent(Registry& registry, RunConfig config) {
  TrainedAgent trained;
  trained.config = std::move(config);
  const RunConfig& made = trained.config;
  const EnvSpec spec = SpecOf(registry.FindEnv(made.env), made.params);
  const AgentRow& row = registry.FindAgent(made.agent);
  if (row.check != nullptr) row.check(spec, made.agent_config);
  trained.agent = row.make({spec, made.agent_config, made.worlds, made.seed, made.steps});
  return trained;
}

}  // namespace brasa::cli
