#include "runners/cli/curves.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "brasa/core/random.h"
#include "brasa/statistics.h"
#include "runners/cli/describe_text.h"

namespace brasa::cli {
namespace {

constexpr int kGridPoints = 200;
/// Enough for a band of some 400 pixels: the ends' own error is some 2 % of the band's width.
constexpr int kPlotRepetitions = 2000;

/// The curve at `steps`, linear between its points; `steps` lies between the first and the last.
double At(const LearningCurve& curve, double steps) {
  const auto after = std::ranges::lower_bound(curve.steps, steps);
  const auto i = static_cast<std::size_t>(after - curve.steps.begin());
  if (i == 0) return curve.mean_return.front();
  if (i == curve.steps.size()) return curve.mean_return.back();
  const double share = (steps - curve.steps[i - 1]) / (curve.steps[i] - curve.steps[i - 1]);
  return curve.mean_return[i - 1] + share * (curve.mean_return[i] - curve.mean_return[i - 1]);
}

std::string LabelOf(const CurveGroup& group) {
  const std::string name = group.agent + " on " + group.env;
  if (group.runs.size() == 1) return name + ", seed " + std::to_string(group.runs[0]->seed);
  return name + ", IQM of " + std::to_string(group.runs.size()) + " runs";
}

}  // namespace

RunConfig ReadRunConfig(Registry& registry, const std::string& directory) {
  const std::string path = (std::filesystem::path(directory) / "run.toml").string();
  std::ifstream file(path, std::ios::binary);
  if (!file) throw FileError("'" + directory + "' is no run directory: it has no run.toml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return ReadRunToml(registry, text, path);
}

RunCurve ReadRunCurve(Registry& registry, const std::string& directory) {
  const RunConfig config = ReadRunConfig(registry, directory);
  RunCurve run{directory,
               config.agent,
               config.env,
               config.seed,
               SpecOf(registry.FindEnv(config.env), config.params),
               ReadLearningCurve(directory)};
  if (run.curve.steps.empty()) {
    throw FileError("'" + directory + "' has no finished episode to plot yet");
  }
  return run;
}

std::vector<CurveGroup> GroupRuns(std::span<const RunCurve> runs) {
  std::vector<CurveGroup> groups;
  for (const RunCurve& run : runs) {
    auto group = std::ranges::find_if(groups, [&](const CurveGroup& known) {
      return known.agent == run.agent && known.env == run.env;
    });
    if (group == groups.end()) group = groups.insert(groups.end(), {run.agent, run.env, {}});
    group->runs.push_back(&run);
  }
  return groups;
}

Curve CurveOf(const CurveGroup& group) {
  Curve curve;
  curve.label = LabelOf(group);
  if (group.runs.size() == 1) {
    curve.x = group.runs[0]->curve.steps;
    curve.y = group.runs[0]->curve.mean_return;
    return curve;
  }
  double first = 0, last = INFINITY;
  for (const RunCurve* run : group.runs) {
    first = std::max(first, run->curve.steps.front());
    last = std::min(last, run->curve.steps.back());
  }
  if (first > last) {
    throw UsageError("the runs of " + group.agent + " on " + group.env +
                     " share no range of steps; plot them one by one");
  }
  std::vector<double> values;
  for (int i = 0; i < kGridPoints; ++i) {
    const double steps = first + (last - first) * i / (kGridPoints - 1);
    values.clear();
    for (const RunCurve* run : group.runs) values.push_back(At(run->curve, steps));
    const Rng rng(0, StreamRole::kBootstrap, static_cast<std::uint32_t>(i));
    const Estimate estimate = Bootstrap(values, Statistic::kIqm, rng, kPlotRepetitions);
    curve.x.push_back(steps);
    curve.y.push_back(estimate.value);
    curve.low.push_back(estimate.interval.low);
    curve.high.push_back(estimate.interval.high);
  }
  return curve;
}

}  // namespace brasa::cli
