// A run in memory: worlds, agent, outputs, and the loop over them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "brasa/isolate.h"
#include "brasa/runner.h"
#include "brasa/vector_env.h"
#include "runners/loop/checkpoint_file.h"
#include "runners/loop/episode_statistics.h"
#include "runners/loop/metrics_listener.h"
#include "runners/loop/run_clock.h"
#include "runners/loop/run_files.h"

namespace brasa {

/// One thread. Made from a config, it has touched no file yet; then Start or Restore, then Run.
class TrainingRun {
 public:
  /// Throws ConfigError if environment or agent refuse the config.
  TrainingRun(Registry& registry, const RunConfig& config, const std::string& directory,
              const RunHooks& hooks);
  ~TrainingRun();

  /// Begins at step 0: worlds are reset, outputs made or emptied. `toml` is the text of run.toml.
  void Start(const std::string& toml);
  /// Goes back to a checkpoint of the same config: outputs are cut to its lengths.
  void Restore(const Checkpoint& checkpoint, const std::string& toml);
  /// From now on the result is not what an undisturbed run would give.
  void MarkNotReproducible() { reproducible_ = false; }
  /// Trains until all steps are done or `hooks.stop` is set, takes checkpoints, ends the outputs
  /// and, if all is done, writes result.json. After an error the files hold what was written and
  /// the last checkpoint stays.
  RunResult Run();

 private:
  struct Sections;

  void MakeListeners();
  void Loop();
  /// False if a stop was asked for in the midst of it: the run is as it was before the step, and
  /// its worlds can be saved and no longer stepped.
  bool VectorStep();
  /// VectorEnv::Step; a worker process that is lost leaves the run as it was before the step.
  bool StepWorlds(const StepRows& rows, const StateWriter& actor);
  void TellFailure(const WorkerLoss& loss, std::int64_t vector_step, const std::string& checkpoint);
  /// Under Isolation::kContinue.
  void CountLoss(const WorkerLoss& loss);
  bool isolated() const { return config_.isolate != Isolation::kOff; }
  void LookAtClock();
  bool Stopped() const;
  std::int64_t steps() const { return vector_step_ * config_.worlds; }
  Sections TakeState();
  std::filesystem::path WriteCheckpoint();
  void TellProgress();
  RunResult Result(bool finished) const;

  RunConfig config_;
  std::string directory_;
  RunFiles files_;
  RunHooks hooks_;
  std::int64_t total_vector_steps_;
  std::string toml_;

  std::unique_ptr<VectorEnv> env_;
  std::unique_ptr<Agent> agent_;
  EpisodeStatistics statistics_;
  RunClock clock_;
  MetricsListener metrics_;
  std::unique_ptr<Listener> recorder_;  // null unless recorded
  std::vector<Listener*> listeners_;    // the run's own, then the caller's

  std::vector<std::int32_t> world_ids_;  // [N] 0, 1, ..
  std::int64_t vector_step_ = 0;
  std::int64_t updates_ = 0;
  bool reproducible_ = true;
  std::int64_t lost_episodes_ = 0;
  int warnings_ = 0;  // of lost processes, in this part
  ClockPace pace_;
  double last_checkpoint_ = 0, last_flush_ = 0, last_progress_ = 0;  // [s] of this part
};

}  // namespace brasa
