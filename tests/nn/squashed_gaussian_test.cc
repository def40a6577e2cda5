// The squashed normal distribution against integration, a reference vector and differences.
#include "agents/nn/squashed_gaussian.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "brasa/core/random.h"

namespace brasa {
namespace {

/// u and log p of one component with mean m, log deviation l and noise n.
struct Sampled {
  double u, log_prob;
};
Sampled SampleOne(double m, double l, double n) {
  SquashedGaussian gaussian(1);
  const std::vector<float> outputs = {static_cast<float>(m), static_cast<float>(l)};
  float u = 0, log_prob = 0;
  gaussian.Sample(outputs.data(), &n, 1, &u, &log_prob);
  return {static_cast<double>(u), static_cast<double>(log_prob)};
}

// CleanRL's sac_continuous_action.py and the exact density give, for mean 0.3, log deviation -0.5
// and x = 0.8 before tanh, scaled by 2: action 1.3280735 and log p = -0.8703638 (exact) or
// -0.8703647 (with its 1e-6). Ours is the density of tanh(x): log 2 more.
TEST(SquashedGaussian, LogProbability_EqualsTheReferenceVector) {
  const Sampled sampled = SampleOne(0.3, -0.5, (0.8 - 0.3) / std::exp(-0.5));
  EXPECT_NEAR(2 * sampled.u, 1.3280735405356983, 1e-6);
  EXPECT_NEAR(sampled.log_prob - std::log(2.0), -0.8703638216652115, 1e-6);
}

// p integrates to P(tanh(x) < c) = Phi((atanh(c) - m) / s), by the midpoint rule over u, whose
// error comes from the cells at the bounds, where wide densities are steep.
TEST(SquashedGaussian, Density_IntegratesToTheNormalDistribution) {
  const double cases[][2] = {{0, 0}, {0.3, -0.5}, {-1.2, 0.4}, {0.8, -1.5}};
  for (const auto& [m, l] : cases) {
    const double s = std::exp(l);
    constexpr int kCells = 20000;
    double mass = 0;
    for (int i = 0; i < kCells; ++i) {
      const double u = -1 + 2 * (i + 0.5) / kCells;
      mass += std::exp(SampleOne(m, l, (std::atanh(u) - m) / s).log_prob) * 2 / kCells;
      if (i % 2000 != 1999) continue;
      const double c = -1 + 2 * (i + 1.0) / kCells;
      const double expected = c >= 1 ? 1 : 0.5 * std::erfc(-(std::atanh(c) - m) / s * M_SQRT1_2);
      EXPECT_NEAR(mass, expected, 3e-4) << "m " << m << ", log s " << l << ", c " << c;
    }
  }
}

// tanh(x) rounds to 1 from x = 9.01 on; log(1 - tanh(x)^2) = 2 (log 2 - x) there.
TEST(SquashedGaussian, Saturated_StaysExactAndFinite) {
  for (const double x : {15.0, -15.0, 40.0}) {
    const Sampled sampled = SampleOne(x, 0, 0);
    EXPECT_EQ(sampled.u, x > 0 ? 1 : -1);
    EXPECT_NEAR(sampled.log_prob, -0.5 * std::log(2 * M_PI) - 2 * (std::log(2.0) - std::abs(x)),
                1e-4);
  }
}

TEST(SquashedGaussian, LogDeviation_IsClipped) {
  EXPECT_NEAR(SampleOne(0, 5, 0.1).u, std::tanh(0.1 * std::exp(2.0)), 1e-6);
  EXPECT_NEAR(SampleOne(0.5, -30, 3).u, std::tanh(0.5), 1e-7);
}

// log p of several components is their sum.
TEST(SquashedGaussian, Components_AreIndependent) {
  SquashedGaussian gaussian(2);
  const std::vector<float> outputs = {0.3f, -0.2f, -0.5f, 0.25f};
  const std::vector<double> noise = {0.7, -1.1};
  std::vector<float> u(2);
  float log_prob = 0;
  gaussian.Sample(outputs.data(), noise.data(), 1, u.data(), &log_prob);
  const Sampled first = SampleOne(0.3, -0.5, 0.7), second = SampleOne(-0.2, 0.25, -1.1);
  EXPECT_NEAR(static_cast<double>(u[0]), first.u, 1e-7);
  EXPECT_NEAR(static_cast<double>(u[1]), second.u, 1e-7);
  EXPECT_NEAR(static_cast<double>(log_prob), first.log_prob + second.log_prob, 1e-6);
}

/// L = sum over rows and components of c * u + g * log p, in double.
double Loss(const std::vector<double>& outputs, const std::vector<double>& noise,
            const std::vector<double>& c, double g) {
  double loss = 0;
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t k = 0; k < 2; ++k) {
      const double m = outputs[row * 4 + k];
      const double l = std::min(2.0, std::max(-20.0, outputs[row * 4 + 2 + k]));
      const double n = noise[row * 2 + k];
      const double x = m + std::exp(l) * n;  // 1 - tanh(x)^2 = 1 / cosh(x)^2
      const double log_prob =
          -n * n / 2 - l - 0.5 * std::log(2 * M_PI) + 2 * std::log(std::cosh(x));
      loss += c[row * 2 + k] * std::tanh(x) + g * log_prob;
    }
  }
  return loss;
}

TEST(SquashedGaussian, Gradients_EqualDifferencesInDouble) {
  Rng rng(4, StreamRole::kTest);
  std::vector<double> outputs(12), noise(6), c(6);
  for (auto* values : {&outputs, &noise, &c}) {
    for (double& value : *values) value = rng.Normal();
  }
  outputs[3] = 2.5;  // clipped: no gradient
  const std::vector<float> outputs_f(outputs.begin(), outputs.end()), c_f(c.begin(), c.end());
  outputs.assign(outputs_f.begin(), outputs_f.end());
  SquashedGaussian gaussian(2);
  std::vector<float> u(6), log_prob(3), found(12);
  gaussian.Sample(outputs_f.data(), noise.data(), 3, u.data(), log_prob.data());
  gaussian.Gradients(c_f.data(), 0.7f, found.data());
  for (std::size_t i = 0; i < 12; ++i) {
    constexpr double kStep = 1e-6;
    const double at = outputs[i];
    outputs[i] = at + kStep;
    const double above = Loss(outputs, noise, c, 0.7);
    outputs[i] = at - kStep;
    const double below = Loss(outputs, noise, c, 0.7);
    outputs[i] = at;
    const double expected = (above - below) / (2 * kStep);
    EXPECT_NEAR(static_cast<double>(found[i]), expected, 1e-4 * (1 + std::abs(expected))) << i;
  }
  EXPECT_EQ(found[3], 0);
}

TEST(SquashedGaussian, Mode_IsTanhOfTheMean) {
  SquashedGaussian gaussian(2);
  const std::vector<float> outputs = {0.3f, -2, 1, 1, 5, 0, 1, 1};
  std::vector<float> u(4);
  gaussian.Mode(outputs.data(), 2, u.data());
  EXPECT_FLOAT_EQ(u[0], std::tanh(0.3f));
  EXPECT_FLOAT_EQ(u[1], std::tanh(-2.0f));
  EXPECT_FLOAT_EQ(u[2], std::tanh(5.0f));
  EXPECT_FLOAT_EQ(u[3], 0);
}

}  // namespace
}  // namespace brasa
