// Chess-v0 as an environment: laws of the struct, spec, observations, clicks.
#include "envs/chess/chess.h"

#include <gtest/gtest.h>

#include "brasa/contract_check.h"
#include "brasa/core/error.h"
#include "brasa/registry.h"
#include "tests/chess/chess_testing.h"

namespace brasa {
namespace {

using chess_testing::Game;
using chess_testing::PlayWords;

std::string Lines(const std::vector<std::string>& findings) {
  std::string text;
  for (const std::string& finding : findings) text += "  " + finding + "\n";
  return text;
}

EnvRow ChessRow() {
  EnvRow row;
  row.id = "Chess-v0";
  row.env_class = &EnvClassOf<Chess>();
  return row;
}

TEST(Chess, Struct_KeepsTheLawsOfStructs) {
  EXPECT_EQ(Lines(StructFindings<Chess>(Params(Chess::Fields()))), "");
}

TEST(Chess, OtherParameters_KeepEveryLaw) {
  using Settings = std::vector<std::pair<const char*, const char*>>;
  for (const Settings& settings :
       {Settings{{"repetition", "none"},
                 {"quiet_moves", "75"},
                 {"insufficient_material", "false"},
                 {"fen", "8/8/4k3/8/8/3KB3/8/8 b - - 70 70"}},
        Settings{{"repetition", "fivefold"},
                 {"fen", "r3k2r/Pppp1ppp/1b3nbN/nP6/BBP1P3/q4N2/Pp1P2PP/R2Q1RK1 w kq - 0 1"}}}) {
    Params params = DefaultParams(ChessRow());
    for (const auto& [name, value] : settings) params.Set(name, value);
    ContractOptions options;
    options.episodes = 2;
    options.plies = 100;
    options.hash_states = 2000;
    EXPECT_EQ(Lines(ContractFindings(ChessRow(), params, options)), "") << settings[0].second;
  }
}

TEST(FullChess, HundredThousandStates_KeepEveryLaw) {
  ContractOptions options;
  options.seed = 2;
  options.hash_states = 100000;
  EXPECT_EQ(Lines(ContractFindings(ChessRow(), DefaultParams(ChessRow()), options)), "");
}

TEST(Chess, UnknownRules_AreRefusedByName) {
  for (const auto& [name, value] : std::vector<std::pair<const char*, const char*>>{
           {"repetition", "twofold"}, {"quiet_moves", "60"}, {"insufficient_material", "maybe"}}) {
    Params params(Chess::Fields());
    EXPECT_THROW(params.Set(name, value), ConfigError) << name;
  }
}

// 1. e4: what each player sees, by the table of the card.
TEST(Chess, ObservationAfterTheFirstMove_ShowsTheBoardFromEachSide) {
  Chess game = Game();
  PlayWords(game, "e4");
  const auto cell = [&](int player, std::size_t plane, std::size_t rank, std::size_t file) {
    std::array<std::uint8_t, Chess::kPlanes * 64> seen;
    game.Observe(player, seen);
    return static_cast<int>(seen[64 * plane + 8 * rank + file]);
  };
  EXPECT_EQ(cell(Chess::kWhite, 5, 3, 4), 1);   // own pawn on e4
  EXPECT_EQ(cell(Chess::kWhite, 5, 1, 4), 0);   // no more on e2
  EXPECT_EQ(cell(Chess::kBlack, 11, 4, 4), 1);  // the opponent's pawn, 5th rank from Black's side
  EXPECT_EQ(cell(Chess::kWhite, 0, 0, 4), 1);   // own king e1
  EXPECT_EQ(cell(Chess::kBlack, 0, 0, 4), 1);   // own king e8
  EXPECT_EQ(cell(Chess::kBlack, 1, 0, 3), 1);   // own queen d8
  EXPECT_EQ(cell(Chess::kBlack, 7, 7, 3), 1);   // White's queen d1
  EXPECT_EQ(cell(Chess::kWhite, 14, 0, 0), 0);
  EXPECT_EQ(cell(Chess::kBlack, 14, 0, 0), 1);  // Black moves
  PlayWords(game, "Nf6 Nf3 Ng8 Ng1");
  EXPECT_EQ(cell(Chess::kBlack, 13, 5, 5), 1);  // met once before
  EXPECT_EQ(cell(Chess::kBlack, 15, 5, 5), 4);  // four quiet plies
}

TEST(Chess, TwoClicks_GiveTheMoveFromSquareToSquare) {
  Chess game = Game();
  const auto move = [&](Point from, Point to) -> std::string {
    const std::int32_t id = game.ActionAt(from, to);
    return id < 0 ? "none" : game.ActionToText(ActionRef(&id, 1));
  };
  EXPECT_EQ(move({4.5, 1.5}, {4.5, 3.5}), "e4");
  EXPECT_EQ(move({4.5, 1.5}, {4.5, 2.5}), "e3");
  EXPECT_EQ(move({1.5, 0.5}, {0.5, 2.5}), "Na3");
  EXPECT_EQ(move({4.5, 1.5}, {4.5, 4.5}), "none");
  EXPECT_EQ(move({4.5, 6.5}, {4.5, 4.5}), "none");  // Black's pawn
  EXPECT_EQ(move({-0.1, 1.5}, {0.5, 3.5}), "none");
  EXPECT_EQ(move({7.5, 1.5}, {8.0, 3.5}), "none");
  PlayWords(game, "e4");
  EXPECT_EQ(move({4.5, 6.5}, {4.5, 4.5}), "e5");
  EXPECT_EQ(move({6.5, 7.5}, {5.5, 5.5}), "Nf6");
  game = Game({{"fen", "4k3/8/8/8/8/8/8/4K2R w K - 0 1"}});
  EXPECT_EQ(move({4.5, 0.5}, {6.5, 0.5}), "O-O");
  game = Game({{"fen", "k1K5/4P3/8/8/8/8/8/8 w - - 0 1"}});
  EXPECT_EQ(move({4.5, 6.5}, {4.5, 7.9}), "e8=Q");
  EXPECT_EQ(move({4.5, 6.5}, {4.1, 7.2}), "e8=R");
  EXPECT_EQ(move({4.5, 6.5}, {4.5, 7.2}), "e8=B");
  EXPECT_EQ(move({4.5, 6.5}, {4.9, 7.2}), "e8=N");
}

}  // namespace
}  // namespace brasa
