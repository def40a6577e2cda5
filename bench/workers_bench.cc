// What workers bring: vector steps of the same worlds by SerialVectorEnv and by TbbVectorEnv, in
// turns, beside the bound that the machine sets. One line for each number of worlds and workers.
//
//   workers_bench [ENV ...] [--worlds N,N,..] [--workers W] [--seconds S] [--rounds R] [--pin]
//
// work     microseconds of work for each worker: the quick serial vector step divided by W
// median   serial time / parallel time, divided by W: the median over the rounds, in each of which
//          all ways take turns, so that a slow moment of the machine meets all
// quick    the same of the quick steps, the 1 % quantile of all steps: those that met no other
//          program, so that it says something on a busy machine too
// bound    both for W serial environments of N / W worlds, each in a thread of its own pinned to
// its
//          core, at once and without ever waiting for each other
// --pin    pins all threads. On an idle machine it changes little; on a busy one the system likes
// to
//          run the workers on the caller's core.
// Actions are random and legal; where some are illegal they are drawn before each step, not timed,
// as is what a learner does between two steps. Wall time: measure on an idle machine.
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "brasa/contract_check.h"
#include "brasa/registry.h"
#include "brasa/vector_env.h"

namespace brasa {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::vector<std::string> envs;
  std::vector<int> worlds;
  int workers = 0;
  double seconds = 0.2;
  int rounds = 7;
  bool pin = false;
};

/// A vector environment with its rows and random actions.
class Stepper {
 public:
  explicit Stepper(std::unique_ptr<VectorEnv> env) : env_(std::move(env)) {
    const EnvSpec& spec = env_->spec();
    const auto n = static_cast<std::size_t>(env_->worlds());
    masked_ = env_->batch().has_legal();
    stride_ = n * static_cast<std::size_t>(spec.action.bytes());
    actions_.resize((masked_ ? 1 : kActionRows) * stride_);
    players_.resize(n);
    observations_.resize(n * static_cast<std::size_t>(spec.observation.bytes()));
    if (masked_) masks_.resize(n * static_cast<std::size_t>(spec.action.count));
    starts_.resize(n);
    rewards_.resize(n * static_cast<std::size_t>(spec.players));
    ends_.resize(n);
    if (!masked_) DrawAll();
    env_->Reset(Rows());
  }

  /// Mean seconds of a vector step, over `seconds` of stepping.
  double Run(double seconds) {
    Clock::duration stepping{};
    std::int64_t steps = 0;
    while (std::chrono::duration<double>(stepping).count() < seconds) {
      if (masked_) DrawLegal();
      const char* actions = &actions_[masked_ ? 0 : next_++ % kActionRows * stride_];
      const auto before = Clock::now();
      env_->Step(actions, {rewards_.data(), ends_.data()}, Rows());
      const Clock::duration took = Clock::now() - before;
      if (times_.size() < kTimes) times_.push_back(std::chrono::duration<float>(took).count());
      stepping += took;
      ++steps;
    }
    return std::chrono::duration<double>(stepping).count() / static_cast<double>(steps);
  }
  /// The 1 % quantile of all steps but the first, which warm up [s].
  double Quick() {
    const auto first = times_.begin() + static_cast<std::ptrdiff_t>(times_.size() / 10);
    const auto at = first + (times_.end() - first) / 100;
    std::nth_element(first, at, times_.end());
    return static_cast<double>(*at);
  }
  const VectorEnv& env() const { return *env_; }

 private:
  StateRows Rows() {
    return {players_.data(), observations_.data(), masked_ ? masks_.data() : nullptr,
            starts_.data()};
  }
  void DrawAll() {
    const EnvSpec& spec = env_->spec();
    std::vector<std::int32_t> all(static_cast<std::size_t>(std::max(spec.action.count, 0)));
    for (std::size_t a = 0; a < all.size(); ++a) all[a] = static_cast<std::int32_t>(a);
    const auto size = static_cast<std::size_t>(spec.action.bytes());
    for (std::size_t at = 0; at < actions_.size(); at += size) {
      RandomAction(spec, all, rng_, &actions_[at]);
    }
  }
  void DrawLegal() {
    auto* ids = reinterpret_cast<std::int32_t*>(actions_.data());
    for (int i = 0; i < env_->worlds(); ++i) {
      const auto legal = env_->batch().Legal(i);
      ids[i] = legal[rng_.Below(static_cast<std::uint32_t>(legal.size()))];
    }
  }

  static constexpr std::size_t kActionRows = 37, kTimes = 1'000'000;
  std::unique_ptr<VectorEnv> env_;
  std::vector<float> times_;  // of single steps [s]
  bool masked_ = false;
  std::size_t stride_ = 0, next_ = 0;
  Rng rng_{2, StreamRole::kTest};
  std::vector<char> actions_;
  std::vector<std::int32_t> players_;
  std::vector<char> observations_;
  std::vector<std::uint8_t> masks_, starts_, ends_;
  std::vector<float> rewards_;
};

/// The cores this process may use at its start.
std::vector<int> FirstCores() {
  cpu_set_t set;
  pthread_getaffinity_np(pthread_self(), sizeof set, &set);
  std::vector<int> cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  }
  return cores;
}
const std::vector<int>& Cores() {
  static const std::vector<int> cores = FirstCores();
  return cores;
}

/// W serial environments at once, thread w on core w.
class Apart {
 public:
  Apart(const EnvRow& row, const Params& params, int worlds, int workers) {
    for (int w = 0; w < workers; ++w) {
      const auto first = static_cast<std::uint32_t>(w * worlds / workers);
      const int count = (w + 1) * worlds / workers - static_cast<int>(first);
      parts_.push_back(std::make_unique<Stepper>(
          MakeSerialVectorEnv(row, params, {count, 1, {1, StreamRole::kTest, first}, true})));
    }
  }
  /// Seconds in which all worlds take a step: the mean over the threads.
  double Run(double seconds) {
    const std::vector<int>& cores = Cores();
    std::vector<double> took(parts_.size());
    std::barrier start(static_cast<std::ptrdiff_t>(parts_.size()));
    std::vector<std::thread> threads;
    for (std::size_t w = 0; w < parts_.size(); ++w) {
      threads.emplace_back([&, w] {
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(static_cast<std::size_t>(cores[w % cores.size()]), &one);
        pthread_setaffinity_np(pthread_self(), sizeof one, &one);
        start.arrive_and_wait();
        took[w] = parts_[w]->Run(seconds);
      });
    }
    for (std::thread& thread : threads) thread.join();
    double sum = 0;
    for (const double seconds_a_step : took) sum += seconds_a_step;
    return sum / static_cast<double>(took.size());
  }
  double Quick() {
    double sum = 0;
    for (const auto& part : parts_) sum += part->Quick();
    return sum / static_cast<double>(parts_.size());
  }

 private:
  std::vector<std::unique_ptr<Stepper>> parts_;
};

/// Lets a thread run on one core, or on all.
void Bind(pid_t thread, std::span<const int> cores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int core : cores) CPU_SET(static_cast<std::size_t>(core), &set);
  sched_setaffinity(thread, sizeof set, &set);
}

/// Fixes the threads of this process, the caller first, to the cores in turn.
void PinThreads() {
  std::vector<pid_t> threads = {getpid()};
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    const pid_t id = std::stoi(entry.path().filename());
    if (id != threads[0]) threads.push_back(id);
  }
  for (std::size_t i = 0; i < threads.size(); ++i) {
    Bind(threads[i], std::span(Cores()).subspan(i % Cores().size(), 1));
  }
}

/// Of the quotients a / b round by round.
double MedianRatio(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < a.size(); ++i) ratios.push_back(a[i] / b[i]);
  const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
  std::nth_element(ratios.begin(), middle, ratios.end());
  return *middle;
}

void Compare(const EnvRow& row, int worlds, int workers, const Options& options) {
  const Params params = DefaultParams(row);
  const VectorEnvOptions setup{worlds, workers, {1, StreamRole::kTest, 0}, true};
  Stepper serial(MakeSerialVectorEnv(row, params, setup));
  Stepper parallel(MakeTbbVectorEnv(row, params, setup));
  Apart apart(row, params, worlds, workers);
  parallel.Run(options.seconds);  // starts its threads
  if (options.pin) PinThreads();
  std::vector<double> alone, together, apart_times;
  for (int round = -1; round < options.rounds; ++round) {
    // Who comes first changes, or one way would always meet the end of the system's time slice.
    double took[3] = {};
    for (int k = 0; k < 3; ++k) {
      const int way = (round + 1 + k) % 3;
      took[way] = way == 0   ? serial.Run(options.seconds)
                  : way == 1 ? parallel.Run(options.seconds)
                             : apart.Run(options.seconds);
    }
    if (round < 0) continue;  // warms up; the mode is chosen
    alone.push_back(took[0]);
    together.push_back(took[1]);
    apart_times.push_back(took[2]);
  }
  Bind(getpid(), Cores());  // threads of the next environment inherit this
  const double w = workers, quick = serial.Quick();
  std::printf(
      "%-20s %5d worlds %2d workers  work %7.1f us  median %4.2f W (%s)  bound %4.2f W"
      "   quick %4.2f W  bound %4.2f W\n",
      row.id.c_str(), worlds, workers, quick * 1e6 / w, MedianRatio(alone, together) / w,
      parallel.env().parallel() ? "parallel" : "serial", MedianRatio(alone, apart_times) / w,
      quick / parallel.Quick() / w, quick / apart.Quick() / w);
  std::fflush(stdout);
}

std::vector<int> Numbers(const std::string& list) {
  std::vector<int> numbers;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t comma = std::min(list.find(',', at), list.size());
    numbers.push_back(std::max(1, std::stoi(list.substr(at, comma - at))));
    at = comma + 1;
  }
  return numbers;
}

Options Read(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--pin") {
      options.pin = true;
      continue;
    }
    if (!word.starts_with("--")) {
      options.envs.push_back(word);
      continue;
    }
    const std::string value = i + 1 < argc ? argv[++i] : "";
    if (word == "--worlds") {
      options.worlds = Numbers(value);
    } else if (word == "--workers") {
      options.workers = std::stoi(value);
    } else if (word == "--seconds") {
      options.seconds = std::stod(value);
    } else if (word == "--rounds") {
      options.rounds = std::max(1, std::stoi(value));
    } else {
      throw UsageError("unknown option " + word + " " + value);
    }
  }
  return options;
}

void Main(int argc, char** argv) {
  Options options = Read(argc, argv);
  if (options.envs.empty()) options.envs = {"CartPole-v1", "MinAtar/Breakout-v1", "Chess-v0"};
  if (options.worlds.empty()) options.worlds = {16, 256, 1024, 4096};
  const int most = options.workers > 0 ? options.workers : std::max(2, AvailableWorkers());
  Cores();
  bool found = false;
  for (const EnvRow& row : BuiltinEnvs()) {
    if (std::find(options.envs.begin(), options.envs.end(), row.id) == options.envs.end()) continue;
    found = true;
    for (const int worlds : options.worlds) {
      for (int workers = std::min(2, most); workers <= most; workers *= 2) {
        Compare(row, worlds, workers, options);
      }
    }
  }
  if (!found) throw UsageError("no environment of that name");
}

}  // namespace
}  // namespace brasa

int main(int argc, char** argv) {
  try {
    brasa::Main(argc, argv);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "workers_bench: " << error.what() << "\n";
    return 2;
  }
}
