// Runs of one configuration that differ in the seed alone: a folder with seed-0, seed-1, .., each a
// normal run directory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "brasa/runner.h"
#include "runners/experiment/jobs.h"

namespace brasa {

/// Makes `directory`/seed-S for the `count` seeds from `first` on, each with the run.toml of
/// `config` under its seed; `directory` is new or empty. Throws UsageError or IoError.
void MakeSeedRuns(const RunConfig& config, const std::string& directory, std::uint64_t first,
                  int count);

/// True if `directory` holds a run.toml.
bool IsRunDirectory(const std::string& directory);

/// The run directories right below `directory`, in the order of their numbers; none if it holds
/// none.
std::vector<std::string> RunsBelow(const std::string& directory);

/// Every run directory as it is, every folder of runs as the runs in it.
std::vector<std::string> ExpandRuns(std::span<const std::string> directories);

/// True if `directory` has the result of a finished run.
bool IsFinishedRun(const std::string& directory);

/// The jobs that run what is unfinished among `directories`, named "seed S", and their steps.
struct SeedJobs {
  std::vector<Job> jobs;
  std::vector<std::int64_t> steps;
};
SeedJobs UnfinishedSeeds(Registry& registry, std::span<const std::string> directories);

/// What several seeds came to.
struct SeedsResult {
  std::vector<RunResult> runs;  ///< the finished ones
  std::vector<Estimate> iqm;    ///< [P] of the runs' mean returns, over the runs; of player p in p
};
/// Reads the finished runs among `directories`. `iqm` is what `brasa compare` tells of them.
SeedsResult ReadSeeds(std::span<const std::string> directories);

}  // namespace brasa
