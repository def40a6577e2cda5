// Shows a board and prints what happens in its window, until q or the window's end.
#include <chrono>
#include <cstdio>
#include <exception>
#include <thread>

#include "tests/view/drawings.h"

namespace {

void Print(const brasa::WindowEvent& event) {
  using Kind = brasa::WindowEvent::Kind;
  if (event.kind == Kind::kClick) {
    std::printf("click %d at %.1f %.1f\n", event.button, event.x, event.y);
  } else {
    std::printf("%s %s\n", event.kind == Kind::kKeyDown ? "down" : "up", event.key.c_str());
  }
  std::fflush(stdout);
}

int Run() {
  const auto window = brasa::Window::Open("brasa window probe", 350, 340);
  std::vector<brasa::WindowEvent> events;
  while (window->Poll(events)) {
    for (const brasa::WindowEvent& event : events) {
      Print(event);
      if (event.key == "q") return 0;
    }
    window->Show([](brasa::Canvas& canvas) {
      brasa::testing_view::DrawConnectFour(canvas, brasa::testing_view::kBoard);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return 0;
}

}  // namespace

int main() {
  try {
    return Run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
