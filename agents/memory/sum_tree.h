// Weights in a binary tree whose nodes hold the sum of what lies below them: drawing a leaf in
// proportion to its weight and changing one cost log2(leaves) steps.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "brasa/core/archive.h"
#include "brasa/core/assert.h"

namespace brasa {

/// Leaves 0 .. n-1 with weights >= 0, all 0 at first. A node is always the sum of its two children
/// as they are now, so no error builds up and equal weights give equal trees. Threads: one.
class SumTree {
 public:
  explicit SumTree(std::int32_t leaves)
      : leaves_(static_cast<std::size_t>(leaves)), width_(std::bit_ceil(leaves_)) {
    BRASA_ASSERT(leaves > 0);
    sum_.resize(2 * width_);
  }
  static std::int64_t Bytes(std::int32_t leaves) {
    const std::size_t width = std::bit_ceil(static_cast<std::size_t>(leaves));
    return static_cast<std::int64_t>(2 * width * sizeof(double));
  }

  double weight(std::int32_t leaf) const { return sum_[width_ + static_cast<std::size_t>(leaf)]; }
  double total() const { return sum_[1]; }

  void Set(std::int32_t leaf, double weight) {
    std::size_t node = width_ + static_cast<std::size_t>(leaf);
    sum_[node] = weight;
    while (node > 1) {
      node /= 2;
      sum_[node] = sum_[2 * node] + sum_[2 * node + 1];
    }
  }

  /// The first leaf at which the running sum of weights exceeds `prefix` in [0, total()); never one
  /// of weight 0, whatever the rounding. total() > 0.
  std::int32_t Find(double prefix) const {
    BRASA_ASSERT(total() > 0);
    std::size_t node = 1;
    while (node < width_) {
      const double left = sum_[2 * node];
      node *= 2;
      if (prefix < left || sum_[node + 1] <= 0) continue;
      prefix -= left;
      ++node;
    }
    return static_cast<std::int32_t>(node - width_);
  }

  void Save(StateWriter& writer) const {
    writer.WriteSpan("sum_tree.weights", std::span(sum_).subspan(width_, leaves_));
  }
  /// Throws FileError if the number of leaves differs.
  void Load(StateReader& reader) {
    reader.ReadSpan("sum_tree.weights", std::span(sum_).subspan(width_, leaves_));
    for (std::size_t node = width_; node-- > 1;) sum_[node] = sum_[2 * node] + sum_[2 * node + 1];
  }

 private:
  std::size_t leaves_, width_;
  std::vector<double> sum_;  // [2 width]: root 1, children 2i and 2i + 1, leaves from width on
};

}  // namespace brasa
