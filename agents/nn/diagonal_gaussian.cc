#include "agents/nn/diagonal_gaussian.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace brasa {
namespace {

constexpr double kHalfLogTwoPi = 0.91893853320467274178;

}  // namespace

DiagonalGaussian::DiagonalGaussian(int components)
    : std_(static_cast<std::size_t>(components)), inverse_std_(std_.size()), sum_(std_.size()) {}

void DiagonalGaussian::Set(const GaussianRows& input) {
  input_ = input;
  double log_normaliser = 0;
  for (std::size_t k = 0; k < std_.size(); ++k) {
    const double log_std = static_cast<double>(input.log_std[k]);
    std_[k] = static_cast<float>(std::exp(log_std));
    inverse_std_[k] = static_cast<float>(std::exp(-log_std));
    log_normaliser += log_std + kHalfLogTwoPi;
  }
  log_normaliser_ = static_cast<float>(log_normaliser);
}

float DiagonalGaussian::Z(int row, int k, float action) const {
  const float mean = input_.mean[std::ptrdiff_t{row} * input_.stride + k];
  return (action - mean) * inverse_std_[static_cast<std::size_t>(k)];
}

void DiagonalGaussian::Sample(const double* normals, float* actions) const {
  for (int row = 0; row < rows(); ++row) {
    const float* const mean = input_.mean + std::ptrdiff_t{row} * input_.stride;
    for (int k = 0; k < components(); ++k) {
      *actions++ = mean[k] + std_[static_cast<std::size_t>(k)] * static_cast<float>(*normals++);
    }
  }
}

void DiagonalGaussian::Mode(float* actions) const {
  for (int row = 0; row < rows(); ++row, actions += components()) {
    std::copy_n(input_.mean + std::ptrdiff_t{row} * input_.stride, components(), actions);
  }
}

void DiagonalGaussian::LogProbabilities(const float* actions, float* out) const {
  for (int row = 0; row < rows(); ++row) {
    float squares = 0;
    for (int k = 0; k < components(); ++k) {
      const float z = Z(row, k, *actions++);
      squares += z * z;
    }
    out[row] = -0.5f * squares - log_normaliser_;
  }
}

void DiagonalGaussian::Entropies(float* out) const {
  std::fill_n(out, rows(), log_normaliser_ + 0.5f * static_cast<float>(components()));
}

void DiagonalGaussian::Gradients(const float* actions, const float* log_p_gradient,
                                 const float* entropy_gradient, float* dmean, int stride,
                                 float* dlog_std) {
  std::fill(sum_.begin(), sum_.end(), 0.0);
  for (int row = 0; row < rows(); ++row) {
    float* const out = dmean + std::ptrdiff_t{row} * stride;
    for (int k = 0; k < components(); ++k) {
      const auto component = static_cast<std::size_t>(k);
      const float z = Z(row, k, *actions++);
      out[k] = log_p_gradient[row] * z * inverse_std_[component];
      sum_[component] +=
          static_cast<double>(log_p_gradient[row] * (z * z - 1.0f) + entropy_gradient[row]);
    }
  }
  for (std::size_t k = 0; k < sum_.size(); ++k) dlog_std[k] = static_cast<float>(sum_[k]);
}

}  // namespace brasa
