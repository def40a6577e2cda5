// What `brasa train` and `brasa resume` share: they run with a live line, stop in good order on
// Ctrl-C, and say what came out.
#pragma once

#include <functional>

#include "brasa/runner.h"
#include "runners/cli/program.h"

namespace brasa::cli {

struct ReportOptions {
  bool json = false;
  bool quiet = false;  ///< neither live line nor summary
};

/// Calls `run` with hooks and prints its result. A stopped run sets the exit code to
/// kStoppedExitCode and says how to go on.
void RunAndReport(Program& program, const ReportOptions& options,
                  const std::function<RunResult(RunHooks&)>& run);

}  // namespace brasa::cli
