// The few parameters of a policy that belong to no network, with the same optimizer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agents/nn/network.h"
#include "brasa/core/archive.h"

namespace brasa {

/// A vector of parameters, its gradient and Adam's moments; the step is Network::AdamStep's. May be
/// empty. Threads: one. Memory: made by the constructor.
class FreeParameters {
 public:
  FreeParameters(int size, float initial, const AdamOptions& adam);

  const std::vector<float>& values() const { return values_; }
  /// Leaves gradient and moments as they are.
  void SetValues(std::span<const float> values);
  std::vector<float>& gradient() { return gradient_; }
  const std::vector<float>& gradient() const { return gradient_; }
  double SumOfSquaredGradients() const;
  void AdamStep(double learning_rate, double gradient_scale);

  void Save(StateWriter& writer) const;
  /// Throws FileError if the sizes differ.
  void Load(StateReader& reader);

 private:
  AdamOptions adam_;
  std::vector<float> values_, gradient_, first_moment_, second_moment_;
  std::int64_t step_ = 0;
};

}  // namespace brasa
