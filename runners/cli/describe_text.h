// Environments and agents in words, for `brasa list` and `brasa describe`.
#pragma once

#include <string>
#include <vector>

#include "brasa/core/config.h"
#include "brasa/core/spec.h"
#include "brasa/registry.h"

namespace brasa::cli {

/// The description of an environment at the values `params`. Throws ConfigError.
EnvSpec SpecOf(const EnvRow& row, const Params& params);

/// "discrete, 2 actions", "box, 3 components".
std::string ActionText(const ActionSpec& action);
/// "float32 [2, 6, 7] plane x row x column".
std::string ObservationText(const ObservationSpec& observation);
/// "1 player, 2 actions".
std::string FamilyText(const EnvSpec& spec);

/// One row of words for each field: name, value, what is allowed, help.
std::vector<std::vector<std::string>> FieldRows(const Config& config);

}  // namespace brasa::cli
