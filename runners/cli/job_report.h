// What commands that start many runs share: a live line over all, Ctrl-C, lines for those that
// fail.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runners/cli/program.h"
#include "runners/experiment/jobs.h"

namespace brasa::cli {

/// Names of jobs with what they failed of.
using FailedJobs = std::vector<std::pair<std::string, std::string>>;

struct JobsReport {
  std::vector<JobOutcome> outcomes;  ///< by job
  FailedJobs failed;
  bool stopped = false;  ///< by Ctrl-C: every run that had begun took a checkpoint
};

/// "3 of 10 runs done  400,000 of 1,000,000 steps (40 %)  210 thousand steps/s  2.9 s left".
std::string JobsProgressText(const JobsProgress& progress);

/// Runs the jobs with a live line unless `quiet`. Each failure and warning is a line on standard
/// error. Sets the exit code: 1 where a run failed, 130 where the user stopped all, and then says
/// that `again` goes on. `ended` is called for each job that has ended.
JobsReport RunJobsAndReport(Program& program, std::span<const Job> jobs,
                            std::span<const std::int64_t> total_steps, const ThreadShare& share,
                            bool quiet, const std::string& again,
                            const std::function<void(std::size_t, const JobOutcome&)>& ended = {});

}  // namespace brasa::cli
