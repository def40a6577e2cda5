// Distributions over actions given a network's outputs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace brasa {

/// Logits of many rows, A a row; they may be columns of wider rows (a network's output).
struct LogitRows {
  const float* logits = nullptr;  ///< [rows, stride], the first A columns are read
  int rows = 0;
  int actions = 0;                     ///< A
  int stride = 0;                      ///< floats from row to row, >= A
  const std::uint8_t* mask = nullptr;  ///< [rows, A] 1 = legal; null = all are
};

/// Categorical distributions with legal masks, one a row: p = softmax over the legal logits,
/// illegal actions have probability and gradient exactly 0. All rows are computed by vector lanes
/// of their own: a row's bits do not depend on the rows around it. Nothing is allocated after the
/// first Set of the largest rows x actions. Queries refer to the last Set; rows and actions are not
/// checked.
class Categorical {
 public:
  /// Computes log p and p of every row. Throws UsageError naming a row without a legal action.
  void Set(const LogitRows& input);

  int rows() const { return rows_; }
  int actions() const { return actions_; }

  float Probability(int row, int action) const { return probabilities_[At(row, action)]; }
  /// log p; minus infinity where illegal.
  float LogProbability(int row, int action) const { return log_probabilities_[At(row, action)]; }

  /// By inverse CDF: the first action whose cumulative probability exceeds uniforms[row] in [0, 1).
  /// Never an action of probability 0.
  void Sample(const double* uniforms, std::int32_t* actions) const;
  /// The action of highest probability, the first of equals.
  void Mode(std::int32_t* actions) const;
  /// out[row] = log p(actions[row]).
  void LogProbabilities(const std::int32_t* actions, float* out) const;
  /// out[row] = H = -sum p log p [nat].
  void Entropies(float* out) const;

  /// dL/dlogits of L = sum over rows of log_p_gradient[row] * log p(actions[row]) +
  /// entropy_gradient[row] * H(row), by d log p(a) / dlogit_j = [j = a] - p_j and
  /// dH / dlogit_j = -p_j (log p_j + H). Overwrites A columns of dlogits [rows, stride].
  void LogitGradients(const std::int32_t* actions, const float* log_p_gradient,
                      const float* entropy_gradient, float* dlogits, int stride) const;

 private:
  /// Tables lie in blocks of kBlock rows, action-major: lanes of a vector are rows.
  static constexpr int kBlock = 16;
  std::size_t At(int row, int action) const {
    return (static_cast<std::size_t>(row / kBlock) * static_cast<std::size_t>(actions_) +
            static_cast<std::size_t>(action)) *
               kBlock +
           static_cast<std::size_t>(row % kBlock);
  }
  void LoadBlock(const LogitRows& input, int first);
  void NormaliseBlock(std::size_t first);

  int rows_ = 0;
  int actions_ = 0;
  std::vector<float> log_probabilities_, probabilities_;  // [rows / kBlock, A, kBlock]
  std::vector<float> entropies_;                          // [rows, padded to kBlock]
};

}  // namespace brasa
