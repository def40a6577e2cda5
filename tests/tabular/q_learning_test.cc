#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "agents/tabular/tabular_agent.h"
#include "tests/support/train_loop.h"
#include "tests/tabular/hand_fed.h"

namespace brasa {
namespace {

using support::FindRow;
using support::Settings;
using support::TrainLoop;
using tabular::Cells;

const AgentRow& Row() { return FindRow(BuiltinAgents(), "q_learning"); }
const EnvRow& EnvOf(const char* id) { return FindRow(BuiltinEnvs(), id); }

/// HandFed of q_learning.
struct QFed : tabular::HandFed {
  QFed(int players, const Settings& settings)
      : HandFed(TabularKind::kQLearning, players, settings) {}
};

Config With(const Settings& settings) { return tabular::With(TabularKind::kQLearning, settings); }

constexpr auto kNone = EpisodeEnd::kNone;
const Settings kHalf = {{"learning_rate", "0.5"}, {"discount", "0.9"}};

TEST(QLearningAgent, OneSeat_LearnsTheHandComputedValues) {
  QFed fed(1, kHalf);
  // Q = 0 everywhere. target 1, Q(0, 1) = 0.5
  EXPECT_DOUBLE_EQ(fed.Ply(0, 0, 1, {1}, kNone, 0, 1), 1.0);
  // target 0 + 0.9 * 0.5, Q(1, 0) = 0.225
  EXPECT_DOUBLE_EQ(fed.Ply(0, 1, 0, {0}, kNone, 0, 0), 0.45);
  // Q(0, 1) = 0.5, target 1 + 0.9 * 0.225 = 1.2025, error 0.7025, Q(0, 1) = 0.85125
  EXPECT_DOUBLE_EQ(fed.Ply(0, 0, 1, {1}, kNone, 0, 1), 0.7025);
}

TEST(QLearningAgent, TerminatedStep_DoesNotBootstrap) {
  QFed fed(1, kHalf);
  fed.Ply(0, 0, 1, {1}, kNone, 0, 1);  // Q(0, 1) = 0.5
  // The next episode begins in cell 0, the final state is cell 0 too: neither counts.
  EXPECT_DOUBLE_EQ(fed.Ply(0, 1, 0, {0}, EpisodeEnd::kTerminated, 0, 0, {0}), 0.0);
}

TEST(QLearningAgent, TruncatedStep_BootstrapsFromTheFinalObservation) {
  QFed fed(1, kHalf);
  fed.Ply(0, 0, 1, {1}, kNone, 0, 1);  // Q(0, 1) = 0.5
  // The final state is cell 0; the next episode begins in cell 2, whose value is 0.
  EXPECT_DOUBLE_EQ(fed.Ply(0, 1, 0, {0}, EpisodeEnd::kTruncated, 0, 2, {0}), 0.45);
}

TEST(QLearningAgent, VisitsSchedule_DividesByTheCountOfTheAction) {
  QFed fed(1, {{"learning_rate", "1"},
               {"learning_rate_schedule", "visits"},
               {"visit_power", "1"},
               {"discount", "0"}});
  // With 1/N the value is the mean of the targets: errors 4 - 0, 1 - 4, 10 - 2.5; then mean 5.
  EXPECT_DOUBLE_EQ(fed.Ply(0, 0, 0, {4}, kNone, 0, 0), 4);
  EXPECT_DOUBLE_EQ(fed.Ply(0, 0, 0, {1}, kNone, 0, 0), 3);
  EXPECT_DOUBLE_EQ(fed.Ply(0, 0, 0, {10}, kNone, 0, 0), 7.5);
  EXPECT_DOUBLE_EQ(fed.Ply(0, 0, 0, {5}, kNone, 0, 0), 0);
}

TEST(QLearningAgent, TwoSeats_EachLearnsFromItsOwnRewards) {
  QFed fed(2, kHalf);
  const std::int64_t before = fed.agent().updates();
  fed.Ply(0, 0, 0, {1, 2}, kNone, 1, 1);
  EXPECT_EQ(fed.agent().updates(), before);  // seat 0 waits for its next decision
  // Seat 0 is to move again: reward 1 + 4, successor cell 2: Q(0, 0) = 2.5
  EXPECT_DOUBLE_EQ(fed.Ply(1, 1, 0, {4, 8}, kNone, 0, 2), 5.0);
  // The end closes both: seat 1's 8 + 32 in cell 1 and seat 0's 16 in cell 2.
  EXPECT_DOUBLE_EQ(fed.Ply(0, 2, 0, {16, 32}, EpisodeEnd::kTerminated, 0, 0, {0, 0}),
                   (40.0 + 16.0) / 2);
  EXPECT_EQ(fed.agent().updates(), before + 3);
}

TEST(QLearningAgent, Negamax_TakesTheSignWhereTheMoverChanges) {
  Settings settings = kHalf;
  settings.emplace_back("negamax", "true");
  QFed fed(2, settings);
  EXPECT_DOUBLE_EQ(fed.Ply(0, 0, 1, {1, -1}, kNone, 1, 1), 1.0);  // Q(0, 1) = 0.5
  // Seat 1 moves, then seat 0 sees cell 0: target -0.9 * 0.5, Q(1, 0) = -0.225
  EXPECT_DOUBLE_EQ(fed.Ply(1, 1, 0, {0, 0}, kNone, 0, 0), 0.45);
  // The same mover again: target +0.9 * 0.5
  EXPECT_DOUBLE_EQ(fed.Ply(1, 2, 0, {0, 0}, kNone, 1, 0), 0.45);
}

TEST(QLearningAgent, WhatDoesNotFit_IsRefusedInOneLine) {
  const Config plain = With({}), negamax = With({{"negamax", "true"}});
  EnvSpec numbers = Cells(1);
  numbers.observation.categories.clear();
  EXPECT_THROW(CheckTabular(TabularKind::kQLearning, numbers, plain), ConfigError);
  numbers.observation.type = ElementType::kUint8;
  EXPECT_NO_THROW(CheckTabular(TabularKind::kQLearning, numbers, plain));
  EnvSpec box = Cells(1);
  box.action.kind = ActionKind::kBox;
  box.action.low = box.action.high = {0};
  EXPECT_THROW(CheckTabular(TabularKind::kQLearning, box, plain), ConfigError);
  EXPECT_THROW(MakeTabular(TabularKind::kQLearning, {box, plain, 1, 0, 0}), ConfigError);
  EXPECT_THROW(CheckTabular(TabularKind::kQLearning, Cells(1), negamax), ConfigError);
  EXPECT_NO_THROW(CheckTabular(TabularKind::kQLearning, Cells(2), negamax));
  EnvSpec hidden = Cells(2);
  hidden.perfect_information = false;
  EXPECT_THROW(CheckTabular(TabularKind::kQLearning, hidden, negamax), ConfigError);
  EnvSpec sum = Cells(2);
  sum.zero_sum = false;
  EXPECT_THROW(CheckTabular(TabularKind::kQLearning, sum, negamax), ConfigError);
}

/// Asks `actor` once about cell 0 in each of `worlds`, with one mask for all.
std::vector<std::int32_t> Ask(Actor& actor, std::vector<std::int32_t> worlds,
                              std::array<std::uint8_t, 2> mask) {
  const std::size_t n = worlds.size();
  std::vector<std::int32_t> players(n, 0), actions(n, -1);
  std::vector<float> cells(n, 0);
  std::vector<std::uint8_t> masks, start(n, 0);
  for (std::size_t i = 0; i < n; ++i) masks.insert(masks.end(), mask.begin(), mask.end());
  actor.Act({static_cast<int>(n), worlds.data(), players.data(), cells.data(), masks.data(),
             start.data(), nullptr},
            actions.data());
  return actions;
}

TEST(QLearningAgent, GreedyActor_TakesTheFirstOfEqualsAndExploringActorDrawsAmongThem) {
  QFed fed(1, {{"epsilon_end", "0"}});  // nothing is planned: epsilon is at its end
  auto greedy = fed.agent().MakeActor(ActMode::kGreedy, 1, 0, StreamRole::kTest);
  auto explore = fed.agent().MakeActor(ActMode::kExplore, 1, 0, StreamRole::kTest);
  int ones = 0;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(Ask(*greedy, {0}, {1, 1})[0], 0);
    EXPECT_EQ(Ask(*greedy, {0}, {0, 1})[0], 1);
    EXPECT_EQ(Ask(*explore, {0}, {0, 1})[0], 1);
    ones += Ask(*explore, {0}, {1, 1})[0];
  }
  EXPECT_NEAR(ones, 500, 80);  // 5 standard deviations of 15.8
  // After Q(0, 1) > 0 both take it.
  fed.Ply(0, 0, 1, {1}, kNone, 0, 1);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Ask(*greedy, {0}, {1, 1})[0], 1);
    EXPECT_EQ(Ask(*explore, {0}, {1, 1})[0], 1);
  }
}

TEST(QLearningAgent, GreedyActor_DrawsNothing) {
  QFed fed(1, {});
  auto greedy = fed.agent().MakeActor(ActMode::kGreedy, 1, 0, StreamRole::kTest);
  StateWriter before, after;
  greedy->Save(before);
  Ask(*greedy, {0}, {1, 1});
  greedy->Save(after);
  EXPECT_EQ(before.bytes(), after.bytes());
}

TEST(QLearningAgent, EveryWorld_DrawsFromItsOwnStream) {
  QFed fed(1, {{"epsilon_end", "1"}});
  auto all = fed.agent().MakeActor(ActMode::kExplore, 4, 9, StreamRole::kTest);
  auto one = fed.agent().MakeActor(ActMode::kExplore, 3, 9, StreamRole::kTest);
  for (int i = 0; i < 64; ++i) {
    EXPECT_EQ(Ask(*all, {0, 1, 2, 3}, {1, 1})[2], Ask(*one, {2}, {1, 1})[0]);
  }
}

// The same updates by a map from (seat's view) to values, written from the definition: a seat's
// transition is found by walking back through the plies of the game. TicTacToe, random play.
class PlainOracle {
 public:
  explicit PlainOracle(const EnvRow& row)
      : env_(row, DefaultParams(row), {4, StreamRole::kTest, 0}) {
    env_.Reset();
  }
  using View = std::string;

  View See(int seat) {
    View view(18, '\0');
    env_.Observe(seat, view.data());
    return view;
  }
  double BestLegal(const View& view, std::span<const std::int32_t> legal) {
    double best = -1e9;
    for (const std::int32_t a : legal) best = std::max(best, values_[view][std::size_t(a)]);
    return best;
  }
  void Move(View view, std::vector<double>& errors, double alpha, double gamma) {
    errors.clear();
    if (env_.done()) {
      for (const int seat : {0, 1}) Learn(seat, 0, errors, alpha);
    } else if (plies_.size() >= 2) {
      const double best = BestLegal(view, env_.LegalActions());
      Learn(env_.PlayerToMove(), gamma * best, errors, alpha);
    }
  }
  void Learn(int seat, double bootstrap, std::vector<double>& errors, double alpha) {
    double reward = 0;
    for (std::size_t t = plies_.size(); t-- > 0;) {
      reward += static_cast<double>(plies_[t].rewards[std::size_t(seat)]);
      if (plies_[t].seat != seat) continue;
      double& value = values_[plies_[t].view][std::size_t(plies_[t].action)];
      errors.push_back(reward + bootstrap - value);
      value += alpha * errors.back();
      return;
    }
  }

  struct Ply {
    int seat;
    View view;
    std::int32_t action;
    std::vector<float> rewards;
  };
  Env env_;
  std::vector<Ply> plies_;  // of this game
  std::map<View, std::array<double, 9>> values_;
};

TEST(QLearningAgent, TicTacToeSelfPlay_EqualsAPlainVersion) {
  const EnvRow& row = EnvOf("TicTacToe-v0");
  PlainOracle oracle(row);
  const auto env = MakeSerialVectorEnv(row, DefaultParams(row), {1, 1, {4, StreamRole::kTest, 0}});
  const auto agent = MakeTabular(TabularKind::kQLearning, {env->spec(), With(kHalf), 1, 0, 0});
  Rng rng(1, StreamRole::kTest);
  env->Reset(agent->FirstRows());
  std::int64_t updates = 0;
  for (int ply = 0; ply < 20000; ++ply) {
    const auto legal = oracle.env_.LegalActions();
    const std::int32_t action = legal[rng.Below(static_cast<std::uint32_t>(legal.size()))];
    const int seat = oracle.env_.PlayerToMove();
    const auto view = oracle.See(seat);
    oracle.env_.Step(action);
    const auto rewards = oracle.env_.rewards();
    oracle.plies_.push_back({seat, view, action, {rewards.begin(), rewards.end()}});
    std::vector<double> errors;
    const bool done = oracle.env_.done();
    oracle.Move(done ? view : oracle.See(oracle.env_.PlayerToMove()), errors, 0.5, 0.9);

    const StepRows rows = agent->NextRows();
    static_cast<std::int32_t*>(rows.actions)[0] = action;
    env->Step(rows.actions, rows.outcome, rows.next);
    agent->Learn(env->last());
    updates += static_cast<std::int64_t>(errors.size());
    ASSERT_EQ(agent->updates(), updates) << "ply " << ply;
    if (!errors.empty()) {
      double mean = 0;
      for (const double error : errors) mean += std::abs(error);
      // The order of a sum of two differs.
      ASSERT_NEAR(agent->metrics()[0].value, mean / static_cast<double>(errors.size()), 1e-12);
    }
    if (done) {
      oracle.plies_.clear();
      oracle.env_.Reset();
    }
  }
}

TEST(QLearningAgent, SavedAndLoaded_GoesOnBitForBit) {
  for (const char* id : {"TicTacToe-v0", "FrozenLake-v1"}) {
    for (const char* negamax : {"false", "true"}) {
      if (std::string(negamax) == "true" && std::string(id) != "TicTacToe-v0") continue;
      SCOPED_TRACE(std::string(id) + ", negamax " + negamax);
      const support::TrainOptions options{{{"negamax", negamax}}, 3, 9000, 5};
      TrainLoop straight(EnvOf(id), Row(), options), cut(EnvOf(id), Row(), options),
          resumed(EnvOf(id), Row(), options);
      straight.Run();
      cut.Run(4000);
      resumed.Load(cut.Save(), cut.steps_done());
      EXPECT_EQ(resumed.Save(), cut.Save());
      EXPECT_EQ(resumed.agent().metrics()[0].value, cut.agent().metrics()[0].value);
      resumed.Run();
      EXPECT_EQ(resumed.env().Signature(), straight.env().Signature());
      EXPECT_EQ(resumed.agent().ParameterHash(), straight.agent().ParameterHash());
      EXPECT_EQ(resumed.Save(), straight.Save());
    }
  }
}

TEST(QLearningAgent, CheckpointOfAnotherEnvironment_IsRefused) {
  TrainLoop lake(EnvOf("FrozenLake-v1"), Row(), {{}, 1, 100}),
      board(EnvOf("TicTacToe-v0"), Row(), {{}, 1, 100});
  lake.Run();
  StateWriter writer;
  lake.agent().Save(writer);
  StateReader reader(writer.bytes(), "test");
  EXPECT_THROW(board.agent().Load(reader), FileError);
}

}  // namespace
}  // namespace brasa
