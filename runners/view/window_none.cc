// A build without SDL2 has no window, and says so.
#include "brasa/core/error.h"
#include "brasa/view.h"
#include "runners/view/window_library.h"

namespace brasa {

LibraryInfo WindowLibrary() {
  return {"SDL2", false, "", "no window: configure with -DBRASA_WITH_SDL2=ON"};
}

bool HasDisplay(std::string* why) {
  if (why != nullptr) *why = "this build of Brasa is without SDL2 (BRASA_WITH_SDL2=OFF)";
  return false;
}

std::unique_ptr<Window> Window::Open(const std::string&, int, int) {
  std::string why;
  HasDisplay(&why);
  throw IoError("cannot open a window: " + why);
}

}  // namespace brasa
