// The losses of deep Q-learning against published vectors and brute force.
#include "agents/deep/dqn_loss.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "agents/deep/q_network.h"
#include "tests/dqn/plain_dqn.h"

namespace brasa {
namespace {

// Numbers of a double-precision script after Bellemare et al. 2017, algorithm 1.
TEST(C51, Projection_GivesThePublishedVectors) {
  const C51Support support{-2, 2, 5};
  const std::array<float, 5> p = {0.1f, 0.2f, 0.3f, 0.25f, 0.15f};
  const struct {
    float reward, bootstrap;
    std::array<float, 5> expected;
  } kCases[] = {{0.5f, 0.9f, {0.03f, 0.15f, 0.27f, 0.3f, 0.25f}},
                {3.0f, 0.9f, {0, 0, 0, 0.08f, 0.92f}},
                {-0.3f, 0, {0, 0.3f, 0.7f, 0, 0}},
                {1.0f, 0, {0, 0, 0, 1, 0}}};
  for (const auto& made : kCases) {
    std::array<float, 5> target{};
    ProjectC51(support, made.reward, made.bootstrap, p, target);
    for (std::size_t j = 0; j < 5; ++j) EXPECT_NEAR(target[j], made.expected[j], 1e-6f) << j;
  }
}

TEST(C51, Projection_AgreesWithBruteForce) {
  Rng rng(3, StreamRole::kTest);
  for (int round = 0; round < 500; ++round) {
    plain::Options o;
    o.c51 = true;
    o.atoms = 2 + static_cast<int>(rng.Below(60));
    o.v_min = rng.Uniform(-20, 0);
    o.v_max = o.v_min + rng.Uniform(0.5, 30);
    plain::Vector p;
    double mass = 0;
    for (int j = 0; j < o.atoms; ++j) mass += p.emplace_back(rng.Uniform());
    for (double& share : p) share /= mass;
    const double reward = rng.Uniform(-10, 10);
    const double bootstrap = round % 5 == 0 ? 0 : rng.Uniform(-1, 1);  // negative: other mover
    const plain::Vector expected = plain::Project(o, reward, bootstrap, p);
    const std::vector<float> pmf(p.begin(), p.end());
    std::vector<float> target(pmf.size());
    ProjectC51({static_cast<float>(o.v_min), static_cast<float>(o.v_max), o.atoms},
               static_cast<float>(reward), static_cast<float>(bootstrap), pmf, target);
    float sum = 0;
    for (std::size_t j = 0; j < target.size(); ++j) {
      ASSERT_NEAR(static_cast<double>(target[j]), expected[j], 2e-5) << "round " << round;
      sum += target[j];
    }
    ASSERT_NEAR(sum, 1.0f, 1e-5f);
  }
}

// Equal bits wherever the heap puts a row: a run that is resumed has another heap.
TEST(C51, EqualRows_GiveEqualBitsAtAnyAddress) {
  constexpr std::size_t kAtoms = 51, kPlaces = 16;
  Rng rng(7, StreamRole::kTest);
  std::vector<float> logits(kAtoms), target(kAtoms, 1.0f / kAtoms);
  for (float& logit : logits) logit = static_cast<float>(rng.Normal());
  std::vector<float> first_p, first_gradient;
  std::vector<float> at(kAtoms + kPlaces), p(kAtoms + kPlaces), gradient(kAtoms + kPlaces);
  float first_loss = 0;
  for (std::size_t place = 0; place < kPlaces; ++place) {
    std::ranges::copy(logits, at.begin() + static_cast<std::ptrdiff_t>(place));
    const std::span<float> row(at.data() + place, kAtoms), p_row(p.data() + place, kAtoms);
    const std::span<float> gradient_row(gradient.data() + place, kAtoms);
    Softmax(row, p_row);
    const float loss = C51Loss(row, target, gradient_row);
    if (place == 0) {
      first_loss = loss;
      first_p.assign(p_row.begin(), p_row.end());
      first_gradient.assign(gradient_row.begin(), gradient_row.end());
    }
    EXPECT_EQ(loss, first_loss);
    EXPECT_TRUE(std::ranges::equal(p_row, first_p));
    EXPECT_TRUE(std::ranges::equal(gradient_row, first_gradient));
  }
}

TEST(C51, LossAndGradient_AreThoseOfTheCrossEntropy) {
  const std::vector<float> logits = {0.3f, -1.2f, 40.0f, 39.0f}, target = {0.1f, 0, 0.6f, 0.3f};
  std::vector<float> gradient(4);
  const float loss = C51Loss(logits, target, gradient);
  const auto plain_loss = [&](const plain::Vector& z) {
    double mass = 0, sum = 0;
    for (const double logit : z) mass += std::exp(logit - 40);
    for (std::size_t j = 0; j < 4; ++j) {
      sum -= static_cast<double>(target[j]) * (z[j] - 40 - std::log(mass));
    }
    return sum;
  };
  const plain::Vector z(logits.begin(), logits.end());
  EXPECT_NEAR(static_cast<double>(loss), plain_loss(z), 1e-5);
  const plain::Vector slope = plain::Gradient(plain_loss, z);
  for (std::size_t j = 0; j < 4; ++j) {
    EXPECT_NEAR(static_cast<double>(gradient[j]), slope[j], 1e-6);
  }
}

TEST(C51, ExpectedReturn_IsTheMeanOfTheAtoms) {
  // Probabilities 1/4, 1/4, 1/2 on -1, 1, 3.
  const std::vector<float> logits = {100, 100, 100 + std::log(2.0f)};
  EXPECT_NEAR(ExpectedReturn({-1, 3, 3}, logits), 1.5f, 1e-5f);
}

// Numbers of a double-precision script after Dabney et al. 2018, eq. 10.
TEST(QuantileHuber, Loss_IsThePublishedOne) {
  const std::vector<float> theta = {-1, 0, 1, 2}, target = {-0.5f, 0.5f, 3};
  std::vector<float> gradient(4);
  EXPECT_NEAR(QuantileHuberLoss(theta, target, gradient), 1.2708333f, 1e-6f);
}

TEST(QuantileHuber, Gradient_AgreesWithDifferences) {
  plain::Options o;
  o.quantiles = true;
  o.atoms = 6;
  Rng rng(4, StreamRole::kTest);
  std::vector<float> theta(6), target(6), gradient(6);
  for (std::size_t i = 0; i < 6; ++i) {
    theta[i] = static_cast<float>(2 * rng.Normal());
    target[i] = static_cast<float>(2 * rng.Normal());
  }
  QuantileHuberLoss(theta, target, gradient);
  const auto loss = [&](const plain::Vector& z) {
    double sum = 0;
    for (int i = 0; i < 6; ++i) {
      for (const float t : target) {
        const double u = static_cast<double>(t) - z[std::size_t(i)];
        sum += std::abs((2 * i + 1) / 12.0 - (u < 0)) * plain::Huber(u) / 6;
      }
    }
    return sum;
  };
  const plain::Vector slope = plain::Gradient(loss, {theta.begin(), theta.end()});
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_NEAR(static_cast<double>(gradient[i]), slope[i], 1e-6);
  }
}

TEST(ValueLosses, HuberAndSquare_ByHand) {
  EXPECT_EQ(SquaredLoss(3, 1).loss, 4);
  EXPECT_EQ(SquaredLoss(3, 1).gradient, 4);
  EXPECT_EQ(HuberLoss(1.5f, 1).loss, 0.125f);
  EXPECT_EQ(HuberLoss(1.5f, 1).gradient, 0.5f);
  EXPECT_EQ(HuberLoss(-2, 1).loss, 2.5f);
  EXPECT_EQ(HuberLoss(-2, 1).gradient, -1);
  EXPECT_TRUE(std::isnan(HuberLoss(NAN, 1).gradient));
}

TEST(BestAction, IsTheLowestOfTheBestLegalOnes) {
  const std::array<float, 4> value = {5, 1, 3, 3};
  const std::array<std::uint8_t, 4> mask = {0, 1, 1, 1};
  EXPECT_EQ(BestAction(value.data(), nullptr, 4), 0);
  EXPECT_EQ(BestAction(value.data(), mask.data(), 4), 2);
}

}  // namespace
}  // namespace brasa
