// BRASA_ASSERT: for what only Brasa's own developers can get wrong. On in every build type.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace brasa::internal {

[[noreturn]] inline void AssertFailed(const char* what, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: internal error: %s\n", file, line, what);
  std::abort();
}

}  // namespace brasa::internal

/// Ends the process with file and line if `condition` is false. Never for a user's mistake.
#define BRASA_ASSERT(condition)       \
  ((condition) ? static_cast<void>(0) \
               : ::brasa::internal::AssertFailed(#condition, __FILE__, __LINE__))
