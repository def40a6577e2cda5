#include "runners/cli/comparison.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "brasa/runner.h"
#include "runners/cli/curves.h"
#include "runners/cli/describe_text.h"
#include "runners/cli/program.h"
#include "runners/cli/untrained.h"
#include "runners/experiment/seeds.h"

namespace brasa::cli {
namespace {

constexpr int kRandomEpisodes = 100;

/// A run with everything that tells it from others.
struct Run {
  std::string directory;
  RunConfig config;
  double mean_return = 0;
  std::string task, contender;  // labels
};

using Settings = std::vector<std::pair<std::string, std::string>>;

Settings SettingsOf(const Config& config) {
  Settings settings;
  for (const Field& field : config.fields()) {
    settings.emplace_back(field.name, config.GetText(field.name));
  }
  return settings;
}

Settings AgentSettings(const RunConfig& config) {
  Settings settings = SettingsOf(config.agent_config);
  settings.emplace_back("steps", std::to_string(config.steps));
  settings.emplace_back("envs", std::to_string(config.worlds));
  return settings;
}

/// One of the things that are told apart: settings are compared among those of equal `scope`.
struct Described {
  std::string name, scope;
  Settings settings;
};

/// Names, followed by the settings that differ between things of one name and scope.
std::vector<std::string> LabelsOf(const std::vector<Described>& things) {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> values;  // by scope and key
  std::map<std::string, std::set<std::string>> differing;                       // keys by name
  for (const Described& thing : things) {
    for (const auto& [key, value] : thing.settings) {
      std::set<std::string>& seen = values[{thing.name + '\n' + thing.scope, key}];
      seen.insert(value);
      if (seen.size() > 1) differing[thing.name].insert(key);
    }
  }
  std::vector<std::string> labels;
  for (const Described& thing : things) {
    std::string& label = labels.emplace_back(thing.name);
    for (const auto& [key, value] : thing.settings) {
      if (differing[thing.name].contains(key)) label += ' ' + key + '=' + value;
    }
  }
  return labels;
}

std::vector<Run> ReadRuns(Registry& registry, const std::vector<std::string>& directories) {
  std::vector<Run> runs;
  std::vector<Described> tasks, contenders;
  for (const std::string& directory : ExpandRuns(directories)) {
    Run run{directory, ReadRunConfig(registry, directory), 0, {}, {}};
    const RunResult result = ReadResult(directory);
    if (result.mean_return.empty() || result.mean_return[0].n == 0) {
      throw FileError("'" + directory + "' has no finished episode to compare");
    }
    run.mean_return = result.mean_return[0].value;
    tasks.push_back({run.config.env, "", SettingsOf(run.config.params)});
    runs.push_back(std::move(run));
  }
  const std::vector<std::string> task_labels = LabelsOf(tasks);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].task = task_labels[i];
    contenders.push_back({runs[i].config.agent, runs[i].task, AgentSettings(runs[i].config)});
  }
  const std::vector<std::string> labels = LabelsOf(contenders);
  for (std::size_t i = 0; i < runs.size(); ++i) runs[i].contender = labels[i];
  return runs;
}

/// "LOW:HIGH".
std::pair<double, double> ParseScale(const std::string& setting, const std::string& text) {
  double low = 0, high = 0;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, low);
  const bool colon = first.ec == std::errc() && first.ptr != end && *first.ptr == ':';
  const auto second = std::from_chars(colon ? first.ptr + 1 : end, end, high);
  if (second.ec != std::errc() || second.ptr != end || !std::isfinite(low) ||
      !std::isfinite(high) || low >= high) {
    throw ConfigError("--scale '" + setting +
                      "' is not allowed; give ENV=LOW:HIGH with numbers LOW < HIGH");
  }
  return {low, high};
}

double RandomReturn(Registry& registry, const RunConfig& of) {
  RunConfig config = DefaultRunConfig(registry, "random", of.env);
  config.params = of.params;
  TrainedAgent random = UntrainedAgent(registry, std::move(config));
  EvaluateOptions options;
  options.episodes = kRandomEpisodes;
  options.mode = ActMode::kExplore;
  return Evaluate(registry, random, options).mean_return[0].value;
}

/// Scales, by environment.
class Scales {
 public:
  explicit Scales(const std::vector<std::string>& settings) {
    for (const std::string& setting : settings) {
      const std::size_t equals = setting.rfind('=');
      if (equals == std::string::npos || equals == 0) {
        throw UsageError("--scale '" + setting + "' is not ENV=LOW:HIGH");
      }
      scales_[setting.substr(0, equals)] = ParseScale(setting, setting.substr(equals + 1));
    }
  }
  bool given() const { return !scales_.empty(); }

  /// Fills in the ends of the task of `run`.
  void Apply(Registry& registry, const Run& run, ComparedTask& task) {
    used_.insert(run.config.env);
    const auto own = scales_.find(run.config.env);
    if (own != scales_.end()) {
      std::tie(task.low, task.high) = own->second;
      task.low_source = task.high_source = "--scale";
      return;
    }
    const double threshold =
        SpecOf(registry.FindEnv(run.config.env), run.config.params).reward_threshold;
    task.low = RandomReturn(registry, run.config);
    task.high = threshold;
    if (!(task.low < task.high)) {
      throw UsageError(
          "environment '" + run.config.env + "' has no " +
          (std::isfinite(threshold) ? "reward threshold above random play" : "reward threshold") +
          " to scale its returns by; give --scale " + run.config.env + "=LOW:HIGH");
    }
    task.low_source = "random play";
    task.high_source = "threshold";
  }

  /// Throws UsageError for a scale of an environment that is not compared.
  void CheckAllUsed() const {
    for (const auto& [env, scale] : scales_) {
      if (used_.contains(env)) continue;
      const std::vector<std::string> names(used_.begin(), used_.end());
      throw UsageError("--scale names '" + env + "', which no run is on" + NearMatches(env, names));
    }
  }

 private:
  std::map<std::string, std::pair<double, double>> scales_;
  std::set<std::string> used_;
};

/// The runs of one agent on one task by ascending seed.
std::vector<const Run*> Cell(const std::vector<Run>& runs, const std::string& contender,
                             const std::string& task) {
  std::vector<const Run*> cell;
  for (const Run& run : runs) {
    if (run.contender == contender && run.task == task) cell.push_back(&run);
  }
  std::ranges::stable_sort(cell, {}, [](const Run* run) { return run->config.seed; });
  for (std::size_t i = 1; i < cell.size(); ++i) {
    if (cell[i - 1]->config.seed != cell[i]->config.seed) continue;
    throw UsageError("'" + cell[i - 1]->directory + "' and '" + cell[i]->directory +
                     "' are the same run: " + contender + " on " + task + ", seed " +
                     std::to_string(cell[i]->config.seed));
  }
  return cell;
}

Contender ReadContender(const std::vector<Run>& runs, const std::string& label,
                        const std::vector<ComparedTask>& tasks) {
  Contender contender{label, 0, {}};
  std::vector<std::vector<const Run*>> cells;
  for (const ComparedTask& task : tasks) {
    cells.push_back(Cell(runs, label, task.label));
    if (cells.back().size() == cells.front().size()) continue;
    throw UsageError("'" + label + "' has " + std::to_string(cells.front().size()) + " runs on " +
                     tasks.front().label + " and " + std::to_string(cells.back().size()) + " on " +
                     task.label + "; an agent needs equally many on every environment");
  }
  contender.runs = static_cast<int>(cells.front().size());
  for (std::size_t run = 0; run < cells.front().size(); ++run) {
    for (std::size_t task = 0; task < tasks.size(); ++task) {
      contender.scores.push_back((cells[task][run]->mean_return - tasks[task].low) /
                                 (tasks[task].high - tasks[task].low));
    }
  }
  return contender;
}

}  // namespace

Comparison ReadComparison(Registry& registry, const std::vector<std::string>& directories,
                          const std::vector<std::string>& scales) {
  Scales given(scales);
  const std::vector<Run> runs = ReadRuns(registry, directories);
  Comparison comparison;
  std::vector<std::string> contenders;
  std::vector<const Run*> firsts;  // of every task
  for (const Run& run : runs) {
    if (std::ranges::find(contenders, run.contender) == contenders.end()) {
      contenders.push_back(run.contender);
    }
    if (std::ranges::find(comparison.tasks, run.task, &ComparedTask::label) !=
        comparison.tasks.end()) {
      continue;
    }
    comparison.tasks.push_back({run.task, 0, 1, {}, {}});
    firsts.push_back(&run);
  }
  comparison.scaled = comparison.tasks.size() > 1 || given.given();
  if (comparison.scaled) {
    for (std::size_t i = 0; i < firsts.size(); ++i) {
      given.Apply(registry, *firsts[i], comparison.tasks[i]);
    }
    given.CheckAllUsed();
    comparison.aim = 1;
  } else {
    const RunConfig& config = firsts[0]->config;
    comparison.aim = SpecOf(registry.FindEnv(config.env), config.params).reward_threshold;
  }
  for (const std::string& label : contenders) {
    comparison.contenders.push_back(ReadContender(runs, label, comparison.tasks));
  }
  return comparison;
}

}  // namespace brasa::cli
