#include "runners/loop/run_config.h"

#include <limits>

#include "brasa/recorder.h"

namespace brasa {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::string_view kEnvPrefix = "env.";
constexpr double kStepTimeout = 60;

const Field* FindField(std::span<const Field> fields, std::string_view name) {
  for (const Field& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

Isolation IsolationOf(std::string_view text) {
  if (text == "off") return Isolation::kOff;
  return text == "stop" ? Isolation::kStop : Isolation::kContinue;
}

void SetRunField(RunConfig& config, const Field& field, std::string_view text) {
  const FieldValue value = ParseValue(field, text);
  if (field.name == "seed") {
    config.seed = static_cast<std::uint64_t>(std::get<std::int64_t>(value));
  } else if (field.name == "steps") {
    config.steps = std::get<std::int64_t>(value);
  } else if (field.name == "envs") {
    config.worlds = static_cast<int>(std::get<std::int64_t>(value));
  } else if (field.name == "workers") {
    config.workers = static_cast<int>(std::get<std::int64_t>(value));
  } else if (field.name == "record") {
    config.record = std::get<bool>(value);
  } else if (field.name == "isolate") {
    config.isolate = IsolationOf(std::get<std::string>(value));
  } else if (field.name == "step_timeout") {
    config.step_timeout = std::get<double>(value);
  } else {
    config.checkpoint_seconds = std::get<double>(value);
  }
}

/// Every key that SetRunKey takes for `config`.
std::vector<std::string> RunKeys(const RunConfig& config) {
  std::vector<std::string> names;
  for (const Field& field : RunFields()) names.push_back(field.name);
  for (const Field& field : config.agent_config.fields()) names.push_back(field.name);
  for (const Field& field : config.params.fields()) {
    names.push_back(std::string(kEnvPrefix) + field.name);
  }
  return names;
}

/// The error of a key that is none: what is near, and where to look.
[[noreturn]] void ThrowUnknownKey(const RunConfig& config, std::string_view key) {
  const bool of_env = key.starts_with(kEnvPrefix);
  std::vector<std::string> names;
  for (const std::string& name : RunKeys(config)) {
    if (!of_env || name.starts_with(kEnvPrefix)) names.push_back(name);
  }
  const std::string near = NearMatches(key, names);
  std::string text = "unknown key '" + std::string(key) + "'" + near;
  if (of_env) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    text += "; " + config.env + " has " + list;
  } else {
    text += "; `brasa describe " + config.agent +
            "` lists the fields of the agent, `brasa describe " + config.env +
            "` the parameters that env.NAME sets";
  }
  throw ConfigError(text);
}

void ApplyPreset(const AgentRow::Preset& preset, RunConfig& config) {
  const std::vector<Field> run_fields = RunFields();
  for (const auto& [name, value] : preset.values) {
    if (name == "envs" || name == "steps") {
      SetRunField(config, *FindField(run_fields, name), value);
    } else {
      config.agent_config.SetDefault(name, value);
    }
  }
}

bool SameValues(const Config& a, const Config& b) {
  if (a.fields().size() != b.fields().size()) return false;
  for (const Field& field : a.fields()) {
    if (!b.Has(field.name) || a.Get(field.name) != b.Get(field.name)) return false;
  }
  return true;
}

}  // namespace

std::vector<Field> RunFields() {
  return {
      IntField("seed", 1, 0, kInfinity, "fixes every random number of the run"),
      IntField("steps", 100000, 1, kInfinity, "world steps to train for"),
      IntField("envs", 1, 1, 1 << 24, "worlds stepped together"),
      IntField("workers", 0, 0, 1024,
               "threads that step worlds, 0 = as many as the machine grants; changes no result"),
      BoolField("record", false, "write every ply to trajectories.h5"),
      FloatField("checkpoint_seconds", 60, 0, kInfinity,
                 "seconds between checkpoints, 0 = only at the end"),
      ChoiceField("isolate", "off", {"off", "stop", "continue"},
                  "worlds in worker processes; a crash ends the run in good order, or the lost "
                  "episodes only"),
      FloatField("step_timeout", kStepTimeout, 0.001, 86400,
                 "with isolate: seconds that a worker process may take for a vector step"),
  };
}

RunConfig DefaultRunConfig(Registry& registry, const std::string& agent, const std::string& env) {
  RunConfig config;
  config.agent = agent;
  for (const Field& field : RunFields()) SetRunField(config, field, ValueText(field.default_value));
  const AgentRow& agent_row = registry.FindAgent(agent);
  const EnvRow& env_row = registry.FindEnv(env);
  config.env = EnvName(env_row);
  config.agent_config = Config(agent_row.fields);
  config.params = DefaultParams(env_row);
  for (const AgentRow::Preset& preset : agent_row.presets) {
    if (preset.env == env_row.id) ApplyPreset(preset, config);
  }
  return config;
}

void SetRunKey(RunConfig& config, std::string_view key, std::string_view value) {
  const std::vector<Field> run_fields = RunFields();
  if (const Field* field = FindField(run_fields, key)) {
    SetRunField(config, *field, value);
  } else if (config.agent_config.Has(key)) {
    config.agent_config.Set(key, value);
  } else if (key.starts_with(kEnvPrefix) && config.params.Has(key.substr(kEnvPrefix.size()))) {
    config.params.Set(key.substr(kEnvPrefix.size()), value);
  } else {
    ThrowUnknownKey(config, key);
  }
}

void CheckRunConfig(const RunConfig& config) {
  if (config.steps < config.worlds) {
    throw ConfigError("steps = " + std::to_string(config.steps) + " is not allowed with envs = " +
                      std::to_string(config.worlds) + "; give at least one step a world");
  }
  if (config.isolate == Isolation::kOff && config.step_timeout != kStepTimeout) {
    throw ConfigError("step_timeout = " + ValueText(config.step_timeout) +
                      " is not allowed with isolate = off; give isolate = stop or continue");
  }
  if (config.record && !HasRecording()) {
    throw ConfigError("record = true is not allowed: this build has no HDF5");
  }
}

std::string IsolationName(Isolation isolate) {
  if (isolate == Isolation::kOff) return "off";
  return isolate == Isolation::kStop ? "stop" : "continue";
}

bool SameRun(const RunConfig& a, const RunConfig& b) {
  return a.agent == b.agent && a.env == b.env && a.seed == b.seed && a.steps == b.steps &&
         a.worlds == b.worlds && SameValues(a.agent_config, b.agent_config) &&
         SameValues(a.params, b.params);
}

std::unique_ptr<Agent> MakeRunAgent(const Registry& registry, const RunConfig& config,
                                    const EnvSpec& spec) {
  const AgentRow& row = registry.FindAgent(config.agent);
  if (row.check != nullptr) row.check(spec, config.agent_config);
  return row.make({spec, config.agent_config, config.worlds, config.seed, config.steps});
}

}  // namespace brasa
