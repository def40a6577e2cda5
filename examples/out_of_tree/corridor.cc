#include "corridor.h"

BRASA_PLUGIN(Corridor)
