// What a whole training run costs on one core, with its files: PPO on CartPole-v1 with CleanRL's
// settings (500,000 steps, 4 worlds x 128), with and without recording, in turns.
//
//   train_bench [--steps N] [--rounds R] [--cpu K]
//
// Every run is a process of its own, pinned to CPU K (default: the last one): its wall time, its
// CPU time (user and system, all threads) and its largest resident size. The figures are medians
// over the rounds, the cost of recording the ratio of two runs of one round. On a machine that does
// other work read the CPU times: the wall time holds what the others took.
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "brasa/runner.h"

namespace {

struct Cost {
  double wall = 0, cpu = 0;  // [s]
  double megabytes = 0;
};

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

void TrainOnce(const std::string& directory, std::int64_t steps, bool record) {
  brasa::Registry registry;
  brasa::RunConfig config = brasa::DefaultRunConfig(registry, "ppo", "CartPole-v1");
  const std::pair<const char*, std::string> settings[] = {{"steps", std::to_string(steps)},
                                                          {"envs", "4"},
                                                          {"workers", "1"},
                                                          {"record", record ? "true" : "false"}};
  // The agent's own defaults are CleanRL's; a preset may have changed them.
  for (const brasa::Field& field : registry.FindAgent("ppo").fields) {
    brasa::SetRunKey(config, field.name, brasa::ValueText(field.default_value));
  }
  for (const auto& [key, value] : settings) brasa::SetRunKey(config, key, value);
  brasa::Train(registry, config, directory, {});
}

Cost RunInChild(const std::string& directory, std::int64_t steps, bool record) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    try {
      TrainOnce(directory, steps, record);
      _exit(0);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "train_bench: %s\n", error.what());
      _exit(1);
    }
  }
  int status = 0;
  rusage used{};
  if (child < 0 || wait4(child, &status, 0, &used) != child || status != 0) std::exit(1);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  return {wall.count(), Seconds(used.ru_utime) + Seconds(used.ru_stime),
          static_cast<double>(used.ru_maxrss) / 1024};
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void Pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(cpu), &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) std::perror("train_bench: sched_setaffinity");
}

}  // namespace

int main(int argc, char** argv) {
  std::int64_t steps = 500'000;
  int rounds = 5, cpu = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)) - 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string flag = argv[i];
    if (flag == "--steps") steps = std::stoll(argv[i + 1]);
    if (flag == "--rounds") rounds = std::max(1, std::stoi(argv[i + 1]));
    if (flag == "--cpu") cpu = std::stoi(argv[i + 1]);
  }
  Pin(cpu);
  const std::filesystem::path root =
      std::filesystem::temp_directory_path() / ("brasa-train-bench-" + std::to_string(getpid()));
  std::vector<double> wall[2], cpu_time[2], megabytes[2], wall_ratio, cpu_ratio;
  for (int round = 0; round < rounds; ++round) {
    Cost cost[2];
    for (const int record : {0, 1}) {
      const std::filesystem::path run = root / std::to_string(2 * round + record);
      cost[record] = RunInChild(run.string(), steps, record == 1);
      std::filesystem::remove_all(run);
      wall[record].push_back(cost[record].wall);
      cpu_time[record].push_back(cost[record].cpu);
      megabytes[record].push_back(cost[record].megabytes);
    }
    wall_ratio.push_back(cost[1].wall / cost[0].wall);
    cpu_ratio.push_back(cost[1].cpu / cost[0].cpu);
  }
  std::filesystem::remove_all(root);
  for (const int record : {0, 1}) {
    std::printf("%-10s wall %.2f s, CPU %.2f s, resident %.1f MB\n", record ? "recorded" : "plain",
                Median(wall[record]), Median(cpu_time[record]), Median(megabytes[record]));
  }
  std::printf("recorded / plain: wall %.3f, CPU %.3f (medians of %d rounds)\n", Median(wall_ratio),
              Median(cpu_ratio), rounds);
}
