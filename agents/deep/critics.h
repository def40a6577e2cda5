// What continuous actions are worth: one or two networks Q(s, u) with their targets.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agents/nn/network.h"
#include "brasa/core/archive.h"

namespace brasa {

struct CriticOptions {
  std::string agent;    ///< that errors name
  int count = 2;        ///< networks: two against the bias of the maximum (Fujimoto et al. 2018)
  int states = 0;       ///< D, columns of an encoded observation
  int actions = 0;      ///< K
  NetworkSpec network;  ///< hidden layers and activation; inputs and head follow from the above
  AdamOptions adam;
  std::string backend = "native";
};

/// Networks of [state | u] rows, [B, D + K], with u in [-1, 1]^K. Their targets start as copies and
/// follow by Polyak averaging alone. Threads: one. Memory: grows to the largest call.
class Critics {
 public:
  /// Errors as MakeNetwork.
  Critics(const CriticOptions& options, Rng& init);

  int count() const { return static_cast<int>(online_.size()); }
  Network& online(int i) { return *online_[static_cast<std::size_t>(i)]; }
  const Network& online(int i) const { return *online_[static_cast<std::size_t>(i)]; }
  Network& target(int i) { return *target_[static_cast<std::size_t>(i)]; }

  /// The rows that the calls below read: states, then actions. Join overwrites them all,
  /// JoinActions the actions.
  void Join(const float* states, const float* u, int rows);
  void JoinActions(const float* u);

  /// Overwrites q [B] with the least of the targets' values.
  void TargetValues(float* q);
  /// One Adam step of every network on the mean of (Q - y)^2; returns the sum of their losses.
  /// `mean_q` gets the mean value of all before the step. Throws NumericError.
  double Fit(std::span<const float> y, std::int64_t update, double learning_rate, double* mean_q);
  /// Overwrites q [B] with the least of the first `count` networks' values and du [B, K] with the
  /// gradient of the mean of q over the rows.
  void ValueGradient(int count, float* q, float* du);
  /// target += tau * (online - target).
  void FollowTargets(double tau);

  /// Online networks with their optimizers, then the targets' parameters.
  void Save(StateWriter& writer) const;
  void Load(StateReader& reader);

 private:
  const CriticOptions options_;
  std::vector<std::unique_ptr<Network>> online_, target_;
  int rows_ = 0;
  std::vector<float> inputs_;      ///< [B, D + K]
  std::vector<float> gradient_;    ///< [B, K]
  std::vector<float> value_, dq_;  ///< [count, B], [B]
};

}  // namespace brasa
