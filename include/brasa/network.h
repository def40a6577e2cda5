// Networks with their gradient and Adam: what the deep learners act and learn with, and how one of
// your own becomes a value of `network.backend`. Two backends are built in, equal in parameters,
// order and checkpoint: "native" (vector kernels, hand-derived backward pass) and "torch"
// (libtorch, autograd; opened only when asked for). brasa/torch/network.h makes one of a torch
// module.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "brasa/core/archive.h"
#include "brasa/core/random.h"

namespace brasa {

enum class Activation : std::uint8_t { kTanh, kRelu };

/// Where a network keeps its parameters and computes. Rows that go in and out lie in the host's
/// memory either way: a call moves all of them at once.
enum class NetworkDevice : std::uint8_t { kCpu, kCuda };

inline constexpr double kLayerNormEpsilon = 1e-5;

/// A linear output layer, e.g. {"policy", A, 0.01} or {"value", 1, 1.0}.
struct NetworkHead {
  std::string name;
  int outputs = 1;
  double init_gain = 1.0;  ///< of its orthogonal initial weights
};

/// Values in rows, columns and channels; flat as [height, width, channels], row-major.
struct PictureShape {
  int height = 0, width = 0, channels = 0;
  std::int64_t size() const { return std::int64_t{height} * width * channels; }
  bool operator==(const PictureShape&) const = default;
};

/// A square kernel that lies inside the picture (no padding) on every `stride`-th row and column:
/// of a side of n cells it leaves (n - kernel) / stride + 1, rounded down.
struct Convolution {
  int channels = 1;  ///< of what it gives
  int kernel = 1;    ///< side [cells]
  int stride = 1;    ///< [cells]
};

/// Shape of a network: inputs, convolutions, hidden layers, heads. Its outputs are those of all
/// heads side by side, O in all.
struct NetworkSpec {
  int inputs = 0;
  std::vector<int> hidden;  ///< units per hidden layer; empty = linear
  /// Of convolutions and hidden layers.
  Activation activation = Activation::kTanh;
  std::vector<NetworkHead> heads;
  bool shared_trunk = false;  ///< false: every head has layers of its own below it
  /// Hidden layers are activation(gain * (z - mean) / sqrt(variance + kLayerNormEpsilon) + shift)
  /// instead of activation(z), z = W x + b, mean and (biased) variance over the units of the row;
  /// gain and shift [units] are learnt, from 1 and 0 on (Ba, Kiros and Hinton 2016).
  bool layer_norm = false;
  /// In front of the hidden layers, if there are any; then `inputs` is picture.size().
  std::vector<Convolution> convolutions{};
  PictureShape picture{};  ///< an input row, for convolutions
  int lstm = 0;  ///< units of an LSTM behind each trunk; 0 = none, as for every backend added
  NetworkDevice device = NetworkDevice::kCpu;

  int outputs() const {
    int sum = 0;
    for (const NetworkHead& head : heads) sum += head.outputs;
    return sum;
  }
};

/// Neighbours among the flat parameters that belong together, e.g. a layer.
struct ParameterBlock {
  std::string name;
  std::int64_t offset = 0, size = 0;
};

/// Kingma and Ba 2015; epsilon is added to the root (PyTorch's form). RMSprop (Tieleman and Hinton
/// 2012, PyTorch's form) is beta1 = 0, beta2 = its decay, and no correction of the moments' bias.
struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-5;
  bool bias_correction = true;
};

/// A network with its gradient and optimizer state. Rows are observations, row-major. One thread at
/// a time. Native: the bits of an output row depend on its input row and the parameters alone, not
/// on the other rows or their number, and nothing is allocated after the first call with the most
/// rows, but oneDNN's lists of arguments. Torch promises neither; equal calls give equal bits.
class Network {
 public:
  virtual ~Network() = default;

  virtual const NetworkSpec& spec() const = 0;
  int inputs() const { return spec().inputs; }
  int outputs() const { return spec().outputs(); }

  /// y [rows, O] of x [rows, inputs], for acting: nothing is kept for Backward.
  virtual void Forward(const float* x, int rows, float* y) = 0;
  /// The same, keeping what Backward needs.
  virtual void ForwardTrain(const float* x, int rows, float* y) = 0;
  /// dy [rows, O] = dL/dy of the last ForwardTrain; overwrites the gradient with dL/dparameters.
  /// Once per ForwardTrain.
  virtual void Backward(const float* dy) = 0;
  /// Instead of Backward: overwrites dx [rows, inputs - first] with dL/dx of the inputs from
  /// `first` on and leaves the gradient of the parameters as it was. Once per ForwardTrain.
  virtual void InputGradient(const float* dy, int first, float* dx) = 0;
  /// L2 norm of the gradient over all parameters.
  virtual double GradientNorm() const = 0;
  /// One Adam step with gradient_scale * gradient (the scale is the coefficient of norm clipping).
  virtual void AdamStep(double learning_rate, double gradient_scale) = 0;

  virtual std::int64_t parameter_count() const = 0;
  /// What the flat parameters are, by ascending offset, without a gap.
  virtual std::span<const ParameterBlock> parameter_blocks() const = 0;
  /// Flat, in the network's own order; the spans have parameter_count() elements. Built-in
  /// backends: layer by layer, weights [outputs, inputs] row-major, biases [outputs] and, of
  /// normalised layers, gains and shifts [outputs]. A convolution's weights are [channels, channels
  /// of its picture, kernel, kernel]; what it gives is flat as a PictureShape.
  virtual void GetParameters(std::span<float> out) const = 0;
  virtual void SetParameters(std::span<const float> values) = 0;
  virtual void GetGradient(std::span<float> out) const = 0;
  /// p += share * (source's p - p) for every parameter p. `source` has an equal spec and backend.
  virtual void MoveTowards(const Network& source, double share) = 0;

  /// Parameters, Adam's moments and step: training goes on bit for bit. The entries of the built-in
  /// backends are equal, on every device. Load throws FileError where the sizes differ.
  virtual void Save(StateWriter& writer) const = 0;
  virtual void Load(StateReader& reader) = 0;
};

/// Makes a network of shape `spec`; its initial parameters are drawn from `init` alone. Throws
/// ConfigError where it cannot have that shape.
using MakeNetworkFunction = std::function<std::unique_ptr<Network>(
    const NetworkSpec& spec, const AdamOptions& adam, Rng& init)>;

/// Adds a value of `network.backend`: all agents with networks take it from now on. Call it before
/// the first Registry or Main. `devices` are those that a spec may ask it for; any other is a
/// ConfigError before `make` is called. Threads: one. Throws UsageError if `name` is empty or
/// taken.
void AddNetworkBackend(const std::string& name, MakeNetworkFunction make,
                       std::vector<NetworkDevice> devices = {NetworkDevice::kCpu});

}  // namespace brasa
