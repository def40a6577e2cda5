#include "brasa/async_vector_env.h"

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <mutex>
#include <vector>

#include "brasa/core/error.h"
#include "brasa/vector_env.h"
#include "runners/vector/hand_over.h"
#include "runners/vector/world_rows.h"

namespace brasa {
namespace {

/// Memory behind StateRows and OutcomeRows of n worlds.
struct Rows {
  Rows(const EnvSpec& spec, bool masked, int n)
      : player(static_cast<std::size_t>(n)),
        observation(player.size() * static_cast<std::size_t>(spec.observation.bytes())),
        mask(masked ? player.size() * static_cast<std::size_t>(spec.action.count) : 0),
        start(player.size()),
        end(player.size()),
        reward(player.size() * static_cast<std::size_t>(spec.players)) {}
  StateRows states() {
    return {player.data(), observation.data(), mask.empty() ? nullptr : mask.data(), start.data()};
  }
  OutcomeRows outcome() { return {reward.data(), end.data()}; }
  /// Row j becomes row i of `from`.
  void CopyRow(std::size_t j, const Rows& from, std::size_t i) {
    const auto copy = [&](auto& to, const auto& source) {
      const std::size_t width = source.size() / from.player.size();
      std::memcpy(to.data() + j * width, source.data() + i * width, width * sizeof source[0]);
    };
    copy(player, from.player);
    copy(observation, from.observation);
    if (!mask.empty()) copy(mask, from.mask);
    copy(start, from.start);
    copy(end, from.end);
    copy(reward, from.reward);
  }

  std::vector<std::int32_t> player;
  std::vector<std::uint8_t> observation, mask, start, end;
  std::vector<float> reward;
};

/// The worlds that are ready, in the order they became so. Shared by workers and caller.
class ReadyList {
 public:
  explicit ReadyList(int worlds) { ready_.reserve(static_cast<std::size_t>(worlds)); }

  void Add(std::int32_t world, std::exception_ptr error) {
    {
      const std::lock_guard lock(mutex_);
      ready_.push_back(world);
      if (error && (!error_ || world < failed_)) {
        error_ = error;
        failed_ = world;
      }
    }
    changed_.notify_one();
  }
  /// Waits for `count` worlds with begin <= world < end and takes them out, by readiness. Throws
  /// what a world threw.
  void Take(std::int32_t begin, std::int32_t end, std::size_t count,
            std::vector<std::int32_t>& worlds) {
    const auto wanted = [&](std::int32_t world) { return world >= begin && world < end; };
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      return error_ != nullptr ||
             static_cast<std::size_t>(std::ranges::count_if(ready_, wanted)) >= count;
    });
    if (error_) std::rethrow_exception(error_);
    worlds.clear();
    std::size_t kept = 0;
    for (const std::int32_t world : ready_) {
      if (wanted(world) && worlds.size() < count) {
        worlds.push_back(world);
      } else {
        ready_[kept++] = world;
      }
    }
    ready_.resize(kept);
  }
  /// Waits until `count` worlds are ready, failed ones included.
  void WaitForAll(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ready_.size() >= count; });
  }
  void Clear() {
    const std::lock_guard lock(mutex_);
    ready_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::vector<std::int32_t> ready_;
  std::exception_ptr error_;
  std::int32_t failed_ = -1;
};

class TbbAsyncVectorEnv final : public AsyncVectorEnv {
 public:
  TbbAsyncVectorEnv(const EnvRow& row, const Params& params, const AsyncOptions& options,
                    int workers)
      : options_(options),
        worlds_(row, params, {options.worlds, workers, options.streams, true}, 1),
        rows_(worlds_.batch().spec(), worlds_.batch().has_legal(), options.worlds),
        handed_(worlds_.batch().spec(), worlds_.batch().has_legal(), options.batch),
        last_(worlds_.batch().spec(), options.batch),
        action_bytes_(static_cast<std::size_t>(worlds_.batch().spec().action.bytes())),
        actions_(static_cast<std::size_t>(options.worlds) * action_bytes_),
        ready_(options.worlds),
        limit_(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(workers) + 1),
        arena_(workers, 0) {
    received_.reserve(static_cast<std::size_t>(options.batch));
    view_.now = handed_.states();
    view_.outcome = handed_.outcome();
  }
  ~TbbAsyncVectorEnv() override { ready_.WaitForAll(UnderWay()); }

  void Reset() override {
    ready_.WaitForAll(UnderWay());
    ready_.Clear();
    std::fill(rows_.end.begin(), rows_.end.end(), std::uint8_t{0});
    std::fill(rows_.reward.begin(), rows_.reward.end(), 0.0f);
    started_ = true;
    answered_ = true;
    next_ = 0;
    received_.clear();
    for (std::int32_t world = 0; world < options_.worlds; ++world) {
      Start(world, [this, world] { worlds_.ResetChunk(world, rows_.states()); });
    }
  }

  const AsyncRows& Receive() override {
    if (!started_) throw UsageError("AsyncVectorEnv: Receive before Reset");
    if (!answered_) throw UsageError("AsyncVectorEnv: Receive before Send answered the last one");
    const auto count = static_cast<std::size_t>(options_.batch);
    if (options_.order == AsyncOrder::kFixed) {
      ready_.Take(next_, next_ + options_.batch, count, received_);
      std::sort(received_.begin(), received_.end());
      next_ = (next_ + options_.batch) % options_.worlds;
    } else {
      ready_.Take(0, options_.worlds, count, received_);
    }
    hand_over::Collect();
    for (std::size_t j = 0; j < count; ++j) {
      handed_.CopyRow(j, rows_, static_cast<std::size_t>(received_[j]));
    }
    view_.world = received_.data();
    view_.last = last_.View(worlds_.GatherLastOf(received_, last_));
    answered_ = false;
    return view_;
  }

  void Send(const void* actions) override {
    if (answered_) throw UsageError("AsyncVectorEnv: Send without a Receive before it");
    const auto* rows = static_cast<const char*>(actions);
    for (std::size_t j = 0; j < received_.size(); ++j) {
      worlds_.batch().CheckActions(received_[j], received_[j] + 1, rows + j * action_bytes_);
    }
    answered_ = true;
    for (std::size_t j = 0; j < received_.size(); ++j) {
      const std::int32_t world = received_[j];
      std::memcpy(&actions_[static_cast<std::size_t>(world) * action_bytes_],
                  rows + j * action_bytes_, action_bytes_);
      Start(world, [this, world] {
        worlds_.StepChunk(world, -1, actions_.data(), rows_.outcome(), rows_.states());
      });
    }
  }

  bool reproducible() const override { return options_.order == AsyncOrder::kFixed; }
  std::uint64_t Signature() override {
    ready_.WaitForAll(UnderWay());
    hand_over::Collect();
    return worlds_.Signature();
  }
  const EnvBatch& batch() const override { return worlds_.batch(); }

 private:
  /// Worlds that are ready once no step is under way: all but those handed out.
  std::size_t UnderWay() const {
    if (!started_) return 0;
    return static_cast<std::size_t>(options_.worlds) - (answered_ ? 0 : received_.size());
  }

  template <typename Work>
  void Start(std::int32_t world, Work work) {
    hand_over::Give();
    arena_.enqueue([this, world, work] {
      hand_over::Take();
      std::exception_ptr error;
      try {
        work();
      } catch (...) {
        error = std::current_exception();
      }
      hand_over::Done();
      ready_.Add(world, error);
    });
  }

  AsyncOptions options_;
  WorldRows worlds_;
  Rows rows_;             // [N], a world's row written by the worker that steps it
  Rows handed_;           // [M]
  LastRowsStorage last_;  // [M]
  std::size_t action_bytes_;
  std::vector<char> actions_;  // [N, K]
  std::vector<std::int32_t> received_;
  AsyncRows view_;
  ReadyList ready_;
  std::int32_t next_ = 0;
  bool started_ = false, answered_ = true;
  tbb::global_control limit_;
  tbb::task_arena arena_;
};

}  // namespace

std::unique_ptr<AsyncVectorEnv> MakeAsyncVectorEnv(const EnvRow& row, const Params& params,
                                                   const AsyncOptions& options) {
  if (options.batch < 1 || options.batch > options.worlds) {
    throw ConfigError("batch = " + std::to_string(options.batch) +
                      " is not in [1, worlds = " + std::to_string(options.worlds) + "]");
  }
  if (options.order == AsyncOrder::kFixed && options.worlds % options.batch != 0) {
    throw ConfigError("batch = " + std::to_string(options.batch) + " does not divide worlds = " +
                      std::to_string(options.worlds) + ", as the fixed order needs");
  }
  const int workers = options.workers > 0 ? options.workers : AvailableWorkers();
  return std::make_unique<TbbAsyncVectorEnv>(row, params, options, workers);
}

}  // namespace brasa
