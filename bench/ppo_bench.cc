// PPO on CartPole-v1 with CleanRL's settings (4 worlds x 128 steps, 4 minibatches, 4 epochs, two
// 64-64 tanh networks) on one core: environment, acting and learning, through VectorEnv and Agent.
// Rounds of the backends take turns, so that a busy machine slows both; the fastest round counts.
//   ppo_bench [--json]
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <exception>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "agents/deep/ppo.h"
#include "brasa/vector_env.h"
#include "envs/control/cart_pole.h"

namespace {

constexpr int kWorlds = 4;
constexpr std::int64_t kPlannedSteps = 500'000;
constexpr int kRounds = 5;

/// A run that goes on round by round.
class Run {
 public:
  explicit Run(const std::string& backend) : name_(backend) {
    brasa::EnvRow row;
    row.id = "CartPole-v1";
    row.env_class = &brasa::EnvClassOf<brasa::CartPole>();
    env_ = brasa::MakeSerialVectorEnv(row, brasa::DefaultParams(row),
                                      {.worlds = kWorlds, .workers = 1, .streams = {1}});
    brasa::Config config(brasa::PpoFields());
    config.Set("network.backend", backend);
    agent_ = brasa::MakePpo({env_->spec(), config, kWorlds, 1, kPlannedSteps});
    std::iota(ids_.begin(), ids_.end(), 0);
    env_->Reset(agent_->FirstRows());
  }

  /// Plays and learns for `steps` world steps.
  void Round(std::int64_t steps) {
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu_start = std::clock();
    for (std::int64_t i = 0; i < steps / kWorlds; ++i) Step();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    const double cpu = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
    wall_rates_.push_back(static_cast<double>(steps) / wall.count());
    cpu_rates_.push_back(static_cast<double>(steps) / cpu);
  }

  const std::string& name() const { return name_; }
  double wall_rate() const { return *std::ranges::max_element(wall_rates_); }
  double cpu_rate() const { return *std::ranges::max_element(cpu_rates_); }
  double slowest() const { return *std::ranges::min_element(wall_rates_); }
  unsigned long long parameter_hash() const { return agent_->ParameterHash(); }
  unsigned long long signature() const { return env_->Signature(); }

 private:
  void Step() {
    const brasa::StepRows rows = agent_->NextRows();
    agent_->actor().Act({.count = kWorlds,
                         .world = ids_.data(),
                         .player = rows.now.player,
                         .observation = rows.now.observation,
                         .mask = rows.now.mask,
                         .start = rows.now.start},
                        rows.actions);
    env_->Step(rows.actions, rows.outcome, rows.next);
    agent_->Learn(env_->last());
  }

  std::string name_;
  std::unique_ptr<brasa::VectorEnv> env_;
  std::unique_ptr<brasa::Agent> agent_;
  std::vector<std::int32_t> ids_ = std::vector<std::int32_t>(kWorlds);
  std::vector<double> wall_rates_, cpu_rates_;
};

void Print(const std::vector<std::unique_ptr<Run>>& runs, bool json) {
  const double ratio = runs.size() > 1 ? runs[0]->cpu_rate() / runs[1]->cpu_rate() : 0.0;
  if (json) std::printf("{\"env\": \"CartPole-v1\", \"worlds\": %d", kWorlds);
  for (const auto& run : runs) {
    const char* const form =
        json ? ", \"%s\": {\"steps_per_second\": %.0f, \"slowest_round\": %.0f, "
               "\"steps_per_cpu_second\": %.0f, \"seconds_for_500k\": %.3f, "
               "\"signature\": \"%016llx\", \"parameters\": \"%016llx\"}"
             : "%-7s %8.0f steps/s (slowest round %.0f), %8.0f per CPU second, 500k steps in %.2f "
               "s, signature %016llx, parameters %016llx\n";
    std::printf(form, run->name().c_str(), run->wall_rate(), run->slowest(), run->cpu_rate(),
                static_cast<double>(kPlannedSteps) / run->wall_rate(), run->signature(),
                run->parameter_hash());
  }
  if (runs.size() > 1) std::printf(json ? ", \"ratio\": %.2f" : "native / torch: %.2f\n", ratio);
  if (json) std::printf("}\n");
}

}  // namespace

int main(int argc, char** argv) {
  const bool json = argc > 1 && std::strcmp(argv[1], "--json") == 0;
  try {
    std::vector<std::unique_ptr<Run>> runs;
    runs.push_back(std::make_unique<Run>("native"));
#ifdef BRASA_BENCH_TORCH
    runs.push_back(std::make_unique<Run>("torch"));
#endif
    for (int round = 0; round < kRounds; ++round) {
      for (const auto& run : runs) run->Round(run->name() == "native" ? 100'000 : 20'480);
    }
    Print(runs, json);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ppo_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
