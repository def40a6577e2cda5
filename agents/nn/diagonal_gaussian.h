// Normal distributions with independent components: the policy of continuous actions.
#pragma once

#include <vector>

namespace brasa {

/// Means of many rows, K a row; they may be columns of wider rows (a network's output).
struct GaussianRows {
  const float* mean = nullptr;     ///< [rows, stride], the first K columns are read
  const float* log_std = nullptr;  ///< [K], the same for every row
  int rows = 0;
  int stride = 0;  ///< floats from row to row, >= K
};

/// Rows of K independent normal components with state-independent deviations,
///   log p(a) = sum over k of -z_k^2 / 2 - log_std_k - log(2 pi) / 2,  z_k = (a_k - mean_k) /
///   std_k.
/// A row's bits do not depend on the rows around it. Nothing is checked or allocated after the
/// constructor; the means are borrowed until the next Set. Queries refer to the last Set.
class DiagonalGaussian {
 public:
  explicit DiagonalGaussian(int components);

  void Set(const GaussianRows& input);
  int rows() const { return input_.rows; }
  int components() const { return static_cast<int>(std_.size()); }  ///< K

  /// actions [rows, K] = mean + std * normals [rows, K].
  void Sample(const double* normals, float* actions) const;
  /// actions [rows, K] = mean.
  void Mode(float* actions) const;
  /// out[row] = log p(actions[row]).
  void LogProbabilities(const float* actions, float* out) const;
  /// out[row] = H = sum over k of 1/2 + log(2 pi) / 2 + log_std_k [nat].
  void Entropies(float* out) const;

  /// The gradient of L = sum over rows of log_p_gradient[row] * log p(actions[row]) +
  /// entropy_gradient[row] * H(row), by d log p / dmean_k = z_k / std_k, d log p / dlog_std_k =
  /// z_k^2 - 1, dH / dlog_std_k = 1. Overwrites K columns of dmean [rows, stride] and dlog_std [K],
  /// which is summed over the rows in index order.
  void Gradients(const float* actions, const float* log_p_gradient, const float* entropy_gradient,
                 float* dmean, int stride, float* dlog_std);

 private:
  float Z(int row, int k, float action) const;

  GaussianRows input_;
  std::vector<float> std_, inverse_std_;  // [K]
  std::vector<double> sum_;               // [K]
  float log_normaliser_ = 0;              // sum over k of log_std_k + log(2 pi) / 2
};

}  // namespace brasa
