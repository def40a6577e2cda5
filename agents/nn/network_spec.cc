#include <algorithm>
#include <cmath>

#include "agents/nn/network.h"

namespace brasa {
namespace {

void CheckPositive(int value, const std::string& what) {
  if (value > 0) return;
  throw ConfigError("network: " + what + " = " + std::to_string(value) +
                    " is not allowed; give an integer >= 1");
}

std::string TextOf(const PictureShape& picture) {
  return std::to_string(picture.height) + " x " + std::to_string(picture.width) + " x " +
         std::to_string(picture.channels);
}

void CheckPicture(const NetworkSpec& spec) {
  CheckPositive(spec.picture.height, "height of the picture");
  CheckPositive(spec.picture.width, "width of the picture");
  CheckPositive(spec.picture.channels, "channels of the picture");
  if (spec.picture.size() == spec.inputs) return;
  throw ConfigError("network: a picture of " + TextOf(spec.picture) + " does not fit inputs = " +
                    std::to_string(spec.inputs) + "; give height x width x channels of one row");
}

void CheckNetworkSpec(const NetworkSpec& spec) {
  CheckPositive(spec.inputs, "inputs");
  for (const int units : spec.hidden) CheckPositive(units, "units of a hidden layer");
  if (spec.lstm != 0) CheckPositive(spec.lstm, "units of the LSTM");
  CheckPositive(static_cast<int>(spec.heads.size()), "number of heads");
  for (const NetworkHead& head : spec.heads) {
    CheckPositive(head.outputs, "outputs of '" + head.name + "'");
  }
  if (!spec.convolutions.empty()) CheckPicture(spec);
}

/// A convolution of `picture`. Throws ConfigError where it does not fit.
NetworkLayer ConvolutionLayer(const Convolution& shape, const PictureShape& picture) {
  CheckPositive(shape.channels, "channels of a convolution");
  CheckPositive(shape.kernel, "kernel of a convolution");
  CheckPositive(shape.stride, "stride of a convolution");
  if (shape.kernel > std::min(picture.height, picture.width)) {
    throw ConfigError("network: a convolution's kernel of " + std::to_string(shape.kernel) + " x " +
                      std::to_string(shape.kernel) + " is larger than its picture of " +
                      TextOf(picture) + "; give at most " +
                      std::to_string(std::min(picture.height, picture.width)));
  }
  NetworkLayer layer;
  layer.inputs = picture.channels * shape.kernel * shape.kernel;
  layer.outputs = shape.channels;
  layer.init_gain = std::sqrt(2.0);
  layer.kernel = shape.kernel;
  layer.stride = shape.stride;
  layer.picture = picture;
  return layer;
}

/// Collects layers by ascending offset.
class LayerList {
 public:
  explicit LayerList(const NetworkSpec& spec) : spec_(spec) {}

  /// Convolutions, hidden layers and LSTM; returns what the last one gives.
  int AddTrunk(const std::string& prefix) {
    int inputs = spec_.inputs;
    PictureShape picture = spec_.picture;
    for (std::size_t i = 0; i < spec_.convolutions.size(); ++i) {
      NetworkLayer layer = ConvolutionLayer(spec_.convolutions[i], picture);
      layer.name = prefix + "conv" + std::to_string(i);
      picture = layer.OutputPicture();
      inputs = static_cast<int>(picture.size());
      Add(std::move(layer));
    }
    for (std::size_t i = 0; i < spec_.hidden.size(); ++i) {
      Add({.name = prefix + "hidden" + std::to_string(i),
           .inputs = inputs,
           .outputs = spec_.hidden[i],
           .init_gain = std::sqrt(2.0),
           .layer_norm = spec_.layer_norm});
      inputs = spec_.hidden[i];
    }
    return spec_.lstm == 0 ? inputs : AddLstm(prefix, inputs);
  }

  /// Huang et al. 2022, first LSTM detail: orthogonal weights of gain 1, biases of 0.
  int AddLstm(const std::string& prefix, int inputs) {
    const int units = spec_.lstm;
    Add({.name = prefix + "lstm.input",
         .inputs = inputs,
         .outputs = 4 * units,
         .lstm = LstmPart::kInput});
    Add({.name = prefix + "lstm.memory",
         .inputs = units,
         .outputs = 4 * units,
         .lstm = LstmPart::kMemory});
    return units;
  }

  void Add(NetworkLayer layer) {
    layer.offset = layers_.empty() ? 0 : layers_.back().end();
    layers_.push_back(std::move(layer));
  }

  std::vector<NetworkLayer> Take() { return std::move(layers_); }

 private:
  const NetworkSpec& spec_;
  std::vector<NetworkLayer> layers_;
};

}  // namespace

std::vector<NetworkLayer> LayersOf(const NetworkSpec& spec) {
  CheckNetworkSpec(spec);
  LayerList layers(spec);
  int trunk_outputs = spec.shared_trunk ? layers.AddTrunk("") : 0;
  int column = 0;
  for (const NetworkHead& head : spec.heads) {
    if (!spec.shared_trunk) trunk_outputs = layers.AddTrunk(head.name + ".");
    layers.Add({.name = head.name,
                .inputs = trunk_outputs,
                .outputs = head.outputs,
                .init_gain = head.init_gain,
                .is_head = true,
                .output_offset = column});
    column += head.outputs;
  }
  return layers.Take();
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
