#include "agents/search/mcts_agent.h"

#include <gtest/gtest.h>

#include "tests/support/train_loop.h"

namespace brasa {
namespace {

using support::FindRow;
using support::TrainLoop;

const AgentRow& Row() { return FindRow(BuiltinAgents(), "mcts"); }
const EnvRow& EnvOf(const char* id) { return FindRow(BuiltinEnvs(), id); }
const support::Settings kFew = {{"simulations", "50"}};

TEST(Mcts, WhatDoesNotFit_IsRefusedInOneLine) {
  const Config config(Row().fields);
  EnvSpec spec;
  spec.id = "Some-v0";
  spec.action.count = 2;
  EXPECT_NO_THROW(CheckMcts(spec, config));
  EnvSpec box = spec;
  box.action.kind = ActionKind::kBox;
  EXPECT_THROW(CheckMcts(box, config), ConfigError);
  EnvSpec replay = spec;
  replay.clone_cost = CloneCost::kReplay;
  EXPECT_THROW(CheckMcts(replay, config), ConfigError);
}

TEST(Mcts, ActorWithoutWorlds_SaysWhatItNeeds) {
  TrainLoop loop(EnvOf("TicTacToe-v0"), Row(), {kFew, 1, 10});
  EXPECT_TRUE(loop.agent().needs_worlds());
  std::int32_t world = 0, action = 0;
  ActRows rows;
  rows.count = 1;
  rows.world = &world;
  EXPECT_THROW(loop.agent().actor().Act(rows, &action), UsageError);
}

TEST(Mcts, EqualSeeds_GiveEqualGames) {
  TrainLoop a(EnvOf("TicTacToe-v0"), Row(), {kFew, 2, 60, 3}),
      b(EnvOf("TicTacToe-v0"), Row(), {kFew, 2, 60, 3}),
      c(EnvOf("TicTacToe-v0"), Row(), {kFew, 2, 60, 4});
  for (TrainLoop* loop : {&a, &b, &c}) loop->Run();
  EXPECT_EQ(a.env().Signature(), b.env().Signature());
  EXPECT_NE(a.env().Signature(), c.env().Signature());
}

// World 0 of one world and world 0 of three play the same games: chance, slips and playouts of the
// others do not touch it.
TEST(Mcts, DecisionsOfAWorld_DoNotDependOnTheOthers) {
  const EnvRow& row = EnvOf("FrozenLake-v1");
  TrainLoop one(row, Row(), {kFew, 1, 40, 3}), three(row, Row(), {kFew, 3, 120, 3});
  one.Run();
  three.Run();
  EXPECT_EQ(one.env().batch().WorldBytes(0), three.env().batch().WorldBytes(0));
  EXPECT_EQ(one.env().batch().episode(0), three.env().batch().episode(0));
  EXPECT_EQ(one.env().batch().plies(0), three.env().batch().plies(0));
}

TEST(Mcts, SavedAndLoaded_GoesOnBitForBit) {
  const EnvRow& row = EnvOf("FrozenLake-v1");
  TrainLoop straight(row, Row(), {kFew, 2, 100, 3}), cut(row, Row(), {kFew, 2, 100, 3}),
      resumed(row, Row(), {kFew, 2, 100, 3});
  straight.Run();
  cut.Run(50);
  resumed.Load(cut.Save(), cut.steps_done());
  resumed.Run();
  EXPECT_EQ(resumed.env().Signature(), straight.env().Signature());
  EXPECT_EQ(resumed.Save(), straight.Save());
}

TEST(Mcts, BothModes_PlayWellFromBothSeats) {
  TrainLoop loop(EnvOf("TicTacToe-v0"), Row(), {{{"simulations", "1000"}}, 1, 10});
  // Good play against itself draws: over 10 games the mean return of a seat is near 0.
  EXPECT_NEAR(loop.Evaluate(ActMode::kGreedy, 10, 1)[0], 0.0, 0.2);
}

}  // namespace
}  // namespace brasa
