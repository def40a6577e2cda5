#include "agents/deep/dqn_loss.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace brasa {
namespace {

using ConstRow = Eigen::Map<const Eigen::ArrayXf>;
using Row = Eigen::Map<Eigen::ArrayXf>;

ConstRow AsRow(std::span<const float> values) {
  return {values.data(), static_cast<Eigen::Index>(values.size())};
}
Row AsRow(std::span<float> values) {
  return {values.data(), static_cast<Eigen::Index>(values.size())};
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
  Row out = AsRow(p);
  out = (AsRow(logits) - AsRow(logits).maxCoeff()).exp();
  out /= out.sum();
}

float ExpectedReturn(const C51Support& support, std::span<const float> logits) {
  const float top = AsRow(logits).maxCoeff();
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
  const float top = AsRow(logits).maxCoeff();
  Row p = AsRow(gradient);
  p = (AsRow(logits) - top).exp();
  const float mass = p.sum();
  const float log_mass = std::log(mass) + top;
  const float loss = (AsRow(target) * (log_mass - AsRow(logits))).sum();
  p = p / mass - AsRow(target);
  return loss;
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
