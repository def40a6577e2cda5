// Numbers to ids: each dimension of an observation is cut into equal bins.
#pragma once

#include <cstdint>
#include <vector>

#include "brasa/core/config.h"
#include "brasa/core/spec.h"

namespace brasa {

/// The fields `bins`, `bin_low` and `bin_high` of a tabular agent.
std::vector<Field> StateBinsFields();

/// Bins of observations float32 [D]. Bin b of dimension d holds low + b w <= x < low + (b + 1) w
/// with w = (high - low) / bins; what lies beyond the bounds belongs to the outer bins.
class StateBins {
 public:
  /// No bins: observations are taken as they are.
  StateBins() = default;
  /// What `config` asks for; none if `bins` is empty. Throws ConfigError where the observation is
  /// not numbers, a list has neither 1 nor D entries, a bound is missing (the environment has
  /// none) or not below its upper one, or the cells are more than 2^31 - 1.
  StateBins(const EnvSpec& spec, const Config& config);

  bool empty() const { return counts_.empty(); }
  /// Product of the bins of all dimensions.
  std::int32_t cells() const { return cells_; }
  /// Row-major index of the cell that holds `observation` [D].
  std::int32_t Cell(const void* observation) const;

 private:
  void CheckBounds(const EnvSpec& spec, std::size_t d) const;

  std::vector<std::int32_t> counts_;  // [D]
  std::vector<double> low_, high_;    // [D]
  std::int32_t cells_ = 0;
};

}  // namespace brasa
