#include <algorithm>
#include <cmath>

#include "agents/nn/network.h"

namespace brasa {
namespace {

void CheckNetworkSpec(const NetworkSpec& spec) {
  const auto positive = [](int value, const std::string& what) {
    if (value > 0) return;
    throw ConfigError("network: " + what + " = " + std::to_string(value) +
                      " is not allowed; give an integer >= 1");
  };
  positive(spec.inputs, "inputs");
  for (const int units : spec.hidden) positive(units, "units of a hidden layer");
  positive(static_cast<int>(spec.heads.size()), "number of heads");
  for (const NetworkHead& head : spec.heads)
    positive(head.outputs, "outputs of '" + head.name + "'");
}

}  // namespace

std::vector<NetworkLayer> LayersOf(const NetworkSpec& spec) {
  CheckNetworkSpec(spec);
  std::vector<NetworkLayer> layers;
  const auto add = [&](NetworkLayer layer) {
    layer.offset = layers.empty() ? 0 : layers.back().end();
    layers.push_back(std::move(layer));
  };
  const auto add_trunk = [&](const std::string& prefix) {
    int inputs = spec.inputs;
    for (std::size_t i = 0; i < spec.hidden.size(); ++i) {
      add({.name = prefix + "hidden" + std::to_string(i),
           .inputs = inputs,
           .outputs = spec.hidden[i],
           .init_gain = std::sqrt(2.0)});
      inputs = spec.hidden[i];
    }
    return inputs;
  };
  int trunk_outputs = spec.shared_trunk ? add_trunk("") : 0;
  int column = 0;
  for (const NetworkHead& head : spec.heads) {
    if (!spec.shared_trunk) trunk_outputs = add_trunk(head.name + ".");
    add({.name = head.name,
         .inputs = trunk_outputs,
         .outputs = head.outputs,
         .init_gain = head.init_gain,
         .is_head = true,
         .output_offset = column});
    column += head.outputs;
  }
  return layers;
}

std::vector<ParameterBlock> BlocksOf(const NetworkSpec& spec) {
  std::vector<ParameterBlock> blocks;
  for (const NetworkLayer& layer : LayersOf(spec)) {
    blocks.push_back({layer.name, layer.offset, layer.end() - layer.offset});
  }
  return blocks;
}

std::string NonFiniteBlock(const Network& network) {
  std::vector<float> gradient(static_cast<std::size_t>(network.parameter_count()));
  network.GetGradient(gradient);
  for (const ParameterBlock& block : network.parameter_blocks()) {
    const auto begin = gradient.begin() + block.offset;
    const auto finite = [](float g) { return std::isfinite(g); };
    if (!std::all_of(begin, begin + block.size, finite)) return block.name;
  }
  return "";
}

}  // namespace brasa
