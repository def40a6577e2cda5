// Networks whose weights are drawn anew from a learnt distribution: exploration by noise.
//
// Source: Fortunato et al., "Noisy Networks for Exploration" (ICLR 2018), factorised Gaussian
// noise, eqs. 8 to 11. Every layer y = W x + b has
//   W = mu_W + sigma_W * eps_W,  b = mu_b + sigma_b * eps_b   (elementwise)
//   eps_W[o, i] = f(e_o) f(e_i),  eps_b[o] = f(e_o),  f(x) = sgn(x) sqrt(|x|),
// e_o and e_i independent standard normals, one set for all rows of a batch. At first mu is uniform
// in +-1 / sqrt(inputs) and sigma = sigma0 / sqrt(inputs). With g = dL/dW the gradients are
// dL/dmu = g and dL/dsigma = g * eps.
// Deviation: none; all dense layers are noisy and convolutions are not, as in the paper's deep
// Q-networks. Gains and shifts of normalised layers, which it does not have, are not noisy either.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agents/nn/aligned_buffer.h"
#include "agents/nn/network.h"

namespace brasa {

/// A network of a built-in backend under noise. Its parameters are all mu, then all sigma, each in
/// the order of LayersOf; forward passes use the noise drawn last, or none after UseMeans().
class NoisyNetwork final : public Network {
 public:
  /// Errors as MakeNetwork; ConfigError for a backend with parameters of its own. Draws the first
  /// mu from `init`; starts without noise.
  NoisyNetwork(const std::string& backend, const NetworkSpec& spec, const AdamOptions& adam,
               double sigma0, Rng& init);

  /// New noise for all dense layers: sum of (inputs + outputs) normals, layer by layer.
  void SampleNoise(Rng& rng);
  void UseMeans();

  const NetworkSpec& spec() const override { return inner_->spec(); }
  std::int64_t parameter_count() const override { return 2 * inner_->parameter_count(); }
  /// Of mu, then of sigma: "hidden0", "hidden0.sigma".
  std::span<const ParameterBlock> parameter_blocks() const override { return blocks_; }
  void Forward(const float* x, int rows, float* y) override;
  void ForwardTrain(const float* x, int rows, float* y) override;
  void Backward(const float* dy) override;
  void InputGradient(const float* dy, int first, float* dx) override;
  double GradientNorm() const override;
  void AdamStep(double learning_rate, double gradient_scale) override;
  void GetParameters(std::span<float> out) const override;
  void SetParameters(std::span<const float> values) override;
  void GetGradient(std::span<float> out) const override;
  void MoveTowards(const Network& source, double share) override;
  /// The noise is not part of it: it is drawn anew before each use.
  void Save(StateWriter& writer) const override;
  void Load(StateReader& reader) override;

 private:
  std::size_t half() const { return static_cast<std::size_t>(inner_->parameter_count()); }
  /// Gives the inner network mu + sigma * eps, if that has changed.
  void Apply();

  const AdamOptions adam_;
  std::unique_ptr<Network> inner_;
  const std::vector<NetworkLayer> layers_;
  std::vector<ParameterBlock> blocks_;
  AlignedBuffer parameters_, gradient_, first_moment_, second_moment_;  ///< [2 P], padded by zeros
  std::vector<float> noise_;                                            ///< [P] eps
  std::vector<float> effective_;                                        ///< [P]
  std::vector<float> in_, out_;  ///< f(e_i), f(e_o) of the layer at hand
  std::int64_t step_ = 0;
  bool stale_ = true;  ///< the inner network has other weights
};

}  // namespace brasa
