// Steps per second of CartPole-v1 through the whole contract, beside the loops a user could write
// by hand, all in one process on one core: ratios of figures of one run mean something, figures of
// two runs hardly do. Prints JSON.
//
//   step_bench [--worlds N] [--seconds S] [--rounds R] [--plugin FILE]
//
// Loops, each writing observations [N, 4], rewards [N], ends [N] and resetting ended worlds:
//   virtual    one virtual call a world, std::sin and std::cos: how most libraries are built
//   plain      a loop over the struct CartPole
//   contract   VectorEnv, one worker: checks, ends, final and next observations, masks off
//   signature  the same with the signature
//   plugin     the same as `contract` through a plugin (if one is given)
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/registry.h"
#include "brasa/vector_env.h"
#include "envs/control/cart_pole.h"

namespace brasa {
namespace {

/// The arrays every loop writes, and actions drawn in advance.
struct Arrays {
  explicit Arrays(int n) : worlds(n) {
    const auto size = static_cast<std::size_t>(n);
    player.resize(size);
    observation.resize(4 * size);
    start.resize(size);
    reward.resize(size);
    end.resize(size);
    Rng rng(1, StreamRole::kTest);
    actions.resize(kActionRows * size);
    for (auto& action : actions) action = static_cast<std::int32_t>(rng.Below(2));
  }
  const std::int32_t* Actions(int step) const {
    return &actions[static_cast<std::size_t>(step % kActionRows) *
                    static_cast<std::size_t>(worlds)];
  }
  static constexpr int kActionRows = 37;
  int worlds;
  std::vector<std::int32_t> player, actions;
  std::vector<float> observation, reward;
  std::vector<std::uint8_t> start, end;
};

/// CartPole behind a virtual call with libm.
class VirtualWorld {
 public:
  virtual ~VirtualWorld() = default;
  virtual void Reset(Rng& rng) = 0;
  virtual bool Step(int action, float* reward) = 0;
  virtual void Observe(float* out) const = 0;
};

class VirtualCartPole final : public VirtualWorld {
 public:
  void Reset(Rng& rng) override {
    for (double& value : state_) value = rng.Uniform(-0.05, 0.05);
  }
  bool Step(int action, float* reward) override {
    const double force = action == 1 ? 10.0 : -10.0;
    const double sine = std::sin(state_[2]), cosine = std::cos(state_[2]);
    const double temp = (force + 0.05 * state_[3] * state_[3] * sine) / 1.1;
    const double theta_acc =
        (9.8 * sine - cosine * temp) / (0.5 * (4.0 / 3.0 - 0.1 * cosine * cosine / 1.1));
    const double x_acc = temp - 0.05 * theta_acc * cosine / 1.1;
    state_[0] += 0.02 * state_[1];
    state_[1] += 0.02 * x_acc;
    state_[2] += 0.02 * state_[3];
    state_[3] += 0.02 * theta_acc;
    *reward = 1;
    return std::abs(state_[0]) > 2.4 || std::abs(state_[2]) > CartPole::kAngleLimit ||
           ++plies_ >= 500;
  }
  void Observe(float* out) const override {
    for (int i = 0; i < 4; ++i) out[i] = static_cast<float>(state_[i]);
  }

 private:
  double state_[4] = {};
  int plies_ = 0;
};

using StepFunction = std::function<void(int step)>;

StepFunction VirtualLoop(Arrays& a) {
  struct State {
    std::vector<std::unique_ptr<VirtualWorld>> worlds;
    Rng rng{1, StreamRole::kTest, 1};
  };
  auto state = std::make_shared<State>();
  for (int i = 0; i < a.worlds; ++i) {
    state->worlds.push_back(std::make_unique<VirtualCartPole>());
    state->worlds.back()->Reset(state->rng);
  }
  return [state, &a](int step) {
    const std::int32_t* actions = a.Actions(step);
    for (std::size_t i = 0; i < state->worlds.size(); ++i) {
      VirtualWorld& world = *state->worlds[i];
      a.end[i] = world.Step(actions[i], &a.reward[i]);
      if (a.end[i] != 0) {
        state->worlds[i] = std::make_unique<VirtualCartPole>();
        state->worlds[i]->Reset(state->rng);
      }
      state->worlds[i]->Observe(&a.observation[4 * i]);
    }
  };
}

StepFunction PlainLoop(Arrays& a) {
  struct State {
    std::vector<CartPole> worlds;
    std::vector<int> plies;
    Rng rng{1, StreamRole::kTest, 1};
  };
  auto state = std::make_shared<State>();
  state->worlds.assign(static_cast<std::size_t>(a.worlds), CartPole(Params{}));
  state->plies.assign(state->worlds.size(), 0);
  for (CartPole& world : state->worlds) world.Reset(state->rng);
  return [state, &a](int step) {
    const std::int32_t* actions = a.Actions(step);
    for (std::size_t i = 0; i < state->worlds.size(); ++i) {
      CartPole& world = state->worlds[i];
      const EpisodeEnd end =
          world.Step(ActionRef(actions + i, 1), state->rng, std::span<float>(&a.reward[i], 1));
      a.end[i] = static_cast<std::uint8_t>(end);
      if (end != EpisodeEnd::kNone || ++state->plies[i] >= 500) {
        world.Reset(state->rng);
        state->plies[i] = 0;
      }
      world.Observe(0, std::span<float>(&a.observation[4 * i], 4));
    }
  };
}

StepFunction ContractLoop(Arrays& a, const EnvRow& row, bool signature) {
  const VectorEnvOptions options{a.worlds, 1, {1, StreamRole::kTest, 0}, signature};
  std::shared_ptr<VectorEnv> env = MakeSerialVectorEnv(row, DefaultParams(row), options);
  const StateRows states{a.player.data(), a.observation.data(), nullptr, a.start.data()};
  const OutcomeRows outcome{a.reward.data(), a.end.data()};
  env->Reset(states);
  return [env, states, outcome, &a](int step) { env->Step(a.Actions(step), outcome, states); };
}

struct Loop {
  std::string name;
  StepFunction step;
  int steps = 0;
  std::vector<double> rates;  // million world steps per second, one a round
};

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void Run(Loop& loop, int worlds, double seconds) {
  const auto start = std::chrono::steady_clock::now();
  double took = 0;
  int done = 0;
  while (took < seconds) {
    for (int i = 0; i < 20; ++i) loop.step(loop.steps++);
    done += 20;
    took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  loop.rates.push_back(static_cast<double>(done) * worlds / took * 1e-6);
}

int BenchMain(int argc, char** argv) {
  int worlds = 1024, rounds = 9;
  double seconds = 0.1;
  std::string plugin;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view flag = argv[i];
    if (flag == "--worlds") worlds = std::atoi(argv[i + 1]);
    if (flag == "--rounds") rounds = std::atoi(argv[i + 1]);
    if (flag == "--seconds") seconds = std::atof(argv[i + 1]);
    if (flag == "--plugin") plugin = argv[i + 1];
  }
  EnvRow row;
  row.id = "CartPole-v1";
  row.env_class = &EnvClassOf<CartPole>();
  Arrays arrays(worlds);
  std::vector<Loop> loops;
  loops.push_back({"virtual", VirtualLoop(arrays), 0, {}});
  loops.push_back({"plain", PlainLoop(arrays), 0, {}});
  loops.push_back({"contract", ContractLoop(arrays, row, false), 0, {}});
  loops.push_back({"signature", ContractLoop(arrays, row, true), 0, {}});
  if (!plugin.empty()) {
    loops.push_back(
        {"plugin",
         ContractLoop(arrays, LoadPlugin(std::filesystem::absolute(plugin)).at(0), false),
         0,
         {}});
  }
  for (Loop& loop : loops) Run(loop, worlds, 0.05);
  for (Loop& loop : loops) loop.rates.clear();
  for (int round = 0; round < rounds; ++round) {
    for (Loop& loop : loops) Run(loop, worlds, seconds);
  }
  const double contract = Median(loops[2].rates);
  std::printf("{\n  \"worlds\": %d,\n", worlds);
  for (const Loop& loop : loops) {
    const auto [low, high] = std::minmax_element(loop.rates.begin(), loop.rates.end());
    std::printf("  \"%s_million_steps_per_second\": [%.1f, %.1f, %.1f],\n", loop.name.c_str(), *low,
                Median(loop.rates), *high);
  }
  std::printf("  \"contract_to_virtual\": %.2f,\n", contract / Median(loops[0].rates));
  std::printf("  \"contract_to_plain\": %.2f,\n", contract / Median(loops[1].rates));
  if (!plugin.empty()) {
    std::printf("  \"plugin_to_contract\": %.2f,\n", Median(loops[4].rates) / contract);
  }
  std::printf("  \"signature_cost\": %.3f\n}\n", 1 - Median(loops[3].rates) / contract);
  return 0;
}

}  // namespace
}  // namespace brasa

int main(int argc, char** argv) { return brasa::BenchMain(argc, argv); }
