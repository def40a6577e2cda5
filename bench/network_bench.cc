// Microseconds per call of the networks: one policy step and one training step per shape. A PPO
// update with CleanRL's settings on CartPole is 16 training steps of 128 rows.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "agents/nn/network.h"

namespace {

using brasa::Activation;
using brasa::NetworkSpec;

const NetworkSpec kSpecs[] = {
    {4, {64, 64}, Activation::kTanh, {{"policy", 2, 0.01}, {"value", 1, 1.0}}, false},
    {27, {256, 256}, Activation::kTanh, {{"policy", 8, 0.01}, {"value", 1, 1.0}}, false},
    {84, {128, 128}, Activation::kRelu, {{"policy", 7, 0.01}, {"value", 1, 1.0}}, true},
};
const char* const kShapeNames[] = {"4-64-64_separate", "27-256-256_separate", "84-128-128_shared"};

struct Fixture {
  Fixture(const std::string& backend, int shape, int row_count) : rows(row_count) {
    brasa::Rng rng(1, brasa::StreamRole::kTest);
    network = brasa::MakeNetwork(backend, kSpecs[shape], {}, rng);
    x.resize(static_cast<std::size_t>(rows * network->inputs()));
    y.resize(static_cast<std::size_t>(rows * network->outputs()));
    for (float& value : x) value = static_cast<float>(rng.Normal());
    dy = y;
    for (float& value : dy) value = static_cast<float>(rng.Normal() / rows);
  }
  int rows;
  std::unique_ptr<brasa::Network> network;
  std::vector<float> x, y, dy;
};

void Forward(benchmark::State& state, const std::string& backend, int shape, int rows) {
  Fixture f(backend, shape, rows);
  for (auto _ : state) {
    f.network->Forward(f.x.data(), rows, f.y.data());
    benchmark::DoNotOptimize(f.y.data());
    benchmark::ClobberMemory();
  }
}

void Train(benchmark::State& state, const std::string& backend, int shape, int rows) {
  Fixture f(backend, shape, rows);
  for (auto _ : state) {
    f.network->ForwardTrain(f.x.data(), rows, f.y.data());
    f.network->Backward(f.dy.data());
    benchmark::DoNotOptimize(f.network->GradientNorm());
    f.network->AdamStep(1e-6, 1.0);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> backends = {"native"};
#ifdef BRASA_BENCH_TORCH
  backends.push_back("torch");
#endif
  for (const std::string& backend : backends) {
    for (int shape = 0; shape < 3; ++shape) {
      const std::string name = backend + "/" + kShapeNames[shape] + "/rows:";
      for (const int rows : {1, 4, 64, 1024}) {
        benchmark::RegisterBenchmark(("Forward/" + name + std::to_string(rows)).c_str(), Forward,
                                     backend, shape, rows)
            ->Unit(benchmark::kMicrosecond);
      }
      for (const int rows : {64, 128, 256}) {
        benchmark::RegisterBenchmark(("Train/" + name + std::to_string(rows)).c_str(), Train,
                                     backend, shape, rows)
            ->Unit(benchmark::kMicrosecond);
      }
    }
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
