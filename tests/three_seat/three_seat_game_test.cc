#include "tests/three_seat/three_seat_game.h"

#include <gtest/gtest.h>

#include <vector>

namespace brasa::three_seat {
namespace {

using Rewards = std::vector<float>;

/// Plays one game by hand: `deal`, then moves with `roll` after the second one.
struct Played {
  std::vector<Rewards> plies;
  std::vector<int> movers;
  bool ended = false;
};

Played Play(int deal, std::vector<std::int32_t> moves, int roll) {
  ThreeSeatGame game{Params()};
  Rng rng;
  game.Reset(rng);
  Rewards none(3);
  game.ApplyChance(deal, none);
  Played played;
  EpisodeEnd end = EpisodeEnd::kNone;
  for (const std::int32_t move : moves) {
    Rewards rewards(3, 99);
    played.movers.push_back(game.PlayerToMove());
    end = game.Step(ActionRef(&move, 1), rng, rewards);
    if (game.plies == 2) end = game.ApplyChance(roll, rewards);
    played.plies.push_back(rewards);
  }
  played.ended = end == EpisodeEnd::kTerminated;
  return played;
}

TEST(ThreeSeat, Deal0Moves01Roll1Move2_GivesTheWorkedRewards) {
  const Played played = Play(0, {0, 1, 2}, 1);
  EXPECT_EQ(played.movers, (std::vector<int>{0, 1, 0}));
  EXPECT_EQ(played.plies, (std::vector<Rewards>{{1, 0, -1}, {0.25, -1, 2}, {-3, 1.5, 1.5}}));
  EXPECT_TRUE(played.ended);
}

TEST(ThreeSeat, Deal1Moves00Roll0Move0_IsEndedBySeat2) {
  const Played played = Play(1, {0, 0, 0}, 0);
  EXPECT_EQ(played.movers, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(played.plies, (std::vector<Rewards>{{1, 0, -1}, {0.5, 1, 0.25}, {-1, 5, -4}}));
  EXPECT_TRUE(played.ended);
}

TEST(ThreeSeat, Roll2_EndsTheGameAndAddsToTheRewardsOfPly1) {
  const Played played = Play(1, {1, 1}, 2);
  EXPECT_EQ(played.plies, (std::vector<Rewards>{{0, 2, 0}, {-4, -5, 10}}));
  EXPECT_TRUE(played.ended);
}

TEST(ThreeSeat, OnlySeat0_SeesTheDeal) {
  ThreeSeatGame game{Params()};
  Rng rng;
  game.Reset(rng);
  Rewards none(3);
  game.ApplyChance(1, none);
  std::vector<float> seen(6);
  game.Observe(0, seen);
  EXPECT_EQ(seen, (std::vector<float>{0, 0, 2, 0, 0, 0}));
  game.Observe(2, seen);
  EXPECT_EQ(seen, (std::vector<float>{2, 0, 0, 0, 0, 0}));
}

TEST(ThreeSeat, Seat1AfterSeat0Plays1_HasOnlyAction1) {
  ThreeSeatGame game{Params()};
  Rng rng;
  game.Reset(rng);
  Rewards rewards(3);
  game.ApplyChance(0, rewards);
  const std::int32_t one = 1;
  game.Step(ActionRef(&one, 1), rng, rewards);
  std::vector<std::int32_t> ids(2);
  ASSERT_EQ(game.LegalActions(ids), 1);
  EXPECT_EQ(ids[0], 1);
}

}  // namespace
}  // namespace brasa::three_seat
