// Where the sizes are compiled, in two halves to share the time.
#pragma once

#include "brasa/env.h"

namespace brasa::go {

const brasa_env_class* SmallClass(int size);  ///< 2 to 12, else null
const brasa_env_class* LargeClass(int size);  ///< 13 to 19, else null

}  // namespace brasa::go
