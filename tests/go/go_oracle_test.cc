// Go against the plain rules of plain_go.h on random games, and against recorded games of
// OpenSpiel.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "brasa/contract_check.h"
#include "brasa/core/config.h"
#include "brasa/env_batch.h"
#include "brasa/registry.h"
#include "tests/go/go_testing.h"
#include "tests/go/plain_go.h"
#include "tests/support/recorded_game.h"
#include "tests/support/rows.h"
#include "tests/support/test_data.h"

namespace brasa {
namespace {

using testing_go::CellsOf;
using testing_go::GoParams;
using testing_go::LegalOf;
using testing_go::Outcome;
using testing_go::PlainGo;
using testing_go::PlayId;
using testing_go::Rules;
using testing_go::Start;

/// One random game; passes are chosen more rarely, so that games get long.
template <int kSize>
void CompareGame(const Rules& rules, std::uint32_t number) {
  Rng rng(21, StreamRole::kTest, number);
  Go<kSize> game = Start<kSize>(rules);
  PlainGo plain(kSize, rules.ko == "positional", rules.suicide);
  while (!plain.over) {
    const std::string place = "size " + std::to_string(kSize) + ", ko " + rules.ko + ", suicide " +
                              std::to_string(rules.suicide) + ", game " + std::to_string(number) +
                              "\n" + game.ToText();
    const std::vector<int> legal = plain.Legal();
    ASSERT_EQ(LegalOf(game), std::vector<std::int32_t>(legal.begin(), legal.end()));
    ASSERT_EQ(game.PlayerToMove(), plain.mover);
    auto choice = rng.Below(static_cast<std::uint32_t>(legal.size()));
    if (rng.Below(4) != 0) choice = rng.Below(static_cast<std::uint32_t>(legal.size()));
    const int id = legal[choice];
    const Outcome outcome = PlayId(game, id);
    plain.Move(id);
    ASSERT_EQ(CellsOf(game), plain.board) << place << "\nmove " << id;
    ASSERT_EQ(game.Lead(), plain.Lead()) << place << "\nmove " << id;
    ASSERT_EQ(game.captures[0], plain.took[0]);
    ASSERT_EQ(game.captures[1], plain.took[1]);
    ASSERT_EQ(outcome.end == EpisodeEnd::kTerminated, plain.over) << place << "\nmove " << id;
    const double margin = plain.drawn ? 0 : plain.Lead() - rules.komi;
    const float black = !plain.over || margin == 0 ? 0.0f : margin > 0 ? 1.0f : -1.0f;
    ASSERT_EQ(outcome.rewards, (std::array<float, 2>{black, -black}));
  }
  ASSERT_TRUE(LegalOf(game).empty());
}

template <int kSize>
void CompareGames(int games) {
  for (const char* ko : {"simple", "positional"}) {
    for (const bool suicide : {false, true}) {
      for (int i = 0; i < games; ++i) {
        const double komi = kSize == 2 ? 0 : 0.5 * (i % 9);
        CompareGame<kSize>({ko, suicide, komi}, static_cast<std::uint32_t>(i));
        if (::testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

TEST(GoOracle, RandomGamesOnTheSmallestBoards_AgreeWithThePlainRules) {
  CompareGames<2>(200);
  CompareGames<3>(40);
  CompareGames<4>(12);
}

TEST(GoOracle, RandomGamesOnMiddleBoards_AgreeWithThePlainRules) {
  CompareGames<5>(3);
  CompareGames<6>(1);
  CompareGames<7>(1);
}

TEST(GoOracle, RandomGamesOn9x9_AgreeWithThePlainRules) { CompareGames<9>(1); }

TEST(FullGoOracle, ManyRandomGames_AgreeWithThePlainRules) {
  CompareGames<2>(1500);
  CompareGames<3>(400);
  CompareGames<4>(80);
  CompareGames<5>(20);
  CompareGames<6>(5);
  CompareGames<7>(3);
  CompareGames<8>(2);
  CompareGames<9>(2);
}

TEST(FullGoOracle, RandomGamesOnLargeBoards_AgreeWithThePlainRules) {
  CompareGame<13>({"positional", false}, 1);
  CompareGame<16>({"simple", true}, 2);
  CompareGame<19>({"simple", false}, 3);
  CompareGame<19>({"positional", true}, 4);
}

// The text names a state: first position and moves.
TEST(GoOracle, HashesOf100000States_AreEqualExactlyWhereTheStatesAre) {
  std::map<std::uint64_t, std::string> states;
  std::map<std::string, std::uint64_t> hashes;
  Rng rng(22, StreamRole::kTest);
  for (int visited = 0; visited < 100000;) {
    Go<3> game = Start<3>({visited % 2 == 0 ? "simple" : "positional"});
    for (; !game.over; ++visited) {
      std::string text;
      for (int i = 0; i < game.plies; ++i) text += std::to_string(game.moves[i]) + " ";
      ASSERT_EQ(states.emplace(game.Hash(), text).first->second, text);
      ASSERT_EQ(hashes.emplace(text, game.Hash()).first->second, game.Hash());
      const auto legal = LegalOf(game);
      PlayId(game, legal[rng.Below(static_cast<std::uint32_t>(legal.size()))]);
    }
  }
}

/// The state of `env` has the facts of one line.
void ExpectFacts(Env& env, const std::vector<std::string>& fields) {
  SCOPED_TRACE("ply " + fields[0]);
  EXPECT_EQ(env.done(), fields[1] == "1");
  if (!env.done()) {
    EXPECT_EQ(env.PlayerToMove(), std::stoi(fields[2]));
  }
  support::ExpectLegal(env, fields[3]);
  support::ExpectRewards(env, fields[4]);
  support::ExpectReturns(env, fields[5]);
  std::string board = env.ToText().substr(0, fields[6].size());
  std::replace(board.begin(), board.end(), '\n', '/');
  EXPECT_EQ(board, fields[6]);
}

TEST(GoOracle, RecordedGameOfOpenSpiel_HasTheSameFactsAtEveryPly) {
  std::ifstream file(TestData("go/open_spiel_facts.csv"));
  std::string settings, moves, names, line;
  std::getline(file, settings);
  std::getline(file, moves);
  std::getline(file, names);
  ASSERT_EQ(settings, "# komi=4.5 size=7");
  const auto ids = support::Numbers<std::int32_t>(moves.substr(std::string("# moves: ").size()));
  ASSERT_EQ(ids.size(), 69u);
  Params params = DefaultParams(support::BuiltinRow("Go-v0"));
  params.Set("size", "7");
  params.Set("komi", "4.5");
  params.Set("ko", "simple");
  Env env(support::BuiltinRow("Go-v0"), params, {});
  env.Reset();
  int states = 0;
  while (std::getline(file, line)) {
    const auto fields = support::Split(line, ',');
    ASSERT_EQ(fields.size(), 7u) << line;
    // Every move on the way is legal: Step would throw.
    while (env.plies() < std::stoi(fields[0])) env.Step(ids[static_cast<std::size_t>(env.plies())]);
    ExpectFacts(env, fields);
    ++states;
  }
  EXPECT_EQ(states, 13);
  EXPECT_TRUE(env.done());
}

// OpenSpiel's random games, 2000 each: 35.3 plies and Black 0.499 on 5 x 5 with komi 0.5, 120.0
// plies and Black 0.377 on 9 x 9. The tolerances are four standard errors of 2000 games each side
// (plies: a deviation of 40 % a game).
TEST(FullGoOracle, RandomGames_AreAsLongAndAsOftenWonAsInOpenSpiel) {
  const auto play = [](const char* size, const char* komi, double plies, double black) {
    Params params = DefaultParams(support::BuiltinRow("Go-v0"));
    params.Set("size", size);
    params.Set("komi", komi);
    params.Set("ko", "simple");
    Env env(support::BuiltinRow("Go-v0"), params, {});
    Rng rng(23, StreamRole::kTest);
    int won = 0, moves = 0;
    for (int game = 0; game < 2000; ++game) {
      env.Reset();
      while (!env.done()) {
        const auto legal = env.LegalActions();
        env.Step(legal[rng.Below(static_cast<std::uint32_t>(legal.size()))]);
      }
      won += env.returns()[0] > 0;
      moves += env.plies();
    }
    EXPECT_NEAR(moves / 2000.0, plies, 4 * 0.4 * plies * std::sqrt(2 / 2000.0));
    EXPECT_NEAR(won / 2000.0, black, 4 * std::sqrt(2 * black * (1 - black) / 2000));
  };
  play("5", "0.5", 35.3, 0.499);
  play("9", "7.5", 120.0, 0.377);
}

TEST(GoOracle, OtherParameters_KeepEveryLaw) {
  ContractOptions options;
  options.episodes = 2;
  options.plies = 60;
  options.hash_states = 500;
  for (const auto& settings : std::vector<std::vector<std::pair<const char*, const char*>>>{
           {{"size", "2"}, {"ko", "simple"}},
           {{"size", "3"}, {"suicide", "true"}},
           {{"size", "8"}, {"ko", "simple"}, {"suicide", "true"}},
           {{"size", "16"}},
           {{"size", "19"}}}) {
    Params params = DefaultParams(support::BuiltinRow("Go-v0"));
    for (const auto& [name, value] : settings) params.Set(name, value);
    std::string lines;
    for (const std::string& f : ContractFindings(support::BuiltinRow("Go-v0"), params, options)) {
      lines += f + "\n";
    }
    EXPECT_EQ(lines, "") << settings[0].second;
  }
}

template <int kSize>
void ExpectNoStructFindings(const Rules& rules) {
  ContractOptions options;
  options.episodes = 3;
  for (const std::string& f : StructFindings<Go<kSize>>(GoParams<kSize>(rules), options)) {
    ADD_FAILURE() << kSize << ": " << f;
  }
}

TEST(GoOracle, StructsOfSeveralSizes_KeepTheLawsOfStructs) {
  ExpectNoStructFindings<2>({"simple"});
  ExpectNoStructFindings<5>({"positional", true});
  ExpectNoStructFindings<8>({"simple"});
  ExpectNoStructFindings<9>({"positional"});
  ExpectNoStructFindings<16>({"positional"});
  ExpectNoStructFindings<19>({"simple"});
}

TEST(GoOracle, SizesBeyondTheRange_AreRefused) {
  for (const char* size : {"1", "20", "9.5", "-3"}) {
    Params params = DefaultParams(support::BuiltinRow("Go-v0"));
    EXPECT_THROW(params.Set("size", size), ConfigError) << size;
  }
  Params params(Go<9>::Fields());
  params.Set("size", "13");
  EXPECT_THROW(Go<9>::Spec(params), ConfigError);
  EXPECT_THROW(params.Set("komi", "401"), ConfigError);
  EXPECT_THROW(params.Set("komi", "nan"), ConfigError);
  EXPECT_THROW(params.Set("ko", "situational"), ConfigError);
}

}  // namespace
}  // namespace brasa
