#include "envs/control/cart_pole.h"

BRASA_PLUGIN(brasa::CartPole)
