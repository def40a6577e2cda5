// brasa train: an agent learns an environment; everything lies in one run directory.
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "brasa/build_info.h"
#include "brasa/env_batch.h"
#include "brasa/memory.h"
#include "brasa/runner.h"
#include "runners/cli/command.h"
#include "runners/cli/format.h"
#include "runners/cli/json_text.h"
#include "runners/cli/program.h"
#include "runners/cli/run_report.h"
#include "runners/cli/train_seeds.h"
#include "runners/cli/watch_training.h"
#include "runners/experiment/files.h"

namespace brasa::cli {
namespace {

using Json = nlohmann::ordered_json;

struct TrainOptions {
  std::string agent, env;
  std::vector<std::string> settings;
  std::string config_file;
  std::string seed, steps, envs, workers, device, isolate, step_timeout;  ///< empty = not given
  std::string seeds, jobs;                                                ///< the same
  bool record = false, watch = false, dry_run = false;
  std::string out;
  ReportOptions report;
};

void RequireSame(const std::string& what, const std::string& given, const std::string& in_file,
                 const std::string& file) {
  if (given.empty() || given == in_file) return;
  throw ConfigError(what + " '" + given + "' is not that of " + file + ", '" + in_file +
                    "'; leave it out or change the file");
}

/// Defaults, then the preset, then --config.
RunConfig BaseConfig(Registry& registry, const TrainOptions& options) {
  if (options.config_file.empty()) {
    if (options.env.empty()) {
      throw UsageError(
          "brasa train: AGENT and ENV are required unless --config names them; see brasa train "
          "--help");
    }
    return DefaultRunConfig(registry, options.agent, EnvName(registry.FindEnv(options.env)));
  }
  const RunConfig config =
      ReadRunToml(registry, ReadText(options.config_file), options.config_file);
  RequireSame("agent", options.agent, config.agent, options.config_file);
  const std::string env = options.env.empty() ? "" : EnvName(registry.FindEnv(options.env));
  RequireSame("environment", env, config.env, options.config_file);
  return config;
}

/// Throws UsageError for what several seeds and one window or one seed do not go with.
void CheckSeedOptions(const TrainOptions& options) {
  if (options.seeds.empty() && !options.jobs.empty()) {
    throw UsageError("brasa train: --jobs is for several runs; give --seeds N too");
  }
  if (options.seeds.empty()) return;
  if (options.watch) {
    throw UsageError("brasa train: --watch shows one run; leave out --seeds");
  }
  for (const std::string& setting : options.settings) {
    if (SplitSetting(setting).first != "seed") continue;
    throw UsageError("brasa train: --set " + setting + " fixes one seed; with --seeds give the " +
                     "first by --seed");
  }
}

/// Throws ConfigError for an agent that computes no network.
void SetDevice(RunConfig& config, const std::string& device) {
  if (!config.agent_config.Has("network.device")) {
    throw ConfigError("--device " + device + ": '" + config.agent + "' has no network to put " +
                      "there; leave it out");
  }
  SetRunKey(config, "network.device", device);
}

/// ... then --set, then the flags of their own.
RunConfig Resolve(Registry& registry, const TrainOptions& options) {
  RunConfig config = BaseConfig(registry, options);
  for (const std::string& setting : options.settings) {
    const auto [key, value] = SplitSetting(setting);
    SetRunKey(config, key, value);
  }
  const std::pair<const char*, const std::string&> flags[] = {
      {"seed", options.seed},       {"steps", options.steps},
      {"envs", options.envs},       {"workers", options.workers},
      {"isolate", options.isolate}, {"step_timeout", options.step_timeout}};
  for (const auto& [key, value] : flags) {
    if (!value.empty()) SetRunKey(config, key, value);
  }
  if (!options.device.empty()) SetDevice(config, options.device);
  if (options.record) config.record = true;
  if (options.watch && config.isolate != Isolation::kOff) {
    throw UsageError("brasa train: --watch looks at a world of this process; leave out --isolate");
  }
  return config;
}

/// Throws ConfigError if the environment refuses its parameters or the agent the environment,
/// UsageError if nothing would come of it.
void CheckFit(Registry& registry, const RunConfig& config) {
  const EnvBatch world(registry.FindEnv(config.env), config.params, 1, {});
  const AgentRow& agent = registry.FindAgent(config.agent);
  if (agent.check != nullptr) agent.check(world.spec(), config.agent_config);
  if (!agent.learns && !config.record) {
    throw UsageError("agent '" + agent.name +
                     "' does not learn: use brasa eval or brasa play, or give --record to keep "
                     "its plies");
  }
}

Json ConfigJson(const Config& config) {
  Json json = Json::object();
  for (const Field& field : config.fields()) {
    json[field.name] = JsonValue<Json>(config.Get(field.name));
  }
  return json;
}

std::string MemoryText(const RunMemory& memory) {
  const auto text = [](std::int64_t bytes) { return BytesText(static_cast<double>(bytes)); };
  return text(memory.total()) + ": worlds " + text(memory.worlds) + ", agent " +
         text(memory.agent) + ", recorder " + text(memory.recorder);
}

/// The sections of run.toml, and the memory that the run takes.
Json RunJson(const RunConfig& config, const RunMemory& memory) {
  const BuildInfo build = ThisBuild();
  return {{"run",
           {{"agent", config.agent},
            {"env", config.env},
            {"seed", config.seed},
            {"steps", config.steps},
            {"envs", config.worlds},
            {"workers", config.workers},
            {"record", config.record},
            {"isolate", IsolationName(config.isolate)},
            {"step_timeout", JsonNumber<Json>(config.step_timeout)},
            {"checkpoint_seconds", JsonNumber<Json>(config.checkpoint_seconds)}}},
          {"env", ConfigJson(config.params)},
          {"agent", ConfigJson(config.agent_config)},
          {"build",
           {{"version", build.version},
            {"commit", build.commit},
            {"compiler", build.compiler},
            {"cpu", build.cpu}}},
          {"memory",
           {{"bytes", memory.total()},
            {"worlds_bytes", memory.worlds},
            {"agent_bytes", memory.agent},
            {"recorder_bytes", memory.recorder},
            {"available_bytes", AvailableMemory()}}}};
}

/// What --dry-run tells of --seeds: the first run and how many go side by side.
void PrintSeedsPlan(Registry& registry, const RunConfig& config, int count,
                    const ThreadShare& share, const TrainOptions& options) {
  const RunMemory memory = EstimateMemory(registry, config);
  if (options.report.json) {
    Json json = RunJson(config, memory);
    json["seeds"] = {
        {"first", config.seed}, {"count", count}, {"jobs", share.jobs}, {"threads", share.threads}};
    return PrintJson(json);
  }
  std::cout << RunToml(config) << "\n# Memory: " << MemoryText(memory)
            << "\n# Seeds: " << config.seed << " to "
            << config.seed + static_cast<std::uint64_t>(count) - 1 << ", " << share.jobs
            << " side by side, a thread budget of " << share.threads << " each\n";
}

void TrainIn(const std::string& directory, Program& program, const RunConfig& config,
             const TrainOptions& options) {
  RunAndReport(program, options.report, [&](RunHooks& hooks) {
    if (!options.watch) return Train(program.registry, config, directory, hooks);
    const EnvRow& row = program.registry.FindEnv(config.env);
    return TrainWatched(row, config.params, [&](Listener& viewer) {
      hooks.listeners.push_back(&viewer);
      return Train(program.registry, config, directory, hooks);
    });
  });
}

/// The same in a new directory below runs/, which goes again if nothing came of it.
void TrainInNewDirectory(Program& program, const RunConfig& config, const TrainOptions& options) {
  const std::string directory = NewRunDirectory(config, "runs");
  try {
    TrainIn(directory, program, config, options);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(directory, ignored);  // only if it is empty
    throw;
  }
}

/// The runs of --seeds: from --seed on, or from 0.
void TrainEachSeed(Program& program, RunConfig config, const TrainOptions& options) {
  const int count = static_cast<int>(CountOf("--seeds", options.seeds, 1, 100000));
  if (options.seed.empty()) config.seed = 0;
  const ThreadShare share = ShareOf(program.registry, config, count, options.jobs);
  if (options.dry_run) return PrintSeedsPlan(program.registry, config, count, share, options);
  const auto train = [&](const std::string& directory) {
    TrainSeeds(program, config, config.seed, count, directory, share, options.report);
  };
  if (!options.out.empty()) return train(options.out);
  train(NewRunDirectory(config, "runs"));
}

void RunTrain(Program& program, const TrainOptions& options) {
  CheckSeedOptions(options);
  const RunConfig config = Resolve(program.registry, options);
  CheckFit(program.registry, config);
  if (!options.seeds.empty()) return TrainEachSeed(program, config, options);
  if (!options.dry_run) RequireRunMemory(program.registry, config);
  if (options.dry_run) {
    const RunMemory memory = EstimateMemory(program.registry, config);
    if (options.report.json) return PrintJson(RunJson(config, memory));
    std::cout << RunToml(config) << "\n# Memory: " << MemoryText(memory) << '\n';
    RequireRunMemory(program.registry, config);
  } else if (options.out.empty()) {
    TrainInNewDirectory(program, config, options);
  } else {
    TrainIn(options.out, program, config, options);
  }
}

}  // namespace

void AddTrainCommand(CLI::App& app, Program& program) {
  const auto options = std::make_shared<TrainOptions>();
  Command command(app, "train",
                  "Train an agent on an environment. Settings come from, each over the one before: "
                  "defaults, the agent's preset for the environment, --config, --set, other flags. "
                  "Ctrl-C stops in good order with exit code 130; brasa resume goes on.",
                  "brasa train ppo CartPole-v1 --seed 1 --set learning_rate=1e-3\n  "
                  "brasa train ppo CartPole-v1 --seeds 10\n  "
                  "brasa train ppo $PWD/my_game.so --isolate --step-timeout 5");
  command.OptionalArgument("AGENT", &options->agent, "The agent's name")
      .OptionalArgument("ENV", &options->env, "The environment's id, or a plugin's absolute path")
      .Texts("--set", &options->settings, "KEY=VALUE",
             "A field of the agent, env.NAME for a parameter of the environment, or seed, steps, "
             "envs, workers, record, checkpoint_seconds, isolate, step_timeout; repeatable")
      .Text("--config", &options->config_file, "FILE", "A run.toml; it names agent and environment")
      .Text("--seed", &options->seed, "N", "Seed of every random number")
      .Text("--seeds", &options->seeds, "N",
            "Train N seeds side by side, from --seed on or from 0, in one folder with seed-0, "
            "seed-1, ..; each is the run that its seed alone would give")
      .Text("--jobs", &options->jobs, "N",
            "With --seeds: runs side by side (default: as many as the machine has threads for)")
      .Text("--steps", &options->steps, "N", "World steps to train for")
      .Text("--envs", &options->envs, "N", "Worlds stepped together")
      .Text("--workers", &options->workers, "N",
            "Threads or, with --isolate, processes that step; changes no result")
      .Choice("--device", &options->device, {"cpu", "cuda"},
              "Where networks compute, as network.device; cuda needs network.backend=torch and a "
              "device that libtorch finds")
      .FlagOrText("--isolate", &options->isolate, "stop",
                  "Step the worlds in worker processes: a crash ends the run with a report, the "
                  "episode as a recording and a checkpoint; with --isolate=continue it costs the "
                  "episodes of one process")
      .Text("--step-timeout", &options->step_timeout, "S",
            "With --isolate: seconds a process may take for a vector step (default 60)")
      .Flag("--record", &options->record, "Write every ply to trajectories.h5")
      .Flag("--watch", &options->watch, "Show the first world in a window; changes no result")
      .Flag("--dry-run", &options->dry_run, "Print the resolved run.toml and do nothing")
      .Text("--out", &options->out, "DIR",
            "The run directory, new or empty (default runs/<time>-AGENT-ENV)")
      .Flag("--json", &options->report.json, "Print the result, or the resolved settings, as JSON")
      .Flag("--quiet", &options->report.quiet, "No progress line and no summary");
  command.Run([&program, options] { RunTrain(program, *options); });
}

}  // namespace brasa::cli
