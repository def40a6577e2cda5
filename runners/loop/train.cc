// Train, Resume and LoadAgent: how runs begin, go on and are read.
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "brasa/env_batch.h"
#include "brasa/memory.h"
#include "runners/files/atomic_file.h"
#include "runners/loop/checkpoint_directory.h"
#include "runners/loop/file_io.h"
#include "runners/loop/run_config.h"
#include "runners/loop/run_directory.h"
#include "runners/loop/run_toml.h"
#include "runners/loop/training_run.h"

namespace brasa {
namespace {

namespace fs = std::filesystem;

void Warn(const RunHooks& hooks, const std::string& text) {
  if (hooks.warning) hooks.warning(text);
}

/// The text of run.toml. Throws FileError if `directory` holds no run.
std::string ReadRunText(const std::string& directory) {
  const RunFiles files(directory);
  if (!fs::exists(directory)) throw FileError(directory + " does not exist");
  if (!fs::exists(files.config)) throw FileError(directory + " holds no run: it has no run.toml");
  return ReadFileBytes(files.config);
}

bool HasCheckpoint(const fs::path& checkpoints) {
  std::error_code error;
  for (fs::directory_iterator at(checkpoints, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().extension() == ".ckpt") return true;
  }
  return false;
}

/// Removes the damaged checkpoints that are newer than `taken`: one of the two that are kept must
/// not be among them.
void RemoveNewer(const fs::path& taken) {
  std::vector<fs::path> newer;
  for (const auto& entry : fs::directory_iterator(ParentOf(taken))) {
    const fs::path& path = entry.path();
    if (path.extension() == ".ckpt" && path.filename() > taken.filename()) newer.push_back(path);
  }
  for (const fs::path& path : newer) {
    std::error_code error;
    if (!fs::remove(path, error) && error) ThrowIoError("remove", path, error.value());
  }
}

std::string RunName(const RunConfig& config) {
  return config.agent + " on " + config.env + ", seed " + std::to_string(config.seed);
}

/// Throws FileError if `checkpoint` was not taken in a run of `config`.
void CheckSameRun(Registry& registry, const Checkpoint& checkpoint, const RunConfig& config) {
  const std::string path = checkpoint.path().string();
  const RunConfig other = ReadRunToml(registry, std::string(checkpoint.Bytes("config")), path);
  if (SameRun(config, other)) return;
  const bool same_name = RunName(config) == RunName(other);
  throw FileError(path + " is a checkpoint of another run (" + RunName(other) +
                  (same_name ? ", other settings" : "") + "); run.toml says " + RunName(config));
}

void CompareBuilds(const BuildInfo& then, const BuildInfo& now, const RunHooks& hooks,
                   TrainingRun& run) {
  const auto compare = [&](const char* what, const std::string& a, const std::string& b) {
    if (a == b) return;
    Warn(hooks, std::string("the run began with ") + what + " '" + a + "' and goes on with '" + b +
                    "': its result may differ from a straight run's");
    run.MarkNotReproducible();
  };
  compare("CPU", then.cpu, now.cpu);
  compare("version", then.version, now.version);
  compare("commit", then.commit, now.commit);
  compare("compiler", then.compiler, now.compiler);
}

TrainedAgent LoadFrom(Registry& registry, const Checkpoint& checkpoint) {
  const std::string path = checkpoint.path().string();
  TrainedAgent trained;
  trained.config = ReadRunToml(registry, std::string(checkpoint.Bytes("config")), path);
  const EnvRow& row = registry.FindEnv(trained.config.env);
  const EnvBatch world(row, trained.config.params, 1, {});
  trained.agent = MakeRunAgent(registry, trained.config, world.spec());
  StateReader agent = checkpoint.Section("agent");
  trained.agent->Load(agent);
  StateReader run = checkpoint.Section("run");
  run.Read("run/vector_steps", trained.steps);
  trained.steps *= trained.config.worlds;
  return trained;
}

}  // namespace

RunResult Train(Registry& registry, const RunConfig& config, const std::string& directory,
                const RunHooks& hooks) {
  RequireRunMemory(registry, config);
  TrainingRun run(registry, config, directory, hooks);
  UseRunDirectory(directory);
  const std::string toml = RunToml(config);
  WriteFileAtomically(RunFiles(directory).config, toml);
  run.Start(toml);
  return run.Run();
}

RunResult Resume(Registry& registry, const std::string& directory, const RunHooks& hooks) {
  const RunFiles files(directory);
  const std::string toml = ReadRunText(directory);
  if (fs::exists(files.result)) return ReadResult(directory);
  const RunConfig config = ReadRunToml(registry, toml, files.config.string());
  RequireRunMemory(registry, config);
  TrainingRun run(registry, config, directory, hooks);
  const BuildInfo then = ReadRunBuild(toml, files.config.string());
  if (!HasCheckpoint(files.checkpoints)) {
    Warn(hooks, directory + " has no checkpoint yet: the run starts anew");
    run.Start(toml);
  } else {
    const LatestCheckpoint latest = FindLatestCheckpoint(files.checkpoints);
    for (const std::string& skipped : latest.skipped) {
      Warn(hooks, skipped + "; an older checkpoint is taken");
    }
    CheckSameRun(registry, latest.checkpoint, config);
    run.Restore(latest.checkpoint, toml);
    RemoveNewer(latest.checkpoint.path());
  }
  CompareBuilds(then, ThisBuild(), hooks, run);
  return run.Run();
}

TrainedAgent LoadAgent(Registry& registry, const std::string& path) {
  if (!fs::exists(path)) throw FileError(path + " does not exist");
  if (!fs::is_directory(path)) return LoadFrom(registry, Checkpoint::Read(path));
  const RunConfig config = ReadRunToml(registry, ReadRunText(path), RunFiles(path).config);
  const LatestCheckpoint latest = FindLatestCheckpoint(RunFiles(path).checkpoints);
  CheckSameRun(registry, latest.checkpoint, config);
  return LoadFrom(registry, latest.checkpoint);
}

}  // namespace brasa
