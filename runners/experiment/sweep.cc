#include "runners/experiment/sweep.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "brasa/core/error.h"
#include "runners/experiment/files.h"
#include "runners/files/atomic_file.h"

namespace brasa {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string TrialName(std::size_t trial) {
  const std::string number = std::to_string(trial);
  return "trial-" + std::string(number.size() < 3 ? 3 - number.size() : 0, '0') + number;
}

/// A field of a CSV row, quoted where it must be.
std::string CsvText(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string NumberText(double value) { return std::isfinite(value) ? ValueText(value) : ""; }

/// What the runs of a trial came to at the end of a rung.
struct Record {
  double mean_return = NAN;
  std::int64_t steps = 0;
  std::string failed;
};

Record ReadRecord(const fs::path& path) {
  try {
    const Json json = Json::parse(ReadText(path));
    Record record;
    if (json.at("return").is_number()) record.mean_return = json.at("return").get<double>();
    json.at("steps").get_to(record.steps);
    json.at("failed").get_to(record.failed);
    return record;
  } catch (const Json::exception&) {
    throw FileError(path.string() + " is damaged; remove it to run that part again");
  }
}

void Finish(std::vector<double> returns, TrialScore& score) {
  const bool whole = std::ranges::none_of(returns, [](double value) { return std::isnan(value); });
  const int n = static_cast<int>(returns.size());
  score.score = {NAN, {NAN, NAN}, n};
  if (!whole) return;
  score.score =
      StratifiedBootstrap({returns, n, 1}, Statistic::kIqm, Rng(0, StreamRole::kBootstrap, 0));
}

}  // namespace

bool IsSweep(const std::string& directory) {
  return fs::is_regular_file(fs::path(directory) / "sweep.toml");
}

Sweep::Sweep(Registry& registry, const std::string& text, const std::string& source)
    : text_(text),
      spec_(ReadSweepToml(registry, text, source)),
      trials_(MakeTrials(registry, spec_)) {}

void Sweep::Begin(const std::string& directory) {
  MakeEmptyFolder(directory);
  WriteFileAtomically(fs::path(directory) / "sweep.toml", text_);
  directory_ = directory;
}

Sweep Sweep::Open(Registry& registry, const std::string& directory) {
  const std::string path = (fs::path(directory) / "sweep.toml").string();
  Sweep sweep(registry, ReadText(path), path);
  sweep.directory_ = directory;
  return sweep;
}

std::string Sweep::RunDirectory(std::size_t trial, int seed) const {
  return (fs::path(directory_) / TrialName(trial) / ("seed-" + std::to_string(seed))).string();
}

std::string Sweep::RecordPath(std::size_t trial, int seed, int rung) const {
  const std::string name = "seed-" + std::to_string(seed) + "-rung-" + std::to_string(rung);
  return (fs::path(directory_) / TrialName(trial) / (name + ".json")).string();
}

std::optional<TrialScore> Sweep::ScoreAt(std::size_t trial, int rung) const {
  TrialScore score{trial, rung, 0, {}, ""};
  std::vector<double> returns;
  for (int seed = 0; seed < spec_.seeds; ++seed) {
    const std::string path = RecordPath(trial, seed, rung);
    if (!fs::exists(path)) return std::nullopt;
    const Record record = ReadRecord(path);
    returns.push_back(record.mean_return);
    score.steps = std::max(score.steps, record.steps);
    if (score.failed.empty()) score.failed = record.failed;
  }
  Finish(std::move(returns), score);
  return score;
}

std::optional<std::vector<std::size_t>> Sweep::Runners(int rung) const {
  std::vector<std::size_t> runners(trials_.size());
  for (std::size_t i = 0; i < runners.size(); ++i) runners[i] = i;
  for (int before = 0; before < rung; ++before) {
    std::vector<double> scores;
    for (const std::size_t trial : runners) {
      const std::optional<TrialScore> score = ScoreAt(trial, before);
      if (!score) return std::nullopt;
      scores.push_back(score->score.value);
    }
    std::vector<std::size_t> promoted;
    for (const std::size_t i : Best(scores, RungTrials(spec_, before + 1))) {
      if (!std::isnan(scores[i])) promoted.push_back(runners[i]);
    }
    std::ranges::sort(promoted);
    runners = std::move(promoted);
  }
  return runners;
}

Sweep::Work Sweep::Next() const {
  Work work;
  for (work.rung = 0; work.rung < spec_.rungs; ++work.rung) {
    const bool last = work.rung == spec_.rungs - 1;
    const std::int64_t steps = RungSteps(spec_, work.rung);
    const std::vector<std::size_t> runners = Runners(work.rung).value();
    for (const std::size_t trial : runners) {
      for (int seed = 0; seed < spec_.seeds; ++seed) {
        if (fs::exists(RecordPath(trial, seed, work.rung))) continue;
        RunConfig config = trials_[trial].config;
        config.seed = static_cast<std::uint64_t>(seed);
        const std::string run = RunDirectory(trial, seed);
        if (!fs::exists(fs::path(run) / "run.toml")) {
          MakeFolder(run);
          WriteFileAtomically(fs::path(run) / "run.toml", RunToml(config));
        }
        work.jobs.push_back({"trial " + std::to_string(trial) + ", seed " + std::to_string(seed),
                             run, last ? 0 : steps});
        work.places.push_back({trial, seed});
        work.steps.push_back(steps);
      }
    }
    if (!work.jobs.empty()) return work;
  }
  return work;
}

void Sweep::Keep(const Work& work, std::size_t job, const JobOutcome& outcome) const {
  const bool failed = outcome.end == JobOutcome::End::kFailed;
  if (!failed && outcome.end != JobOutcome::End::kDone) return;
  Json json = {{"steps", 0}, {"return", nullptr}, {"failed", outcome.error}};
  if (!failed) {
    const Json result = Json::parse(outcome.result);
    json["steps"] = result.at("steps");
    json["return"] = result.at("mean_return").at("value");
  }
  const Work::Place& place = work.places[job];
  WriteFileAtomically(RecordPath(place.trial, place.seed, work.rung), json.dump() + "\n");
}

std::vector<TrialScore> Sweep::Scores() const {
  std::vector<TrialScore> scores;
  for (std::size_t trial = 0; trial < trials_.size(); ++trial) {
    for (int rung = spec_.rungs - 1; rung >= 0; --rung) {
      const std::optional<TrialScore> score = ScoreAt(trial, rung);
      if (!score) continue;
      scores.push_back(*score);
      break;
    }
  }
  std::vector<TrialScore> sorted;
  for (int rung = spec_.rungs - 1; rung >= 0; --rung) {
    std::vector<TrialScore> of_rung;
    std::vector<double> values;
    for (const TrialScore& score : scores) {
      if (score.rung != rung) continue;
      of_rung.push_back(score);
      values.push_back(score.score.value);
    }
    for (const std::size_t i : Best(values, values.size())) sorted.push_back(of_rung[i]);
  }
  return sorted;
}

std::string Sweep::TableText() const {
  std::string text = "rank,trial";
  for (const SearchKey& key : spec_.search) text += "," + key.key;
  text += ",steps,seeds,score,low,high,failed\n";
  int rank = 0;
  for (const TrialScore& score : Scores()) {
    text += std::to_string(++rank) + "," + std::to_string(score.trial);
    for (const std::string& value : trials_[score.trial].values) text += "," + CsvText(value);
    text += "," + std::to_string(score.steps) + "," + std::to_string(score.score.n) + "," +
            NumberText(score.score.value) + "," + NumberText(score.score.interval.low) + "," +
            NumberText(score.score.interval.high) + "," + CsvText(score.failed) + "\n";
  }
  return text;
}

std::string Sweep::WriteResults() const {
  WriteFileAtomically(fs::path(directory_) / "trials.csv", TableText());
  const std::vector<TrialScore> scores = Scores();
  if (scores.empty() || std::isnan(scores[0].score.value)) return "";
  const fs::path path = fs::path(directory_) / "best.toml";
  char comment[160];
  std::snprintf(comment, sizeof comment,
                "# The best of %zu trials (trial %zu): mean return %.4g after %lld steps.\n",
                trials_.size(), scores[0].trial, scores[0].score.value,
                static_cast<long long>(scores[0].steps));
  RunConfig config = trials_[scores[0].trial].config;
  config.seed = 0;
  WriteFileAtomically(path, comment + RunToml(config));
  return path.string();
}

}  // namespace brasa
