#include "agents/deep/policy_gradient_loss.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "agents/deep/check_finite.h"
#include "brasa/core/error.h"

namespace brasa {

PolicyGradientLoss::PolicyGradientLoss(const PolicyGradientOptions& options,
                                       std::unique_ptr<ActionDistribution> policy)
    : options_(options), policy_(std::move(policy)) {}

void PolicyGradientLoss::Set(const PolicyGradientRows& rows) {
  rows_ = rows;
  size_ = static_cast<std::size_t>(rows.rows);
  for (auto* row : {&log_prob_, &entropy_, &log_prob_gradient_, &entropy_gradient_}) {
    if (row->size() < size_) row->resize(size_);
  }
  policy_->Set({rows.outputs, rows.rows, policy_->columns() + 1, rows.mask});
  policy_->LogProbabilities(rows.action, log_prob_.data());
  policy_->Entropies(entropy_.data());
}

PolicyGradientTerms PolicyGradientLoss::Compute(const float* weight, const float* target,
                                                const std::uint8_t* counts, float* gradient,
                                                float* dfree) {
  const auto columns = static_cast<std::size_t>(policy_->columns());
  const auto zeros = counts == nullptr ? 0 : std::count(counts, counts + size_, 0);
  const auto samples = static_cast<double>(static_cast<std::ptrdiff_t>(size_) - zeros);
  const float scale = static_cast<float>(1.0 / samples);
  PolicyGradientTerms sum;
  for (std::size_t i = 0; i < size_; ++i) {
    const bool is_sample = counts == nullptr || counts[i] != 0;
    float& value_gradient = gradient[i * (columns + 1) + columns];
    log_prob_gradient_[i] = is_sample ? -weight[i] * scale : 0.0f;
    entropy_gradient_[i] = is_sample ? -options_.entropy_coef * scale : 0.0f;
    value_gradient = 0.0f;
    if (!is_sample) continue;
    const float error = rows_.outputs[i * (columns + 1) + columns] - target[i];
    value_gradient = options_.value_coef * scale * error;
    sum.policy -= static_cast<double>(weight[i] * log_prob_[i]);
    sum.value += 0.5 * static_cast<double>(error * error);
    sum.entropy += static_cast<double>(entropy_[i]);
  }
  policy_->Gradients(rows_.action, log_prob_gradient_.data(), entropy_gradient_.data(), gradient,
                     static_cast<int>(columns + 1), dfree);
  for (double* term : {&sum.policy, &sum.value, &sum.entropy}) *term /= samples;
  return sum;
}

void CheckFinite(const std::string& agent, std::int64_t update, const PolicyGradientTerms& loss,
                 double gradient_norm, const PolicyModel& model) {
  const auto fail = [&](const std::string& tensor) {
    throw NumericError(agent + ", update " + std::to_string(update) + ": " + tensor +
                       " is not finite");
  };
  if (!std::isfinite(loss.policy)) fail("policy loss");
  if (!std::isfinite(loss.value)) fail("value loss");
  if (!std::isfinite(loss.entropy)) fail("entropy");
  if (std::isfinite(gradient_norm)) return;
  const auto finite = [](float g) { return std::isfinite(g); };
  if (!std::ranges::all_of(model.free().gradient(), finite)) fail("gradient of log_std");
  CheckFinite({agent, update, "", 0, gradient_norm}, model.network());
}

}  // namespace brasa
