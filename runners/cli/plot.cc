// brasa plot: learning curves of runs as a picture.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "brasa/plot.h"
#include "runners/cli/command.h"
#include "runners/cli/curves.h"
#include "runners/cli/format.h"
#include "runners/cli/json_text.h"
#include "runners/cli/program.h"
#include "runners/experiment/seeds.h"

namespace brasa::cli {
namespace {

using Json = nlohmann::ordered_json;

struct PlotOptions {
  std::vector<std::string> directories;
  std::string out;
  double reference = NAN;
  bool json = false;
};

std::vector<RunCurve> ReadRuns(Registry& registry, const std::vector<std::string>& directories) {
  std::vector<RunCurve> runs;
  for (const std::string& directory : ExpandRuns(directories)) {
    const auto same = [&](const RunCurve& run) {
      return std::filesystem::equivalent(run.directory, directory);
    };
    if (std::filesystem::exists(directory) && std::ranges::any_of(runs, same)) {
      throw UsageError("'" + directory + "' is given twice");
    }
    runs.push_back(ReadRunCurve(registry, directory));
  }
  return runs;
}

PlotSpec MakePlot(const std::vector<RunCurve>& runs, double reference) {
  PlotSpec plot;
  plot.x_label = "steps";
  plot.y_label = "mean return of the last 100 episodes";
  for (const CurveGroup& group : GroupRuns(runs)) plot.curves.push_back(CurveOf(group));
  const RunCurve& first = runs.front();
  const bool one_env =
      std::ranges::all_of(runs, [&](const RunCurve& run) { return run.env == first.env; });
  if (one_env) plot.title = first.spec.id;
  if (std::isfinite(reference)) {
    plot.reference = reference;
    plot.reference_label = "published";
  } else if (one_env && std::isfinite(first.spec.reward_threshold)) {
    plot.reference = first.spec.reward_threshold;
    plot.reference_label = "threshold";
  }
  return plot;
}

Estimate LastPoint(const Curve& curve, std::size_t runs) {
  if (curve.low.empty()) return {curve.y.back(), {NAN, NAN}, 1};
  return {curve.y.back(), {curve.low.back(), curve.high.back()}, static_cast<int>(runs)};
}

void RunPlot(Registry& registry, const PlotOptions& options) {
  const std::vector<RunCurve> runs = ReadRuns(registry, options.directories);
  const PlotSpec plot = MakePlot(runs, options.reference);
  std::filesystem::path path = options.out;
  if (path.empty()) path = "learning_curve.svg";
  if (options.out.empty() && options.directories.size() == 1) path = options.directories[0] / path;
  WritePlot(plot, path.string());
  const std::vector<CurveGroup> groups = GroupRuns(runs);
  Json curves = Json::array();
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Curve& curve = plot.curves[i];
    const Estimate last = LastPoint(curve, groups[i].runs.size());
    curves.push_back({{"agent", groups[i].agent},
                      {"env", groups[i].env},
                      {"runs", groups[i].runs.size()},
                      {"steps", curve.x.back()},
                      {"mean_return", JsonEstimate<Json>(last)}});
    rows.push_back({curve.label, EstimateText(last) + " at " +
                                     CountText(std::llround(curve.x.back())) + " steps"});
  }
  if (options.json) return PrintJson(Json{{"path", path.string()}, {"curves", curves}});
  std::cout << "wrote " << path.string() << '\n' << ColumnsText(rows);
}

}  // namespace

void AddPlotCommand(CLI::App& app, Program& program) {
  const auto options = std::make_shared<PlotOptions>();
  Command command(app, "plot",
                  "Learning curves of runs. Runs of one agent and environment are taken together: "
                  "interquartile mean with its 95 % interval over the runs",
                  "brasa plot runs/*-ppo-CartPole-v1 --out ppo.svg");
  command.Arguments("DIR", &options->directories, "Run directories, or folders of them")
      .Text("--out", &options->out, "FILE",
            "An .svg or .png file, replaced if it is there (default learning_curve.svg, in DIR for "
            "one of them)")
      .Number("--reference", &options->reference, -1e9, 1e9,
              "Draw a line at this published return, not at the environment's threshold")
      .Flag("--json", &options->json, "Print JSON");
  command.Run([&program, options] { RunPlot(program.registry, *options); });
}

}  // namespace brasa::cli
