// brasa resume: goes on with a run that was stopped or killed.
#include <memory>

#include "brasa/runner.h"
#include "runners/cli/command.h"
#include "runners/cli/program.h"
#include "runners/cli/run_report.h"
#include "runners/cli/sweep.h"
#include "runners/cli/train_seeds.h"
#include "runners/experiment/seeds.h"
#include "runners/experiment/sweep.h"

namespace brasa::cli {

void AddResumeCommand(CLI::App& app, Program& program) {
  struct Options {
    std::string directory, jobs;
    ReportOptions report;
  };
  const auto options = std::make_shared<Options>();
  Command command(
      app, "resume",
      "Go on with a run, or all runs of several seeds or a sweep, from the last checkpoint; the "
      "result is that of a run that was never stopped",
      "brasa resume runs/20260101-120000-ppo-CartPole-v1");
  command
      .Argument("DIR", &options->directory,
                "The run's directory, or the folder of train --seeds or sweep: then all that is "
                "unfinished "
                "in it goes on")
      .Text("--jobs", &options->jobs, "N", "Runs of a folder side by side")
      .Flag("--json", &options->report.json, "Print the result as JSON")
      .Flag("--quiet", &options->report.quiet, "No progress line and no summary");
  command.Run([&program, options] {
    const std::string& directory = options->directory;
    if (IsSweep(directory)) {
      return ResumeSweep(program, directory, options->jobs, options->report);
    }
    if (!IsRunDirectory(directory) && !RunsBelow(directory).empty()) {
      return ResumeSeeds(program, directory, options->jobs, options->report);
    }
    if (!options->jobs.empty()) {
      throw UsageError("brasa resume: --jobs is for a folder of runs; '" + directory + "' is none");
    }
    RunAndReport(program, options->report, [&](RunHooks& hooks) {
      return Resume(program.registry, options->directory, hooks);
    });
  });
}

}  // namespace brasa::cli
