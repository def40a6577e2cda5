#include "agents/memory/gae.h"

#include <gtest/gtest.h>

#include "agents/memory/observation_encoder.h"

namespace brasa {
namespace {

SeatTransition Link(int row, float reward, int next_row) {
  return {.row = row, .reward = reward, .next_row = next_row};
}
SeatTransition EndOf(int row, float reward, EpisodeEnd end) {
  return {.row = row, .reward = reward, .end = end, .last = 0};
}

// Five steps of one world whose third step ended an episode. The expected numbers of this file that
// have nine digits or more are those of a NumPy program that runs the loop of CleanRL's ppo.py.
const std::vector<float> kRewards = {1.0f, 0.0f, -0.5f, 2.0f, 1.0f};
const std::vector<float> kValues = {0.5f, 0.4f, 0.3f, 0.2f, 0.6f, 0.7f};

DecisionChains FiveSteps(EpisodeEnd third, float final_value) {
  DecisionChains chains(6);
  for (int t = 0; t < 5; ++t) {
    const float reward = kRewards[static_cast<std::size_t>(t)];
    if (t == 2 && third != EpisodeEnd::kNone) {
      chains.Add(EndOf(t, reward, third), final_value);
    } else {
      chains.Add(Link(t, reward, t + 1), 0.0f);
    }
  }
  return chains;
}

std::vector<float> Gae(const DecisionChains& chains, std::span<const float> values, float discount,
                       float lambda) {
  std::vector<float> advantage(values.size(), -99.0f);
  ComputeGae(chains, values, discount, lambda, advantage);
  return advantage;
}

// float32 against double: a handful of roundings of numbers below 4.
constexpr double kFloatTolerance = 2e-6;

void ExpectNear(const std::vector<float>& found, const std::vector<double>& expected) {
  ASSERT_GE(found.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(found[i]), expected[i], kFloatTolerance) << "row " << i;
  }
}

TEST(Gae, TerminatedStep_BootstrapsWithZeroAndCutsTheTrace) {
  // The value of the final state is given and must not be used.
  ExpectNear(Gae(FiveSteps(EpisodeEnd::kTerminated, 0.9f), kValues, 0.99f, 0.95f),
             {0.0914963, -0.8554, -0.8, 3.4219665, 1.093});
}

TEST(Gae, TruncatedStep_BootstrapsFromFinalValueAndCutsTheTrace) {
  ExpectNear(Gae(FiveSteps(EpisodeEnd::kTruncated, 0.9f), kValues, 0.99f, 0.95f),
             {0.8796216627499999, -0.0174145, 0.091, 3.4219665, 1.093});
}

TEST(Gae, AdvantagePlusValue_IsTheLambdaReturn) {
  std::vector<float> targets = Gae(FiveSteps(EpisodeEnd::kNone, 0.0f), kValues, 0.99f, 0.8f);
  for (std::size_t i = 0; i < targets.size(); ++i) targets[i] += kValues[i];
  ExpectNear(targets, {2.556185642057728, 1.864880861184, 2.279647552, 3.459656, 1.693});
}

TEST(Gae, OpenDecision_HasNoAdvantageAndStandsForWhatFollows) {
  const std::vector<float> advantage = Gae(FiveSteps(EpisodeEnd::kNone, 0.0f), kValues, 0.5f, 0.5f);
  EXPECT_EQ(advantage[5], 0.0f);
  // 1 + 0.5 * 0.7 - 0.6.
  EXPECT_NEAR(static_cast<double>(advantage[4]), 0.75, kFloatTolerance);
}

// One world, two seats that alternate, no episode ends within T = 5:
//   slot      0     1     2     3     4     5 (the next rollout's first)
//   mover     0     1     0     1     0     1
//   reward 0  1     2     4     8    16
//   reward 1 -1    -2    -4    -8   -16
// Seat 0 decides in slots 0, 2, 4: rewards 1 + 2 = 3 and 4 + 8 = 12; slot 4 is open.
// Seat 1 decides in slots 1, 3, 5: rewards -2 - 4 = -6 and -8 - 16 = -24; slot 5 is open. Its -1
// of slot 0 came before its first decision and belongs to none.
TEST(Gae, TwoSeats_EachSeatsDecisionsAreAChainOfTheirOwn) {
  SeatTransitions seats(1, 2);
  DecisionChains chains(6);
  std::vector<SeatTransition> closed;
  for (int t = 0; t < 5; ++t) {
    const std::int32_t now = t % 2;
    const std::int32_t next = 1 - now;
    float reward[2] = {static_cast<float>(1 << t), -static_cast<float>(1 << t)};
    std::uint8_t end = 0;
    seats.Push({.row = t,
                .player = &now,
                .outcome = {reward, &end},
                .next_row = t + 1,
                .next_player = &next},
               {}, closed);
  }
  for (const SeatTransition& decision : closed) chains.Add(decision, 0.0f);
  EXPECT_EQ(chains.next(),
            (std::vector<std::int32_t>{2, 3, 4, 5, DecisionChains::kOpen, DecisionChains::kOpen}));
  const std::vector<float> value = {1, 2, 3, 4, 5, 6};
  // discount 1/2, lambda 1/2. Seat 0: A2 = 12 + 5/2 - 3 = 11.5, A0 = 3 + 3/2 - 1 + 11.5/4 = 6.375.
  // Seat 1: A3 = -24 + 6/2 - 4 = -25, A1 = -6 + 4/2 - 2 - 25/4 = -12.25.
  EXPECT_EQ(Gae(chains, value, 0.5f, 0.5f),
            (std::vector<float>{6.375f, -12.25f, 11.5f, -25.0f, 0.0f, 0.0f}));
}

TEST(ObservationEncoder, FloatObservations_AreTakenAsTheyAre) {
  ObservationSpec spec;
  spec.shape = {2};
  const ObservationEncoder encoder(spec);
  EXPECT_TRUE(encoder.identity());
  const float rows[] = {1.5f, -2.0f, 0.25f, 8.0f, 3.0f, 4.0f};
  std::vector<float> out(4);
  encoder.Gather(rows, std::vector<std::int32_t>{2, 0}, out.data());
  EXPECT_EQ(out, (std::vector<float>{3.0f, 4.0f, 1.5f, -2.0f}));
}

TEST(ObservationEncoder, Bytes_BecomeFloats) {
  ObservationSpec spec;
  spec.type = ElementType::kUint8;
  spec.shape = {3};
  const ObservationEncoder encoder(spec);
  EXPECT_FALSE(encoder.identity());
  EXPECT_EQ(encoder.row_bytes(), 3);
  const std::uint8_t rows[] = {0, 1, 255, 7, 0, 2};
  std::vector<float> out(6);
  encoder.Encode(rows, 2, out.data());
  EXPECT_EQ(out, (std::vector<float>{0, 1, 255, 7, 0, 2}));
}

TEST(ObservationEncoder, Ids_BecomeOneHotVectors) {
  ObservationSpec spec;
  spec.shape = {2};
  spec.categories = {3, 2};
  const std::vector<float> expected = {0, 0, 1, 1, 0, 1, 0, 0, 0, 1};
  const ObservationEncoder of_floats(spec);
  EXPECT_EQ(of_floats.inputs(), 5);
  std::vector<float> out(10, 9.0f);
  const float float_rows[] = {2, 0, 0, 1};
  of_floats.Encode(float_rows, 2, out.data());
  EXPECT_EQ(out, expected);
  spec.type = ElementType::kUint8;
  const std::uint8_t byte_rows[] = {2, 0, 0, 1};
  ObservationEncoder(spec).Encode(byte_rows, 2, out.data());
  EXPECT_EQ(out, expected);
}

}  // namespace
}  // namespace brasa
