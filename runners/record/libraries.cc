#include <hdf5.h>

#include "brasa/libraries.h"

namespace brasa {

std::vector<LibraryInfo> RecordLibraries() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return {{"HDF5", true,
           std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release),
           "recordings"}};
}

}  // namespace brasa
