// brasa eval: returns of an agent, with their interval.
#include <filesystem>
#include <iostream>
#include <memory>

#include "brasa/env_batch.h"
#include "brasa/runner.h"
#include "runners/cli/command.h"
#include "runners/cli/describe_text.h"
#include "runners/cli/format.h"
#include "runners/cli/program.h"

namespace brasa::cli {
namespace {

struct Options {
  std::string agent, env;
  std::int64_t episodes = 100;
  std::int64_t seed = 0;
  std::int64_t workers = 1;
  std::string opponent;
  bool sample = false, json = false;
};

/// A run's agent, or one that needs no training (random, mcts) on `env`.
TrainedAgent FindAgent(Registry& registry, const Options& options) {
  if (options.env.empty()) return LoadAgent(registry, options.agent);
  if (std::filesystem::exists(options.agent)) {
    throw UsageError("--env = '" + options.env + "': a trained agent brings its environment");
  }
  TrainedAgent agent;
  agent.config = DefaultRunConfig(registry, options.agent, options.env);
  const AgentRow& row = registry.FindAgent(options.agent);
  const EnvSpec spec = SpecOf(registry.FindEnv(options.env), agent.config.params);
  if (row.check != nullptr) row.check(spec, agent.config.agent_config);
  agent.agent = row.make({spec, agent.config.agent_config, agent.config.worlds,
                          static_cast<std::uint64_t>(options.seed), agent.config.steps});
  return agent;
}

void PrintResult(const TrainedAgent& agent, const Options& options, const EvaluateResult& result) {
  std::cout << agent.config.agent << " on " << agent.config.env << " after "
            << CountText(agent.steps) << " steps, " << result.episodes << " episodes"
            << (options.opponent.empty() ? "" : " against " + options.opponent) << '\n';
  const bool seats = result.mean_return.size() > 1;
  for (std::size_t p = 0; p < result.mean_return.size(); ++p) {
    std::cout << "mean return"
              << (!seats                     ? std::string()
                  : options.opponent.empty() ? " of player " + std::to_string(p)
                                             : " from seat " + std::to_string(p))
              << "  " << EstimateText(result.mean_return[p]) << '\n';
  }
  for (std::size_t p = 0; p < result.seats.size(); ++p) {
    const EvaluateResult::Seat& seat = result.seats[p];
    std::cout << "seat " << p << "  " << seat.wins << " won, " << seat.draws << " drawn, "
              << seat.losses << " lost\n";
  }
}

void Evaluate(Program& program, const Options& options) {
  TrainedAgent agent = FindAgent(program.registry, options);
  EvaluateOptions how;
  how.episodes = static_cast<int>(options.episodes);
  how.seed = static_cast<std::uint64_t>(options.seed);
  how.workers = static_cast<int>(options.workers);
  how.opponent = options.opponent;
  how.mode =
      options.sample || agent.config.agent == "random" ? ActMode::kExplore : ActMode::kGreedy;
  const EvaluateResult result = brasa::Evaluate(program.registry, agent, how);
  if (options.json) {
    std::cout << EvaluateJson(agent, how, result);
  } else {
    PrintResult(agent, options, result);
  }
}

}  // namespace

void AddEvalCommand(CLI::App& app, Program& program) {
  const auto options = std::make_shared<Options>();
  Command command(app, "eval", "Measure an agent's return, with an interval",
                  "brasa eval runs/20260101-120000-ppo-CartPole-v1 --episodes 100");
  command.Argument("agent", &options->agent, "run directory, checkpoint, or with --env an agent")
      .Text("--env", &options->env, "ENV", "environment for an agent without training (random)")
      .Integer("--episodes", &options->episodes, 1, 1e9, "episodes to play")
      .Integer("--seed", &options->seed, 0, 9e15, "seed of the episodes")
      .Integer("--workers", &options->workers, 0, 1024, "threads that step; 0 = all")
      .Choice("--opponent", &options->opponent, {"random", "mcts"},
              "games: play against it, each seat in turn")
      .Flag("--sample", &options->sample, "sample the policy instead of its mode")
      .Flag("--json", &options->json, "print JSON")
      .Run([options, &program] { Evaluate(program, *options); });
}

}  // namespace brasa::cli
