// DQN on CartPole-v1 on one core: environment, acting and learning, through VectorEnv and Agent.
//   cleanrl  dqn.py's settings: 1 world, batch 128, an update every 10 steps, 120-84 network
//   sb3      Stable-Baselines3's: batch 32, an update every 4 steps, 64-64 network, Huber's loss,
//            gradient norm clipped to 10
//   rainbow  the first with every extension on
// The first `learning_starts` = 1,000 steps are not counted; the fastest of five rounds counts.
//   dqn_bench [--json] [CASE...]     all cases where none is named
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "agents/deep/dqn.h"
#include "bench/agent_run.h"
#include "brasa/vector_env.h"
#include "envs/control/cart_pole.h"

namespace {

constexpr std::int64_t kPlannedSteps = 500'000;
constexpr std::int64_t kLearningStarts = 1'000;
constexpr int kRounds = 5;

struct Case {
  const char* name;
  std::vector<brasa::Field> (*fields)();
  std::vector<std::pair<const char*, const char*>> settings;
  std::int64_t round;  ///< steps
};

class Run {
 public:
  explicit Run(const Case& made) : name_(made.name), round_(made.round), run_(Make(made)) {
    run_.Play(kLearningStarts);
  }

  void Round() { run_.Round(round_); }

  void Print(bool json, bool first) const {
    const char* const form =
        json ? "%s\"%s\": {\"steps_per_second\": %.0f, \"slowest_round\": %.0f, "
               "\"steps_per_cpu_second\": %.0f, \"updates\": %lld, \"signature\": \"%016llx\", "
               "\"parameters\": \"%016llx\"}"
             : "%s%-8s %8.0f steps/s (slowest round %.0f), %8.0f per CPU second, %lld updates, "
               "signature %016llx, parameters %016llx\n";
    std::printf(form, json && !first ? ", " : "", name_.c_str(), run_.rate(), run_.slowest(),
                run_.cpu_rate(), static_cast<long long>(run_.updates()),
                static_cast<unsigned long long>(run_.signature()),
                static_cast<unsigned long long>(run_.parameter_hash()));
  }

 private:
  static brasa::bench::AgentRun Make(const Case& made) {
    brasa::EnvRow row;
    row.id = "CartPole-v1";
    row.env_class = &brasa::EnvClassOf<brasa::CartPole>();
    auto env = brasa::MakeSerialVectorEnv(row, brasa::DefaultParams(row),
                                          {.worlds = 1, .workers = 1, .streams = {1}});
    brasa::Config config(made.fields());
    config.Set("learning_starts", std::to_string(kLearningStarts));
    for (const auto& [key, value] : made.settings) config.Set(key, value);
    auto agent = brasa::MakeDqn({env->spec(), config, 1, 1, kPlannedSteps});
    return {std::move(env), std::move(agent)};
  }

  std::string name_;
  std::int64_t round_;
  brasa::bench::AgentRun run_;
};

const std::vector<Case>& Cases() {
  static const std::vector<Case> kCases = {
      {"cleanrl", brasa::DqnFields, {}, 30'000},
      {"sb3",
       brasa::DqnFields,
       {{"batch", "32"},
        {"train_frequency", "4"},
        {"replay_capacity", "1000000"},
        {"target_interval", "10000"},
        {"hidden", "64,64"},
        {"learning_rate", "1e-4"},
        {"loss", "huber"},
        {"max_grad_norm", "10"}},
       30'000},
      {"rainbow",
       brasa::RainbowFields,
       {{"batch", "128"}, {"train_frequency", "10"}, {"replay_capacity", "10000"}},
       1'000}};
  return kCases;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto given = [&](const char* word) {
    return std::ranges::find(arguments, word) != arguments.end();
  };
  const bool json = given("--json");
  const bool all = arguments.size() == (json ? 1u : 0u);
  try {
    std::vector<std::unique_ptr<Run>> runs;
    for (const Case& made : Cases()) {
      if (all || given(made.name)) runs.push_back(std::make_unique<Run>(made));
    }
    if (runs.empty()) throw std::invalid_argument("no such case; give cleanrl, sb3 or rainbow");
    for (int round = 0; round < kRounds; ++round) {
      for (const auto& run : runs) run->Round();
    }
    if (json) std::printf("{");
    for (const auto& run : runs) run->Print(json, run == runs.front());
    if (json) std::printf("}\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dqn_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
