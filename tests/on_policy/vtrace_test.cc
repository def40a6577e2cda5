#include "agents/memory/vtrace.h"

#include <gtest/gtest.h>

#include <vector>

namespace brasa {
namespace {

SeatTransition Link(int row, float reward, int next_row) {
  return {.row = row, .reward = reward, .next_row = next_row};
}
SeatTransition EndOf(int row, float reward, EpisodeEnd end) {
  return {.row = row, .reward = reward, .end = end, .last = 0};
}

struct Result {
  std::vector<float> target, weight;
};
Result Vtrace(const DecisionChains& chains, const VtraceOptions& options,
              const std::vector<float>& value, const std::vector<float>& ratio) {
  Result result{std::vector<float>(value.size(), -99.0f), std::vector<float>(value.size(), -99.0f)};
  ComputeVtrace(chains, options, {value, ratio, result.target, result.weight});
  return result;
}

// Five rows of one world, the third of which terminated. The expected numbers are those of a NumPy
// program that runs the equations of the paper.
TEST(Vtrace, TargetsAndWeights_EqualTheKnownAnswer) {
  DecisionChains chains(5);
  chains.Add(Link(0, 1.0f, 1), 0);
  chains.Add(Link(1, -1.0f, 2), 0);
  chains.Add(EndOf(2, 0.5f, EpisodeEnd::kTerminated), 0.7f);
  chains.Add(Link(3, 2.0f, 4), 0);
  // Probabilities of the action: 0.6 of the learner to 0.5 of the actor, and so on.
  const Result found = Vtrace(chains, {.discount = 0.9f}, {0.2f, 0.1f, 0.4f, 0.3f, 0.8f},
                              {0.6f / 0.5f, 0.1f / 0.3f, 0.5f / 0.2f, 0.3f / 0.6f, 7.0f});
  const double targets[] = {0.895, -0.11666666666666664, 0.5, 1.51};
  const double weights[] = {0.695, -0.2166666666666667, 0.1, 1.21};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(static_cast<double>(found.target[i]), targets[i], 1e-6) << i;
    EXPECT_NEAR(static_cast<double>(found.weight[i]), weights[i], 1e-6) << i;
  }
  EXPECT_EQ(found.target[4], 0.8f);  // the window's last state is open
  EXPECT_EQ(found.weight[4], 0.0f);
}

// Two decisions, discount and lambda 1/2, rho up to 2, c up to 1; the second one ends in a
// truncated state of value 8.
//   second: rho 1/4, c 1/8; delta = (2 + 4 - 2) / 4 = 1; v = 2 + 1 = 3; weight (2 + 4 - 2) / 4 = 1
//   first:  rho 2 (of 3), c 1/2; delta = 2 (1 + 1 - 1) = 2; v = 1 + 2 + 1/2 1/2 (3 - 2) = 3.25;
//           weight 2 (1 + 1.5 - 1) = 3: it looks at v of the next decision, delta at its value.
TEST(Vtrace, ClippedAndTruncated_WorkedByHand) {
  DecisionChains chains(2);
  chains.Add(Link(0, 1, 1), 0);
  chains.Add(EndOf(1, 2, EpisodeEnd::kTruncated), 8);
  const Result found = Vtrace(
      chains, {.discount = 0.5f, .lambda = 0.5f, .rho_clip = 2, .c_clip = 1}, {1, 2}, {3, 0.25f});
  EXPECT_EQ(found.target, (std::vector<float>{3.25f, 3}));
  EXPECT_EQ(found.weight, (std::vector<float>{3, 1}));
}

// With ratios of 1 the targets are the lambda-returns of GAE.
TEST(Vtrace, OnPolicy_IsTheLambdaReturn) {
  DecisionChains chains(6);
  const std::vector<float> rewards = {1.0f, 0.0f, -0.5f, 2.0f, 1.0f};
  const std::vector<float> value = {0.5f, 0.4f, 0.3f, 0.2f, 0.6f, 0.7f};
  for (int t = 0; t < 5; ++t) chains.Add(Link(t, rewards[static_cast<std::size_t>(t)], t + 1), 0);
  const Result found =
      Vtrace(chains, {.discount = 0.99f, .lambda = 0.8f}, value, std::vector<float>(6, 1.0f));
  const double expected[] = {2.556185642057728, 1.864880861184, 2.279647552, 3.459656, 1.693};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(static_cast<double>(found.target[i]), expected[i], 2e-6);
  }
}

}  // namespace
}  // namespace brasa
