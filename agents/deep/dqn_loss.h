// The losses of deep Q-learning, one sample each: values, categorical distributions, quantiles.
#pragma once

#include <span>
#include <vector>

namespace brasa {

/// Atoms of a categorical distribution over returns, evenly spaced from v_min to v_max.
struct C51Support {
  float v_min = -10, v_max = 10;
  int atoms = 51;  ///< M >= 2

  float spacing() const { return (v_max - v_min) / static_cast<float>(atoms - 1); }
  float atom(int j) const { return v_min + spacing() * static_cast<float>(j); }
};

/// Loss of one sample and its derivative with respect to the value.
struct ValueLoss {
  float loss = 0, gradient = 0;
};
/// (target - value)^2.
ValueLoss SquaredLoss(float value, float target);
/// Huber's loss with delta = 1: half the square within 1 of the target, |error| - 1/2 beyond.
ValueLoss HuberLoss(float value, float target);

/// Overwrites p [M] with the softmax of `logits` [M].
void Softmax(std::span<const float> logits, std::span<float> p);
/// Expected return of the distribution softmax(logits).
float ExpectedReturn(const C51Support& support, std::span<const float> logits);

/// Bellemare, Dabney, Munos, "A distributional perspective on reinforcement learning" (2017),
/// algorithm 1: overwrites `target` [M] with the distribution of clip(reward + bootstrap * Z),
/// Z with probabilities `p` [M] on the support, each atom's mass shared by its two neighbours.
/// bootstrap may be negative (the other side's return); 0 puts all mass at the reward.
void ProjectC51(const C51Support& support, float reward, float bootstrap, std::span<const float> p,
                std::span<float> target);
/// Cross-entropy -sum_j target_j log softmax(logits)_j and, in `gradient` [M], its derivative with
/// respect to the logits: softmax(logits) - target.
float C51Loss(std::span<const float> logits, std::span<const float> target,
              std::span<float> gradient);

/// Dabney, Rowland, Bellemare, Munos, "Distributional reinforcement learning with quantile
/// regression" (2018), eq. 10 with kappa = 1: quantiles theta_i at tau_i = (2i - 1) / 2N,
///   sum_i mean_j |tau_i - 1[u < 0]| H(u),  u = target_j - theta_i,  H = Huber's loss.
/// `gradient` [N] gets the derivative with respect to theta.
float QuantileHuberLoss(std::span<const float> theta, std::span<const float> target,
                        std::span<float> gradient);

}  // namespace brasa
