#include "tests/support/test_data.h"

namespace brasa {

std::string TestData(const std::string& name) { return std::string(BRASA_TEST_DATA "/") + name; }

}  // namespace brasa
