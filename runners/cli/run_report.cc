#include "runners/cli/run_report.h"

#include <iostream>
#include <string>
#include <vector>

#include "runners/cli/format.h"
#include "runners/cli/interrupt.h"
#include "runners/cli/progress.h"

namespace brasa::cli {
namespace {

void PrintSummary(const RunResult& result) {
  std::cout << result.agent << " on " << result.env << ", seed " << result.seed << ": "
            << CountText(result.steps) << " steps in " << DurationText(result.seconds) << ", "
            << RateText(result.steps_per_second) << " steps/s\n";
  std::vector<std::vector<std::string>> rows;
  for (std::size_t p = 0; p < result.mean_return.size(); ++p) {
    const Estimate& estimate = result.mean_return[p];
    if (estimate.n == 0) continue;
    const std::string seat = result.mean_return.size() > 1 ? " of player " + std::to_string(p) : "";
    rows.push_back({"mean return" + seat, EstimateText(estimate) + " over the last " +
                                              std::to_string(estimate.n) + " episodes"});
  }
  rows.push_back({"signature", SignatureText(result.signature) +
                                   (result.reproducible ? "" : " (not reproducible)")});
  if (result.lost_episodes > 0) {
    rows.push_back({"lost episodes", CountText(result.lost_episodes)});
  }
  rows.push_back({"directory", result.directory});
  std::cout << ColumnsText(rows, "");
  if (!result.finished) return;
  std::cout << "next: brasa eval " << result.directory << "\n      brasa watch " << result.directory
            << "\n      brasa plot " << result.directory << '\n';
}

}  // namespace

void RunAndReport(Program& program, const ReportOptions& options,
                  const std::function<RunResult(RunHooks&)>& run) {
  ProgressLine line(!options.quiet);
  const Interrupt interrupt;
  RunHooks hooks;
  hooks.stop = interrupt.stop();
  hooks.progress = [&](const RunProgress& progress) { line.Show(progress); };
  hooks.warning = [&](const std::string& text) {
    line.Clear();
    std::cerr << "brasa: " << text << '\n';
  };
  const RunResult result = run(hooks);
  line.Clear();
  if (options.json) {
    std::cout << ResultJson(result);
  } else if (!options.quiet) {
    PrintSummary(result);
  }
  if (result.finished) return;
  std::cout.flush();
  std::cerr << "brasa: stopped; go on with: brasa resume " << result.directory << '\n';
  program.exit_code = kStoppedExitCode;
}

}  // namespace brasa::cli
