// What train and resume share: the progress line, Ctrl-C, and what is said at the end.
#pragma once

#include <functional>

#include "brasa/runner.h"
#include "runners/cli/program.h"

namespace brasa::cli {

struct TrainingOutput {
  bool json = false;
  bool quiet = false;
};

/// Calls `train` with hooks: a progress line on stderr if it is a terminal, warnings on stderr, and
/// a stop at the first Ctrl-C (the second ends the process at once). Then prints the result.
/// A run that was stopped exits with 130.
void RunTraining(Program& program, const TrainingOutput& output,
                 const std::function<RunResult(RunHooks&)>& train);

}  // namespace brasa::cli
