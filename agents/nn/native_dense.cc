#include "agents/nn/native_dense.h"

namespace brasa {
namespace {

using kernels::Finish;

kernels::LayerNorm NormOf(const NativeLayers& network, const Dense& layer, int count) {
  return {.rows = count,
          .units = layer.outputs,
          .stride = layer.stride(),
          .epsilon = static_cast<float>(kLayerNormEpsilon),
          .gain = network.parameters + layer.gain(),
          .shift = network.parameters + layer.shift()};
}

void RunNarrow(const NativeLayers& network, const Dense& layer, NativeRows in, int count,
               float* out) {
  kernels::MultiplyNarrow({.rows = count,
                           .columns = layer.outputs,
                           .depth = in.stride,
                           .a = in.data,
                           .a_row = in.stride,
                           .w = network.parameters + layer.weights,
                           .w_row = in.stride,
                           .bias = network.parameters + layer.bias,
                           .c = out,
                           .c_row = layer.stride()});
}

}  // namespace

void RunDense(const NativeLayers& network, const Dense& layer, NativeRows in, int count, float* out,
              KeptNorm kept) {
  if (layer.narrow) return RunNarrow(network, layer, in, count, out);
  const bool plain = layer.linear || layer.layer_norm;
  kernels::Multiply({.rows = count,
                     .columns = layer.stride(),
                     .depth = layer.inputs,
                     .a = in.data,
                     .a_row = in.stride,
                     .a_depth = 1,
                     .b = network.parameters + layer.weights,
                     .b_row = layer.stride(),
                     .bias = network.parameters + layer.bias,
                     .c = out,
                     .c_row = layer.stride(),
                     .finish = plain ? Finish::kPlain : network.finish()});
  if (!layer.layer_norm) return;
  kernels::Normalize(NormOf(network, layer, count), network.finish(), out, kept.normalised,
                     kept.inverse_deviation);
}

void DenseGradient(const Dense& layer, NativeRows in, const float* g, int count, float* gradient) {
  const int stride = layer.stride();
  // dW = h^T G; of a narrow layer (dW)^T = G^T h.
  kernels::Multiply({.rows = layer.narrow ? layer.outputs : layer.inputs,
                     .columns = layer.narrow ? in.stride : stride,
                     .depth = count,
                     .a = layer.narrow ? g : in.data,
                     .a_row = 1,
                     .a_depth = layer.narrow ? stride : in.stride,
                     .b = layer.narrow ? in.data : g,
                     .b_row = layer.narrow ? in.stride : stride,
                     .c = gradient + layer.weights,
                     .c_row = layer.narrow ? in.stride : stride});
  kernels::ColumnSums(g, count, stride, stride, gradient + layer.bias);
}

void GradientBelow(const NativeLayers& network, const Dense& layer, const float* g, int count,
                   NativeRows h, float* below) {
  kernels::Multiply(
      {.rows = count,
       .columns = h.stride,
       .depth = layer.outputs,
       .a = g,
       .a_row = layer.stride(),
       .a_depth = 1,
       .b = layer.narrow ? network.parameters + layer.weights : layer.transposed.data(),
       .b_row = h.stride,
       .h = h.data,
       .c = below,
       .c_row = h.stride,
       .finish = network.gradient()});
}

void NormGradient(const NativeLayers& network, const Dense& layer, int count, float* g,
                  float* gradient) {
  kernels::NormalizeGradient(NormOf(network, layer, count), layer.normalised.data(),
                             layer.inverse_deviation.data(), g,
                             gradient != nullptr ? gradient + layer.gain() : nullptr,
                             gradient != nullptr ? gradient + layer.shift() : nullptr);
}

void AddInputGradient(const NativeLayers& network, const Dense& layer, const float* g, int count,
                      int first, const float* zeros, float* work, float* dx) {
  const int wanted = layer.inputs - first, stride = layer.input_stride();
  const float* const weights = network.parameters + layer.weights;
  if (layer.narrow) {
    kernels::Multiply({.rows = count,
                       .columns = stride,
                       .depth = layer.outputs,
                       .a = g,
                       .a_row = layer.stride(),
                       .a_depth = 1,
                       .b = weights,
                       .b_row = stride,
                       .c = work,
                       .c_row = stride});
  } else {  // the weights [inputs, stride()] lie along G as they are
    kernels::MultiplyNarrow({.rows = count,
                             .columns = wanted,
                             .depth = layer.stride(),
                             .a = g,
                             .a_row = layer.stride(),
                             .w = weights + std::ptrdiff_t{first} * layer.stride(),
                             .w_row = layer.stride(),
                             .bias = zeros,
                             .c = work,
                             .c_row = stride});
  }
  const float* row = work + (layer.narrow ? first : 0);
  for (int i = 0; i < count; ++i, row += stride, dx += wanted) {
    for (int j = 0; j < wanted; ++j) dx[j] += row[j];
  }
}

}  // namespace brasa
