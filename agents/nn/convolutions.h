// The convolutions of a native network, on oneDNN.
//
// Pictures stay [height, width, channels]. All primitives are made once, for blocks of kBlock
// pictures; a last block that is not full is padded with zeros. So the bits of a picture's outputs
// depend on it and the parameters alone.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agents/nn/aligned_buffer.h"
#include "agents/nn/network.h"

namespace brasa {

/// Convolutions one after the other, each with the activation behind it. Rows are pictures.
/// Threads: one at a time, and oneDNN is told to use one. Memory: grows to the most rows, then
/// nothing is allocated but oneDNN's lists of arguments, which live as long as a call.
class Convolutions {
 public:
  static constexpr int kBlock = 8;  ///< rows

  /// `layers` are convolutions, each of the picture that the one before gives.
  Convolutions(std::span<const NetworkLayer> layers, Activation activation);
  ~Convolutions();
  Convolutions(const Convolutions&) = delete;
  Convolutions& operator=(const Convolutions&) = delete;

  /// Floats from one row of outputs to the next: their number, rounded up to whole vectors.
  int output_stride() const;

  /// Layer `l` has these from now on: weights [channels, inputs] and biases [channels] as flat
  /// parameters.
  void SetParameters(std::size_t l, const float* weights, const float* biases);
  /// Outputs [rows, output_stride()] of x [rows, inputs], zero beyond a row's outputs; good until
  /// the next call.
  const float* Forward(const float* x, int rows);

  /// Training: what follows is about rows [0, rows), in parts [start, start + count) where `start`
  /// is a multiple of kBlock.
  void Begin(int rows);
  /// Forward that keeps what the gradients need; x [count, inputs]. Good until the next Begin.
  const float* ForwardTrain(const float* x, int start, int count);
  /// The sums of gradients start from zero.
  void ClearGradients();
  /// Adds the gradients of weights and biases of a part; g [count, output_stride()] = dL/dz of the
  /// last convolution, z what its activation is applied to.
  void AddGradients(const float* g, int start, int count);
  /// dx [count, inputs - first] += dL/dx of a part, of the inputs from `first` on; g as above.
  void AddInputGradient(const float* g, int start, int count, int first, float* dx);
  /// Overwrites weights [channels, inputs] and biases [channels] with layer `l`'s sums.
  void GetGradients(std::size_t l, float* weights, float* biases) const;

 private:
  struct Layer;
  struct Engine;

  /// Layer l of a block of rows, all of them contiguous.
  void RunLayer(Layer& layer, const float* in, float* out);
  /// kBlock rows of `size` floats from row `start` on: in place where they lie so, else copied
  /// into `scratch` and padded with zeros.
  static const float* Block(const float* rows, int stride, int size, int start, int count,
                            AlignedBuffer& scratch);
  /// Adds layer l's gradients of the block of rows that starts at `start`, g = its dL/dz.
  void AddWeightGradient(std::size_t l, const float* g, int start);
  /// dL/d(inputs) of a block from its g.
  float* DataGradient(Layer& layer, const float* g);
  /// The same as dL/dz of the layer below l.
  const float* GradientBelow(std::size_t l, const float* g, int start);
  /// Pads rows [rows, size] to output_stride(); as they are where nothing is to be padded.
  const float* Padded(const float* rows, int count, float* padded) const;

  const Activation activation_;
  std::unique_ptr<Engine> engine_;
  std::vector<std::unique_ptr<Layer>> layers_;
  int inputs_ = 0;
  int outputs_ = 0;
  int rows_ = 0;                         ///< of the last ForwardTrain
  AlignedBuffer input_;                  ///< [rows, inputs] of the last ForwardTrain, whole blocks
  AlignedBuffer block_;                  ///< of Block
  AlignedBuffer block_output_;           ///< [rows, outputs] of the last Forward, whole blocks
  AlignedBuffer padded_, padded_block_;  ///< the same with output_stride(), if that is another
};

/// Of the oneDNN that runs: "2.6.3".
std::string ConvolutionLibraryVersion();

}  // namespace brasa
