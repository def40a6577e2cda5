#include <tbb/version.h>

#include "brasa/libraries.h"

namespace brasa {

std::vector<LibraryInfo> StepLibraries() {
  return {{"TBB", true, TBB_runtime_version(), "stepping with several workers"}};
}

}  // namespace brasa
