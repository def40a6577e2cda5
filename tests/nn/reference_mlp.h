// The network in plain double loops: the oracle of the fast backends.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "agents/nn/network.h"

namespace brasa {

inline NetworkSpec MakeSpec(int inputs, std::vector<int> hidden, Activation activation,
                            bool shared_trunk, bool layer_norm = false) {
  return {inputs,       std::move(hidden), activation, {{"policy", 3, 0.5}, {"value", 1, 1.0}},
          shared_trunk, layer_norm};
}

/// Pictures through `convolutions` and then as above.
inline NetworkSpec MakeConvSpec(PictureShape picture, std::vector<Convolution> convolutions,
                                std::vector<int> hidden, Activation activation, bool shared_trunk,
                                bool layer_norm = false) {
  NetworkSpec spec = MakeSpec(static_cast<int>(picture.size()), std::move(hidden), activation,
                              shared_trunk, layer_norm);
  spec.convolutions = std::move(convolutions);
  spec.picture = picture;
  return spec;
}

/// With and without whole vectors of channels, strides, several layers, none hidden.
inline std::vector<NetworkSpec> ConvShapes() {
  return {MakeConvSpec({6, 5, 4}, {{16, 3, 1}}, {20}, Activation::kRelu, true),
          MakeConvSpec({7, 8, 3}, {{5, 2, 1}, {18, 3, 2}}, {10}, Activation::kTanh, false),
          MakeConvSpec({5, 5, 2}, {{7, 3, 2}}, {}, Activation::kTanh, true),
          MakeConvSpec({4, 5, 16}, {{24, 3, 1}, {16, 2, 1}}, {12}, Activation::kRelu, true, true)};
}

/// [rows, count] of standard normals.
inline std::vector<float> RandomRows(int rows, int count, std::uint32_t index) {
  Rng rng(17, StreamRole::kTest, index);
  std::vector<float> values(static_cast<std::size_t>(rows) * static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(rng.Normal());
  return values;
}

/// A layer's z = W x + b by its definition; of a convolution [height, width, channels].
inline std::vector<double> ReferenceAffine(const NetworkLayer& layer,
                                           const std::vector<double>& parameters,
                                           const std::vector<double>& x) {
  const auto at = [&](std::int64_t i) { return parameters[static_cast<std::size_t>(i)]; };
  std::vector<double> z;
  const int height = layer.is_convolution() ? layer.OutputPicture().height : 1;
  const int width = layer.is_convolution() ? layer.OutputPicture().width : 1;
  for (int i = 0; i < height; ++i) {
    for (int j = 0; j < width; ++j) {
      for (int o = 0; o < layer.outputs; ++o) {
        double sum = at(layer.bias_offset() + o);
        for (int k = 0; k < layer.inputs; ++k) {
          int from = k;
          if (layer.is_convolution()) {  // k = (channel, row, column) under the kernel
            const int cells = layer.kernel * layer.kernel;
            const int channel = k / cells, row = k % cells / layer.kernel,
                      column = k % layer.kernel;
            from = ((i * layer.stride + row) * layer.picture.width + j * layer.stride + column) *
                       layer.picture.channels +
                   channel;
          }
          sum += at(layer.offset + o * layer.inputs + k) * x[static_cast<std::size_t>(from)];
        }
        z.push_back(sum);
      }
    }
  }
  return z;
}

/// gain * (z - mean) / sqrt(variance + 1e-5) + shift.
inline void ReferenceLayerNorm(const NetworkLayer& layer, const std::vector<double>& parameters,
                               std::vector<double>& z) {
  const auto count = static_cast<double>(z.size());
  double mean = 0, variance = 0;
  for (const double value : z) mean += value / count;
  for (const double value : z) variance += (value - mean) * (value - mean) / count;
  for (std::size_t o = 0; o < z.size(); ++o) {
    z[o] = parameters[static_cast<std::size_t>(layer.gain_offset()) + o] * (z[o] - mean) /
               std::sqrt(variance + 1e-5) +
           parameters[static_cast<std::size_t>(layer.shift_offset()) + o];
  }
}

/// Outputs of one row.
inline std::vector<double> ReferenceForward(const NetworkSpec& spec,
                                            const std::vector<double>& parameters, const float* x) {
  std::vector<double> output(static_cast<std::size_t>(spec.outputs()));
  const std::vector<double> input(x, x + spec.inputs);
  std::vector<double> h = input;
  for (const NetworkLayer& layer : LayersOf(spec)) {
    std::vector<double> z = ReferenceAffine(layer, parameters, h);
    if (layer.layer_norm) ReferenceLayerNorm(layer, parameters, z);
    if (layer.is_head) {
      std::copy(z.begin(), z.end(), output.begin() + layer.output_offset);
      if (!spec.shared_trunk) h = input;
    } else {
      for (double& value : z) {
        value = spec.activation == Activation::kTanh ? std::tanh(value) : std::max(value, 0.0);
      }
      h = z;
    }
  }
  return output;
}

/// sum over rows and outputs of dy * y: a loss whose dL/dy is dy.
inline double ReferenceLoss(const NetworkSpec& spec, const std::vector<double>& parameters,
                            const std::vector<float>& x, const std::vector<float>& dy) {
  double loss = 0;
  const std::size_t outputs = static_cast<std::size_t>(spec.outputs());
  for (std::size_t row = 0; row * outputs < dy.size(); ++row) {
    const std::vector<double> y =
        ReferenceForward(spec, parameters, x.data() + row * static_cast<std::size_t>(spec.inputs));
    for (std::size_t o = 0; o < outputs; ++o) {
      loss += static_cast<double>(dy[row * outputs + o]) * y[o];
    }
  }
  return loss;
}

inline std::vector<float> ParametersOf(const Network& network) {
  std::vector<float> values(static_cast<std::size_t>(network.parameter_count()));
  network.GetParameters(values);
  return values;
}

inline std::vector<float> GradientOf(const Network& network) {
  std::vector<float> values(static_cast<std::size_t>(network.parameter_count()));
  network.GetGradient(values);
  return values;
}

}  // namespace brasa
