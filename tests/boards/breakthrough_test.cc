#include "envs/board/breakthrough.h"

#include <map>
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

using Settings = std::vector<std::pair<const char*, const char*>>;

const Settings k5x5 = {{"rows", "5"}, {"columns", "5"}};
const Settings k4x3 = {{"rows", "4"}, {"columns", "3"}};

// Counts of OpenSpiel's breakthrough, run.
TEST(Breakthrough, GameTreeOf8x8_HasTheKnownNodes) {
  const Breakthrough start = NewGame<Breakthrough>();
  const std::int64_t known[] = {22, 484, 11132, 256036, 6182818};
  for (int depth = 1; depth <= 5; ++depth) EXPECT_EQ(Perft(start, depth), known[depth - 1]);
}

TEST(Breakthrough, GameTreeOf5x5_HasTheKnownNodes) {
  TreeCounts counts;
  CountTree(NewGame<Breakthrough>(k5x5), 0, 5, counts);
  EXPECT_EQ(counts.nodes, (std::vector<std::int64_t>{1, 13, 169, 1911, 21514, 232478}));
}

TEST(FullBreakthrough, GameTreeOf8x8ToDepth6_HasTheKnownNodes) {
  EXPECT_EQ(Perft(NewGame<Breakthrough>(), 6), 149264638);
}

TEST(FullBreakthrough, GameTreeOf5x5ToDepth8_HasTheKnownNodesAndEnds) {
  TreeCounts counts;
  CountTree(NewGame<Breakthrough>(k5x5), 0, 8, counts);
  EXPECT_EQ(counts.nodes[6], 2467006);
  EXPECT_EQ(counts.nodes[7], 25718186);
  EXPECT_EQ(counts.terminal[7], 219272);
  EXPECT_EQ(counts.nodes[8], 260009144);
  EXPECT_EQ(counts.terminal[8], 2346702);
}

// Distinct positions by ply 22, 484, 5544: a hash that mixed up or split any would change them.
TEST(Breakthrough, HashToPly3_TellsApartTheKnownPositions) {
  std::map<std::uint64_t, Breakthrough> layer;
  const Breakthrough start = NewGame<Breakthrough>();
  layer.emplace(start.Hash(), start);
  for (const std::size_t known : {22u, 484u, 5544u}) {
    std::map<std::uint64_t, Breakthrough> next_layer;
    for (const auto& [hash, game] : layer) {
      for (const std::int32_t id : LegalIds(game)) {
        Breakthrough next = game;
        Play(next, id);
        next_layer.emplace(next.Hash(), next);
      }
    }
    layer = std::move(next_layer);
    EXPECT_EQ(layer.size(), known);
  }
}

/// The rules once more, on letters: the oracle of the bitboards.
struct PlainBreakthrough {
  PlainBreakthrough(int r, int c) : rows(r), columns(c) {
    const int home = rows < 6 ? 1 : 2;
    for (int row = 0; row < rows; ++row) {
      cells.push_back(std::string(static_cast<std::size_t>(columns), row < home           ? 'b'
                                                                     : row >= rows - home ? 'w'
                                                                                          : '.'));
    }
  }
  char& At(int row, int column) {
    return cells[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
  }
  std::vector<std::int32_t> Moves(int player) {
    std::vector<std::int32_t> ids;
    for (int row = 0; row < rows; ++row) {
      for (int column = 0; column < columns; ++column) {
        if (At(row, column) != "bw"[player]) continue;
        for (int side = -1; side <= 1; ++side) {
          const int r = row + (player == 0 ? 1 : -1), c = column + side;
          if (r < 0 || r >= rows || c < 0 || c >= columns) continue;
          const bool takes = At(r, c) == "wb"[player];
          if (At(r, c) != '.' && !(takes && side != 0)) continue;
          ids.push_back(((row * columns + column) * 6 + 3 * player + side + 1) * 2 + takes);
        }
      }
    }
    return ids;
  }
  /// Plays a move; true if it wins.
  bool Apply(int player, int id) {
    const int cell = id / 12, side = id / 2 % 6 - 3 * player - 1;
    const int row = cell / columns + (player == 0 ? 1 : -1), column = cell % columns + side;
    At(cell / columns, cell % columns) = '.';
    At(row, column) = "bw"[player];
    if (row == (player == 0 ? rows - 1 : 0)) return true;
    for (const std::string& line : cells) {
      if (line.find("wb"[player]) != std::string::npos) return false;
    }
    return true;
  }
  int rows, columns;
  std::vector<std::string> cells;
};

void ExpectPlainGames(int rows, int columns, std::uint32_t games) {
  const std::string high = std::to_string(rows), wide = std::to_string(columns);
  for (std::uint32_t number = 0; number < games; ++number) {
    Rng rng(51, StreamRole::kTest, number);
    Breakthrough game = NewGame<Breakthrough>({{"rows", high.c_str()}, {"columns", wide.c_str()}});
    PlainBreakthrough plain(rows, columns);
    for (int player = 0;; player = 1 - player) {
      const std::vector<std::int32_t> expected = plain.Moves(player);
      ASSERT_FALSE(expected.empty());
      ASSERT_EQ(LegalIds(game), expected) << game.ToText();
      ASSERT_EQ(game.PlayerToMove(), player);
      const std::int32_t id = expected[rng.Below(static_cast<std::uint32_t>(expected.size()))];
      const Ply ply = Play(game, id);
      const bool won = plain.Apply(player, id);
      std::string text;
      for (const std::string& line : plain.cells) text += line + '\n';
      ASSERT_EQ(game.ToText(), text + (player == 0 ? "w to move" : "b to move"));
      ASSERT_EQ(ply.end == EpisodeEnd::kTerminated, won);
      const float sign = won ? (player == 0 ? 1.0f : -1.0f) : 0.0f;
      ASSERT_EQ(ply.rewards, (std::array<float, 2>{sign, -sign}));
      if (!won) continue;
      ASSERT_TRUE(LegalIds(game).empty());
      break;
    }
  }
}

TEST(Breakthrough, RandomGames_AgreeWithAPlainBoard) {
  for (int rows = 3; rows <= 8; ++rows) {
    for (int columns = 2; columns <= 8; ++columns) ExpectPlainGames(rows, columns, 3);
  }
}

TEST(FullBreakthrough, ManyRandomGames_AgreeWithAPlainBoard) {
  for (int rows = 3; rows <= 8; ++rows) {
    for (int columns = 2; columns <= 8; ++columns) ExpectPlainGames(rows, columns, 500);
  }
}

/// True if the side to move wins.
bool Wins(const Breakthrough& game, std::unordered_map<std::uint64_t, bool>& known) {
  const auto at = known.find(game.Hash());
  if (at != known.end()) return at->second;
  bool wins = false;
  for (const std::int32_t id : LegalIds(game)) {
    Breakthrough next = game;
    wins = Play(next, id).end == EpisodeEnd::kTerminated || !Wins(next, known);
    if (wins) break;
  }
  known.emplace(game.Hash(), wins);
  return wins;
}

TEST(Breakthrough, SmallBoards_AreWonByTheFirstPlayer) {
  for (const Settings& settings : {k4x3, Settings{{"rows", "5"}, {"columns", "3"}}}) {
    std::unordered_map<std::uint64_t, bool> known;
    EXPECT_TRUE(Wins(NewGame<Breakthrough>(settings), known));
  }
}

TEST(FullBreakthrough, Boards4x4And5x4_AreWonByTheFirstPlayer) {
  for (const char* rows : {"4", "5"}) {
    std::unordered_map<std::uint64_t, bool> known;
    EXPECT_TRUE(Wins(NewGame<Breakthrough>({{"rows", rows}, {"columns", "4"}}), known)) << rows;
  }
}

TEST(Breakthrough, StraightMoves_NeverTake) {
  Breakthrough game = NewGame<Breakthrough>(k4x3);
  game.FromText("b../w../.../..w/b to move");
  // b3 is the only square: a3 is occupied straight ahead, diagonal b3 is empty.
  EXPECT_EQ(LegalIds(game), std::vector<std::int32_t>{4});
  game.FromText("b../.w./.../..w/b to move");
  EXPECT_EQ(LegalIds(game), (std::vector<std::int32_t>{2, 5}));
  EXPECT_EQ(game.ActionToText(ActionRef(&LegalIds(game)[1], 1)), "a4xb3");
}

TEST(Breakthrough, TakingTheLastPiece_Wins) {
  Breakthrough game = NewGame<Breakthrough>(k4x3);
  game.FromText("b../.w./.../.../b to move");
  const Ply ply = PlayNotation(game, "a4xb3");
  EXPECT_EQ(ply.end, EpisodeEnd::kTerminated);
  EXPECT_EQ(ply.rewards, (std::array<float, 2>{1, -1}));
}

TEST(Breakthrough, ReachingTheFarRow_Wins) {
  Breakthrough game = NewGame<Breakthrough>(k4x3);
  game.FromText("b../..w/.../.../w to move");
  const Ply ply = PlayNotation(game, "c3b4");
  EXPECT_EQ(ply.end, EpisodeEnd::kTerminated);
  EXPECT_EQ(ply.rewards, (std::array<float, 2>{-1, 1}));
}

TEST(Breakthrough, Observation_ShowsBlackWhiteAndWhoMoves) {
  Breakthrough game = NewGame<Breakthrough>({{"rows", "3"}, {"columns", "2"}});
  PlayNotation(game, "a3b2");
  std::vector<std::uint8_t> black(18), white(18);
  game.Observe(0, black);
  game.Observe(1, white);
  EXPECT_EQ(black, (std::vector<std::uint8_t>{0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1,  //
                                              1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(white, black);
}

TEST(Breakthrough, FromText_RefusesWhatNoGameReaches) {
  Breakthrough game = NewGame<Breakthrough>(k4x3);
  for (const char* text :
       {"", "bbb/.../.../www", "bbb/.../.../www/x to move", "bbb/.../www/b to move",
        "bbb/b../.../www/b to move",  // four pieces
        "bb./.../.../w.b/b to move",  // black has arrived and is to move
        "b../.../..w/.bb/w to move",  // two have arrived
        "bw./.../.../w.b/w to move",  // both have arrived
        ".../.../.../www/w to move",  // white has taken all and is to move
        ".../.../.../.../w to move", "bBb/.../.../www/b to move"}) {
    EXPECT_THROW(game.FromText(text), UsageError) << text;
  }
  game.FromText("bb./.../.../w.b/w to move");
  EXPECT_TRUE(LegalIds(game).empty());
  game.FromText(".../.../.../www/b to move");
  EXPECT_TRUE(LegalIds(game).empty());
}

TEST(Breakthrough, ActionText_IsTwoCellsWithAnXWhereItTakes) {
  Breakthrough game = NewGame<Breakthrough>();
  EXPECT_EQ(game.ActionFromText("a7a6"), std::vector<double>{98});
  EXPECT_EQ(game.ActionFromText(" A7B6 "), std::vector<double>{100});
  EXPECT_EQ(game.ActionFromText("a7xb6"), std::vector<double>{101});
  EXPECT_EQ(game.ActionFromText("a2b3"), std::vector<double>{586});
  for (const char* text : {"", "a7", "a7a5", "a7c6", "a7xa6", "a7b6*", "a7-a6", "a9a8", "i7h6",
                           "a7xxb6", "a7a6 a", "a07a6", "a7a7", "x"}) {
    EXPECT_THROW(game.ActionFromText(text), UsageError) << text;
  }
  game.FromText(
      "......../......../...b..../....w.../......../......../......../......../b to move");
  EXPECT_EQ(game.ActionFromText("d6e5"), game.ActionFromText("d6xe5"));
}

TEST(Breakthrough, ActionAt_IsTheLegalMoveBetweenTwoCells) {
  const Breakthrough game = NewGame<Breakthrough>();
  const auto text = [&](Point from, Point to) {
    const std::int32_t id = game.ActionAt(from, to);
    return id < 0 ? std::string("none") : game.ActionToText(ActionRef(&id, 1));
  };
  // Black begins at the top: d7 is the cell at (3, 6).
  EXPECT_EQ(text({3.5, 6.5}, {3.1, 5.9}), "d7d6");
  EXPECT_EQ(text({3.9, 6.1}, {2.5, 5.5}), "d7c6");
  EXPECT_EQ(text({3.5, 6.5}, {4.5, 5.5}), "d7e6");
  EXPECT_EQ(text({3.5, 6.5}, {5.5, 5.5}), "none");   // too far
  EXPECT_EQ(text({3.5, 6.5}, {3.5, 6.5}), "none");   // stays
  EXPECT_EQ(text({3.5, 7.5}, {3.5, 6.5}), "none");   // its own piece is there
  EXPECT_EQ(text({3.5, 1.5}, {3.5, 2.5}), "none");   // white does not move now
  EXPECT_EQ(text({0.5, 6.5}, {-0.5, 5.5}), "none");  // off the board
  Breakthrough other = NewGame<Breakthrough>();
  other.FromText(
      "......../......../...b..../....w.../......../......../......../......../b to move");
  EXPECT_EQ(other.ActionAt({3.5, 5.5}, {4.5, 4.5}), other.ActionFromText("d6xe5")[0]);
  EXPECT_EQ(other.ActionAt({3.5, 5.5}, {3.5, 4.5}), other.ActionFromText("d6d5")[0]);
}

TEST(Breakthrough, EveryShape_KeepsEveryLaw) {
  const auto envs = BuiltinEnvs();
  const EnvRow& row = *std::find_if(envs.begin(), envs.end(),
                                    [](const EnvRow& r) { return r.id == "Breakthrough-v0"; });
  ContractOptions options;
  options.episodes = 1;
  options.plies = 40;
  options.hash_states = 500;
  for (const auto& [rows, columns] :
       {std::pair{"3", "2"}, {"5", "5"}, {"6", "6"}, {"8", "5"}, {"5", "8"}}) {
    Params params = DefaultParams(row);
    params.Set("rows", rows);
    params.Set("columns", columns);
    EXPECT_EQ(ContractFindings(row, params, options), std::vector<std::string>());
  }
}

const std::vector<std::string> kBreakthroughPositions = {"bbb/.../.../www/b to move",
                                                         "b../.bw/.../..w/w to move"};

TEST(Breakthrough, Parsers_RefuseBentInputsWithUsageErrors) {
  FuzzParsers(NewGame<Breakthrough>(k4x3), kBreakthroughPositions, {"a1a2", "b2xc3", "c4b3"},
              "bw./\n to move1234acx", 100000);
}

TEST(FullBreakthroughFuzz, Parsers_RefuseAMillionBentInputs) {
  FuzzParsers(NewGame<Breakthrough>(k4x3), kBreakthroughPositions, {"a1a2", "b2xc3", "c4b3"},
              "bw./\n to move1234acx", 1000000);
}

TEST(Breakthrough, Struct_KeepsTheLawsOfStructs) {
  EXPECT_EQ(StructFindings<Breakthrough>(Params(Breakthrough::Fields())),
            std::vector<std::string>());
}

}  // namespace
}  // namespace brasa
