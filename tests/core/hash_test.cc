#include "brasa/core/hash.h"

#include <gtest/gtest.h>

#include <bit>
#include <set>
#include <string>
#include <vector>

namespace brasa {
namespace {

TEST(Mix64, SplitMix64_GivesTheKnownSequence) {
  // SplitMix64 is Mix64 over multiples of the golden ratio. First outputs for seed 1234567 as
  // published with the generator (Vigna, splitmix64.c; Rosetta Code lists them).
  const std::uint64_t expected[] = {6457827717110365317ull, 3203168211198807973ull,
                                    9817491932198370423ull, 4593380528125082431ull,
                                    16408922859458223821ull};
  std::uint64_t state = 1234567;
  for (const std::uint64_t value : expected) {
    state += 0x9E3779B97F4A7C15ull;
    EXPECT_EQ(Mix64(state), value);
  }
}

TEST(Mix64, FlippingOneBit_FlipsAboutHalfOfTheOutput) {
  int flipped = 0;
  for (std::uint64_t x = 1; x <= 64; ++x) {
    for (int bit = 0; bit < 64; ++bit) {
      flipped += std::popcount(Mix64(x) ^ Mix64(x ^ (1ull << bit)));
    }
  }
  // 64 * 64 trials of 64 bits: mean 131,072, standard deviation 256; five of them.
  EXPECT_NEAR(flipped, 131072, 1280);
}

TEST(HashCombine, Order_Matters) {
  EXPECT_NE(HashCombine(HashCombine(0, 1), 2), HashCombine(HashCombine(0, 2), 1));
}

TEST(HashCombine, SmallPairs_DoNotCollide) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t a = 0; a < 300; ++a) {
    for (std::uint64_t b = 0; b < 300; ++b) seen.insert(HashCombine(HashCombine(0, a), b));
  }
  EXPECT_EQ(seen.size(), 90000u);
}

TEST(HashBytes, ZerosOfEveryLength_Differ) {
  const std::vector<unsigned char> zeros(64, 0);
  std::set<std::uint64_t> seen;
  for (std::size_t size = 0; size <= zeros.size(); ++size)
    seen.insert(HashBytes(zeros.data(), size));
  EXPECT_EQ(seen.size(), 65u);
}

TEST(HashBytes, EveryByteAndTheSeed_Matter) {
  std::string text = "0123456789abcdefghi";  // two words and a tail of three
  const std::uint64_t before = HashText(text);
  for (char& c : text) {
    ++c;
    EXPECT_NE(HashText(text), before) << text;
    --c;
  }
  EXPECT_EQ(HashText(text), before);
  EXPECT_NE(HashBytes(text.data(), text.size(), 1), before);
}

TEST(HashBytes, Alignment_DoesNotMatter) {
  const std::string text = "0123456789abcdefghi";
  const std::string shifted = "x" + text;
  EXPECT_EQ(HashBytes(shifted.data() + 1, text.size()), HashText(text));
}

}  // namespace
}  // namespace brasa
