#include <gtest/gtest.h>

#include "brasa/libraries.h"
#include "brasa/registry.h"

namespace brasa {
namespace {

TEST(NoBox2d, EnvironmentsOnIt_AreAbsent) {
  EXPECT_FALSE(BuiltinEnvs().empty());
  for (const EnvRow& row : BuiltinEnvs()) {
    EXPECT_EQ(row.id.find("Lander"), std::string::npos) << row.id;
    EXPECT_EQ(row.id.find("Walker"), std::string::npos) << row.id;
  }
}

TEST(NoBox2d, Doctor_SaysWhatToDo) {
  const auto libraries = EnvLibraries();
  ASSERT_EQ(libraries.size(), 1u);
  EXPECT_FALSE(libraries[0].found);
  EXPECT_NE(libraries[0].note.find("BRASA_WITH_BOX2D"), std::string::npos);
}

}  // namespace
}  // namespace brasa
