// brasa bench: how fast an environment steps through the whole contract.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <iostream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

#include "brasa/core/random.h"
#include "brasa/env_batch.h"
#include "brasa/isolate.h"
#include "brasa/memory.h"
#include "brasa/vector_env.h"
#include "runners/cli/command.h"
#include "runners/cli/format.h"
#include "runners/cli/json_text.h"
#include "runners/cli/program.h"

namespace brasa::cli {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

struct BenchOptions {
  std::string env;
  std::vector<std::string> settings;
  std::int64_t worlds = 1024;
  std::int64_t workers = 0;
  double seconds = 2;
  bool isolate = false;
  bool json = false;
};

std::unique_ptr<VectorEnv> MakeBenchEnv(const EnvRow& row, const Params& params,
                                        const BenchOptions& options, bool signature) {
  const auto worlds = static_cast<int>(options.worlds), workers = static_cast<int>(options.workers);
  const WorldStreams streams{0, StreamRole::kTest, 0};
  if (!options.isolate) return MakeVectorEnv(row, params, {worlds, workers, streams, signature});
  IsolateOptions isolate;
  isolate.worlds = worlds;
  isolate.processes = workers;
  isolate.streams = streams;
  isolate.signature = signature;
  return MakeIsolatedVectorEnv(row, params, isolate);
}

/// Vector steps that the signature covers, fewer where they would be more world steps than these;
/// and the size of the pool of actions.
constexpr std::int64_t kSignedSteps = 256;
constexpr std::int64_t kMostSigned = std::int64_t{1} << 22;
constexpr std::size_t kPoolBytes = 1 << 24;
/// With and without signature take turns this often, so that a slow moment of the machine meets
/// both.
constexpr int kSlices = 10;

/// N worlds with the arrays they are stepped in, and their random actions. Actions are drawn in
/// advance where every action is legal; else from each step's legal mask, outside the timed part.
class Bench {
 public:
  Bench(const EnvRow& row, const Params& params, const BenchOptions& options, bool signature)
      : env_(MakeBenchEnv(row, params, options, signature)), rng_(0, StreamRole::kTest, 1) {
    const EnvSpec& spec = env_->spec();
    const auto n = static_cast<std::size_t>(env_->worlds());
    masked_ = env_->batch().has_legal();
    players_.resize(n);
    observations_.resize(n * static_cast<std::size_t>(spec.observation.bytes()));
    if (masked_) masks_.resize(n * static_cast<std::size_t>(spec.action.count));
    starts_.resize(n);
    rewards_.resize(n * static_cast<std::size_t>(spec.players));
    ends_.resize(n);
    row_bytes_ = n * static_cast<std::size_t>(spec.action.bytes());
    const std::size_t rows = masked_ ? 1 : std::clamp<std::size_t>(kPoolBytes / row_bytes_, 1, 64);
    actions_.resize(rows * row_bytes_);
    if (!masked_) DrawPool();
    env_->Reset(States());
  }

  /// Takes vector steps until `count` are done or `seconds` of stepping are over. Returns world
  /// steps per second of stepping.
  double Run(int count, double seconds) {
    Clock::duration stepping{};
    const auto limit = std::chrono::duration<double>(seconds);
    std::int64_t steps = 0;
    const std::int64_t stride = masked_ ? 1 : 1 + 4096 / env_->worlds();
    while (steps < count && stepping < limit) {
      if (masked_) DrawLegal();
      const auto start = Clock::now();
      for (std::int64_t i = 0; i < stride && steps < count; ++i, ++steps) {
        const std::size_t row = static_cast<std::size_t>(next_++) % (actions_.size() / row_bytes_);
        env_->Step(actions_.data() + row * row_bytes_, {rewards_.data(), ends_.data()}, States());
      }
      stepping += Clock::now() - start;
    }
    const double took = std::chrono::duration<double>(stepping).count();
    stepped_ += took;
    return static_cast<double>(steps * env_->worlds()) / took;
  }
  /// Seconds of stepping so far.
  double stepped() const { return stepped_; }

  const VectorEnv& env() const { return *env_; }
  bool masked() const { return masked_; }

 private:
  StateRows States() {
    return {players_.data(), observations_.data(), masked_ ? masks_.data() : nullptr,
            starts_.data()};
  }

  void DrawPool() {
    const ActionSpec& action = env_->spec().action;
    const auto components = static_cast<std::size_t>(action.size());
    for (std::size_t at = 0; at < actions_.size() / 4; ++at) {
      const std::size_t k = at % components;
      if (action.kind == ActionKind::kBox) {
        const double low = std::max(action.low[k], -1e3f), high = std::min(action.high[k], 1e3f);
        const auto value = static_cast<float>(rng_.Uniform(low, high));
        std::memcpy(&actions_[4 * at], &value, 4);
      } else {
        const bool discrete = action.kind == ActionKind::kDiscrete;
        const auto id = static_cast<std::int32_t>(
            rng_.Below(static_cast<std::uint32_t>(discrete ? action.count : action.counts[k])));
        std::memcpy(&actions_[4 * at], &id, 4);
      }
    }
  }

  void DrawLegal() {
    const auto width = static_cast<std::size_t>(env_->spec().action.count);
    for (std::size_t i = 0; i < starts_.size(); ++i) {
      const std::uint8_t* mask = &masks_[i * width];
      auto left = rng_.Below(static_cast<std::uint32_t>(std::count(mask, mask + width, 1)));
      std::int32_t id = 0;
      while (mask[id] == 0 || left-- > 0) ++id;
      std::memcpy(&actions_[4 * i], &id, 4);
    }
  }

  std::unique_ptr<VectorEnv> env_;
  Rng rng_;
  bool masked_ = false;
  std::vector<std::int32_t> players_;
  std::vector<std::uint8_t> observations_, masks_, starts_, ends_;
  std::vector<float> rewards_;
  std::vector<std::uint8_t> actions_;  // [rows, N, K] of 4 bytes
  std::size_t row_bytes_ = 0;
  std::int64_t next_ = 0;
  double stepped_ = 0;
};

/// Rates of the slices of one way of stepping [steps/s].
struct Rates {
  std::vector<double> values;
  double low() const { return *std::ranges::min_element(values); }
  double high() const { return *std::ranges::max_element(values); }
};

std::string RatesText(const Rates& rates) {
  return RateText(Median(rates.values)) + " steps/s  (slices from " + RateText(rates.low()) +
         " to " + RateText(rates.high()) + ")";
}

/// Throws IoError if two benches of `worlds` worlds do not fit into memory.
void RequireFit(const EnvRow& row, const Params& params, int worlds) {
  const EnvSpec spec = EnvBatch(row, params, 1, {}).spec();
  const std::int64_t one = VectorEnvBytes(row, params, worlds) + StepRowsBytes(spec, worlds);
  RequireMemory("the bench", 2 * one, "lower --envs = " + std::to_string(worlds));
}

void RunBench(Registry& registry, const BenchOptions& options) {
  const EnvRow& row = registry.FindEnv(options.env);
  Params params = DefaultParams(row);
  for (const std::string& setting : options.settings) {
    const auto [key, value] = SplitSetting(setting);
    params.Set(key, value);
  }
  RequireFit(row, params, static_cast<int>(options.worlds));
  Bench with(row, params, options, true), without(row, params, options, false);
  const double forever = std::numeric_limits<double>::infinity();
  const auto signed_steps =
      static_cast<int>(std::clamp<std::int64_t>(kMostSigned / options.worlds, 1, kSignedSteps));
  with.Run(signed_steps, forever);
  without.Run(signed_steps, forever);
  const std::string signature = SignatureText(with.env().Signature());
  Rates rates_with, rates_without;
  const double slice = options.seconds / (2 * kSlices);
  const double before = with.stepped() + without.stepped();
  for (int i = 0; i < kSlices; ++i) {
    // One vector step of many worlds may take longer than all slices should.
    if (i > 0 && with.stepped() + without.stepped() - before >= options.seconds) break;
    rates_with.values.push_back(with.Run(std::numeric_limits<int>::max(), slice));
    rates_without.values.push_back(without.Run(std::numeric_limits<int>::max(), slice));
  }
  const std::string actions =
      with.masked() ? "drawn from the legal mask before each step, not timed" : "drawn in advance";
  const auto workers = options.workers > 0 ? options.workers : AvailableWorkers();
  const bool parallel = with.env().parallel();
  if (options.json) {
    return PrintJson(Json{{"env", row.id},
                          {"worlds", options.worlds},
                          {"workers", workers},
                          {"isolated", options.isolate},
                          {"parallel", parallel},
                          {"steps_per_second", Median(rates_with.values)},
                          {"steps_per_second_low", rates_with.low()},
                          {"steps_per_second_high", rates_with.high()},
                          {"steps_per_second_without_signature", Median(rates_without.values)},
                          {"signature", signature},
                          {"signature_steps", signed_steps * options.worlds},
                          {"actions", actions}});
  }
  std::cout << row.id << ": " << CountText(options.worlds) << " worlds, " << workers
            << (options.isolate ? " worker process" : " worker")
            << (workers == 1      ? ", "
                : options.isolate ? "es, "
                                  : "s, ")
            << (parallel ? "stepped in parallel" : "stepped serially") << '\n'
            << ColumnsText({{"with signature", RatesText(rates_with)},
                            {"without signature", RatesText(rates_without)},
                            {"signature", signature + " of the first " +
                                              CountText(signed_steps * options.worlds) + " steps"},
                            {"random actions", actions}});
}

}  // namespace

void AddBenchCommand(CLI::App& app, Program& program) {
  const auto options = std::make_shared<BenchOptions>();
  Command command(
      app, "bench",
      "Steps per second of an environment through the whole contract: legality, checks, "
      "autoreset, observations",
      "brasa bench CartPole-v1 --envs 1024 --workers 1");
  command.Argument("ENV", &options->env, "The environment's id, or a plugin's absolute path")
      .Texts("--set", &options->settings, "KEY=VALUE", "A parameter of the environment; repeatable")
      .Integer("--envs", &options->worlds, 1, 1 << 24, "Worlds that are stepped together")
      .Integer("--workers", &options->workers, 0, 1024, "Threads; 0 = as many as are granted")
      .Flag("--isolate", &options->isolate, "Step in worker processes instead of threads")
      .Number("--seconds", &options->seconds, 0.01, 3600, "How long to measure")
      .Flag("--json", &options->json, "Print JSON");
  command.Run([&program, options] { RunBench(program.registry, *options); });
}

}  // namespace brasa::cli
