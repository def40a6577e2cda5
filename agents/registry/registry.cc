#include "brasa/registry.h"
#include "agents/search/mcts_agent.h"
#include "agents/search/random_agent.h"
#include "agents/tabular/q_learning.h"

namespace brasa {
namespace {

// FrozenLake: with the visits schedule alpha = N^-0.6, all of the seeds 0 to 19 end with the
// optimal policy after 300,000 steps (18 of 20 after 200,000).
const AgentRow::Preset kFrozenLake = {"FrozenLake-v1",
                                      {{"steps", "300000"},
                                       {"envs", "1"},
                                       {"learning_rate", "1"},
                                       {"learning_rate_schedule", "visits"},
                                       {"visit_power", "0.6"}}};

// TicTacToe: the game is deterministic, so a step size of 1 writes exact values once what follows
// is exact; seeds 0 to 9 cannot be beaten after 300,000 steps, 500,000 leave a margin.
const AgentRow::Preset kTicTacToe = {"TicTacToe-v0",
                                     {{"steps", "500000"},
                                      {"envs", "1"},
                                      {"learning_rate", "1"},
                                      {"discount", "1"},
                                      {"epsilon_end", "0.2"},
                                      {"epsilon_fraction", "1"},
                                      {"negamax", "true"}}};

}  // namespace

std::span<const AgentRow> BuiltinAgents() {
  static const std::vector<AgentRow> kRows = {
      {"random", "Uniform legal actions", {}, nullptr, MakeRandomAgent, {}},
      {"q_learning",
       "Tabular Q-learning, epsilon-greedy, for one or several seats",
       QLearningFields(),
       CheckQLearning,
       MakeQLearning,
       {kFrozenLake, kTicTacToe}},
      {"mcts", "Plain UCT tree search with random playouts", MctsFields(), CheckMcts, MakeMcts, {}},
  };
  return kRows;
}

}  // namespace brasa
