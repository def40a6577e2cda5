#include "runners/experiment/seeds.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>
#include <tuple>

#include "brasa/core/random.h"
#include "brasa/statistics.h"
#include "runners/experiment/files.h"
#include "runners/files/atomic_file.h"

namespace brasa {
namespace {

namespace fs = std::filesystem;

/// So that seed-10 comes after seed-9.
auto NumberOrder(const std::string& path) { return std::make_tuple(path.size(), path); }

}  // namespace

void MakeSeedRuns(const RunConfig& config, const std::string& directory, std::uint64_t first,
                  int count) {
  const fs::path parent(directory);
  MakeEmptyFolder(parent);
  for (int i = 0; i < count; ++i) {
    RunConfig one = config;
    one.seed = first + static_cast<std::uint64_t>(i);
    const fs::path run = parent / ("seed-" + std::to_string(one.seed));
    MakeFolder(run);
    WriteFileAtomically(run / "run.toml", RunToml(one));
  }
}

bool IsRunDirectory(const std::string& directory) {
  return fs::is_regular_file(fs::path(directory) / "run.toml");
}

std::vector<std::string> RunsBelow(const std::string& directory) {
  std::vector<std::string> runs;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    if (IsRunDirectory(at->path().string())) runs.push_back(at->path().string());
  }
  std::ranges::sort(runs, {}, NumberOrder);
  return runs;
}

std::vector<std::string> ExpandRuns(std::span<const std::string> directories) {
  std::vector<std::string> runs;
  for (const std::string& directory : directories) {
    const std::vector<std::string> below =
        IsRunDirectory(directory) ? std::vector<std::string>() : RunsBelow(directory);
    if (below.empty()) {
      runs.push_back(directory);
    } else {
      runs.insert(runs.end(), below.begin(), below.end());
    }
  }
  return runs;
}

bool IsFinishedRun(const std::string& directory) {
  return fs::exists(fs::path(directory) / "result.json");
}

SeedJobs UnfinishedSeeds(Registry& registry, std::span<const std::string> directories) {
  SeedJobs unfinished;
  for (const std::string& directory : directories) {
    if (IsFinishedRun(directory)) continue;
    const fs::path path = fs::path(directory) / "run.toml";
    const RunConfig config = ReadRunToml(registry, ReadText(path), path.string());
    unfinished.jobs.push_back({"seed " + std::to_string(config.seed), directory, 0});
    unfinished.steps.push_back(config.steps);
  }
  return unfinished;
}

SeedsResult ReadSeeds(std::span<const std::string> directories) {
  SeedsResult result;
  for (const std::string& directory : directories) {
    if (IsFinishedRun(directory)) result.runs.push_back(ReadResult(directory));
  }
  if (result.runs.empty()) return result;
  for (std::size_t p = 0; p < result.runs[0].mean_return.size(); ++p) {
    std::vector<double> returns;
    for (const RunResult& run : result.runs) {
      if (run.mean_return[p].n > 0) returns.push_back(run.mean_return[p].value);
    }
    const int n = static_cast<int>(returns.size());
    const Rng rng(0, StreamRole::kBootstrap, static_cast<std::uint32_t>(p));
    result.iqm.push_back(n == 0 ? Estimate{NAN, {NAN, NAN}, 0}
                                : StratifiedBootstrap({returns, n, 1}, Statistic::kIqm, rng));
  }
  return result;
}

}  // namespace brasa
