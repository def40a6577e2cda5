#include "envs/board/hex.h"

#include <numeric>
#include <unordered_map>

#include "brasa/contract_check.h"
#include "brasa/env_batch.h"
#include "tests/boards/board_testing.h"

namespace brasa {
namespace {

using board_test::CountTree;
using board_test::FuzzParsers;
using board_test::LegalIds;
using board_test::NewGame;
using board_test::Perft;
using board_test::Play;
using board_test::PlayNotation;
using board_test::Ply;
using board_test::TreeCounts;

/// Who has joined two sides, by merging sets of cells: the oracle of the sides that stones know.
struct PlainHex {
  explicit PlainHex(int n) : size(n), stones(static_cast<std::size_t>(n * n), -1) {}
  bool Joined(int player) const {
    // Sets of cells; two more for the player's sides.
    const int cells = size * size;
    std::vector<int> set(static_cast<std::size_t>(cells) + 2);
    std::iota(set.begin(), set.end(), 0);
    const auto find = [&](int i) {
      while (set[static_cast<std::size_t>(i)] != i) i = set[static_cast<std::size_t>(i)];
      return i;
    };
    const auto join = [&](int i, int j) { set[static_cast<std::size_t>(find(i))] = find(j); };
    for (int id = 0; id < cells; ++id) {
      if (stones[static_cast<std::size_t>(id)] != player) continue;
      const int row = id / size, column = id % size, along = player == 0 ? row : column;
      if (along == 0) join(id, cells);
      if (along == size - 1) join(id, cells + 1);
      for (const auto& [dr, dc] : {std::pair{0, 1}, {1, 0}, {1, -1}}) {
        const int r = row + dr, c = column + dc;
        if (r >= size || c < 0 || c >= size) continue;
        if (stones[static_cast<std::size_t>(r * size + c)] == player) join(id, r * size + c);
      }
    }
    return find(cells) == find(cells + 1);
  }
  int size;
  std::vector<int> stones;
};

TEST(Hex, GameTreeOf11x11_HasTheKnownNodes) {
  const Hex11 start = NewGame<Hex11>();
  EXPECT_EQ(Perft(start, 1), 121);
  EXPECT_EQ(Perft(start, 2), 14520);
  EXPECT_EQ(Perft(start, 3), 1727880);
}

// No game is over before depth 5, where no game tree of 11 x 11 is expanded to the end: 121 * 120 *
// 119 * 118 nodes.
TEST(FullHex, GameTreeOf11x11ToDepth4_HasTheNodesOfFallingProducts) {
  EXPECT_EQ(Perft(NewGame<Hex11>(), 4), 203889840);
}

// Counts of OpenSpiel's hex, run.
TEST(Hex, GameTreeOf3x3_HasTheKnownNodesAndEnds) {
  TreeCounts counts;
  CountTree(NewGame<Hex8>({{"size", "3"}}), 0, 9, counts);
  EXPECT_EQ(counts.nodes,
            (std::vector<std::int64_t>{1, 9, 72, 504, 3024, 15120, 54720, 146880, 207360, 120960}));
  EXPECT_EQ(counts.terminal,
            (std::vector<std::int64_t>{0, 0, 0, 0, 0, 1440, 5760, 43200, 86400, 120960}));
}

/// +1 if the side to move wins.
int Solve(const Hex8& game, std::unordered_map<std::uint64_t, int>& known) {
  const auto at = known.find(game.Hash());
  if (at != known.end()) return at->second;
  int value = -1;
  for (const std::int32_t id : LegalIds(game)) {
    Hex8 next = game;
    const Ply ply = Play(next, id);
    value = ply.end == EpisodeEnd::kTerminated ? 1 : -Solve(next, known);
    if (value == 1) break;
  }
  known.emplace(game.Hash(), value);
  return value;
}

std::vector<std::string> WinningOpenings(const char* size) {
  const Hex8 start = NewGame<Hex8>({{"size", size}});
  std::unordered_map<std::uint64_t, int> known;
  std::vector<std::string> openings;
  for (const std::int32_t id : LegalIds(start)) {
    Hex8 next = start;
    Play(next, id);
    if (Solve(next, known) == -1) openings.push_back(start.ActionToText(ActionRef(&id, 1)));
  }
  return openings;
}

TEST(Hex, SmallBoards_AreWonByTheKnownOpenings) {
  EXPECT_EQ(WinningOpenings("2"), (std::vector<std::string>{"b1", "a2"}));
  EXPECT_EQ(WinningOpenings("3"), (std::vector<std::string>{"c1", "a2", "b2", "c2", "a3"}));
}

TEST(FullHex, Board4x4_IsWonByTheShortDiagonalAlone) {
  EXPECT_EQ(WinningOpenings("4"), (std::vector<std::string>{"d1", "c2", "b3", "a4"}));
}

template <typename Game>
void ExpectPlainGames(const char* size, std::uint32_t games) {
  int red_wins = 0;
  for (std::uint32_t number = 0; number < games; ++number) {
    Rng rng(41, StreamRole::kTest, number);
    Game game = NewGame<Game>({{"size", size}});
    PlainHex plain(game.size);
    for (int ply = 0;; ++ply) {
      std::vector<std::int32_t> open;
      for (int id = 0; id < game.cell_count; ++id) {
        if (plain.stones[static_cast<std::size_t>(id)] < 0) open.push_back(id);
      }
      ASSERT_FALSE(open.empty());
      ASSERT_EQ(LegalIds(game), open);
      ASSERT_EQ(game.PlayerToMove(), ply % 2);
      const std::int32_t id = open[rng.Below(static_cast<std::uint32_t>(open.size()))];
      const Ply played = Play(game, id);
      plain.stones[static_cast<std::size_t>(id)] = ply % 2;
      const bool won = plain.Joined(ply % 2);
      ASSERT_EQ(played.end == EpisodeEnd::kTerminated, won) << game.ToText();
      const float sign = won ? (ply % 2 == 0 ? 1.0f : -1.0f) : 0.0f;
      ASSERT_EQ(played.rewards, (std::array<float, 2>{sign, -sign}));
      if (!won) continue;
      ASSERT_TRUE(LegalIds(game).empty());
      red_wins += ply % 2 == 0;
      break;
    }
  }
  if (games < 50) return;
  EXPECT_GT(red_wins, static_cast<int>(games) / 4);
  EXPECT_LT(red_wins, static_cast<int>(games) * 7 / 8);
}

TEST(Hex, RandomGames_AgreeWithAPlainBoard) {
  ExpectPlainGames<Hex8>("2", 50);
  ExpectPlainGames<Hex8>("5", 50);
  ExpectPlainGames<Hex8>("8", 20);
  ExpectPlainGames<Hex11>("9", 10);
  ExpectPlainGames<Hex11>("11", 10);
  ExpectPlainGames<Hex19>("19", 2);
}

TEST(FullHex, ManyRandomGames_AgreeWithAPlainBoard) {
  for (const char* size : {"2", "3", "4", "5", "6", "7", "8"}) ExpectPlainGames<Hex8>(size, 1000);
  for (const char* size : {"9", "10", "11"}) ExpectPlainGames<Hex11>(size, 300);
  for (const char* size : {"12", "15", "18", "19"}) ExpectPlainGames<Hex19>(size, 100);
}

TEST(Hex, WindingChain_JoinsTopAndBottom) {
  Hex8 game = NewGame<Hex8>({{"size", "5"}});
  // Red's last stone joins the group of the top with the group of the bottom.
  game.FromText("x.oo.\n xxx.o\n  o.o..\n   x.oo.\n    xxx.o");
  EXPECT_EQ(game.winner, -1);
  Play(game, 11);  // b3 touches b2, c2, a4 and b4
  EXPECT_EQ(game.winner, 0);
}

TEST(Hex, CellsThatMeetAtACornerOnly_DoNotTouch) {
  Hex8 game = NewGame<Hex8>({{"size", "2"}});
  // a1 and b2 do not touch; b1 and a2 do.
  EXPECT_EQ(PlayNotation(game, "a1 b1 b2").end, EpisodeEnd::kNone);
  EXPECT_EQ(Play(game, 2).rewards, (std::array<float, 2>{-1, 1}));
}

TEST(Hex, Swap_TakesOverTheStoneOnTheMirroredCell) {
  Hex11 game = NewGame<Hex11>({{"swap", "true"}});
  EXPECT_EQ(LegalIds(game).size(), 121u);  // not for red
  PlayNotation(game, "c2");
  EXPECT_EQ(LegalIds(game).size(), 121u);
  EXPECT_EQ(LegalIds(game).back(), 121);
  EXPECT_EQ(PlayNotation(game, "swap").end, EpisodeEnd::kNone);
  EXPECT_EQ(game.PlayerToMove(), 0);
  EXPECT_EQ(game.StoneAt(1 * 11 + 2), -1);
  EXPECT_EQ(game.StoneAt(2 * 11 + 1), 1);
  EXPECT_EQ(LegalIds(game).size(), 120u);
  EXPECT_NE(LegalIds(game).back(), 121);
  const std::string text = game.ToText();
  EXPECT_EQ(text.substr(text.size() - 8), "\nswapped");
  PlayNotation(game, "a1");
  EXPECT_EQ(LegalIds(game).size(), 119u);  // once only
}

// One stone each: with the swap blue is to move, without it red.
TEST(Hex, PositionsThatDifferByTheSwap_DifferInTextHashAndMover) {
  Hex11 swapped = NewGame<Hex11>({{"swap", "true"}}), plain = swapped;
  PlayNotation(swapped, "c2 swap a1");
  PlayNotation(plain, "a1 b3");
  for (int id = 0; id < 121; ++id) ASSERT_EQ(swapped.StoneAt(id), plain.StoneAt(id));
  EXPECT_NE(swapped.ToText(), plain.ToText());
  EXPECT_NE(swapped.Hash(), plain.Hash());
  EXPECT_EQ(swapped.PlayerToMove(), 1);
  EXPECT_EQ(plain.PlayerToMove(), 0);
  Hex11 read = plain;
  read.FromText(swapped.ToText());
  EXPECT_EQ(read.Hash(), swapped.Hash());
  EXPECT_EQ(read.PlayerToMove(), 1);
}

TEST(Hex, SwapIsNoAction_WithoutThePieRule) {
  Hex11 game = NewGame<Hex11>();
  PlayNotation(game, "c2");
  EXPECT_EQ(LegalIds(game).size(), 120u);
  EXPECT_THROW(game.ActionFromText("swap"), UsageError);
}

TEST(Hex, Observation_ShowsRedBlueAndWhoMoves) {
  Hex8 game = NewGame<Hex8>({{"size", "2"}});
  PlayNotation(game, "a1");
  std::vector<std::uint8_t> red(12), blue(12);
  game.Observe(0, red);
  game.Observe(1, blue);
  EXPECT_EQ(red, (std::vector<std::uint8_t>{1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1}));
  EXPECT_EQ(blue, red);
  PlayNotation(game, "a2");
  game.Observe(1, blue);
  EXPECT_EQ(blue, (std::vector<std::uint8_t>{1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0}));
}

TEST(Hex, FromText_RefusesWhatNoGameReaches) {
  Hex8 game = NewGame<Hex8>({{"size", "3"}}),
       pie = NewGame<Hex8>({{"size", "3"}, {"swap", "true"}});
  for (const char* text :
       {"", "xo", "o../.../...", "xx./.../...", "xo./xo./.../...", "x.o/.../.../swapped",
        "xoo/xo./x..",  // blue moved after red's chain
        "xxo/xxo/oox",  // red moved after blue's chain
        "xO./.../..."}) {
    EXPECT_THROW(game.FromText(text), UsageError) << text;
  }
  for (const char* text :
       {".../.../.../swapped", "x../.../.../swapped", "x.o/.o./..o/swapped", "xo./.../.../swap"}) {
    EXPECT_THROW(pie.FromText(text), UsageError) << text;
  }
  // Two chains of red that no single stone can have completed.
  EXPECT_THROW(NewGame<Hex8>({{"size", "4"}}).FromText("xo.x/xoox/xoox/xoox"), UsageError);
  pie.FromText("x.o/.../.../swapped");
  EXPECT_EQ(pie.PlayerToMove(), 1);
  game.FromText("xo./xo./x..");
  EXPECT_TRUE(LegalIds(game).empty());
}

TEST(Hex, ActionText_IsColumnAndRowFromTheTop) {
  const Hex19 game = NewGame<Hex19>({{"size", "19"}});
  const std::int32_t id = 18 * 19 + 1;
  EXPECT_EQ(game.ActionToText(ActionRef(&id, 1)), "b19");
  EXPECT_EQ(game.ActionFromText("s1"), std::vector<double>{18});
  for (const char* text : {"", "b", "b0", "b20", "t1", "b190", "b1 1", "1b", "swap"}) {
    EXPECT_THROW(game.ActionFromText(text), UsageError) << text;
  }
}

TEST(Hex, ActionAt_IsTheHexagonUnderThePoint) {
  Hex8 game = NewGame<Hex8>({{"size", "5"}, {"swap", "true"}});
  EXPECT_EQ(game.ActionAt({0, 0}), 0);
  EXPECT_EQ(game.ActionAt({4.4, 0.2}), 4);
  EXPECT_EQ(game.ActionAt({0.4, -0.5}), 5);  // the upper left flank of a2
  EXPECT_EQ(game.ActionAt({-0.6, 0}), -1);
  EXPECT_EQ(game.ActionAt({6, -4 * 0.866}), 24);
  PlayNotation(game, "a2");
  EXPECT_EQ(game.ActionAt({0.5, -0.866}), 25);  // the swap
  PlayNotation(game, "swap");
  EXPECT_EQ(game.ActionAt({1, 0}), -1);  // the blue stone on b1
}

TEST(Hex, SizesOutsideTheRange_AreRefused) {
  for (const char* size : {"1", "20", "0", "-3"}) {
    EXPECT_THROW(NewGame<Hex19>({{"size", size}}), ConfigError) << size;
  }
  EXPECT_THROW(NewGame<Hex8>({{"size", "9"}}), ConfigError);
}

TEST(Hex, EverySize_KeepsEveryLaw) {
  const auto rows = BuiltinEnvs();
  const EnvRow& row =
      *std::find_if(rows.begin(), rows.end(), [](const EnvRow& r) { return r.id == "Hex-v0"; });
  ContractOptions options;
  options.episodes = 1;
  options.plies = 40;
  options.hash_states = 300;
  for (const auto& [size, swap] : {std::pair{"2", "false"},
                                   {"2", "true"},
                                   {"8", "true"},
                                   {"9", "false"},
                                   {"12", "false"},
                                   {"19", "true"}}) {
    Params params = DefaultParams(row);
    params.Set("size", size);
    params.Set("swap", swap);
    EXPECT_EQ(ContractFindings(row, params, options), std::vector<std::string>()) << size << swap;
  }
}

const std::vector<std::string> kHexPositions = {
    ".....\n .....\n  .....\n   .....\n    .....", "xoxo./ooxx./..x../o..../.....",
    "xo.../.o.../...../...../...../swapped", "x.oo./xxx.o/oxo../x.oo./xxx.o"};

TEST(Hex, Parsers_RefuseBentInputsWithUsageErrors) {
  FuzzParsers(NewGame<Hex8>({{"size", "5"}, {"swap", "true"}}), kHexPositions, {"b3", "swap", "e5"},
              "xo./\n swaped12345abc", 100000);
}

TEST(FullHexFuzz, Parsers_RefuseAMillionBentInputs) {
  FuzzParsers(NewGame<Hex8>({{"size", "5"}, {"swap", "true"}}), kHexPositions, {"b3", "swap", "e5"},
              "xo./\n swaped12345abc", 1000000);
}

TEST(Hex, Structs_KeepTheLawsOfStructs) {
  Params params(Hex8::Fields());
  params.Set("size", "5");
  params.Set("swap", "true");
  EXPECT_EQ(StructFindings<Hex8>(params), std::vector<std::string>());
  EXPECT_EQ(StructFindings<Hex11>(params), std::vector<std::string>());
  EXPECT_EQ(StructFindings<Hex19>(params), std::vector<std::string>());
}

}  // namespace
}  // namespace brasa
