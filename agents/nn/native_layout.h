// Where the layers of a native network lie in its padded parameter arrays.
//
// A layer's weights are kept as [inputs, outputs], outputs padded with zeros to whole vectors, so
// that a product runs over output columns. A last layer of few outputs, which would be padding for
// the most part, has its weights as [outputs, inputs], inputs padded. Padding stays zero for ever:
// its gradient is a sum of zeros and Adam leaves a parameter with zero gradient where it is.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "agents/nn/aligned_buffer.h"
#include "agents/nn/kernels.h"
#include "agents/nn/network.h"

namespace brasa {

/// At least `size` elements: new ones are zero, and then the old ones are too.
inline void Grow(AlignedBuffer& buffer, std::ptrdiff_t size) {
  if (std::ssize(buffer) < size) buffer.assign(static_cast<std::size_t>(size), 0.0f);
}

/// A dense layer: where its parameters lie and what training keeps of it.
struct Dense {
  int inputs = 0;
  int outputs = 0;
  bool linear = false;  ///< a head: nothing behind it
  bool narrow = false;
  bool layer_norm = false;
  std::ptrdiff_t weights = 0;         ///< [inputs, stride()]; narrow: [outputs, input_stride()]
  std::ptrdiff_t bias = 0;            ///< [stride()]; gain and shift lie behind it
  AlignedBuffer transposed{};         ///< W^T [stride(), input_stride()]; narrow: none
  AlignedBuffer out{};                ///< outputs of the last ForwardTrain [rows, stride()]
  AlignedBuffer normalised{};         ///< of layer_norm: (z - mean) / deviation [rows, stride()]
  AlignedBuffer inverse_deviation{};  ///< of layer_norm: [rows]

  int stride() const { return kernels::RoundUp(outputs, kernels::kColumnTile); }
  int input_stride() const { return kernels::RoundUp(inputs, kernels::kColumnTile); }
  std::ptrdiff_t weight_count() const {
    return narrow ? std::ptrdiff_t{outputs} * input_stride() : std::ptrdiff_t{inputs} * stride();
  }
  std::ptrdiff_t gain() const { return bias + stride(); }     ///< [stride()]
  std::ptrdiff_t shift() const { return gain() + stride(); }  ///< [stride()]
  std::ptrdiff_t end() const { return gain() + (layer_norm ? 2 * stride() : 0); }
};

/// Where a convolution's parameters lie: flat, weights and then biases.
struct ConvolutionPlace {
  NetworkLayer shape;
  std::ptrdiff_t weights = 0, bias = 0;
};

/// Layers one after the other; the last is linear and gives columns of the network's output.
struct Chain {
  std::vector<ConvolutionPlace> convolutions;
  std::vector<Dense> layers;
  int column = 0;
  AlignedBuffer output_gradient{};  ///< dL/dy of its columns [rows, stride], padding zero
};

/// Where a layer of the flat parameter vector lies in the padded arrays.
struct Placement {
  NetworkLayer flat;
  std::ptrdiff_t weights = 0, bias = 0, gain = 0, shift = 0;
  int input_step = 0, output_step = 0;  ///< from a weight to that of the next input or output
};

/// All layers of a network.
struct NativeLayout {
  /// With a shared trunk there is one chain, whose last layer holds all heads side by side. Throws
  /// ConfigError as LayersOf.
  explicit NativeLayout(const NetworkSpec& spec);

  std::int64_t parameter_count() const { return placements.back().flat.end(); }
  /// Between a padded array and parameter_count() flat values.
  void Flatten(const AlignedBuffer& padded, std::span<float> out) const;
  void Unflatten(std::span<const float> values, AlignedBuffer& padded) const;

  std::vector<Chain> chains;
  std::vector<Placement> placements;  ///< by ascending flat offset
  std::ptrdiff_t size = 0;            ///< of a padded array

 private:
  void AddConvolution(const NetworkLayer& flat, Chain& chain);
};

}  // namespace brasa
