#include "agents/nn/distributions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "brasa/core/error.h"
#include "brasa/core/random.h"

namespace brasa {
namespace {

constexpr double kMinus = -std::numeric_limits<double>::infinity();

/// Softmax over the legal logits of one row, in double.
std::vector<double> ReferenceProbabilities(const std::vector<double>& logits,
                                           const std::uint8_t* mask) {
  double highest = kMinus, sum = 0;
  for (std::size_t a = 0; a < logits.size(); ++a) {
    if (!mask || mask[a]) highest = std::max(highest, logits[a]);
  }
  std::vector<double> p(logits.size(), 0.0);
  for (std::size_t a = 0; a < logits.size(); ++a) {
    if (!mask || mask[a]) sum += p[a] = std::exp(logits[a] - highest);
  }
  for (double& value : p) value /= sum;
  return p;
}

double ReferenceEntropy(const std::vector<double>& p) {
  double entropy = 0;
  for (const double value : p) {
    if (value > 0) entropy -= value * std::log(value);
  }
  return entropy;
}

/// Random logits of [rows, actions + 2] and masks that always allow one action at least.
struct Batch {
  Batch(int row_count, int action_count, std::uint32_t index) {
    Rng rng(31, StreamRole::kTest, index);
    rows = row_count;
    actions = action_count;
    for (int i = 0; i < rows * stride(); ++i) {
      logits.push_back(static_cast<float>(3 * rng.Normal()));
    }
    for (int i = 0; i < rows * actions; ++i) mask.push_back(rng.Below(3) > 0);
    for (int row = 0; row < rows; ++row) {
      mask[static_cast<std::size_t>(row * actions) +
           rng.Below(static_cast<std::uint32_t>(actions))] = 1;
    }
  }
  int stride() const { return actions + 2; }
  LogitRows View() const { return {logits.data(), rows, actions, stride(), mask.data()}; }
  std::vector<double> RowLogits(int row) const {
    const float* first = logits.data() + row * stride();
    return {first, first + actions};
  }
  const std::uint8_t* RowMask(int row) const { return mask.data() + row * actions; }

  int rows = 0, actions = 0;
  std::vector<float> logits;
  std::vector<std::uint8_t> mask;
};

// PyTorch's Categorical on logits 1, 2, -0.5.
TEST(Categorical, KnownLogits_GivePyTorchsProbabilitiesAndEntropy) {
  const float logits[] = {1.0f, 2.0f, -0.5f};
  Categorical categorical;
  categorical.Set({logits, 1, 3, 3, nullptr});
  const double expected[] = {0.25371618163502524, 0.6896720861245036, 0.05661173224047129};
  for (int a = 0; a < 3; ++a) {
    EXPECT_NEAR(static_cast<double>(categorical.Probability(0, a)), expected[a], 1e-7);
    EXPECT_NEAR(static_cast<double>(categorical.LogProbability(0, a)), std::log(expected[a]), 4e-7);
  }
  float entropy = 0;
  categorical.Entropies(&entropy);
  EXPECT_NEAR(static_cast<double>(entropy), 0.7667845440888864, 3e-7);
  std::int32_t mode = -1;
  categorical.Mode(&mode);
  EXPECT_EQ(mode, 1);
}

TEST(Categorical, MaskedRows_EqualTheDoubleReference) {
  const Batch batch(53, 7, 1);
  Categorical categorical;
  categorical.Set(batch.View());
  std::vector<float> entropies(53);
  categorical.Entropies(entropies.data());
  for (int row = 0; row < batch.rows; ++row) {
    const std::vector<double> p = ReferenceProbabilities(batch.RowLogits(row), batch.RowMask(row));
    for (int a = 0; a < batch.actions; ++a) {
      const double expected = p[static_cast<std::size_t>(a)];
      if (!batch.RowMask(row)[a]) {
        EXPECT_EQ(categorical.Probability(row, a), 0.0f);
        EXPECT_EQ(static_cast<double>(categorical.LogProbability(row, a)), kMinus);
      } else {
        EXPECT_NEAR(static_cast<double>(categorical.Probability(row, a)), expected, 5e-7);
        EXPECT_NEAR(static_cast<double>(categorical.LogProbability(row, a)), std::log(expected),
                    4e-6);
      }
    }
    EXPECT_NEAR(static_cast<double>(entropies[static_cast<std::size_t>(row)]), ReferenceEntropy(p),
                2e-6);
  }
}

TEST(Categorical, ForcedMove_HasEntropyZeroAndIsAlwaysTaken) {
  const float logits[] = {50.0f, -300.0f, 80.0f};
  const std::uint8_t mask[] = {0, 1, 0};
  Categorical categorical;
  categorical.Set({logits, 1, 3, 3, mask});
  EXPECT_EQ(categorical.Probability(0, 1), 1.0f);
  EXPECT_EQ(categorical.LogProbability(0, 1), 0.0f);
  float entropy = 1;
  categorical.Entropies(&entropy);
  EXPECT_EQ(entropy, 0.0f);
  for (const double uniform : {0.0, 0.5, std::nextafter(1.0, 0.0)}) {
    std::int32_t action = -1;
    categorical.Sample(&uniform, &action);
    EXPECT_EQ(action, 1);
  }
}

TEST(Categorical, MaskWithoutALegalAction_NamesTheRow) {
  const float logits[] = {0, 0, 0, 0};
  const std::uint8_t mask[] = {1, 1, 0, 0};
  Categorical categorical;
  try {
    categorical.Set({logits, 2, 2, 2, mask});
    FAIL() << "no error";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("row 1"), std::string::npos);
  }
}

TEST(Categorical, Sample_IsTheInverseOfTheCumulativeDistribution) {
  const float logits[] = {std::log(0.2f), 9.0f, std::log(0.5f), std::log(0.3f)};
  const std::uint8_t mask[] = {1, 0, 1, 1};
  const std::pair<double, int> cases[] = {{0.0, 0},
                                          {0.199, 0},
                                          {0.201, 2},
                                          {0.5, 2},
                                          {0.699, 2},
                                          {0.701, 3},
                                          {std::nextafter(1.0, 0.0), 3}};
  Categorical categorical;
  categorical.Set({logits, 1, 4, 4, mask});
  for (const auto& [uniform, expected] : cases) {
    std::int32_t action = -1;
    categorical.Sample(&uniform, &action);
    EXPECT_EQ(action, expected) << uniform;
  }
}

TEST(Categorical, Mode_IsTheFirstOfEqualLegalMaxima) {
  const float logits[] = {9.0f, 1.0f, 2.0f, 2.0f};
  const std::uint8_t mask[] = {0, 1, 1, 1};
  Categorical categorical;
  categorical.Set({logits, 1, 4, 4, mask});
  std::int32_t action = -1;
  categorical.Mode(&action);
  EXPECT_EQ(action, 2);
}

TEST(Categorical, LogitGradients_EqualFiniteDifferencesInDouble) {
  const Batch batch(21, 5, 2);
  Categorical categorical;
  categorical.Set(batch.View());
  Rng rng(7, StreamRole::kTest);
  std::vector<double> uniforms(21);
  std::vector<float> log_p_gradient(21), entropy_gradient(21);
  for (std::size_t i = 0; i < 21; ++i) {
    uniforms[i] = rng.Uniform();
    log_p_gradient[i] = static_cast<float>(rng.Normal());
    entropy_gradient[i] = static_cast<float>(rng.Normal());
  }
  std::vector<std::int32_t> actions(21);
  categorical.Sample(uniforms.data(), actions.data());
  std::vector<float> dlogits(batch.logits.size(), 99.0f);
  categorical.LogitGradients(actions.data(), log_p_gradient.data(), entropy_gradient.data(),
                             dlogits.data(), batch.stride());
  for (int row = 0; row < batch.rows; ++row) {
    const std::size_t r = static_cast<std::size_t>(row);
    std::vector<double> logits = batch.RowLogits(row);
    const auto loss = [&] {
      const std::vector<double> p = ReferenceProbabilities(logits, batch.RowMask(row));
      return static_cast<double>(log_p_gradient[r]) *
                 std::log(p[static_cast<std::size_t>(actions[r])]) +
             static_cast<double>(entropy_gradient[r]) * ReferenceEntropy(p);
    };
    for (std::size_t a = 0; a < 5; ++a) {
      const float found = dlogits[r * static_cast<std::size_t>(batch.stride()) + a];
      if (!batch.RowMask(row)[a]) {
        EXPECT_EQ(found, 0.0f);
        continue;
      }
      constexpr double kStep = 1e-6;
      const double value = logits[a];
      logits[a] = value + kStep;
      const double above = loss();
      logits[a] = value - kStep;
      const double below = loss();
      logits[a] = value;
      EXPECT_NEAR(static_cast<double>(found), (above - below) / (2 * kStep), 3e-6);
    }
    EXPECT_EQ(dlogits[r * static_cast<std::size_t>(batch.stride()) + 5], 99.0f);  // not ours
  }
}

TEST(Categorical, RowBits_DoNotDependOnTheBlock) {
  const Batch batch(67, 6, 3);
  Rng rng(41, StreamRole::kTest);
  Categorical alone, block;
  for (int repeat = 0; repeat < 40; ++repeat) {
    const int first = static_cast<int>(rng.Below(67));
    const int count = 1 + static_cast<int>(rng.Below(static_cast<std::uint32_t>(67 - first)));
    block.Set({batch.logits.data() + first * batch.stride(), count, 6, batch.stride(),
               batch.mask.data() + first * 6});
    std::vector<float> entropies(static_cast<std::size_t>(count));
    block.Entropies(entropies.data());
    for (int row = 0; row < count; ++row) {
      alone.Set({batch.logits.data() + (first + row) * batch.stride(), 1, 6, batch.stride(),
                 batch.mask.data() + (first + row) * 6});
      float entropy = 0;
      alone.Entropies(&entropy);
      ASSERT_EQ(entropies[static_cast<std::size_t>(row)], entropy);
      for (int a = 0; a < 6; ++a) {
        ASSERT_EQ(block.Probability(row, a), alone.Probability(0, a));
        ASSERT_EQ(block.LogProbability(row, a), alone.LogProbability(0, a));
      }
    }
  }
}

}  // namespace
}  // namespace brasa
