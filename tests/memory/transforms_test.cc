// Frame stacks, running moments and what is made with them.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "agents/memory/frame_stack.h"
#include "agents/memory/input_encoder.h"
#include "agents/memory/reward_transform.h"
#include "agents/memory/rollout.h"
#include "agents/memory/running_moments.h"

namespace brasa {
namespace {

// The numbers of Gymnasium's RunningMeanStd fed with the same three batches.
TEST(RunningMoments, Batches_GiveGymnasiumsNumbers) {
  RunningMoments moments(1);
  const std::vector<std::vector<float>> batches = {{1, 2, 3}, {10}, {-1, 0}};
  const double expected[3][3] = {{1.9999333355554814, 0.6668111018523086, 3.0001},
                                 {3.9999000024999374, 12.500112487188074, 4.0001},
                                 {2.499958334027766, 12.91657222206022, 6.0001}};
  for (std::size_t i = 0; i < batches.size(); ++i) {
    moments.Update(batches[i].data(), batches[i].size());
    EXPECT_NEAR(moments.mean()[0], expected[i][0], 1e-12);
    EXPECT_NEAR(moments.variance()[0], expected[i][1], 1e-12);
    EXPECT_NEAR(moments.count(), expected[i][2], 1e-12);
  }
}

ObservationSpec TwoFloats() {
  ObservationSpec spec;
  spec.shape = {2};
  spec.low = {-100};
  spec.high = {100};
  return spec;
}

TEST(InputEncoder, Observed_NormalisesEveryElementByItsOwnMoments) {
  InputEncoder input(TwoFloats(), {.normalize = true, .clip = 0, .frames = 1});
  const std::vector<float> rows = {1, 100, 3, 300};
  std::vector<float> out(4);
  input.Encode(rows.data(), 2, out.data());
  for (std::size_t i = 0; i < 4; ++i) EXPECT_FLOAT_EQ(out[i], rows[i]);  // nothing observed yet
  input.Observe(rows.data(), 2);
  input.Encode(rows.data(), 2, out.data());
  // Means 2 and 200, deviations 1 and 100; the first count of 1e-4 shifts them by some 2e-4 of it,
  // the second's variance by 1e-4 of its square mean.
  const std::vector<double> expected = {-1, -1, 1, 1};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(static_cast<double>(out[i]), expected[i], 1e-3);
  }
}

TEST(InputEncoder, NormalisedElements_AreClipped) {
  InputEncoder input(TwoFloats(), {.normalize = true, .clip = 1.5f, .frames = 1});
  const std::vector<float> seen = {-1, -1, 1, 1}, row = {50, -50};
  input.Observe(seen.data(), 2);
  std::vector<float> out(2);
  input.Encode(row.data(), 1, out.data());
  EXPECT_EQ(out[0], 1.5f);
  EXPECT_EQ(out[1], -1.5f);
}

TEST(InputEncoder, SavedAndLoaded_EncodesEqually) {
  const InputOptions options{.normalize = true, .clip = 10, .frames = 1};
  InputEncoder input(TwoFloats(), options), other(TwoFloats(), options);
  const std::vector<float> rows = {1, 100, 3, 300};
  input.Observe(rows.data(), 2);
  StateWriter writer;
  input.Save(writer);
  StateReader reader(writer.bytes(), "test");
  other.Load(reader);
  std::vector<float> expected(4), found(4);
  input.Encode(rows.data(), 2, expected.data());
  other.Encode(rows.data(), 2, found.data());
  EXPECT_EQ(found, expected);
}

SeatTransition Reward(int world, float reward, EpisodeEnd end = EpisodeEnd::kNone) {
  SeatTransition transition;
  transition.world = world;
  transition.reward = reward;
  transition.end = end;
  return transition;
}

// Returns with discount 0.5: step 1: 2 and 4; step 2: 1 + 1 = 2 and 0 + 2 = 2; world 1's episode
// ends there; step 3: 0 + 1 = 1 and, of a new episode, 6.
TEST(RewardTransform, Normalised_DividesByTheDeviationOfTheRunningReturn) {
  RewardTransform rewards(2, 1, {.normalize = true, .discount = 0.5f});
  RunningMoments expected(1);
  const std::vector<std::vector<float>> returns = {{2, 4}, {2, 2}, {1, 6}};
  std::vector<std::vector<SeatTransition>> steps = {
      {Reward(0, 2), Reward(1, 4)},
      {Reward(0, 1), Reward(1, 0, EpisodeEnd::kTerminated)},
      {Reward(0, 0), Reward(1, 6)}};
  for (std::size_t t = 0; t < 3; ++t) {
    expected.Update(returns[t].data(), 2);
    const double deviation = std::sqrt(expected.variance()[0] + 1e-8);
    const std::vector<SeatTransition> raw = steps[t];
    rewards.Apply(steps[t]);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_NEAR(static_cast<double>(steps[t][i].reward),
                  static_cast<double>(raw[i].reward) / deviation, 1e-6);
    }
  }
}

TEST(RewardTransform, ScaleComesBeforeClip) {
  RewardTransform rewards(2, 1, {.normalize = false, .scale = 0.5f, .clip = 1.0f});
  std::vector<SeatTransition> step = {Reward(0, -6), Reward(1, 1.5f)};
  rewards.Apply(step);
  EXPECT_EQ(step[0].reward, -1.0f);
  EXPECT_EQ(step[1].reward, 0.75f);
}

TEST(FrameStack, NewEpisode_RepeatsItsFirstFrame) {
  FrameStack frames(2, 3, 1);
  const std::vector<std::int32_t> world = {1};
  std::vector<std::uint8_t> out(3);
  const auto push = [&](std::uint8_t seen, std::uint8_t start) {
    frames.Push({.count = 1, .world = world.data(), .observation = &seen, .start = &start},
                out.data());
    return out;
  };
  using Frames = std::vector<std::uint8_t>;
  EXPECT_EQ(push(1, 1), (Frames{1, 1, 1}));
  EXPECT_EQ(push(2, 0), (Frames{1, 1, 2}));
  EXPECT_EQ(push(3, 0), (Frames{1, 2, 3}));
  EXPECT_EQ(push(4, 0), (Frames{2, 3, 4}));
  EXPECT_EQ(push(9, 1), (Frames{9, 9, 9}));
}

// Two worlds, three slots, three frames; world 1's episode begins anew in slot 1.
TEST(Rollout, FrameRows_GoBackToTheEpisodesStartAndIntoTheRolloutBefore) {
  EnvSpec spec;
  spec.id = "Test-v0";
  spec.observation = TwoFloats();
  spec.action.count = 2;
  Rollout rollout(spec, 2, 3, 3);
  const auto fill = [&](int t, float value, bool start_of_1) {
    const StateRows rows = rollout.States(t);
    for (int i = 0; i < 4; ++i) static_cast<float*>(rows.observation)[i] = value;
    rows.start[0] = value == 0;
    rows.start[1] = start_of_1 || value == 0;
  };
  for (int t = 0; t <= 3; ++t) fill(t, static_cast<float>(t), t == 1);
  const auto frames = [&](int t, int world) {
    std::int32_t rows[3];
    rollout.FrameRows(2 * t + world, rows);
    const auto* const observations = static_cast<const float*>(rollout.observations());
    return std::vector<float>{observations[2 * rows[0]], observations[2 * rows[1]],
                              observations[2 * rows[2]]};
  };
  using Values = std::vector<float>;
  EXPECT_EQ(frames(0, 0), (Values{0, 0, 0}));
  EXPECT_EQ(frames(1, 0), (Values{0, 0, 1}));
  EXPECT_EQ(frames(3, 0), (Values{1, 2, 3}));
  EXPECT_EQ(frames(1, 1), (Values{1, 1, 1}));
  EXPECT_EQ(frames(3, 1), (Values{1, 2, 3}));
  rollout.Keep(3, 3);  // slot 3 becomes slot 0
  fill(1, 4, false);
  EXPECT_EQ(frames(0, 0), (Values{1, 2, 3}));
  EXPECT_EQ(frames(1, 1), (Values{2, 3, 4}));
}

}  // namespace
}  // namespace brasa
