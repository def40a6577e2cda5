// Chess against the slow chess of plain_chess.h, in random games.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "envs/chess/zobrist.h"
#include "tests/chess/chess_testing.h"
#include "tests/chess/plain_chess.h"

namespace brasa {
namespace {

using chess_testing::Game;
using chess_testing::LegalOf;
using chess_testing::PlainChess;
using chess_testing::PlainMove;

constexpr const char* kStarts[] = {
    "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1",
    "r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1",
    "8/2p5/3p4/KP5r/1R3p1k/8/4P1P1/8 w - - 0 1",
    "r3k2r/Pppp1ppp/1b3nbN/nP6/BBP1P3/q4N2/Pp1P2PP/R2Q1RK1 w kq - 0 1",
    "rnbq1k1r/pp1Pbppp/2p5/8/2B5/8/PPP1NnPP/RNBQK2R w KQ - 1 8",
    "r7/4p3/5p1q/3P4/4pQ2/4pP2/6pp/R3K1kr w Q - 1 3",
    "4k3/pppppppp/8/8/8/8/PPPPPPPP/4K3 b - - 0 1",
    "r3k2r/8/8/8/8/8/8/R3K2R b KQkq - 60 40",
    "8/1n4k1/8/8/8/3B4/1K6/8 w - - 90 90",
};

ChessEnd PlainEnd(const PlainChess& plain, bool moves) {
  if (!moves) return plain.InCheck() ? ChessEnd::kMate : ChessEnd::kStalemate;
  if (plain.Insufficient()) return ChessEnd::kMaterial;
  if (plain.Occurrences() >= 3) return ChessEnd::kRepetition;
  return plain.quiet >= 100 ? ChessEnd::kQuiet : ChessEnd::kNone;
}

void ExpectEqualStates(const Chess& game, const PlainChess& plain,
                       const std::map<std::int32_t, PlainMove>& moves) {
  ASSERT_EQ(game.result, PlainEnd(plain, !moves.empty())) << plain.Fen();
  ASSERT_EQ(game.ToText().substr(0, game.ToText().find(" after")), plain.Fen());
  ASSERT_EQ(game.PlayerToMove(), plain.white ? Chess::kWhite : Chess::kBlack);
  ASSERT_EQ(game.occurrences, plain.Occurrences()) << plain.Fen();
  std::vector<std::int32_t> ids;
  if (game.result == ChessEnd::kNone) {
    for (const auto& [id, move] : moves) ids.push_back(id);
  }
  ASSERT_EQ(LegalOf(game), ids) << plain.Fen();
  ASSERT_EQ(chess::CountLegal(game.position), static_cast<int>(moves.size())) << plain.Fen();
  for (const int player : {Chess::kBlack, Chess::kWhite}) {
    std::vector<std::uint8_t> seen(Chess::kPlanes * 64);
    game.Observe(player, seen);
    ASSERT_EQ(seen, plain.Observation(player == Chess::kWhite)) << plain.Fen();
  }
}

/// Plays one random game in step and counts how it ended.
void PlayBoth(const char* fen, std::uint32_t number, int plies, std::map<ChessEnd, int>& ends) {
  Rng rng(21, StreamRole::kTest, number);
  Chess game = Game({{"fen", fen}});
  PlainChess plain(fen);
  for (int ply = 0; ply < plies; ++ply) {
    std::map<std::int32_t, PlainMove> moves;
    for (const PlainMove move : plain.Legal()) moves[plain.Id(move)] = move;
    ASSERT_NO_FATAL_FAILURE(ExpectEqualStates(game, plain, moves)) << fen << " game " << number;
    ASSERT_EQ(game.key, chess::PositionKey(game.position)) << plain.Fen();
    if (game.result != ChessEnd::kNone) break;
    auto chosen = moves.begin();
    std::advance(chosen, rng.Below(static_cast<std::uint32_t>(moves.size())));
    std::array<float, 2> rewards{9, 9};
    const bool white = plain.white;
    game.Step(ActionRef(&chosen->first, 1), rng, rewards);
    plain.Play(chosen->second);
    const bool mate = plain.Legal().empty() && plain.InCheck();
    const float reward = mate ? (white ? 1.0f : -1.0f) : 0.0f;
    ASSERT_EQ(rewards[Chess::kWhite], reward);
    ASSERT_EQ(rewards[Chess::kBlack], -reward);
  }
  ++ends[game.result];
}

TEST(Chess, RandomGames_AgreeWithAPlainBoard) {
  std::map<ChessEnd, int> ends;
  for (std::uint32_t number = 0; number < 9; ++number) {
    ASSERT_NO_FATAL_FAILURE(PlayBoth(kStarts[number], number, 120, ends));
  }
}

TEST(FullChess, ManyRandomGames_AgreeWithAPlainBoardAndEndInEveryWay) {
  std::map<ChessEnd, int> ends;
  for (std::uint32_t number = 0; number < 500; ++number) {
    ASSERT_NO_FATAL_FAILURE(PlayBoth(kStarts[number % 9], number, 400, ends));
  }
  for (const ChessEnd end : {ChessEnd::kMate, ChessEnd::kStalemate, ChessEnd::kRepetition,
                             ChessEnd::kQuiet, ChessEnd::kMaterial}) {
    EXPECT_GT(ends[end], 0) << "end " << static_cast<int>(end);
  }
}

}  // namespace
}  // namespace brasa
