// `brasa selfcheck learning`: the runs behind the table of published figures, their evaluation, and
// the page that shows both. Everything is kept in one folder, ROW/seed-K with ROW/seed-K-eval.json,
// so that a check goes on where it stopped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "brasa/registry.h"
#include "brasa/runner.h"
#include "brasa/statistics.h"
#include "runners/experiment/jobs.h"
#include "runners/experiment/learning_targets.h"

namespace brasa {

/// Where a row stands.
struct LearningRow {
  const LearningTarget* target = nullptr;
  std::int64_t steps = 0;  ///< of each run
  int seeds = 0;           ///< evaluated
  Estimate score{};        ///< IQM over the seeds; meaningless where there are none
  double seconds = 0;      ///< median wall time of a run
  /// Of the unfinished run that is furthest; meaningless where a seed is evaluated.
  std::int64_t steps_done = 0;
  double mean_return = 0;  ///< over its last 100 episodes
};

/// "reached": the IQM is at least the published figure; "in the interval": the interval holds it;
/// "missed"; "begun": no run is finished; "not run".
std::string VerdictOf(const LearningRow& row);

/// One thread.
class LearningCheck {
 public:
  LearningCheck(Registry& registry, std::string directory)
      : registry_(registry), directory_(std::move(directory)) {}

  /// The runs of seeds 0 .. seeds - 1 of a row that are not finished, made where they are missing.
  /// Throws UsageError where a run of other settings lies in their place.
  struct Work {
    std::vector<Job> jobs;
    std::vector<std::int64_t> steps;
  };
  Work Prepare(const LearningTarget& target, int seeds) const;
  /// The configuration of a row's runs: the preset, with no more steps than the published ones.
  RunConfig ConfigOf(const LearningTarget& target) const;
  /// Evaluates the finished runs of a row that are not evaluated yet, with `workers` threads.
  void EvaluateRuns(const LearningTarget& target, int workers) const;
  /// What is there of a row; runs of an older preset do not count.
  LearningRow Read(const LearningTarget& target) const;

 private:
  std::string RunDirectory(const LearningTarget& target, std::uint64_t seed) const;
  /// Sets what a row tells of the unfinished run in `run`, if that is further than what it has.
  void ReadUnfinished(const std::string& run, RunConfig& config, LearningRow& row) const;

  Registry& registry_;
  std::string directory_;
};

/// The page: a row of all targets, those that have not run included.
std::string ResultsMarkdown(const std::vector<LearningRow>& rows, const std::string& machine);

}  // namespace brasa
