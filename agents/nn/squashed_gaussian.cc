#include "agents/nn/squashed_gaussian.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace brasa {
namespace {

constexpr float kHalfLogTwoPi = 0.91893853320467274178f;
constexpr float kLogTwo = 0.69314718055994530942f;

/// log(1 - tanh(x)^2), given e = exp(-2 |x|).
float LogSlope(float x, float e) { return 2.0f * (kLogTwo - std::abs(x) - std::log1p(e)); }

}  // namespace

void SquashedGaussian::Sample(const float* outputs, const double* noise, int rows, float* u,
                              float* log_prob) {
  rows_ = static_cast<std::size_t>(rows);
  const std::size_t count = rows_;
  if (sampled_.size() < count * components_) sampled_.resize(count * components_);
  Component* out = sampled_.data();
  for (std::size_t i = 0; i < count; ++i, outputs += 2 * components_) {
    float sum = 0;
    for (std::size_t k = 0; k < components_; ++k, ++out) {
      const float raw = outputs[components_ + k];
      const float log_std = std::clamp(raw, kLeastLogStd, kMostLogStd);
      const auto n = static_cast<float>(*noise++);
      out->shift = std::exp(log_std) * n;
      out->free = raw >= kLeastLogStd && raw <= kMostLogStd;
      const float x = outputs[k] + out->shift;
      const float e = std::exp(-2.0f * std::abs(x));
      out->u = std::copysign((1.0f - e) / (1.0f + e), x);
      out->slope = 4.0f * e / ((1.0f + e) * (1.0f + e));
      sum -= 0.5f * n * n + log_std + kHalfLogTwoPi + LogSlope(x, e);
      *u++ = out->u;
    }
    if (log_prob != nullptr) log_prob[i] = sum;
  }
}

// With the noise held, d log p / dm = 2 u and d log p / dlog s = 2 u s n - 1.
void SquashedGaussian::Gradients(const float* du, float dlog_prob, float* doutputs) const {
  const Component* in = sampled_.data();
  for (std::size_t i = 0; i < rows_; ++i, doutputs += 2 * components_) {
    for (std::size_t k = 0; k < components_; ++k, ++in) {
      const float dx = *du++ * in->slope + dlog_prob * 2.0f * in->u;
      doutputs[k] = dx;
      doutputs[components_ + k] = in->free ? dx * in->shift - dlog_prob : 0.0f;
    }
  }
}

void SquashedGaussian::Mode(const float* outputs, int rows, float* u) const {
  for (int i = 0; i < rows; ++i, outputs += 2 * components_) {
    for (std::size_t k = 0; k < components_; ++k) *u++ = std::tanh(outputs[k]);
  }
}

}  // namespace brasa
