#include "agents/nn/diagonal_gaussian.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "agents/nn/action_distribution.h"
#include "agents/nn/free_parameters.h"
#include "brasa/core/random.h"

namespace brasa {
namespace {

constexpr double kPiHere = 3.14159265358979323846;

/// Written out in double: log p of one row, and the entropy.
double PlainLogProbability(const std::vector<double>& mean, const std::vector<double>& log_std,
                           const std::vector<float>& action) {
  double product = 0;
  for (std::size_t k = 0; k < mean.size(); ++k) {
    const double deviation = std::exp(log_std[k]);
    const double distance = static_cast<double>(action[k]) - mean[k];
    const double density = std::exp(-distance * distance / (2 * deviation * deviation)) /
                           (deviation * std::sqrt(2 * kPiHere));
    product += std::log(density);
  }
  return product;
}

// 1/2 log(2 pi e).
TEST(DiagonalGaussian, EntropyOfUnitDeviation_IsTheKnownNumber) {
  DiagonalGaussian policy(1);
  const float mean = 3, log_std = 0;
  policy.Set({&mean, &log_std, 1, 1});
  float entropy = 0;
  policy.Entropies(&entropy);
  EXPECT_NEAR(static_cast<double>(entropy), 1.4189385332046727, 1e-6);
}

// log of the density of N(0.3, exp(-0.5)) at 0.8 = -(0.5 / exp(-0.5))^2 / 2 + 0.5 - log(2 pi) / 2
//      = -0.339785228557... + 0.5 - 0.918938533204... = -0.758723761762...
TEST(DiagonalGaussian, LogProbability_OfAKnownPoint) {
  DiagonalGaussian policy(1);
  const float mean = 0.3f, log_std = -0.5f, action = 0.8f;
  policy.Set({&mean, &log_std, 1, 1});
  float log_p = 0;
  policy.LogProbabilities(&action, &log_p);
  EXPECT_NEAR(static_cast<double>(log_p), -0.758723761762, 1e-6);
}

/// Rows of two components, means among other columns.
struct Rows {
  static constexpr std::size_t kRows = 5, kComponents = 2, kStride = 4;
  std::vector<float> outputs, actions, log_std = {-0.7f, 0.4f};
  std::vector<float> log_p_gradient, entropy_gradient;

  Rows() {
    Rng rng(3, StreamRole::kTest);
    const auto fill = [&](std::vector<float>& values, std::size_t size) {
      for (std::size_t i = 0; i < size; ++i) values.push_back(static_cast<float>(rng.Normal()));
    };
    fill(outputs, kRows * kStride);
    fill(actions, kRows * kComponents);
    fill(log_p_gradient, kRows);
    fill(entropy_gradient, kRows);
  }
  /// The L of DiagonalGaussian::Gradients.
  double Loss(const std::vector<double>& means, const std::vector<double>& log_stds) const {
    double sum = 0;
    for (std::size_t i = 0; i < kRows; ++i) {
      const std::vector<double> mean(means.begin() + 2 * static_cast<std::ptrdiff_t>(i),
                                     means.begin() + 2 * static_cast<std::ptrdiff_t>(i) + 2);
      const std::vector<float> action = {actions[2 * i], actions[2 * i + 1]};
      sum += static_cast<double>(log_p_gradient[i]) * PlainLogProbability(mean, log_stds, action);
      for (const double s : log_stds) {
        sum += static_cast<double>(entropy_gradient[i]) * 0.5 *
               std::log(2 * kPiHere * std::exp(1.0) * std::exp(2 * s));
      }
    }
    return sum;
  }
};

TEST(DiagonalGaussian, GradientsOfMeansAndLogDeviations_EqualFiniteDifferences) {
  const Rows rows;
  DiagonalGaussian policy(2);
  policy.Set({rows.outputs.data(), rows.log_std.data(), Rows::kRows, Rows::kStride});
  std::vector<float> gradient(rows.outputs.size(), 99.0f), dlog_std(2, 99.0f);
  policy.Gradients(rows.actions.data(), rows.log_p_gradient.data(), rows.entropy_gradient.data(),
                   gradient.data(), Rows::kStride, dlog_std.data());
  std::vector<double> means, log_stds;
  for (std::size_t i = 0; i < Rows::kRows; ++i) {
    for (std::size_t k = 0; k < 2; ++k) {
      means.push_back(static_cast<double>(rows.outputs[i * Rows::kStride + k]));
    }
  }
  for (const float s : rows.log_std) log_stds.push_back(static_cast<double>(s));
  constexpr double kStep = 1e-5;
  const auto slope = [&](std::vector<double>& at, std::size_t i) {
    const double before = at[i];
    at[i] = before + kStep;
    const double above = rows.Loss(means, log_stds);
    at[i] = before - kStep;
    const double below = rows.Loss(means, log_stds);
    at[i] = before;
    return (above - below) / (2 * kStep);
  };
  // float32 against double, values up to some ten.
  for (std::size_t i = 0; i < means.size(); ++i) {
    const float found = gradient[i / 2 * Rows::kStride + i % 2];
    EXPECT_NEAR(static_cast<double>(found), slope(means, i), 1e-5) << "mean " << i;
  }
  for (std::size_t k = 0; k < 2; ++k) {
    EXPECT_NEAR(static_cast<double>(dlog_std[k]), slope(log_stds, k), 1e-5) << "log_std " << k;
  }
  for (std::size_t i = 0; i < Rows::kRows; ++i) {  // other columns are left alone
    EXPECT_EQ(gradient[i * Rows::kStride + 2], 99.0f);
    EXPECT_EQ(gradient[i * Rows::kStride + 3], 99.0f);
  }
}

TEST(DiagonalGaussian, Samples_HaveMeanAndDeviation) {
  DiagonalGaussian policy(1);
  const float mean = 2, log_std = -1;
  policy.Set({&mean, &log_std, 1, 1});
  Rng rng(1, StreamRole::kTest);
  double sum = 0, squares = 0;
  constexpr int kDraws = 20000;
  for (int i = 0; i < kDraws; ++i) {
    const double normal = rng.Normal();
    float action = 0;
    policy.Sample(&normal, &action);
    sum += static_cast<double>(action);
    squares += std::pow(static_cast<double>(action) - 2, 2);
  }
  // Deviation exp(-1) = 0.3679: errors of the mean 0.0026, of the variance 0.0014.
  EXPECT_NEAR(sum / kDraws, 2.0, 0.012);
  EXPECT_NEAR(squares / kDraws, std::exp(-2.0), 0.006);
}

ActionSpec MultiDiscrete() {
  ActionSpec spec;
  spec.kind = ActionKind::kMultiDiscrete;
  spec.counts = {2, 3};
  return spec;
}

// Logits (0, log 3) and (log 2, 0, 0): probabilities (1/4, 3/4) and (1/2, 1/4, 1/4).
TEST(MultiDiscretePolicy, LogProbabilityAndEntropy_AreSumsOverTheComponents) {
  const auto policy = MakeActionDistribution(MultiDiscrete(), nullptr);
  ASSERT_EQ(policy->columns(), 5);
  const std::vector<float> outputs = {0, std::log(3.0f), std::log(2.0f), 0, 0, 77};
  policy->Set({outputs.data(), 1, 6});
  const std::int32_t action[] = {1, 2};
  float log_p = 0, entropy = 0;
  policy->LogProbabilities(action, &log_p);
  policy->Entropies(&entropy);
  EXPECT_NEAR(static_cast<double>(log_p), std::log(0.75 * 0.25), 1e-6);
  const double expected = -0.25 * std::log(0.25) - 0.75 * std::log(0.75) + 1.5 * std::log(2.0);
  EXPECT_NEAR(static_cast<double>(entropy), expected, 1e-6);
  std::int32_t mode[2];
  policy->Mode(mode);
  EXPECT_EQ(mode[0], 1);
  EXPECT_EQ(mode[1], 0);
  // 0.2 < 1/4 chooses 0; 0.8 is beyond 1/2 + 1/4 and chooses 2.
  const double noise[] = {0.2, 0.8};
  std::int32_t sampled[2];
  policy->Sample(noise, sampled);
  EXPECT_EQ(sampled[0], 0);
  EXPECT_EQ(sampled[1], 2);
}

// d log p(a) / dlogit_j = [j = a] - p_j in each component's own columns.
TEST(MultiDiscretePolicy, Gradient_StaysInTheComponentsColumns) {
  const auto policy = MakeActionDistribution(MultiDiscrete(), nullptr);
  const std::vector<float> outputs = {0, std::log(3.0f), std::log(2.0f), 0, 0, 77};
  policy->Set({outputs.data(), 1, 6});
  const std::int32_t action[] = {1, 2};
  const float log_p_gradient = 2, entropy_gradient = 0;
  std::vector<float> gradient(6, 99.0f);
  policy->Gradients(action, &log_p_gradient, &entropy_gradient, gradient.data(), 6, nullptr);
  const std::vector<double> expected = {-0.5, 0.5, -1.0, -0.5, 1.5, 99.0};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_NEAR(static_cast<double>(gradient[i]), expected[i], 1e-6) << "column " << i;
  }
}

/// One parameter through the gradients 0.5, -1, 0.25, 2 at a rate of 0.1.
std::vector<double> Steps(float initial, const AdamOptions& options) {
  FreeParameters parameters(1, initial, options);
  std::vector<double> values;
  for (const float g : {0.5f, -1.0f, 0.25f, 2.0f}) {
    parameters.gradient()[0] = g;
    parameters.AdamStep(0.1, 1.0);
    values.push_back(static_cast<double>(parameters.values()[0]));
  }
  return values;
}

void ExpectNear(const std::vector<double>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-6);
}

// The numbers of torch.optim.Adam and torch.optim.RMSprop (alpha 0.99), epsilon 1e-5.
TEST(FreeParameters, AdamSteps_EqualTorchs) {
  ExpectNear(Steps(1.0f, {.epsilon = 1e-5}),
             {0.9000019999600007, 0.9366118896505213, 0.9502807492870785, 0.905402930019438});
}

TEST(FreeParameters, UncorrectedStepsWithoutMomentum_EqualTorchsRmsprop) {
  ExpectNear(Steps(1.0f, {.beta1 = 0, .beta2 = 0.99, .epsilon = 1e-5, .bias_correction = false}),
             {0.00019996000799882285, 0.8954427689353427, 0.6759885084207486, -0.1939871643614911});
}

// A linear network of one input x = 1 without more: its weight and bias have the gradient dy.
TEST(NativeNetwork, UncorrectedStepsWithoutMomentum_EqualTorchsRmsprop) {
  NetworkSpec spec;
  spec.inputs = 1;
  spec.heads = {{"y", 1, 1.0}};
  Rng init(1, StreamRole::kInit);
  const auto network = MakeNetwork(
      "native", spec, {.beta1 = 0, .beta2 = 0.99, .epsilon = 1e-5, .bias_correction = false}, init);
  network->SetParameters(std::vector<float>{1.0f, 1.0f});
  const std::vector<double> expected = {0.00019996000799882285, 0.8954427689353427,
                                        0.6759885084207486, -0.1939871643614911};
  std::size_t step = 0;
  for (const float g : {0.5f, -1.0f, 0.25f, 2.0f}) {
    const float x = 1;
    float y = 0;
    network->ForwardTrain(&x, 1, &y);
    network->Backward(&g);
    network->AdamStep(0.1, 1.0);
    std::vector<float> parameters(2);
    network->GetParameters(parameters);
    EXPECT_NEAR(static_cast<double>(parameters[0]), expected[step], 1e-6);
    EXPECT_NEAR(static_cast<double>(parameters[1]), expected[step++], 1e-6);
  }
}

}  // namespace
}  // namespace brasa
