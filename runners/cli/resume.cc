// brasa resume: goes on with a run that was stopped or killed.
#include <memory>

#include "brasa/runner.h"
#include "runners/cli/command.h"
#include "runners/cli/program.h"
#include "runners/cli/run_report.h"

namespace brasa::cli {

void AddResumeCommand(CLI::App& app, Program& program) {
  struct Options {
    std::string directory;
    ReportOptions report;
  };
  const auto options = std::make_shared<Options>();
  Command command(app, "resume",
                  "Go on with a run from its last checkpoint; the result is that of a run that was "
                  "never stopped",
                  "brasa resume runs/20260101-120000-ppo-CartPole-v1");
  command.Argument("DIR", &options->directory, "The run's directory")
      .Flag("--json", &options->report.json, "Print the result as JSON")
      .Flag("--quiet", &options->report.quiet, "No progress line and no summary");
  command.Run([&program, options] {
    RunAndReport(program, options->report, [&](RunHooks& hooks) {
      return Resume(program.registry, options->directory, hooks);
    });
  });
}

}  // namespace brasa::cli
