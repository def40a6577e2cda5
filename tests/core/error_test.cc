#include "brasa/core/error.h"

#include <gtest/gtest.h>

namespace brasa {
namespace {

TEST(EditDistance, TextbookPairs_HaveTheirDistance) {
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3);  // k>s, e>i, +g
  EXPECT_EQ(EditDistance("saturday", "sunday"), 3);
  EXPECT_EQ(EditDistance("", "abc"), 3);
  EXPECT_EQ(EditDistance("abc", ""), 3);
  EXPECT_EQ(EditDistance("same", "same"), 0);
  EXPECT_EQ(EditDistance("ab", "ba"), 2);  // a swap is two replacements
}

const std::vector<std::string> kEnvs = {"CartPole-v1", "FrozenLake-v1", "TicTacToe-v0",
                                        "ConnectFour-v0"};

TEST(NearMatches, OneLetterWrong_IsNamed) {
  EXPECT_EQ(NearMatches("CartPole-v2", kEnvs), " (did you mean CartPole-v1?)");
  EXPECT_EQ(NearMatches("FrozenLak-v1", kEnvs), " (did you mean FrozenLake-v1?)");
}

TEST(NearMatches, CaseAlone_DoesNotCount) {
  EXPECT_EQ(NearMatches("cartpole-v1", kEnvs), " (did you mean CartPole-v1?)");
}

TEST(NearMatches, PartOfAName_IsNamed) {
  EXPECT_EQ(NearMatches("connect", kEnvs), " (did you mean ConnectFour-v0?)");
}

TEST(NearMatches, NothingNear_IsEmpty) {
  EXPECT_EQ(NearMatches("Humanoid-v4", kEnvs), "");
  EXPECT_EQ(NearMatches("CartPole-v1", {}), "");
}

TEST(NearMatches, AtMostThree_NearestFirstThenInOrder) {
  const std::vector<std::string> names = {"gamma12", "gamma1", "gamma", "gamma2", "gamma3"};
  // Distances from "gamm": gamma holds it (1), as do all others.
  EXPECT_EQ(NearMatches("gamm", names), " (did you mean gamma12 or gamma1 or gamma?)");
  // Distances from "gammb": 3, 2, 1, 2, 2; limit 2.
  EXPECT_EQ(NearMatches("gammb", names), " (did you mean gamma or gamma1 or gamma2?)");
}

TEST(Errors, FileError_IsAUsageErrorAndAnError) {
  EXPECT_THROW(throw FileError("x"), UsageError);
  EXPECT_THROW(throw UsageError("x"), Error);
  EXPECT_THROW(throw ConfigError("x"), Error);
  EXPECT_THROW(throw IoError("x"), Error);
  EXPECT_THROW(throw NumericError("x"), std::runtime_error);
}

}  // namespace
}  // namespace brasa
