// PPO written out plainly in double precision: the oracle of the fast one. No code is shared with
// it but the random stream; gradients are central differences of the loss, not derived by hand.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

#include "agents/nn/network.h"
#include "brasa/core/random.h"

namespace brasa::plain {

using Vector = std::vector<double>;

/// The network's outputs [O] for one row of inputs, then the parameters beyond the network's: the
/// log deviations of box actions.
inline Vector Outputs(const NetworkSpec& spec, const Vector& parameters, const Vector& input) {
  Vector outputs(static_cast<std::size_t>(spec.outputs()));
  Vector x = input;
  Vector trunk;  // output of the shared hidden layers
  for (const NetworkLayer& layer : LayersOf(spec)) {
    if (layer.is_head && spec.shared_trunk) {
      if (trunk.empty()) trunk = x;
      x = trunk;
    }
    Vector z(static_cast<std::size_t>(layer.outputs));
    for (int o = 0; o < layer.outputs; ++o) {
      double sum = parameters[static_cast<std::size_t>(layer.bias_offset() + o)];
      for (int i = 0; i < layer.inputs; ++i) {
        const auto weight = static_cast<std::size_t>(layer.offset + o * layer.inputs + i);
        sum += parameters[weight] * x[static_cast<std::size_t>(i)];
      }
      if (!layer.is_head) {
        sum = spec.activation == Activation::kTanh ? std::tanh(sum) : std::max(sum, 0.0);
      }
      z[static_cast<std::size_t>(o)] = sum;
    }
    if (layer.is_head) {
      std::copy(z.begin(), z.end(), outputs.begin() + layer.output_offset);
      x = input;  // separate networks: the next one begins at the input
    } else {
      x = z;
    }
  }
  const auto network_end = static_cast<std::ptrdiff_t>(LayersOf(spec).back().end());
  outputs.insert(outputs.end(), parameters.begin() + network_end, parameters.end());
  return outputs;
}

/// log p of every action; probability 0 is told as -inf.
inline Vector LogPolicy(const Vector& outputs, const std::vector<std::uint8_t>& mask) {
  double total = 0;
  for (std::size_t a = 0; a < mask.size(); ++a) total += mask[a] ? std::exp(outputs[a]) : 0.0;
  Vector log_p(mask.size());
  for (std::size_t a = 0; a < mask.size(); ++a) {
    log_p[a] = mask[a] ? outputs[a] - std::log(total) : -INFINITY;
  }
  return log_p;
}

inline double Entropy(const Vector& log_p) {
  double sum = 0;
  for (const double log_weight : log_p) {
    if (std::isfinite(log_weight)) sum -= std::exp(log_weight) * log_weight;
  }
  return sum;
}

/// One decision and what it led to.
struct Sample {
  Vector input;
  std::vector<std::uint8_t> mask;
  std::size_t action = 0;
  Vector box;  ///< [K] the action where it is a box; the policy's columns are then K means
  double old_log_prob = 0, old_value = 0, advantage = 0, target = 0;
};

struct LossOptions {
  double clip = 0.2, entropy_coef = 0.01, value_coef = 0.5;
  bool clip_value_loss = true;
};

/// Column of the value among the outputs.
inline std::size_t ValueColumn(const Sample& s) {
  return s.box.empty() ? s.mask.size() : s.box.size();
}

/// log p of the sample's action and the policy's entropy.
struct Policy {
  double log_p = 0, entropy = 0;
};
inline Policy PolicyOf(const Sample& s, const Vector& outputs) {
  if (s.box.empty()) {
    const Vector log_p = LogPolicy(outputs, s.mask);
    return {log_p[s.action], Entropy(log_p)};
  }
  Policy policy;
  for (std::size_t k = 0; k < s.box.size(); ++k) {
    const double deviation = std::exp(outputs[s.box.size() + 1 + k]);
    const double z = (s.box[k] - outputs[k]) / deviation;
    policy.log_p += std::log(std::exp(-z * z / 2) / (deviation * std::sqrt(2 * M_PI)));
    policy.entropy += std::log(deviation * std::sqrt(2 * M_PI * std::exp(1.0)));
  }
  return policy;
}

/// The loss of one row given its outputs (the policy's columns, value, log deviations).
inline double RowLoss(const LossOptions& options, const Sample& s, const Vector& outputs) {
  const Policy now = PolicyOf(s, outputs);
  const double ratio = std::exp(now.log_p - s.old_log_prob);
  const double inside = std::clamp(ratio, 1 - options.clip, 1 + options.clip);
  const double policy = std::max(-s.advantage * ratio, -s.advantage * inside);
  const double value = outputs[ValueColumn(s)];
  double square = (value - s.target) * (value - s.target);
  if (options.clip_value_loss) {
    const double near = s.old_value + std::clamp(value - s.old_value, -options.clip, options.clip);
    square = std::max(square, (near - s.target) * (near - s.target));
  }
  return policy - options.entropy_coef * now.entropy + options.value_coef * 0.5 * square;
}

/// df/dx by central differences: error some 1e-9 for functions of order 1.
inline Vector Gradient(const std::function<double(const Vector&)>& f, Vector x) {
  constexpr double kStep = 1e-6;
  Vector gradient(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double at = x[i];
    x[i] = at + kStep;
    const double above = f(x);
    x[i] = at - kStep;
    gradient[i] = (above - f(x)) / (2 * kStep);
    x[i] = at;
  }
  return gradient;
}

struct Options {
  LossOptions loss;
  double learning_rate = 1e-2, max_grad_norm = 0.5;
  int minibatches = 2, epochs = 3;
  bool normalize_advantage = true;
};

/// Parameters with Adam's moments.
struct Learner {
  NetworkSpec network;
  Vector parameters, first, second;
  int steps = 0;

  void Adam(const Vector& gradient, double learning_rate) {
    ++steps;
    first.resize(parameters.size());
    second.resize(parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      first[i] = 0.9 * first[i] + 0.1 * gradient[i];
      second[i] = 0.999 * second[i] + 0.001 * gradient[i] * gradient[i];
      const double m = first[i] / (1 - std::pow(0.9, steps));
      const double v = second[i] / (1 - std::pow(0.999, steps));
      parameters[i] -= learning_rate * m / (std::sqrt(v) + 1e-5);
    }
  }

  /// All epochs over `samples`; `shuffle` is the learner's stream.
  void Update(const Options& options, const std::vector<Sample>& samples, Rng& shuffle) {
    std::vector<std::size_t> order(samples.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (int epoch = 0; epoch < options.epochs; ++epoch) {
      for (std::size_t i = order.size() - 1; i > 0; --i) {
        std::swap(order[i], order[shuffle.Below(static_cast<std::uint32_t>(i + 1))]);
      }
      const auto minibatches = static_cast<std::size_t>(options.minibatches);
      for (std::size_t k = 0; k < minibatches; ++k) {
        std::vector<Sample> batch;
        for (std::size_t i = k * order.size() / minibatches;
             i < (k + 1) * order.size() / minibatches; ++i) {
          batch.push_back(samples[order[i]]);
        }
        Step(options, std::move(batch));
      }
    }
  }

  void Step(const Options& options, std::vector<Sample> batch) {
    const double count = static_cast<double>(batch.size());
    if (options.normalize_advantage) {
      double mean = 0;
      for (const Sample& s : batch) mean += s.advantage / count;
      double variance = 0;
      for (const Sample& s : batch) variance += (s.advantage - mean) * (s.advantage - mean);
      const double deviation = std::sqrt(variance / (count - 1));
      for (Sample& s : batch) s.advantage = (s.advantage - mean) / (deviation + 1e-8);
    }
    Vector gradient = Gradient(
        [&](const Vector& x) {
          double sum = 0;
          for (const Sample& s : batch) {
            sum += RowLoss(options.loss, s, Outputs(network, x, s.input));
          }
          return sum / count;
        },
        parameters);
    double squares = 0;
    for (const double g : gradient) squares += g * g;
    const double scale = std::min(1.0, options.max_grad_norm / (std::sqrt(squares) + 1e-6));
    for (double& g : gradient) g *= scale;
    Adam(gradient, options.learning_rate);
  }
};

}  // namespace brasa::plain
