// The network in plain double loops: the oracle of the fast backends.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "agents/nn/network.h"

namespace brasa {

inline NetworkSpec MakeSpec(int inputs, std::vector<int> hidden, Activation activation,
                            bool shared_trunk) {
  return {
      inputs, std::move(hidden), activation, {{"policy", 3, 0.5}, {"value", 1, 1.0}}, shared_trunk};
}

/// [rows, count] of standard normals.
inline std::vector<float> RandomRows(int rows, int count, std::uint32_t index) {
  Rng rng(17, StreamRole::kTest, index);
  std::vector<float> values(static_cast<std::size_t>(rows) * static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(rng.Normal());
  return values;
}

/// Outputs of one row.
inline std::vector<double> ReferenceForward(const NetworkSpec& spec,
                                            const std::vector<double>& parameters, const float* x) {
  std::vector<double> output(static_cast<std::size_t>(spec.outputs()));
  const std::vector<double> input(x, x + spec.inputs);
  std::vector<double> h = input;
  for (const NetworkLayer& layer : LayersOf(spec)) {
    std::vector<double> z(static_cast<std::size_t>(layer.outputs));
    for (int o = 0; o < layer.outputs; ++o) {
      double sum = parameters[static_cast<std::size_t>(layer.bias_offset() + o)];
      for (int i = 0; i < layer.inputs; ++i) {
        sum += parameters[static_cast<std::size_t>(layer.offset + o * layer.inputs + i)] *
               h[static_cast<std::size_t>(i)];
      }
      z[static_cast<std::size_t>(o)] = sum;
    }
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
