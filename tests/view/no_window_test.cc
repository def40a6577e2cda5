// A build without SDL2.
#include <gtest/gtest.h>

#include "brasa/core/error.h"
#include "brasa/view.h"

namespace brasa {
namespace {

TEST(Window, BuiltWithoutSdl2_SaysSo) {
  std::string why;
  EXPECT_FALSE(HasDisplay(&why));
  EXPECT_NE(why.find("SDL2"), std::string::npos) << why;
  EXPECT_THROW(Window::Open("test", 200, 100), IoError);
}

}  // namespace
}  // namespace brasa
