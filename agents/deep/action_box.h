// Box actions as continuous control learns them: every component in [-1, 1].
#pragma once

#include <cstddef>
#include <vector>

#include "brasa/core/spec.h"

namespace brasa {

/// The linear map between u in [-1, 1]^K and the box of an environment, component by component. A
/// value type; threads: any.
class ActionBox {
 public:
  /// Bounds are finite and low < high, as CheckContinuous makes sure.
  explicit ActionBox(const ActionSpec& spec);

  int components() const { return static_cast<int>(centre_.size()); }  ///< K
  /// Overwrites action [rows, K] = centre + half width * u, inside the bounds to the last bit.
  void ToBox(const float* u, int rows, float* action) const;
  /// Overwrites u [K] of one action.
  void ToUnit(const float* action, float* u) const;

 private:
  std::vector<float> low_, high_, centre_, half_width_;
};

}  // namespace brasa
