// Results of runs and evaluations as JSON, and back.
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "brasa/runner.h"
#include "runners/loop/file_io.h"
#include "runners/loop/run_files.h"

namespace brasa {
namespace {

using Json = nlohmann::ordered_json;

/// NaN and infinities, which JSON has no numbers for, become null.
Json Number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json EstimateJson(const Estimate& estimate) {
  return {{"value", Number(estimate.value)},
          {"low", Number(estimate.interval.low)},
          {"high", Number(estimate.interval.high)},
          {"n", estimate.n}};
}

void AddReturns(const std::vector<Estimate>& returns, Json& json) {
  json["mean_return"] = returns.empty() ? Json() : EstimateJson(returns.front());
  json["returns_per_player"] = Json::array();
  for (const Estimate& one : returns) json["returns_per_player"].push_back(EstimateJson(one));
}

std::string Hex(std::uint64_t value) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%016llx", static_cast<unsigned long long>(value));
  return text;
}

double ReadNumber(const Json& json) { return json.is_null() ? NAN : json.get<double>(); }

Estimate ReadEstimate(const Json& json) {
  return {ReadNumber(json.at("value")),
          {ReadNumber(json.at("low")), ReadNumber(json.at("high"))},
          json.at("n").get<int>()};
}

RunResult ReadResultJson(const Json& json) {
  RunResult result;
  json.at("agent").get_to(result.agent);
  json.at("env").get_to(result.env);
  json.at("seed").get_to(result.seed);
  json.at("steps").get_to(result.steps);
  json.at("episodes").get_to(result.episodes);
  json.at("seconds").get_to(result.seconds);
  json.at("steps_per_second").get_to(result.steps_per_second);
  result.signature = std::stoull(json.at("signature").get<std::string>(), nullptr, 16);
  json.at("finished").get_to(result.finished);
  json.at("reproducible").get_to(result.reproducible);
  json.at("lost_episodes").get_to(result.lost_episodes);
  for (const Json& one : json.at("returns_per_player")) {
    result.mean_return.push_back(ReadEstimate(one));
  }
  return result;
}

}  // namespace

std::string ResultJson(const RunResult& result) {
  Json json = {{"env", result.env},
               {"agent", result.agent},
               {"seed", result.seed},
               {"steps", result.steps},
               {"episodes", result.episodes}};
  AddReturns(result.mean_return, json);
  json["signature"] = Hex(result.signature);
  json["finished"] = result.finished;
  json["reproducible"] = result.reproducible;
  json["lost_episodes"] = result.lost_episodes;
  json["directory"] = result.directory;
  json["seconds"] = Number(result.seconds);
  json["steps_per_second"] = Number(result.steps_per_second);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

RunResult ReadResult(const std::string& directory) {
  const std::filesystem::path path = RunFiles(directory).result;
  const std::string text = ReadFileBytes(path);
  try {
    RunResult result = ReadResultJson(Json::parse(text));
    result.directory = directory;
    return result;
  } catch (const std::exception&) {
    throw FileError(path.string() + " is not the result of a run of this version");
  }
}

std::string EvaluateJson(const TrainedAgent& agent, const EvaluateOptions& options,
                         const EvaluateResult& result) {
  Json json = {{"env", agent.config.env},
               {"agent", agent.config.agent},
               {"trained_steps", agent.steps},
               {"seed", options.seed},
               {"mode", options.mode == ActMode::kGreedy ? "greedy" : "explore"},
               {"episodes", result.episodes},
               {"steps", result.steps}};
  AddReturns(result.mean_return, json);
  if (!result.seats.empty()) {
    json["opponent"] = options.opponent;
    json["seats"] = Json::array();
  }
  for (const EvaluateResult::Seat& seat : result.seats) {
    const int games = seat.wins + seat.draws + seat.losses;
    Json one = {{"wins", seat.wins}, {"draws", seat.draws}, {"losses", seat.losses}};
    one["win_rate"] = games > 0 ? EstimateJson(WinRate(seat.wins, games)) : Json();
    json["seats"].push_back(one);
  }
  json["signature"] = Hex(result.signature);
  json["seconds"] = Number(result.seconds);
  json["steps_per_second"] =
      Number(result.seconds > 0 ? static_cast<double>(result.steps) / result.seconds : 0);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace brasa
