// Watching a run from inside: the runner works on a thread of its own, the window stays on the main
// thread. Watching changes no result.
#pragma once

#include <functional>

#include "brasa/listener.h"
#include "brasa/runner.h"
#include "runners/cli/screen.h"

namespace brasa::cli {

/// Calls `train` with a listener on another thread and shows world 0 meanwhile, at most 30 times a
/// second; returns or throws what `train` does. Closing the window does not stop the run.
/// Throws UsageError before anything is started if there is no display.
RunResult TrainWatched(const EnvRow& row, const Params& params,
                       const std::function<RunResult(Listener&)>& train);

}  // namespace brasa::cli
