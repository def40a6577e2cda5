// The live line of a run.
#pragma once

#include <chrono>
#include <string>

#include "brasa/runner.h"

namespace brasa::cli {

/// "120,000 of 500,000 steps (24 %)  210 thousand steps/s  return 231.4  1.8 s left".
std::string ProgressText(const RunProgress& progress);

/// Rewrites one line of standard error, at most ten times a second, and removes it at the end.
/// Says nothing where standard error is no terminal.
class ProgressLine {
 public:
  /// `wanted` false: never shown.
  explicit ProgressLine(bool wanted);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Show(const RunProgress& progress);
  void Show(const std::string& text);
  /// Makes room for a line of its own.
  void Clear();

 private:
  bool shown_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace brasa::cli
