// PPO or A2C on one core: environment, acting and learning, through VectorEnv and Agent, two 64-64
// tanh networks, in one of three workloads, or a convolution in the fourth:
//   PPO on CartPole-v1 with CleanRL's settings: 4 worlds x 128 steps, 4 minibatches, 4 epochs
//   PPO on Pendulum-v1 with those of RLtools' benchmark: 307,200 steps, 4 worlds x 1024 steps,
//   minibatches of 256, 2 epochs
//   A2C on CartPole-v1 with Stable-Baselines3's settings: 8 worlds x 5 steps, RMSprop
//   PPO on MinAtar/Breakout-v1 with its preset
// Rounds of the backends take turns, so that a busy machine slows both; the fastest round counts.
//   ppo_bench [--pendulum | --a2c | --minatar] [--json]
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agents/deep/a2c.h"
#include "agents/deep/ppo.h"
#include "agents/registry/presets.h"
#include "bench/agent_run.h"
#include "brasa/registry.h"
#include "brasa/vector_env.h"

namespace {

constexpr int kRounds = 5;

struct Workload {
  std::string env;
  int worlds = 4;
  std::int64_t planned_steps = 0;
  std::int64_t round_steps = 0;  ///< of the native backend
  std::int64_t torch_round_steps = 0;
  std::vector<std::pair<std::string, std::string>> settings;
  bool a2c = false;
};

Workload CartPoleWorkload() { return {"CartPole-v1", 4, 500'000, 100'000, 20'480, {}}; }
Workload PendulumWorkload() {
  return {"Pendulum-v1",
          4,
          307'200,
          307'200,
          20'480,
          {{"horizon", "1024"},
           {"minibatches", "16"},
           {"epochs", "2"},
           {"discount", "0.9"},
           {"learning_rate", "0.001"},
           {"entropy_coef", "0"},
           {"clip_value_loss", "false"},
           {"anneal_lr", "false"},
           {"box_actions", "scale"}}};
}
Workload A2cWorkload() { return {"CartPole-v1", 8, 500'000, 200'000, 20'480, {}, true}; }
Workload MinAtarWorkload() {
  const std::string env = "MinAtar/Breakout-v1";
  const auto presets = brasa::PresetsOf("ppo");
  Workload workload{env, 0, 0, 100'000, 20'480, {}};
  for (const auto& [name, value] :
       std::ranges::find(presets, env, &brasa::AgentRow::Preset::env)->values) {
    if (name == "steps") {
      workload.planned_steps = std::stoll(value);
    } else if (name == "envs") {
      workload.worlds = std::stoi(value);
    } else {
      workload.settings.emplace_back(name, value);
    }
  }
  return workload;
}

/// A run that goes on round by round.
class Run : public brasa::bench::AgentRun {
 public:
  Run(const Workload& workload, const std::string& backend)
      : AgentRun(Make(workload, backend)), name_(backend) {}

  const std::string& name() const { return name_; }

 private:
  static AgentRun Make(const Workload& workload, const std::string& backend) {
    const brasa::EnvRow& row =
        *std::ranges::find(brasa::BuiltinEnvs(), workload.env, &brasa::EnvRow::id);
    auto env = brasa::MakeSerialVectorEnv(
        row, brasa::DefaultParams(row), {.worlds = workload.worlds, .workers = 1, .streams = {1}});
    brasa::Config config(workload.a2c ? brasa::A2cFields() : brasa::PpoFields());
    for (const auto& [name, value] : workload.settings) config.Set(name, value);
    config.Set("network.backend", backend);
    const auto make = workload.a2c ? brasa::MakeA2c : brasa::MakePpo;
    auto agent = make({env->spec(), config, workload.worlds, 1, workload.planned_steps});
    return {std::move(env), std::move(agent)};
  }

  std::string name_;
};

void Print(const Workload& workload, const std::vector<std::unique_ptr<Run>>& runs, bool json) {
  const double ratio = runs.size() > 1 ? runs[0]->cpu_rate() / runs[1]->cpu_rate() : 0.0;
  if (json) {
    std::printf("{\"agent\": \"%s\", \"env\": \"%s\", \"worlds\": %d", workload.a2c ? "a2c" : "ppo",
                workload.env.c_str(), workload.worlds);
  }
  for (const auto& run : runs) {
    const char* const form =
        json ? ", \"%s\": {\"steps_per_second\": %.0f, \"slowest_round\": %.0f, "
               "\"steps_per_cpu_second\": %.0f, \"seconds_for_all\": %.3f, "
               "\"signature\": \"%016llx\", \"parameters\": \"%016llx\"}"
             : "%-7s %8.0f steps/s (slowest round %.0f), %8.0f per CPU second, all steps in %.3f "
               "s, signature %016llx, parameters %016llx\n";
    std::printf(form, run->name().c_str(), run->rate(), run->slowest(), run->cpu_rate(),
                static_cast<double>(workload.planned_steps) / run->rate(),
                static_cast<unsigned long long>(run->signature()),
                static_cast<unsigned long long>(run->parameter_hash()));
  }
  if (runs.size() > 1) std::printf(json ? ", \"ratio\": %.2f" : "native / torch: %.2f\n", ratio);
  if (json) std::printf("}\n");
}

}  // namespace

int main(int argc, char** argv) {
  const auto given = [&](const char* flag) {
    return std::any_of(argv + 1, argv + argc,
                       [&](const char* argument) { return std::strcmp(argument, flag) == 0; });
  };
  const Workload workload = given("--a2c")        ? A2cWorkload()
                            : given("--pendulum") ? PendulumWorkload()
                            : given("--minatar")  ? MinAtarWorkload()
                                                  : CartPoleWorkload();
  try {
    std::vector<std::unique_ptr<Run>> runs;
    runs.push_back(std::make_unique<Run>(workload, "native"));
#ifdef BRASA_BENCH_TORCH
    runs.push_back(std::make_unique<Run>(workload, "torch"));
#endif
    for (int round = 0; round < kRounds; ++round) {
      for (const auto& run : runs) {
        run->Round(run->name() == "native" ? workload.round_steps : workload.torch_round_steps);
      }
    }
    Print(workload, runs, given("--json"));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ppo_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
