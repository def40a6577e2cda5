#include "envs/cards/kuhn_poker.h"

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

const Settings kTwo = {};
const Settings kThree = {{"players", "3"}};
const Settings kTen = {{"players", "10"}};

/// The rules once more, from the list of moves alone.
struct PlainKuhn {
  int players;
  std::vector<int> cards, moves;

  int FirstBet() const {
    return static_cast<int>(std::find(moves.begin(), moves.end(), 1) - moves.begin());
  }
  bool over() const {
    const int made = static_cast<int>(moves.size());
    return FirstBet() == made ? made == players : made == FirstBet() + players;
  }
  std::vector<float> Returns() const {
    std::vector<float> chips(cards.size(), 1);
    for (std::size_t k = 0; k < moves.size(); ++k) {
      if (moves[k] == 1) chips[k % cards.size()] = 2;
    }
    const bool bet = FirstBet() < static_cast<int>(moves.size());
    int best = -1;
    float pot = 0;
    for (std::size_t p = 0; p < cards.size(); ++p) {
      pot += chips[p];
      if (!bet || chips[p] == 2) best = std::max(best, cards[p]);
    }
    std::vector<float> returns;
    for (std::size_t p = 0; p < cards.size(); ++p) {
      returns.push_back((cards[p] == best ? pot : 0) - chips[p]);
    }
    return returns;
  }
};

TEST(KuhnPoker, RandomGames_AgreeWithPlainRules) {
  for (int players = 2; players <= 10; ++players) {
    const Settings settings = {{"players", std::to_string(players)}};
    for (std::uint32_t number = 0; number < 500; ++number) {
      Rng rng(21, StreamRole::kTest, number);
      KuhnPoker game = Make<KuhnPoker>(settings);
      game.Reset(rng);
      PlainKuhn plain{players, {}, {}};
      std::vector<float> rewards(static_cast<std::size_t>(players), 9);
      std::array<std::int32_t, 11> ids{};
      std::array<double, 11> p{};
      while (game.PlayerToMove() == kChance) {
        const int count = game.ChanceOutcomes(ids, p);
        ASSERT_EQ(count, players + 1 - static_cast<int>(plain.cards.size()));
        const auto drawn = rng.Below(static_cast<std::uint32_t>(count));
        game.ApplyChance(ids[drawn], rewards);
        ASSERT_EQ(std::count(plain.cards.begin(), plain.cards.end(), ids[drawn]), 0);
        plain.cards.push_back(ids[drawn]);
      }
      ASSERT_EQ(static_cast<int>(plain.cards.size()), players);
      for (bool over = false; !over;) {
        ASSERT_EQ(game.PlayerToMove(), static_cast<int>(plain.moves.size()) % players);
        ASSERT_EQ(game.LegalActions(ids), 2);
        // Bets are rare, so that long games are met at full tables.
        const std::int32_t id = rng.Below(static_cast<std::uint32_t>(players)) == 0;
        plain.moves.push_back(id);
        over = game.Step(ActionRef(&id, 1), rng, rewards) == EpisodeEnd::kTerminated;
        ASSERT_EQ(over, plain.over()) << game.ToText();
        const auto zero = std::vector<float>(rewards.size(), 0);
        ASSERT_EQ(rewards, over ? plain.Returns() : zero) << game.ToText();
      }
      ASSERT_EQ(game.LegalActions(ids), 0);
    }
  }
}

TEST(KuhnPoker, WorldsThatDifferInAnothersCard_LookTheSame) {
  EXPECT_EQ(Seen(FromText<KuhnPoker>(kTwo, "1 2 pb"), 0, kTwo),
            Seen(FromText<KuhnPoker>(kTwo, "1 0 pb"), 0, kTwo));
  EXPECT_NE(Seen(FromText<KuhnPoker>(kTwo, "1 2 pb"), 1, kTwo),
            Seen(FromText<KuhnPoker>(kTwo, "1 0 pb"), 1, kTwo));
  // At the end too: nobody shows a card by losing.
  EXPECT_EQ(Seen(FromText<KuhnPoker>(kTwo, "1 2 pbb"), 0, kTwo),
            Seen(FromText<KuhnPoker>(kTwo, "1 0 pbb"), 0, kTwo));
  EXPECT_EQ(Seen(FromText<KuhnPoker>(kThree, "0 3 2 bp"), 2, kThree),
            Seen(FromText<KuhnPoker>(kThree, "1 0 2 bp"), 2, kThree));
}

TEST(KuhnPoker, RedrawnWorlds_AreEquallyLikelyDeals) {
  ExpectRedrawn(FromText<KuhnPoker>(kTwo, "1 2 pb"), 0, {{"1 0 pb", 0.5}, {"1 2 pb", 0.5}});
  std::map<std::string, double> deals;
  for (const int a : {0, 2, 3}) {
    for (const int b : {0, 2, 3}) {
      if (a == b) continue;
      deals[std::to_string(a) + " 1 " + std::to_string(b) + " pb"] = 1.0 / 6.0;
    }
  }
  ExpectRedrawn(FromText<KuhnPoker>(kThree, "0 1 2 pb"), 1, deals);
  // Player 1 has no card yet: everything may lie before player 0.
  ExpectRedrawn(FromText<KuhnPoker>(kTwo, "1"), 1,
                {{"0", 1 / 3.0}, {"1", 1 / 3.0}, {"2", 1 / 3.0}});
}

TEST(KuhnPoker, Text_ReadsBackEveryKindOfState) {
  for (const char* text : {"", "2", "1 0", "1 0 p", "1 0 pb", "1 0 pbp", "0 1 bb"}) {
    EXPECT_EQ(FromText<KuhnPoker>(kTwo, text).ToText(), text);
  }
  EXPECT_EQ(FromText<KuhnPoker>(kTen, "10 9 8 7 6 5 4 3 2 1 pppppppppbppp").ToText(),
            "10 9 8 7 6 5 4 3 2 1 pppppppppbppp");
  KuhnPoker game = FromText<KuhnPoker>(kTwo, "1 0 p");
  for (const char* text : {"1 1", "3", "1 0 x", "1 0 ppp", "1 0 bpp", "1 p", "p", "1  0", "1 0 ",
                           " 1 0", "01 0", "1 0 p b", "-1"}) {
    EXPECT_THROW(game.FromText(text), UsageError) << text;
    EXPECT_EQ(game.ToText(), "1 0 p");
  }
}

TEST(KuhnPoker, Actions_AreReadInAnyCaseAndByNumber) {
  const KuhnPoker game = Make<KuhnPoker>(kTwo);
  EXPECT_EQ(game.ActionFromText("bet"), std::vector<double>{1});
  EXPECT_EQ(game.ActionFromText("Pass"), std::vector<double>{0});
  EXPECT_EQ(game.ActionFromText("1"), std::vector<double>{1});
  for (const char* text : {"", "raise", "2", "be"}) {
    EXPECT_THROW(game.ActionFromText(text), UsageError) << text;
  }
}

TEST(KuhnPoker, ButtonsUnderTheTable_AreTheActions) {
  const KuhnPoker game = FromText<KuhnPoker>(kTwo, "1 0");
  EXPECT_EQ(game.ActionAt({4.2, 0.28}), 0);
  EXPECT_EQ(game.ActionAt({5.3, 0.28}), 1);
  EXPECT_EQ(game.ActionAt({3, 2}), -1);
  EXPECT_EQ(FromText<KuhnPoker>(kTwo, "1 0 pp").ActionAt({5.3, 0.28}), -1);
}

void FuzzKuhn(int count) {
  KuhnPoker game = Make<KuhnPoker>(kThree);
  testing::FuzzText({"1 2 0 pb", "3 0 1 ppbpb", "2", "0 1 2"}, "pb 0123", count,
                    [&](const std::string& text) {
                      game.FromText(text);
                      ASSERT_EQ(game.ToText(), text);
                    });
  testing::FuzzText({"Pass", "Bet", "0", "1"}, "PassBet01", count / 10,
                    [&](const std::string& text) { game.ActionFromText(text); });
}
TEST(KuhnPoker, GarbageTexts_AreRefusedInOneWay) { FuzzKuhn(100000); }
TEST(FullKuhnPokerFuzz, GarbageTexts_AreRefusedInOneWay) { FuzzKuhn(1000000); }

TEST(KuhnPoker, TablesOfAnySize_KeepEveryLaw) {
  EXPECT_THROW(Make<KuhnPoker>({{"players", "1"}}), ConfigError);
  EXPECT_THROW(Make<KuhnPoker>({{"players", "11"}}), ConfigError);
  ExpectLaws<KuhnPoker>("KuhnPoker-v0", {kTwo, kThree, kTen});
}

}  // namespace
}  // namespace brasa
