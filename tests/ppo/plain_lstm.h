// A network with an LSTM written out plainly in double precision: the oracle of the fast one.
// Shares no code with it but the order of the parameters.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "agents/nn/network.h"
#include "tests/ppo/plain_ppo.h"

namespace brasa::plain {

inline double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// W x + b of a layer.
inline Vector Dense(const NetworkLayer& layer, const Vector& parameters, const Vector& x) {
  Vector z(static_cast<std::size_t>(layer.outputs));
  for (int o = 0; o < layer.outputs; ++o) {
    double sum = parameters[static_cast<std::size_t>(layer.bias_offset() + o)];
    for (int i = 0; i < layer.inputs; ++i) {
      sum += parameters[static_cast<std::size_t>(layer.offset + o * layer.inputs + i)] *
             x[static_cast<std::size_t>(i)];
    }
    z[static_cast<std::size_t>(o)] = sum;
  }
  return z;
}

/// One step: outputs [O] of `input`, then the parameters beyond the network's (as plain::Outputs).
/// `memory` [S] holds h and c of every trunk and is overwritten by the next ones.
inline Vector StepOutputs(const NetworkSpec& spec, const Vector& parameters, const Vector& input,
                          Vector& memory) {
  Vector outputs;
  Vector x = input, gates;
  const auto units = static_cast<std::size_t>(spec.lstm);
  double* state = memory.data();
  for (const NetworkLayer& layer : LayersOf(spec)) {
    if (layer.lstm == LstmPart::kInput) {
      gates = Dense(layer, parameters, x);
    } else if (layer.lstm == LstmPart::kMemory) {
      double* const h = state;
      double* const c = state + units;
      const Vector z = Dense(layer, parameters, Vector(h, h + units));
      for (std::size_t u = 0; u < units; ++u) {
        const auto gate = [&](std::size_t k) { return gates[k * units + u] + z[k * units + u]; };
        c[u] = Sigmoid(gate(1)) * c[u] + Sigmoid(gate(0)) * std::tanh(gate(2));
        h[u] = Sigmoid(gate(3)) * std::tanh(c[u]);
      }
      x = Vector(h, h + units);
      state += 2 * units;
    } else if (layer.is_head) {
      const Vector z = Dense(layer, parameters, x);
      outputs.insert(outputs.end(), z.begin(), z.end());
      if (!spec.shared_trunk) x = input;
    } else {
      x = Dense(layer, parameters, x);
      for (double& value : x) {
        value = spec.activation == Activation::kTanh ? std::tanh(value) : std::max(value, 0.0);
      }
    }
  }
  const auto network_end = static_cast<std::ptrdiff_t>(LayersOf(spec).back().end());
  outputs.insert(outputs.end(), parameters.begin() + network_end, parameters.end());
  return outputs;
}

/// S of a spec.
inline std::size_t MemorySize(const NetworkSpec& spec) {
  return 2 * static_cast<std::size_t>(spec.lstm) * (spec.shared_trunk ? 1 : spec.heads.size());
}

}  // namespace brasa::plain
