// The torch backend: all of libbrasa_torch.so and the only file that includes torch.
//
// All parameters are one flat tensor, in the order of LayersOf, and so are the gradient and Adam's
// moments: torch::optim::Adam has a single parameter. The layers' weights are leaves that share its
// memory, their gradients share the flat gradient's, so autograd adds up where Adam reads.

#include <torch/torch.h>
#include <torch/version.h>

#include <cstring>
#include <utility>
#include <vector>

#include "agents/nn/network.h"
#include "brasa/core/assert.h"

namespace brasa {
namespace {

using torch::Tensor;

/// A layer's share of the flat parameters.
struct TorchLayer {
  NetworkLayer flat;
  Tensor weight;  ///< [outputs, inputs]
  Tensor bias;    ///< [outputs]
};

Tensor LeafView(const Tensor& values, const Tensor& gradient, std::int64_t offset,
                at::IntArrayRef shape) {
  const std::int64_t size = c10::multiply_integers(shape);
  Tensor leaf = values.narrow(0, offset, size).view(shape).detach().requires_grad_(true);
  leaf.mutable_grad() = gradient.narrow(0, offset, size).view(shape);
  return leaf;
}

void CopyOut(const Tensor& tensor, std::span<float> out) {
  BRASA_ASSERT(static_cast<std::int64_t>(out.size()) == tensor.numel());
  std::memcpy(out.data(), tensor.contiguous().data_ptr<float>(), out.size_bytes());
}

void CopyIn(std::span<const float> values, const Tensor& tensor) {
  BRASA_ASSERT(static_cast<std::int64_t>(values.size()) == tensor.numel());
  std::memcpy(tensor.data_ptr<float>(), values.data(), values.size_bytes());
}

/// Borrows `rows` x `columns` floats; torch has no tensor of const.
Tensor Borrow(const float* data, int rows, int columns) {
  return torch::from_blob(const_cast<float*>(data), {rows, columns});
}

class TorchNetwork final : public Network {
 public:
  TorchNetwork(const NetworkSpec& spec, const AdamOptions& adam, std::span<const float> parameters)
      : spec_(spec),
        adam_(adam),
        parameters_(torch::zeros({static_cast<std::int64_t>(parameters.size())})),
        gradient_(torch::zeros_like(parameters_)),
        optimizer_({parameters_}, torch::optim::AdamOptions(0.0)
                                      .betas(std::make_tuple(adam.beta1, adam.beta2))
                                      .eps(adam.epsilon)) {
    for (const NetworkLayer& layer : LayersOf(spec)) {
      layers_.push_back(
          {layer, LeafView(parameters_, gradient_, layer.offset, {layer.outputs, layer.inputs}),
           LeafView(parameters_, gradient_, layer.bias_offset(), {layer.outputs})});
      leaves_.push_back(layers_.back().weight);
      leaves_.push_back(layers_.back().bias);
    }
    // A step of zero gradient makes Adam's state; it starts from zeros again.
    parameters_.mutable_grad() = gradient_;
    optimizer_.step();
    AdamState().step(0);
    SetParameters(parameters);
  }

  const NetworkSpec& spec() const override { return spec_; }
  std::int64_t parameter_count() const override { return parameters_.numel(); }

  void Forward(const float* x, int rows, float* y) override {
    const torch::NoGradGuard no_gradient;
    const Tensor out = Run(Borrow(x, rows, spec_.inputs));
    CopyOut(out, {y, static_cast<std::size_t>(out.numel())});
  }

  void ForwardTrain(const float* x, int rows, float* y) override {
    rows_ = rows;
    input_ = Borrow(x, rows, spec_.inputs).clone().requires_grad_(true);
    output_ = Run(input_);
    CopyOut(output_.detach(), {y, static_cast<std::size_t>(output_.numel())});
  }

  void Backward(const float* dy) override {
    gradient_.zero_();
    output_.backward(Borrow(dy, rows_, spec_.outputs()), c10::nullopt, false, leaves_);
    output_ = input_ = Tensor();
  }

  void InputGradient(const float* dy, int first, float* dx) override {
    const Tensor gradient =
        torch::autograd::grad({output_}, {input_}, {Borrow(dy, rows_, spec_.outputs())})[0].slice(
            1, first);
    CopyOut(gradient, {dx, static_cast<std::size_t>(gradient.numel())});
    output_ = input_ = Tensor();
  }

  double GradientNorm() const override { return gradient_.norm(2, torch::kDouble).item<double>(); }

  void AdamStep(double learning_rate, double gradient_scale) override {
    if (!adam_.bias_correction) return UncorrectedStep(learning_rate, gradient_scale);
    parameters_.mutable_grad() = gradient_scale == 1.0 ? gradient_ : gradient_ * gradient_scale;
    static_cast<torch::optim::AdamOptions&>(optimizer_.param_groups()[0].options())
        .lr(learning_rate);
    optimizer_.step();
  }

  void GetParameters(std::span<float> out) const override { CopyOut(parameters_, out); }
  void SetParameters(std::span<const float> values) override { CopyIn(values, parameters_); }
  void GetGradient(std::span<float> out) const override { CopyOut(gradient_, out); }
  void MoveTowards(const Network& source, double share) override {
    const auto* const from = dynamic_cast<const TorchNetwork*>(&source);
    BRASA_ASSERT(from != nullptr);
    const torch::NoGradGuard no_gradient;
    parameters_.add_(from->parameters_ - parameters_, share);
  }

  void Save(StateWriter& writer) const override {
    std::vector<float> flat(static_cast<std::size_t>(parameter_count()));
    const auto write = [&](const char* name, const Tensor& tensor) {
      CopyOut(tensor, flat);
      writer.WriteVector(name, flat);
    };
    write("parameters", parameters_);
    write("adam_first_moment", AdamState().exp_avg());
    write("adam_second_moment", AdamState().exp_avg_sq());
    writer.Write("adam_step", AdamState().step());
  }

  void Load(StateReader& reader) override {
    std::vector<float> flat[3];
    const char* const names[] = {"parameters", "adam_first_moment", "adam_second_moment"};
    for (int i = 0; i < 3; ++i) {
      flat[i].resize(static_cast<std::size_t>(parameter_count()));
      reader.ReadSpan(names[i], std::span<float>(flat[i]));
    }
    std::int64_t step = 0;
    reader.Read("adam_step", step);
    SetParameters(flat[0]);
    CopyIn(flat[1], AdamState().exp_avg());
    CopyIn(flat[2], AdamState().exp_avg_sq());
    AdamState().step(step);
  }

 private:
  torch::optim::AdamParamState& AdamState() const {
    return static_cast<torch::optim::AdamParamState&>(*optimizer_.state().begin()->second);
  }

  /// AdamStep without bias correction, which torch's own optimizer does not offer.
  void UncorrectedStep(double learning_rate, double gradient_scale) {
    const Tensor g = gradient_ * gradient_scale;
    Tensor first = AdamState().exp_avg(), second = AdamState().exp_avg_sq();
    first.mul_(adam_.beta1).add_(g, 1.0 - adam_.beta1);
    second.mul_(adam_.beta2).addcmul_(g, g, 1.0 - adam_.beta2);
    parameters_.addcdiv_(first, second.sqrt().add_(adam_.epsilon), -learning_rate);
    AdamState().step(AdamState().step() + 1);
  }

  /// Outputs [rows, O] of x [rows, inputs].
  Tensor Run(const Tensor& x) const {
    std::vector<Tensor> heads;
    Tensor h = x;
    for (const TorchLayer& layer : layers_) {
      const Tensor z = torch::linear(h, layer.weight, layer.bias);
      if (!layer.flat.is_head) {
        h = spec_.activation == Activation::kTanh ? torch::tanh(z) : torch::relu(z);
        continue;
      }
      heads.push_back(z);
      if (!spec_.shared_trunk) h = x;
    }
    return torch::cat(heads, 1);
  }

  const NetworkSpec spec_;
  const AdamOptions adam_;
  Tensor parameters_, gradient_;  ///< [parameter_count]
  std::vector<TorchLayer> layers_;
  std::vector<Tensor> leaves_;  ///< their weights and biases
  torch::optim::Adam optimizer_;
  Tensor input_, output_;  ///< of the last ForwardTrain, with its graph
  int rows_ = 0;
};

}  // namespace
}  // namespace brasa

/// What torch_loader.cc looks up. The caller owns the result; libtorch is told to use one thread.
extern "C" __attribute__((visibility("default"))) brasa::Network* brasa_make_torch_network(
    const brasa::NetworkSpec& spec, const brasa::AdamOptions& adam, const float* parameters,
    std::size_t count) {
  at::set_num_threads(1);
  return new brasa::TorchNetwork(spec, adam, {parameters, count});
}

/// Also looked up by torch_loader.cc.
extern "C" __attribute__((visibility("default"))) const char* brasa_torch_version() {
  return TORCH_VERSION;
}
