// Where episodes are shown: a window, the terminal, a GIF, a PNG, or several of them at once.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "brasa/env_batch.h"
#include "brasa/view.h"

namespace brasa::cli {

struct ScreenOptions {
  std::string gif;    ///< path, or ""
  std::string png;    ///< path of the last picture, or ""
  bool text = false;  ///< draw in the terminal
  double fps = 0;     ///< pictures per second; 0 = what suits the environment
  int width = 600, height = 400;
};

class Command;
/// Adds --gif, --png, --text and --fps.
void AddScreenOptions(Command& command, ScreenOptions* options);

/// What an environment's drawing shows, in its own units.
struct ViewBox {
  double x0 = 0, y0 = 0, x1 = 1, y1 = 1;
};
/// Drawn over the environment's drawing.
using Overlay = std::function<void(Canvas&, const ViewBox&)>;

/// What the seats have got in this episode, four digits each: "1, -1".
std::string ReturnsText(const Env& env);

/// The environment's drawing, or its text where it draws nothing.
void DrawEnv(Canvas& canvas, const Env& env);

/// The same under a caption.
void DrawState(Canvas& canvas, const Env& env, const std::string& caption,
               const Overlay& overlay = {});

/// Pictures per second that suit an environment: control is watched as it moves, boards one move at
/// a time.
double DefaultFps(const EnvSpec& spec);

/// Shows states of one environment. Without a file or --text it opens a window if there is a
/// display, else it draws in the terminal and says so. Main thread only.
class Screen {
 public:
  Screen(const ScreenOptions& options, const EnvSpec& spec);
  ~Screen();

  /// Draws the state of `env` with a caption and, for window and terminal, waits for the next
  /// picture's time. Returns false once the window is closed. The overlay is drawn in windows.
  bool Show(const Env& env, const std::string& caption, const Overlay& overlay = {});
  /// Keys and clicks since the last call; empty without a window.
  std::vector<WindowEvent> TakeEvents();
  bool has_window() const { return window_ != nullptr; }
  /// True where captions are printed, too.
  bool draws_in_terminal() const { return options_.text; }
  /// Finishes the files and says where they are, one line each.
  std::vector<std::string> Finish();

 private:
  void ShowInTerminal(const Env& env, const std::string& caption);
  void Wait();

  ScreenOptions options_;
  std::string title_;
  std::unique_ptr<Window> window_;
  std::unique_ptr<ImageSurface> surface_;
  std::unique_ptr<GifWriter> gif_;
  std::vector<WindowEvent> events_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace brasa::cli
