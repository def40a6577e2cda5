// brasa eval: how good an agent is, with an interval.
#include <filesystem>
#include <iostream>
#include <memory>
#include <utility>

#include "brasa/runner.h"
#include "runners/cli/command.h"
#include "runners/cli/format.h"
#include "runners/cli/program.h"
#include "runners/cli/untrained.h"

namespace brasa::cli {
namespace {

struct EvalOptions {
  std::string agent;
  std::string env;
  std::vector<std::string> settings;
  std::int64_t episodes = 100;
  std::int64_t seed = 0;
  std::int64_t workers = 1;
  std::string opponent;
  bool sample = false;
  bool json = false;
};

bool IsAgentName(const Registry& registry, const std::string& name) {
  for (const AgentRow& row : registry.agents()) {
    if (row.name == name) return true;
  }
  return false;
}

/// The agent by name that the options describe.
TrainedAgent AgentByName(Registry& registry, const EvalOptions& options) {
  if (options.env.empty()) {
    throw UsageError("agent '" + options.agent + "' by name needs --env ENV");
  }
  RunConfig config =
      DefaultRunConfig(registry, options.agent, EnvName(registry.FindEnv(options.env)));
  for (const std::string& setting : options.settings) {
    const auto [key, value] = SplitSetting(setting);
    SetRunKey(config, key, value);
  }
  return UntrainedAgent(registry, std::move(config));
}

TrainedAgent FindTrainedAgent(Registry& registry, const EvalOptions& options) {
  const bool exists = std::filesystem::exists(options.agent);
  if (!exists && IsAgentName(registry, options.agent)) return AgentByName(registry, options);
  if (!exists) {
    std::vector<std::string> names;
    for (const AgentRow& row : registry.agents()) names.push_back(row.name);
    throw FileError("'" + options.agent + "' is no run directory, checkpoint or agent" +
                    NearMatches(options.agent, names));
  }
  if (!options.env.empty() || !options.settings.empty()) {
    throw UsageError("--env and --set are for an agent by name; the run '" + options.agent +
                     "' fixes both");
  }
  return LoadAgent(registry, options.agent);
}

std::string PlayerText(const EvaluateResult& result, std::size_t player) {
  if (result.mean_return.size() == 1) return "";
  return (result.seats.empty() ? " of player " : " from seat ") + std::to_string(player);
}

void PrintText(const TrainedAgent& trained, const EvaluateOptions& options,
               const EvaluateResult& result) {
  std::cout << trained.config.agent << " on " << trained.config.env << " after "
            << CountText(trained.steps) << " steps, " << result.episodes << " episodes"
            << (result.seats.empty() ? "" : " against " + options.opponent) << '\n';
  for (std::size_t p = 0; p < result.mean_return.size(); ++p) {
    if (result.mean_return[p].n == 0) continue;
    std::cout << "mean return" << PlayerText(result, p) << "  "
              << EstimateText(result.mean_return[p]) << '\n';
  }
  for (std::size_t p = 0; p < result.seats.size(); ++p) {
    const EvaluateResult::Seat& seat = result.seats[p];
    std::cout << "seat " << p << "  " << seat.wins << " won, " << seat.draws << " drawn, "
              << seat.losses << " lost\n";
  }
}

void RunEval(Registry& registry, const EvalOptions& options) {
  TrainedAgent trained = FindTrainedAgent(registry, options);
  EvaluateOptions evaluation;
  evaluation.episodes = static_cast<int>(options.episodes);
  evaluation.seed = static_cast<std::uint64_t>(options.seed);
  evaluation.mode = options.sample ? ActMode::kExplore : ActMode::kGreedy;
  evaluation.workers = static_cast<int>(options.workers);
  evaluation.opponent = options.opponent;
  const EvaluateResult result = Evaluate(registry, trained, evaluation);
  if (options.json) {
    std::cout << EvaluateJson(trained, evaluation, result);
  } else {
    PrintText(trained, evaluation, result);
  }
}

}  // namespace

void AddEvalCommand(CLI::App& app, Program& program) {
  const auto options = std::make_shared<EvalOptions>();
  Command command(app, "eval",
                  "Mean return of an agent over fresh episodes, with its 95 % interval",
                  "brasa eval mcts --env ConnectFour-v0 --opponent random --episodes 20");
  command
      .Argument("AGENT", &options->agent,
                "A run directory, a checkpoint file, or the name of an agent that need not learn")
      .Text("--env", &options->env, "ENV", "The environment of an agent by name")
      .Texts("--set", &options->settings, "KEY=VALUE",
             "As in train, for an agent by name; repeatable")
      .Integer("--episodes", &options->episodes, 1, 1e6, "Episodes to play")
      .Integer("--seed", &options->seed, 0, 9e15, "Seed of the evaluation's worlds")
      .Integer("--workers", &options->workers, 0, 1024, "Threads; 0 = as many as are granted")
      .Choice("--opponent", &options->opponent, {"self", "random", "mcts"},
              "Who plays the other seats of a game; the agent plays each seat in turn")
      .Flag("--sample", &options->sample, "Sample the policy instead of taking its mode")
      .Flag("--json", &options->json, "Print JSON");
  command.Run([&program, options] { RunEval(program.registry, *options); });
}

}  // namespace brasa::cli
