// Counts of Go: games by length, legal positions.
#include <gtest/gtest.h>

#include "tests/go/go_testing.h"

namespace brasa {
namespace {

using testing_go::LegalOf;
using testing_go::Outcome;
using testing_go::PlayId;
using testing_go::Start;

/// Nodes of the game tree by depth, passes included, and those of them where the game is over.
struct Counts {
  std::vector<std::int64_t> nodes, terminal;
};

template <int kSize>
void Count(const Go<kSize>& game, std::size_t depth, std::size_t most, Counts& counts) {
  for (const std::int32_t id : LegalOf(game)) {
    Go<kSize> next = game;
    const Outcome outcome = PlayId(next, id);
    ++counts.nodes[depth];
    if (outcome.end == EpisodeEnd::kTerminated) {
      ++counts.terminal[depth];
    } else if (depth + 1 < most) {
      Count(next, depth + 1, most, counts);
    }
  }
}

template <int kSize>
Counts CountTo(std::size_t most) {
  Counts counts{std::vector<std::int64_t>(most), std::vector<std::int64_t>(most)};
  Count(Start<kSize>(), 0, most, counts);
  return counts;
}

using List = std::vector<std::int64_t>;

// The counts of this file were made by running OpenSpiel 2.0.1.
TEST(GoCounts, GamesOn2x2_AreAsManyAsOpenSpielsUpToTheirGreatestLength) {
  EXPECT_EQ(CountTo<2>(8).nodes, (List{5, 21, 68, 156, 316, 604, 1168, 2296}));
}

TEST(GoCounts, GamesOn3x3ToPly5_AreAsManyAsOpenSpiels) {
  EXPECT_EQ(CountTo<3>(5).nodes, (List{10, 91, 738, 5281, 33384}));
}

TEST(GoCounts, GamesOn5x5ToPly3_AreAsManyAsOpenSpiels) {
  const Counts counts = CountTo<5>(3);
  EXPECT_EQ(counts.nodes, (List{26, 651, 15650}));
  EXPECT_EQ(counts.terminal, (List{0, 1, 25}));
}

TEST(GoCounts, GamesOn9x9ToPly2_AreAsManyAsOpenSpiels) {
  const Counts counts = CountTo<9>(2);
  EXPECT_EQ(counts.nodes, (List{82, 6643}));
  EXPECT_EQ(counts.terminal, (List{0, 1}));
}

TEST(FullGoCounts, LongerGames_AreAsManyAsOpenSpiels) {
  EXPECT_EQ(CountTo<3>(6).nodes, (List{10, 91, 738, 5281, 33384, 179712}));
  const Counts five = CountTo<5>(4);
  EXPECT_EQ(five.nodes, (List{26, 651, 15650, 361041}));
  EXPECT_EQ(five.terminal, (List{0, 1, 25, 625}));
  const Counts nine = CountTo<9>(3);
  EXPECT_EQ(nine.nodes, (List{82, 6643, 531522}));
  EXPECT_EQ(nine.terminal, (List{0, 1, 81}));
  const Counts nineteen = CountTo<19>(2);
  EXPECT_EQ(nineteen.nodes, (List{362, 130683}));
  EXPECT_EQ(nineteen.terminal, (List{0, 1}));
}

/// Colourings of the board in which every chain has a liberty.
template <int kSize>
std::int64_t LegalPositions() {
  constexpr int kPoints = kSize * kSize;
  std::int64_t colourings = 1, legal = 0;
  for (int p = 0; p < kPoints; ++p) colourings *= 3;
  for (std::int64_t colouring = 0; colouring < colourings; ++colouring) {
    go::PointSet<kSize> stones[3];
    std::int64_t rest = colouring;
    for (int p = 0; p < kPoints; ++p, rest /= 3) stones[rest % 3].Add(p);
    legal += go::EveryChainBreathes(stones[1], stones[2]);
  }
  return legal;
}

// J. Tromp, OEIS A094777.
TEST(GoCounts, LegalPositionsTo3x3_AreTromps) {
  EXPECT_EQ(LegalPositions<1>(), 1);
  EXPECT_EQ(LegalPositions<2>(), 57);
  EXPECT_EQ(LegalPositions<3>(), 12675);
}

TEST(FullGoCounts, LegalPositionsOf4x4_AreTromps) { EXPECT_EQ(LegalPositions<4>(), 24318165); }

// Reading a board takes exactly the legal positions.
TEST(GoCounts, BoardsThatAreRead_AreTrompsLegalPositions) {
  int legal = 0;
  Go<3> game = Start<3>();
  for (int colouring = 0; colouring < 19683; ++colouring) {
    std::string text;
    int rest = colouring;
    for (int p = 0; p < 9; ++p, rest /= 3) {
      text += ".xo"[rest % 3];
      if (p % 3 == 2) text += '/';
    }
    try {
      game.FromText(text);
      ++legal;
    } catch (const UsageError&) {
    }
  }
  EXPECT_EQ(legal, 12675);
}

/// The listing of a random set, by the table and as the processor does it.
template <int kSize>
void ExpectListed(Rng& rng) {
  go::PointSet<kSize> set;
  std::vector<std::int32_t> expected;
  const std::uint32_t density = rng.Below(5);
  for (int p = 0; p < kSize * kSize; ++p) {
    if (rng.Below(4) >= density) continue;
    set.Add(p);
    expected.push_back(p);
  }
  for (const bool by_bytes : {true, false}) {
    std::vector<std::int32_t> ids(kSize * kSize + 2, -7);
    const int count =
        by_bytes ? go::ListPointsByBytes(set, ids.data()) : go::ListPoints(set, ids.data());
    EXPECT_EQ(ids.back(), -7) << "written beyond the room, size " << kSize;
    ids.resize(static_cast<std::size_t>(count));
    EXPECT_EQ(ids, expected) << "size " << kSize;
  }
}

TEST(GoCounts, SetsOfPoints_AreListedAscendingInBothWays) {
  Rng rng(24, StreamRole::kTest);
  for (int i = 0; i < 200; ++i) {
    ExpectListed<2>(rng);
    ExpectListed<3>(rng);
    ExpectListed<4>(rng);
    ExpectListed<5>(rng);
    ExpectListed<8>(rng);
    ExpectListed<9>(rng);
    ExpectListed<13>(rng);
    ExpectListed<16>(rng);
    ExpectListed<19>(rng);
  }
}

}  // namespace
}  // namespace brasa
