// Processes that a test starts inherit this: a sanitizer must not catch the signals that the tests
// count on.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <string>

namespace {

class PlainSignals final : public testing::Environment {
  void SetUp() override {
    for (const char* name : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
      const char* given = getenv(name);
      const std::string options = given == nullptr ? "" : std::string(given) + ":";
      setenv(name, (options + "handle_segv=0:handle_abort=0").c_str(), 1);
    }
  }
};

[[maybe_unused]] const auto* const kPlainSignals =
    testing::AddGlobalTestEnvironment(new PlainSignals);

}  // namespace
