// Normal distributions squashed by tanh: the policy of soft actor-critic.
//
// Source: Haarnoja et al., "Soft Actor-Critic: Off-Policy Maximum Entropy Deep Reinforcement
// Learning with a Stochastic Actor" (2018), appendix C. With m and s from the network and n
// standard normal, every component is u = tanh(x), x = m + s n, and
//   log p(u) = sum over k of -n^2 / 2 - log s - log(2 pi) / 2 - log(1 - tanh(x)^2).
// Deviations
//   - log(1 - tanh(x)^2) = 2 (log 2 - x - softplus(-2 x)) instead of log(1 - u^2 + 1e-6): exact,
//   and
//     finite where u rounds to 1.
//   - log s is clipped to [-20, 2] (the authors' code); outside its gradient is 0.
//   - p is the density of u in [-1, 1]^K, not of the action that u is scaled to.
#pragma once

#include <cstddef>

#include "agents/nn/aligned_buffer.h"

namespace brasa {

/// Rows of K squashed normals. Gradients refers to the last Sample. Nothing is checked; nothing is
/// allocated after the largest Sample. Threads: one.
class SquashedGaussian {
 public:
  static constexpr float kLeastLogStd = -20, kMostLogStd = 2;

  explicit SquashedGaussian(int components) : components_(static_cast<std::size_t>(components)) {}

  /// outputs [rows, 2 K]: the means, then the log deviations; noise [rows, K] standard normals.
  /// Overwrites u [rows, K] and, unless it is null, log_prob [rows].
  void Sample(const float* outputs, const double* noise, int rows, float* u, float* log_prob);

  /// Of a loss L(u, log p) where the noise is held: du [rows, K] = dL/du, dlog_prob = dL/dlog p,
  /// the same for every row. Overwrites doutputs [rows, 2 K].
  void Gradients(const float* du, float dlog_prob, float* doutputs) const;

  /// u [rows, K] = tanh of the means.
  void Mode(const float* outputs, int rows, float* u) const;

 private:
  void Grow(std::size_t size);
  /// The components from i on, as many as a vector has.
  void SampleLanes(std::size_t i);

  std::size_t components_;  // K
  std::size_t size_ = 0;    // rows K of the last Sample
  // [rows, K] of the last Sample, padded to whole vectors: what it was given, u, du/dx = 1 - u^2,
  // dx/dlog s = s n, and each component's log p.
  AlignedBuffer mean_, log_std_, noise_, u_, slope_, shift_, log_prob_;
};

}  // namespace brasa
