// A sweep's folder: sweep.toml, trial-000/seed-0, .. as normal run directories, what each run came
// to at the end of each rung, and the table and the best configuration that follow from that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "brasa/statistics.h"
#include "runners/experiment/jobs.h"
#include "runners/experiment/sweep_plan.h"

namespace brasa {

/// Where a trial stands.
struct TrialScore {
  std::size_t trial = 0;
  int rung = 0;            ///< the last that it finished
  std::int64_t steps = 0;  ///< of each run
  Estimate score{};        ///< IQM over the seeds; NaN where a run failed or ended no episode
  std::string failed;      ///< what the first run failed of
};

/// One thread. What is written is written whole; a program that was killed finds all that was done.
class Sweep {
 public:
  /// The sweep that the text of a sweep.toml describes; nothing is written yet. Throws as
  /// ReadSweepToml and MakeTrials.
  Sweep(Registry& registry, const std::string& text, const std::string& source);
  /// Makes its folder, new or empty.
  void Begin(const std::string& directory);
  /// Opens what Begin made.
  static Sweep Open(Registry& registry, const std::string& directory);

  const SweepSpec& spec() const { return spec_; }
  const std::vector<Trial>& trials() const { return trials_; }
  const std::string& directory() const { return directory_; }

  /// What is left to do before the next look: jobs of one rung, and the steps each ends at; none at
  /// the end of the sweep.
  struct Work {
    struct Place {
      std::size_t trial;
      int seed;
    };
    int rung = 0;
    std::vector<Job> jobs;
    std::vector<Place> places;  ///< by job
    std::vector<std::int64_t> steps;
  };
  Work Next() const;
  /// Keeps what a job of `work` came to; a stopped one is left to be run again.
  void Keep(const Work& work, std::size_t job, const JobOutcome& outcome) const;

  /// Every trial that has finished a rung, the best first: by rung, then by score.
  std::vector<TrialScore> Scores() const;
  /// Writes trials.csv and, where a trial has a score, best.toml. Returns the latter's path or "".
  std::string WriteResults() const;

 private:
  std::string RunDirectory(std::size_t trial, int seed) const;
  std::string RecordPath(std::size_t trial, int seed, int rung) const;
  std::optional<TrialScore> ScoreAt(std::size_t trial, int rung) const;
  /// Trials of `rung`, or nothing while the rung before is unfinished.
  std::optional<std::vector<std::size_t>> Runners(int rung) const;
  std::string TableText() const;

  std::string text_, directory_;
  SweepSpec spec_;
  std::vector<Trial> trials_;
};

/// True if `directory` is a sweep's.
bool IsSweep(const std::string& directory);

}  // namespace brasa
