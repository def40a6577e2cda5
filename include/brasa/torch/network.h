// Networks of one's own on libtorch: a module becomes a value of `network.backend`.
//
//   struct Features : torch::nn::Module {
//     explicit Features(const brasa::NetworkSpec& spec);
//     torch::Tensor forward(torch::Tensor x);   // [rows, spec.inputs] to [rows, spec.outputs()]
//   };
//   int main(int argc, char** argv) {
//     brasa::AddTorchNetwork<Features>("features");
//     return brasa::Main(argc, argv);           // train ppo ENV --set network.backend=features
//   }
//
// The one public header that includes torch: link brasa::torch. A module computes with parameters
// alone: buffers (batch norm) are refused; what it draws from torch's generator (dropout) is not
// kept by a checkpoint. Columns of the output are those of spec.heads, side by side.
//
// With network.device = cuda the parameters are moved to the device after the constructor and x
// lies there: a tensor that `forward` makes itself takes x.options().
#pragma once

#include <torch/torch.h>
#include <torch/version.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "brasa/core/assert.h"
#include "brasa/core/error.h"
#include "brasa/network.h"

namespace brasa {

/// A parameter of a module, by name: "block.weight".
struct TorchParameter {
  std::string name;
  at::Tensor values;  ///< float32, a leaf
};

/// What libtorch calls `device`. Throws UsageError where it has no such device here.
inline torch::Device TorchDevice(NetworkDevice device) {
  if (device == NetworkDevice::kCpu) return torch::kCPU;
  if (torch::cuda::is_available()) return torch::kCUDA;
  throw UsageError("network.device = 'cuda': libtorch " TORCH_VERSION
                   " finds no CUDA device here, only the cpu; give cpu");
}

/// What a module computes, with autograd and torch::optim::Adam, on the device of its spec. All
/// parameters are one flat tensor in the order given, and so are the gradient and Adam's moments:
/// the optimizer has a single parameter. The leaves share its memory and their gradients share the
/// flat gradient's, so autograd adds up where Adam reads. All of them lie on the device; rows,
/// parameters and checkpoints are copied from and to the host. `Interface` is Network or derives
/// from it. Threads: one.
template <class Interface>
class TorchNetworkOf : public Interface {
 public:
  /// Takes over `leaves`, whose values are the initial parameters; `run` computes outputs [rows, O]
  /// of x [rows, inputs] with them. Throws ConfigError where a leaf is not float32 or an output of
  /// another shape or type, and as TorchDevice.
  TorchNetworkOf(NetworkSpec spec, const AdamOptions& adam, std::vector<TorchParameter> leaves,
                 std::function<at::Tensor(const at::Tensor&)> run)
      : spec_(std::move(spec)),
        adam_(adam),
        leaves_(std::move(leaves)),
        run_(std::move(run)),
        device_(TorchDevice(spec_.device)),
        parameters_(torch::zeros({CountOf(leaves_)}, device_)),
        gradient_(torch::zeros_like(parameters_)),
        optimizer_({parameters_}, torch::optim::AdamOptions(0.0)
                                      .betas(std::make_tuple(adam.beta1, adam.beta2))
                                      .eps(adam.epsilon)) {
    const torch::NoGradGuard no_gradient;
    // A step of zero gradient makes Adam's state; it starts from zeros again.
    parameters_.mutable_grad() = gradient_;
    optimizer_.step();
    AdamState().step(0);
    std::int64_t offset = 0;
    for (TorchParameter& leaf : leaves_) {
      const std::int64_t size = leaf.values.numel();
      blocks_.push_back({leaf.name, offset, size});
      const at::Tensor part = parameters_.narrow(0, offset, size).view(leaf.values.sizes());
      part.copy_(leaf.values);
      leaf.values.set_data(part);
      leaf.values.mutable_grad() = gradient_.narrow(0, offset, size).view(part.sizes());
      offset += size;
    }
    const at::Tensor probe = run_(torch::zeros({2, spec_.inputs}, device_));
    if (probe.dim() != 2 || probe.size(0) != 2 || probe.size(1) != spec_.outputs() ||
        probe.scalar_type() != torch::kFloat) {
      std::ostringstream shape;
      shape << probe.scalar_type() << " " << probe.sizes();
      throw ConfigError("the network gives " + shape.str() + " for inputs [2, " +
                        std::to_string(spec_.inputs) + "]; it must give Float [2, " +
                        std::to_string(spec_.outputs()) + "]");
    }
  }

  const NetworkSpec& spec() const override { return spec_; }
  std::int64_t parameter_count() const override { return parameters_.numel(); }
  std::span<const ParameterBlock> parameter_blocks() const override { return blocks_; }

  void Forward(const float* x, int rows, float* y) override {
    const torch::NoGradGuard no_gradient;
    const at::Tensor out = run_(OnDevice(x, rows, spec_.inputs));
    CopyOut(out, {y, static_cast<std::size_t>(out.numel())});
  }

  void ForwardTrain(const float* x, int rows, float* y) override { Keep(x, rows, run_, y); }

  void Backward(const float* dy) override {
    gradient_.zero_();
    output_.backward(OnDevice(dy, rows_, spec_.outputs()), c10::nullopt, false, LeafValues());
    output_ = input_ = at::Tensor();
  }

  void InputGradient(const float* dy, int first, float* dx) override {
    const at::Tensor gradient =
        torch::autograd::grad({output_}, {input_}, {OnDevice(dy, rows_, spec_.outputs())})[0].slice(
            1, first);
    CopyOut(gradient, {dx, static_cast<std::size_t>(gradient.numel())});
    output_ = input_ = at::Tensor();
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
    const auto* const from = dynamic_cast<const TorchNetworkOf*>(&source);
    BRASA_ASSERT(from != nullptr);
    const torch::NoGradGuard no_gradient;
    parameters_.add_(from->parameters_ - parameters_, share);
  }

  void Save(StateWriter& writer) const override {
    std::vector<float> flat(static_cast<std::size_t>(parameter_count()));
    const auto write = [&](const char* name, const at::Tensor& tensor) {
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

 protected:
  /// What Backward needs, of outputs y = run(x).
  template <class Run>
  void Keep(const float* x, int rows, const Run& run, float* y) {
    rows_ = rows;
    input_ = OnDevice(x, rows, spec_.inputs).clone().requires_grad_(true);
    output_ = run(input_);
    CopyOut(output_.detach(), {y, static_cast<std::size_t>(output_.numel())});
  }

  static void CopyOut(const at::Tensor& tensor, std::span<float> out) {
    BRASA_ASSERT(static_cast<std::int64_t>(out.size()) == tensor.numel());
    const at::Tensor host = tensor.to(torch::kCPU).contiguous();
    std::memcpy(out.data(), host.data_ptr<float>(), out.size_bytes());
  }
  /// [rows, columns] floats of the host: borrowed on the CPU, moved in one piece elsewhere.
  at::Tensor OnDevice(const float* data, int rows, int columns) const {
    return Borrow(data, {rows, columns}).to(device_);
  }

 private:
  torch::optim::AdamParamState& AdamState() const {
    return static_cast<torch::optim::AdamParamState&>(*optimizer_.state().begin()->second);
  }

  /// AdamStep without bias correction, which torch's own optimizer does not offer.
  void UncorrectedStep(double learning_rate, double gradient_scale) {
    const at::Tensor g = gradient_ * gradient_scale;
    at::Tensor first = AdamState().exp_avg(), second = AdamState().exp_avg_sq();
    first.mul_(adam_.beta1).add_(g, 1.0 - adam_.beta1);
    second.mul_(adam_.beta2).addcmul_(g, g, 1.0 - adam_.beta2);
    parameters_.addcdiv_(first, second.sqrt().add_(adam_.epsilon), -learning_rate);
    AdamState().step(AdamState().step() + 1);
  }

  std::vector<at::Tensor> LeafValues() const {
    std::vector<at::Tensor> values;
    for (const TorchParameter& leaf : leaves_) values.push_back(leaf.values);
    return values;
  }

  /// `tensor` is flat.
  static void CopyIn(std::span<const float> values, const at::Tensor& tensor) {
    const torch::NoGradGuard no_gradient;
    BRASA_ASSERT(static_cast<std::int64_t>(values.size()) == tensor.numel());
    tensor.copy_(Borrow(values.data(), {tensor.numel()}));
  }

  /// Borrows floats of the host; torch has no tensor of const.
  static at::Tensor Borrow(const float* data, at::IntArrayRef shape) {
    return torch::from_blob(const_cast<float*>(data), shape);
  }

  static std::int64_t CountOf(const std::vector<TorchParameter>& leaves) {
    std::int64_t count = 0;
    for (const TorchParameter& leaf : leaves) {
      if (leaf.values.scalar_type() != torch::kFloat) {
        throw ConfigError("the network's parameter '" + leaf.name + "' is not float32");
      }
      count += leaf.values.numel();
    }
    if (count == 0) throw ConfigError("the network has no parameters");
    return count;
  }

  const NetworkSpec spec_;
  const AdamOptions adam_;
  std::vector<TorchParameter> leaves_;
  std::vector<ParameterBlock> blocks_;
  std::function<at::Tensor(const at::Tensor&)> run_;
  const torch::Device device_;
  at::Tensor parameters_, gradient_;  ///< [parameter_count]
  torch::optim::Adam optimizer_;
  at::Tensor input_, output_;  ///< of the last ForwardTrain, with its graph
  int rows_ = 0;
};

using TorchNetwork = TorchNetworkOf<Network>;

/// `network.backend = name` makes networks of `Module`, a torch::nn::Module with a constructor from
/// NetworkSpec and `forward`. Its initial parameters follow from the run's seed. libtorch is told
/// to use one thread. Errors as AddNetworkBackend's and TorchNetwork's; ConfigError for buffers.
template <class Module>
void AddTorchNetwork(const std::string& name) {
  const auto make = [name](const NetworkSpec& spec, const AdamOptions& adam, Rng& init) {
    at::set_num_threads(1);
    torch::manual_seed(init.Next());
    const auto module = std::make_shared<Module>(spec);
    if (!module->buffers().empty()) {
      throw ConfigError("network.backend = '" + name + "' has buffers, which no run keeps");
    }
    std::vector<TorchParameter> leaves;
    for (const auto& parameter : module->named_parameters()) {
      leaves.push_back({parameter.key(), parameter.value()});
    }
    return std::make_unique<TorchNetwork>(
        spec, adam, std::move(leaves),
        [module](const at::Tensor& x) -> at::Tensor { return module->forward(x); });
  };
  AddNetworkBackend(name, make, {NetworkDevice::kCpu, NetworkDevice::kCuda});
}

}  // namespace brasa
