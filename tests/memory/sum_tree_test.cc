#include "agents/memory/sum_tree.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "brasa/core/random.h"

namespace brasa {
namespace {

/// The first leaf whose running sum exceeds `prefix`.
std::int32_t LinearScan(const std::vector<double>& weights, double prefix) {
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    sum += weights[i];
    if (sum > prefix) return static_cast<std::int32_t>(i);
  }
  return -1;
}

// Weights are multiples of 1/8, so that sums are exact in any order.
TEST(SumTree, Find_AgreesWithALinearScan) {
  for (const std::int32_t leaves : {1, 2, 3, 7, 8, 9, 100}) {
    Rng rng(3, StreamRole::kTest, static_cast<std::uint32_t>(leaves));
    SumTree tree(leaves);
    std::vector<double> weights(static_cast<std::size_t>(leaves));
    for (int round = 0; round < 300; ++round) {
      const std::uint32_t leaf = rng.Below(static_cast<std::uint32_t>(leaves));
      const double weight = rng.Below(3) == 0 ? 0.0 : rng.Below(80) / 8.0;
      weights[leaf] = weight;
      tree.Set(static_cast<std::int32_t>(leaf), weight);
      double total = 0;
      for (const double w : weights) total += w;
      ASSERT_EQ(tree.total(), total);
      ASSERT_EQ(tree.weight(static_cast<std::int32_t>(leaf)), weight);
      if (total == 0) continue;
      for (int draw = 0; draw < 10; ++draw) {
        const double prefix = rng.Uniform() * total;
        ASSERT_EQ(tree.Find(prefix), LinearScan(weights, prefix)) << leaves << " " << prefix;
      }
      for (double sum = 0, i = 0; i < leaves; ++i) {  // exactly on a boundary
        if (sum < total) {
          ASSERT_EQ(tree.Find(sum), LinearScan(weights, sum));
        }
        sum += weights[static_cast<std::size_t>(i)];
      }
    }
  }
}

TEST(SumTree, PrefixBeyondTheTotal_NeverFindsAnEmptyLeaf) {
  SumTree tree(6);
  tree.Set(1, 0.1);
  tree.Set(3, 0.2);
  EXPECT_EQ(tree.Find(tree.total()), 3);
  EXPECT_EQ(tree.Find(1e9), 3);
  tree.Set(3, 0);
  EXPECT_EQ(tree.Find(0.5), 1);
}

// Schaul et al. 2016 on priorities 0.5, 2, 1, 0.1 with alpha 0.6, beta 0.4: probabilities and
// weights as a double-precision script gives them.
TEST(SumTree, ProportionalPriorities_GiveThePublishedProbabilities) {
  const std::array<double, 4> priorities = {0.5, 2.0, 1.0, 0.1};
  const std::array<double, 4> expected = {0.1925356224850111, 0.4423307056537248,
                                          0.29182943264392325, 0.07330423921734097};
  const std::array<double, 4> weights = {0.6795903430886513, 0.48725106948642405,
                                         0.5754399373371569, 1.0};
  SumTree tree(4);
  for (std::int32_t i = 0; i < 4; ++i) {
    tree.Set(i, std::pow(priorities[static_cast<std::size_t>(i)], 0.6));
  }
  const double most = std::pow(4 * tree.weight(3) / tree.total(), -0.4);
  for (std::int32_t i = 0; i < 4; ++i) {
    const double p = tree.weight(i) / tree.total();
    EXPECT_NEAR(p, expected[static_cast<std::size_t>(i)], 1e-15);
    EXPECT_NEAR(std::pow(4 * p, -0.4) / most, weights[static_cast<std::size_t>(i)], 1e-14);
  }
}

TEST(SumTree, SavedAndLoaded_IsEqualAndRefusesAnotherSize) {
  SumTree tree(5), same(5), other(6);
  for (std::int32_t i = 0; i < 5; ++i) tree.Set(i, 0.1 * (i + 1));
  StateWriter writer;
  tree.Save(writer);
  StateReader reader(writer.bytes(), "checkpoint");
  same.Load(reader);
  EXPECT_EQ(same.total(), tree.total());
  EXPECT_EQ(same.Find(0.7), tree.Find(0.7));
  StateReader again(writer.bytes(), "checkpoint");
  EXPECT_THROW(other.Load(again), FileError);
}

}  // namespace
}  // namespace brasa
