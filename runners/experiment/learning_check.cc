#include "runners/experiment/learning_check.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "brasa/core/error.h"
#include "brasa/memory.h"
#include "runners/experiment/files.h"
#include "runners/experiment/seeds.h"
#include "runners/files/atomic_file.h"

namespace brasa {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// A run.toml without [build]: its settings.
std::string SettingsOf(const std::string& toml) { return toml.substr(0, toml.find("\n[build]\n")); }

/// True if `run` has the settings of `config`, its seed included.
bool IsRunOf(const RunConfig& config, const fs::path& run) {
  return SettingsOf(ReadText(run / "run.toml")) == SettingsOf(RunToml(config));
}

std::string EvaluationPath(const std::string& run) { return run + "-eval.json"; }

double ScoreOf(const LearningTarget& target, const EvaluateResult& result) {
  if (target.measure == LearningMeasure::kReturn) return result.mean_return[0].value;
  int wins = 0, games = 0;
  for (const EvaluateResult::Seat& seat : result.seats) {
    wins += seat.wins;
    games += seat.wins + seat.draws + seat.losses;
  }
  return static_cast<double>(wins) / games;
}

double ReadScore(const std::string& path) {
  try {
    return Json::parse(ReadText(path)).at("score").get<double>();
  } catch (const Json::exception&) {
    throw FileError(path + " is damaged; remove it to evaluate the run again");
  }
}

std::string Printed(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string ScoreText(const LearningRow& row) {
  if (row.seeds == 0) {
    if (row.steps_done == 0) return "not run";
    return Printed("%.4g", row.mean_return) + " in training, after " +
           std::to_string(row.steps_done) + " steps";
  }
  std::string text = Printed("%.4g", row.score.value);
  if (!std::isfinite(row.score.interval.low)) return text;
  return text + " [" + Printed("%.4g", row.score.interval.low) + ", " +
         Printed("%.4g", row.score.interval.high) + "]";
}

}  // namespace

std::string VerdictOf(const LearningRow& row) {
  const double published = row.target->published;
  if (row.seeds == 0) return row.steps_done > 0 ? "begun" : "not run";
  if (row.score.value >= published) return "reached";
  const bool holds = row.score.interval.low <= published && published <= row.score.interval.high;
  return holds ? "in the interval" : "missed";
}

std::string LearningCheck::RunDirectory(const LearningTarget& target, std::uint64_t seed) const {
  return (fs::path(directory_) / target.name() / ("seed-" + std::to_string(seed))).string();
}

RunConfig LearningCheck::ConfigOf(const LearningTarget& target) const {
  RunConfig config = DefaultRunConfig(registry_, target.agent, target.env);
  const std::vector<AgentRow::Preset>& presets = registry_.FindAgent(target.agent).presets;
  const bool tuned = std::ranges::any_of(
      presets, [&](const AgentRow::Preset& preset) { return preset.env == target.env; });
  if (target.steps > 0) config.steps = tuned ? std::min(config.steps, target.steps) : target.steps;
  return config;
}

LearningCheck::Work LearningCheck::Prepare(const LearningTarget& target, int seeds) const {
  Work work;
  RunConfig config = ConfigOf(target);
  EstimateMemory(registry_, config);
  for (int seed = 0; seed < seeds; ++seed) {
    config.seed = static_cast<std::uint64_t>(seed);
    const std::string run = RunDirectory(target, config.seed);
    const fs::path path = fs::path(run) / "run.toml";
    if (!fs::exists(path)) {
      MakeFolder(run);
      WriteFileAtomically(path, RunToml(config));
    } else if (!IsRunOf(config, run)) {
      throw UsageError("'" + run +
                       "' was run with other settings than the preset has now; remove "
                       "it or give another --dir");
    }
    if (IsFinishedRun(run)) continue;
    work.jobs.push_back({target.name() + ", seed " + std::to_string(seed), run, 0});
    work.steps.push_back(config.steps);
  }
  return work;
}

void LearningCheck::EvaluateRuns(const LearningTarget& target, int workers) const {
  const fs::path row = fs::path(directory_) / target.name();
  for (const std::string& run : RunsBelow(row.string())) {
    if (!IsFinishedRun(run) || fs::exists(EvaluationPath(run))) continue;
    TrainedAgent agent = LoadAgent(registry_, run);
    EvaluateOptions options;
    options.episodes = target.episodes;
    options.workers = workers;
    if (target.measure == LearningMeasure::kRandomWins) options.opponent = "random";
    const EvaluateResult result = Evaluate(registry_, agent, options);
    const Json json = {{"score", ScoreOf(target, result)}, {"episodes", result.episodes}};
    WriteFileAtomically(EvaluationPath(run), json.dump() + "\n");
  }
}

void LearningCheck::ReadUnfinished(const std::string& run, RunConfig& config,
                                   LearningRow& row) const {
  config.seed = ReadRunToml(registry_, ReadText(fs::path(run) / "run.toml"), run).seed;
  if (!IsRunOf(config, run) || !fs::exists(fs::path(run) / "metrics.csv")) return;
  const LearningCurve curve = ReadLearningCurve(run);
  if (curve.steps.empty() || curve.steps.back() <= static_cast<double>(row.steps_done)) return;
  row.steps_done = std::llround(curve.steps.back());
  row.mean_return = curve.mean_return.back();
}

LearningRow LearningCheck::Read(const LearningTarget& target) const {
  RunConfig config = ConfigOf(target);
  LearningRow row;
  row.target = &target;
  row.steps = config.steps;
  std::vector<double> scores, seconds;
  for (const std::string& run : RunsBelow((fs::path(directory_) / target.name()).string())) {
    if (!fs::exists(EvaluationPath(run))) {
      ReadUnfinished(run, config, row);
      continue;
    }
    const RunResult result = ReadResult(run);
    config.seed = result.seed;
    if (!IsRunOf(config, run)) continue;  // of an older preset
    scores.push_back(ReadScore(EvaluationPath(run)));
    seconds.push_back(result.seconds);
    row.steps = result.steps;
  }
  row.seeds = static_cast<int>(scores.size());
  if (scores.empty()) return row;
  row.score = StratifiedBootstrap({scores, row.seeds, 1}, Statistic::kIqm,
                                  Rng(0, StreamRole::kBootstrap, 0));
  row.seconds = Median(seconds);
  return row;
}

std::string ResultsMarkdown(const std::vector<LearningRow>& rows, const std::string& machine) {
  std::string text =
      "# What the agents learn\n\n"
      "Written by `brasa selfcheck learning`, which trains every row's preset with several seeds, "
      "plays\ngreedy episodes with each trained agent, and goes on where it stopped. The score is "
      "the interquartile\nmean over the seeds of their mean returns (against random play: of the "
      "share of games won), with its\n95 % bootstrap interval; where no run is finished, the mean "
      "return of the last 100 "
      "training episodes of\nthe one that is furthest. Wall time is the median of a run, beside "
      "whatever else the machine did.\n\n"
      "Machine: " +
      machine +
      "\n\n"
      "| environment | agent | steps | seeds | score | published | source | wall time | |\n"
      "|---|---|---|---|---|---|---|---|---|\n";
  for (const LearningRow& row : rows) {
    const LearningTarget& target = *row.target;
    const bool wins = target.measure == LearningMeasure::kRandomWins;
    text += std::string("| `") + target.env + "` | `" + target.agent + "` | " +
            std::to_string(row.steps) + " | " + std::to_string(row.seeds) + " | " + ScoreText(row) +
            (wins && row.seeds > 0 ? " of games won" : "") + " | " +
            Printed("%.4g", target.published) +
            (target.steps > 0 ? " in " + std::to_string(target.steps) : "") + " | " +
            target.source + " | " + (row.seeds > 0 ? Printed("%.3g s", row.seconds) : "") + " | " +
            VerdictOf(row) + " |\n";
  }
  return text;
}

}  // namespace brasa
