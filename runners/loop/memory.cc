#include "brasa/memory.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <limits>
#include <sstream>

#include "brasa/core/random.h"
#include "brasa/env_batch.h"
#include "brasa/recorder.h"
#include "runners/loop/run_config.h"

namespace brasa {
namespace {

constexpr std::int64_t kUnknown = std::numeric_limits<std::int64_t>::max();

/// The number in a file of the system's; kUnknown if it holds none ("max").
std::int64_t NumberIn(const std::string& path) {
  std::ifstream file(path);
  std::int64_t number = 0;
  return file >> number && number >= 0 ? number : kUnknown;
}

/// What the kernel calls MemAvailable.
std::int64_t SystemBytes() {
  std::ifstream info("/proc/meminfo");
  for (std::string line; std::getline(info, line);) {
    std::istringstream words(line);
    std::string name;
    std::int64_t kibibytes = 0;
    if (words >> name >> kibibytes && name == "MemAvailable:") return kibibytes * 1024;
  }
  return kUnknown;
}

/// What a control group leaves: its limit without what it uses. The files it can drop (page cache)
/// count as free.
std::int64_t GroupLeaves(const std::string& folder, const char* limit, const char* used,
                         const std::string& cache_name) {
  const std::int64_t most = NumberIn(folder + "/" + limit), now = NumberIn(folder + "/" + used);
  if (most == kUnknown || now == kUnknown) return kUnknown;
  std::int64_t cache = 0, bytes = 0;
  std::ifstream stat(folder + "/memory.stat");
  for (std::string name; stat >> name >> bytes;) {
    if (name == cache_name) cache = bytes;
  }
  return std::max<std::int64_t>(0, most - now + std::min(cache, now));
}

/// The least that this process's control group and those above it leave; version 2, then 1.
std::int64_t GroupBytes() {
  std::int64_t least = kUnknown;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t path_at = line.rfind(':');
    if (path_at == std::string::npos) continue;
    const bool unified = line.starts_with("0::");
    if (!unified && line.find(":memory:") == std::string::npos) continue;
    const std::string root = unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    for (std::string path = line.substr(path_at + 1);;) {
      const std::string folder = root + (path == "/" ? "" : path);
      least = std::min(
          least, unified ? GroupLeaves(folder, "memory.max", "memory.current", "inactive_file")
                         : GroupLeaves(folder, "memory.limit_in_bytes", "memory.usage_in_bytes",
                                       "total_inactive_file"));
      if (path.size() <= 1) break;
      path = path.substr(0, std::max<std::size_t>(1, path.rfind('/')));
    }
  }
  return least;
}

std::string SizeText(std::int64_t bytes) {
  char text[32];
  const double gibibytes = static_cast<double>(bytes) / (1 << 30);
  if (gibibytes >= 0.1) {
    std::snprintf(text, sizeof text, "%.1f GiB", gibibytes);
  } else {
    std::snprintf(text, sizeof text, "%.1f MiB", static_cast<double>(bytes) / (1 << 20));
  }
  return text;
}

std::int64_t WorldBytes(EnvBatch& world) {
  world.Reset(0, 1);
  return world.SnapshotSize(0);
}

std::int64_t VectorEnvBytes(EnvBatch& world, int worlds) {
  const EnvSpec& spec = world.spec();
  const std::int64_t players = spec.players;
  const std::int64_t seen = players * spec.observation.bytes();
  const std::int64_t most_legal = spec.max_legal > 0 ? spec.max_legal : spec.action.count;
  const std::int64_t legal = world.has_legal() ? 4 * (most_legal + 1) : 0;
  const std::int64_t chance = spec.max_chance_outcomes > 0 ? 2 * sizeof(std::vector<int>) : 0;
  const std::int64_t counters = sizeof(Rng) + 8;
  // Running returns and signature; last rows: world, length, episode, returns, measures, views.
  const std::int64_t rows = 8 * players + 8 + 12 + 8 * players +
                            4 * static_cast<std::int64_t>(spec.measures.size()) + seen;
  return worlds * (WorldBytes(world) + counters + legal + chance + rows);
}

}  // namespace

std::int64_t AvailableMemory() {
  const std::int64_t least = std::min(SystemBytes(), GroupBytes());
  return least == kUnknown ? -1 : least;
}

std::int64_t VectorEnvBytes(const EnvRow& row, const Params& params, int worlds) {
  EnvBatch world(row, params, 1, {});
  return VectorEnvBytes(world, worlds);
}

std::int64_t StepRowsBytes(const EnvSpec& spec, int worlds) {
  const std::int64_t masks = spec.action.kind == ActionKind::kDiscrete ? spec.action.count : 0;
  const std::int64_t state = 4 + spec.observation.bytes() + masks + 1;
  return worlds * (2 * state + spec.action.bytes() + 4 * std::int64_t{spec.players} + 1);
}

RunMemory EstimateMemory(Registry& registry, const RunConfig& config) {
  CheckRunConfig(config);
  EnvBatch world(registry.FindEnv(config.env), config.params, 1, {});
  const AgentRow& agent = registry.FindAgent(config.agent);
  if (agent.check != nullptr) agent.check(world.spec(), config.agent_config);
  const AgentSetup setup = {world.spec(), config.agent_config, config.worlds, config.seed,
                            config.steps};
  RunMemory memory;
  memory.worlds = VectorEnvBytes(world, config.worlds);
  memory.agent = StepRowsBytes(setup.spec, config.worlds) +
                 (agent.memory != nullptr ? agent.memory(setup) : 0);
  if (config.record) memory.recorder = RecorderBytes(setup.spec, config.worlds);
  return memory;
}

void RequireRunMemory(Registry& registry, const RunConfig& config) {
  const RunMemory memory = EstimateMemory(registry, config);
  std::string advice = "lower envs = " + std::to_string(config.worlds);
  for (const char* const length : {"horizon", "replay_capacity"}) {
    if (memory.agent <= memory.worlds || !config.agent_config.Has(length)) continue;
    advice += " or " + std::string(length) + " = " + config.agent_config.GetText(length);
  }
  RequireMemory("the run", memory.total(), advice);
}

void RequireMemory(const std::string& what, std::int64_t needed, const std::string& advice) {
  const std::int64_t available = AvailableMemory();
  if (available < 0 || needed <= available) return;
  throw IoError(what + " needs " + SizeText(needed) + " of memory, " + SizeText(available) +
                " are available; " + advice);
}

}  // namespace brasa
