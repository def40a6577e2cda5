// The torch backend against the native one. Only built with torch.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "agents/nn/network.h"
#include "agents/nn/noisy_network.h"
#include "brasa/torch/network.h"
#include "tests/nn/reference_mlp.h"

namespace brasa {
namespace {

std::vector<NetworkSpec> Shapes() {
  std::vector<NetworkSpec> shapes = {MakeSpec(4, {64, 64}, Activation::kTanh, false),
                                     MakeSpec(7, {33, 18}, Activation::kTanh, true),
                                     MakeSpec(5, {20, 16, 9}, Activation::kRelu, false),
                                     MakeSpec(19, {40}, Activation::kRelu, true),
                                     MakeSpec(6, {}, Activation::kTanh, true),
                                     MakeSpec(7, {33, 18}, Activation::kTanh, false, true),
                                     MakeSpec(5, {20, 16, 9}, Activation::kRelu, true, true)};
  for (NetworkSpec& spec : ConvShapes()) shapes.push_back(std::move(spec));
  return shapes;
}

/// The shapes on every device that libtorch finds here.
std::vector<NetworkSpec> ShapesOnAllDevices() {
  std::vector<NetworkSpec> shapes = Shapes();
  if (!torch::cuda::is_available()) return shapes;
  for (NetworkSpec spec : Shapes()) {
    spec.device = NetworkDevice::kCuda;
    shapes.push_back(spec);
  }
  return shapes;
}

/// The same shape on the CPU.
NetworkSpec OnCpu(NetworkSpec spec) {
  spec.device = NetworkDevice::kCpu;
  return spec;
}

std::unique_ptr<Network> Make(const std::string& backend, const NetworkSpec& spec,
                              std::uint32_t seed = 5) {
  Rng init(seed, StreamRole::kInit);
  return MakeNetwork(backend, spec, {}, init);
}

/// One step on random rows of block `index`; returns the gradient.
std::vector<float> Train(Network& network, std::uint32_t index) {
  constexpr int kRows = 64;
  const std::vector<float> x = RandomRows(kRows, network.inputs(), index);
  const std::vector<float> dy = RandomRows(kRows, network.outputs(), index + 1000);
  std::vector<float> y(dy.size());
  network.ForwardTrain(x.data(), kRows, y.data());
  network.Backward(dy.data());
  network.AdamStep(1e-3, std::min(1.0, 0.5 / (network.GradientNorm() + 1e-6)));
  return GradientOf(network);
}

/// |a - b| / |b|, Euclidean.
double RelativeDistance(const std::vector<float>& a, const std::vector<float>& b) {
  double distance = 0, length = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    distance += (x - y) * (x - y);
    length += y * y;
  }
  return std::sqrt(distance / length);
}

TEST(TorchNetwork, EqualSeeds_StartFromEqualParameters) {
  for (const NetworkSpec& spec : ShapesOnAllDevices()) {
    EXPECT_EQ(ParametersOf(*Make("torch", spec)), ParametersOf(*Make("native", OnCpu(spec))));
  }
}

TEST(TorchNetwork, Outputs_EqualTheNativeOnes) {
  for (const NetworkSpec& spec : ShapesOnAllDevices()) {
    const std::vector<float> x = RandomRows(9, spec.inputs, 1);
    std::vector<float> torch_y(static_cast<std::size_t>(9 * spec.outputs())), native_y = torch_y;
    Make("torch", spec)->Forward(x.data(), 9, torch_y.data());
    Make("native", OnCpu(spec))->Forward(x.data(), 9, native_y.data());
    EXPECT_LT(RelativeDistance(native_y, torch_y), 2e-6);
  }
}

TEST(TorchNetwork, GradientsAndParametersOfTenSteps_EqualTheNativeOnes) {
  for (const NetworkSpec& spec : ShapesOnAllDevices()) {
    const auto torch = Make("torch", spec);
    const auto native = Make("native", OnCpu(spec));
    for (std::uint32_t step = 0; step < 10; ++step) {
      const std::vector<float> expected = Train(*torch, step);
      EXPECT_LT(RelativeDistance(Train(*native, step), expected), 1e-5) << "step " << step;
      EXPECT_NEAR(native->GradientNorm() / torch->GradientNorm(), 1.0, 1e-5);
    }
    // Adam divides by the root of tiny moments: it enlarges rounding of single gradients.
    EXPECT_LT(RelativeDistance(ParametersOf(*native), ParametersOf(*torch)), 1e-5);
  }
}

TEST(TorchNetwork, InputGradient_EqualsTheNativeOne) {
  for (const NetworkSpec& spec : ShapesOnAllDevices()) {
    const auto torch = Make("torch", spec), native = Make("native", OnCpu(spec));
    const std::vector<float> x = RandomRows(9, spec.inputs, 1),
                             dy = RandomRows(9, spec.outputs(), 2);
    std::vector<float> y(dy.size()), torch_dx(x.size()), native_dx(x.size());
    Train(*torch, 3);
    Train(*native, 3);
    const std::vector<float> gradient = GradientOf(*torch);
    torch->ForwardTrain(x.data(), 9, y.data());
    torch->InputGradient(dy.data(), 0, torch_dx.data());
    native->ForwardTrain(x.data(), 9, y.data());
    native->InputGradient(dy.data(), 0, native_dx.data());
    EXPECT_LT(RelativeDistance(native_dx, torch_dx), 1e-4);  // after a step of either's own Adam
    EXPECT_EQ(GradientOf(*torch), gradient);
    std::vector<float> last(9);
    torch->ForwardTrain(x.data(), 9, y.data());
    torch->InputGradient(dy.data(), spec.inputs - 1, last.data());
    for (std::size_t i = 0; i < 9; ++i) {
      EXPECT_EQ(last[i], torch_dx[(i + 1) * static_cast<std::size_t>(spec.inputs) - 1]);
    }
  }
}

TEST(TorchNetwork, MoveTowards_EqualsTheNativeOne) {
  for (const NetworkSpec& spec : ShapesOnAllDevices()) {
    const auto torch = Make("torch", spec, 5), native = Make("native", OnCpu(spec), 5);
    torch->MoveTowards(*Make("torch", spec, 6), 0.005);
    native->MoveTowards(*Make("native", OnCpu(spec), 6), 0.005);
    EXPECT_LT(RelativeDistance(ParametersOf(*native), ParametersOf(*torch)), 1e-7);
  }
}

/// Two hidden layers of tanh, as MakeSpec(4, {64, 64}, kTanh, true) without heads of its own.
struct Plain : torch::nn::Module {
  explicit Plain(const NetworkSpec& spec)
      : first(register_module("first", torch::nn::Linear(spec.inputs, 64))),
        second(register_module("second", torch::nn::Linear(64, 64))),
        heads(register_module("heads", torch::nn::Linear(64, spec.outputs()))) {}
  torch::Tensor forward(const torch::Tensor& x) {
    return heads->forward(torch::tanh(second->forward(torch::tanh(first->forward(x)))));
  }
  torch::nn::Linear first, second, heads;
};

struct TooNarrow : Plain {
  using Plain::Plain;
  torch::Tensor forward(const torch::Tensor& x) { return Plain::forward(x).slice(1, 0, 1); }
};

struct Normalised : Plain {
  explicit Normalised(const NetworkSpec& spec)
      : Plain(spec), norm(register_module("norm", torch::nn::BatchNorm1d(64))) {}
  torch::nn::BatchNorm1d norm;
};

/// Adds each once: the names are there until the program ends.
void AddOwnNetworks() {
  static const bool added = [] {
    AddTorchNetwork<Plain>("plain");
    AddTorchNetwork<TooNarrow>("too_narrow");
    AddTorchNetwork<Normalised>("normalised");
    return true;
  }();
  EXPECT_TRUE(added);
}

/// The message of what Make throws.
template <class Thrown>
std::string ErrorOf(const std::string& backend, const NetworkSpec& spec) {
  try {
    Make(backend, spec);
  } catch (const Thrown& error) {
    return error.what();
  }
  return "no error";
}

TEST(TorchNetwork, DeviceThatIsMissing_IsAUsageErrorThatNamesIt) {
  AddOwnNetworks();
  NetworkSpec spec = MakeSpec(4, {64, 64}, Activation::kTanh, true);
  spec.device = NetworkDevice::kCuda;
  const std::string expected = torch::cuda::is_available()
                                   ? "no error"
                                   : "network.device = 'cuda': libtorch " TORCH_VERSION
                                     " finds no CUDA device here, only the cpu; give cpu";
  EXPECT_EQ(ErrorOf<UsageError>("torch", spec), expected);
  EXPECT_EQ(ErrorOf<UsageError>("plain", spec), expected);
}

TEST(NetworkDevice, OfABackendOfTheCpu_IsAConfigErrorThatNamesWhoHasIt) {
  AddOwnNetworks();
  NetworkSpec spec = MakeSpec(4, {64, 64}, Activation::kTanh, true);
  spec.device = NetworkDevice::kCuda;
  EXPECT_EQ(ErrorOf<ConfigError>("native", spec),
            "network.device = 'cuda': network.backend = 'native' computes on the cpu alone; give "
            "cpu, or network.backend = torch, plain, too_narrow, normalised");
}

TEST(OwnNetwork, IsAValueOfTheBackendAndANameIsTakenOnce) {
  AddOwnNetworks();
  const std::vector<std::string> names = NetworkBackends();
  EXPECT_EQ(std::vector<std::string>(names.begin(), names.begin() + 3),
            (std::vector<std::string>{"native", "torch", "plain"}));
  EXPECT_THROW(AddTorchNetwork<Plain>("plain"), UsageError);
  EXPECT_THROW(AddTorchNetwork<Plain>("native"), UsageError);
  EXPECT_THROW(AddTorchNetwork<Plain>(""), UsageError);
}

TEST(OwnNetwork, TrainsAsTheBuiltInOneFromEqualParameters) {
  AddOwnNetworks();
  // Of one head, so that the flat order is that of three layers in both.
  NetworkSpec spec = MakeSpec(4, {64, 64}, Activation::kTanh, true);
  spec.heads.resize(1);
  const auto own = Make("plain", spec);
  const auto native = Make("native", spec);
  ASSERT_EQ(own->parameter_count(), native->parameter_count());
  native->SetParameters(ParametersOf(*own));
  for (std::uint32_t step = 0; step < 10; ++step) {
    const std::vector<float> expected = Train(*own, step);
    EXPECT_LT(RelativeDistance(Train(*native, step), expected), 1e-5) << "step " << step;
  }
  EXPECT_LT(RelativeDistance(ParametersOf(*native), ParametersOf(*own)), 1e-5);
}

TEST(OwnNetwork, InitialParameters_FollowFromTheSeedAlone) {
  AddOwnNetworks();
  const NetworkSpec spec = MakeSpec(4, {64, 64}, Activation::kTanh, true);
  const std::vector<float> first = ParametersOf(*Make("plain", spec, 5));
  EXPECT_NE(ParametersOf(*Make("plain", spec, 6)), first);
  EXPECT_EQ(ParametersOf(*Make("plain", spec, 5)), first);
}

TEST(OwnNetwork, BlocksNameItsParameters) {
  AddOwnNetworks();
  const auto own = Make("plain", MakeSpec(4, {64, 64}, Activation::kTanh, true));
  ASSERT_EQ(own->parameter_blocks().size(), 6u);
  EXPECT_EQ(own->parameter_blocks()[0].name, "first.weight");
  EXPECT_EQ(own->parameter_blocks()[0].size, 256);
  EXPECT_EQ(own->parameter_blocks()[1].name, "first.bias");
  EXPECT_EQ(own->parameter_blocks()[1].offset, 256);
  EXPECT_EQ(NonFiniteBlock(*own), "");
  const std::vector<float> x(4, 1.0f);
  std::vector<float> y(static_cast<std::size_t>(own->outputs()));
  own->ForwardTrain(x.data(), 1, y.data());
  std::ranges::fill(y, std::numeric_limits<float>::infinity());
  own->Backward(y.data());
  EXPECT_NE(NonFiniteBlock(*own), "");
}

TEST(OwnNetwork, WrongShapesBuffersAndNoise_AreRefused) {
  AddOwnNetworks();
  const NetworkSpec spec = MakeSpec(4, {64, 64}, Activation::kTanh, false);
  EXPECT_THROW(Make("too_narrow", spec), ConfigError);
  EXPECT_THROW(Make("normalised", spec), ConfigError);
  Rng init(5, StreamRole::kInit);
  EXPECT_THROW(NoisyNetwork("plain", spec, {}, 0.5, init), ConfigError);
}

TEST(TorchNetwork, SaveAndLoad_ContinueBitForBit) {
  const NetworkSpec spec = MakeSpec(4, {64, 64}, Activation::kTanh, false);
  const auto straight = Make("torch", spec, 5);
  const auto resumed = Make("torch", spec, 6);
  for (std::uint32_t step = 0; step < 3; ++step) Train(*straight, step);
  StateWriter writer;
  straight->Save(writer);
  StateReader reader(writer.bytes(), "checkpoint");
  resumed->Load(reader);
  EXPECT_TRUE(reader.AtEnd());
  for (std::uint32_t step = 3; step < 6; ++step) {
    Train(*straight, step);
    Train(*resumed, step);
  }
  EXPECT_EQ(ParametersOf(*resumed), ParametersOf(*straight));
}

TEST(TorchNetwork, Checkpoint_IsReadByTheNativeBackendAndBack) {
  for (const NetworkSpec& spec : ShapesOnAllDevices()) {
    const auto torch = Make("torch", spec, 5);
    for (std::uint32_t step = 0; step < 3; ++step) Train(*torch, step);
    StateWriter writer;
    torch->Save(writer);
    std::string bytes = writer.bytes();
    for (const auto& other : {std::pair("native", OnCpu(spec)), std::pair("torch", spec)}) {
      const auto network = Make(other.first, other.second, 6);
      StateReader reader(bytes, "checkpoint");
      network->Load(reader);
      StateWriter again;
      network->Save(again);
      EXPECT_EQ(again.bytes(), writer.bytes());
      bytes = again.bytes();
    }
  }
}

}  // namespace
}  // namespace brasa
