// `brasa train --seeds` and `brasa resume` of what it made: the runs of several seeds side by side.
#pragma once

#include <cstdint>
#include <string>

#include "brasa/runner.h"
#include "runners/cli/program.h"
#include "runners/cli/run_report.h"
#include "runners/experiment/jobs.h"

namespace brasa::cli {

/// A count in the text of a flag. Throws ConfigError naming flag, value and range.
std::int64_t CountOf(const std::string& flag, const std::string& text, double min, double max);

/// How many of `runs` runs of `config` go side by side, `jobs` as text or "" for as many as the
/// machine grants. Throws IoError if they do not fit into memory together.
ThreadShare ShareOf(Registry& registry, const RunConfig& config, int runs, const std::string& jobs);

/// Trains the `count` seeds from `first` on in `directory`, new or empty.
void TrainSeeds(Program& program, const RunConfig& config, std::uint64_t first, int count,
                const std::string& directory, const ThreadShare& share,
                const ReportOptions& report);

/// Goes on with those of the runs below `directory` that are not finished.
void ResumeSeeds(Program& program, const std::string& directory, const std::string& jobs,
                 const ReportOptions& report);

}  // namespace brasa::cli
