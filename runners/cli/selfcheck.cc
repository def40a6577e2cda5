// brasa selfcheck learning: what the presets learn, beside published figures.
#include <fnmatch.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <vector>

#include "brasa/build_info.h"
#include "brasa/vector_env.h"
#include "runners/cli/command.h"
#include "runners/cli/format.h"
#include "runners/cli/interrupt.h"
#include "runners/cli/job_report.h"
#include "runners/cli/program.h"
#include "runners/cli/train_seeds.h"
#include "runners/experiment/learning_check.h"

namespace brasa::cli {
namespace {

struct SelfcheckOptions {
  std::string rows, directory = "runs/selfcheck", out, jobs;
  std::int64_t seeds = 10;
  bool quiet = false;
};

/// Those of the first tier where the pattern is empty.
std::vector<const LearningTarget*> Chosen(const std::string& pattern) {
  std::vector<const LearningTarget*> chosen;
  std::vector<std::string> names;
  for (const LearningTarget& target : LearningTargets()) {
    names.push_back(target.name());
    const bool taken =
        pattern.empty() ? target.tier == 1 : fnmatch(pattern.c_str(), names.back().c_str(), 0) == 0;
    if (taken) chosen.push_back(&target);
  }
  if (!chosen.empty()) return chosen;
  throw UsageError("--rows '" + pattern + "' matches no row" + NearMatches(pattern, names) +
                   "; rows are named as ppo-CartPole-v1, and * stands for any text");
}

std::vector<LearningRow> ReadAll(const LearningCheck& check) {
  std::vector<LearningRow> rows;
  for (const LearningTarget& target : LearningTargets()) rows.push_back(check.Read(target));
  return rows;
}

std::string MachineText() {
  const BuildInfo build = ThisBuild();
  return build.cpu + ", " + std::to_string(AvailableWorkers()) + " threads; brasa " +
         build.version + ", commit " + build.commit + ", " + build.compiler;
}

void WritePage(const LearningCheck& check, const std::string& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << ResultsMarkdown(ReadAll(check), MachineText());
  if (!file.flush()) throw IoError("cannot write '" + path + "'");
}

void PrintRow(const LearningRow& row) {
  std::cout << ColumnsText({{row.target->name(), std::to_string(row.seeds) + " seeds",
                             EstimateText(row.score),
                             "published " + FigureText(row.target->published), VerdictOf(row)}},
                           "")
            << std::flush;
}

void RunLearning(Program& program, const SelfcheckOptions& options) {
  const std::vector<const LearningTarget*> chosen = Chosen(options.rows);
  const std::string page = options.out.empty() ? options.directory + "/results.md" : options.out;
  std::filesystem::create_directories(options.directory);
  const FolderLock lock(options.directory);
  const LearningCheck check(program.registry, options.directory);
  for (const LearningTarget* target : chosen) {
    const LearningCheck::Work work = check.Prepare(*target, static_cast<int>(options.seeds));
    const ThreadShare share = ShareOf(program.registry, check.ConfigOf(*target),
                                      static_cast<int>(options.seeds), options.jobs);
    const JobsReport done =
        RunJobsAndReport(program, work.jobs, work.steps, share, options.quiet, "the same command");
    check.EvaluateRuns(*target, AvailableWorkers());
    WritePage(check, page);
    if (done.stopped) return;
    if (!options.quiet) PrintRow(check.Read(*target));
  }
  if (!options.quiet) std::cout << "wrote " << page << '\n';
}

}  // namespace

void AddSelfcheckCommand(CLI::App& app, Program& program) {
  Command group(app, "selfcheck", "Whether this build does what it should, at length",
                "brasa selfcheck learning --rows 'q_learning-*'");
  const auto options = std::make_shared<SelfcheckOptions>();
  Command command(group.Group(), "learning",
                  "Train the presets with several seeds and write their scores beside published "
                  "figures. What is done stays: the same line goes on where it stopped",
                  "brasa selfcheck learning --rows 'ppo-*' --seeds 10");
  command
      .Text(
          "--rows", &options->rows, "PATTERN",
          "Rows AGENT-ENV to run, * for any text (default: all but the long ones, which take from "
          "many minutes to hours: *BipedalWalker*, *MinAtar*, *Continuous-v3)")
      .Integer("--seeds", &options->seeds, 1, 1000, "Seeds of each row, from 0 on")
      .Text("--jobs", &options->jobs, "N",
            "Runs side by side (default: as many as the machine has threads for)")
      .Text("--dir", &options->directory, "DIR", "Where the runs are kept (default runs/selfcheck)")
      .Text("--out", &options->out, "FILE", "The page that is written (default DIR/results.md)")
      .Flag("--quiet", &options->quiet, "No progress line and no row");
  command.Run([&program, options] { RunLearning(program, *options); });
}

}  // namespace brasa::cli
