// What run.toml says beside the config.
#pragma once

#include <string>

#include "brasa/build_info.h"

namespace brasa {

/// The [build] section of a run.toml text; a key that is missing is "unknown".
/// Throws ConfigError naming `source` and the line.
BuildInfo ReadRunBuild(const std::string& text, const std::string& source);

}  // namespace brasa
