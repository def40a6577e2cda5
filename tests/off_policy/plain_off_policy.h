// SAC, TD3 and DDPG written out plainly in double precision: the oracle of the fast ones. No code
// is shared with them but the networks' layout; gradients are central differences of the loss.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "agents/nn/network.h"

namespace brasa::plain {

using Vector = std::vector<double>;

inline double Clip(double x, double limit) { return std::min(limit, std::max(-limit, x)); }

/// Outputs of a tanh network whose heads share their hidden layers, in double throughout.
inline Vector Outputs(const NetworkSpec& spec, const Vector& parameters, const Vector& input) {
  Vector h = input, outputs;
  for (const NetworkLayer& layer : LayersOf(spec)) {
    Vector z(static_cast<std::size_t>(layer.outputs));
    for (std::size_t o = 0; o < z.size(); ++o) {
      z[o] = parameters[static_cast<std::size_t>(layer.bias_offset()) + o];
      for (std::size_t i = 0; i < h.size(); ++i) {
        z[o] += parameters[static_cast<std::size_t>(layer.offset) + o * h.size() + i] * h[i];
      }
    }
    if (layer.is_head) {
      outputs.insert(outputs.end(), z.begin(), z.end());
      continue;
    }
    for (double& value : z) value = std::tanh(value);
    h = z;
  }
  return outputs;
}
/// A critic's value of a state and an action in [-1, 1]^K.
inline double Value(const NetworkSpec& spec, const Vector& parameters, Vector state,
                    const Vector& u) {
  state.insert(state.end(), u.begin(), u.end());
  return Outputs(spec, parameters, state)[0];
}
inline double LeastValue(const NetworkSpec& spec, const std::vector<Vector>& critics,
                         const Vector& state, const Vector& u) {
  double least = INFINITY;
  for (const Vector& critic : critics) least = std::min(least, Value(spec, critic, state, u));
  return least;
}

/// A squashed normal sample and its log density over [-1, 1]^K.
struct Squashed {
  Vector u;
  double log_prob = 0;
};
inline Squashed Squash(const Vector& outputs, const Vector& noise) {
  Squashed squashed;
  const std::size_t components = noise.size();
  for (std::size_t k = 0; k < components; ++k) {
    const double log_std = outputs[components + k];
    const double u = std::tanh(outputs[k] + std::exp(log_std) * noise[k]);
    squashed.u.push_back(u);
    squashed.log_prob +=
        -noise[k] * noise[k] / 2 - log_std - 0.5 * std::log(2 * M_PI) - std::log(1 - u * u);
  }
  return squashed;
}

inline Vector Tanh(Vector values) {
  for (double& value : values) value = std::tanh(value);
  return values;
}

/// df/dx by central differences.
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

/// Kingma and Ba's algorithm 1 with beta 0.9 and 0.999.
class Adam {
 public:
  /// The parameters after one step from `parameters` on `gradient`.
  Vector Step(const Vector& parameters, const Vector& gradient, double learning_rate,
              double epsilon) {
    first_.resize(gradient.size());
    second_.resize(gradient.size());
    ++steps_;
    Vector moved = parameters;
    for (std::size_t i = 0; i < moved.size(); ++i) {
      first_[i] = 0.9 * first_[i] + 0.1 * gradient[i];
      second_[i] = 0.999 * second_[i] + 0.001 * gradient[i] * gradient[i];
      const double m = first_[i] / (1 - std::pow(0.9, steps_));
      const double v = second_[i] / (1 - std::pow(0.999, steps_));
      moved[i] -= learning_rate * m / (std::sqrt(v) + epsilon);
    }
    return moved;
  }

 private:
  Vector first_, second_;
  int steps_ = 0;
};

}  // namespace brasa::plain
