#include "runners/cli/train_seeds.h"

#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "brasa/memory.h"
#include "brasa/vector_env.h"
#include "runners/cli/curves.h"
#include "runners/cli/format.h"
#include "runners/cli/job_report.h"
#include "runners/cli/json_text.h"
#include "runners/experiment/seeds.h"

namespace brasa::cli {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

/// "seeds 0 to 9", "seeds 0, 1, 4", "seed 3".
std::string SeedsText(const std::vector<RunResult>& runs) {
  if (runs.size() == 1) return "seed " + std::to_string(runs[0].seed);
  bool dense = true;
  std::string list;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    dense = dense && runs[i].seed == runs[0].seed + i;
    list += (list.empty() ? "" : ", ") + std::to_string(runs[i].seed);
  }
  if (!dense) return "seeds " + list;
  return "seeds " + std::to_string(runs.front().seed) + " to " + std::to_string(runs.back().seed);
}

void PrintText(const std::string& directory, const SeedsResult& seeds, double seconds) {
  if (seeds.runs.empty()) return;
  const RunResult& first = seeds.runs[0];
  std::cout << first.agent << " on " << first.env << ", " << SeedsText(seeds.runs) << ": "
            << CountText(first.steps) << " steps each in " << DurationText(seconds) << '\n';
  std::vector<std::vector<std::string>> rows;
  for (const RunResult& run : seeds.runs) {
    rows.push_back({"seed " + std::to_string(run.seed)});
    for (const Estimate& one : run.mean_return) rows.back().push_back(EstimateText(one));
    rows.back().push_back(SignatureText(run.signature));
  }
  std::cout << ColumnsText(rows);
  rows.clear();
  for (std::size_t p = 0; p < seeds.iqm.size(); ++p) {
    const std::string seat = seeds.iqm.size() > 1 ? " of player " + std::to_string(p) : "";
    rows.push_back({"IQM" + seat, EstimateText(seeds.iqm[p]) + " over " +
                                      std::to_string(seeds.iqm[p].n) +
                                      " runs' mean returns of their last 100 episodes"});
  }
  rows.push_back({"directory", directory});
  std::cout << ColumnsText(rows, "") << "next: brasa plot " << directory << "\n      brasa compare "
            << directory << '\n';
}

void PrintAsJson(const std::string& directory, const SeedsResult& seeds, const FailedJobs& failed,
                 double seconds) {
  Json runs = Json::array(), lost = Json::array();
  for (const RunResult& run : seeds.runs) runs.push_back(Json::parse(ResultJson(run)));
  for (const auto& [name, error] : failed) lost.push_back({{"run", name}, {"error", error}});
  PrintJson(Json{{"directory", directory},
                 {"iqm", seeds.iqm.empty() ? Json() : JsonEstimate<Json>(seeds.iqm[0])},
                 {"iqm_per_player", JsonEstimates<Json>(seeds.iqm)},
                 {"seconds", seconds},
                 {"runs", runs},
                 {"failed", lost}});
}

void RunAll(Program& program, const std::string& directory, const ThreadShare& share,
            const ReportOptions& report) {
  const Clock::time_point start = Clock::now();
  const std::vector<std::string> directories = RunsBelow(directory);
  const SeedJobs unfinished = UnfinishedSeeds(program.registry, directories);
  const JobsReport done = RunJobsAndReport(program, unfinished.jobs, unfinished.steps, share,
                                           report.quiet, "brasa resume " + directory);
  const SeedsResult seeds = ReadSeeds(directories);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (report.json) {
    PrintAsJson(directory, seeds, done.failed, seconds);
  } else if (!report.quiet && !done.stopped) {
    PrintText(directory, seeds, seconds);
  }
}

}  // namespace

std::int64_t CountOf(const std::string& flag, const std::string& text, double min, double max) {
  return std::get<std::int64_t>(ParseValue(IntField(flag, 1, min, max, ""), text));
}

ThreadShare ShareOf(Registry& registry, const RunConfig& config, int runs,
                    const std::string& jobs) {
  const int asked = jobs.empty() ? 0 : static_cast<int>(CountOf("--jobs", jobs, 1, 1024));
  const ThreadShare share = ShareThreads(runs, asked, config.workers, AvailableWorkers());
  RequireMemory(std::to_string(share.jobs) + " runs side by side",
                share.jobs * EstimateMemory(registry, config).total(), "lower --jobs");
  return share;
}

void TrainSeeds(Program& program, const RunConfig& config, std::uint64_t first, int count,
                const std::string& directory, const ThreadShare& share,
                const ReportOptions& report) {
  MakeSeedRuns(config, directory, first, count);
  const FolderLock lock(directory);
  RunAll(program, directory, share, report);
}

void ResumeSeeds(Program& program, const std::string& directory, const std::string& jobs,
                 const ReportOptions& report) {
  const FolderLock lock(directory);
  const std::vector<std::string> runs = RunsBelow(directory);
  const RunConfig config = ReadRunConfig(program.registry, runs.front());
  const ThreadShare share = ShareOf(program.registry, config, static_cast<int>(runs.size()), jobs);
  RunAll(program, directory, share, report);
}

}  // namespace brasa::cli
