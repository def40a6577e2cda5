#include "envs/chess/position.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "envs/chess/fen.h"
#include "tests/chess/chess_testing.h"
#include "tests/support/test_data.h"

namespace brasa::chess {
namespace {

using chess_testing::Game;
using chess_testing::LegalWords;

Position FromFen(const std::string& fen) {
  Position position;
  EXPECT_EQ(ReadFen(fen, position), "") << fen;
  return position;
}

std::string Legal(const std::string& fen) { return LegalWords(Game({{"fen", fen}})); }
bool Has(const std::string& words, const std::string& word) {
  return (" " + words + " ").find(" " + word + " ") != std::string::npos;
}

/// What a slider reaches, found step by step.
Bits Walk(int square, Bits occupied, int df, int dr) {
  Bits reached = 0;
  int file = FileOf(square) + df, rank = RankOf(square) + dr;
  for (; file >= 0 && file < 8 && rank >= 0 && rank < 8; file += df, rank += dr) {
    reached |= Bit(SquareAt(file, rank));
    if ((occupied & Bit(SquareAt(file, rank))) != 0) break;
  }
  return reached;
}

TEST(ChessAttacks, ReachOfEverySquareOnRandomBoards_IsWhatAWalkFinds) {
  Rng rng(3, StreamRole::kTest);
  for (int round = 0; round < 200; ++round) {
    const Bits occupied = round % 2 == 0 ? rng.Next() & rng.Next() : rng.Next();
    for (int square = 0; square < 64; ++square) {
      const auto both = [&](int df, int dr) {
        return Walk(square, occupied, df, dr) | Walk(square, occupied, -df, -dr);
      };
      ASSERT_EQ(Reach<kFile>(square, occupied), both(0, 1)) << square << " " << occupied;
      ASSERT_EQ(Reach<kRow>(square, occupied), both(1, 0)) << square << " " << occupied;
      ASSERT_EQ(Reach<kRising>(square, occupied), both(1, 1)) << square << " " << occupied;
      ASSERT_EQ(Reach<kFalling>(square, occupied), both(1, -1)) << square << " " << occupied;
    }
  }
}

TEST(ChessPosition, StartPosition_IsThatOfTheFen) {
  EXPECT_EQ(WriteFen(StartPosition()), "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1");
}

TEST(ChessPosition, MovesOfAllIds_LeadToIdsAndBack) {
  std::set<int> ids;
  for (int id = 0; id < kActions; ++id) {
    const Move move = MoveOf(id);
    const int files = FileOf(move.to) - FileOf(move.from);
    const int ranks = RankOf(move.to) - RankOf(move.from);
    const bool castles = id >= kCastleLeft;
    // Ids that leave the board wrap around and are those of no move.
    const bool along = files == 0 || ranks == 0 || std::abs(files) == std::abs(ranks) ||
                       std::abs(files * ranks) == 2;
    const bool promotes = move.promotion == kNoPiece ||
                          (RankOf(move.from) == 6 && ranks == 1 && std::abs(files) <= 1);
    if (castles || (along && promotes && IdOf(move) == id)) ids.insert(id);
  }
  // 1,456 moves of a queen, 336 of a knight on an empty board, 3 x 22 underpromotions, castling.
  EXPECT_EQ(ids.size(), 1456u + 336u + 66u + 2u);
}

struct PerftRow {
  std::string fen;
  int depth;
  std::int64_t nodes;
};

std::vector<PerftRow> PerftRows() {
  std::ifstream file(TestData("chess/perft.csv"));
  std::vector<PerftRow> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string fen, depth, nodes;
    std::getline(fields, fen, ',');
    std::getline(fields, depth, ',');
    std::getline(fields, nodes, ',');
    rows.push_back({fen, std::stoi(depth), std::stoll(nodes)});
  }
  return rows;
}

void ExpectPerft(std::int64_t low, std::int64_t high) {
  int tried = 0;
  for (const PerftRow& row : PerftRows()) {
    if (row.nodes < low || row.nodes >= high) continue;
    EXPECT_EQ(Perft(FromFen(row.fen), row.depth), row.nodes) << row.fen << " depth " << row.depth;
    ++tried;
  }
  EXPECT_GT(tried, 0);
}

constexpr std::int64_t kMillion = 1000000;

TEST(ChessPerft, RowsBelow5MillionLeaves_AreStockfishs) { ExpectPerft(0, 5 * kMillion); }
TEST(FullChessPerft, RowsBelow1000MillionLeaves_AreStockfishs) {
  ExpectPerft(5 * kMillion, 1000 * kMillion);
}
TEST(FullChessPerft, StartTo3195MillionLeaves_IsStockfishs) {
  ExpectPerft(1000 * kMillion, 10000 * kMillion);
}

/// Leaves and mates found through the environment itself.
void CountGames(const Chess& game, int depth, std::int64_t& leaves, std::int64_t& mates) {
  Rng rng;
  std::array<float, 2> rewards{};
  for (const std::int32_t id : chess_testing::LegalOf(game)) {
    Chess next = game;
    next.Step(ActionRef(&id, 1), rng, rewards);
    if (depth == 1) {
      ++leaves;
      mates += next.result == ChessEnd::kMate;
    } else {
      CountGames(next, depth - 1, leaves, mates);
    }
  }
}

// 8 of the 197,281 positions at depth 4 are mates.
TEST(Chess, GamesOf4Plies_AreAsManyAsKnown) {
  std::int64_t leaves = 0, mates = 0;
  CountGames(Game(), 4, leaves, mates);
  EXPECT_EQ(leaves, 197281);
  EXPECT_EQ(mates, 8);
}

TEST(ChessPosition, FirstMoves_HaveTheIdsOfOpenSpiel) {
  EXPECT_EQ(LegalWords(Game()), "a3 a4 Na3 Nc3 b3 b4 c3 c4 d3 d4 e3 e4 f3 f4 Nf3 Nh3 g3 g4 h3 h4");
  EXPECT_EQ(
      chess_testing::LegalOf(Game()),
      (std::vector<std::int32_t>{89,   90,   652,  656,  673,  674,  1257, 1258, 1841, 1842,
                                 2425, 2426, 3009, 3010, 3572, 3576, 3593, 3594, 4177, 4178}));
}

TEST(ChessPosition, EnPassantThatUncoversTheKingOnItsRank_IsIllegal) {
  // Both pawns would leave the rank between king a5 and rook h5.
  EXPECT_FALSE(Has(Legal("8/8/8/K2pP2r/8/8/8/7k w - d6 0 1"), "exd6"));
  EXPECT_TRUE(Has(Legal("8/8/8/K2pP2n/8/8/8/7k w - d6 0 1"), "exd6"));
  EXPECT_FALSE(Has(Legal("7K/8/8/8/R2Pp2k/8/8/8 b - d3 0 1"), "exd3"));
  EXPECT_TRUE(Has(Legal("7K/8/8/8/N2Pp2k/8/8/8 b - d3 0 1"), "exd3"));
}

TEST(ChessPosition, EnPassantOfAPinnedPawn_IsLegalAlongThePinAlone) {
  // Bishop a2, pawn d5, king g8 of the other colour: the taker on d5 is White's, pinned on a2-g8.
  EXPECT_TRUE(Has(Legal("6b1/8/8/3Pp3/8/1K6/8/7k w - e6 0 1"), "dxe6"));
  EXPECT_FALSE(Has(Legal("6b1/8/8/2pP4/8/1K6/8/7k w - c6 0 1"), "dxc6"));
  // The taken pawn uncovers a diagonal: bishop h8, pawn e5 and king c3.
  EXPECT_FALSE(Has(Legal("7b/8/8/3Pp3/8/2K5/8/7k w - e6 0 1"), "dxe6"));
}

TEST(ChessPosition, EnPassantOfAPawnThatGivesCheck_IsLegal) {
  EXPECT_TRUE(Has(Legal("8/8/8/2k5/3Pp3/8/8/4K3 b - d3 0 1"), "exd3"));
  // Another checker stays: the king must move.
  EXPECT_FALSE(Has(Legal("2R5/8/8/2k5/3Pp3/8/8/4K3 b - d3 0 1"), "exd3"));
}

TEST(ChessPosition, Castling_NeedsASafePathAndFreeSquares) {
  struct Case {
    const char* fen;
    bool left, right;
  };
  for (const Case& c : std::vector<Case>{
           {"4k3/8/8/8/8/8/8/R3K2R w KQ - 0 1", true, true},
           {"4k3/8/8/8/8/8/8/R3K2R w Q - 0 1", true, false},
           {"4k3/8/8/8/8/8/8/R3K2R w - - 0 1", false, false},
           {"4kr2/8/8/8/8/8/8/R3K2R w KQ - 0 1", true, false},    // f1 attacked
           {"4k1r1/8/8/8/8/8/8/R3K2R w KQ - 0 1", true, false},   // g1 attacked
           {"4k2r/8/8/8/8/8/8/R3K2R w KQ - 0 1", true, true},     // h1 attacked: allowed
           {"3rk3/8/8/8/8/8/8/R3K2R w KQ - 0 1", false, true},    // d1 attacked
           {"2r1k3/8/8/8/8/8/8/R3K2R w KQ - 0 1", false, true},   // c1 attacked
           {"1r2k3/8/8/8/8/8/8/R3K2R w KQ - 0 1", true, true},    // b1 attacked: allowed
           {"r3k3/8/8/8/8/8/8/R3K2R w KQ - 0 1", true, true},     // a1 attacked: allowed
           {"4k3/4r3/8/8/8/8/8/R3K2R w KQ - 0 1", false, false},  // in check
           {"4k3/8/8/8/8/8/6p1/R3K2R w KQ - 0 1", true, false},   // by a pawn
           {"4k3/8/8/8/8/8/8/RN2K1NR w KQ - 0 1", false, false},  // b1, g1 occupied
           {"4k3/8/8/8/8/1n6/8/R3K2R w KQ - 0 1", false, true},   // c1 by a knight
           {"r3k2r/8/8/8/8/8/8/4K3 b kq - 0 1", true, true},
           {"r3k2r/8/8/8/8/8/8/3RK3 b kq - 0 1", false, true},
           {"r3k2r/8/8/8/8/8/8/4KR2 b kq - 0 1", true, false}}) {
    const std::string words = Legal(c.fen);
    const auto has = [&](const char* move) {
      return Has(words, move) || Has(words, std::string(move) + "+");
    };
    EXPECT_EQ(has("O-O-O"), c.left) << c.fen;
    EXPECT_EQ(has("O-O"), c.right) << c.fen;
  }
}

TEST(ChessPosition, PawnOnTheSeventh_HasFourPiecesInThreeDirections) {
  // b7 takes a8 (left), steps to b8, takes c8 (right); ids by the table: (1 * 8 + 6) * 73 = 1022.
  const Chess game = Game({{"fen", "r1r5/1P6/8/8/8/8/8/k3K3 w - - 0 1"}});
  const std::vector<std::int32_t> ids = chess_testing::LegalOf(game);
  for (int plane = 0; plane < 9; ++plane) {
    EXPECT_TRUE(std::count(ids.begin(), ids.end(), 1022 + plane)) << plane;
  }
  std::string words;
  for (const int plane : {0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 44, 57}) {
    const std::int32_t id = 1022 + plane;
    words += game.ActionToText(ActionRef(&id, 1)) + " ";
  }
  EXPECT_EQ(words,
            "b8=R bxc8=R bxa8=R+ b8=B bxc8=B bxa8=B b8=N bxc8=N bxa8=N b8=Q bxc8=Q bxa8=Q+ ");
}

TEST(ChessPosition, KingInDoubleCheck_CanOnlyMove) {
  const std::string words = Legal("4k3/8/8/8/4r3/8/3n2P1/4K2R w K - 0 1");
  EXPECT_FALSE(Has(words, "O-O"));
  const std::string twice = Legal("k3r3/8/8/8/8/3n4/3Q2P1/4K3 w - - 0 1");
  EXPECT_EQ(twice, "Kd1 Kf1");
}

// The record of legal moves (N. Petrovic 1964).
TEST(ChessPosition, PetrovicsPosition_Has218Moves) {
  const Position position = FromFen("R6R/3Q4/1Q4Q1/4Q3/2Q4Q/Q4Q2/pp1Q4/kBNN1KB1 w - - 0 1");
  std::int32_t ids[kMostMoves + kIdSlack];
  EXPECT_EQ(LegalIds(position, ids), 218);
  EXPECT_EQ(CountLegal(position), 218);
}

}  // namespace
}  // namespace brasa::chess
