// One job that runs beside the thread that asks for it.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace brasa {

/// A thread of its own, made by the first Start and kept, that runs the job once per Start. What
/// the caller wrote before Start the job sees; what the job wrote the caller sees after Wait. Start
/// and Wait are called by one thread.
class BackgroundJob {
 public:
  explicit BackgroundJob(std::function<void()> job) : job_(std::move(job)) {}
  /// Waits for the job; what it threw is lost.
  ~BackgroundJob();
  BackgroundJob(const BackgroundJob&) = delete;
  BackgroundJob& operator=(const BackgroundJob&) = delete;

  /// The job begins. It does not run already.
  void Start();
  /// Returns once the job does not run; throws, once, what it threw.
  void Wait();

 private:
  void Work();

  const std::function<void()> job_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Under mutex_:
  bool running_ = false, stop_ = false;
  std::exception_ptr thrown_;
};

}  // namespace brasa
