// One face of the policies over discrete, multi-discrete and box actions.
#pragma once

#include <cstdint>
#include <memory>

#include "brasa/core/random.h"
#include "brasa/core/spec.h"

namespace brasa {

/// Network outputs of many rows, of which the first columns belong to the policy.
struct PolicyRows {
  const float* outputs = nullptr;  ///< [rows, stride]
  int rows = 0;
  int stride = 0;
  const std::uint8_t* mask = nullptr;  ///< [rows, A] of discrete actions: 1 = legal; null = all are
};

/// What the policy columns of a network mean for one kind of action. K = components of an action;
/// actions are [rows, K] of int32, or of float32 for boxes. Queries refer to the last Set, which
/// borrows the outputs. Threads: one. Memory: grows to the largest Set, then nothing is allocated.
///   discrete        logits [A], masked softmax
///   multi-discrete  the logits of all components side by side, each a softmax of its own; log p
///                   and entropy are the sums over the components
///   box             means [K] of a normal distribution whose log deviations do not depend on the
///                   state: they are parameters of their own (`free`)
class ActionDistribution {
 public:
  virtual ~ActionDistribution() = default;

  /// Policy columns of the network.
  virtual int columns() const = 0;
  /// Throws UsageError naming a row without a legal action.
  virtual void Set(const PolicyRows& rows) = 0;
  /// The K random numbers that one sampled action takes, from `rng`.
  virtual void Draw(Rng& rng, double* noise) const = 0;
  /// Overwrites actions [rows, K]; noise [rows, K] as Draw gave it.
  virtual void Sample(const double* noise, void* actions) const = 0;
  /// The most probable action of every row.
  virtual void Mode(void* actions) const = 0;
  virtual void LogProbabilities(const void* actions, float* out) const = 0;
  /// [nat]
  virtual void Entropies(float* out) const = 0;
  /// The gradient of L = sum over rows of log_p_gradient[row] * log p(actions[row]) +
  /// entropy_gradient[row] * H(row): overwrites the policy columns of doutputs [rows, stride], and
  /// dfree with dL/dfree where the policy has free parameters.
  virtual void Gradients(const void* actions, const float* log_p_gradient,
                         const float* entropy_gradient, float* doutputs, int stride,
                         float* dfree) = 0;
};

/// Free parameters of a policy over `spec`: K log deviations of a box, else none.
int FreePolicyParameters(const ActionSpec& spec);
/// `free` is borrowed and read at every Set; null where there are none.
std::unique_ptr<ActionDistribution> MakeActionDistribution(const ActionSpec& spec,
                                                           const float* free);

}  // namespace brasa
