// Agents that have learnt nothing yet.
#pragma once

#include "brasa/registry.h"
#include "brasa/runner.h"

namespace brasa::cli {

/// The agent that `config` describes, before its first step: what `random` and `mcts` always are.
/// Throws ConfigError where agent and environment do not fit.
TrainedAgent UntrainedAgent(Registry& registry, RunConfig config);

}  // namespace brasa::cli
