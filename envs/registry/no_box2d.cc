// A build without Box2D lacks its environments, and says so.
#include "brasa/libraries.h"
#include "envs/registry/box2d_rows.h"

namespace brasa {

std::vector<EnvRow> Box2dRows() { return {}; }

std::vector<LibraryInfo> EnvLibraries() {
  return {{"Box2D", false, "",
           "no LunarLander, no BipedalWalker: configure with -DBRASA_WITH_BOX2D=ON"}};
}

}  // namespace brasa
