#include <gtest/gtest.h>

#include <string>

#include "agents/nn/network.h"
#include "tests/nn/reference_mlp.h"

namespace brasa {
namespace {

TEST(TorchNetwork, BuiltWithoutTorch_IsAUsageErrorThatSaysSo) {
  Rng init(1, StreamRole::kInit);
  try {
    MakeNetwork("torch", MakeSpec(4, {8}, Activation::kTanh, false), {}, init);
    FAIL() << "no error";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("built without torch"), std::string::npos);
  }
}

}  // namespace
}  // namespace brasa
