// Chance, limits and rewards of the worked game through Env and EnvBatch.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "brasa/core/error.h"
#include "brasa/env_batch.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa::three_seat {
namespace {

Params WithLimit(int limit) {
  Params params = DefaultParams(ThreeSeatRow());
  params.Set("max_episode_steps", std::to_string(limit));
  return params;
}

Env MakeEnv(ChanceMode chance, int limit = -1) {
  return Env(ThreeSeatRow(), WithLimit(limit), {5, StreamRole::kTest, 0}, chance);
}

template <typename Number>
std::vector<Number> Vector(std::span<const Number> values) {
  return {values.begin(), values.end()};
}

std::vector<float> View(const Env& env, int player) {
  std::vector<float> seen(6);
  env.Observe(player, seen.data());
  return seen;
}

TEST(ThreeSeatEnv, ChanceModeStop_StandsAtBothChanceNodes) {
  Env env = MakeEnv(ChanceMode::kStop);
  env.Reset();
  ASSERT_EQ(env.PlayerToMove(), kChance);
  const auto deal = env.ChanceOutcomes();
  ASSERT_EQ(deal.size(), 2u);
  EXPECT_EQ(deal[0].id, 0);
  EXPECT_EQ(deal[0].probability, 0.25);
  EXPECT_EQ(deal[1].probability, 0.75);
  EXPECT_THROW(env.Step(0), UsageError);
  EXPECT_THROW(env.ApplyChance(2), UsageError);

  env.ApplyChance(0);
  EXPECT_EQ(env.PlayerToMove(), 0);
  EXPECT_TRUE(env.ChanceOutcomes().empty());
  env.Step(0);
  EXPECT_EQ(Vector(env.rewards()), (std::vector<float>{1, 0, -1}));
  env.Step(1);
  EXPECT_EQ(Vector(env.rewards()), (std::vector<float>{0, -1, 2}));
  ASSERT_EQ(env.PlayerToMove(), kChance);
  EXPECT_EQ(env.ChanceOutcomes().size(), 3u);
  env.ApplyChance(1);
  EXPECT_EQ(Vector(env.rewards()), (std::vector<float>{0.25, 0, 0}));
  EXPECT_EQ(env.plies(), 2);
  EXPECT_EQ(env.PlayerToMove(), 0);
  EXPECT_EQ(env.Step(2), EpisodeEnd::kTerminated);
  EXPECT_EQ(Vector(env.returns()), (std::vector<double>{-1.75, 0.5, 2.5}));
}

TEST(ThreeSeatEnv, ApplyChanceOfRoll2_EndsTheEpisode) {
  Env env = MakeEnv(ChanceMode::kStop);
  env.Reset();
  env.ApplyChance(1);
  env.Step(1);
  env.Step(1);
  EXPECT_EQ(env.ApplyChance(2), EpisodeEnd::kTerminated);
  EXPECT_TRUE(env.done());
  EXPECT_EQ(Vector(env.returns()), (std::vector<double>{-4, -3, 10}));
}

/// Plays seat 0's 0 and seat 1's 1 with the ids that `rolled` drew and compares ply 1.
void ExpectPly1FollowsTheIds(const Env& rolled, std::int32_t deal, std::int32_t roll) {
  Env stopped = MakeEnv(ChanceMode::kStop);
  stopped.Reset();
  stopped.ApplyChance(deal);
  stopped.Step(0);
  stopped.Step(1);
  std::vector<float> rewards = Vector(stopped.rewards());
  const EpisodeEnd end = stopped.ApplyChance(roll);
  for (std::size_t p = 0; p < 3; ++p) rewards[p] += stopped.rewards()[p];
  EXPECT_EQ(Vector(rolled.rewards()), rewards);
  EXPECT_EQ(Vector(rolled.returns()), Vector(stopped.returns()));
  EXPECT_EQ(rolled.end(), end);
  for (int player = 0; player < 3; ++player) {
    EXPECT_EQ(View(rolled, player), View(stopped, player));
  }
}

// Frequencies of 4,000 games with a fixed seed lie within five standard deviations.
TEST(ThreeSeatEnv, ChanceModeRoll_TellsTheDrawnIdsAndNeverStandsAtChance) {
  Env env = MakeEnv(ChanceMode::kRoll);
  constexpr int kGames = 4000;
  int deals[2] = {}, rolls[3] = {};
  for (int game = 0; game < kGames; ++game) {
    env.Reset();
    ASSERT_EQ(env.batch().ChanceIds(0).size(), 1u);
    const std::int32_t deal = env.batch().ChanceIds(0)[0];
    ++deals[deal];
    ASSERT_EQ(env.PlayerToMove(), 0);
    env.Step(0);
    ASSERT_TRUE(env.batch().ChanceIds(0).empty());
    env.Step(1);
    ASSERT_EQ(env.batch().ChanceIds(0).size(), 1u);
    const std::int32_t roll = env.batch().ChanceIds(0)[0];
    ++rolls[roll];
    if (game < 50) ExpectPly1FollowsTheIds(env, deal, roll);
    if (roll != 2) {
      ASSERT_EQ(env.PlayerToMove(), roll == 0 ? 2 : 0);
    }
  }
  const auto near = [](int seen, double p) {
    return std::abs(seen - kGames * p) < 5 * std::sqrt(kGames * p * (1 - p));
  };
  EXPECT_TRUE(near(deals[0], 0.25)) << deals[0];
  EXPECT_TRUE(near(rolls[0], 0.5)) << rolls[0];
  EXPECT_TRUE(near(rolls[1], 0.25)) << rolls[1];
}

TEST(ThreeSeatEnv, LimitOf2_TruncatesAfterTheRollUnlessItEndsTheGame) {
  Env env = MakeEnv(ChanceMode::kRoll, 2);
  int seen[3] = {};
  for (int game = 0; game < 60; ++game) {
    env.Reset();
    const std::int32_t deal = env.batch().ChanceIds(0)[0];
    EXPECT_EQ(env.Step(0), EpisodeEnd::kNone);
    const EpisodeEnd end = env.Step(1);
    const std::int32_t roll = env.batch().ChanceIds(0)[0];
    ++seen[roll];
    EXPECT_EQ(end, roll == 2 ? EpisodeEnd::kTerminated : EpisodeEnd::kTruncated);
    if (deal == 0 && roll == 1) {
      EXPECT_EQ(View(env, 0), (std::vector<float>{0, 2, 1, 1, 2, 2}));
      EXPECT_EQ(Vector(env.returns()), (std::vector<double>{1.25, -1, 1}));
    }
    EXPECT_THROW(env.Step(0), UsageError);
  }
  EXPECT_GT(seen[0], 0);
  EXPECT_GT(seen[1], 0);
  EXPECT_GT(seen[2], 0);
}

TEST(ThreeSeatEnv, LimitOf3_LeavesTheLastPlyTerminated) {
  Env env = MakeEnv(ChanceMode::kRoll, 3);
  for (int game = 0; game < 20; ++game) {
    env.Reset();
    env.Step(1);
    EpisodeEnd end = env.Step(1);
    if (end == EpisodeEnd::kNone) end = env.Step(0);
    EXPECT_EQ(end, EpisodeEnd::kTerminated);
  }
}

TEST(ThreeSeatEnv, IllegalAction_IsNamedWithWhatIsLegal) {
  Env env = MakeEnv(ChanceMode::kRoll);
  env.Reset();
  env.Step(1);
  try {
    env.Step(0);
    FAIL() << "0 is illegal after 1";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "ThreeSeat-v0, world 0, episode 0, step 1: action 0 is illegal; legal: 1");
  }
  EXPECT_EQ(env.plies(), 1);
}

// Nobody but seat 0 knows the deal: drawn anew it is 1 with probability 3/4 whatever it was, within
// five standard deviations (sqrt(4000 * 3/16) = 27.4) of 3,000 in 4,000.
TEST(ThreeSeatEnv, ResampleHidden_DrawsTheDealForAllButSeat0) {
  const EnvRow row = ThreeSeatRow();
  Env env(row, DefaultParams(row), {7, StreamRole::kTest, 0}, ChanceMode::kStop);
  Env copy(row, DefaultParams(row), {7, StreamRole::kTest, 1}, ChanceMode::kStop);
  env.Reset();
  env.ApplyChance(0);
  Rng rng(11, StreamRole::kTest);
  int ones = 0;
  for (int i = 0; i < 4000; ++i) {
    copy.CopyFrom(env);
    copy.ResampleHidden(i % 2 + 1, rng);
    std::array<float, 6> seen{};
    copy.Observe(0, seen.data());
    ones += seen[2] == 2.0f;
    copy.ResampleHidden(0, rng);
    std::array<float, 6> again{};
    copy.Observe(0, again.data());
    ASSERT_EQ(seen, again) << "seat 0 knows the deal";
  }
  EXPECT_NEAR(ones, 3000, 137);
}

TEST(ThreeSeatEnv, ResampleHiddenForAPlayerThatIsNotThere_IsRefused) {
  const EnvRow row = ThreeSeatRow();
  Env env(row, DefaultParams(row), {7, StreamRole::kTest, 0});
  env.Reset();
  Rng rng(11, StreamRole::kTest);
  EXPECT_THROW(env.ResampleHidden(3, rng), UsageError);
}

TEST(ThreeSeatBatch, EveryWorld_RollsItsOwnChance) {
  EnvBatch batch(ThreeSeatRow(), WithLimit(-1), 64, {5, StreamRole::kTest, 0});
  batch.Reset(0, 64);
  std::vector<std::int32_t> actions(64, 0);
  std::vector<float> rewards(64 * 3);
  std::vector<std::uint8_t> ends(64);
  batch.Step(0, 64, actions.data(), rewards.data(), ends.data());
  batch.Step(0, 64, actions.data(), rewards.data(), ends.data());
  int rolls[3] = {};
  for (int i = 0; i < 64; ++i) {
    ASSERT_EQ(batch.ChanceIds(i).size(), 1u);
    const std::int32_t roll = batch.ChanceIds(i)[0];
    ++rolls[roll];
    // Moves 0 0: ply 1 gives (0.5, 1, 0) and what the roll adds.
    const std::vector<std::vector<float>> expected = {{0.5, 1, 0.25}, {0.75, 1, 0}, {-3.5, -3, 8}};
    const float* row = &rewards[static_cast<std::size_t>(i) * 3];
    EXPECT_EQ(std::vector<float>(row, row + 3), expected[static_cast<std::size_t>(roll)]);
    EXPECT_EQ(ends[static_cast<std::size_t>(i)], roll == 2 ? 1 : 0);
  }
  EXPECT_GT(rolls[0], 0);
  EXPECT_GT(rolls[1], 0);
  EXPECT_GT(rolls[2], 0);
}

}  // namespace
}  // namespace brasa::three_seat
