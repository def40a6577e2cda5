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

/// What fixes a run. The first block fixes its result; the second changes no result.
struct RunConfig {
  std::string agent;
  std::string env;  ///< as the registry is asked for it
  Config agent_config;
  Params params;
  std::uint64_t seed = 1;
  std::int64_t steps = 0;  ///< world steps: the run does steps / worlds vector steps
  int worlds = 1;

  int workers = 0;  ///< 0 = as many as the machine grants
  bool record = false;
  double checkpoint_seconds = 60;  ///< 0 = only at the end
};

/// The configuration of `agent` on `env` before the user's settings: defaults, then the preset of
/// the agent for that environment. Throws ConfigError.
RunConfig DefaultRunConfig(Registry& registry, const std::string& agent, const std::string& env);

/// Sets one key: a field of the agent, `env.NAME` for a parameter of the environment, or one of
/// seed, steps, envs, workers, record, checkpoint_seconds. Throws ConfigError with near matches
/// over all of them.
void SetRunKey(RunConfig& config, std::string_view key, std::string_view value);

/// The run.toml text of a config; `ReadRunToml` gives it back (agent and environment are looked up
/// in the registry). Errors name file and line. Unknown keys are errors.
std::string RunToml(const RunConfig& config);
RunConfig ReadRunToml(Registry& registry, const std::string& text, const std::string& source);

/// What a run came to; `result.json` holds the same.
struct RunResult {
  std::string directory;
  std::int64_t steps = 0;
  std::int64_t episodes = 0;
  double seconds = 0;           ///< wall time of training, all parts of a resumed run
  double steps_per_second = 0;  ///< of this part
  std::uint64_t signature = 0;  ///< of plies and parameters
  bool finished = false;        ///< false: stopped early; resume goes on
  bool reproducible = true;
  std::vector<Estimate> mean_return;  ///< [P] over the last 100 episodes, 95 % bootstrap interval
};

/// What the program shows while a run goes on; called some ten times a second at most.
struct RunProgress {
  std::int64_t steps = 0, total_steps = 0;
  double seconds = 0, steps_per_second = 0;
  std::int64_t episodes = 0;
  double mean_return = 0;  ///< player 0, last 100 episodes; NaN before the first
};

struct RunHooks {
  std::vector<Listener*> listeners;  ///< borrowed; called after the run's own
  std::function<void(const RunProgress&)> progress;
  const std::atomic<bool>* stop = nullptr;  ///< set: checkpoint and return after the current step
};

/// Trains into `directory`, which exists and is empty. Throws what registry, environment, agent and
/// files throw; whatever happens, files written so far stay whole.
RunResult Train(Registry& registry, const RunConfig& config, const std::string& directory,
                const RunHooks& hooks);

/// Goes on with the run in `directory` from its last checkpoint; outputs are cut to its length
/// first. A finished run returns its result. Throws FileError if there is no run or no checkpoint.
RunResult Resume(Registry& registry, const std::string& directory, const RunHooks& hooks);

/// A trained agent, ready to act.
struct TrainedAgent {
  RunConfig config;
  std::unique_ptr<Agent> agent;
  std::int64_t steps = 0;  ///< it has learnt from
};
/// From a run directory (its last checkpoint) or a checkpoint file inside one.
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
  std::vector<Estimate> mean_return;  ///< [P] with 95 % bootstrap intervals
  std::vector<double> returns;        ///< [episodes, P] in the order of worlds
  std::vector<int> lengths;           ///< [episodes]
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

}  // namespace brasa
