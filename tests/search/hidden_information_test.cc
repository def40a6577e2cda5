// Search in games whose players hide something from each other.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "agents/search/uct.h"
#include "tests/support/train_loop.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa {
namespace {

using support::FindRow;

const EnvRow& EnvOf(const char* id) { return FindRow(BuiltinEnvs(), id); }

/// What a search with fixed streams finds out at a position.
struct Found {
  Found(const char* id, const std::string& text, int simulations)
      : at(EnvOf(id), DefaultParams(EnvOf(id)), {1, StreamRole::kTest, 0}),
        search({simulations, 1.4142135623730951, 10000}) {
    Env scratch(EnvOf(id), DefaultParams(EnvOf(id)), {2, StreamRole::kSearch, 0});
    at.Reset();
    at.FromText(text);
    scratch.Reset();
    Rng rng(3, StreamRole::kSearch);
    action = search.Choose(at.batch(), 0, scratch, rng);
  }
  double value(std::size_t i) const { return search.root()[i].value; }

  Env at;
  UctSearch search;
  std::int32_t action = 0;
};

void ExpectEqualRoots(const Found& a, const Found& b) {
  ASSERT_EQ(a.search.root().size(), b.search.root().size());
  for (std::size_t i = 0; i < a.search.root().size(); ++i) {
    EXPECT_EQ(a.search.root()[i].action, b.search.root()[i].action);
    EXPECT_EQ(a.search.root()[i].visits, b.search.root()[i].visits);
    EXPECT_EQ(a.search.root()[i].value, b.search.root()[i].value);
  }
  EXPECT_EQ(a.action, b.action);
}

TEST(HiddenInformation, Kuhn_NothingDependsOnTheOthersCard) {
  for (int own = 0; own < 3; ++own) {
    const std::string card = std::to_string(own);
    const std::string low = std::to_string(own == 0 ? 1 : 0), high = own == 2 ? "1" : "2";
    for (const char* moves : {"", " pb"}) {
      SCOPED_TRACE(card + " hidden" + moves);
      ExpectEqualRoots(Found("KuhnPoker-v0", card + " " + low + moves, 300),
                       Found("KuhnPoker-v0", card + " " + high + moves, 300));
    }
    for (const char* moves : {" p", " b"}) {
      SCOPED_TRACE("hidden " + card + moves);
      ExpectEqualRoots(Found("KuhnPoker-v0", low + " " + card + moves, 300),
                       Found("KuhnPoker-v0", high + " " + card + moves, 300));
    }
  }
}

TEST(HiddenInformation, Leduc_NothingDependsOnTheOthersCard) {
  for (const char* moves : {"", " cr", " rc 4", " cc 4 cr"}) {
    SCOPED_TRACE(moves);
    ExpectEqualRoots(Found("LeducPoker-v0", std::string("2 0") + moves, 300),
                     Found("LeducPoker-v0", std::string("2 5") + moves, 300));
  }
  ExpectEqualRoots(Found("LeducPoker-v0", "0 2 r", 300), Found("LeducPoker-v0", "5 2 r", 300));
}

// Facing a bet every move ends the game: passing loses the ante; betting wins 2 with the best card,
// loses 2 with the worst, and with the middle card wins or loses 2 with chance 1/2 each, whatever
// lies there in truth. 1,000 draws of +-2 have a standard error of 0.063.
TEST(HiddenInformation, Kuhn_FacingABet_HasTheValueOfTheDraw) {
  const Found best("KuhnPoker-v0", "0 2 b", 1000), worst("KuhnPoker-v0", "1 0 b", 1000);
  EXPECT_EQ(best.action, 1);
  EXPECT_EQ(best.value(1), 2);
  EXPECT_EQ(worst.action, 0);
  EXPECT_EQ(worst.value(0), -1);
  EXPECT_EQ(worst.value(1), -2);
  for (const char* text : {"0 1 b", "2 1 b"}) {
    const Found middle("KuhnPoker-v0", text, 1000);
    EXPECT_EQ(middle.action, 1) << text;
    EXPECT_NEAR(middle.value(1), 0, 0.3) << text;
  }
}

// Player 0 with card 1 knows 6 information sets from its first move on: its own; player 1's after p
// and after b with card 0 and with card 2; its own after pb, which is one whatever player 1 holds.
TEST(HiddenInformation, Nodes_AreInformationSets) {
  EXPECT_EQ(Found("KuhnPoker-v0", "1 2", 2000).search.nodes(), 6);
}

/// The game without the means to draw the deal anew.
struct NoResample : three_seat::ThreeSeatGame {
  using ThreeSeatGame::ThreeSeatGame;
  void ResampleHidden(int player, Rng& rng) = delete;
};

TEST(HiddenInformation, GameThatCannotDrawAnew_IsRefusedInOneLine) {
  EnvRow row = three_seat::ThreeSeatRow();
  row.env_class = &EnvClassOf<NoResample>();
  Env at(row, DefaultParams(row), {1, StreamRole::kTest, 0});
  Env scratch(row, DefaultParams(row), {2, StreamRole::kSearch, 0});
  at.Reset();
  scratch.Reset();
  Rng rng(3, StreamRole::kSearch);
  UctSearch search({10, 1.0, 100});
  try {
    search.Choose(at.batch(), 0, scratch, rng);
    FAIL() << "searched where it must look at what is hidden";
  } catch (const ConfigError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("ThreeSeat-v0"), std::string::npos) << text;
    EXPECT_NE(text.find("ResampleHidden"), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  }
}

TEST(HiddenInformation, Mcts_PlaysKuhnToTheEnd) {
  support::TrainLoop loop(EnvOf("KuhnPoker-v0"), FindRow(BuiltinAgents(), "mcts"),
                          {{{"simulations", "100"}}, 2, 60, 3});
  EXPECT_NO_THROW(loop.Run());
}

}  // namespace
}  // namespace brasa
