// The generator of plays against a slow one, and counts of known positions.
#include "brasa/contract_check.h"
#include "tests/backgammon/backgammon_testing.h"
#include "tests/backgammon/plain_backgammon.h"

namespace brasa {
namespace {

using testing::At;
using testing::kStart;
using testing::Legal;
using testing::PlainBackgammon;
using testing::PlayId;
using testing::Ply;

void ExpectSame(const Backgammon& game, const PlainBackgammon& plain) {
  for (int player = 0; player < 2; ++player) {
    const auto& counts = plain.checkers[static_cast<std::size_t>(player)];
    ASSERT_EQ(game.Count(player, Backgammon::kBar), counts[25]);
    ASSERT_EQ(game.Count(player, Backgammon::kOff), counts[0]);
    int pips = 0;
    for (int n = 25; n > 0; --n) pips += n * counts[static_cast<std::size_t>(n)];
    ASSERT_EQ(game.Pips(player), pips);
    for (int n = 1; n <= 24; ++n) {
      ASSERT_EQ(game.Count(player, player == 0 ? 24 - n : n - 1),
                counts[static_cast<std::size_t>(n)]);
    }
  }
}

/// Dice as a pair of the facts' order: 30 outcomes without doubles, then 6 doubles.
void Roll(Backgammon& game, PlainBackgammon& plain, Rng& rng, bool opening) {
  const auto id = static_cast<int>(rng.Below(opening ? 30 : 36));
  std::array<float, 2> rewards{};
  game.ApplyChance(id, rewards);
  plain.low = game.low;
  plain.high = game.high;
  if (opening) plain.mover = id % 2;
}

/// A random game on both boards; the kinds of its end are counted in `worths`.
void PlayBoth(std::uint32_t number, std::array<int, 4>& worths) {
  Rng rng(17, StreamRole::kTest, number);
  constexpr std::array<const char*, 3> kScorings = {"winloss", "gammons", "backgammons"};
  Backgammon game = At(std::string(kStart) + "opening roll", kScorings[number % 3]);
  PlainBackgammon plain;
  for (bool opening = true;; opening = false) {
    if (game.PlayerToMove() == kChance) Roll(game, plain, rng, opening);
    SCOPED_TRACE("game " + std::to_string(number) + ": " + game.ToText());
    ASSERT_EQ(game.PlayerToMove(), plain.mover);
    ASSERT_EQ(game.again != 0, plain.again);
    const std::vector<std::int32_t> ids = Legal(game);
    ASSERT_EQ(ids, plain.Ids());
    const std::int32_t id = ids[rng.Below(static_cast<std::uint32_t>(ids.size()))];
    const int mover = plain.mover;
    const Ply ply = PlayId(game, id);
    const int worth = plain.Play(id);
    ASSERT_NO_FATAL_FAILURE(ExpectSame(game, plain));
    ASSERT_EQ(ply.end == EpisodeEnd::kTerminated, worth > 0);
    const int counted = std::min(worth, static_cast<int>(number % 3) + 1);
    const auto reward = static_cast<float>(mover == 0 ? counted : -counted);
    ASSERT_EQ(ply.rewards, (std::array<float, 2>{reward, -reward}));
    if (worth == 0) continue;
    ++worths[static_cast<std::size_t>(worth)];
    return;
  }
}

TEST(Backgammon, RandomGames_AgreeWithASlowGenerator) {
  std::array<int, 4> worths{};
  for (std::uint32_t number = 0; number < 40; ++number) PlayBoth(number, worths);
  for (int worth = 1; worth <= 3; ++worth) {
    EXPECT_GT(worths[static_cast<std::size_t>(worth)], 0) << worth;
  }
}

TEST(FullBackgammon, RandomGames_AgreeWithASlowGenerator) {
  std::array<int, 4> worths{};
  for (std::uint32_t number = 100; number < 2100; ++number) PlayBoth(number, worths);
}

/// Random positions, which random games hardly reach: many on the bar, both bearing off.
PlainBackgammon RandomPosition(Rng& rng) {
  PlainBackgammon plain;
  plain.checkers = {};
  const auto reach = 6 + rng.Below(20);  // the farthest point in use, up to 25 = the bar
  const auto off = rng.Below(14);
  std::array<int, 25> owner{};  // by x's numbers: 1 = x, 2 = o
  for (std::size_t player = 0; player < 2; ++player) {
    auto& counts = plain.checkers[player];
    counts[0] = static_cast<int>(off);
    for (auto left = 15 - off; left > 0;) {
      const std::size_t n = 1 + rng.Below(reach);
      const std::size_t x_number = player == 0 ? n : 25 - n;
      if (n < 25 && owner[x_number] == 2 - static_cast<int>(player)) continue;
      if (n < 25) owner[x_number] = 1 + static_cast<int>(player);
      ++counts[n];
      --left;
    }
  }
  plain.mover = static_cast<int>(rng.Below(2));
  const auto a = static_cast<int>(1 + rng.Below(6)), b = static_cast<int>(1 + rng.Below(6));
  plain.low = std::min(a, b);
  plain.high = std::max(a, b);
  return plain;
}

std::string TextOf(const PlainBackgammon& plain) {
  std::string text;
  for (std::size_t player = 0; player < 2; ++player) {
    text += player == 0 ? "x" : "o";
    for (std::size_t n = 26; n-- > 0;) {
      const int count = plain.checkers[player][n];
      if (count == 0) continue;
      text += n == 25 ? " bar(" : n == 0 ? " off(" : " " + std::to_string(n) + "(";
      text += std::to_string(count) + ")";
    }
    text += "; ";
  }
  return text + (plain.mover == 0 ? "x" : "o") + " plays " + std::to_string(plain.low) +
         std::to_string(plain.high);
}

void ComparePositions(std::uint32_t stream, int positions) {
  Rng rng(18, StreamRole::kTest, stream);
  for (int i = 0; i < positions; ++i) {
    const PlainBackgammon plain = RandomPosition(rng);
    const std::string text = TextOf(plain);
    const Backgammon game = At(text);
    ASSERT_EQ(game.ToText(), text);
    ASSERT_EQ(Legal(game), plain.Ids()) << text;
  }
}

TEST(Backgammon, RandomPositions_AgreeWithASlowGenerator) { ComparePositions(0, 600); }
TEST(FullBackgammon, RandomPositions_AgreeWithASlowGenerator) { ComparePositions(1, 100000); }

// Playing the halves of a double one after the other, each as long as possible, never costs one of
// the four moves: a checker's way is not shut or opened for good by other moves of the same number.
TEST(Backgammon, HalvesOfADouble_PlayAsManyMovesAsPossible) {
  Rng rng(19, StreamRole::kTest);
  for (int i = 0; i < 40; ++i) {
    PlainBackgammon plain = RandomPosition(rng);
    plain.low = plain.high;
    const int most = plain.MostMoves({plain.high, plain.high, plain.high, plain.high});
    const Backgammon game = At(TextOf(plain));
    for (const std::int32_t id : Legal(game)) {
      Backgammon half = game;
      int moves = (id % 26 != 25) + (id / 26 != 25);
      if (id == Backgammon::kPass) moves = 0;
      if (PlayId(half, id).end == EpisodeEnd::kNone && half.again != 0) {
        const std::int32_t next = Legal(half)[0];
        moves += next == Backgammon::kPass ? 0 : next / 26 == 25 ? 1 : 2;
      }
      ASSERT_EQ(moves, most) << TextOf(plain) << " " << id;
    }
  }
}

/// Different positions after a whole roll.
std::size_t Results(const std::string& dice) {
  std::set<std::string> results;
  const Backgammon game = At(kStart + ("x plays " + dice));
  for (const std::int32_t id : Legal(game)) {
    Backgammon half = game;
    PlayId(half, id);
    if (half.again == 0) results.insert(half.ToText());
    for (const std::int32_t more : half.again != 0 ? Legal(half) : std::vector<std::int32_t>()) {
      Backgammon whole = half;
      PlayId(whole, more);
      results.insert(whole.ToText());
    }
  }
  return results.size();
}

// 6-6: of the moves 24/18 (twice at most), 13/7 and 8/2 (three times at most) four are made:
// 4 + 4 + 3 ways for none, one and two of 24/18. 5-5: 13/8 and 8/3 alone are open; four moves, at
// least one of them 13/8: 4 ways. 4-5: one of 24/20, 13/9, 8/4, 6/2 with one of 13/8, 8/3 make 8
// ways, 13/4 among them; 24/15 is the ninth.
TEST(Backgammon, OpeningRolls_HaveTheCountedResults) {
  EXPECT_EQ(Results("66"), 11u);
  EXPECT_EQ(Results("55"), 4u);
  EXPECT_EQ(Results("45"), 9u);
}

TEST(Backgammon, Struct_KeepsTheLawsOfStructs) {
  EXPECT_EQ(StructFindings<Backgammon>(Params(Backgammon::Fields())), std::vector<std::string>());
}

}  // namespace
}  // namespace brasa
