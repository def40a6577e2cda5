// The torch backend: all of libbrasa_torch.so and the only source that includes torch.

#include <torch/version.h>

#include "agents/nn/network.h"
#include "agents/nn/recurrent_network.h"
#include "brasa/torch/network.h"

namespace brasa {
namespace {

/// T steps of B rows, row t * B + b.
struct Sequences {
  std::int64_t steps = 1;               ///< T
  std::int64_t rows = 0;                ///< B
  const std::uint8_t* start = nullptr;  ///< [T, B] of the host; null = none starts
  at::Tensor state;                     ///< [B, S] before step 0; Run leaves those after step T - 1

  bool AnyStart(std::int64_t t) const {
    return start != nullptr && std::memchr(start + t * rows, 1, static_cast<std::size_t>(rows));
  }
};

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

  /// h and c of every trunk, S in all.
  int state_size() const {
    const int trunks = spec_.shared_trunk ? 1 : static_cast<int>(spec_.heads.size());
    return 2 * spec_.lstm * trunks;
  }

  /// Outputs [rows, O] of x [rows, inputs], each the first of its sequence.
  at::Tensor operator()(const at::Tensor& x) const {
    const std::int64_t rows = x.size(0);
    Sequences first{1, rows, nullptr, torch::zeros({rows, state_size()}, x.options())};
    return Run(x, first);
  }

  /// Outputs [T B, O] of x [T B, inputs].
  at::Tensor Run(const at::Tensor& x, Sequences& sequences) const {
    std::vector<at::Tensor> heads, memories;
    at::Tensor h = x;
    for (const Layer& layer : layers_) {
      if (layer.shape.lstm == LstmPart::kMemory) {
        h = Remember(h, layer, sequences, memories);
        continue;
      }
      at::Tensor z = layer.shape.is_convolution() ? Convolve(layer, h)
                                                  : torch::linear(h, layer.weight, layer.bias);
      if (layer.shape.layer_norm) {
        z = torch::layer_norm(z, {layer.shape.outputs}, layer.gain, layer.shift, kLayerNormEpsilon);
      }
      if (layer.shape.is_head) {
        heads.push_back(z);
        if (!spec_.shared_trunk) h = x;
      } else if (layer.shape.lstm == LstmPart::kInput) {
        h = z;
      } else {
        h = spec_.activation == Activation::kTanh ? torch::tanh(z) : torch::relu(z);
      }
    }
    if (!memories.empty()) sequences.state = torch::cat(memories, 1);
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

  /// h of every step [T B, U] from the input's share of the gates [T B, 4 U]. Takes the memory that
  /// follows those in `memories` and appends what it becomes.
  at::Tensor Remember(const at::Tensor& gates, const Layer& memory, const Sequences& sequences,
                      std::vector<at::Tensor>& memories) const {
    const int units = memory.shape.inputs;
    const int first = units * static_cast<int>(memories.size());
    at::Tensor h = sequences.state.narrow(1, first, units);
    at::Tensor c = sequences.state.narrow(1, first + units, units);
    const at::Tensor starts = StartsOf(sequences, gates);
    // Not a slice for each step: the gradient of a slice is as large as all of them.
    const std::vector<at::Tensor> inputs =
        gates.view({sequences.steps, sequences.rows, gates.size(1)}).unbind(0);
    std::vector<at::Tensor> steps;
    for (std::int64_t t = 0; t < sequences.steps; ++t) {
      if (sequences.AnyStart(t)) {
        h = h.masked_fill(starts[t], 0.0);
        c = c.masked_fill(starts[t], 0.0);
      }
      const at::Tensor z =
          inputs[static_cast<std::size_t>(t)] + torch::linear(h, memory.weight, memory.bias);
      const std::vector<at::Tensor> parts = z.chunk(4, 1);
      c = torch::sigmoid(parts[1]) * c + torch::sigmoid(parts[0]) * torch::tanh(parts[2]);
      h = torch::sigmoid(parts[3]) * torch::tanh(c);
      steps.push_back(h);
    }
    memories.push_back(h);
    memories.push_back(c);
    return torch::cat(steps, 0);
  }

  /// [T, B, 1] bool on the device of `like`; nothing where no row starts.
  static at::Tensor StartsOf(const Sequences& sequences, const at::Tensor& like) {
    if (sequences.start == nullptr) return {};
    return torch::from_blob(const_cast<std::uint8_t*>(sequences.start),
                            {sequences.steps, sequences.rows, 1}, torch::kByte)
        .to(like.device(), torch::kBool);
  }

  NetworkSpec spec_;
  std::vector<Layer> layers_;
};

class TorchRecurrentNetwork final : public TorchNetworkOf<RecurrentNetwork> {
 public:
  TorchRecurrentNetwork(const NetworkSpec& spec, const AdamOptions& adam, const TorchLayers& layers)
      : TorchNetworkOf(spec, adam, layers.leaves(), layers), layers_(layers) {}

  int state_size() const override { return layers_.state_size(); }

  void Step(const float* x, int rows, float* state, float* y) override {
    const torch::NoGradGuard no_gradient;
    Sequences sequences{1, rows, nullptr, OnDevice(state, rows, state_size())};
    const at::Tensor out = layers_.Run(OnDevice(x, rows, inputs()), sequences);
    CopyOut(out, {y, static_cast<std::size_t>(out.numel())});
    CopyOut(sequences.state, {state, static_cast<std::size_t>(sequences.state.numel())});
  }

  void ForwardSequences(const SequenceRows& rows, float* y) override {
    // Backward reads the first memory again: it is copied.
    Sequences sequences{rows.steps, rows.sequences, rows.start,
                        OnDevice(rows.state, rows.sequences, state_size()).clone()};
    const auto run = [&](const at::Tensor& x) { return layers_.Run(x, sequences); };
    Keep(rows.x, rows.steps * rows.sequences, run, y);
  }

 private:
  const TorchLayers layers_;
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

/// The same of a spec with an LSTM.
extern "C" __attribute__((visibility("default"))) brasa::RecurrentNetwork*
brasa_make_torch_recurrent_network(const brasa::NetworkSpec& spec, const brasa::AdamOptions& adam,
                                   const float* parameters, std::size_t count) {
  at::set_num_threads(1);
  return new brasa::TorchRecurrentNetwork(spec, adam,
                                          brasa::TorchLayers(spec, {parameters, count}));
}

/// Also looked up by torch_loader.cc.
extern "C" __attribute__((visibility("default"))) const char* brasa_torch_version() {
  return TORCH_VERSION;
}

/// The values of network.device that this libtorch takes here.
extern "C" __attribute__((visibility("default"))) const char* brasa_torch_devices() {
  return torch::cuda::is_available() ? "cpu, cuda" : "cpu";
}
