// brasa train: an agent learns in an environment, into a run directory of its own.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "runners/cli/command.h"
#include "runners/cli/program.h"
#include "runners/cli/training.h"
#include "runners/cli/watch_training.h"

namespace brasa::cli {
namespace {

struct Options {
  std::string agent, env, config;
  std::vector<std::string> settings;
  // Text, so that "not given" differs from any value; SetRunKey checks them.
  std::string seed, steps, envs, workers;
  std::string out;
  bool record = false, watch = false, dry_run = false;
  TrainingOutput output;
};

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) {
    throw FileError("config file '" + path + "' cannot be read");
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Defaults, then the preset, then the config file, then --set, then the flags.
RunConfig Resolve(Registry& registry, const Options& options) {
  RunConfig config;
  if (!options.config.empty()) {
    config = ReadRunToml(registry, ReadText(options.config), options.config);
    const auto same = [&](const std::string& given, const std::string& stored, const char* what) {
      if (given.empty() || given == stored) return;
      throw UsageError(std::string(what) + " '" + given + "' contradicts '" + stored + "' in '" +
                       options.config + "'");
    };
    same(options.agent, config.agent, "agent");
    if (!options.env.empty()) {
      same(EnvName(registry.FindEnv(options.env)), config.env, "environment");
    }
  } else {
    if (options.agent.empty() || options.env.empty()) {
      throw UsageError("brasa train: give an agent and an environment, or --config FILE");
    }
    config = DefaultRunConfig(registry, options.agent, options.env);
  }
  for (const std::string& setting : options.settings) {
    const auto [key, value] = SplitSetting(setting);
    SetRunKey(config, key, value);
  }
  const std::pair<const char*, const std::string*> flags[] = {{"seed", &options.seed},
                                                              {"steps", &options.steps},
                                                              {"envs", &options.envs},
                                                              {"workers", &options.workers}};
  for (const auto& [key, value] : flags) {
    if (!value->empty()) SetRunKey(config, key, *value);
  }
  if (options.record) config.record = true;
  return config;
}

void Train(Program& program, const Options& options) {
  const RunConfig config = Resolve(program.registry, options);
  if (options.dry_run) {
    std::cout << RunToml(config);
    return;
  }
  const std::string directory = options.out.empty() ? NewRunDirectory(config, "runs") : options.out;
  RunTraining(program, options.output, [&](RunHooks& hooks) {
    if (!options.watch) return brasa::Train(program.registry, config, directory, hooks);
    const EnvRow& row = program.registry.FindEnv(config.env);
    return TrainWatched(row, config.params, [&](Listener& viewer) {
      hooks.listeners.push_back(&viewer);
      return brasa::Train(program.registry, config, directory, hooks);
    });
  });
}

}  // namespace

void AddTrainCommand(CLI::App& app, Program& program) {
  const auto options = std::make_shared<Options>();
  Command command(app, "train", "Train an agent in an environment",
                  "brasa train ppo CartPole-v1 --set learning_rate=0.001 --seed 3 --record");
  command.OptionalArgument("agent", &options->agent, "agent (brasa list)")
      .OptionalArgument("env", &options->env, "environment, or a plugin's path")
      .Texts("--set", &options->settings, "KEY=VALUE",
             "set a field of the agent, env.NAME of the environment, or of the run")
      .Text("--config", &options->config, "FILE", "start from a run.toml")
      .Text("--seed", &options->seed, "N", "seed of every random stream")
      .Text("--steps", &options->steps, "N", "world steps to train for")
      .Text("--envs", &options->envs, "N", "worlds stepped together")
      .Text("--workers", &options->workers, "N", "threads that step; 0 = all; changes no result")
      .Flag("--record", &options->record, "write every ply to trajectories.h5")
      .Flag("--watch", &options->watch, "show the first world in a window; changes no result")
      .Flag("--dry-run", &options->dry_run, "print the resolved run.toml and do nothing")
      .Text("--out", &options->out, "DIR", "directory of the run, new or empty")
      .Flag("--quiet", &options->output.quiet, "no progress line")
      .Flag("--json", &options->output.json, "print the result as JSON")
      .Run([options, &program] { Train(program, *options); });
}

}  // namespace brasa::cli
