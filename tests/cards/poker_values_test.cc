// Known values of Kuhn and Leduc poker, by walking their whole trees.
#include <gtest/gtest.h>

#include "envs/cards/kuhn_poker.h"
#include "envs/cards/leduc_poker.h"
#include "tests/cards/poker_tree.h"

namespace brasa {
namespace {

using poker_testing::BestResponse;
using poker_testing::Expected;
using poker_testing::Mix;
using poker_testing::Node;
using poker_testing::RegretMinimiser;
using poker_testing::Root;
using poker_testing::Values;

constexpr std::size_t kKuhnSize = 11, kLeducSize = 30;

Params Kuhn() { return Params(KuhnPoker::Fields()); }
Params Leduc() { return Params(LeducPoker::Fields()); }

template <typename Game>
Mix UniformMix(const Node<Game>& node) {
  return RegretMinimiser<Game>::Uniform(node.Legal());
}

/// Kuhn's equilibria: player 0 bets the jack (card 0) with alpha and the king with 3 alpha, and
/// calls with the queen with alpha + 1/3 after checking it; player 1 bets a jack after a check and
/// calls with a queen with 1/3 each.
struct KuhnEquilibrium {
  double alpha;

  Mix operator()(const Node<KuhnPoker>& node) const {
    const KuhnPoker& game = node.game;
    const int mover = game.PlayerToMove(), card = game.Card(mover);
    const bool facing = game.bets != 0;
    double bet = 0;
    if (mover == 0 && !facing) bet = card == 0 ? alpha : card == 2 ? 3 * alpha : 0;
    if (mover == 0 && facing) bet = card == 0 ? 0 : card == 2 ? 1 : alpha + 1.0 / 3.0;
    if (mover == 1 && !facing) bet = card == 0 ? 1.0 / 3.0 : card == 2 ? 1 : 0;
    if (mover == 1 && facing) bet = card == 0 ? 0 : card == 2 ? 1 : 1.0 / 3.0;
    return {1 - bet, bet, 0};
  }
};

TEST(KuhnPokerValues, EveryEquilibrium_IsWorthMinusOneEighteenth) {
  for (const double alpha : {0.0, 0.1, 0.25, 1.0 / 3.0}) {
    const KuhnEquilibrium policy{alpha};
    const Values value = Expected(Root<KuhnPoker>(Kuhn()), policy);
    EXPECT_NEAR(value[0], -1.0 / 18.0, 1e-15) << alpha;
    EXPECT_NEAR(value[1], 1.0 / 18.0, 1e-15) << alpha;
    for (int player = 0; player < 2; ++player) {
      BestResponse<KuhnPoker, KuhnEquilibrium> best(Kuhn(), kKuhnSize, player, policy);
      EXPECT_NEAR(best.Value(), player == 0 ? -1.0 / 18.0 : 1.0 / 18.0, 1e-15) << alpha;
      EXPECT_EQ(best.information_sets(), 6u);
    }
  }
}

// Against a player 0 who always bets: a jack folds (-1), a queen calls (against jack and king: 0),
// a king calls (2).
TEST(KuhnPokerValues, BettingAlways_LosesAThirdToTheBestAnswer) {
  const auto policy = [](const Node<KuhnPoker>&) { return Mix{0, 1, 0}; };
  BestResponse<KuhnPoker, decltype(policy)> best(Kuhn(), kKuhnSize, 1, policy);
  EXPECT_NEAR(best.Value(), 1.0 / 3.0, 1e-15);
}

// Uniform play is worth 1/8 to player 0 and 11/24 above what its best responses allow.
TEST(KuhnPokerValues, UniformPlay_HasTheKnownValueAndExploitability) {
  const RegretMinimiser<KuhnPoker> untrained(Kuhn(), kKuhnSize, false);
  EXPECT_NEAR(untrained.Value(), 0.125, 1e-15);
  EXPECT_NEAR(untrained.Exploitability(), 11.0 / 24.0, 1e-15);
}

// The known figures have five digits.
TEST(KuhnPokerValues, RegretMinimisation_ReachesTheKnownExploitability) {
  for (const bool plus : {false, true}) {
    RegretMinimiser<KuhnPoker> solver(Kuhn(), kKuhnSize, plus);
    for (int i = 0; i < 100; ++i) solver.Iterate();
    const double known = plus ? 0.0011944 : 0.0082260;
    EXPECT_NEAR(solver.Exploitability(), known, 5e-8) << plus;
  }
}

template <typename Game>
void CountEnds(const Node<Game>& node, std::size_t depth, std::vector<int>& ends) {
  if (node.over) {
    if (ends.size() <= depth) ends.resize(depth + 1);
    ++ends[depth];
    return;
  }
  if (node.chance()) {
    for (const auto& edge : node.ChanceEdges()) CountEnds(node.Child(edge.id), depth + 1, ends);
  } else {
    for (const std::int32_t id : node.Legal()) CountEnds(node.Child(id), depth + 1, ends);
  }
}

TEST(KuhnPokerValues, Tree_HasTheKnownEnds) {
  std::vector<int> ends;
  CountEnds(Root<KuhnPoker>(Kuhn()), 0, ends);
  EXPECT_EQ(ends, (std::vector<int>{0, 0, 0, 0, 18, 12}));  // 6 deals: pp, bp, bb; pbp, pbb
}

TEST(LeducPokerValues, Tree_HasTheKnownEndsAndInformationSets) {
  std::vector<int> ends;
  CountEnds(Root<LeducPoker>(Leduc()), 0, ends);
  EXPECT_EQ(ends, (std::vector<int>{0, 0, 0, 0, 30, 60, 30, 720, 1680, 1800, 960, 240}));
  std::size_t sets = 0;
  const auto policy = UniformMix<LeducPoker>;
  for (int player = 0; player < 2; ++player) {
    sets += BestResponse<LeducPoker, decltype(policy)>(Leduc(), kLeducSize, player, policy)
                .information_sets();
  }
  EXPECT_EQ(sets, 936u);
}

// The known figures have six digits.
TEST(LeducPokerValues, RegretMinimisation_ReachesTheKnownExploitability) {
  for (const bool plus : {false, true}) {
    RegretMinimiser<LeducPoker> solver(Leduc(), kLeducSize, plus);
    for (int i = 0; i < 10; ++i) solver.Iterate();
    EXPECT_NEAR(solver.Exploitability(), plus ? 0.610439 : 0.888579, 5e-7) << plus;
  }
}

// The value of the game lies within the exploitability of the average strategy's value.
TEST(FullLeducPokerValues, RegretMinimisation_ReachesTheValueOfTheGame) {
  RegretMinimiser<LeducPoker> solver(Leduc(), kLeducSize, true);
  for (int i = 0; i < 100; ++i) solver.Iterate();
  EXPECT_NEAR(solver.Exploitability(), 0.0134160, 5e-8);
  EXPECT_NEAR(solver.Value(), -0.085602744, 0.0135);
  for (int i = 0; i < 500; ++i) solver.Iterate();
  EXPECT_NEAR(solver.Value(), -0.085602744, 5e-4);
}

}  // namespace
}  // namespace brasa
