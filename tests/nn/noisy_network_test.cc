#include "agents/nn/noisy_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/nn/reference_mlp.h"

namespace brasa {
namespace {

NoisyNetwork MakeNoisy(const NetworkSpec& spec, double sigma0 = 0.5) {
  Rng init(5, StreamRole::kInit);
  return NoisyNetwork("native", spec, {.epsilon = 1e-8}, sigma0, init);
}

// Fortunato et al. 2018, section 3.2: mu uniform in +-1 / sqrt(inputs), sigma = sigma0 /
// sqrt(inputs).
TEST(NoisyNetwork, FirstParameters_AreThePapers) {
  const NetworkSpec spec = MakeSpec(16, {64}, Activation::kRelu, true);
  const NoisyNetwork network = MakeNoisy(spec);
  const std::vector<float> values = ParametersOf(network);
  const std::size_t half = values.size() / 2;
  for (const NetworkLayer& layer : LayersOf(spec)) {
    const float bound = 1 / std::sqrt(static_cast<float>(layer.inputs));
    float largest = 0;
    for (auto i = static_cast<std::size_t>(layer.offset); i < static_cast<std::size_t>(layer.end());
         ++i) {
      largest = std::max(largest, std::abs(values[i]));
      EXPECT_FLOAT_EQ(values[half + i], 0.5f * bound);
    }
    EXPECT_LE(largest, bound);
    EXPECT_GT(largest, 0.9f * bound);
  }
}

/// y of one row with the weights mu + sigma * eps, eps rebuilt from the noise's own draws.
std::vector<double> PlainNoisy(const NetworkSpec& spec, const std::vector<double>& parameters,
                               Rng rng, const float* x) {
  std::vector<double> effective(parameters.begin(),
                                parameters.begin() + std::ssize(parameters) / 2);
  const auto f = [](double e) { return (e < 0 ? -1 : 1) * std::sqrt(std::abs(e)); };
  for (const NetworkLayer& layer : LayersOf(spec)) {
    std::vector<double> in, out;
    for (int i = 0; i < layer.inputs; ++i) in.push_back(f(rng.Normal()));
    for (int o = 0; o < layer.outputs; ++o) out.push_back(f(rng.Normal()));
    for (int o = 0; o < layer.outputs; ++o) {
      for (int i = 0; i <= layer.inputs; ++i) {  // i = inputs: the bias
        const bool bias = i == layer.inputs;
        const auto at = static_cast<std::size_t>(bias ? layer.bias_offset() + o
                                                      : layer.offset + o * layer.inputs + i);
        const double eps = out[std::size_t(o)] * (bias ? 1 : in[std::size_t(i)]);
        effective[at] += parameters[effective.size() + at] * eps;
      }
    }
  }
  return ReferenceForward(spec, effective, x);
}

TEST(NoisyNetwork, OutputsAndGradients_AreThoseOfTheFormula) {
  for (const bool shared : {true, false}) {
    const NetworkSpec spec = MakeSpec(5, {9, 6}, Activation::kTanh, shared, !shared);
    NoisyNetwork network = MakeNoisy(spec);
    constexpr int kRows = 7;
    const std::vector<float> x = RandomRows(kRows, 5, 1), dy = RandomRows(kRows, 4, 2);
    std::vector<float> y(dy.size());
    Rng noise(8, StreamRole::kTest);
    const Rng same = noise;
    network.SampleNoise(noise);
    network.ForwardTrain(x.data(), kRows, y.data());
    network.Backward(dy.data());
    const std::vector<float> flat = ParametersOf(network);
    std::vector<double> parameters(flat.begin(), flat.end());
    const auto loss = [&] {
      double sum = 0;
      for (std::size_t row = 0; row < kRows; ++row) {
        const std::vector<double> out = PlainNoisy(spec, parameters, same, x.data() + 5 * row);
        for (std::size_t o = 0; o < 4; ++o) sum += static_cast<double>(dy[row * 4 + o]) * out[o];
      }
      return sum;
    };
    for (std::size_t o = 0; o < 4; ++o) {
      EXPECT_NEAR(static_cast<double>(y[o]), PlainNoisy(spec, parameters, same, x.data())[o], 1e-5);
    }
    const std::vector<float> gradient = GradientOf(network);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const double at = parameters[i];
      parameters[i] = at + 1e-5;
      const double above = loss();
      parameters[i] = at - 1e-5;
      const double slope = (above - loss()) / 2e-5;
      parameters[i] = at;
      ASSERT_NEAR(static_cast<double>(gradient[i]), slope, 2e-4) << "parameter " << i;
    }
  }
}

TEST(NoisyNetwork, GainsAndShifts_HaveNoNoise) {
  const NetworkSpec spec = MakeSpec(5, {9}, Activation::kTanh, true, true);
  const std::vector<float> values = ParametersOf(MakeNoisy(spec));
  const NetworkLayer layer = LayersOf(spec)[0];
  for (std::int64_t i = layer.gain_offset(); i < layer.end(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    EXPECT_EQ(values[at], i < layer.shift_offset() ? 1.0f : 0.0f);
    EXPECT_EQ(values[values.size() / 2 + at], 0.0f);
  }
}

TEST(NoisyNetwork, Convolutions_HaveNoNoise) {
  const NetworkSpec spec = MakeConvSpec({6, 5, 4}, {{16, 3, 1}}, {20}, Activation::kRelu, true);
  NoisyNetwork network = MakeNoisy(spec);
  const std::vector<float> values = ParametersOf(network);
  const std::vector<NetworkLayer> layers = LayersOf(spec);
  const std::size_t half = values.size() / 2;
  for (std::size_t i = 0; i < half; ++i) {
    EXPECT_EQ(values[half + i] == 0.0f, static_cast<std::int64_t>(i) < layers[0].end()) << i;
  }
  const std::vector<float> x = RandomRows(3, spec.inputs, 1), dy = RandomRows(3, 4, 2);
  std::vector<float> y(12);
  Rng noise(8, StreamRole::kTest);
  network.SampleNoise(noise);
  network.ForwardTrain(x.data(), 3, y.data());
  network.Backward(dy.data());
  const std::vector<float> gradient = GradientOf(network);
  for (std::int64_t i = 0; i < layers[0].end(); ++i) {
    EXPECT_EQ(gradient[half + static_cast<std::size_t>(i)], 0.0f);
  }
}

TEST(NoisyNetwork, Means_HaveNoNoiseAndNoGradientOfSigma) {
  const NetworkSpec spec = MakeSpec(5, {9}, Activation::kRelu, true);
  NoisyNetwork network = MakeNoisy(spec);
  const std::vector<float> x = RandomRows(1, 5, 1), dy = RandomRows(1, 4, 2);
  std::vector<float> noisy(4), mean(4), again(4);
  Rng noise(8, StreamRole::kTest);
  network.SampleNoise(noise);
  network.Forward(x.data(), 1, noisy.data());
  network.UseMeans();
  network.ForwardTrain(x.data(), 1, mean.data());
  network.Backward(dy.data());
  EXPECT_NE(noisy, mean);
  const std::vector<float> flat = ParametersOf(network), gradient = GradientOf(network);
  const std::vector<double> mu(flat.begin(), flat.begin() + std::ssize(flat) / 2);
  for (std::size_t o = 0; o < 4; ++o) {
    EXPECT_NEAR(static_cast<double>(mean[o]), ReferenceForward(spec, mu, x.data())[o], 1e-5);
  }
  EXPECT_TRUE(std::all_of(gradient.begin() + std::ssize(flat) / 2, gradient.end(),
                          [](float g) { return g == 0; }));
  network.SampleNoise(noise);
  network.Forward(x.data(), 1, again.data());
  EXPECT_NE(again, noisy);
}

// One Adam step of size 0.01 against every gradient, then the forward pass uses the new weights.
TEST(NoisyNetwork, AdamStep_MovesMuAndSigma) {
  const NetworkSpec spec = MakeSpec(5, {9}, Activation::kTanh, true);
  NoisyNetwork network = MakeNoisy(spec);
  const std::vector<float> x = RandomRows(3, 5, 1), dy = RandomRows(3, 4, 2);
  std::vector<float> y(12), after(12);
  Rng noise(8, StreamRole::kTest);
  network.SampleNoise(noise);
  network.ForwardTrain(x.data(), 3, y.data());
  network.Backward(dy.data());
  const std::vector<float> before = ParametersOf(network), gradient = GradientOf(network);
  double squares = 0;
  for (const float g : gradient) squares += static_cast<double>(g) * static_cast<double>(g);
  EXPECT_NEAR(network.GradientNorm(), std::sqrt(squares), 1e-5 * std::sqrt(squares));
  network.AdamStep(0.01, 1);
  const std::vector<float> moved = ParametersOf(network);
  for (std::size_t i = 0; i < moved.size(); ++i) {
    if (std::abs(gradient[i]) < 1e-3f) continue;
    EXPECT_NEAR(moved[i] - before[i], gradient[i] > 0 ? -0.01f : 0.01f, 1e-4f) << i;
  }
  network.Forward(x.data(), 3, after.data());
  double change = 0;
  for (std::size_t i = 0; i < 12; ++i) change += static_cast<double>((after[i] - y[i]) * dy[i]);
  EXPECT_LT(change, 0);
}

TEST(NoisyNetwork, SavedAndLoaded_TrainsOnBitForBit) {
  const NetworkSpec spec = MakeSpec(5, {9}, Activation::kRelu, true);
  NoisyNetwork straight = MakeNoisy(spec), resumed = MakeNoisy(spec, 0.1);
  const auto train = [](NoisyNetwork& network, std::uint32_t from, std::uint32_t to) {
    for (std::uint32_t step = from; step < to; ++step) {
      Rng noise(step, StreamRole::kTest);
      const std::vector<float> x = RandomRows(3, 5, step), dy = RandomRows(3, 4, step + 100);
      std::vector<float> y(12);
      network.SampleNoise(noise);
      network.ForwardTrain(x.data(), 3, y.data());
      network.Backward(dy.data());
      network.AdamStep(0.01, 0.5);
    }
  };
  train(straight, 0, 5);
  StateWriter writer;
  straight.Save(writer);
  StateReader reader(writer.bytes(), "checkpoint");
  resumed.Load(reader);
  train(straight, 5, 9);
  train(resumed, 5, 9);
  EXPECT_EQ(ParametersOf(straight), ParametersOf(resumed));
}

}  // namespace
}  // namespace brasa
