#include "runners/cli/job_report.h"

#include <algorithm>
#include <iostream>
#include <sstream>

#include "runners/cli/format.h"
#include "runners/cli/interrupt.h"
#include "runners/cli/progress.h"

namespace brasa::cli {
namespace {

/// Each line of `text` behind the name of its run.
void PrintWarnings(const std::string& name, const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool named = line.starts_with("brasa: ");
    std::cerr << "brasa: " << name << ": " << (named ? line.substr(7) : line) << '\n';
  }
}

}  // namespace

std::string JobsProgressText(const JobsProgress& progress) {
  const std::int64_t left = progress.total_steps - progress.steps;
  std::string text =
      std::to_string(progress.done) + " of " + std::to_string(progress.jobs) + " runs done  " +
      CountText(progress.steps) + " of " + CountText(progress.total_steps) + " steps (" +
      std::to_string(100 * progress.steps / std::max<std::int64_t>(1, progress.total_steps)) +
      " %)  " + RateText(progress.steps_per_second) + " steps/s";
  if (progress.steps_per_second > 0) {
    text += "  " + DurationText(static_cast<double>(left) / progress.steps_per_second) + " left";
  }
  return text;
}

JobsReport RunJobsAndReport(Program& program, std::span<const Job> jobs,
                            std::span<const std::int64_t> total_steps, const ThreadShare& share,
                            bool quiet, const std::string& again,
                            const std::function<void(std::size_t, const JobOutcome&)>& ended) {
  ProgressLine line(!quiet);
  const Interrupt interrupt;
  JobsReport report;
  JobOptions options{share.jobs, share.threads, interrupt.stop(), {}, {}};
  options.progress = [&](const JobsProgress& now) { line.Show(JobsProgressText(now)); };
  options.ended = [&](std::size_t job, const JobOutcome& outcome) {
    line.Clear();
    PrintWarnings(jobs[job].name, outcome.warnings);
    if (outcome.end == JobOutcome::End::kFailed) {
      report.failed.emplace_back(jobs[job].name, outcome.error);
      PrintWarnings(jobs[job].name, outcome.error);
    }
    if (ended) ended(job, outcome);
  };
  report.outcomes = RunJobs(jobs, total_steps, options);
  line.Clear();
  report.stopped = std::ranges::any_of(report.outcomes, [](const JobOutcome& outcome) {
    return outcome.end == JobOutcome::End::kStopped || outcome.end == JobOutcome::End::kNotRun;
  });
  if (!report.failed.empty()) program.exit_code = 1;
  if (!report.stopped) return report;
  std::cerr << "brasa: stopped; go on with: " << again << '\n';
  program.exit_code = kStoppedExitCode;
  return report;
}

}  // namespace brasa::cli
