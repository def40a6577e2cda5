// A network of one's own in one file, for every agent that has networks: a residual block with
// layer normalisation, as a value of network.backend.
//   build/my_torch_brasa train ppo CartPole-v1 --set network.backend=residual
//   build/my_torch_brasa train dqn CartPole-v1 --set network.backend=residual
#include "brasa/main.h"
#include "brasa/torch/network.h"

/// h = relu(W1 x), h += W2 relu(norm(h)), outputs W3 h.
struct Residual : torch::nn::Module {
  explicit Residual(const brasa::NetworkSpec& spec) {
    const int units = spec.hidden.empty() ? 64 : spec.hidden.front();
    in = register_module("in", torch::nn::Linear(spec.inputs, units));
    norm = register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({units})));
    block = register_module("block", torch::nn::Linear(units, units));
    out = register_module("out", torch::nn::Linear(units, spec.outputs()));
    // Small at first, so that the first policy is nearly uniform.
    torch::nn::init::orthogonal_(out->weight, 0.01);
  }
  /// x is [rows, spec.inputs]; the result [rows, spec.outputs()], the columns of spec.heads.
  torch::Tensor forward(const torch::Tensor& x) {
    const torch::Tensor h = torch::relu(in->forward(x));
    return out->forward(h + block->forward(torch::relu(norm->forward(h))));
  }

  torch::nn::Linear in{nullptr}, block{nullptr}, out{nullptr};
  torch::nn::LayerNorm norm{nullptr};
};

int main(int argc, char** argv) {
  brasa::AddTorchNetwork<Residual>("residual");
  return brasa::Main(argc, argv);
}
