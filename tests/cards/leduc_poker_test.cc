#include "envs/cards/leduc_poker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/cards/hidden_cards.h"
#include "tests/support/text_fuzz.h"

namespace brasa {
namespace {

using cards_testing::ExpectLaws;
using cards_testing::ExpectRedrawn;
using cards_testing::FromText;
using cards_testing::Make;
using cards_testing::Seen;
using cards_testing::Settings;

const Settings kTwoSeats = {};
const Settings kThreeSeats = {{"players", "3"}};
const Settings kRanks = {{"suit_isomorphism", "true"}};
const Settings kMapped = {{"action_mapping", "true"}};
const Settings kTenSeats = {{"players", "10"}, {"starting_player", "7"}};

/// The rules once more, worked out from the lists of cards and moves after every move.
struct PlainLeduc {
  explicit PlainLeduc(int seats, int first) : players(seats), start(first) {}

  int players, start;
  std::vector<int> cards;  ///< ranks, in the order of dealing
  std::array<std::vector<int>, 2> rounds;

  // What follows from them.
  std::vector<int> chips;
  std::vector<bool> in;
  int mover = -1, raises = 0, bet = 1;
  bool over = false, wants_community = false;

  int Next(int from) const {
    for (int i = 0;; ++i) {
      const int seat = (from + i) % players;
      if (in[static_cast<std::size_t>(seat)]) return seat;
    }
  }
  void Work() {
    chips.assign(static_cast<std::size_t>(players), 1);
    in.assign(chips.size(), true);
    bet = 1;
    over = wants_community = false;
    for (int round = 0; round < 2; ++round) {
      mover = Next(start);
      raises = 0;
      int to_answer = static_cast<int>(std::count(in.begin(), in.end(), true));
      for (const int move : rounds[static_cast<std::size_t>(round)]) {
        const auto seat = static_cast<std::size_t>(mover);
        --to_answer;
        if (move == 0) in[seat] = false;
        if (move == 1) chips[seat] = bet;
        if (move == 2) {
          bet += round == 0 ? 2 : 4;
          chips[seat] = bet;
          ++raises;
          to_answer = static_cast<int>(std::count(in.begin(), in.end(), true)) - 1;
        }
        if (std::count(in.begin(), in.end(), true) == 1) {
          over = true;
          return;
        }
        mover = Next(mover + 1);
      }
      if (to_answer > 0) return;
      if (round == 1) over = true;
      wants_community = round == 0;
      if (static_cast<int>(cards.size()) == players) return;
      wants_community = false;
    }
  }
  std::vector<std::int32_t> Legal() const {
    std::vector<std::int32_t> legal;
    if (bet > chips[static_cast<std::size_t>(mover)]) legal.push_back(0);
    legal.push_back(1);
    if (raises < 2) legal.push_back(2);
    return legal;
  }
  std::vector<float> Returns() const {
    const auto worth = [&](std::size_t p) {
      if (!in[p]) return -1;
      const bool shown = static_cast<int>(cards.size()) > players;
      return shown && cards[p] == cards.back() ? 1000 : cards[p];
    };
    int best = -1, winners = 0, pot = 0;
    for (std::size_t p = 0; p < chips.size(); ++p) {
      best = std::max(best, worth(p));
      pot += chips[p];
    }
    for (std::size_t p = 0; p < chips.size(); ++p) winners += worth(p) == best;
    std::vector<float> returns;
    for (std::size_t p = 0; p < chips.size(); ++p) {
      const float share = static_cast<float>(pot) / static_cast<float>(winners);
      returns.push_back((worth(p) == best ? share : 0) - static_cast<float>(chips[p]));
    }
    return returns;
  }
};

void PlayBeside(const Settings& settings, int players, int start, bool ranks, bool mapped,
                std::uint32_t number) {
  Rng rng(31, StreamRole::kTest, number);
  LeducPoker game = Make<LeducPoker>(settings);
  game.Reset(rng);
  PlainLeduc plain(players, start);
  std::vector<float> rewards(static_cast<std::size_t>(players), 9);
  std::array<std::int32_t, 22> ids{};
  std::array<double, 22> p{};
  for (;;) {
    if (game.PlayerToMove() == kChance) {
      const int count = game.ChanceOutcomes(ids, p);
      const int drawn = rng.Categorical(std::span(p).first(static_cast<std::size_t>(count)));
      const std::int32_t id = ids[static_cast<std::size_t>(drawn)];
      const int rank = ranks ? id : id / 2;
      const auto dealt = std::count(plain.cards.begin(), plain.cards.end(), rank);
      ASSERT_LT(dealt, 2) << game.ToText();
      const auto left = 2.0 * (players + 1) - static_cast<double>(plain.cards.size());
      const double expected = ranks ? (2.0 - static_cast<double>(dealt)) / left : 1.0 / left;
      ASSERT_NEAR(p[static_cast<std::size_t>(drawn)], expected, 1e-15);
      game.ApplyChance(id, rewards);
      plain.cards.push_back(rank);
      plain.Work();
      continue;
    }
    ASSERT_EQ(game.PlayerToMove(), plain.mover) << game.ToText();
    const int count = game.LegalActions(ids);
    std::vector<std::int32_t> legal(ids.begin(), ids.begin() + count);
    ASSERT_EQ(legal, mapped ? (std::vector<std::int32_t>{0, 1, 2}) : plain.Legal())
        << game.ToText();
    const std::int32_t id = legal[rng.Below(static_cast<std::uint32_t>(count))];
    const auto known = plain.Legal();
    const bool allowed = std::find(known.begin(), known.end(), id) != known.end();
    plain.rounds[static_cast<int>(plain.cards.size()) > players].push_back(allowed ? id : 1);
    plain.Work();
    const bool over = game.Step(ActionRef(&id, 1), rng, rewards) == EpisodeEnd::kTerminated;
    ASSERT_EQ(over, plain.over) << game.ToText();
    ASSERT_EQ(rewards, over ? plain.Returns() : std::vector<float>(rewards.size(), 0))
        << game.ToText();
    if (over) break;
    ASSERT_EQ(game.PlayerToMove() == kChance, plain.wants_community) << game.ToText();
  }
  ASSERT_EQ(game.LegalActions(ids), 0);
}

TEST(LeducPoker, RandomGames_AgreeWithPlainRules) {
  for (int players = 2; players <= 10; ++players) {
    for (std::uint32_t number = 0; number < 400; ++number) {
      const int start = static_cast<int>(number) % players;
      const bool ranks = number % 3 == 0, mapped = number % 5 == 0;
      const Settings settings = {{"players", std::to_string(players)},
                                 {"starting_player", std::to_string(start)},
                                 {"suit_isomorphism", ranks ? "true" : "false"},
                                 {"action_mapping", mapped ? "true" : "false"}};
      PlayBeside(settings, players, start, ranks, mapped, number);
      if (HasFatalFailure()) return;
    }
  }
}

// Jack and king against a community jack; equal queens under a king share the pot.
TEST(LeducPoker, Showdowns_GoToPairsThenRanksThenShares) {
  const auto returns = [](const std::string& before, std::int32_t last) {
    LeducPoker game = FromText<LeducPoker>(kTwoSeats, before);
    std::array<float, 2> rewards{};
    Rng rng;
    EXPECT_EQ(game.Step(ActionRef(&last, 1), rng, rewards), EpisodeEnd::kTerminated);
    return rewards;
  };
  using Pair = std::array<float, 2>;
  EXPECT_EQ(returns("0 4 rc 1 c", 1), (Pair{3, -3}));
  EXPECT_EQ(returns("0 4 rrc 2 rr", 1), (Pair{-13, 13}));
  EXPECT_EQ(returns("2 3 cc 4 c", 1), (Pair{0, 0}));
  EXPECT_EQ(returns("0 4 rr", 0), (Pair{-3, 3}));
}

TEST(LeducPoker, WorldsThatDifferInAnothersCard_LookTheSame) {
  const auto look = [](const Settings& settings, const char* a, const char* b, int player) {
    return Seen(FromText<LeducPoker>(settings, a), player, settings) ==
           Seen(FromText<LeducPoker>(settings, b), player, settings);
  };
  EXPECT_TRUE(look(kTwoSeats, "0 3 rc 5 c", "0 4 rc 5 c", 0));
  EXPECT_FALSE(look(kTwoSeats, "0 3 rc 5 c", "0 4 rc 5 c", 1));
  EXPECT_FALSE(look(kTwoSeats, "0 3 rc 5 c", "0 3 rc 4 c", 0));
  EXPECT_TRUE(look(kTwoSeats, "0 3 rc 5 cc", "0 4 rc 5 cc", 0));
  EXPECT_TRUE(look(kThreeSeats, "0 3 6 rfc 5 c", "1 2 6 rfc 5 c", 2));
}

TEST(LeducPoker, RedrawnWorlds_FollowChance) {
  std::map<std::string, double> deals;
  for (const int other : {1, 2, 3, 4}) {
    deals["0 " + std::to_string(other) + " rc 5 c"] = 0.25;
  }
  ExpectRedrawn(FromText<LeducPoker>(kTwoSeats, "0 3 rc 5 c"), 0, deals);
  // Ranks: own 0 and community 2 leave 0, 1, 1, 2.
  ExpectRedrawn(FromText<LeducPoker>(kRanks, "0 1 rc 2 c"), 0,
                {{"0 0 rc 2 c", 0.25}, {"0 1 rc 2 c", 0.5}, {"0 2 rc 2 c", 0.25}});
  // Three players, ranks, own 0: two of 0 1 1 2 2 3 3 in order.
  std::map<std::string, double> pairs;
  const std::array<int, 4> left = {1, 2, 2, 2};
  for (int a = 0; a < 4; ++a) {
    for (int b = 0; b < 4; ++b) {
      const int rest = left[static_cast<std::size_t>(b)] - (a == b);
      if (rest == 0) continue;
      pairs["0 " + std::to_string(a) + ' ' + std::to_string(b) + " c"] =
          left[static_cast<std::size_t>(a)] / 7.0 * rest / 6.0;
    }
  }
  const Settings three = {{"players", "3"}, {"suit_isomorphism", "true"}};
  ExpectRedrawn(FromText<LeducPoker>(three, "0 1 2 c"), 0, pairs);
}

TEST(LeducPoker, Text_ReadsBackEveryKindOfState) {
  for (const char* text :
       {"", "5", "0 3", "0 3 r", "0 3 rf", "0 3 rrc", "0 3 rrc 5", "0 3 cc 1 crrc"}) {
    EXPECT_EQ(FromText<LeducPoker>(kTwoSeats, text).ToText(), text);
  }
  EXPECT_EQ(FromText<LeducPoker>(kRanks, "0 0 cc 1 c").ToText(), "0 0 cc 1 c");
  LeducPoker game = FromText<LeducPoker>(kTwoSeats, "0 3 r");
  for (const char* text :
       {"0 0", "6", "0 3 f", "0 3 rrr", "0 3 cc c", "0 3 rf 5", "0 3 ccc", "0 3 cc 3",
        "0 3 cc 5 ccc", "0 3  r", "0 3 r ", " 0 3", "0 3 r c", "0 r", "00 3", "0 3 x"}) {
    EXPECT_THROW(game.FromText(text), UsageError) << text;
    EXPECT_EQ(game.ToText(), "0 3 r");
  }
  EXPECT_THROW(FromText<LeducPoker>(kRanks, "0 0 cc 0"), UsageError);
}

TEST(LeducPoker, ButtonsOfIllegalActions_DoNothing) {
  const LeducPoker game = FromText<LeducPoker>(kTwoSeats, "0 3");
  EXPECT_EQ(game.ActionAt({3.0, 0.28}), -1);  // nothing to fold for
  EXPECT_EQ(game.ActionAt({4.2, 0.28}), 1);
  EXPECT_EQ(game.ActionAt({5.3, 0.28}), 2);
  EXPECT_EQ(FromText<LeducPoker>(kTwoSeats, "0 3 r").ActionAt({3.0, 0.28}), 0);
}

void FuzzLeduc(int count) {
  LeducPoker game = Make<LeducPoker>(kThreeSeats);
  testing::FuzzText({"0 3 6 rfc 5 crrc", "7 1 2 rrcc 4 cc", "2", "0 1 2 ccr"}, "fcr 01234567",
                    count, [&](const std::string& text) {
                      game.FromText(text);
                      ASSERT_EQ(game.ToText(), text);
                    });
  testing::FuzzText({"Fold", "Call", "Raise", "2"}, "FoldCallRaise012", count / 10,
                    [&](const std::string& text) { game.ActionFromText(text); });
}
TEST(LeducPoker, GarbageTexts_AreRefusedInOneWay) { FuzzLeduc(100000); }
TEST(FullLeducPokerFuzz, GarbageTexts_AreRefusedInOneWay) { FuzzLeduc(1000000); }

TEST(LeducPoker, EveryOption_KeepsEveryLaw) {
  EXPECT_THROW(Make<LeducPoker>({{"starting_player", "2"}}), ConfigError);
  EXPECT_THROW(Make<LeducPoker>({{"players", "11"}}), ConfigError);
  ExpectLaws<LeducPoker>("LeducPoker-v0", {kTwoSeats, kThreeSeats, kRanks, kMapped, kTenSeats});
}

}  // namespace
}  // namespace brasa
