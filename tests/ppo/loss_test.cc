#include "agents/deep/ppo_loss.h"

#include <gtest/gtest.h>

#include "brasa/core/random.h"
#include "tests/ppo/plain_ppo.h"

namespace brasa {
namespace {

// float32 against double.
constexpr double kFloatTolerance = 1e-6;

std::unique_ptr<ActionDistribution> Discrete(int actions) {
  ActionSpec spec;
  spec.count = actions;
  return MakeActionDistribution(spec, nullptr);
}

// Four rows; the expected numbers were computed with NumPy from the formulas of CleanRL's ppo.py.
struct FourRows {
  std::vector<float> old_log_prob = {-1.0f, -0.5f, -2.0f, -0.1f};
  std::vector<double> new_log_prob = {-0.8, -0.9, -1.2, -0.15};
  std::vector<float> advantage = {1.0f, -0.5f, 2.0f, -1.0f};
  std::vector<float> old_value = {0.5f, 0.1f, -0.3f, 0.8f};
  std::vector<double> new_value = {0.9, 0.2, -0.35, 0.4};
  std::vector<float> target = {1.0f, 0.0f, 0.5f, 0.6f};
  std::vector<std::int32_t> action = {0, 0, 0, 0};
  std::vector<float> outputs, gradient = std::vector<float>(12);

  FourRows() {
    for (std::size_t i = 0; i < 4; ++i) {  // two actions; logits that are log-probabilities
      outputs.push_back(static_cast<float>(new_log_prob[i]));
      outputs.push_back(static_cast<float>(std::log(1 - std::exp(new_log_prob[i]))));
      outputs.push_back(static_cast<float>(new_value[i]));
    }
    NormalizeAdvantages(advantage);
  }
  PpoLossTerms Compute(const PpoLossOptions& options) {
    return PpoLoss(options, Discrete(2))
        .Compute({.rows = 4,
                  .outputs = outputs.data(),
                  .action = action.data(),
                  .old_log_prob = old_log_prob.data(),
                  .old_value = old_value.data(),
                  .advantage = advantage.data(),
                  .target = target.data()},
                 gradient.data());
  }
};

TEST(PpoLoss, Advantages_AreNormalisedWithTheUnbiasedDeviation) {
  const FourRows rows;
  const double expected[] = {0.4539206462048986, -0.635488904686858, 1.1801936801327362,
                             -0.9986254216507768};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(static_cast<double>(rows.advantage[i]), expected[i], kFloatTolerance);
  }
}

TEST(PpoLoss, Terms_EqualTheKnownAnswer) {
  const PpoLossTerms loss = FourRows().Compute({.clip = 0.2f});
  EXPECT_NEAR(loss.policy, -0.12565604568175598, kFloatTolerance);
  EXPECT_NEAR(loss.value, 0.1115625, kFloatTolerance);
  EXPECT_NEAR(loss.approx_kl, 0.12962328929724776, kFloatTolerance);
  EXPECT_NEAR(loss.old_approx_kl, -0.1375, kFloatTolerance);
  EXPECT_EQ(loss.clip_fraction, 0.75);
  const PpoLossTerms plain = FourRows().Compute({.clip = 0.2f, .clip_value_loss = false});
  EXPECT_NEAR(plain.value, 0.1015625, kFloatTolerance);
}

TEST(PpoLoss, ExplainedVariance_OfKnownSets) {
  const std::vector<float> target = {1, 2, 3, 4};
  EXPECT_EQ(ExplainedVariance(target, target), 1.0);
  EXPECT_EQ(ExplainedVariance(std::vector<float>{7, 7, 7, 7}, target), 0.0);
  // target - value = 2, 0, 2, 0: variance 1 against 1.25.
  EXPECT_NEAR(ExplainedVariance(std::vector<float>{-1, 2, 1, 4}, target), 0.2, 1e-12);
  EXPECT_TRUE(std::isnan(ExplainedVariance(target, std::vector<float>{5, 5, 5, 5})));
}

// Random rows on all sides of every clip, some actions illegal.
TEST(PpoLoss, Gradient_EqualsFiniteDifferencesInDouble) {
  constexpr int kRows = 37;  // not a multiple of a vector
  constexpr int kActions = 3;
  Rng rng(5, StreamRole::kTest);
  for (const bool clip_value_loss : {true, false}) {
    std::vector<plain::Sample> samples(kRows);
    std::vector<plain::Vector> wide(kRows);
    std::vector<float> outputs, old_log_prob, old_value, advantage, target;
    std::vector<std::uint8_t> mask;
    std::vector<std::int32_t> action;
    const auto number = [&](double scale) {  // exact in float32
      return static_cast<double>(static_cast<float>(rng.Normal() * scale));
    };
    for (std::size_t i = 0; i < kRows; ++i) {
      plain::Sample& s = samples[i];
      for (int a = 0; a <= kActions; ++a) wide[i].push_back(number(1));
      s.mask = {1, 1, 1};
      s.action = rng.Below(kActions);
      const std::size_t other = (s.action + 1) % kActions;
      if (rng.Uniform() < 0.4) s.mask[other] = 0;
      s.old_log_prob = static_cast<double>(
          static_cast<float>(plain::LogPolicy(wide[i], s.mask)[s.action] + rng.Normal() * 0.3));
      s.old_value = wide[i].back() + number(0.3);
      s.old_value = static_cast<double>(static_cast<float>(s.old_value));
      s.advantage = number(1);
      s.target = number(1);
      for (const double output : wide[i]) outputs.push_back(static_cast<float>(output));
      old_log_prob.push_back(static_cast<float>(s.old_log_prob));
      old_value.push_back(static_cast<float>(s.old_value));
      advantage.push_back(static_cast<float>(s.advantage));
      target.push_back(static_cast<float>(s.target));
      mask.insert(mask.end(), s.mask.begin(), s.mask.end());
      action.push_back(static_cast<std::int32_t>(s.action));
    }
    std::vector<float> gradient(kRows * (kActions + 1), 99.0f);
    PpoLoss loss({.clip = 0.2f,
                  .entropy_coef = 0.05f,
                  .value_coef = 0.7f,
                  .clip_value_loss = clip_value_loss},
                 Discrete(kActions));
    loss.Compute({kRows, outputs.data(), mask.data(), action.data(), old_log_prob.data(),
                  old_value.data(), advantage.data(), target.data()},
                 gradient.data());
    const plain::LossOptions options = {static_cast<double>(0.2f), static_cast<double>(0.05f),
                                        static_cast<double>(0.7f), clip_value_loss};
    for (std::size_t i = 0; i < kRows; ++i) {
      const plain::Vector expected = plain::Gradient(
          [&](const plain::Vector& x) { return plain::RowLoss(options, samples[i], x) / kRows; },
          wide[i]);
      for (std::size_t j = 0; j <= kActions; ++j) {
        const float found = gradient[i * (kActions + 1) + j];
        EXPECT_NEAR(static_cast<double>(found), expected[j], 1e-7)
            << "row " << i << " column " << j;
        if (j < kActions && !samples[i].mask[j]) {
          EXPECT_EQ(found, 0.0f);
        }
      }
    }
  }
}

}  // namespace
}  // namespace brasa
