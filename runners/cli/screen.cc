#include "runners/cli/screen.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <thread>
#include <utility>

#include "runners/cli/command.h"
#include "runners/cli/format.h"

namespace brasa::cli {
namespace {

/// Passes a drawing on with a strip above it for the caption. The view stays in the environment's
/// units, in which clicks are told.
class CaptionedCanvas final : public Canvas {
 public:
  CaptionedCanvas(Canvas& canvas, const std::string& caption)
      : canvas_(canvas), caption_(caption) {}

  void View(double x0, double y0, double x1, double y1) override {
    view_ = {x0, y0, x1, y1};
    strip_ = {x0, y1, std::max(y1 - y0, (x1 - x0) / kAspect) * kStrip};
    canvas_.View(x0, y0, x1, y1 + strip_.height);
  }
  void Clear(Color color) override {
    ground_ = color;
    canvas_.Clear(color);
  }
  void Line(Point a, Point b, double width, Color color) override {
    canvas_.Line(a, b, width, color);
  }
  void Polygon(std::span<const Point> corners, Color color) override {
    canvas_.Polygon(corners, color);
  }
  void Circle(Point centre, double radius, Color color) override {
    canvas_.Circle(centre, radius, color);
  }
  void Ring(Point centre, double radius, double width, Color color) override {
    canvas_.Ring(centre, radius, width, color);
  }
  void Text(Point at, double height, std::string_view text, TextAlign align, Color color) override {
    canvas_.Text(at, height, text, align, color);
  }
  /// What the drawing set.
  const ViewBox& view() const { return view_; }
  /// After the drawing. Light on dark ground.
  void DrawCaption() {
    const bool dark = ground_.r + ground_.g + ground_.b < 3 * 128;
    canvas_.Text({strip_.left + strip_.height / 4, strip_.bottom + strip_.height / 2},
                 strip_.height * 0.35, caption_, TextAlign::kLeft,
                 dark ? palette::kPaper : palette::kInk);
  }

 private:
  static constexpr double kAspect = 1.5;  // of pictures; wider drawings leave room above
  static constexpr double kStrip = 0.07;  // of the height of a drawing that fills the picture
  struct Strip {
    double left = 0, bottom = 0, height = 0;
  };
  Canvas& canvas_;
  const std::string& caption_;
  ViewBox view_;
  Strip strip_;
  Color ground_ = palette::kPaper;  ///< of the last Clear
};

/// The environment's text, for one that draws nothing.
void DrawText(Canvas& canvas, const Env& env) {
  canvas.View(0, 0, 6, 4);
  canvas.Clear(palette::kPaper);
  std::string text = env.HasText() ? env.ToText() : env.spec().id + " has no drawing";
  double y = 3.4;
  while (!text.empty()) {
    const std::string line = text.substr(0, text.find('\n'));
    text.erase(0, std::min(text.size(), line.size() + 1));
    canvas.Text({3, y}, 0.15, line, TextAlign::kCentre, palette::kInk);
    y -= 0.35;
  }
}

}  // namespace

std::string ReturnsText(const Env& env) {
  std::string text;
  for (const double value : env.returns()) text += (text.empty() ? "" : ", ") + FigureText(value);
  return text;
}

void DrawEnv(Canvas& canvas, const Env& env) {
  env.CanDraw() ? env.Draw(canvas) : DrawText(canvas, env);
}

void DrawState(Canvas& canvas, const Env& env, const std::string& caption, const Overlay& overlay) {
  CaptionedCanvas captioned(canvas, caption);
  DrawEnv(captioned, env);
  if (overlay && env.CanDraw()) overlay(captioned, captioned.view());
  captioned.DrawCaption();
}

void AddScreenOptions(Command& command, ScreenOptions* options) {
  command.Text("--gif", &options->gif, "FILE", "Write an animated GIF instead of opening a window")
      .Text("--png", &options->png, "FILE", "Write the last picture")
      .Flag("--text", &options->text, "Draw in the terminal")
      .Number("--fps", &options->fps, 0.01, 50, "Pictures per second (default: as it suits)");
}

double DefaultFps(const EnvSpec& spec) {
  if (spec.players > 1) return 2;
  return spec.observation.categorical() ? 4 : 50;
}

Screen::Screen(const ScreenOptions& options, const EnvSpec& spec)
    : options_(options), title_("Brasa: " + spec.id) {
  if (options_.fps == 0) options_.fps = DefaultFps(spec);
  const bool files = !options_.gif.empty() || !options_.png.empty();
  if (!files && !options_.text) {
    std::string why;
    if (HasDisplay(&why)) {
      window_ = Window::Open(title_, options_.width, options_.height);
    } else {
      std::cerr << "brasa: " << why << "; drawing in the terminal\n";
      options_.text = true;
    }
  }
  if (files) surface_ = MakeImageSurface(options_.width, options_.height);
  if (!options_.gif.empty()) {
    gif_ = std::make_unique<GifWriter>(options_.gif, options_.width, options_.height, options_.fps);
  }
}

Screen::~Screen() = default;

bool Screen::Show(const Env& env, const std::string& caption, const Overlay& overlay) {
  const auto draw = [&](Canvas& canvas) {
    DrawState(canvas, env, caption, window_ != nullptr ? overlay : Overlay());
  };
  if (surface_ != nullptr) {
    draw(surface_->canvas());
    drawn_ = true;
    if (gif_ != nullptr) gif_->Add(surface_->Snapshot());
  }
  if (options_.text) ShowInTerminal(env, caption);
  if (window_ == nullptr) {
    if (options_.text && isatty(STDOUT_FILENO) != 0) Wait();
    return true;
  }
  window_->Show(draw);
  const bool open = window_->Poll(events_);
  if (open) Wait();
  return open;
}

void Screen::ShowInTerminal(const Env& env, const std::string& caption) {
  const bool terminal = isatty(STDOUT_FILENO) != 0;
  if (terminal) std::cout << "\x1b[H\x1b[2J";
  if (env.CanDraw()) {
    const TextStyle style =
        terminal && std::getenv("NO_COLOR") == nullptr ? TextStyle::kColour : TextStyle::kAscii;
    std::cout << DrawAsText([&](Canvas& canvas) { env.Draw(canvas); }, 75, 25, style);
  } else if (env.HasText()) {
    std::cout << env.ToText() << '\n';
  }
  std::cout << caption << '\n' << std::flush;
}

void Screen::Wait() {
  using Clock = std::chrono::steady_clock;
  const auto frame =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / options_.fps));
  const auto now = Clock::now();
  next_ = std::max(next_ + frame, now - frame);
  if (next_ > now) std::this_thread::sleep_until(next_);
}

std::vector<WindowEvent> Screen::TakeEvents() { return std::exchange(events_, {}); }

std::vector<std::string> Screen::Finish() {
  std::vector<std::string> lines;
  if (gif_ != nullptr) {
    gif_->Close();
    lines.push_back("wrote " + options_.gif);
  }
  if (!options_.png.empty() && drawn_) {
    WritePng(surface_->Snapshot(), options_.png);
    lines.push_back("wrote " + options_.png);
  }
  return lines;
}

}  // namespace brasa::cli
