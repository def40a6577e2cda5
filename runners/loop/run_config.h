// Checks of a run's configuration that need more than one field.
#pragma once

#include "brasa/runner.h"

namespace brasa {

/// Throws ConfigError if the run would do no vector step, or should record and cannot.
void CheckRunConfig(const RunConfig& config);

/// True if both give the same result: everything but workers, record, checkpoint_seconds,
/// isolate and step_timeout is equal.
bool SameRun(const RunConfig& a, const RunConfig& b);

/// The agent of a config, untrained. Throws ConfigError if it does not fit `spec`.
std::unique_ptr<Agent> MakeRunAgent(const Registry& registry, const RunConfig& config,
                                    const EnvSpec& spec);

}  // namespace brasa
