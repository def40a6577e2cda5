// The clipped surrogate loss of PPO and its gradient by the network's outputs.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "agents/nn/action_distribution.h"

namespace brasa {

struct PpoLossOptions {
  float clip = 0.2f;
  float entropy_coef = 0.01f;
  float value_coef = 0.5f;
  bool clip_value_loss = true;
};

/// A minibatch of B rows. C = columns of the policy, K = components of an action.
struct PpoBatch {
  int rows = 0;                         ///< B
  const float* outputs = nullptr;       ///< [B, C + 1] of the network: the policy's, then the value
  const std::uint8_t* mask = nullptr;   ///< [B, C] of discrete actions: 1 = legal; null = all are
  const void* action = nullptr;         ///< [B, K] int32, float32 of boxes
  const float* old_log_prob = nullptr;  ///< [B] of the policy that acted
  const float* old_value = nullptr;     ///< [B]
  const float* advantage = nullptr;     ///< [B], normalised if wanted
  const float* target = nullptr;        ///< [B] advantage + old value: what the value regresses to
};

/// Means over the B rows.
struct PpoLossTerms {
  double policy = 0;         ///< max(-A ratio, -A clip(ratio, 1 - clip, 1 + clip))
  double value = 0;          ///< 1/2 (V - target)^2; clipped: 1/2 max of that and the clipped one
  double entropy = 0;        ///< [nat]
  double old_approx_kl = 0;  ///< -log ratio
  double approx_kl = 0;      ///< ratio - 1 - log ratio (Schulman 2020)
  double clip_fraction = 0;  ///< rows with |ratio - 1| > clip
};

/// L = policy - entropy_coef * entropy + value_coef * value (Schulman et al. 2017, eq. 9), with the
/// clipped value loss of the first implementation: V_clip = V_old + clip(V - V_old, -clip, clip).
/// Threads: one. Memory: grows to the largest minibatch, then nothing is allocated.
class PpoLoss {
 public:
  PpoLoss(const PpoLossOptions& options, std::unique_ptr<ActionDistribution> policy);
  ~PpoLoss();

  /// From now on.
  void SetClip(float clip) { options_.clip = clip; }

  /// Overwrites gradient [B, C + 1] with dL/doutputs, and dfree with the gradient by the policy's
  /// free parameters where it has some. Sums run in index order.
  PpoLossTerms Compute(const PpoBatch& batch, float* gradient, float* dfree = nullptr);

 private:
  struct Rows;
  PpoLossOptions options_;
  std::unique_ptr<ActionDistribution> policy_;
  std::unique_ptr<Rows> work_;
};

/// (A - mean) / (std + 1e-8) over the minibatch, std unbiased; at least two values.
void NormalizeAdvantages(std::span<float> advantage);

/// 1 - Var(target - value) / Var(target); NaN where the targets are all equal.
double ExplainedVariance(std::span<const float> value, std::span<const float> target);

}  // namespace brasa
