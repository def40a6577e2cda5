// SAC and TD3 on Pendulum-v1 on one core: environment, acting and learning, through VectorEnv and
// Agent, 64-64 relu networks, one update a step.
//   rltools  RLtools' benchmark: batch 100, a replay of all steps; it needs 2.7 s (SAC) and 2.4 s
//            (TD3) for 10,000 steps on one thread
//   sb3      Stable-Baselines3's settings: batch 256, one learning rate; 181 and 295 steps/s
// The first 256 steps are random and not counted; the fastest of five rounds counts. Beside it the
// multiplications and additions of one update's matrix products, and the rate they run at.
//   sac_bench [--json] [CASE...]     all of sac-rltools, td3-rltools, sac-sb3, td3-sb3
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "agents/deep/sac.h"
#include "agents/deep/td3.h"
#include "bench/agent_run.h"
#include "brasa/vector_env.h"
#include "envs/control/pendulum.h"

namespace {

constexpr std::int64_t kLearningStarts = 256;
constexpr std::int64_t kRound = 2'000;  ///< steps
constexpr int kRounds = 5;
constexpr int kStates = 3, kActions = 1, kUnits = 64;

struct Case {
  const char* name;
  bool is_sac;
  const char* batch;
  double peer_rate;  ///< steps per second of the peer
};

/// Operations of the matrix products of one update, batch 1: a product of n weights is 2 n forward,
/// 2 n for the gradient of the weights, and 2 n for that of its inputs, where anyone asks for it.
double Operations(bool is_sac) {
  const double hidden = 2.0 * kUnits * kUnits;
  const double critic_first = 2.0 * kUnits * (kStates + kActions), critic_last = 2.0 * kUnits;
  const double policy_first = 2.0 * kUnits * kStates;
  const double policy_last = 2.0 * kUnits * kActions * (is_sac ? 2 : 1);
  const double critic = critic_first + hidden + critic_last;
  const double policy = policy_first + hidden + policy_last;
  const double targets = policy + 2 * critic;
  const double fit = 2 * (critic + critic + hidden + critic_last);
  const double through = critic + hidden + critic_last + 2.0 * kUnits * kActions;  // Q and dQ/du
  const double own = policy + policy + hidden + policy_last;
  return targets + fit + (is_sac ? 2 * through + own : (through + own) / 2);
}

class Run {
 public:
  explicit Run(const Case& made) : case_(made), run_(Make(made)) { run_.Play(kLearningStarts); }

  void Round() { run_.Round(kRound); }

  void Print(bool json, bool first) const {
    const double rate = run_.cpu_rate();
    const double operations = Operations(case_.is_sac) * std::stod(case_.batch);
    const char* const form =
        json ? "%s\"%s\": {\"steps_per_second\": %.0f, \"slowest_round\": %.0f, "
               "\"steps_per_cpu_second\": %.0f, \"seconds_for_10000\": %.2f, \"peer_ratio\": %.2f, "
               "\"operations\": %.0f, \"gflops\": %.1f, \"parameters\": \"%016llx\"}"
             : "%s%-12s %6.0f steps/s (slowest round %.0f), %6.0f per CPU second = 10,000 steps in "
               "%.2f s, %.2f times the peer; %.0f operations a step, %.1f GFLOP/s; parameters "
               "%016llx\n";
    std::printf(form, json && !first ? ", " : "", case_.name, run_.rate(), run_.slowest(), rate,
                1e4 / rate, rate / case_.peer_rate, operations, rate * operations * 1e-9,
                static_cast<unsigned long long>(run_.parameter_hash()));
  }

 private:
  static brasa::bench::AgentRun Make(const Case& made) {
    brasa::EnvRow row;
    row.id = "Pendulum-v1";
    row.env_class = &brasa::EnvClassOf<brasa::Pendulum>();
    auto env = brasa::MakeSerialVectorEnv(row, brasa::DefaultParams(row),
                                          {.worlds = 1, .workers = 1, .streams = {1}});
    brasa::Config config(made.is_sac ? brasa::SacFields() : brasa::Td3Fields());
    config.Set("learning_starts", std::to_string(kLearningStarts));
    config.Set("replay_capacity", "20000");
    config.Set("hidden", "64,64");
    config.Set("batch", made.batch);
    config.Set("learning_rate", "0.001");
    config.Set("critic_learning_rate", "0.001");
    const brasa::AgentSetup setup{env->spec(), config, 1, 1, kRound * kRounds};
    auto agent = made.is_sac ? brasa::MakeSac(setup) : brasa::MakeTd3(setup);
    return {std::move(env), std::move(agent)};
  }

  Case case_;
  brasa::bench::AgentRun run_;
};

constexpr Case kCases[] = {{"sac-rltools", true, "100", 1e4 / 2.7},
                           {"td3-rltools", false, "100", 1e4 / 2.4},
                           {"sac-sb3", true, "256", 181},
                           {"td3-sb3", false, "256", 295}};

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
    for (const Case& made : kCases) {
      if (all || given(made.name)) runs.push_back(std::make_unique<Run>(made));
    }
    if (runs.empty()) throw std::invalid_argument("no such case");
    for (int round = 0; round < kRounds; ++round) {
      for (const auto& run : runs) run->Round();
    }
    if (json) std::printf("{");
    for (const auto& run : runs) run->Print(json, run == runs.front());
    if (json) std::printf("}\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sac_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
