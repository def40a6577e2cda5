#include <cairo.h>
#include <gif_lib.h>

#include "brasa/libraries.h"
#include "runners/view/window_library.h"

namespace brasa {

std::vector<LibraryInfo> ViewLibraries() {
  const std::string gif = std::to_string(GIFLIB_MAJOR) + "." + std::to_string(GIFLIB_MINOR) + "." +
                          std::to_string(GIFLIB_RELEASE);
  return {{"cairo", true, cairo_version_string(), "PNG, plots"},
          {"giflib", true, gif, "GIF"},
          WindowLibrary()};
}

}  // namespace brasa
