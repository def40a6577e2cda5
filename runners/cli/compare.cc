// brasa compare: whether one agent is better than another, with intervals.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

#include "brasa/plot.h"
#include "runners/cli/command.h"
#include "runners/cli/comparison.h"
#include "runners/cli/format.h"
#include "runners/cli/json_text.h"
#include "runners/cli/program.h"

namespace brasa::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kProfilePoints = 201;
constexpr int kProfileRepetitions = 2000;  // as rliable

struct CompareOptions {
  std::vector<std::string> directories, scales;
  std::string profile;
  bool json = false;
};

/// The figures of one contender.
struct Aggregates {
  Estimate iqm, median, mean, gap;
};

/// One question whether x is better than y.
struct Improvement {
  std::size_t x, y;
  Estimate probability;
};

struct Figures {
  std::vector<Aggregates> aggregates;  // of every contender
  std::vector<Improvement> improvements;
};

Figures FiguresOf(const Comparison& comparison) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Figures figures;
  std::uint32_t stream = 0;
  const auto rng = [&stream] { return Rng(0, StreamRole::kBootstrap, stream++); };
  const std::vector<Contender>& contenders = comparison.contenders;
  for (const Contender& contender : contenders) {
    const ScoreMatrix matrix = comparison.Matrix(contender);
    Aggregates of{StratifiedBootstrap(matrix, Statistic::kIqm, rng()),
                  StratifiedBootstrap(matrix, Statistic::kMedian, rng()),
                  StratifiedBootstrap(matrix, Statistic::kMean, rng()),
                  {nan, {nan, nan}, contender.runs}};
    if (std::isfinite(comparison.aim)) of.gap = OptimalityGap(matrix, comparison.aim, rng());
    figures.aggregates.push_back(of);
  }
  for (std::size_t x = 0; x < contenders.size(); ++x) {
    for (std::size_t y = x + 1; y < contenders.size(); ++y) {
      figures.improvements.push_back(
          {x, y,
           ProbabilityOfImprovement(comparison.Matrix(contenders[x]),
                                    comparison.Matrix(contenders[y]), rng())});
    }
  }
  return figures;
}

void WriteProfile(const Comparison& comparison, const std::string& path) {
  double low = INFINITY, high = -INFINITY;
  for (const Contender& contender : comparison.contenders) {
    const auto [least, most] = std::ranges::minmax(contender.scores);
    low = std::min(low, least);
    high = std::max(high, most);
  }
  const double margin = low < high ? 0.05 * (high - low) : 1;
  low -= margin;
  high += margin;
  std::vector<double> thresholds(kProfilePoints);
  for (int i = 0; i < kProfilePoints; ++i) {
    thresholds[static_cast<std::size_t>(i)] = low + (high - low) * i / (kProfilePoints - 1);
  }
  PlotSpec plot;
  plot.title = comparison.scaled ? "Performance profiles" : comparison.tasks[0].label;
  plot.x_label = comparison.scaled ? "scaled score" : "return";
  plot.y_label = "share of runs above it";
  for (const Contender& contender : comparison.contenders) {
    Curve curve;
    curve.label = contender.label + ", " + std::to_string(contender.runs) + " runs";
    curve.x = thresholds;
    const Rng rng(1, StreamRole::kBootstrap, static_cast<std::uint32_t>(plot.curves.size()));
    for (const Estimate& share :
         PerformanceProfile(comparison.Matrix(contender), thresholds, rng, kProfileRepetitions)) {
      curve.y.push_back(share.value);
      curve.low.push_back(share.interval.low);
      curve.high.push_back(share.interval.high);
    }
    plot.curves.push_back(std::move(curve));
  }
  WritePlot(plot, path);
}

void PrintText(const Comparison& comparison, const Figures& figures, const std::string& profile) {
  std::vector<std::vector<std::string>> rows;
  if (comparison.scaled) {
    std::cout << "scores: the mean return of a run's last 100 episodes, scaled\n";
    for (const ComparedTask& task : comparison.tasks) {
      rows.push_back({task.label, "0 = " + FigureText(task.low) + " (" + task.low_source + ")",
                      "1 = " + FigureText(task.high) + " (" + task.high_source + ")"});
    }
    std::cout << ColumnsText(rows);
  } else {
    std::cout << comparison.tasks[0].label << ": the mean return of a run's last 100 episodes\n";
  }
  const bool gaps = std::isfinite(comparison.aim);
  rows = {{"agent", "runs", "IQM", "median", "mean"}};
  if (gaps) rows[0].push_back("gap to " + FigureText(comparison.aim));
  for (std::size_t i = 0; i < comparison.contenders.size(); ++i) {
    const Aggregates& of = figures.aggregates[i];
    rows.push_back({comparison.contenders[i].label, std::to_string(comparison.contenders[i].runs),
                    EstimateText(of.iqm), EstimateText(of.median), EstimateText(of.mean)});
    if (gaps) rows.back().push_back(EstimateText(of.gap));
  }
  std::cout << ColumnsText(rows);
  rows.clear();
  for (const Improvement& improvement : figures.improvements) {
    rows.push_back({"P(" + comparison.contenders[improvement.x].label + " > " +
                        comparison.contenders[improvement.y].label + ")",
                    EstimateText(improvement.probability)});
  }
  std::cout << ColumnsText(rows);
  if (!profile.empty()) std::cout << "wrote " << profile << '\n';
}

void PrintAsJson(const Comparison& comparison, const Figures& figures, const std::string& profile) {
  Json tasks = Json::array(), agents = Json::array(), improvements = Json::array();
  for (const ComparedTask& task : comparison.tasks) {
    tasks.push_back({{"env", task.label}, {"low", task.low}, {"high", task.high}});
  }
  for (std::size_t i = 0; i < comparison.contenders.size(); ++i) {
    const Aggregates& of = figures.aggregates[i];
    agents.push_back({{"agent", comparison.contenders[i].label},
                      {"runs", comparison.contenders[i].runs},
                      {"iqm", JsonEstimate<Json>(of.iqm)},
                      {"median", JsonEstimate<Json>(of.median)},
                      {"mean", JsonEstimate<Json>(of.mean)},
                      {"optimality_gap", JsonEstimate<Json>(of.gap)}});
  }
  for (const Improvement& improvement : figures.improvements) {
    improvements.push_back({{"x", comparison.contenders[improvement.x].label},
                            {"y", comparison.contenders[improvement.y].label},
                            {"probability", JsonEstimate<Json>(improvement.probability)}});
  }
  Json json = {{"scaled", comparison.scaled},
               {"aim", JsonNumber<Json>(comparison.aim)},
               {"tasks", tasks},
               {"agents", agents},
               {"improvements", improvements}};
  if (!profile.empty()) json["profile"] = profile;
  PrintJson(json);
}

void RunCompare(Registry& registry, const CompareOptions& options) {
  const Comparison comparison = ReadComparison(registry, options.directories, options.scales);
  const Figures figures = FiguresOf(comparison);
  if (!options.profile.empty()) WriteProfile(comparison, options.profile);
  if (options.json) return PrintAsJson(comparison, figures, options.profile);
  PrintText(comparison, figures, options.profile);
}

}  // namespace

void AddCompareCommand(CLI::App& app, Program& program) {
  const auto options = std::make_shared<CompareOptions>();
  Command command(app, "compare",
                  "Agents compared by their finished runs: interquartile mean, median, mean and "
                  "optimality gap of the runs' final returns, and the probability that one agent "
                  "beats another, with 95 % stratified bootstrap intervals. Runs that differ in "
                  "the seed alone are one agent's",
                  "brasa compare runs/*-CartPole-v1 --profile profile.svg");
  command.Arguments("DIR", &options->directories, "Run directories, or folders of them")
      .Texts(
          "--scale", &options->scales, "ENV=LOW:HIGH",
          "Returns of ENV that score 0 and 1; of several environments random play and the reward "
          "threshold by default; repeatable")
      .Text("--profile", &options->profile, "FILE",
            "Draw performance profiles into an .svg or .png file, replaced if it is there")
      .Flag("--json", &options->json, "Print JSON");
  command.Run([&program, options] { RunCompare(program.registry, *options); });
}

}  // namespace brasa::cli
