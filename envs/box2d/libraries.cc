#include "brasa/libraries.h"

#include <box2d/b2_common.h>

#include <string>

namespace brasa {

std::vector<LibraryInfo> EnvLibraries() {
  const std::string version = std::to_string(b2_version.major) + "." +
                              std::to_string(b2_version.minor) + "." +
                              std::to_string(b2_version.revision);
  return {{"Box2D", true, version, "LunarLander, BipedalWalker"}};
}

}  // namespace brasa
