// Layers, initial parameters and backends of networks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "brasa/core/config.h"
#include "brasa/network.h"

namespace brasa {

/// The two layers of an LSTM of U units, each with 4 U outputs: of its inputs and of its memory.
enum class LstmPart : std::uint8_t { kNone, kInput, kMemory };

/// One affine layer, z = W x + b, in the order of the flat parameter vector: W as [outputs, inputs]
/// row-major, b [outputs] and, where z is normalised, gains and shifts [outputs]. Without a shared
/// trunk the layers come head by head: convolutions, hidden layers, an LSTM's two, then the head.
/// With one: the trunk once, then every head. A convolution's outputs are its channels and its
/// inputs the cells under the kernel, [channels, kernel, kernel] of its picture.
struct NetworkLayer {
  std::string name;  ///< "conv0", "hidden0", "lstm.input", "lstm.memory" or the head's;
                     ///< "policy.hidden0" of separate trunks
  int inputs = 0;
  int outputs = 0;
  double init_gain = 1.0;  ///< convolutions and hidden layers: sqrt(2)
  bool is_head = false;    ///< heads have no activation
  LstmPart lstm = LstmPart::kNone;
  int output_offset = 0;    ///< heads: first column of the network's output row
  std::int64_t offset = 0;  ///< first element of W in the flat parameter vector
  bool layer_norm = false;
  int kernel = 0;  ///< 0 = not a convolution
  int stride = 0;
  PictureShape picture{};  ///< of a convolution: what it reads
  std::int64_t bias_offset() const { return offset + static_cast<std::int64_t>(inputs) * outputs; }
  std::int64_t gain_offset() const { return bias_offset() + outputs; }
  std::int64_t shift_offset() const { return gain_offset() + outputs; }
  std::int64_t end() const { return gain_offset() + (layer_norm ? 2 * outputs : 0); }
  bool is_convolution() const { return kernel > 0; }
  /// Of a convolution: what it gives.
  PictureShape OutputPicture() const {
    return {(picture.height - kernel) / stride + 1, (picture.width - kernel) / stride + 1, outputs};
  }
};

/// The layers of `spec` by ascending offset. Throws ConfigError naming a size that is not allowed.
std::vector<NetworkLayer> LayersOf(const NetworkSpec& spec);

/// The blocks of parameters of LayersOf(spec), one a layer.
std::vector<ParameterBlock> BlocksOf(const NetworkSpec& spec);

/// The first block of `network` whose gradient is not finite; empty if all are.
std::string NonFiniteBlock(const Network& network);

/// The scale of a gradient of L2 norm `norm` that is clipped to `limit`; 0 = never. PyTorch's form.
inline double ClipScale(double norm, double limit) {
  return limit > 0 ? std::min(1.0, limit / (norm + 1e-6)) : 1.0;
}

/// Orthogonal weights (rows or columns orthonormal, whichever are fewer, times the layer's gain;
/// Saxe et al. 2014), gains of 1, zero biases and shifts, as the flat parameter vector. QR of a
/// Gaussian matrix, signs fixed by the diagonal of R. Draws from `init` layer by layer.
std::vector<float> InitialParameters(const NetworkSpec& spec, Rng& init);

/// The values of `network.backend`: native, torch, then those added.
std::vector<std::string> NetworkBackends();

/// The field `network.device`, and what a config with it says.
Field NetworkDeviceField();
NetworkDevice NetworkDeviceOf(const Config& config);

/// Makes a network of the backend so named; native and torch start from InitialParameters(spec,
/// init). `spec` has no LSTM. Throws ConfigError for an unknown name, a bad spec or a device that
/// the backend does not compute on, UsageError where torch is asked for and its library or the
/// device is not there.
std::unique_ptr<Network> MakeNetwork(const std::string& backend, const NetworkSpec& spec,
                                     const AdamOptions& adam, Rng& init);

}  // namespace brasa
