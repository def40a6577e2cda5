// What asynchronous stepping gains where step times differ: a synthetic environment whose steps
// take 0.2 to 2 ms, in lockstep (VectorEnv) and by batches of the worlds that are ready first
// (AsyncVectorEnv, fixed order and fastest first), with the same number of workers.
//
//   async_bench [--worlds N] [--batch M] [--workers W] [--seconds S] [--busy]
//
// A step waits as a simulator in another process makes it wait; with --busy it computes instead, so
// that no more workers than cores are of use.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "brasa/async_vector_env.h"
#include "brasa/vector_env.h"

namespace brasa {
namespace {

using Clock = std::chrono::steady_clock;

bool busy = false;  // set once, before the first world steps

/// A step takes 0.2 ms to 2 ms, uniformly drawn from the world's stream.
struct TenfoldDelay {
  static EnvSpec Spec(const Params&) {
    EnvSpec spec;
    spec.id = "TenfoldDelay-v0";
    spec.summary = "Steps of 0.2 to 2 ms";
    spec.observation.shape = {1};
    spec.observation.low = {0};
    spec.observation.high = {1};
    spec.action.count = 2;
    return spec;
  }
  static constexpr bool kFlat = true;
  explicit TenfoldDelay(const Params&) {}
  void Reset(Rng&) {}
  EpisodeEnd Step(ActionRef, Rng& rng, std::span<float> rewards) {
    const auto delay = std::chrono::microseconds(200 + rng.Below(1801));
    if (busy) {
      for (const auto until = Clock::now() + delay; Clock::now() < until;) ++spins;
    } else {
      std::this_thread::sleep_for(delay);
    }
    rewards[0] = 0;
    return EpisodeEnd::kNone;
  }
  void Observe(int, std::span<float> out) const { out[0] = 0; }
  std::uint64_t spins = 0;
};

struct Options {
  int worlds = 16, batch = 4, workers = 4;
  double seconds = 3;
};

EnvRow Row() {
  EnvRow row;
  row.id = "TenfoldDelay-v0";
  row.env_class = &EnvClassOf<TenfoldDelay>();
  return row;
}

template <typename Step>
double StepsPerSecond(double seconds, Step&& step) {
  const auto start = Clock::now();
  std::int64_t steps = 0;
  std::chrono::duration<double> spent{};
  while (spent.count() < seconds) {
    steps += step();
    spent = Clock::now() - start;
  }
  return static_cast<double>(steps) / spent.count();
}

double Lockstep(const Options& options) {
  const EnvRow row = Row();
  auto env = MakeTbbVectorEnv(row, DefaultParams(row),
                              {options.worlds, options.workers, {1, StreamRole::kTest, 0}, true});
  const auto n = static_cast<std::size_t>(options.worlds);
  std::vector<std::int32_t> player(n), actions(n);
  std::vector<float> seen(n), rewards(n);
  std::vector<std::uint8_t> start(n), ends(n);
  const StateRows rows{player.data(), seen.data(), nullptr, start.data()};
  env->Reset(rows);
  return StepsPerSecond(options.seconds, [&] {
    env->Step(actions.data(), {rewards.data(), ends.data()}, rows);
    return options.worlds;
  });
}

double Asynchronous(const Options& options, AsyncOrder order) {
  const EnvRow row = Row();
  auto env = MakeAsyncVectorEnv(
      row, DefaultParams(row),
      {options.worlds, options.batch, options.workers, order, {1, StreamRole::kTest, 0}});
  const std::vector<std::int32_t> actions(static_cast<std::size_t>(options.batch));
  env->Reset();
  return StepsPerSecond(options.seconds, [&] {
    env->Receive();
    env->Send(actions.data());
    return options.batch;
  });
}

void Main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (flag == "--busy") {
      busy = true;
    } else if (i + 1 < argc) {
      const std::string value = argv[++i];
      if (flag == "--worlds") options.worlds = std::stoi(value);
      if (flag == "--batch") options.batch = std::stoi(value);
      if (flag == "--workers") options.workers = std::stoi(value);
      if (flag == "--seconds") options.seconds = std::stod(value);
    }
  }
  const double lockstep = Lockstep(options);
  std::printf("lockstep        %8.0f steps/s\n", lockstep);
  for (const AsyncOrder order : {AsyncOrder::kFixed, AsyncOrder::kFastest}) {
    const double rate = Asynchronous(options, order);
    std::printf("%-15s %8.0f steps/s, %.2f times lockstep\n",
                order == AsyncOrder::kFixed ? "fixed order" : "fastest first", rate,
                rate / lockstep);
  }
}

}  // namespace
}  // namespace brasa

int main(int argc, char** argv) {
  try {
    brasa::Main(argc, argv);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "async_bench: %s\n", error.what());
    return 1;
  }
}
