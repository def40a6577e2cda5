// Tabular agents reach what they can reach: exact laws on whole problems, not samples.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "brasa/core/value_iteration.h"
#include "tests/support/train_loop.h"

namespace brasa {
namespace {

using support::FindRow;
using support::TrainLoop;

const AgentRow& Row() { return FindRow(BuiltinAgents(), "q_learning"); }
const EnvRow& EnvOf(const char* id) { return FindRow(BuiltinEnvs(), id); }

TransitionModel ModelOf(const char* id) {
  const EnvRow& row = EnvOf(id);
  Env env(row, DefaultParams(row), {0, StreamRole::kTest, 0});
  return env.Model();
}

/// Value of an action: expected reward plus gamma times the value of what follows.
double Backup(const std::vector<ModelOutcome>& outcomes, const std::vector<double>& value,
              double gamma) {
  double sum = 0;
  for (const ModelOutcome& o : outcomes) {
    const double after = o.terminated ? 0 : gamma * value[static_cast<std::size_t>(o.next)];
    sum += o.probability * (o.reward + after);
  }
  return sum;
}

/// Probability that `policy` reaches the goal from cell 0 within 100 steps: exact, by recursion
/// over the remaining steps.
double Success(const TransitionModel& model, const std::vector<std::int32_t>& policy) {
  std::vector<double> value(policy.size(), 0.0);
  for (int left = 0; left < 100; ++left) {
    std::vector<double> longer(value.size());
    for (std::size_t s = 0; s < value.size(); ++s) {
      longer[s] = Backup(model.outcomes[s][static_cast<std::size_t>(policy[s])], value, 1.0);
    }
    value = longer;
  }
  return value[0];
}

/// The same for the best choice in every cell and number of steps left.
double BestSuccess(const TransitionModel& model) {
  std::vector<double> value(static_cast<std::size_t>(model.states), 0.0);
  for (int left = 0; left < 100; ++left) {
    std::vector<double> longer(value.size(), 0.0);
    for (std::size_t s = 0; s < value.size(); ++s) {
      for (const auto& outcomes : model.outcomes[s]) {
        longer[s] = std::max(longer[s], Backup(outcomes, value, 1.0));
      }
    }
    value = longer;
  }
  return value[0];
}

/// The policy that value iteration finds for the discounted problem.
std::vector<std::int32_t> OptimalPolicy(const TransitionModel& model, double gamma) {
  std::vector<double> value(static_cast<std::size_t>(model.states), 0.0);
  std::vector<std::int32_t> policy(value.size(), 0);
  for (int sweep = 0; sweep < 5000; ++sweep) {
    for (std::size_t s = 0; s < value.size(); ++s) {
      double best = -1;
      for (std::size_t a = 0; a < model.outcomes[s].size(); ++a) {
        const double q = Backup(model.outcomes[s][a], value, gamma);
        if (q > best + 1e-12) policy[s] = static_cast<std::int32_t>(a);
        best = std::max(best, q);
      }
      value[s] = best;
    }
  }
  return policy;
}

std::vector<std::int32_t> GreedyPolicy(Agent& agent, int cells) {
  auto actor = agent.MakeActor(ActMode::kGreedy, 1, 0, StreamRole::kTest);
  std::vector<std::int32_t> policy;
  for (int cell = 0; cell < cells; ++cell) {
    const auto seen = static_cast<float>(cell);
    const std::int32_t zero = 0;
    const std::uint8_t start = 0;
    std::int32_t action = -1;
    actor->Act({1, &zero, &zero, &seen, nullptr, &start, nullptr}, &action);
    policy.push_back(action);
  }
  return policy;
}

// Discount 0.99 asks for another thing than success within 100 steps; the policy it prefers is the
// one that maximises undiscounted success without a limit, and it succeeds with 0.7402 (a plan that
// knows how many steps are left reaches 0.7442).
TEST(QLearningTasks, FrozenLakeDiscount099_PrefersAPolicyThatSucceedsWith074) {
  const TransitionModel model = ModelOf("FrozenLake-v1");
  EXPECT_NEAR(Success(model, OptimalPolicy(model, 0.99)), 0.7402, 5e-5);
  EXPECT_EQ(OptimalPolicy(model, 0.99), OptimalPolicy(model, 1.0));
  EXPECT_NEAR(BestSuccess(model), 0.7442, 5e-5);
}

/// Exact mean returns of the greedy policies of the seeds 0, 1, .. after the preset's steps, within
/// `steps` plies; ascending.
std::vector<double> PresetReturns(const char* agent, const char* env, int steps, int seeds) {
  const TransitionModel model = ModelOf(env);
  std::vector<double> returns;
  for (int seed = 0; seed < seeds; ++seed) {
    TrainLoop loop(EnvOf(env), FindRow(BuiltinAgents(), agent),
                   {{}, 0, 0, static_cast<std::uint64_t>(seed), true});
    loop.Run();
    const auto policy = GreedyPolicy(loop.agent(), model.states);
    returns.push_back(StartMean(model, PolicyValues(model, policy, steps)));
  }
  std::sort(returns.begin(), returns.end());
  return returns;
}

/// Of ten: two are cut at each side.
double InterquartileMean(const std::vector<double>& ascending) {
  EXPECT_EQ(ascending.size(), 10u);
  return std::accumulate(ascending.begin() + 2, ascending.begin() + 8, 0.0) / 6;
}

// No policy without a clock succeeds with more than 0.7402 (the test above).
TEST(QLearningTasks, FrozenLakePreset_SucceedsWith074) {
  EXPECT_GT(PresetReturns("q_learning", "FrozenLake-v1", 100, 2)[0], 0.7401);
}

TEST(FullQLearningTasks, FrozenLakePreset_InterquartileMeanOfSuccessIs074) {
  EXPECT_GT(InterquartileMean(PresetReturns("q_learning", "FrozenLake-v1", 100, 10)), 0.7401);
}

TEST(FullQLearningTasks, FrozenLake8x8Preset_InterquartileMeanOfSuccessIsAbove0862) {
  EXPECT_GT(InterquartileMean(PresetReturns("q_learning", "FrozenLake8x8-v1", 200, 10)), 0.89);
}

TEST(QLearningTasks, TaxiPreset_IsOptimal) {
  EXPECT_NEAR(PresetReturns("q_learning", "Taxi-v4", 200, 10)[0], 7.93, 1e-9);
}

// Sutton and Barto, example 6.6: the optimal path and the safe one.
TEST(QLearningTasks, CliffWalkingPresets_QWalksAlongTheCliffAndSarsaFarFromIt) {
  const std::vector<double> cliff(10, -13), safe(10, -17);
  EXPECT_EQ(PresetReturns("q_learning", "CliffWalking-v1", 500, 10), cliff);
  EXPECT_EQ(PresetReturns("sarsa", "CliffWalking-v1", 500, 10), safe);
}

/// Plays `agent` in `seat` against every line of replies; counts finished games and lost ones.
struct Walk {
  Walk(Agent& agent, int own_seat)
      : actor(agent.MakeActor(ActMode::kGreedy, 1, 0, StreamRole::kTest)), seat(own_seat) {
    Env start(row, params, {0, StreamRole::kTest, 0});
    start.Reset();
    From(start);
  }

  void From(const Env& at) {
    if (at.done()) {
      ++games;
      lost += at.returns()[static_cast<std::size_t>(seat)] < 0;
      return;
    }
    Env here(row, params, {0, StreamRole::kTest, 0});
    here.CopyFrom(at);
    const auto legal = here.LegalActions();
    std::vector<std::int32_t> moves(legal.begin(), legal.end());
    if (here.PlayerToMove() == seat) moves = {Reply(here, moves)};
    for (const std::int32_t move : moves) {
      Env next(row, params, {0, StreamRole::kTest, 0});
      next.CopyFrom(here);
      next.Step(move);
      From(next);
    }
  }

  std::int32_t Reply(const Env& here, const std::vector<std::int32_t>& legal) {
    std::array<std::uint8_t, 18> seen{};
    std::array<std::uint8_t, 9> mask{};
    here.Observe(seat, seen.data());
    for (const std::int32_t move : legal) mask[static_cast<std::size_t>(move)] = 1;
    const std::int32_t world = 0;
    const std::uint8_t start = 0;
    std::int32_t action = -1;
    actor->Act({1, &world, &seat, seen.data(), mask.data(), &start, nullptr}, &action);
    return action;
  }

  const EnvRow& row = EnvOf("TicTacToe-v0");
  Params params = DefaultParams(row);
  std::unique_ptr<Actor> actor;
  std::int32_t seat;
  int games = 0, lost = 0;
};

void ExpectUnbeaten(Agent& agent, std::uint64_t seed) {
  for (const int seat : {0, 1}) {
    const Walk walk(agent, seat);
    EXPECT_GT(walk.games, 50);
    EXPECT_EQ(walk.lost, 0) << "of " << walk.games << " games, seat " << seat << ", seed " << seed;
  }
}

void ExpectPresetUnbeaten(std::uint64_t seed) {
  TrainLoop loop(EnvOf("TicTacToe-v0"), Row(), {{}, 0, 0, seed, true});
  loop.Run();
  ExpectUnbeaten(loop.agent(), seed);
}

TEST(QLearningTasks, TicTacToePreset_IsUnbeatenFromBothSeats) { ExpectPresetUnbeaten(0); }

TEST(FullQLearningTasks, TicTacToePreset_IsUnbeatenWithTenSeeds) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) ExpectPresetUnbeaten(seed);
}

// Through SeatTransitions, against an opponent that learns at the same time. Seeds 0 to 9 pass.
TEST(QLearningTasks, TicTacToeSelfPlayWithSeatTransitions_IsUnbeatenFromBothSeats) {
  TrainLoop loop(EnvOf("TicTacToe-v0"), Row(),
                 {{{"learning_rate", "0.3"},
                   {"learning_rate_schedule", "linear"},
                   {"discount", "1"},
                   {"epsilon_end", "0.1"},
                   {"epsilon_fraction", "0.7"}},
                  1,
                  1000000,
                  0});
  loop.Run();
  ExpectUnbeaten(loop.agent(), 0);
}

}  // namespace
}  // namespace brasa
