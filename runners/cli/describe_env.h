// One environment, told whole.
#pragma once

#include "brasa/core/config.h"
#include "brasa/registry.h"

namespace brasa::cli {

/// Prints spaces with names, units and bounds, limits, parameters and what else `row` offers at the
/// values `params`. Throws ConfigError.
void DescribeEnv(const EnvRow& row, const Params& params, bool json);

}  // namespace brasa::cli
