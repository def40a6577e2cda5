#include "runners/cli/training.h"

#include <unistd.h>

#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>

#include "runners/cli/format.h"

namespace brasa::cli {
namespace {

constexpr int kInterrupted = 130;  // as shells tell Ctrl-C: 128 + SIGINT

std::atomic<bool> stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may write it");

extern "C" void AskToStop(int) {
  stop_asked = true;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

/// SIGINT and SIGTERM set the flag while this lives.
class StopSignals {
 public:
  StopSignals() {
    stop_asked = false;
    std::signal(SIGINT, AskToStop);
    std::signal(SIGTERM, AskToStop);
  }
  ~StopSignals() {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
};

void PrintProgress(const RunProgress& progress) {
  const double left =
      progress.steps_per_second > 0
          ? static_cast<double>(progress.total_steps - progress.steps) / progress.steps_per_second
          : 0;
  std::string line = CountText(progress.steps) + " of " + CountText(progress.total_steps) +
                     " steps  " + RateText(progress.steps_per_second) + " steps/s";
  if (std::isfinite(progress.mean_return)) {
    line += "  return " + FigureText(progress.mean_return);
  }
  line += "  " + DurationText(left) + " left";
  std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
  std::fflush(stderr);
}

void PrintResult(const RunResult& result) {
  std::cout << result.agent << " on " << result.env << ", seed " << result.seed << ": "
            << CountText(result.steps) << " steps in " << DurationText(result.seconds) << ", "
            << RateText(result.steps_per_second) << " steps/s\n";
  for (std::size_t p = 0; p < result.mean_return.size(); ++p) {
    const Estimate& estimate = result.mean_return[p];
    if (estimate.n == 0) continue;
    std::cout << "mean return"
              << (result.mean_return.size() > 1 ? " of player " + std::to_string(p) : std::string())
              << "  " << EstimateText(estimate) << " over the last " << estimate.n << " episodes\n";
  }
  std::cout << "signature    " << SignatureText(result.signature)
            << (result.reproducible ? "" : " (not reproducible)") << '\n'
            << "directory    " << result.directory << '\n';
  if (!result.finished) {
    std::cout << "stopped; go on with: brasa resume " << result.directory << '\n';
    return;
  }
  std::cout << "next: brasa eval " << result.directory << "\n      brasa watch " << result.directory
            << "\n      brasa plot " << result.directory << '\n';
}

}  // namespace

void RunTraining(Program& program, const TrainingOutput& output,
                 const std::function<RunResult(RunHooks&)>& train) {
  const bool live = !output.quiet && !output.json && isatty(STDERR_FILENO) != 0;
  RunHooks hooks;
  if (live) hooks.progress = PrintProgress;
  hooks.warning = [](const std::string& line) { std::cerr << "brasa: " << line << '\n'; };
  hooks.stop = &stop_asked;
  RunResult result;
  try {
    const StopSignals signals;
    result = train(hooks);
  } catch (...) {
    if (live) std::fputs("\r\x1b[K", stderr);
    throw;
  }
  if (live) std::fputs("\r\x1b[K", stderr);
  if (output.json) {
    std::cout << ResultJson(result);
  } else {
    PrintResult(result);
  }
  if (!result.finished) program.exit_code = kInterrupted;
}

}  // namespace brasa::cli
