// A network that says what each action is worth: as a value, a categorical distribution over
// returns or quantiles of the return, plain or dueling, with or without noisy weights.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agents/deep/dqn_loss.h"
#include "agents/nn/network.h"
#include "agents/nn/noisy_network.h"

namespace brasa {

/// What a network says of an action: its value (M = 1), logits of M atoms, or M quantiles.
enum class QDistribution : std::uint8_t { kNone, kC51, kQuantiles };

/// A = actions, M = atoms.
struct QNetworkOptions {
  int actions = 0;
  int atoms = 1;
  QDistribution distribution = QDistribution::kNone;
  C51Support support;
  bool dueling = false;
  bool noisy = false;
  double noisy_sigma = 0.5;
  std::string backend = "native";
  AdamOptions adam;
  NetworkSpec network;  ///< its heads follow from the above

  /// Head "q" [A M]; dueling: "value" [M] and "advantage" [A M].
  std::vector<NetworkHead> Heads() const;
};

/// Wang et al., "Dueling network architectures" (2016), eq. 9, for each atom j:
///   z_aj = V_j + A_aj - mean_b A_bj.
/// Threads: one. Memory: grows to the largest call.
class QNetwork {
 public:
  /// Errors as MakeNetwork.
  QNetwork(QNetworkOptions options, Rng& init);

  const QNetworkOptions& options() const { return options_; }
  Network& network() { return *network_; }
  const Network& network() const { return *network_; }
  int actions() const { return options_.actions; }
  int atoms() const { return options_.atoms; }

  /// New weights or the mean weights; nothing without noise.
  void SampleNoise(Rng& rng);
  void UseMeans();

  /// z [rows, A, M] of inputs x; valid until the next call.
  const float* Forward(const float* x, int rows);
  /// The same, keeping what Backward needs.
  const float* ForwardTrain(const float* x, int rows);
  /// Gradient of the parameters from dz [rows, M] = dL/dz of each row's action; all else is 0.
  void Backward(const std::int32_t* action, const float* dz, int rows);
  /// The expected return that z [M] of one action says.
  float Value(std::span<const float> z) const;
  /// Overwrites `value` [rows, A]: the expected returns that z [rows, A, M] says.
  void Values(const float* z, int rows, float* value) const;

 private:
  const float* Combine(int rows);

  const QNetworkOptions options_;
  NoisyNetwork* noisy_ = nullptr;  ///< the network, if it is noisy
  std::unique_ptr<Network> network_;
  std::vector<float> outputs_, combined_, gradient_;
};

/// The best legal action of a row of values [A], the lowest id among equals; `mask` null = all.
std::int32_t BestAction(const float* value, const std::uint8_t* mask, int actions);

}  // namespace brasa
