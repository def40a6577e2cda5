#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>

#include "runners/vector/chunk_queue.h"
#include "runners/vector/hand_over.h"
#include "runners/vector/mode_chooser.h"
#include "runners/vector/rows_env.h"

namespace brasa {
namespace {

class TbbVectorEnv final : public RowsEnv {
 public:
  TbbVectorEnv(const EnvRow& row, const Params& params, const VectorEnvOptions& options,
               int workers)
      : RowsEnv(row, params, options, SerialChunk(options.worlds)),
        workers_(workers),
        limit_(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(workers)),
        arena_(workers),
        queue_(workers) {
    errors_.resize(static_cast<std::size_t>(options.worlds));
    worlds_.Divide(std::max(options.worlds / workers / kMost, 1));  // the most chunks there can be
    parallel_chunk_ = ParallelChunk(0);
  }

  void Reset(const StateRows& first) override {
    RunParallel([&](int c, int) { worlds_.ResetChunk(c, first); });
    worlds_.GatherLast();
  }
  void Step(const void* actions, const OutcomeRows& outcome, const StateRows& next) override {
    const auto step = [&](int c, int before) {
      worlds_.StepChunk(c, before, actions, outcome, next);
    };
    if (chooser_.sampling()) {
      const auto before = std::chrono::steady_clock::now();
      RunChunks(step);
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
      chooser_.Sample(took.count());
      if (!chooser_.sampling()) parallel_chunk_ = ParallelChunk(chooser_.serial_seconds());
    } else {
      RunChunks(step);
      chooser_.Tick();
    }
  }
  /// As decided: the few steps that time the other way do not count.
  bool parallel() const override { return chooser_.decided_parallel(); }

 private:
  static constexpr int kFewest = 4, kMost = 32;   ///< chunks a worker
  static constexpr double kChunkSeconds = 10e-6;  ///< beside which taking a chunk costs nothing

  /// Several chunks a worker balance the load, the more the longer they take. Of many cheap worlds
  /// a chunk is as large as in serial stepping or half of it: the kernels of the control problems
  /// take 64 worlds at once.
  int ParallelChunk(double serial_seconds) const {
    const double chunks = serial_seconds / workers_ / kChunkSeconds;
    const int share = worlds_.batch().worlds() / workers_;
    const int chunk = share / static_cast<int>(std::clamp<double>(chunks, kFewest, kMost));
    if (chunk >= kSerialChunk) return kSerialChunk;
    return chunk >= 64 || (share >= 64 && chunks < kFewest) ? 64 : std::max(chunk, 1);
  }

  template <typename Work>
  void RunChunks(const Work& work) {
    if (chooser_.parallel()) {
      RunParallel(work);
    } else {
      worlds_.Divide(SerialChunk(worlds_.batch().worlds()));
      for (int c = 0; c < worlds_.chunks(); ++c) work(c, c - 1);
    }
    worlds_.GatherLast();
  }

  template <typename Work>
  void RunParallel(const Work& work) {
    worlds_.Divide(parallel_chunk_);
    queue_.Fill(worlds_.chunks());
    failed_ = false;
    hand_over::Give();
    arena_.execute([&] {
      tbb::parallel_for(
          tbb::blocked_range<int>(0, workers_, 1),
          [&](const tbb::blocked_range<int>&) {
            hand_over::Take();
            RunStripe(work);
            hand_over::Done();
          },
          tbb::static_partitioner());
    });
    hand_over::Collect();
    if (!failed_) return;
    for (std::exception_ptr& error : errors_) {
      if (error) std::rethrow_exception(std::exchange(error, nullptr));
    }
  }
  /// A worker's part of a vector step.
  template <typename Work>
  void RunStripe(const Work& work) {
    const int worker = tbb::this_task_arena::current_thread_index();
    int before = -1;
    for (int c = queue_.Take(worker); c >= 0; c = queue_.Take(worker)) {
      try {
        work(c, before);
        before = c;
      } catch (...) {
        errors_[static_cast<std::size_t>(c)] = std::current_exception();
        failed_ = true;
        before = -1;
      }
    }
  }

  const int workers_;
  int parallel_chunk_;
  tbb::global_control limit_;  // lets a user ask for more workers than there are cores
  tbb::task_arena arena_;
  ChunkQueue queue_;
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
