// The rows of the environments that need Box2D.
#pragma once

#include <vector>

#include "brasa/registry.h"

namespace brasa {

/// Empty in a build without Box2D.
std::vector<EnvRow> Box2dRows();

}  // namespace brasa
