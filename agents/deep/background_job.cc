#include "agents/deep/background_job.h"

#include <utility>

#include "brasa/core/assert.h"

namespace brasa {

BackgroundJob::~BackgroundJob() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void BackgroundJob::Start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { Work(); });
  {
    const std::lock_guard lock(mutex_);
    BRASA_ASSERT(!running_);
    running_ = true;
  }
  changed_.notify_all();
}

void BackgroundJob::Wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !running_; });
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

void BackgroundJob::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return running_ || stop_; });
    if (!running_) return;
    lock.unlock();
    std::exception_ptr thrown;
    try {
      job_();
    } catch (...) {
      thrown = std::current_exception();
    }
    lock.lock();
    running_ = false;
    thrown_ = thrown;
    changed_.notify_all();
  }
}

}  // namespace brasa
