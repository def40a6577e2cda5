#include "runners/cli/watch_training.h"

#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "brasa/env_batch.h"
#include "brasa/view.h"

namespace brasa::cli {
namespace {

constexpr std::chrono::milliseconds kFrame{33};

/// The latest state of world 0, for the viewer to take. The runner writes only when asked, so a
/// watched run copies at most 30 worlds a second.
class Slot final : public Listener {
 public:
  void OnStep(const StepView& view) override {
    if (!wanted_.load(std::memory_order_relaxed)) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    bytes_ = view.env.batch().WorldBytes(0);
    caption_ = "step " + std::to_string(view.steps) + "  episode " +
               std::to_string(view.env.batch().episode(0) + 1) + "  ply " +
               std::to_string(view.env.batch().plies(0));
    wanted_ = false;
  }

  void Ask() { wanted_ = true; }
  /// True once the state asked for is there; then it is taken.
  bool Take(std::string& bytes, std::string& caption) {
    if (wanted_) return false;
    const std::lock_guard<std::mutex> lock(mutex_);
    if (bytes_.empty()) return false;
    bytes.swap(bytes_);
    caption.swap(caption_);
    bytes_.clear();
    return true;
  }

 private:
  std::atomic<bool> wanted_{true};
  std::mutex mutex_;
  std::string bytes_, caption_;  // guarded by mutex_
};

}  // namespace

RunResult TrainWatched(const EnvRow& row, const Params& params,
                       const std::function<RunResult(Listener&)>& train) {
  std::string why;
  if (!HasDisplay(&why)) throw IoError("--watch: " + why);
  Env shown(row, params, {0, StreamRole::kPlayEnv, 0});
  shown.Reset();
  const auto window = Window::Open("Brasa: training on " + row.id, 600, 400);
  Slot slot;
  RunResult result;
  std::exception_ptr error;
  std::atomic<bool> done = false;
  std::jthread runner([&] {
    try {
      result = train(slot);
    } catch (...) {
      error = std::current_exception();
    }
    done = true;
  });
  std::vector<WindowEvent> events;
  std::string bytes, caption;
  bool open = true;
  while (!done && open) {
    if (slot.Take(bytes, caption)) {
      shown.batch().WorldFromBytes(0, bytes);
      slot.Ask();
    }
    window->Show([&](Canvas& canvas) { DrawState(canvas, shown, caption); });
    open = window->Poll(events);
    events.clear();
    std::this_thread::sleep_for(kFrame);
  }
  runner.join();
  if (error) std::rethrow_exception(error);
  return result;
}

}  // namespace brasa::cli
