#include "envs/registry/box2d_rows.h"

#include "envs/box2d/bipedal_walker.h"
#include "envs/box2d/lunar_lander.h"

namespace brasa {

std::vector<EnvRow> Box2dRows() {
  std::vector<EnvRow> rows(4);
  rows[0].id = "LunarLander-v3";
  rows[0].env_class = &EnvClassOf<LunarLander>();
  rows[1].id = "LunarLanderContinuous-v3";
  rows[1].env_class = &EnvClassOf<LunarLander>();
  rows[1].defaults = {{"continuous", "true"}};
  rows[2].id = "BipedalWalker-v3";
  rows[2].env_class = &EnvClassOf<BipedalWalker>();
  rows[3].id = "BipedalWalkerHardcore-v3";
  rows[3].env_class = &EnvClassOf<BipedalWalker>();
  rows[3].defaults = {{"hardcore", "true"}};
  return rows;
}

}  // namespace brasa
