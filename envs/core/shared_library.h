// What can be said of a shared library before it is opened.
#pragma once

#include <string>

namespace brasa {

/// Why the file at `path` cannot be opened as a shared library of this machine, or "": dlopen of a
/// truncated file ends the process with SIGBUS instead of an error.
std::string SharedLibraryFault(const std::string& path);

}  // namespace brasa
