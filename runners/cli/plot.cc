// brasa plot: learning curves of runs, with intervals over seeds.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>

#include "brasa/plot.h"
#include "brasa/runner.h"
#include "brasa/statistics.h"
#include "runners/cli/command.h"
#include "runners/cli/describe_text.h"
#include "runners/cli/program.h"

namespace brasa::cli {
namespace {

struct Options {
  std::vector<std::string> runs;
  std::string out;
};

/// Runs of one agent on one environment: they differ by seed.
struct Group {
  std::vector<LearningCurve> curves;
  double threshold = std::nan("");
};

RunConfig ConfigOf(Registry& registry, const std::string& run) {
  const std::string path = (std::filesystem::path(run) / "run.toml").string();
  std::ifstream file(path, std::ios::binary);
  if (!file) throw FileError("'" + run + "' is no run: it has no run.toml");
  return ReadRunToml(registry, {std::istreambuf_iterator<char>(file), {}}, path);
}

/// The curve's value at `step`: that of the last row at or before it; NaN before the first.
double ValueAt(const LearningCurve& curve, double step) {
  const auto after = std::upper_bound(curve.steps.begin(), curve.steps.end(), step);
  if (after == curve.steps.begin()) return std::nan("");
  return curve.mean_return[static_cast<std::size_t>(after - curve.steps.begin()) - 1];
}

/// Mean over the runs of a group on the steps they share, with a 95 % bootstrap band.
Curve GroupCurve(const std::string& label, const Group& group) {
  constexpr int kPoints = 200;
  double first = 0, last = INFINITY;
  for (const LearningCurve& curve : group.curves) {
    if (curve.steps.empty()) throw UsageError(label + " has no finished episode yet");
    first = std::max(first, curve.steps.front());
    last = std::min(last, curve.steps.back());
  }
  Curve out;
  out.label = label + ", " + std::to_string(group.curves.size()) + " seeds";
  for (int i = 0; i < kPoints; ++i) {
    const double step = first + (last - first) * i / (kPoints - 1);
    std::vector<double> values;
    for (const LearningCurve& curve : group.curves) values.push_back(ValueAt(curve, step));
    const Estimate mean = Bootstrap(values, Statistic::kMean, Rng(0, StreamRole::kBootstrap), 1000);
    out.x.push_back(step);
    out.y.push_back(mean.value);
    out.low.push_back(mean.interval.low);
    out.high.push_back(mean.interval.high);
  }
  return out;
}

Curve SingleCurve(const std::string& label, const LearningCurve& curve) {
  if (curve.steps.empty()) throw UsageError(label + " has no finished episode yet");
  Curve out;
  out.label = label;
  out.x = curve.steps;
  out.y = curve.mean_return;
  return out;
}

void Plot(Program& program, const Options& options) {
  std::map<std::string, Group> groups;
  for (const std::string& run : options.runs) {
    const RunConfig config = ConfigOf(program.registry, run);
    Group& group = groups[config.agent + " on " + config.env];
    group.curves.push_back(ReadLearningCurve(run));
    group.threshold = SpecOf(program.registry.FindEnv(config.env), config.params).reward_threshold;
  }
  PlotSpec plot;
  plot.title = groups.size() == 1 ? groups.begin()->first : "Learning curves";
  plot.x_label = "world steps";
  plot.y_label = "mean return of the last 100 episodes";
  for (const auto& [label, group] : groups) {
    plot.curves.push_back(group.curves.size() > 1 ? GroupCurve(label, group)
                                                  : SingleCurve(label, group.curves[0]));
  }
  if (groups.size() == 1) {
    plot.reference = groups.begin()->second.threshold;
    plot.reference_label = "reward threshold";
  }
  std::string out = options.out;
  if (out.empty()) {
    const std::filesystem::path file = "learning_curve.svg";
    out = (options.runs.size() == 1 ? options.runs[0] / file : file).string();
  }
  WritePlot(plot, out);
  std::cout << "wrote " << out << '\n';
}

}  // namespace

void AddPlotCommand(CLI::App& app, Program& program) {
  const auto options = std::make_shared<Options>();
  Command command(app, "plot", "Draw learning curves; runs that differ by seed become one band",
                  "brasa plot runs/*-ppo-CartPole-v1 --out curves.png");
  command.Arguments("run", &options->runs, "run directories")
      .Text("--out", &options->out, "FILE",
            "SVG or PNG (default: learning_curve.svg, of a single run in its directory)")
      .Run([options, &program] { Plot(program, *options); });
}

}  // namespace brasa::cli
