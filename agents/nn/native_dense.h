// What a dense layer of a native network computes, over rows [count, stride], padding zero.
//
// Backward of z = h W + b, y = f(z), G = dL/dz [rows, outputs]:
//   dL/dW = h^T G,  dL/db = column sums of G,  G of the layer below = (G W^T) * f'(h),
// and dL/dx = G W^T of the first layer. A normalised layer has z' = LayerNorm(z) between z and f,
// and the step from dL/dz' to G = dL/dz is kernels::NormalizeGradient.
#pragma once

#include "agents/nn/native_layout.h"

namespace brasa {

/// Consecutive rows of a layer's inputs or outputs.
struct NativeRows {
  const float* data = nullptr;  ///< aligned to 64 bytes
  int stride = 0;               ///< floats from row to row, a multiple of kColumnTile
};

/// Parameters, padded as NativeLayout says, and what stands behind hidden layers.
struct NativeLayers {
  const float* parameters = nullptr;
  Activation activation = Activation::kTanh;

  kernels::Finish finish() const {
    return activation == Activation::kTanh ? kernels::Finish::kTanh : kernels::Finish::kRelu;
  }
  kernels::Finish gradient() const {
    return activation == Activation::kTanh ? kernels::Finish::kTanhGradient
                                           : kernels::Finish::kReluGradient;
  }
};

/// What the gradient of a normalised layer needs, from a row on; null = not to be kept.
struct KeptNorm {
  float* normalised = nullptr;
  float* inverse_deviation = nullptr;
};

/// out [count, layer.stride()] = the layer's outputs.
void RunDense(const NativeLayers& network, const Dense& layer, NativeRows in, int count, float* out,
              KeptNorm kept);

/// Overwrites the layer's weights and biases in `gradient`, a padded array, from its G.
void DenseGradient(const Dense& layer, NativeRows in, const float* g, int count, float* gradient);

/// below [count, h.stride] = (G W^T) * f'(h), h = what the activation below gave.
void GradientBelow(const NativeLayers& network, const Dense& layer, const float* g, int count,
                   NativeRows h, float* below);

/// g = dL/dz of g = dL/dz' of a normalised layer; also the gradients of gain and shift in
/// `gradient`, a padded array, unless it is null.
void NormGradient(const NativeLayers& network, const Dense& layer, int count, float* g,
                  float* gradient);

/// dx [count, inputs - first] += G W^T of a first layer, for the inputs from `first` on. `work` has
/// count rows of input_stride(), `zeros` input_stride() zeros.
void AddInputGradient(const NativeLayers& network, const Dense& layer, const float* g, int count,
                      int first, const float* zeros, float* work, float* dx);

}  // namespace brasa
