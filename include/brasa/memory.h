// Memory, told before it is taken: a run that does not fit is refused while nothing is made yet.
#pragma once

#include <cstdint>
#include <string>

#include "brasa/core/config.h"
#include "brasa/core/spec.h"
#include "brasa/registry.h"
#include "brasa/runner.h"

namespace brasa {

/// Bytes that this process may still take: what the system calls available, or what its control
/// groups leave if that is less. -1 where nobody tells.
std::int64_t AvailableMemory();

/// Bytes of a VectorEnv of `worlds` worlds, taken from one world after its first Reset. Worlds that
/// grow during an episode take more. Throws ConfigError as EnvBatch.
std::int64_t VectorEnvBytes(const EnvRow& row, const Params& params, int worlds);

/// Bytes of the rows of one vector step that a caller holds: states before and after, actions,
/// rewards, ends.
std::int64_t StepRowsBytes(const EnvSpec& spec, int worlds);

/// What a run takes, by what takes it [bytes].
struct RunMemory {
  std::int64_t worlds = 0;
  std::int64_t agent = 0;
  std::int64_t recorder = 0;
  std::int64_t total() const { return worlds + agent + recorder; }
};
/// Throws ConfigError if environment or agent refuse the config.
RunMemory EstimateMemory(Registry& registry, const RunConfig& config);

/// Throws IoError if a run of `config` does not fit; the line names what is needed, what there is
/// and what to lower.
void RequireRunMemory(Registry& registry, const RunConfig& config);

/// Throws IoError "WHAT needs X of memory, Y are available; ADVICE" if `needed` bytes do not fit.
void RequireMemory(const std::string& what, std::int64_t needed, const std::string& advice);

}  // namespace brasa
