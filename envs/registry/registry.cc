// The built-in environments: one row each, in the order `brasa list` shows.
#include "brasa/registry.h"

#include "envs/board/backgammon.h"
#include "envs/board/breakthrough.h"
#include "envs/board/checkers.h"
#include "envs/board/connect_four.h"
#include "envs/board/hex.h"
#include "envs/board/mnk.h"
#include "envs/board/othello.h"
#include "envs/board/tic_tac_toe.h"
#include "envs/cards/kuhn_poker.h"
#include "envs/cards/leduc_poker.h"
#include "envs/chess/chess.h"
#include "envs/control/acrobot.h"
#include "envs/control/cart_pole.h"
#include "envs/control/mountain_car.h"
#include "envs/control/mountain_car_continuous.h"
#include "envs/control/pendulum.h"
#include "envs/go/go.h"
#include "envs/minatar/minatar.h"
#include "envs/puzzle/game_2048.h"
#include "envs/registry/box2d_rows.h"
#include "envs/toy/blackjack.h"
#include "envs/toy/cliff_walking.h"
#include "envs/toy/frozen_lake.h"
#include "envs/toy/taxi.h"

namespace brasa {
namespace {

using Defaults = std::vector<std::pair<std::string, std::string>>;

template <contract::Environment T>
EnvRow Row(std::string id, Defaults defaults = {}) {
  EnvRow row;
  row.id = std::move(id);
  row.env_class = &EnvClassOf<T>();
  row.defaults = std::move(defaults);
  return row;
}

/// A class for each size of the board.
EnvRow GoRow() {
  EnvRow row;
  row.id = "Go-v0";
  row.env_class = GoClass(Params(Go<9>::Fields()));
  row.select = &GoClass;
  return row;
}

/// The smallest struct that holds the board.
EnvRow HexRow() {
  EnvRow row = Row<Hex11>("Hex-v0");
  row.select = [](const Params& params) -> const brasa_env_class* {
    const auto size = params.GetInt("size");
    if (size <= 8) return &EnvClassOf<Hex8>();
    return size <= 11 ? &EnvClassOf<Hex11>() : &EnvClassOf<Hex19>();
  };
  return row;
}

/// The rows of environments on a library that a build may lack come last.
std::vector<EnvRow> WithBox2d(std::vector<EnvRow> rows) {
  for (EnvRow& row : Box2dRows()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace

std::span<const EnvRow> BuiltinEnvs() {
  static const std::vector<EnvRow> rows = {
      // Classic control
      Row<CartPole>("CartPole-v1"),
      Row<MountainCar>("MountainCar-v0"),
      Row<MountainCarContinuous>("MountainCarContinuous-v0"),
      Row<Pendulum>("Pendulum-v1"),
      Row<Acrobot>("Acrobot-v1"),

      // Toy text
      Row<FrozenLake>("FrozenLake-v1"),
      Row<FrozenLake>("FrozenLake8x8-v1", {{"map", "8x8"}}),
      Row<CliffWalking>("CliffWalking-v1"),
      Row<Taxi>("Taxi-v4"),
      Row<Blackjack>("Blackjack-v1"),

      // Chance and hidden information
      Row<KuhnPoker>("KuhnPoker-v0"),
      Row<LeducPoker>("LeducPoker-v0"),

      // Puzzles
      Row<Game2048>("2048-v0"),

      // Board games
      Row<TicTacToe>("TicTacToe-v0"),
      Row<ConnectFour>("ConnectFour-v0"),
      Row<Checkers>("Checkers-v0"),
      Row<Backgammon>("Backgammon-v0"),
      Row<Othello>("Othello-v0"),
      HexRow(),
      Row<Breakthrough>("Breakthrough-v0"),
      Row<Gomoku>("Gomoku-v0"),
      Row<Mnk>("MNK-v0"),

      // Go
      GoRow(),

      // Chess
      Row<Chess>("Chess-v0"),

      // MinAtar: v1 has each game's minimal action set, v0 all six actions
      Row<MinAtarAsterix>("MinAtar/Asterix-v0", {{"action_set", "full"}}),
      Row<MinAtarAsterix>("MinAtar/Asterix-v1"),
      Row<MinAtarBreakout>("MinAtar/Breakout-v0", {{"action_set", "full"}}),
      Row<MinAtarBreakout>("MinAtar/Breakout-v1"),
      Row<MinAtarFreeway>("MinAtar/Freeway-v0", {{"action_set", "full"}}),
      Row<MinAtarFreeway>("MinAtar/Freeway-v1"),
      Row<MinAtarSeaquest>("MinAtar/Seaquest-v0", {{"action_set", "full"}}),
      Row<MinAtarSeaquest>("MinAtar/Seaquest-v1"),
      Row<MinAtarSpaceInvaders>("MinAtar/SpaceInvaders-v0", {{"action_set", "full"}}),
      Row<MinAtarSpaceInvaders>("MinAtar/SpaceInvaders-v1"),
  };
  static const std::vector<EnvRow> all = WithBox2d(rows);
  return all;
}

}  // namespace brasa
