#include "brasa/core/random.h"

#include <gtest/gtest.h>

namespace brasa {
namespace {

// Known answers of Random123 1.14, tests/kat_vectors, philox4x32 with 10 rounds.
TEST(Philox, ZeroCounterAndKey_GiveTheKnownAnswer) {
  std::uint64_t out[2];
  brasa_philox_block(0, 0, 0, out);
  EXPECT_EQ(out[0], 0xe169c58d6627e8d5ull);
  EXPECT_EQ(out[1], 0x9b00dbd8bc57ac4cull);
}

TEST(Philox, AllOnes_GiveTheKnownAnswer) {
  std::uint64_t out[2];
  brasa_philox_block(~0ull, ~0ull, ~0ull, out);
  EXPECT_EQ(out[0], 0x41c83b0e408f276dull);
  EXPECT_EQ(out[1], 0x6d5451fda20bc7c6ull);
}

TEST(Philox, DigitsOfPi_GiveTheKnownAnswer) {
  std::uint64_t out[2];
  brasa_philox_block(0x299f31d0a4093822ull, 0x0370734413198a2eull, 0x85a308d3243f6a88ull, out);
  EXPECT_EQ(out[0], 0x94fdccebd16cfe09ull);
  EXPECT_EQ(out[1], 0x24126ea15001e420ull);
}

}  // namespace
}  // namespace brasa
