#include "runners/cli/sweep.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "runners/cli/command.h"
#include "runners/cli/format.h"
#include "runners/cli/interrupt.h"
#include "runners/cli/job_report.h"
#include "runners/cli/json_text.h"
#include "runners/cli/train_seeds.h"
#include "runners/experiment/files.h"
#include "runners/experiment/sweep.h"

namespace brasa::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShownTrials = 20;  // the rest stands in trials.csv

struct SweepOptions {
  std::string file, out, jobs;
  bool dry_run = false;
  ReportOptions report;
};

std::vector<std::string> HeadOf(const SweepSpec& spec) {
  std::vector<std::string> head = {"trial"};
  for (const SearchKey& key : spec.search) head.push_back(key.key);
  return head;
}

std::vector<std::string> RowOf(const std::vector<Trial>& trials, std::size_t trial) {
  std::vector<std::string> row = {std::to_string(trial)};
  row.insert(row.end(), trials[trial].values.begin(), trials[trial].values.end());
  return row;
}

void PrintText(const Sweep& sweep, const std::vector<TrialScore>& scores, const std::string& best) {
  const SweepSpec& spec = sweep.spec();
  std::cout << spec.base.agent << " on " << spec.base.env << ": " << sweep.trials().size()
            << " trials of " << spec.seeds << (spec.seeds == 1 ? " seed" : " seeds")
            << ", by the mean return of the last 100 episodes\n";
  std::vector<std::vector<std::string>> rows = {HeadOf(spec)};
  rows[0].insert(rows[0].end(), {"steps", spec.seeds == 1 ? "return" : "IQM"});
  for (std::size_t i = 0; i < std::min(scores.size(), kShownTrials); ++i) {
    const TrialScore& score = scores[i];
    rows.push_back(RowOf(sweep.trials(), score.trial));
    rows.back().push_back(CountText(score.steps));
    const std::string none = score.failed.empty() ? "no episode" : "failed: " + score.failed;
    rows.back().push_back(std::isnan(score.score.value) ? none : EstimateText(score.score));
  }
  std::cout << ColumnsText(rows);
  if (scores.size() > kShownTrials) {
    std::cout << "  and " << scores.size() - kShownTrials << " more in " << sweep.directory()
              << "/trials.csv\n";
  }
  std::cout << "directory  " << sweep.directory() << '\n';
  if (!best.empty()) std::cout << "next: brasa train --config " << best << " --seeds 10\n";
}

void PrintAsJson(const Sweep& sweep, const std::vector<TrialScore>& scores,
                 const std::string& best) {
  Json trials = Json::array();
  for (const TrialScore& score : scores) {
    Json settings = Json::object();
    for (std::size_t i = 0; i < sweep.spec().search.size(); ++i) {
      settings[sweep.spec().search[i].key] = sweep.trials()[score.trial].values[i];
    }
    trials.push_back({{"trial", score.trial},
                      {"settings", settings},
                      {"rung", score.rung},
                      {"steps", score.steps},
                      {"score", JsonEstimate<Json>(score.score)},
                      {"failed", score.failed.empty() ? Json() : Json(score.failed)}});
  }
  PrintJson(Json{{"directory", sweep.directory()},
                 {"best", best.empty() ? Json() : Json(best)},
                 {"trials", trials}});
}

/// What is left of a sweep, rung after rung.
void RunSweep(Program& program, const Sweep& sweep, const ThreadShare& share,
              const ReportOptions& report) {
  for (;;) {
    const Sweep::Work work = sweep.Next();
    if (work.jobs.empty()) break;
    const JobsReport done = RunJobsAndReport(
        program, work.jobs, work.steps, share, report.quiet, "brasa resume " + sweep.directory(),
        [&](std::size_t job, const JobOutcome& outcome) { sweep.Keep(work, job, outcome); });
    if (done.stopped) break;
  }
  const std::string best = sweep.WriteResults();
  if (program.exit_code == kStoppedExitCode) return;
  if (report.json) return PrintAsJson(sweep, sweep.Scores(), best);
  if (!report.quiet) PrintText(sweep, sweep.Scores(), best);
}

ThreadShare ShareOfSweep(Registry& registry, const SweepSpec& spec, const std::string& jobs) {
  return ShareOf(registry, spec.base, spec.trials * spec.seeds, jobs);
}

void PrintPlan(const Sweep& sweep) {
  std::vector<std::vector<std::string>> rows = {HeadOf(sweep.spec())};
  for (std::size_t i = 0; i < sweep.trials().size(); ++i) rows.push_back(RowOf(sweep.trials(), i));
  std::cout << ColumnsText(rows);
  for (int rung = 0; rung < sweep.spec().rungs; ++rung) {
    std::cout << "rung " << rung << ": " << RungTrials(sweep.spec(), rung) << " trials to "
              << CountText(RungSteps(sweep.spec(), rung)) << " steps\n";
  }
}

void RunNew(Program& program, const SweepOptions& options) {
  Sweep sweep(program.registry, ReadText(options.file), options.file);
  if (options.dry_run) return PrintPlan(sweep);
  const ThreadShare share = ShareOfSweep(program.registry, sweep.spec(), options.jobs);
  RunConfig named = sweep.spec().base;
  named.agent = "sweep-" + named.agent;
  const std::string directory = options.out.empty() ? NewRunDirectory(named, "runs") : options.out;
  sweep.Begin(directory);
  const FolderLock lock(directory);
  RunSweep(program, sweep, share, options.report);
}

}  // namespace

void ResumeSweep(Program& program, const std::string& directory, const std::string& jobs,
                 const ReportOptions& report) {
  const FolderLock lock(directory);
  const Sweep sweep = Sweep::Open(program.registry, directory);
  RunSweep(program, sweep, ShareOfSweep(program.registry, sweep.spec(), jobs), report);
}

void AddSweepCommand(CLI::App& app, Program& program) {
  const auto options = std::make_shared<SweepOptions>();
  Command command(
      app, "sweep",
      "Search an agent's settings: grid, random, or successive halving, as a file says. "
      "Leaves a table of all trials and the best as a file for train --config. brasa "
      "resume goes on with one that was stopped or killed",
      "brasa sweep sweep.toml --jobs 2");
  command.Argument("FILE", &options->file, "A sweep.toml: sections sweep, fixed, search")
      .Text("--out", &options->out, "DIR",
            "The sweep's folder, new or empty (default runs/<time>-sweep-AGENT-ENV)")
      .Text("--jobs", &options->jobs, "N",
            "Runs side by side (default: as many as the machine has threads for)")
      .Flag("--dry-run", &options->dry_run, "Print the trials and do nothing")
      .Flag("--json", &options->report.json, "Print JSON")
      .Flag("--quiet", &options->report.quiet, "No progress line and no table");
  command.Run([&program, options] { RunNew(program, *options); });
}

}  // namespace brasa::cli
