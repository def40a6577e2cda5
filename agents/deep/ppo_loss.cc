#include "agents/deep/ppo_loss.h"

#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <utility>

namespace brasa {

/// Work arrays. Aligned and padded to whole vectors, so that an element's bits do not depend on
/// where the heap put the array.
struct PpoLoss::Rows {
  Eigen::ArrayXf log_ratio, ratio, entropy, log_prob_gradient, entropy_gradient;

  void Grow(int rows) {
    const Eigen::Index padded = (rows + 15) / 16 * 16;
    if (ratio.size() >= padded) return;
    for (auto* array : {&log_ratio, &ratio, &entropy, &log_prob_gradient, &entropy_gradient}) {
      array->setZero(padded);
    }
  }
};

PpoLoss::PpoLoss(const PpoLossOptions& options, std::unique_ptr<ActionDistribution> policy)
    : options_(options), policy_(std::move(policy)), work_(std::make_unique<Rows>()) {}

PpoLoss::~PpoLoss() = default;

PpoLossTerms PpoLoss::Compute(const PpoBatch& batch, float* gradient, float* dfree) {
  Rows& work = *work_;
  work.Grow(batch.rows);
  const int columns = policy_->columns();
  const int stride = columns + 1;
  const float clip = options_.clip;
  const float scale = 1.0f / static_cast<float>(batch.rows);
  policy_->Set({batch.outputs, batch.rows, stride, batch.mask});
  policy_->LogProbabilities(batch.action, work.log_ratio.data());
  policy_->Entropies(work.entropy.data());
  for (int i = 0; i < batch.rows; ++i) work.log_ratio[i] -= batch.old_log_prob[i];
  work.ratio = work.log_ratio.exp();
  work.entropy_gradient = -options_.entropy_coef * scale;

  PpoLossTerms sum;
  for (int i = 0; i < batch.rows; ++i) {
    const float ratio = work.ratio[i];
    const float advantage = batch.advantage[i];
    const float plain = -advantage * ratio;
    const float clipped = -advantage * std::min(std::max(ratio, 1.0f - clip), 1.0f + clip);
    // Where the clipped term is the larger one, the loss does not depend on the ratio.
    work.log_prob_gradient[i] = clipped > plain ? 0.0f : scale * plain;
    sum.policy += static_cast<double>(std::isnan(ratio) ? ratio : std::max(plain, clipped));
    sum.entropy += static_cast<double>(work.entropy[i]);
    sum.old_approx_kl -= static_cast<double>(work.log_ratio[i]);
    sum.approx_kl += static_cast<double>((ratio - 1.0f) - work.log_ratio[i]);
    sum.clip_fraction += std::abs(ratio - 1.0f) > clip ? 1.0 : 0.0;

    const float value = batch.outputs[i * stride + columns];
    const float error = value - batch.target[i];
    float value_loss = error * error;
    float value_gradient = error;
    if (options_.clip_value_loss) {
      const float moved = value - batch.old_value[i];
      const float near = batch.old_value[i] + std::min(std::max(moved, -clip), clip);
      const float near_error = near - batch.target[i];
      if (near_error * near_error > value_loss) {
        value_loss = near_error * near_error;
        value_gradient = std::abs(moved) > clip ? 0.0f : near_error;
      }
    }
    sum.value += 0.5 * static_cast<double>(value_loss);
    gradient[i * stride + columns] = options_.value_coef * scale * value_gradient;
  }
  policy_->Gradients(batch.action, work.log_prob_gradient.data(), work.entropy_gradient.data(),
                     gradient, stride, dfree);
  for (double* term : {&sum.policy, &sum.value, &sum.entropy, &sum.old_approx_kl, &sum.approx_kl,
                       &sum.clip_fraction}) {
    *term /= batch.rows;
  }
  return sum;
}

void NormalizeAdvantages(std::span<float> advantage) {
  double sum = 0;
  for (const float a : advantage) sum += static_cast<double>(a);
  const double count = static_cast<double>(advantage.size());
  const double mean = sum / count;
  double squares = 0;
  for (const float a : advantage) {
    const double centred = static_cast<double>(a) - mean;
    squares += centred * centred;
  }
  const double scale = 1.0 / (std::sqrt(squares / (count - 1.0)) + 1e-8);
  for (float& a : advantage) a = static_cast<float>((static_cast<double>(a) - mean) * scale);
}

double ExplainedVariance(std::span<const float> value, std::span<const float> target) {
  const auto variance = [&](double weight) {  // of target - weight * value
    const auto at = [&](std::size_t i) {
      return static_cast<double>(target[i]) - weight * static_cast<double>(value[i]);
    };
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < value.size(); ++i) sum += at(i);
    const double mean = sum / static_cast<double>(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) squares += (at(i) - mean) * (at(i) - mean);
    return squares / static_cast<double>(value.size());
  };
  const double total = variance(0);
  return total > 0 ? 1.0 - variance(1) / total : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace brasa
