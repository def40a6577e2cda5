#include "agents/deep/dqn_loss.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "brasa/core/assert.h"

namespace brasa {
namespace {

/// A row of atoms in memory of its own. Eigen begins its vectors where an array is aligned, so in
/// the caller's memory the order of a sum would depend on where the heap put the row.
constexpr std::size_t kMostAtoms = 1024;
using Atoms = Eigen::Array<float, Eigen::Dynamic, 1, 0, kMostAtoms, 1>;

Atoms Copied(std::span<const float> values) {
  BRASA_ASSERT(values.size() <= kMostAtoms);
  return Eigen::Map<const Eigen::ArrayXf>(values.data(), static_cast<Eigen::Index>(values.size()));
}

}  // namespace

ValueLoss SquaredLoss(float value, float target) {
  const float error = value - target;
  return {error * error, 2 * error};
}

ValueLoss HuberLoss(float value, float target) {
  const float error = value - target;
  const float size = std::abs(error);
  if (size <= 1) return {0.5f * error * error, error};
  return {size - 0.5f, std::isnan(error) ? error : std::copysign(1.0f, error)};
}

void Softmax(std::span<const float> logits, std::span<float> p) {
  Atoms row = Copied(logits);
  row = (row - row.maxCoeff()).exp();
  row /= row.sum();
  std::copy_n(row.data(), row.size(), p.begin());
}

float ExpectedReturn(const C51Support& support, std::span<const float> logits) {
  const float top = std::ranges::max(logits);
  float mass = 0, position = 0;
  for (std::size_t j = 0; j < logits.size(); ++j) {
    const float weight = std::exp(logits[j] - top);
    mass += weight;
    position += weight * static_cast<float>(j);
  }
  return support.v_min + support.spacing() * position / mass;
}

void ProjectC51(const C51Support& support, float reward, float bootstrap, std::span<const float> p,
                std::span<float> target) {
  std::ranges::fill(target, 0.0f);
  const float last = static_cast<float>(support.atoms - 1);
  for (int j = 0; j < support.atoms; ++j) {
    const float mass = p[static_cast<std::size_t>(j)];
    const float moved = reward + bootstrap * support.atom(j);
    // In units of atoms; clipping the position clips the return to [v_min, v_max].
    const float b = std::clamp((moved - support.v_min) / support.spacing(), 0.0f, last);
    const float lower = std::floor(b);
    const auto l = static_cast<std::size_t>(lower);
    target[l] += mass * (1 - (b - lower));
    if (b > lower) target[l + 1] += mass * (b - lower);
  }
}

float C51Loss(std::span<const float> logits, std::span<const float> target,
              std::span<float> gradient) {
  const Atoms row = Copied(logits), wanted = Copied(target);
  const float top = row.maxCoeff();
  Atoms p = (row - top).exp();
  const float mass = p.sum();
  const float log_mass = std::log(mass) + top;
  p = p / mass - wanted;
  std::copy_n(p.data(), p.size(), gradient.begin());
  return (wanted * (log_mass - row)).sum();
}

float QuantileHuberLoss(std::span<const float> theta, std::span<const float> target,
                        std::span<float> gradient) {
  const auto count = static_cast<float>(theta.size());
  const float share = 1.0f / static_cast<float>(target.size());
  float loss = 0;
  for (std::size_t i = 0; i < theta.size(); ++i) {
    const float tau = (static_cast<float>(i) + 0.5f) / count;
    float sum = 0, slope = 0;
    for (const float t : target) {
      const ValueLoss huber = HuberLoss(theta[i], t);  // its argument is -u
      const float weight = t < theta[i] ? 1 - tau : tau;
      sum += weight * huber.loss;
      slope += weight * huber.gradient;
    }
    loss += sum * share;
    gradient[i] = slope * share;
  }
  return loss;
}

}  // namespace brasa
