#include "envs/toy/blackjack.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "brasa/contract_check.h"
#include "brasa/core/value_iteration.h"
#include "tests/support/text_fuzz.h"
#include "tests/toy/tables.h"

namespace brasa {
namespace {

using toy_testing::ReadRows;
using toy_testing::Settings;
using toy_testing::With;

const Settings kSab = {};
const Settings kPlain = {{"sab", "false"}};
const Settings kNatural = {{"sab", "false"}, {"natural", "true"}};

Blackjack Table(const Settings& settings) { return Blackjack(With<Blackjack>(settings)); }

BlackjackHand Hand(const std::string& cards) {
  BlackjackHand hand;
  std::istringstream stream(cards);
  for (int card; stream >> card;) hand.Add(card);
  return hand;
}

// Each step of Gymnasium's episodes, with the cards it drew: observation, reward and end.
TEST(Blackjack, RecordedHands_GiveTheSameObservationsAndRewards) {
  const std::map<std::string, Settings> variants = {
      {"default", kSab}, {"sab_false_natural_false", kPlain}, {"sab_false_natural_true", kNatural}};
  int steps = 0;
  for (const auto& row : ReadRows("blackjack_v1_traj.csv")) {
    Blackjack game = Table(variants.at(row[0]));
    game.player = Hand(row[6]);
    game.dealer = Hand(row[7]);
    std::array<float, 3> seen{};
    game.Observe(0, seen);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(seen[i], std::stof(row[8 + i])) << row[6];
    const bool bust = game.player.sum() > 21, stick = row[5] == "0";
    EXPECT_EQ(bust || stick, row[12] == "1");
    const float reward = bust ? -1 : stick ? game.Payoff(game.player, game.dealer) : 0;
    EXPECT_EQ(reward, std::stof(row[11])) << row[6] << " against " << row[7];
    if (stick) {
      EXPECT_GE(game.dealer.sum(), 17);
      const BlackjackHand before = Hand(row[4]);
      EXPECT_EQ(before.sum() < 17, game.dealer.count > before.count) << row[7];
    }
    ++steps;
  }
  EXPECT_EQ(steps, 256);
}

// By dynamic programming over Gymnasium's rules.
TEST(Blackjack, ValueIterationOnTheModel_GivesTheKnownOptima) {
  const auto optimum = [](const Settings& settings) {
    const TransitionModel model = Table(settings).Model();
    return StartMean(model, BestUnlimitedValues(model, 1, 0, 100).value());
  };
  EXPECT_NEAR(optimum(kSab), -0.043113105413, 5e-13);
  EXPECT_NEAR(optimum(kPlain), -0.046555977067, 5e-13);
  EXPECT_NEAR(optimum(kNatural), -0.025729182789, 5e-13);
}

std::size_t StateOf(int sum, int dealer, int usable) {
  return static_cast<std::size_t>((sum * 11 + dealer) * 2 + usable);
}

// The known policy: without a usable ace stick on 13 against 2 and 3, 12 against 4 to 6, else 17;
// with one stick on 18 against 2 to 8, 19 against 9, 10 and ace.
TEST(Blackjack, BestPolicy_IsTheKnownOne) {
  const TransitionModel model = Table(kSab).Model();
  const auto values = BestUnlimitedValues(model, 1, 0, 100).value();
  const auto policy = GreedyPolicy(model, values, 1);
  for (int dealer = 1; dealer <= 10; ++dealer) {
    const int hard = dealer == 1 || dealer >= 7 ? 17 : dealer <= 3 ? 13 : 12;
    const int soft = dealer == 1 || dealer >= 9 ? 19 : 18;
    for (int sum = 4; sum <= 21; ++sum) {
      EXPECT_EQ(policy[StateOf(sum, dealer, 0)], sum >= hard ? 0 : 1) << sum << " " << dealer;
      if (sum < 12) continue;
      EXPECT_EQ(policy[StateOf(sum, dealer, 1)], sum >= soft ? 0 : 1) << sum << " " << dealer;
    }
  }
}

TEST(Blackjack, StickingOn20OrMore_HasTheKnownValue) {
  const auto value = [](const Settings& settings) {
    const TransitionModel model = Table(settings).Model();
    std::vector<std::int32_t> policy(static_cast<std::size_t>(model.states), 0);
    for (int dealer = 1; dealer <= 10; ++dealer) {
      for (int sum = 4; sum < 20; ++sum) {
        policy[StateOf(sum, dealer, 0)] = policy[StateOf(sum, dealer, 1)] = 1;
      }
    }
    return StartMean(model, PolicyValues(model, policy, 40));
  };
  EXPECT_NEAR(value(kSab), -0.350111146088, 5e-13);
  EXPECT_NEAR(value(kPlain), -0.353554017742, 5e-13);
  EXPECT_NEAR(value(kNatural), -0.332727223464, 5e-13);
}

// A player who sticks on 17 or more, with an ace too: 300,000 games. The standard deviation of a
// reward is below 1.1, so five of the mean's are 0.0101.
TEST(Blackjack, MeanOfPlayedGames_IsThatOfTheModel) {
  for (const Settings& settings : {kSab, kNatural}) {
    Blackjack game = Table(settings);
    const TransitionModel model = game.Model();
    std::vector<std::int32_t> policy(static_cast<std::size_t>(model.states), 0);
    for (int dealer = 1; dealer <= 10; ++dealer) {
      for (int sum = 4; sum < 17; ++sum) {
        policy[StateOf(sum, dealer, 0)] = policy[StateOf(sum, dealer, 1)] = 1;
      }
    }
    Rng rng(6, StreamRole::kTest);
    double total = 0;
    constexpr int kGames = 300000;
    for (int i = 0; i < kGames; ++i) {
      game.Reset(rng);
      float reward = 0;
      for (EpisodeEnd end = EpisodeEnd::kNone; end == EpisodeEnd::kNone;) {
        const std::int32_t action = game.player.sum() < 17;
        end = game.Step(ActionRef(&action, 1), rng, std::span<float>(&reward, 1));
      }
      total += static_cast<double>(reward);
    }
    EXPECT_NEAR(total / kGames, StartMean(model, PolicyValues(model, policy, 40)), 0.0101);
  }
}

TEST(Blackjack, UsableAce_CountsElevenWhileItFits) {
  EXPECT_EQ(Hand("1 7").sum(), 18);
  EXPECT_TRUE(Hand("1 7").usable_ace());
  EXPECT_EQ(Hand("1 7 9").sum(), 17);
  EXPECT_FALSE(Hand("1 7 9").usable_ace());
  EXPECT_EQ(Hand("1 1").sum(), 12);
  EXPECT_TRUE(Hand("1 10").natural());
  EXPECT_FALSE(Hand("1 5 5").natural());
}

TEST(Blackjack, Naturals_PayByTheOptions) {
  const BlackjackHand natural = Hand("10 1"), three = Hand("7 7 7"), twenty = Hand("10 10");
  EXPECT_EQ(Table(kSab).Payoff(natural, three), 1.0f);
  EXPECT_EQ(Table(kSab).Payoff(natural, natural), 0.0f);
  EXPECT_EQ(Table(kPlain).Payoff(natural, three), 0.0f);
  EXPECT_EQ(Table(kPlain).Payoff(natural, twenty), 1.0f);
  EXPECT_EQ(Table(kNatural).Payoff(natural, twenty), 1.5f);
  EXPECT_EQ(Table(kNatural).Payoff(natural, three), 0.0f);
  EXPECT_EQ(Table(kNatural).Payoff(three, twenty), 1.0f);
  EXPECT_EQ(Table(kNatural).Payoff(twenty, natural), -1.0f);
}

TEST(Blackjack, NaturalWithSab_IsRefused) {
  EXPECT_THROW(Blackjack::Spec(With<Blackjack>({{"natural", "true"}})), ConfigError);
}

TEST(Blackjack, Text_ListsTheCardsAndReadsBack) {
  Blackjack game = Table(kSab);
  for (const char* text : {"player 10 A dealer 7", "player 5 5 5 10 dealer 2",
                           "player A 9 dealer 10 6 5", "player 2 2 A A A dealer A 6"}) {
    game.FromText(text);
    EXPECT_EQ(game.ToText(), text);
  }
  const std::string before = game.ToText();
  for (const char* text :
       {"", "player 10 dealer 7", "player 10 A", "player 10 11 dealer 7", "player 10 1 dealer 7",
        "player 10 6 6 2 dealer 7", "player 10 6 6 dealer 7 10", "player 10 6 dealer 7 2",
        "player 10 6 dealer 10 10 2", "player 10 6  dealer 10", "dealer 7 player 10 A",
        "player 10 A dealer 7 player"}) {
    EXPECT_THROW(game.FromText(text), UsageError) << text;
    EXPECT_EQ(game.ToText(), before);
  }
}

void FuzzBlackjack(int count) {
  Blackjack game = Table(kSab);
  testing::FuzzText({"player 10 A dealer 7", "player 2 2 A A A dealer A 6", "player 5 9 dealer A"},
                    "player dealer A 0123456789", count, [&](const std::string& text) {
                      game.FromText(text);
                      ASSERT_LE(game.player.count, BlackjackHand::kMost);
                    });
  testing::FuzzText({"hit", "stick", "0"}, "hitsck01", count / 10,
                    [&](const std::string& text) { game.ActionFromText(text); });
}
TEST(Blackjack, GarbageTexts_AreRefusedInOneWay) { FuzzBlackjack(100000); }
TEST(FullBlackjackFuzz, GarbageTexts_AreRefusedInOneWay) { FuzzBlackjack(1000000); }

TEST(Blackjack, EveryOption_KeepsEveryLaw) {
  for (const EnvRow& row : BuiltinEnvs()) {
    if (row.id != "Blackjack-v1") continue;
    for (const Settings& settings : {kPlain, kNatural}) {
      Params params = DefaultParams(row);
      for (const auto& [name, value] : settings) params.Set(name, value);
      EXPECT_EQ(ContractFindings(row, params), std::vector<std::string>());
    }
  }
  EXPECT_TRUE(StructFindings<Blackjack>(With<Blackjack>(kNatural)).empty());
}

}  // namespace
}  // namespace brasa
