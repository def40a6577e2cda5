// The games against their plain versions, step by step: from the start, and from states of every
// ramp that random starts set.
#include <gtest/gtest.h>

#include "tests/minatar/slow_games.h"

namespace brasa {
namespace {

using minatar::Outcome;
using minatar::RngDraws;

/// A random action that does not end the game at once, if ten tries find one.
template <typename Game>
int LivingAction(const Game& game, const Rng& stream, Rng& choice) {
  int action = 0;
  for (int tries = 0; tries < 10; ++tries) {
    action = static_cast<int>(choice.Below(minatar::kActions));
    Game ahead = game;
    Rng copy = stream;
    RngDraws draws(copy);
    if (!ahead.Step(action, true, draws).over) break;
  }
  return action;
}

struct Totals {
  std::int64_t steps = 0, reward = 0, ends = 0, ramps = 0;
};

/// `prepare` changes the state after a reset, `choose` picks the actions.
template <typename Game, typename SlowGame, typename Prepare, typename Choose>
Totals Compare(int episodes, int steps, bool ramping, Prepare&& prepare, Choose&& choose) {
  Totals totals;
  for (int episode = 0; episode < episodes; ++episode) {
    Rng stream(3, StreamRole::kTest, 1, static_cast<std::uint32_t>(episode));
    Rng choice(3, StreamRole::kTest, 2, static_cast<std::uint32_t>(episode));
    MinAtarWorld<Game> world{Params(MinAtarWorld<Game>::Fields())};
    Game& game = world.game;
    RngDraws draws(stream);
    game.Reset(draws);
    prepare(game, choice);
    SlowGame slow(game);
    for (int step = 0; step < steps; ++step) {
      const int action = choose(game, stream, choice);
      Rng slow_stream = stream;
      RngDraws slow_draws(slow_stream);
      const Outcome wanted = slow.Step(action, ramping, slow_draws);
      const Outcome got = game.Step(action, ramping, draws);
      std::vector<std::uint8_t> seen(100 * Game::kChannels, 7);
      world.Observe(0, seen);
      const bool equal = got.reward == wanted.reward && got.over == wanted.over &&
                         stream.counter == slow_stream.counter && seen == slow.See() &&
                         SlowGame::Numbers(game) == slow.Numbers();
      EXPECT_TRUE(equal) << "episode " << episode << ", step " << step << ": " << world.ToText();
      if (!equal) return totals;
      ++totals.steps;
      totals.reward += got.reward;
      totals.ends += got.over;
      if (got.over) break;
    }
  }
  return totals;
}

constexpr auto kAsItStarts = [](auto&, Rng&) {};
constexpr auto kAlive = [](const auto& game, const Rng& stream, Rng& choice) {
  return LivingAction(game, stream, choice);
};
constexpr auto kRandom = [](const auto&, const Rng&, Rng& choice) {
  return static_cast<int>(choice.Below(minatar::kActions));
};

int Draw(Rng& rng, int low, int high) {
  return low + static_cast<int>(rng.Below(static_cast<std::uint32_t>(high - low + 1)));
}
std::int8_t DrawByte(Rng& rng, int low, int high) {
  return static_cast<std::int8_t>(Draw(rng, low, high));
}

TEST(MinAtar, Asterix_EqualsThePlainVersionThroughEveryRamp) {
  const auto ramped = [](minatar::Asterix& game, Rng& rng) {
    game.ramps = DrawByte(rng, 0, 9);
    game.spawn_interval = DrawByte(rng, 1, 10);
    game.move_interval = DrawByte(rng, 1, 5);
  };
  using Slow = slow::Asterix;
  const Totals plain = Compare<minatar::Asterix, Slow>(20, 500, true, kAsItStarts, kAlive);
  EXPECT_GT(plain.steps, 2000);
  const Totals fast = Compare<minatar::Asterix, Slow>(100, 200, true, ramped, kAlive);
  EXPECT_GT(fast.reward, 100);
  EXPECT_GT(fast.ends, 10);
  Compare<minatar::Asterix, Slow>(20, 300, false, ramped, kAlive);
}

// Spawn interval, move interval and ramps after each ramp, as the rules list them.
TEST(MinAtar, Asterix_RampsEvery102Steps) {
  const int wanted[][3] = {{9, 5, 1}, {8, 4, 2}, {7, 4, 3}, {6, 3, 4}, {5, 3, 5},
                           {4, 2, 6}, {3, 2, 7}, {2, 1, 8}, {1, 1, 9}};
  for (const bool ramping : {true, false}) {
    minatar::Asterix game;
    Rng rng(1, StreamRole::kTest);
    RngDraws draws(rng);
    game.Reset(draws);
    for (int step = 1; step <= 1500; ++step) {
      game.Step(minatar::kNoop, ramping, draws);  // ends are left out of account
      const int ramps = ramping ? std::min(step / 102, 9) : 0;
      ASSERT_EQ(game.ramps, ramps) << "step " << step;
      if (ramps == 0) continue;
      EXPECT_EQ(game.spawn_interval, wanted[ramps - 1][0]);
      EXPECT_EQ(game.move_interval, wanted[ramps - 1][1]);
    }
  }
}

TEST(MinAtar, Breakout_EqualsThePlainVersionThroughRefilledWalls) {
  const auto follow = [](const minatar::Breakout& game, const Rng&, Rng& choice) -> int {
    if (choice.Below(300) == 0) return static_cast<int>(choice.Below(minatar::kActions));
    return game.ball_x > game.paddle   ? minatar::kRight
           : game.ball_x < game.paddle ? minatar::kLeft
                                       : minatar::kNoop;
  };
  const auto few_bricks = [](minatar::Breakout& game, Rng& rng) {
    const std::uint64_t bits = rng.Next() & rng.Next() & rng.Next();
    game.bricks = static_cast<std::uint32_t>(bits) & minatar::Breakout::kWall;
    game.paddle = DrawByte(rng, 0, 9);
  };
  const Totals play = Compare<minatar::Breakout, slow::Breakout>(60, 600, true, few_bricks, follow);
  EXPECT_GT(play.reward, 600);  // each wall that stands again needs the one before to be gone
  Compare<minatar::Breakout, slow::Breakout>(200, 100, true, kAsItStarts, kRandom);
}

TEST(MinAtar, Freeway_EqualsThePlainVersionToItsLastStep) {
  const auto go = [](const minatar::Freeway&, const Rng&, Rng& choice) -> int {
    return choice.Below(8) == 0 ? minatar::kDown : minatar::kUp;
  };
  const Totals totals = Compare<minatar::Freeway, slow::Freeway>(3, 3000, true, kAsItStarts, go);
  EXPECT_EQ(totals.steps, 3 * 2501);
  EXPECT_GT(totals.reward, 3 * 10);
}

TEST(MinAtar, Seaquest_EqualsThePlainVersionThroughEveryRamp) {
  const auto ramped = [](minatar::Seaquest& game, Rng& rng) {
    game.ramps = Draw(rng, 0, 25);
    game.enemy_interval = DrawByte(rng, 1, 20);
    game.enemy_timer = DrawByte(rng, 0, game.enemy_interval);
    game.move_interval = DrawByte(rng, 2, 5);
    game.divers_held = Draw(rng, -2, 6);
    game.oxygen = static_cast<std::int16_t>(Draw(rng, 1, 200));
    game.y = DrawByte(rng, 0, 8);
    game.surfaced = game.y == 0;
  };
  using Slow = slow::Seaquest;
  const Totals plain = Compare<minatar::Seaquest, Slow>(40, 300, true, kAsItStarts, kAlive);
  EXPECT_GT(plain.steps, 2000);
  const Totals fast = Compare<minatar::Seaquest, Slow>(200, 200, true, ramped, kAlive);
  EXPECT_GT(fast.reward, 200);
  EXPECT_GT(fast.ends, 50);
  Compare<minatar::Seaquest, Slow>(40, 200, false, ramped, kAlive);
}

TEST(MinAtar, SpaceInvaders_EqualsThePlainVersionThroughEveryWave) {
  const auto ramped = [](minatar::SpaceInvaders& game, Rng& rng) {
    game.ramps = static_cast<std::int16_t>(Draw(rng, 0, 6));
    game.move_interval = static_cast<std::int8_t>(12 - game.ramps);
    game.aliens.top &= rng.Next() & rng.Next();
    game.aliens.top |= 8;
    for (int down = Draw(rng, 0, 6); down > 0; --down) game.aliens = game.aliens.Down();
  };
  using Slow = slow::SpaceInvaders;
  const Totals plain = Compare<minatar::SpaceInvaders, Slow>(40, 400, true, kAsItStarts, kAlive);
  EXPECT_GT(plain.reward, 200);
  const Totals fast = Compare<minatar::SpaceInvaders, Slow>(200, 200, true, ramped, kAlive);
  EXPECT_GT(fast.reward, 500);
  EXPECT_GT(fast.ends, 50);
  Compare<minatar::SpaceInvaders, Slow>(40, 200, false, ramped, kAlive);
}

}  // namespace
}  // namespace brasa
