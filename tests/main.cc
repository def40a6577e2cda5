// The main of every test program: gives the process a temporary folder of its own, so that tests
// may run at the same time, and removes it at the end. testing::TempDir() and
// std::filesystem::temp_directory_path() both name it.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  std::string folder = std::filesystem::temp_directory_path() / "brasa-test-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) {
    std::cerr << "cannot make a folder like " << folder << "\n";
    return 1;
  }
  setenv("TMPDIR", folder.c_str(), 1);
  setenv("TEST_TMPDIR", (folder + "/").c_str(), 1);
  const int failed = RUN_ALL_TESTS();
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return failed;
}
