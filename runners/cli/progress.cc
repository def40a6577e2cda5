#include "runners/cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "runners/cli/format.h"

namespace brasa::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenLines{100};

bool ErrorIsTerminal() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::size_t TerminalWidth() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80u;
}

}  // namespace

std::string ProgressText(const RunProgress& progress) {
  const std::int64_t left = progress.total_steps - progress.steps;
  std::string text =
      CountText(progress.steps) + " of " + CountText(progress.total_steps) + " steps (" +
      std::to_string(100 * progress.steps / std::max<std::int64_t>(1, progress.total_steps)) +
      " %)  " + RateText(progress.steps_per_second) + " steps/s";
  if (std::isfinite(progress.mean_return)) {
    text += "  return " + FigureText(progress.mean_return);
  }
  if (progress.steps_per_second > 0) {
    text += "  " + DurationText(static_cast<double>(left) / progress.steps_per_second) + " left";
  }
  return text;
}

ProgressLine::ProgressLine(bool wanted) : shown_(wanted && ErrorIsTerminal()) {}

ProgressLine::~ProgressLine() { Clear(); }

void ProgressLine::Show(const RunProgress& progress) {
  if (shown_) Show(ProgressText(progress));
}

void ProgressLine::Show(const std::string& text) {
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || now < next_) return;
  next_ = now + kBetweenLines;
  std::cerr << '\r' << text.substr(0, TerminalWidth() - 1) << "\x1b[K" << std::flush;
  drawn_ = true;
}

void ProgressLine::Clear() {
  if (drawn_) std::cerr << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

}  // namespace brasa::cli
