#include <gtest/gtest.h>

#include "brasa/recorder.h"

namespace brasa {
namespace {

TEST(NoHdf5, EveryEntry_NamesTheOption) {
  EXPECT_FALSE(HasRecording());
  const auto refuses = [](auto call) {
    try {
      call();
    } catch (const UsageError& error) {
      return std::string(error.what()).find("BRASA_WITH_HDF5") != std::string::npos;
    }
    return false;
  };
  EXPECT_TRUE(refuses([] { MakeRecorder("a.h5", {}); }));
  EXPECT_TRUE(refuses([] { ReopenRecorder("a.h5", {}); }));
  EXPECT_TRUE(refuses([] { Recording::Open("a.h5"); }));
}

}  // namespace
}  // namespace brasa
