// From the C descriptions of abi.h to Brasa's own.
#pragma once

#include <vector>

#include "brasa/abi.h"
#include "brasa/core/config.h"
#include "brasa/core/spec.h"

namespace brasa {

/// Copies a C spec. Throws ConfigError if it is too old or contradicts itself.
EnvSpec SpecFromView(const brasa_env_spec& view);

/// Copies a class's C field table. Throws ConfigError naming a field whose default it refuses
/// itself.
std::vector<Field> FieldsFromView(const brasa_env_class& env_class);

}  // namespace brasa
