// The window by SDL2: shows the pixels that the rasteriser made. No GPU is used; at 1024 x 768 the
// copy takes less time than the drawing.
#include <SDL.h>

#include <cctype>
#include <cstdlib>
#include <string>

#include "brasa/core/error.h"
#include "brasa/view.h"
#include "runners/view/cairo_image.h"
#include "runners/view/window_library.h"

namespace brasa {
namespace {

[[noreturn]] void ThrowNoWindow(const std::string& why) {
  throw IoError("cannot open a window: " + why);
}

bool IsSet(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

/// SDL's video, on while this lives.
class Video {
 public:
  Video() {
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");  // Ctrl-C belongs to the program
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    SDL_SetMainReady();
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0) ThrowNoWindow(SDL_GetError());
  }
  ~Video() { SDL_QuitSubSystem(SDL_INIT_VIDEO); }
  Video(const Video&) = delete;
  Video& operator=(const Video&) = delete;
};

struct SdlDelete {
  void operator()(SDL_Window* window) const { SDL_DestroyWindow(window); }
  void operator()(SDL_Surface* surface) const { SDL_FreeSurface(surface); }
};

std::string KeyName(SDL_Keycode code) {
  std::string name = SDL_GetKeyName(code);
  if (name.size() == 1) {
    name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
  }
  return name;
}

class SdlWindow final : public Window {
 public:
  SdlWindow(const std::string& title, int width, int height)
      : image_(std::make_unique<CairoImage>(width, height)),
        window_(SDL_CreateWindow(title.c_str(), SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED,
                                 width, height, SDL_WINDOW_RESIZABLE)) {
    if (!window_) ThrowNoWindow(SDL_GetError());
    SDL_SetWindowMinimumSize(window_.get(), 64, 64);
  }

  bool Poll(std::vector<WindowEvent>& events) override {
    events.clear();
    SDL_Event event;
    while (SDL_PollEvent(&event) != 0) Take(event, events);
    if (damaged_ && !closed_) Present();
    return !closed_;
  }

  void Show(const Drawing& draw) override {
    int width = 0;
    int height = 0;
    SDL_GetWindowSize(window_.get(), &width, &height);
    if (width != image_->width() || height != image_->height()) {
      image_ = std::make_unique<CairoImage>(width, height);
    }
    draw(image_->canvas());
    Present();
  }

 private:
  void Take(const SDL_Event& event, std::vector<WindowEvent>& events) {
    switch (event.type) {
      case SDL_QUIT:
        closed_ = true;
        break;
      case SDL_WINDOWEVENT:
        if (event.window.event == SDL_WINDOWEVENT_CLOSE) closed_ = true;
        if (event.window.event == SDL_WINDOWEVENT_EXPOSED) damaged_ = true;
        break;
      case SDL_KEYDOWN:
        if (event.key.repeat != 0) break;
        events.push_back({WindowEvent::Kind::kKeyDown, KeyName(event.key.keysym.sym), 0, 0, 0});
        break;
      case SDL_KEYUP:
        events.push_back({WindowEvent::Kind::kKeyUp, KeyName(event.key.keysym.sym), 0, 0, 0});
        break;
      case SDL_MOUSEBUTTONDOWN: {
        // The middle of the pixel that was clicked.
        const Point at = image_->transform().ToView({event.button.x + 0.5, event.button.y + 0.5});
        events.push_back({WindowEvent::Kind::kClick, "", at.x, at.y, event.button.button});
        break;
      }
      default:
        break;
    }
  }

  /// Copies the last drawing to the window. Where a window manager has just changed the size it
  /// covers a part only, until the next Show.
  void Present() {
    SDL_Surface* screen = SDL_GetWindowSurface(window_.get());
    if (screen == nullptr)
      throw IoError(std::string("cannot draw in the window: ") + SDL_GetError());
    const std::unique_ptr<SDL_Surface, SdlDelete> drawn(SDL_CreateRGBSurfaceWithFormatFrom(
        const_cast<std::uint8_t*>(image_->pixels()), image_->width(), image_->height(), 32,
        image_->stride(), SDL_PIXELFORMAT_RGB888));
    SDL_BlitSurface(drawn.get(), nullptr, screen, nullptr);
    SDL_UpdateWindowSurface(window_.get());
    damaged_ = false;
  }

  Video video_;
  std::unique_ptr<CairoImage> image_;
  std::unique_ptr<SDL_Window, SdlDelete> window_;
  bool closed_ = false;
  bool damaged_ = false;  // the screen lost what was shown
};

}  // namespace

LibraryInfo WindowLibrary() {
  SDL_version version;
  SDL_GetVersion(&version);
  return {"SDL2", true,
          std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
              std::to_string(version.patch),
          "the window"};
}

bool HasDisplay(std::string* why) {
  if (IsSet("DISPLAY") || IsSet("WAYLAND_DISPLAY") || IsSet("SDL_VIDEODRIVER")) return true;
  if (why != nullptr) *why = "no display (neither DISPLAY nor WAYLAND_DISPLAY is set)";
  return false;
}

std::unique_ptr<Window> Window::Open(const std::string& title, int width, int height) {
  std::string why;
  if (!HasDisplay(&why)) ThrowNoWindow(why);
  return std::make_unique<SdlWindow>(title, width, height);
}

}  // namespace brasa
