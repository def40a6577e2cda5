// Whether a vector step runs on all workers or on the caller alone.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace brasa {

/// Decides from measured times, and changes no result. Serial and parallel steps are timed in turns
/// of kTurn. Of a turn the fastest step counts, its first one left out, for after a change of the
/// way caches are cold and workers asleep; of the turns the median, so that neither a lucky moment
/// of the machine nor an unlucky one decides. Parallel stepping has to be 5 % faster, and if a
/// whole turn of it is twice as slow, it gets no other. As environments and machines change their
/// pace, the ways are timed again: soon after a change of mind, more and more seldom without one.
class ModeChooser {
 public:
  /// How the next step is to be run.
  bool parallel() const { return sampling() ? turn_ % 2 == 1 : parallel_; }
  /// The decision so far: serial before the first one.
  bool decided_parallel() const { return parallel_; }
  /// What a serial step took when the ways were timed last [s]; 0 before.
  double serial_seconds() const { return serial_seconds_; }
  /// True if the next step is to be timed and told to Sample; else it is told to Tick.
  bool sampling() const { return turn_ < 2 * kTurns; }

  /// The step just done took `seconds`.
  void Sample(double seconds) {
    if (step_ > 0) best_ = std::min(best_, seconds);
    if (++step_ < kTurn) return;
    const std::size_t pair = turn_ / 2;
    (turn_ % 2 == 1 ? parallel_turns_ : serial_turns_)[pair] = best_;
    step_ = 0;
    best_ = kNever;
    if (++turn_ % 2 == 1) return;
    serial_seconds_ = Median(serial_turns_, pair + 1);
    if (parallel_turns_[pair] > 2 * serial_turns_[pair]) {
      Decide(false);
    } else if (!sampling()) {
      Decide(Median(parallel_turns_, kTurns) < kGain * serial_seconds_);
    }
  }
  /// A step that was not timed is done.
  void Tick() {
    if (++ticks_ < interval_) return;
    ticks_ = 0;
    turn_ = 0;
  }

 private:
  static constexpr std::size_t kTurns = 5;  // of each way
  static constexpr int kTurn = 5;           // [steps]
  static constexpr double kGain = 0.95;
  static constexpr double kNever = 1e30;                   // [s]
  static constexpr int kSoon = 400, kSeldom = 64 * kSoon;  // [steps]
  using Turns = std::array<double, kTurns>;                // [s]

  /// Of the first `count` turns.
  static double Median(Turns turns, std::size_t count) {
    for (std::size_t i = count; i < kTurns; ++i) turns[i] = kNever;
    std::nth_element(turns.begin(), turns.begin() + static_cast<std::ptrdiff_t>(count / 2),
                     turns.end());
    return turns[count / 2];
  }
  void Decide(bool parallel) {
    interval_ = parallel == parallel_ ? std::min(2 * interval_, kSeldom) : kSoon;
    parallel_ = parallel;
    turn_ = 2 * kTurns;
  }

  std::size_t turn_ = 0;
  int step_ = 0, ticks_ = 0, interval_ = kSoon;
  double best_ = kNever;  // of this turn
  Turns serial_turns_{}, parallel_turns_{};
  double serial_seconds_ = 0;
  bool parallel_ = false;
};

}  // namespace brasa
