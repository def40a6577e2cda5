// The window on SDL's dummy video driver, which needs no display.
#include <SDL.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "brasa/core/error.h"
#include "tests/view/drawings.h"

namespace brasa {
namespace {

using testing_view::PixelAt;

/// Sets or, with null, unsets a variable of the environment while this lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) {
      old_ = old;
      was_set_ = true;
    }
    Put(value);
  }
  ~Variable() { Put(was_set_ ? old_.c_str() : nullptr); }

 private:
  void Put(const char* value) {
    if (value != nullptr) {
      setenv(name_, value, 1);
    } else {
      unsetenv(name_);
    }
  }
  const char* name_;
  std::string old_;
  bool was_set_ = false;
};

class DummyWindow : public ::testing::Test {
 protected:
  Variable driver_{"SDL_VIDEODRIVER", "dummy"};
  std::unique_ptr<Window> window_ = Window::Open("test", 200, 100);
  std::vector<WindowEvent> events_;
  SDL_Window* sdl_ = FindWindow();

  static SDL_Window* FindWindow() {
    for (Uint32 id = 1; id < 1000; ++id) {
      if (SDL_Window* found = SDL_GetWindowFromID(id)) return found;
    }
    return nullptr;
  }
  /// What the window shows.
  Image Screen() const {
    SDL_Surface* surface = SDL_GetWindowSurface(sdl_);
    Image image{surface->w, surface->h, {}};
    for (int y = 0; y < surface->h; ++y) {
      const auto* row = static_cast<const std::uint8_t*>(surface->pixels) + y * surface->pitch;
      for (int x = 0; x < surface->w; ++x) {
        Uint32 pixel = 0;
        std::memcpy(&pixel, row + 4 * x, 4);
        Uint8 r, g, b;
        SDL_GetRGB(pixel, surface->format, &r, &g, &b);
        image.rgb.insert(image.rgb.end(), {r, g, b});
      }
    }
    return image;
  }
  static void PushKey(Uint32 type, SDL_Keycode code, Uint8 repeat = 0) {
    SDL_Event event{};
    event.type = type;
    event.key.keysym.sym = code;
    event.key.repeat = repeat;
    SDL_PushEvent(&event);
  }
  static void PushClick(int x, int y, Uint8 button) {
    SDL_Event event{};
    event.type = SDL_MOUSEBUTTONDOWN;
    event.button.x = x;
    event.button.y = y;
    event.button.button = button;
    SDL_PushEvent(&event);
  }
};

TEST_F(DummyWindow, Show_PresentsWhatAPictureShows) {
  window_->Show(testing_view::DrawBoard);
  EXPECT_EQ(Screen().rgb, testing_view::Draw(200, 100, testing_view::DrawBoard).rgb);
}

TEST_F(DummyWindow, Resized_DrawsAtTheNewSize) {
  window_->Show(testing_view::DrawBoard);
  SDL_SetWindowSize(sdl_, 300, 260);
  EXPECT_TRUE(window_->Poll(events_));
  window_->Show(testing_view::DrawBoard);
  EXPECT_EQ(Screen().rgb, testing_view::Draw(300, 260, testing_view::DrawBoard).rgb);
}

TEST_F(DummyWindow, Keys_HaveTheirNames_HeldOnesAreToldOnce) {
  PushKey(SDL_KEYDOWN, SDLK_LEFT);
  PushKey(SDL_KEYDOWN, SDLK_LEFT, 1);
  PushKey(SDL_KEYUP, SDLK_LEFT);
  PushKey(SDL_KEYDOWN, SDLK_a);
  PushKey(SDL_KEYDOWN, SDLK_SPACE);
  PushKey(SDL_KEYDOWN, SDLK_7);
  EXPECT_TRUE(window_->Poll(events_));
  using Kind = WindowEvent::Kind;
  const std::vector<std::pair<Kind, std::string>> expected = {{Kind::kKeyDown, "Left"},
                                                              {Kind::kKeyUp, "Left"},
                                                              {Kind::kKeyDown, "a"},
                                                              {Kind::kKeyDown, "Space"},
                                                              {Kind::kKeyDown, "7"}};
  ASSERT_EQ(events_.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(events_[i].kind, expected[i].first);
    EXPECT_EQ(events_[i].key, expected[i].second);
  }
  EXPECT_TRUE(window_->Poll(events_));
  EXPECT_TRUE(events_.empty());
}

TEST_F(DummyWindow, Click_IsToldInViewUnits) {
  window_->Show([](Canvas& canvas) { canvas.View(0, 0, 10, 10); });
  // 200 x 100 pixels: 10 pixels a unit, the view from column 50 to 150.
  PushClick(50, 99, SDL_BUTTON_LEFT);
  PushClick(149, 0, SDL_BUTTON_RIGHT);
  EXPECT_TRUE(window_->Poll(events_));
  ASSERT_EQ(events_.size(), 2u);
  EXPECT_EQ(events_[0].kind, WindowEvent::Kind::kClick);
  EXPECT_EQ(events_[0].button, 1);
  EXPECT_NEAR(events_[0].x, 0.05, 1e-12);  // the middle of the pixel
  EXPECT_NEAR(events_[0].y, 0.05, 1e-12);
  EXPECT_EQ(events_[1].button, 3);
  EXPECT_NEAR(events_[1].x, 9.95, 1e-12);
  EXPECT_NEAR(events_[1].y, 9.95, 1e-12);
}

TEST_F(DummyWindow, Closed_PollSaysSoForGood) {
  EXPECT_TRUE(window_->Poll(events_));
  SDL_Event event{};
  event.type = SDL_WINDOWEVENT;
  event.window.event = SDL_WINDOWEVENT_CLOSE;
  SDL_PushEvent(&event);
  EXPECT_FALSE(window_->Poll(events_));
  EXPECT_FALSE(window_->Poll(events_));
}

TEST(Window, WithoutDisplay_IsTheMachinesFailureInOneLine) {
  const Variable driver("SDL_VIDEODRIVER", nullptr);
  const Variable x11("DISPLAY", nullptr);
  const Variable wayland("WAYLAND_DISPLAY", nullptr);
  std::string why;
  EXPECT_FALSE(HasDisplay(&why));
  EXPECT_FALSE(HasDisplay(nullptr));
  try {
    Window::Open("test", 200, 100);
    FAIL() << "a window was opened";
  } catch (const IoError& error) {
    const std::string line = error.what();
    EXPECT_NE(line.find(why), std::string::npos) << line;
    EXPECT_NE(line.find("DISPLAY"), std::string::npos) << line;
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
  }
}

TEST(Window, UnreachableDisplay_IsTheMachinesFailure) {
  const Variable driver("SDL_VIDEODRIVER", "x11");
  const Variable x11("DISPLAY", ":987");
  EXPECT_TRUE(HasDisplay(nullptr));
  EXPECT_THROW(Window::Open("test", 200, 100), IoError);
}

}  // namespace
}  // namespace brasa
