// The plain policy gradient with a value and an entropy bonus, by the network's outputs.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agents/deep/policy_model.h"
#include "agents/nn/action_distribution.h"

namespace brasa {

struct PolicyGradientOptions {
  float entropy_coef = 0;
  float value_coef = 0.5f;
};

/// Means over the rows that count.
struct PolicyGradientTerms {
  double policy = 0;   ///< -weight log pi(a)
  double value = 0;    ///< 1/2 (V - target)^2
  double entropy = 0;  ///< [nat]
};

/// B rows. C = columns of the policy, K = components of an action.
struct PolicyGradientRows {
  int rows = 0;                        ///< B
  const float* outputs = nullptr;      ///< [B, C + 1] of the network: the policy's, then the value
  const std::uint8_t* mask = nullptr;  ///< [B, C] of discrete actions: 1 = legal; null = all are
  const void* action = nullptr;        ///< [B, K] int32, float32 of boxes
};

/// L = mean(-weight log pi(a)) - entropy_coef mean(H) + value_coef mean(1/2 (V - target)^2);
/// weights and targets are constants. Threads: one. Memory: grows to the largest call, then nothing
/// is allocated.
class PolicyGradientLoss {
 public:
  PolicyGradientLoss(const PolicyGradientOptions& options,
                     std::unique_ptr<ActionDistribution> policy);

  /// Borrows the rows until Compute; what they say is log_prob().
  void Set(const PolicyGradientRows& rows);
  /// [B] log pi(a).
  std::span<const float> log_prob() const { return {log_prob_.data(), size_}; }
  /// Overwrites gradient [B, C + 1] with dL/doutputs of the rows set, and dfree with the gradient
  /// by the policy's free parameters where it has some. `counts` [B]: a row of 0 is no sample and
  /// has gradient 0; null = all are. At least one is. Sums run in index order.
  PolicyGradientTerms Compute(const float* weight, const float* target, const std::uint8_t* counts,
                              float* gradient, float* dfree);

 private:
  PolicyGradientOptions options_;
  std::unique_ptr<ActionDistribution> policy_;
  PolicyGradientRows rows_;
  std::size_t size_ = 0;
  std::vector<float> log_prob_, entropy_, log_prob_gradient_, entropy_gradient_;
};

/// Throws NumericError naming `agent`, `update` (from 1) and the tensor where a term of the loss or
/// the gradient, of norm `gradient_norm`, is not finite.
void CheckFinite(const std::string& agent, std::int64_t update, const PolicyGradientTerms& loss,
                 double gradient_norm, const PolicyModel& model);

}  // namespace brasa
