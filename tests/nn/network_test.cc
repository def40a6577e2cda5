#include "agents/nn/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tests/nn/allocation_count.h"
#include "tests/nn/reference_mlp.h"

namespace brasa {
namespace {

std::unique_ptr<Network> MakeNative(const NetworkSpec& spec, std::uint32_t seed = 5) {
  Rng init(seed, StreamRole::kInit);
  return MakeNetwork("native", spec, {}, init);
}

std::vector<NetworkSpec> Shapes() {
  std::vector<NetworkSpec> shapes = {MakeSpec(4, {64, 64}, Activation::kTanh, false),
                                     MakeSpec(7, {33, 18}, Activation::kTanh, true),
                                     MakeSpec(5, {20, 16, 9}, Activation::kRelu, false),
                                     MakeSpec(19, {40}, Activation::kRelu, true),
                                     MakeSpec(6, {}, Activation::kTanh, true),
                                     MakeSpec(6, {}, Activation::kTanh, false),
                                     MakeSpec(7, {33, 18}, Activation::kTanh, false, true),
                                     MakeSpec(5, {20, 16, 9}, Activation::kRelu, true, true)};
  for (NetworkSpec& spec : ConvShapes()) shapes.push_back(std::move(spec));
  return shapes;
}

TEST(Network, LayersOf_SeparateTrunks_ComeHeadByHead) {
  const std::vector<NetworkLayer> layers = LayersOf(MakeSpec(4, {8}, Activation::kTanh, false));
  ASSERT_EQ(layers.size(), 4u);
  EXPECT_EQ(layers[0].name, "policy.hidden0");
  EXPECT_EQ(layers[1].name, "policy");
  EXPECT_EQ(layers[1].offset, 4 * 8 + 8);
  EXPECT_EQ(layers[2].name, "value.hidden0");
  EXPECT_EQ(layers[2].inputs, 4);
  EXPECT_EQ(layers[3].output_offset, 3);
  EXPECT_EQ(layers[3].end(), (4 * 8 + 8) + (8 * 3 + 3) + (4 * 8 + 8) + (8 + 1));
}

TEST(Network, LayersOf_LayerNorm_HasGainAndShiftBehindTheBias) {
  const std::vector<NetworkLayer> layers =
      LayersOf(MakeSpec(4, {8}, Activation::kTanh, true, true));
  ASSERT_EQ(layers.size(), 3u);
  EXPECT_EQ(layers[0].bias_offset(), 4 * 8);
  EXPECT_EQ(layers[0].gain_offset(), 4 * 8 + 8);
  EXPECT_EQ(layers[0].shift_offset(), 4 * 8 + 2 * 8);
  EXPECT_EQ(layers[0].end(), 4 * 8 + 3 * 8);
  EXPECT_EQ(layers[1].end(), layers[1].offset + 3 * 8 + 3);  // heads are not normalised
}

TEST(Network, LayersOf_Convolutions_ComeBeforeTheHiddenLayers) {
  NetworkSpec spec = MakeSpec(10 * 8 * 4, {128}, Activation::kRelu, true);
  spec.picture = {10, 8, 4};
  spec.convolutions = {{16, 3, 1}, {32, 3, 2}};
  const std::vector<NetworkLayer> layers = LayersOf(spec);
  ASSERT_EQ(layers.size(), 5u);
  EXPECT_EQ(layers[0].name, "conv0");
  EXPECT_EQ(layers[0].end(), 16 * 4 * 3 * 3 + 16);
  EXPECT_EQ(layers[0].OutputPicture(), (PictureShape{8, 6, 16}));
  EXPECT_EQ(layers[1].picture, (PictureShape{8, 6, 16}));
  EXPECT_EQ(layers[1].OutputPicture(), (PictureShape{3, 2, 32}));  // (8 - 3) / 2 + 1 = 3.5
  EXPECT_EQ(layers[2].name, "hidden0");
  EXPECT_EQ(layers[2].inputs, 3 * 2 * 32);
  spec.shared_trunk = false;
  EXPECT_EQ(LayersOf(spec)[4].name, "value.conv0");
}

/// What LayersOf says of `spec`.
std::string RefusalOf(const NetworkSpec& spec) {
  try {
    LayersOf(spec);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(Network, LayersOf_ConvolutionsThatDoNotFit_AreNamed) {
  NetworkSpec spec = MakeSpec(10 * 8 * 4, {128}, Activation::kRelu, true);
  spec.picture = {10, 8, 4};
  spec.convolutions = {{16, 9, 1}};
  EXPECT_EQ(RefusalOf(spec),
            "network: a convolution's kernel of 9 x 9 is larger than its picture of 10 x 8 x 4; "
            "give at most 8");
  spec.convolutions = {{16, 3, 0}};
  EXPECT_NE(RefusalOf(spec).find("stride of a convolution = 0"), std::string::npos);
  spec.convolutions = {{16, 3, 1}};
  spec.picture = {10, 10, 4};
  EXPECT_EQ(RefusalOf(spec),
            "network: a picture of 10 x 10 x 4 does not fit inputs = 320; give height x width x "
            "channels of one row");
}

TEST(Network, LayersOf_BadSizes_AreNamed) {
  EXPECT_THROW(LayersOf(MakeSpec(0, {8}, Activation::kTanh, false)), ConfigError);
  EXPECT_THROW(LayersOf(MakeSpec(4, {8, 0}, Activation::kTanh, true)), ConfigError);
}

TEST(Network, UnknownBackend_IsAConfigError) {
  Rng init(1, StreamRole::kInit);
  const NetworkSpec spec = MakeSpec(4, {8}, Activation::kTanh, false);
  EXPECT_THROW(MakeNetwork("numpy", spec, {}, init), ConfigError);
}

TEST(Network, InitialWeights_AreOrthogonalTimesGain) {
  Rng init(3, StreamRole::kInit);
  const NetworkSpec spec = MakeSpec(10, {24, 12}, Activation::kTanh, true);
  const std::vector<float> parameters = InitialParameters(spec, init);
  for (const NetworkLayer& layer : LayersOf(spec)) {
    const double gain = layer.name == "policy" ? 0.5 : layer.name == "value" ? 1.0 : std::sqrt(2.0);
    const auto weight = [&](int o, int i) {
      return static_cast<double>(
          parameters[static_cast<std::size_t>(layer.offset + o * layer.inputs + i)]);
    };
    // The Gram matrix of the shorter side is gain^2 I.
    const bool rows = layer.outputs <= layer.inputs;
    const int count = rows ? layer.outputs : layer.inputs;
    const int length = rows ? layer.inputs : layer.outputs;
    for (int a = 0; a < count; ++a) {
      for (int b = 0; b < count; ++b) {
        double dot = 0;
        for (int k = 0; k < length; ++k) {
          dot += rows ? weight(a, k) * weight(b, k) : weight(k, a) * weight(k, b);
        }
        EXPECT_NEAR(dot, a == b ? gain * gain : 0.0, 1e-6) << layer.name << ' ' << a << ' ' << b;
      }
    }
    for (std::int64_t i = layer.bias_offset(); i < layer.end(); ++i) {
      EXPECT_EQ(parameters[static_cast<std::size_t>(i)], 0.0f);
    }
  }
}

TEST(Network, InitialLayerNorm_IsGainOneShiftZero) {
  Rng init(3, StreamRole::kInit);
  const NetworkSpec spec = MakeSpec(10, {24}, Activation::kTanh, true, true);
  const std::vector<float> parameters = InitialParameters(spec, init);
  const NetworkLayer layer = LayersOf(spec)[0];
  for (std::int64_t i = layer.gain_offset(); i < layer.end(); ++i) {
    EXPECT_EQ(parameters[static_cast<std::size_t>(i)], i < layer.shift_offset() ? 1.0f : 0.0f);
  }
}

/// Biases, gains and shifts of all kinds too.
std::vector<float> Perturb(Network& network) {
  std::vector<float> values = ParametersOf(network);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] += 0.05f * static_cast<float>(i % 7) - 0.15f;
  }
  network.SetParameters(values);
  return values;
}

TEST(NativeNetwork, Outputs_EqualTheDoubleReference) {
  for (const NetworkSpec& spec : Shapes()) {
    const auto network = MakeNative(spec);
    const std::vector<float> values = Perturb(*network);
    const std::vector<double> parameters(values.begin(), values.end());
    const std::vector<float> x = RandomRows(9, spec.inputs, 1);
    std::vector<float> y(static_cast<std::size_t>(9 * spec.outputs()));
    network->Forward(x.data(), 9, y.data());
    for (int row = 0; row < 9; ++row) {
      const std::vector<double> expected =
          ReferenceForward(spec, parameters, x.data() + row * spec.inputs);
      for (int o = 0; o < spec.outputs(); ++o) {
        const double value = expected[static_cast<std::size_t>(o)];
        // float32 sums of up to 64 terms, tanh good to 3e-7
        EXPECT_NEAR(static_cast<double>(y[static_cast<std::size_t>(row * spec.outputs() + o)]),
                    value, 5e-6 * (1 + std::abs(value)));
      }
    }
  }
}

TEST(NativeNetwork, Gradient_EqualsFiniteDifferencesInDouble) {
  for (const NetworkSpec& spec : Shapes()) {
    const auto network = MakeNative(spec);
    Perturb(*network);
    constexpr int kRows = 13;
    const std::vector<float> x = RandomRows(kRows, spec.inputs, 2);
    const std::vector<float> dy = RandomRows(kRows, spec.outputs(), 3);
    std::vector<float> y(dy.size());
    network->ForwardTrain(x.data(), kRows, y.data());
    network->Backward(dy.data());
    const std::vector<float> gradient = GradientOf(*network);
    const std::vector<float> start = ParametersOf(*network);
    std::vector<double> parameters(start.begin(), start.end());
    double squares = 0;
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      squares += static_cast<double>(gradient[i]) * static_cast<double>(gradient[i]);
    }
    // Every parameter of small nets, every 37th of large ones.
    for (std::size_t i = 0; i<parameters.size(); i += parameters.size()> 2000 ? 37 : 1) {
      constexpr double kStep = 1e-6;
      const double value = parameters[i];
      parameters[i] = value + kStep;
      const double above = ReferenceLoss(spec, parameters, x, dy);
      parameters[i] = value - kStep;
      const double below = ReferenceLoss(spec, parameters, x, dy);
      parameters[i] = value;
      const double expected = (above - below) / (2 * kStep);
      EXPECT_NEAR(static_cast<double>(gradient[i]), expected, 2e-5 * (1 + std::abs(expected)))
          << "parameter " << i << " of " << parameters.size();
    }
    EXPECT_NEAR(network->GradientNorm(), std::sqrt(squares), 1e-6 * std::sqrt(squares));
  }
}

TEST(NativeNetwork, InputGradient_EqualsFiniteDifferencesInDouble) {
  std::vector<NetworkSpec> shapes = Shapes();
  shapes.push_back({5, {}, Activation::kTanh, {{"q", 1, 1.0}}, true});
  shapes.push_back({5, {12}, Activation::kTanh, {{"q", 1, 1.0}}, true});
  for (const NetworkSpec& spec : shapes) {
    const auto network = MakeNative(spec);
    Perturb(*network);
    constexpr int kRows = 13;
    const std::vector<float> x = RandomRows(kRows, spec.inputs, 2);
    const std::vector<float> dy = RandomRows(kRows, spec.outputs(), 3);
    std::vector<float> y(dy.size()), dx(x.size(), 7.0f);
    network->ForwardTrain(x.data(), kRows, y.data());
    network->Backward(dy.data());
    const std::vector<float> gradient = GradientOf(*network);
    network->ForwardTrain(x.data(), kRows, y.data());
    network->InputGradient(dy.data(), 0, dx.data());
    EXPECT_EQ(GradientOf(*network), gradient);
    std::vector<float> last(std::size_t(kRows) * std::size_t(spec.inputs - 2));
    network->ForwardTrain(x.data(), kRows, y.data());
    network->InputGradient(dy.data(), 2, last.data());
    for (std::size_t i = 0; i < last.size(); ++i) {
      const auto wanted = static_cast<std::size_t>(spec.inputs - 2);
      EXPECT_EQ(last[i], dx[i / wanted * (wanted + 2) + 2 + i % wanted]);
    }
    const std::vector<float> start = ParametersOf(*network);
    const std::vector<double> parameters(start.begin(), start.end());
    constexpr float kStep = 1.0f / (1 << 17);
    const auto inputs = static_cast<std::size_t>(spec.inputs);
    const auto outputs = static_cast<std::size_t>(spec.outputs());
    // Every input of small nets, every 7th of large ones.
    for (std::size_t i = 0; i<x.size(); i += x.size()> 1000 ? 7 : 1) {
      const std::size_t row = i / inputs, at = i % inputs;
      const auto begin = static_cast<std::ptrdiff_t>(row * inputs);
      std::vector<float> moved(x.begin() + begin, x.begin() + begin + spec.inputs);
      const auto gradient_begin = dy.begin() + static_cast<std::ptrdiff_t>(row * outputs);
      const std::vector<float> row_dy(gradient_begin, gradient_begin + spec.outputs());
      moved[at] = x[i] + kStep;
      const double above = ReferenceLoss(spec, parameters, moved, row_dy);
      const double right = static_cast<double>(moved[at]);
      moved[at] = x[i] - kStep;
      const double below = ReferenceLoss(spec, parameters, moved, row_dy);
      const double expected = (above - below) / (right - static_cast<double>(moved[at]));
      // A kink of relu within the step would cost a share of the slope: there is none this near.
      EXPECT_NEAR(static_cast<double>(dx[i]), expected, 2e-5 * (1 + std::abs(expected)))
          << "input " << i;
    }
  }
}

TEST(NativeNetwork, MoveTowards_IsPolyakAveraging) {
  for (const NetworkSpec& spec : Shapes()) {
    const auto network = MakeNative(spec, 5), source = MakeNative(spec, 6);
    const std::vector<float> before = ParametersOf(*network), goal = ParametersOf(*source);
    network->MoveTowards(*source, 0.125);
    const std::vector<float> after = ParametersOf(*network);
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_NEAR(after[i], 0.875f * before[i] + 0.125f * goal[i], 1e-7f);
    }
    EXPECT_EQ(ParametersOf(*source), goal);
    network->MoveTowards(*source, 1);
    for (std::size_t i = 0; i < goal.size(); ++i) {
      EXPECT_NEAR(ParametersOf(*network)[i], goal[i], 1e-7f);
    }
  }
}

TEST(NativeNetwork, Backward_OverwritesTheGradient) {
  const NetworkSpec spec = MakeSpec(4, {64, 64}, Activation::kTanh, false);
  const auto network = MakeNative(spec);
  const std::vector<float> x = RandomRows(70, 4, 4), dy = RandomRows(70, 4, 5);
  std::vector<float> y(dy.size());
  network->ForwardTrain(x.data(), 5, y.data());
  network->Backward(dy.data());
  const std::vector<float> first = GradientOf(*network);
  network->ForwardTrain(x.data(), 70, y.data());
  network->Backward(dy.data());
  network->ForwardTrain(x.data(), 5, y.data());
  network->Backward(dy.data());
  EXPECT_EQ(GradientOf(*network), first);
}

TEST(NativeNetwork, RowBits_DoNotDependOnTheBlock) {
  Rng rng(23, StreamRole::kTest);
  for (const NetworkSpec& spec : Shapes()) {
    const auto network = MakeNative(spec);
    constexpr int kRows = 67;
    const int outputs = spec.outputs();
    const std::vector<float> x = RandomRows(kRows, spec.inputs, 6);
    std::vector<float> alone(static_cast<std::size_t>(kRows * outputs));
    for (int row = 0; row < kRows; ++row) {
      network->Forward(x.data() + row * spec.inputs, 1, alone.data() + row * outputs);
    }
    std::vector<float> y(alone.size());
    for (int repeat = 0; repeat < 60; ++repeat) {
      const int first = static_cast<int>(rng.Below(kRows));
      const int count = 1 + static_cast<int>(rng.Below(static_cast<std::uint32_t>(kRows - first)));
      const float* const block = x.data() + first * spec.inputs;
      if (repeat % 2 == 0) {
        network->Forward(block, count, y.data());
      } else {
        network->ForwardTrain(block, count, y.data());
      }
      ASSERT_EQ(std::memcmp(y.data(), alone.data() + first * outputs,
                            static_cast<std::size_t>(count * outputs) * sizeof(float)),
                0)
          << "rows " << first << " + " << count;
    }
  }
}

// PyTorch's Adam from x0 = 1 with gradients 0.5, -1, 0.25, 2, lr 0.1, computed in double.
TEST(NativeNetwork, AdamStep_FollowsPyTorch) {
  struct Case {
    double epsilon;
    double expected[4];
  };
  const Case cases[] = {
      {1e-8, {0.900000002, 0.9366103542405654, 0.9502794203389762, 0.9054012122349253}},
      {1e-5, {0.9000019999600007, 0.9366118896505213, 0.9502807492870785, 0.905402930019438}}};
  for (const Case& c : cases) {
    Rng init(1, StreamRole::kInit);
    const NetworkSpec spec{1, {}, Activation::kTanh, {{"value", 1, 1.0}}, false};
    const auto network = MakeNetwork("native", spec, {.epsilon = c.epsilon}, init);
    network->SetParameters(std::vector<float>{1.0f, 1.0f});
    const float gradients[] = {0.5f, -1.0f, 0.25f, 2.0f};
    for (int t = 0; t < 4; ++t) {
      const float x = 1.0f;  // so that dL/dw = dL/db = dy
      float y = 0;
      network->ForwardTrain(&x, 1, &y);
      const float doubled = 2 * gradients[t];
      network->Backward(&doubled);
      network->AdamStep(0.1, 0.5);  // the scale undoes the factor
      for (const float parameter : ParametersOf(*network)) {
        EXPECT_NEAR(static_cast<double>(parameter), c.expected[t], 2e-7);
      }
    }
  }
}

void TrainSteps(Network& network, int steps) {
  const std::vector<float> x = RandomRows(32, network.inputs(), 7);
  const std::vector<float> dy = RandomRows(32, network.outputs(), 8);
  std::vector<float> y(dy.size());
  for (int i = 0; i < steps; ++i) {
    network.ForwardTrain(x.data(), 32, y.data());
    network.Backward(dy.data());
    network.AdamStep(1e-3, std::min(1.0, 0.5 / (network.GradientNorm() + 1e-6)));
  }
}

TEST(NativeNetwork, SaveAndLoad_ContinueBitForBit) {
  for (const NetworkSpec& spec : Shapes()) {
    const auto straight = MakeNative(spec, 5);
    const auto resumed = MakeNative(spec, 6);
    TrainSteps(*straight, 3);
    StateWriter writer;
    straight->Save(writer);
    StateReader reader(writer.bytes(), "checkpoint");
    resumed->Load(reader);
    EXPECT_TRUE(reader.AtEnd());
    EXPECT_EQ(ParametersOf(*resumed), ParametersOf(*straight));
    TrainSteps(*straight, 3);
    TrainSteps(*resumed, 3);
    EXPECT_EQ(ParametersOf(*resumed), ParametersOf(*straight));
  }
}

TEST(NativeNetwork, Load_OfAnotherShape_IsAFileErrorAndChangesNothing) {
  const auto network = MakeNative(MakeSpec(4, {8}, Activation::kTanh, false));
  const auto other = MakeNative(MakeSpec(4, {9}, Activation::kTanh, false));
  const std::vector<float> before = ParametersOf(*network);
  StateWriter writer;
  other->Save(writer);
  StateReader reader(writer.bytes(), "checkpoint");
  EXPECT_THROW(network->Load(reader), FileError);
  EXPECT_EQ(ParametersOf(*network), before);
}

TEST(NativeNetwork, SmallerBlocksAfterTheLargest_AllocateNothing) {
  for (const NetworkSpec& spec : Shapes()) {
    if (!spec.convolutions.empty()) continue;  // oneDNN makes a list of arguments at each call
    const auto network = MakeNative(spec);
    const std::vector<float> x = RandomRows(128, spec.inputs, 9),
                             dy = RandomRows(128, spec.outputs(), 10);
    std::vector<float> y(dy.size()), dx(x.size());
    const auto update = [&](int rows) {
      network->Forward(x.data(), rows, y.data());
      network->ForwardTrain(x.data(), rows, y.data());
      network->InputGradient(dy.data(), 0, dx.data());
      network->ForwardTrain(x.data(), rows, y.data());
      network->Backward(dy.data());
      network->AdamStep(1e-4, std::min(1.0, network->GradientNorm()));
    };
    update(128);
    const std::int64_t before = AllocationCount();
    for (const int rows : {128, 1, 64, 127}) update(rows);
    EXPECT_EQ(AllocationCount(), before);
  }
}

TEST(NativeNetwork, EqualCallsOfConvolutions_GiveEqualBits) {
  for (const NetworkSpec& spec : ConvShapes()) {
    const auto first = MakeNative(spec), second = MakeNative(spec);
    TrainSteps(*first, 3);
    TrainSteps(*second, 3);
    EXPECT_EQ(ParametersOf(*first), ParametersOf(*second));
  }
}

// A part of a block leaves nothing behind: 5 rows after 70 are as 5 rows alone.
TEST(NativeNetwork, GradientOfFewPictures_KnowsNothingOfEarlierOnes) {
  for (const NetworkSpec& spec : ConvShapes()) {
    const auto network = MakeNative(spec);
    const std::vector<float> x = RandomRows(70, spec.inputs, 4),
                             dy = RandomRows(70, spec.outputs(), 5);
    std::vector<float> y(dy.size());
    const auto gradient = [&](int rows) {
      network->ForwardTrain(x.data(), rows, y.data());
      network->Backward(dy.data());
      return GradientOf(*network);
    };
    const std::vector<float> alone = gradient(5);
    gradient(70);
    EXPECT_EQ(gradient(5), alone);
  }
}

}  // namespace
}  // namespace brasa
