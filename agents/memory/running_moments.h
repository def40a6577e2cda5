// Mean and variance of all the rows seen so far.
#pragma once

#include <cstddef>
#include <vector>

#include "brasa/core/archive.h"

namespace brasa {

/// Per-column mean and population variance, batch by batch, by the parallel rule of Chan, Golub and
/// LeVeque (1979): with delta = batch mean - mean and n = count + batch count,
///   mean += delta * batch count / n
///   variance = (variance * count + batch variance * batch count
///               + delta^2 * count * batch count / n) / n
/// Starts as Gymnasium's RunningMeanStd: mean 0, variance 1, count 1e-4. A value type; one thread.
class RunningMoments {
 public:
  explicit RunningMoments(int columns);

  int columns() const { return static_cast<int>(mean_.size()); }  ///< D
  const std::vector<double>& mean() const { return mean_; }
  const std::vector<double>& variance() const { return variance_; }
  double count() const { return count_; }

  /// One batch: rows [count, D]. Nothing happens where count is 0. Allocates nothing.
  void Update(const float* rows, std::size_t count);

  void Save(StateWriter& writer) const;
  /// Throws FileError if the sizes differ.
  void Load(StateReader& reader);

 private:
  std::vector<double> mean_, variance_;              // [D]
  std::vector<double> batch_mean_, batch_variance_;  // [D] work of Update
  double count_ = 1e-4;
};

}  // namespace brasa
