#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>

#include "runners/vector/hand_over.h"
#include "runners/vector/rows_env.h"

namespace brasa {
namespace {

/// Decides from measured times whether a vector step runs on all workers or on the caller alone.
/// Each way is timed over a few steps in turn, the faster one is kept, and both are timed again
/// from time to time because environments and machines change their pace. Changes no result.
class ModeChooser {
 public:
  bool parallel() const { return parallel_; }
  bool sampling() const { return phase_ < 2 * kSamples; }
  /// Tells how long the step just done took; only asked for while sampling.
  void Sample(double seconds) {
    double& best = parallel_ ? best_parallel_ : best_serial_;
    best = std::min(best, seconds);
    if (++phase_ < 2 * kSamples) {
      parallel_ = phase_ % 2 == 1;
      return;
    }
    parallel_ = best_parallel_ < best_serial_;
  }
  /// One step outside of sampling has been done.
  void Tick() {
    if (++steps_ < kResample) return;
    steps_ = phase_ = 0;
    best_serial_ = best_parallel_ = 1e9;
    parallel_ = false;
  }

 private:
  static constexpr int kSamples = 16;      // of each way; the minimum counts
  static constexpr int kResample = 20000;  // steps: sampling costs less than 0.2 %
  int phase_ = 0, steps_ = 0;
  double best_serial_ = 1e9, best_parallel_ = 1e9;
  bool parallel_ = false;
};

class TbbVectorEnv final : public RowsEnv {
 public:
  TbbVectorEnv(const EnvRow& row, const Params& params, const VectorEnvOptions& options,
               int workers)
      : RowsEnv(row, params, options, ChunkSize(options.worlds, workers)),
        limit_(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(workers)),
        arena_(workers) {
    errors_.resize(static_cast<std::size_t>(worlds_.chunks()));
  }

  void Reset(const StateRows& first) override {
    RunChunks([&](int c) { worlds_.ResetChunk(c, first); }, true);
    worlds_.GatherLast();
  }
  void Step(const void* actions, const OutcomeRows& outcome, const StateRows& next) override {
    const auto step = [&](int c) { worlds_.StepChunk(c, actions, outcome, next); };
    if (chooser_.sampling()) {
      const auto before = std::chrono::steady_clock::now();
      RunChunks(step, chooser_.parallel());
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
      chooser_.Sample(took.count());
    } else {
      RunChunks(step, chooser_.parallel());
      chooser_.Tick();
    }
    worlds_.GatherLast();
  }
  bool parallel() const override { return chooser_.parallel() && !chooser_.sampling(); }

 private:
  /// Four chunks a worker balance the load; more than 256 worlds leave the first-level cache.
  static int ChunkSize(int worlds, int workers) {
    return std::clamp(worlds / (4 * workers), 1, 256);
  }

  template <typename Work>
  void RunChunks(const Work& work, bool parallel) {
    if (!parallel) {
      for (int c = 0; c < worlds_.chunks(); ++c) work(c);
      return;
    }
    failed_ = false;
    hand_over::Give();
    arena_.execute([&] {
      tbb::parallel_for(
          tbb::blocked_range<int>(0, worlds_.chunks(), 1),
          [&](const tbb::blocked_range<int>& range) {
            hand_over::Take();
            for (int c = range.begin(); c < range.end(); ++c) RunCaught(work, c);
            hand_over::Done();
          },
          tbb::simple_partitioner());
    });
    hand_over::Collect();
    if (!failed_) return;
    for (std::exception_ptr& error : errors_) {
      if (error) std::rethrow_exception(std::exchange(error, nullptr));
    }
  }
  template <typename Work>
  void RunCaught(const Work& work, int c) {
    try {
      work(c);
    } catch (...) {
      errors_[static_cast<std::size_t>(c)] = std::current_exception();
      failed_ = true;
    }
  }

  tbb::global_control limit_;  // lets a user ask for more workers than there are cores
  tbb::task_arena arena_;
  ModeChooser chooser_;
  std::vector<std::exception_ptr> errors_;  // one a chunk, written by the worker that runs it
  std::atomic<bool> failed_ = false;
};

}  // namespace

std::unique_ptr<VectorEnv> MakeTbbVectorEnv(const EnvRow& row, const Params& params,
                                            const VectorEnvOptions& options) {
  const int workers = options.workers > 0 ? options.workers : AvailableWorkers();
  return std::make_unique<TbbVectorEnv>(row, params, options, workers);
}

}  // namespace brasa
