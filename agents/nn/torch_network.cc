// The torch backend: all of libbrasa_torch.so and the only source that includes torch.

#include <torch/version.h>

#include "agents/nn/network.h"
#include "brasa/torch/network.h"

namespace brasa {
namespace {

/// The multi-layer perceptron of a NetworkSpec on tensors.
class TorchMlp {
 public:
  /// `parameters` in the order of LayersOf(spec).
  TorchMlp(const NetworkSpec& spec, std::span<const float> parameters) : spec_(spec) {
    for (const NetworkLayer& layer : LayersOf(spec)) {
      const auto leaf = [&](std::int64_t offset, at::IntArrayRef shape) {
        const at::Tensor values = torch::empty(shape);
        std::memcpy(values.data_ptr<float>(), parameters.data() + offset,
                    static_cast<std::size_t>(values.numel()) * sizeof(float));
        return values.requires_grad_(true);
      };
      layers_.push_back({layer, leaf(layer.offset, {layer.outputs, layer.inputs}),
                         leaf(layer.bias_offset(), {layer.outputs})});
    }
  }

  /// In the order of LayersOf(spec).
  std::vector<TorchParameter> leaves() const {
    std::vector<TorchParameter> leaves;
    for (const Layer& layer : layers_) {
      leaves.push_back({layer.shape.name + ".weight", layer.weight});
      leaves.push_back({layer.shape.name + ".bias", layer.bias});
    }
    return leaves;
  }

  /// Outputs [rows, O] of x [rows, inputs].
  at::Tensor operator()(const at::Tensor& x) const {
    std::vector<at::Tensor> heads;
    at::Tensor h = x;
    for (const Layer& layer : layers_) {
      const at::Tensor z = torch::linear(h, layer.weight, layer.bias);
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
    at::Tensor weight;  ///< [outputs, inputs]
    at::Tensor bias;    ///< [outputs]
  };

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
  const brasa::TorchMlp mlp(spec, {parameters, count});
  return new brasa::TorchNetwork(spec, adam, mlp.leaves(), mlp);
}

/// Also looked up by torch_loader.cc.
extern "C" __attribute__((visibility("default"))) const char* brasa_torch_version() {
  return TORCH_VERSION;
}

/// The values of network.device that this libtorch takes here.
extern "C" __attribute__((visibility("default"))) const char* brasa_torch_devices() {
  return torch::cuda::is_available() ? "cpu, cuda" : "cpu";
}
