// What recording costs: OnStep of the recorder alone, as the run's thread pays it, and with the
// writer thread's time, per row of CartPole (4 worlds a vector step, as PPO runs it).
#include <benchmark/benchmark.h>
#include <time.h>

#include <filesystem>

#include "brasa/recorder.h"
#include "envs/control/cart_pole.h"

namespace brasa {
namespace {

constexpr int kWorlds = 4;

double ProcessSeconds() {
  timespec now = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double ThreadSeconds() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// One vector step of fixed rows; every 50th ends the episode of world 0.
void BM_RecordStep(benchmark::State& state) {
  EnvRow row;
  row.id = "CartPole-v1";
  row.env_class = &EnvClassOf<CartPole>();
  const auto env = MakeSerialVectorEnv(row, DefaultParams(row), {kWorlds, 1, {}, false});
  RecordingInfo info;
  info.env = row.id;
  info.worlds = kWorlds;
  info.spec = env->spec();
  const std::string path = std::filesystem::temp_directory_path() / "brasa_record_bench.h5";
  std::filesystem::remove(path);

  float observation[kWorlds * 4] = {}, reward[kWorlds] = {1, 1, 1, 1};
  std::int32_t player[kWorlds] = {}, action[kWorlds] = {}, world = 0, length = 50;
  std::uint8_t end[kWorlds] = {}, start[kWorlds] = {};
  double returns = 50;
  const StepRows rows = {
      {player, observation, nullptr, start}, action, {reward, end}, {player, observation}};
  std::uint32_t episode = 0;
  LastRows last = {0, &world, observation, &episode, &length, &returns, nullptr};

  const auto recorder = MakeRecorder(path, info);
  recorder->OnStart(*env);
  std::int64_t step = 0;
  const double process = ProcessSeconds(), thread = ThreadSeconds();
  for (auto _ : state) {
    last.count = step % 50 == 49 ? 1 : 0;
    end[0] = static_cast<std::uint8_t>(last.count);
    recorder->OnStep({step, (step + 1) * kWorlds, rows, last, *env});
    episode += static_cast<std::uint32_t>(last.count);
    ++step;
  }
  recorder->OnEnd();
  const auto recorded = static_cast<double>(step * kWorlds);
  const double own = ThreadSeconds() - thread;
  state.counters["step_ns_per_row"] = own / recorded * 1e9;
  state.counters["writer_ns_per_row"] = (ProcessSeconds() - process - own) / recorded * 1e9;
  state.counters["rows"] = recorded;
  std::filesystem::remove(path);
}
BENCHMARK(BM_RecordStep)->Iterations(1'000'000)->Repetitions(5)->UseRealTime();

}  // namespace
}  // namespace brasa

BENCHMARK_MAIN();
