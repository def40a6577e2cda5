#include "runners/cli/describe_env.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "brasa/core/value_iteration.h"
#include "brasa/env_batch.h"
#include "brasa/memory.h"
#include "runners/cli/describe_text.h"
#include "runners/cli/format.h"
#include "runners/cli/json_text.h"

namespace brasa::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Work up to which the optimum is computed: states of the model times actions times sweeps.
constexpr double kCheapBackups = 2e7;
/// Without a limit of steps, sweeps stop where no value moves by more than this.
constexpr double kSettled = 1e-12;

/// The best mean return of a problem with a known model, by value iteration: backwards from the
/// limit of steps, or until the values stand still where there is none.
std::optional<double> BestMeanReturn(const Env& env) {
  if (!env.HasModel()) return std::nullopt;
  const TransitionModel model = env.Model();
  const int limit = env.spec().max_episode_steps;
  const double sweeps = kCheapBackups / (static_cast<double>(model.states) * model.actions);
  if (limit > sweeps) return std::nullopt;
  if (limit > 0) return StartMean(model, BestValues(model, limit));
  const auto values = BestUnlimitedValues(model, 1, kSettled, static_cast<std::int64_t>(sweeps));
  if (!values) return std::nullopt;
  return StartMean(model, *values);
}

/// Bytes of one world after its first reset.
std::int64_t WorldBytes(Env& env) {
  env.Reset();
  return env.batch().SnapshotSize(0);
}

/// Bytes of 1,024 worlds as training steps them, with the rows of a vector step.
std::int64_t ManyBytes(const EnvRow& row, const Params& params) {
  constexpr int kWorlds = 1024;
  return VectorEnvBytes(row, params, kWorlds) + StepRowsBytes(SpecOf(row, params), kWorlds);
}

std::string Bounds(double low, double high) {
  if (!std::isfinite(low) && !std::isfinite(high)) return "unbounded";
  return "[" + FigureText(low) + ", " + FigureText(high) + "]";
}

std::vector<std::vector<std::string>> ElementRows(const ObservationSpec& seen) {
  std::vector<std::vector<std::string>> rows;
  const bool one_by_one = !seen.names.empty() || seen.low.size() > 1 || seen.high.size() > 1;
  if (!one_by_one || seen.size() > 64) return rows;
  for (int i = 0; i < seen.size(); ++i) {
    const std::string name = seen.names.empty() ? "" : seen.names[static_cast<std::size_t>(i)];
    rows.push_back({std::to_string(i), name, Bounds(seen.low_at(i), seen.high_at(i))});
  }
  return rows;
}

std::vector<std::vector<std::string>> ComponentRows(const ActionSpec& action) {
  std::vector<std::vector<std::string>> rows;
  if (action.kind == ActionKind::kDiscrete) return rows;
  for (std::size_t i = 0; i < static_cast<std::size_t>(action.size()); ++i) {
    const std::string range = action.kind == ActionKind::kBox
                                  ? Bounds(action.low[i], action.high[i])
                                  : "0 .. " + std::to_string(action.counts[i] - 1);
    rows.push_back({std::to_string(i), action.names.empty() ? "" : action.names[i], range});
  }
  return rows;
}

/// What the environment offers beside stepping.
std::vector<std::string> Offers(const Env& env) {
  std::vector<std::string> names;
  if (env.CanDraw()) names.push_back("drawing");
  if (env.HasText()) names.push_back("text");
  if (env.batch().has_legal()) names.push_back("legal actions");
  if (env.HasHash()) names.push_back("hash");
  if (env.HasModel()) names.push_back("model");
  return names;
}

std::string PlayersText(const EnvSpec& spec) {
  std::string text = std::to_string(spec.players);
  for (std::size_t i = 0; i < spec.player_names.size(); ++i) {
    text += (i == 0 ? ": " : ", ") + spec.player_names[i];
  }
  if (spec.zero_sum) text += "; zero-sum";
  if (!spec.perfect_information) text += "; imperfect information";
  return text;
}

void PrintText(Env& env, const EnvRow& row, const Params& params) {
  const EnvSpec& spec = env.spec();
  const int limit = spec.max_episode_steps;
  std::vector<std::vector<std::string>> facts = {
      {"origin", row.origin},
      {"players", PlayersText(spec)},
      {"episode ends", limit > 0 ? "after " + CountText(limit) + " plies at the latest"
                                 : "by its rules alone, no limit of plies"},
      {"return", Bounds(spec.min_return, spec.max_return)}};
  if (std::isfinite(spec.reward_threshold)) {
    facts.push_back({"solved at", FigureText(spec.reward_threshold) + " mean return"});
  }
  if (const auto best = BestMeanReturn(env)) {
    facts.push_back({"optimum", FigureText(*best) + " mean return, by value iteration"});
  }
  if (spec.max_chance_outcomes > 0) {
    facts.push_back({"chance", "up to " + CountText(spec.max_chance_outcomes) + " outcomes"});
  }
  facts.push_back({"one world", BytesText(static_cast<double>(WorldBytes(env))) +
                                    (spec.clone_cost == CloneCost::kCopy ? "" : ", by replay")});
  facts.push_back({"1,024 worlds", BytesText(static_cast<double>(ManyBytes(row, params)))});
  std::string offers;
  for (const std::string& name : Offers(env)) offers += (offers.empty() ? "" : ", ") + name;
  facts.push_back({"offers", offers.empty() ? "stepping alone" : offers});
  for (const MeasureSpec& measure : spec.measures) {
    facts.push_back({"measures", measure.name + " [" + measure.unit + "]"});
  }
  std::cout << spec.id << ": " << spec.summary << '\n' << ColumnsText(facts);
  const ObservationSpec& seen = spec.observation;
  std::cout << "\nObservation  " << ObservationText(seen);
  if (ElementRows(seen).empty() && !seen.categorical() && seen.low.size() == 1) {
    std::cout << ", " << Bounds(seen.low[0], seen.high[0]);
  }
  std::cout << '\n' << ColumnsText(ElementRows(seen));
  std::cout << "\nAction  " << ActionText(spec.action) << '\n'
            << ColumnsText(ComponentRows(spec.action));
  std::cout << "\nParameters (--set NAME=VALUE here, --set env.NAME=VALUE in train)\n"
            << ColumnsText(FieldRows(params));
}

Json ObservationJson(const ObservationSpec& seen) {
  Json low = Json::array(), high = Json::array();
  for (const float bound : seen.low) low.push_back(JsonNumber<Json>(bound));
  for (const float bound : seen.high) high.push_back(JsonNumber<Json>(bound));
  return {{"type", seen.type == ElementType::kFloat32 ? "float32" : "uint8"},
          {"shape", seen.shape},
          {"axes", seen.axes},
          {"names", seen.names},
          {"low", low},
          {"high", high},
          {"categories", seen.categories}};
}

Json ActionJson(const ActionSpec& action) {
  static constexpr const char* kKinds[] = {"discrete", "multi_discrete", "box"};
  Json json = {{"kind", kKinds[static_cast<int>(action.kind)]}, {"names", action.names}};
  if (action.kind == ActionKind::kDiscrete) json["count"] = action.count;
  if (action.kind == ActionKind::kMultiDiscrete) json["counts"] = action.counts;
  if (action.kind == ActionKind::kBox) {
    json["low"] = action.low;
    json["high"] = action.high;
  }
  return json;
}

void PrintAsJson(Env& env, const EnvRow& row, const Params& params) {
  const EnvSpec& spec = env.spec();
  Json measures = Json::array();
  for (const MeasureSpec& measure : spec.measures) {
    measures.push_back({{"name", measure.name}, {"unit", measure.unit}});
  }
  const auto best = BestMeanReturn(env);
  PrintJson(Json{{"kind", "environment"},
                 {"id", spec.id},
                 {"summary", spec.summary},
                 {"origin", row.origin},
                 {"players", spec.players},
                 {"player_names", spec.player_names},
                 {"zero_sum", spec.zero_sum},
                 {"perfect_information", spec.perfect_information},
                 {"max_episode_steps", spec.max_episode_steps},
                 {"min_return", JsonNumber<Json>(spec.min_return)},
                 {"max_return", JsonNumber<Json>(spec.max_return)},
                 {"reward_threshold", JsonNumber<Json>(spec.reward_threshold)},
                 {"best_mean_return", best ? Json(*best) : Json(nullptr)},
                 {"max_chance_outcomes", spec.max_chance_outcomes},
                 {"world_bytes", WorldBytes(env)},
                 {"bytes_of_1024_worlds", ManyBytes(row, params)},
                 {"clone_cost", spec.clone_cost == CloneCost::kCopy ? "copy" : "replay"},
                 {"offers", Offers(env)},
                 {"measures", measures},
                 {"observation", ObservationJson(spec.observation)},
                 {"action", ActionJson(spec.action)},
                 {"parameters", JsonFields<Json>(params)}});
}

}  // namespace

void DescribeEnv(const EnvRow& row, const Params& params, bool json) {
  Env env(row, params, {0, StreamRole::kPlayEnv, 0});
  json ? PrintAsJson(env, row, params) : PrintText(env, row, params);
}

}  // namespace brasa::cli
