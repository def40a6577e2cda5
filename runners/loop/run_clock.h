// Wall time of a run: tells figures for people and decides when outputs are flushed; never what a
// run comes to.
#pragma once

#include <chrono>
#include <cstdint>

namespace brasa {

/// Seconds of a run over all its parts.
class RunClock {
 public:
  /// This part begins at world step `steps`; the parts before took `earlier` seconds.
  void Start(double earlier, std::int64_t steps) {
    earlier_ = earlier;
    first_step_ = steps;
    start_ = std::chrono::steady_clock::now();
  }
  double part_seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  double seconds() const { return earlier_ + part_seconds(); }
  /// World step that this part began at.
  std::int64_t first_step() const { return first_step_; }
  /// World steps per second of this part, which has come to `steps`.
  double StepsPerSecond(std::int64_t steps) const {
    const double seconds = part_seconds();
    return seconds > 0 ? static_cast<double>(steps - first_step_) / seconds : 0;
  }

 private:
  double earlier_ = 0;
  std::int64_t first_step_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Seconds since 1970.
inline double WallTime() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Says when to look at the clock: about once a millisecond, however long a vector step takes.
class ClockPace {
 public:
  /// Called every vector step.
  bool Due() { return --left_ <= 0; }
  /// The clock was read; `now` in seconds.
  void Read(double now) {
    const double passed = now - last_;
    last_ = now;
    if (passed < 0.001 && interval_ < 1024) interval_ *= 2;
    if (passed > 0.004 && interval_ > 1) interval_ /= 2;
    left_ = interval_;
  }

 private:
  int interval_ = 1;
  int left_ = 1;
  double last_ = 0;
};

}  // namespace brasa
