// Runs: training into a run directory, resuming, and evaluating what was learnt.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "brasa/agent.h"
#include "brasa/core/config.h"
#include "brasa/listener.h"
#include "brasa/registry.h"
#include "brasa/statistics.h"

namespace brasa {

/// Whether the worlds are stepped in processes of their own, and what happens when one is lost.
enum class Isolation { kOff, kStop, kContinue };
/// "off", "stop" or "continue".
std::string IsolationName(Isolation isolate);

/// What fixes a run. The first block fixes its result; the second changes no result.
struct RunConfig {
  std::string agent;
  std::string env;  ///< EnvName: found again from another folder
  Config agent_config;
  Params params;
  std::uint64_t seed = 1;
  std::int64_t steps = 0;  ///< world steps: the run does steps / worlds vector steps
  int worlds = 1;

  int workers = 0;  ///< 0 = as many as the machine grants
  bool record = false;
  double checkpoint_seconds = 60;  ///< 0 = only at the end
  Isolation isolate = Isolation::kOff;
  double step_timeout = 60;  ///< [s] of one vector step in a worker process
};

/// The keys of a run beside those of agent and environment: seed, steps, envs, workers, record,
/// checkpoint_seconds, isolate, step_timeout; with defaults, ranges and help.
std::vector<Field> RunFields();

/// The configuration of `agent` on `env` before the user's settings: defaults, then the preset of
/// the agent for that environment. Throws ConfigError.
RunConfig DefaultRunConfig(Registry& registry, const std::string& agent, const std::string& env);

/// Sets one key: a field of the agent, `env.NAME` for a parameter of the environment, or one of
/// RunFields(). Throws ConfigError with near matches over all of them; `config` stays as it was.
void SetRunKey(RunConfig& config, std::string_view key, std::string_view value);

/// The run.toml text of a config: [run], [env], [agent], and [build], which tells what wrote it.
/// `ReadRunToml` gives the config back; agent and environment are looked up in the registry, keys
/// that are not there keep their default or preset. Errors name `source` and the line. Unknown
/// sections and keys are errors.
std::string RunToml(const RunConfig& config);
RunConfig ReadRunToml(Registry& registry, const std::string& text, const std::string& source);

/// What a run came to; `result.json` holds the same.
struct RunResult {
  std::string directory;
  std::string agent, env;
  std::uint64_t seed = 0;
  std::int64_t steps = 0;
  std::int64_t episodes = 0;
  double seconds = 0;           ///< wall time of training, all parts of a resumed run
  double steps_per_second = 0;  ///< of this part; of all parts if this one made no step
  std::uint64_t signature = 0;  ///< of plies and parameters
  bool finished = false;        ///< false: stopped early; resume goes on
  bool reproducible = true;
  std::int64_t lost_episodes = 0;     ///< cut because their worker process was lost
  std::vector<Estimate> mean_return;  ///< [P] over the last 100 episodes, 95 % bootstrap interval
};
/// As JSON text with snake_case keys; `mean_return` is player 0's, `returns_per_player` has all.
std::string ResultJson(const RunResult& result);
/// The result of the finished run in `directory`. Throws FileError if it has none.
RunResult ReadResult(const std::string& directory);

/// The rows of a run's metrics.csv from the first finished episode on.
struct LearningCurve {
  std::vector<double> steps, mean_return, seconds;
};
/// Throws FileError if there is none or it is damaged; a last row that is being written is left
/// out.
LearningCurve ReadLearningCurve(const std::string& directory);

/// What the program shows while a run goes on; called some ten times a second at most.
struct RunProgress {
  std::int64_t steps = 0, total_steps = 0;
  double seconds = 0, steps_per_second = 0;
  std::int64_t episodes = 0;
  double mean_return = 0;  ///< player 0, last 100 episodes; NaN before the first
};

/// Makes `root`/<time>-<agent>-<environment> for a run that starts now; a number is appended where
/// the name is taken. Throws IoError or FileError.
std::string NewRunDirectory(const RunConfig& config, const std::string& root);

struct RunHooks {
  std::vector<Listener*> listeners;  ///< borrowed; called after the run's own
  std::function<void(const RunProgress&)> progress;
  /// One line the user should read: a damaged checkpoint was skipped, the CPU is another one.
  std::function<void(const std::string&)> warning;
  const std::atomic<bool>* stop = nullptr;  ///< set: checkpoint and return after the current step
};

/// Trains into `directory`, which is new or empty. Throws what registry, environment, agent and
/// files throw, and under Isolation::kStop WorkerLost (brasa/isolate.h) after failure.json,
/// failure.h5 and a checkpoint from before the lost step were written; a config that is refused
/// writes nothing; whatever happens later, files written so far stay whole and the last checkpoint
/// can be resumed. A run that `hooks.stop` ended leaves no result.json. Its outputs: run.toml,
/// metrics.csv, TensorBoard events, checkpoints/, trajectories.h5 if recorded, and result.json,
/// written last.
RunResult Train(Registry& registry, const RunConfig& config, const std::string& directory,
                const RunHooks& hooks);

/// Goes on with the run in `directory` from its last whole checkpoint; outputs are cut to its
/// length first. A run that ended before its first checkpoint starts anew. A finished run returns
/// its result. Throws FileError if there is no run, every checkpoint is damaged, or the checkpoint
/// is of another run. Another build or CPU than the run began on is warned of and marks the result
/// as not reproducible.
RunResult Resume(Registry& registry, const std::string& directory, const RunHooks& hooks);

/// A trained agent, ready to act.
struct TrainedAgent {
  RunConfig config;
  std::unique_ptr<Agent> agent;
  std::int64_t steps = 0;  ///< it has learnt from
};
/// From a run directory (its last whole checkpoint) or a checkpoint file. Throws FileError.
TrainedAgent LoadAgent(Registry& registry, const std::string& path);

struct EvaluateOptions {
  int episodes = 100;
  std::uint64_t seed = 0;
  ActMode mode = ActMode::kGreedy;
  int worlds = 0;  ///< 0 = min(episodes, 64)
  int workers = 1;
  std::string opponent;  ///< games: "self", "random", "mcts"; the agent plays each seat in turn
};

/// Every world plays its share of episodes, so short episodes are not favoured.
struct EvaluateResult {
  int episodes = 0;
  /// [P] with 95 % bootstrap intervals; against an opponent entry p is the agent's own return in
  /// the episodes it played from seat p (n = 0 and NaN if there was none).
  std::vector<Estimate> mean_return;
  std::vector<double> returns;  ///< [episodes, P] in the order of worlds
  std::vector<int> lengths;     ///< [episodes]
  std::int64_t steps = 0;
  double seconds = 0;
  std::uint64_t signature = 0;
  /// Against an opponent, per seat of the agent: wins, draws, losses.
  struct Seat {
    int wins = 0, draws = 0, losses = 0;
  };
  std::vector<Seat> seats;
};
/// Plays episodes of `agent` on its environment without learning; touches nothing of the run.
EvaluateResult Evaluate(Registry& registry, TrainedAgent& agent, const EvaluateOptions& options);
/// As JSON text; the figures under the same keys as ResultJson.
std::string EvaluateJson(const TrainedAgent& agent, const EvaluateOptions& options,
                         const EvaluateResult& result);

}  // namespace brasa
