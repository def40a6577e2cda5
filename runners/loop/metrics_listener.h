// metrics.csv and the TensorBoard events of a run.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "brasa/listener.h"
#include "brasa/runner.h"
#include "runners/loop/csv_writer.h"
#include "runners/loop/episode_statistics.h"
#include "runners/loop/run_clock.h"
#include "runners/loop/tensorboard_writer.h"

namespace brasa {

/// Writes a row after an update of the agent, at most one every max(16 N, total / 1000) world steps
/// so that files stay small for agents that learn at every step; for agents without metrics (which
/// never learn) at that interval; and one at the end. Which rows there are follows from steps
/// alone. Columns: steps, episodes, updates, mean_return (of player 0; then mean_return_player_1 ..
/// in games) and mean_length over the last 100 episodes, measures/NAME, the agent's metrics, and
/// last the two that depend on the machine: seconds, steps_per_second. An empty cell: no episode
/// has ended yet. TensorBoard gets the same under CleanRL's names: charts/episodic_return,
/// charts/episodic_length, charts/SPS.
/// One thread; errors as AppendFile.
class MetricsListener final : public Listener {
 public:
  struct Sources {
    const RunConfig& config;
    const EnvSpec& spec;
    const Agent& agent;
    const EpisodeStatistics& statistics;
    const RunClock& clock;
  };
  /// Borrows the sources. Writes nothing before Create or OnResume.
  MetricsListener(const std::filesystem::path& directory, const Sources& sources);

  /// Makes the files anew; rows of an earlier start that left no checkpoint are dropped.
  void Create();
  void OnStep(const StepView& view) override;
  void OnUpdate(const UpdateView& view) override;
  void OnCheckpoint(StateWriter& writer) override;
  void OnResume(StateReader& reader) override;
  /// The run has done all its steps: the last row. Once, however often the run is resumed.
  void Finish(std::int64_t steps);
  void Flush(Sync sync);

 private:
  void WriteDue(std::int64_t steps);
  void WriteRow(std::int64_t steps);
  void WriteScalars(std::int64_t steps, double steps_per_second);
  void WriteHparams();

  std::filesystem::path directory_;
  Sources sources_;
  std::int64_t interval_;  // [world steps]
  std::vector<std::string> columns_;
  std::vector<std::string> scalar_tags_;  // per player, then per measure
  std::vector<CsvCell> cells_;
  std::optional<CsvWriter> csv_;
  std::optional<TensorBoardWriter> events_;

  std::int64_t next_row_;       // a row is due from this step on
  std::int64_t last_row_ = -1;  // the step of the last row
  bool finished_ = false;
};

}  // namespace brasa
