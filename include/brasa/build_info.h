// What the program was made from and runs on: equal results are promised only where it is equal.
#pragma once

#include <string>

namespace brasa {

struct BuildInfo {
  std::string version;   ///< of Brasa
  std::string commit;    ///< of the sources when they were built, "unknown" outside git
  std::string compiler;  ///< e.g. "GCC 12.2.0"
  std::string cpu;       ///< the model's name, "unknown" where the machine tells none

  bool operator==(const BuildInfo&) const = default;
};

/// Of this program on this machine.
BuildInfo ThisBuild();

}  // namespace brasa
