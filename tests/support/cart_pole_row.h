// CartPole-v1 as a row of the registry.
#pragma once

#include "brasa/registry.h"
#include "envs/control/cart_pole.h"

namespace brasa::support {

inline EnvRow CartPoleRow() {
  EnvRow row;
  row.id = "CartPole-v1";
  row.env_class = &EnvClassOf<CartPole>();
  return row;
}

}  // namespace brasa::support
