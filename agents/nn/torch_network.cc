// The torch backend: all of libbrasa_torch.so and the only source that includes torch.

#include <torch/version.h>

#include "agents/nn/network.h"
#include "brasa/torch/network.h"

namespace brasa {
namespace {

/// What a NetworkSpec says, on tensors.
class TorchLayers {
 public:
  /// `parameters` in the order of LayersOf(spec).
  TorchLayers(const NetworkSpec& spec, std::span<const float> parameters) : spec_(spec) {
    for (const NetworkLayer& layer : LayersOf(spec)) {
      const auto leaf = [&](std::int64_t offset, at::IntArrayRef shape) {
        const at::Tensor values = torch::empty(shape);
        std::memcpy(values.data_ptr<float>(), parameters.data() + offset,
                    static_cast<std::size_t>(values.numel()) * sizeof(float));
        return values.requires_grad_(true);
      };
      const std::int64_t units = layer.outputs, kernel = layer.kernel;
      Layer made{layer, {}, leaf(layer.bias_offset(), {units}), {}, {}};
      made.weight = layer.is_convolution()
                        ? leaf(layer.offset, {units, layer.picture.channels, kernel, kernel})
                        : leaf(layer.offset, {units, layer.inputs});
      if (layer.layer_norm) {
        made.gain = leaf(layer.gain_offset(), {units});
        made.shift = leaf(layer.shift_offset(), {units});
      }
      layers_.push_back(std::move(made));
    }
  }

  /// In the order of LayersOf(spec).
  std::vector<TorchParameter> leaves() const {
    std::vector<TorchParameter> leaves;
    for (const Layer& layer : layers_) {
      leaves.push_back({layer.shape.name + ".weight", layer.weight});
      leaves.push_back({layer.shape.name + ".bias", layer.bias});
      if (!layer.shape.layer_norm) continue;
      leaves.push_back({layer.shape.name + ".gain", layer.gain});
      leaves.push_back({layer.shape.name + ".shift", layer.shift});
    }
    return leaves;
  }

  /// Outputs [rows, O] of x [rows, inputs].
  at::Tensor operator()(const at::Tensor& x) const {
    std::vector<at::Tensor> heads;
    at::Tensor h = x;
    for (const Layer& layer : layers_) {
      at::Tensor z = layer.shape.is_convolution() ? Convolve(layer, h)
                                                  : torch::linear(h, layer.weight, layer.bias);
      if (layer.shape.layer_norm) {
        z = torch::layer_norm(z, {layer.shape.outputs}, layer.gain, layer.shift, kLayerNormEpsilon);
      }
      if (!layer.shape.is_head) {
        h = spec_.activation == Activation::kTanh ? torch::tanh(z) : torch::relu(z);
        continue;
      }
      heads.push_back(z);
      if (!spec_.shared_trunk) h = x;
    }
    return torch::cat(heads, 1);
  }

 private:
  struct Layer {
    NetworkLayer shape;
    at::Tensor weight;       ///< [outputs, inputs]; [outputs, channels, kernel, kernel]
    at::Tensor bias;         ///< [outputs]
    at::Tensor gain, shift;  ///< of layer_norm: [outputs]
  };

  /// Rows of flat pictures [height, width, channels] from rows of the same.
  static at::Tensor Convolve(const Layer& layer, const at::Tensor& rows) {
    const PictureShape& picture = layer.shape.picture;
    const at::Tensor x = rows.view({rows.size(0), picture.height, picture.width, picture.channels})
                             .permute({0, 3, 1, 2});
    return torch::conv2d(x, layer.weight, layer.bias, layer.shape.stride)
        .permute({0, 2, 3, 1})
        .reshape({rows.size(0), -1});
  }

  NetworkSpec spec_;
  std::vector<Layer> layers_;
};

}  // namespace
}  // namespace brasa

/// What torch_loader.cc looks up. The caller owns the result; libtorch is told to use one thread.
extern "C" __attribute__((visibility("default"))) brasa::Network* brasa_make_torch_network(
    const brasa::NetworkSpec& spec, const brasa::AdamOptions& adam, const float* parameters,
    std::size_t count) {
  at::set_num_threads(1);
  const brasa::TorchLayers layers(spec, {parameters, count});
  return new brasa::TorchNetwork(spec, adam, layers.leaves(), layers);
}

/// Also looked up by torch_loader.cc.
extern "C" __attribute__((visibility("default"))) const char* brasa_torch_version() {
  return TORCH_VERSION;
}

/// The values of network.device that this libtorch takes here.
extern "C" __attribute__((visibility("default"))) const char* brasa_torch_devices() {
  return torch::cuda::is_available() ? "cpu, cuda" : "cpu";
}
