// Deep Q-learning written out plainly in double precision: the oracle of the fast one. No code is
// shared with it; gradients are central differences of the loss.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "agents/nn/network.h"
#include "tests/nn/reference_mlp.h"

namespace brasa::plain {

using Vector = std::vector<double>;

/// What is learnt and how.
struct Options {
  NetworkSpec network;
  int actions = 2, atoms = 1;
  bool dueling = false, use_double = false, huber = false, c51 = false, quantiles = false;
  double v_min = 0, v_max = 0;

  double atom(int j) const { return v_min + (v_max - v_min) * j / (atoms - 1); }
};

/// A sample with its window of rewards.
struct Sample {
  std::vector<float> state, successor;
  std::vector<std::uint8_t> legal;  ///< of the successor
  int action = 0;
  double reward = 0, bootstrap = 0, weight = 1;
};

/// z [A][M] of a state.
inline std::vector<Vector> Outputs(const Options& o, const Vector& parameters,
                                   const std::vector<float>& state) {
  const Vector y = ReferenceForward(o.network, parameters, state.data());
  std::vector<Vector> z(static_cast<std::size_t>(o.actions), Vector(std::size_t(o.atoms)));
  for (int a = 0; a < o.actions; ++a) {
    for (int j = 0; j < o.atoms; ++j) {
      double value = y[std::size_t(a * o.atoms + j)];
      if (o.dueling) {
        double mean = 0;
        for (int b = 0; b < o.actions; ++b) {
          mean += y[std::size_t(o.atoms + b * o.atoms + j)] / o.actions;
        }
        value = y[std::size_t(j)] + y[std::size_t(o.atoms + a * o.atoms + j)] - mean;
      }
      z[std::size_t(a)][std::size_t(j)] = value;
    }
  }
  return z;
}

inline Vector Probabilities(const Vector& logits) {
  double mass = 0;
  for (const double logit : logits) mass += std::exp(logit);
  Vector p;
  for (const double logit : logits) p.push_back(std::exp(logit) / mass);
  return p;
}

inline double Value(const Options& o, const Vector& z) {
  double sum = 0;
  const Vector p = o.c51 ? Probabilities(z) : Vector(z.size(), 1.0 / o.atoms);
  for (int j = 0; j < o.atoms; ++j) {
    sum += p[std::size_t(j)] * (o.c51 ? o.atom(j) : z[std::size_t(j)]);
  }
  return sum;
}

/// Brute force: every atom i takes from every moved atom j the share 1 - distance / spacing.
inline Vector Project(const Options& o, double reward, double bootstrap, const Vector& p) {
  Vector target(p.size(), 0.0);
  const double spacing = (o.v_max - o.v_min) / (o.atoms - 1);
  for (int i = 0; i < o.atoms; ++i) {
    for (int j = 0; j < o.atoms; ++j) {
      const double moved = std::clamp(reward + bootstrap * o.atom(j), o.v_min, o.v_max);
      const double share = std::max(0.0, 1 - std::abs(moved - o.atom(i)) / spacing);
      target[std::size_t(i)] += p[std::size_t(j)] * share;
    }
  }
  return target;
}

/// What the sample's distribution or value regresses to.
inline Vector Target(const Options& o, const Vector& online, const Vector& target,
                     const Sample& s) {
  const std::vector<Vector> chooser = Outputs(o, o.use_double ? online : target, s.successor);
  int best = -1;
  for (int b = 0; b < o.actions; ++b) {
    if (!s.legal[std::size_t(b)]) continue;
    if (best < 0 || Value(o, chooser[std::size_t(b)]) > Value(o, chooser[std::size_t(best)])) {
      best = b;
    }
  }
  Vector z = Outputs(o, target, s.successor)[std::size_t(best)];
  if (o.c51) return Project(o, s.reward, s.bootstrap, Probabilities(z));
  for (double& value : z) value = s.reward + s.bootstrap * value;
  return z;
}

inline double Huber(double error) {
  return std::abs(error) <= 1 ? error * error / 2 : std::abs(error) - 0.5;
}

inline double SampleLoss(const Options& o, const Vector& parameters, const Sample& s,
                         const Vector& target) {
  const Vector z = Outputs(o, parameters, s.state)[std::size_t(s.action)];
  if (o.c51) {
    const Vector p = Probabilities(z);
    double loss = 0;
    for (std::size_t j = 0; j < p.size(); ++j) loss -= target[j] * std::log(p[j]);
    return loss;
  }
  if (!o.quantiles) {
    const double error = z[0] - target[0];
    return o.huber ? Huber(error) : error * error;
  }
  double loss = 0;
  for (int i = 0; i < o.atoms; ++i) {
    const double tau = (2 * i + 1) / (2.0 * o.atoms);
    for (const double t : target) {
      const double u = t - z[std::size_t(i)];
      loss += std::abs(tau - (u < 0 ? 1 : 0)) * Huber(u) / static_cast<double>(target.size());
    }
  }
  return loss;
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

}  // namespace brasa::plain
