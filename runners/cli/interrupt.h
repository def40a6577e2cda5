// Ctrl-C while something long goes on.
#pragma once

#include <atomic>

namespace brasa::cli {

/// While it lives, the first SIGINT or SIGTERM asks to stop in good order and the second ends the
/// process at once. One at a time, on the main thread.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// Set once a stop is asked for.
  const std::atomic<bool>* stop() const;
};

/// What a command exits with that was stopped: 128 + SIGINT, as shells count.
inline constexpr int kStoppedExitCode = 130;

}  // namespace brasa::cli
