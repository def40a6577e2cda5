#include "agents/search/planning_agent.h"

#include <gtest/gtest.h>

#include <numeric>

#include "brasa/core/value_iteration.h"
#include "tests/support/train_loop.h"

namespace brasa {
namespace {

using support::FindRow;
using support::Settings;

const EnvRow& EnvOf(const char* id) { return FindRow(BuiltinEnvs(), id); }

/// An agent in worlds that each show one observation for ever, and what it does there.
class Asked {
 public:
  Asked(const char* agent, const EnvRow& row, const Settings& params, const Settings& settings,
        std::vector<float> observations, int width)
      : params_(WithParams(row, params)),
        worlds_(static_cast<int>(observations.size()) / width),
        batch_(row, params_, 1, {}),
        observations_(std::move(observations)),
        ids_(static_cast<std::size_t>(worlds_)),
        start_(ids_.size(), 1),
        actions_(ids_.size(), -1) {
    std::iota(ids_.begin(), ids_.end(), 0);
    const AgentRow& agent_row = FindRow(BuiltinAgents(), agent);
    Config config(agent_row.fields);
    for (const auto& [name, value] : settings) config.Set(name, value);
    agent_row.check(batch_.spec(), config);
    agent_ = agent_row.make({batch_.spec(), config, 1, 0, 0});
    actor_ = agent_->MakeActor(ActMode::kGreedy, worlds_, 0, StreamRole::kTest);
  }

  /// The actions of the next ply, one for each observation.
  const std::vector<std::int32_t>& Next() {
    actor_->Act(
        {worlds_, ids_.data(), ids_.data(), observations_.data(), nullptr, start_.data(), &batch_},
        actions_.data());
    std::fill(start_.begin(), start_.end(), std::uint8_t{0});
    return actions_;
  }
  void NextEpisode() { std::fill(start_.begin(), start_.end(), std::uint8_t{1}); }
  Actor& actor() { return *actor_; }
  TransitionModel Model() const {
    return Env(batch_.row(), params_, {0, StreamRole::kTest, 0}).Model();
  }

 private:
  static Params WithParams(const EnvRow& row, const Settings& settings) {
    Params params = DefaultParams(row);
    for (const auto& [name, value] : settings) params.Set(name, value);
    return params;
  }

  Params params_;
  int worlds_;
  EnvBatch batch_;
  std::vector<float> observations_;
  std::vector<std::int32_t> ids_;
  std::vector<std::uint8_t> start_;
  std::vector<std::int32_t> actions_;
  std::unique_ptr<Agent> agent_;
  std::unique_ptr<Actor> actor_;
};

/// 0, 1, .., count - 1.
std::vector<float> Ids(int count) {
  std::vector<float> ids(static_cast<std::size_t>(count));
  std::iota(ids.begin(), ids.end(), 0.0f);
  return ids;
}

/// Exact mean return over `plies` plies of what the agent does in each of them.
double MeanReturn(const char* agent, const char* env, int states, int plies,
                  const Settings& params = {}, const Settings& settings = {}) {
  Asked asked(agent, EnvOf(env), params, settings, Ids(states), 1);
  const TransitionModel model = asked.Model();
  std::vector<std::vector<std::int32_t>> policies;
  for (int ply = 0; ply < plies; ++ply) policies.push_back(asked.Next());
  std::vector<double> values(static_cast<std::size_t>(model.states), 0.0), longer = values;
  for (int ply = plies - 1; ply >= 0; --ply) {
    for (std::size_t s = 0; s < values.size(); ++s) {
      const auto action = static_cast<std::size_t>(policies[static_cast<std::size_t>(ply)][s]);
      longer[s] = ActionValue(model.outcomes[s][action], values, 1);
    }
    values.swap(longer);
  }
  return StartMean(model, values);
}

// The optima within the time limit, as exact dynamic programming on Gymnasium's tables gives them;
// FrozenLake's by backward induction over its 100 and 200 plies.
TEST(ValueIteration, ToyProblems_ReachTheOptimum) {
  EXPECT_NEAR(MeanReturn("value_iteration", "FrozenLake-v1", 16, 100), 0.7441901, 1e-6);
  EXPECT_NEAR(MeanReturn("value_iteration", "FrozenLake8x8-v1", 64, 200), 0.913220, 1e-6);
  EXPECT_NEAR(MeanReturn("value_iteration", "Taxi-v4", 500, 200), 7.93, 1e-9);
  EXPECT_NEAR(MeanReturn("value_iteration", "CliffWalking-v1", 48, 40), -13, 1e-9);
  EXPECT_NEAR(MeanReturn("value_iteration", "CliffWalking-v1", 48, 5000, {{"slippery", "true"}}),
              -64.7091759099605, 1e-6);
}

TEST(ValueIteration, WithoutTheClock_IsTheBestPolicyOfItsDiscount) {
  const Settings plain = {{"time_limit", "false"}, {"discount", "0.99"}};
  EXPECT_NEAR(MeanReturn("value_iteration", "FrozenLake-v1", 16, 100, {}, plain), 0.740165, 1e-6);
}

TEST(PolicyIteration, ToyProblems_ReachWhatAPolicyWithoutAClockCan) {
  EXPECT_NEAR(MeanReturn("policy_iteration", "FrozenLake-v1", 16, 100), 0.740165, 1e-6);
  EXPECT_NEAR(MeanReturn("policy_iteration", "Taxi-v4", 500, 200), 7.93, 1e-9);
  EXPECT_NEAR(MeanReturn("policy_iteration", "CliffWalking-v1", 48, 40), -13, 1e-9);
}

// Blackjack's model has 11 states more than observations: naturals, which look like 21.
TEST(ValueIteration, Blackjack_ReachesTheOptimumThoughNaturalsLookLike21) {
  for (const char* agent : {"value_iteration", "policy_iteration"}) {
    std::vector<float> observations;
    for (int sum = 0; sum < 32; ++sum) {
      for (int dealer = 0; dealer < 11; ++dealer) {
        for (const int ace : {0, 1}) {
          observations.insert(
              observations.end(),
              {static_cast<float>(sum), static_cast<float>(dealer), static_cast<float>(ace)});
        }
      }
    }
    Asked asked(agent, EnvOf("Blackjack-v1"), {}, {}, observations, 3);
    const TransitionModel model = asked.Model();
    std::vector<std::int32_t> policy = asked.Next();
    ASSERT_EQ(policy.size(), 704u);
    for (std::size_t dealer = 0; dealer < 11; ++dealer) {
      policy.push_back(policy[(21 * 11 + dealer) * 2 + 1]);
    }
    ASSERT_EQ(static_cast<int>(policy.size()), model.states);
    EXPECT_NEAR(StartMean(model, PolicyValues(model, policy, 40)), -0.043113105413, 1e-12);
  }
}

TEST(ValueIteration, EveryEpisode_BeginsWithTheWholeTimeLimit) {
  Asked asked("value_iteration", EnvOf("FrozenLake-v1"), {}, {}, Ids(16), 1);
  const auto first = asked.Next();
  bool moved = false;
  for (int ply = 1; ply < 100; ++ply) moved = asked.Next() != first || moved;
  EXPECT_TRUE(moved);
  asked.NextEpisode();
  EXPECT_EQ(asked.Next(), first);
}

TEST(ValueIteration, SavedActor_GoesOnWithTheSamePly) {
  const EnvRow& lake = EnvOf("FrozenLake-v1");
  Asked straight("value_iteration", lake, {}, {}, Ids(16), 1),
      resumed("value_iteration", lake, {}, {}, Ids(16), 1);
  for (int ply = 0; ply < 60; ++ply) straight.Next();
  resumed.Next();
  StateWriter writer;
  straight.actor().Save(writer);
  StateReader reader(writer.bytes(), "test");
  resumed.actor().Load(reader);
  for (int ply = 60; ply < 100; ++ply) EXPECT_EQ(resumed.Next(), straight.Next());
}

/// A corridor of three cells that offers no model.
struct Unknown {
  static constexpr bool kFlat = true;
  static EnvSpec Spec(const Params&) {
    EnvSpec spec;
    spec.id = "Unknown-v0";
    spec.observation.shape = {1};
    spec.observation.low = {0};
    spec.observation.high = {2};
    spec.observation.categories = {3};
    spec.action.count = 2;
    return spec;
  }
  explicit Unknown(const Params&) {}
  void Reset(Rng&) { cell = 0; }
  EpisodeEnd Step(ActionRef, Rng&, std::span<float> rewards) {
    rewards[0] = 0;
    return ++cell == 2 ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }
  void Observe(int, std::span<float> out) const { out[0] = static_cast<float>(cell); }
  std::int32_t cell = 0;
};

/// The message of the ConfigError that `agent` meets `row` with, at the latest before the first
/// ply.
std::string Refusal(const char* agent, const EnvRow& row, const Settings& settings = {},
                    const Settings& params = {}) {
  try {
    Asked(agent, row, params, settings, {0, 0, 0, 0, 0, 0}, 1).Next();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(PlanningAgents, WhatDoesNotFit_IsRefusedInOneLine) {
  EnvRow unknown;
  unknown.id = "Unknown-v0";
  unknown.env_class = &EnvClassOf<Unknown>();
  for (const char* agent : {"value_iteration", "policy_iteration"}) {
    const std::string fit = std::string(agent) + " does not fit environment '";
    EXPECT_EQ(Refusal(agent, EnvOf("FrozenLake-v1")), "accepted");
    EXPECT_EQ(Refusal(agent, unknown), fit + "Unknown-v0': it offers no transition model");
    EXPECT_EQ(Refusal(agent, EnvOf("TicTacToe-v0")),
              fit + "TicTacToe-v0': it plans for one player");
    EXPECT_EQ(Refusal(agent, EnvOf("Pendulum-v1")),
              fit + "Pendulum-v1': it needs discrete actions");
    EXPECT_EQ(
        Refusal(agent, EnvOf("CartPole-v1")),
        fit + "CartPole-v1': it needs categorical observations that tell the state of a model");
  }
  EXPECT_EQ(
      Refusal("value_iteration", EnvOf("FrozenLake-v1"), {}, {{"max_episode_steps", "100000000"}}),
      "value_iteration: a plan for each of 100000000 plies and 16 states takes more than 256 "
      "MiB; set time_limit = false");
  for (const char* agent : {"value_iteration", "policy_iteration"}) {
    EXPECT_EQ(Refusal(agent, EnvOf("CliffWalking-v1"), {{"max_sweeps", "2"}}),
              std::string(agent) +
                  ": the values have not settled after 2 sweeps; lower discount or raise "
                  "max_sweeps");
  }
}

}  // namespace
}  // namespace brasa
