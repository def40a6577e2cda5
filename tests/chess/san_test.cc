#include "envs/chess/san.h"

#include <gtest/gtest.h>

#include "brasa/core/error.h"
#include "tests/chess/chess_testing.h"

namespace brasa {
namespace {

using chess_testing::Game;
using chess_testing::LegalOf;
using chess_testing::LegalWords;

std::string FaultOf(const std::string& fen, const std::string& move) {
  try {
    Game({{"fen", fen}}).ActionFromText(move);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

const std::string kStart = "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1";

TEST(ChessSan, PiecesOfOneKind_AreToldApartByFileRankOrBoth) {
  // Knights b1 and f3 on one square: files differ. Rooks a1 and a5: ranks differ. Queens e4, h4, h1
  // to e1: h4 needs both, e4 its file, h1 its rank.
  const auto has = [](const char* fen, const std::string& word) {
    return (" " + LegalWords(Game({{"fen", fen}})) + " ").find(" " + word + " ") !=
           std::string::npos;
  };
  const char* knights = "4k3/8/8/8/8/5N2/8/1N2K3 w - - 0 1";
  EXPECT_TRUE(has(knights, "Nbd2") && has(knights, "Nfd2"));
  const char* rooks = "4k3/8/8/R7/8/8/8/R3K3 w - - 0 1";
  EXPECT_TRUE(has(rooks, "R1a3") && has(rooks, "R5a3") && has(rooks, "Rh5"));
  const char* queens = "1k6/8/8/8/4Q2Q/8/K7/7Q w - - 0 1";
  EXPECT_TRUE(has(queens, "Qh4e1") && has(queens, "Qee1") && has(queens, "Q1e1"));
  // A knight pinned to its king cannot move, so the other needs no letter.
  EXPECT_TRUE(has("3rk3/8/8/8/8/8/3N2N1/3K4 w - - 0 1", "Nf4"));
  EXPECT_TRUE(has("4k3/8/8/8/1b6/8/3N2N1/4K3 w - - 0 1", "Ne3"));
  const char* black = "1n2k3/8/5n2/8/8/8/8/4K3 b - - 0 1";
  EXPECT_TRUE(has(black, "Nbd7") && has(black, "Nfd7"));
  const char* black_rooks = "4k2r/8/8/7r/8/8/8/K7 b - - 0 1";
  EXPECT_TRUE(has(black_rooks, "R8h7") && has(black_rooks, "R5h7"));
}

TEST(ChessSan, EveryNotationOfAMove_GivesItsId) {
  struct Case {
    const char* fen;
    const char* first;
    const char* second;
  };
  for (const Case& c : std::vector<Case>{{kStart.c_str(), "Nf3", "g1f3"},
                                         {kStart.c_str(), "Ngf3", "Ng1f3"},
                                         {kStart.c_str(), "e4", "e2e4"},
                                         {"4k3/8/8/8/8/8/8/R3K2R w KQ - 0 1", "O-O", "e1g1"},
                                         {"4k3/8/8/8/8/8/8/R3K2R w KQ - 0 1", "0-0-0", "e1c1"},
                                         {"r3k2r/8/8/8/8/8/8/4K3 b kq - 0 1", "O-O-O", "e8c8"},
                                         {"8/8/8/3Pp3/8/8/8/k1K5 w - e6 0 1", "dxe6", "d5e6"},
                                         {"k1K5/4P3/8/8/8/8/8/8 w - - 0 1", "e8=N", "e7e8n"},
                                         {"k1K5/4P3/8/8/8/8/8/8 w - - 0 1", "e8=Q", "e7e8q"},
                                         {"k1K5/8/8/8/8/8/4p3/3R4 b - - 0 1", "exd1=R", "e2d1r"},
                                         {"7k/5Q2/6K1/8/8/8/8/8 w - - 0 1", "Qg7#", "Qg7"},
                                         {"7k/8/6K1/8/8/8/8/4Q3 w - - 0 1", "Qh4+", "e1h4"}}) {
    const Chess game = Game({{"fen", c.fen}});
    EXPECT_EQ(game.ActionFromText(c.first), game.ActionFromText(c.second)) << c.first;
  }
}

TEST(ChessSan, WrongMoves_AreRefusedWithTheReason) {
  const auto contains = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text << "\nlacks: " << part;
  };
  for (const char* none :
       {"",     "x",   "e9",   "i4",    "Pe4",     "e4 ", " e4",  "E4",    "nf3",   "Nf3?",
        "e8=K", "e8Q", "e8=",  "Nf3=Q", "O-O-O-O", "o-o", "--",   "e2-e4", "e2e4x", "e7e8Q",
        "++",   "#",   "Nxx3", "N",     "Ng1xxf3", "e2e", "Nf33", "N1gf3"}) {
    contains(FaultOf(kStart, none), "is no move; give algebraic notation");
  }
  contains(FaultOf(kStart, "e5"), "'e5' is no legal move; legal: a3, a4, Na3");
  contains(FaultOf(kStart, "e2e5"), "is no legal move; legal:");
  contains(FaultOf(kStart, "O-O"), "is no legal move");
  contains(FaultOf(kStart, "Nhf3"), "is no legal move");
  contains(FaultOf(kStart, "exd3"), "is no legal move");
  contains(FaultOf(kStart, "Nxf3"), "is no capture: Nf3");
  contains(FaultOf(kStart, "e4+"), "wrong mark of check or mate: e4");
  contains(FaultOf(kStart, "e4=Q"), "no pawn arrives");
  contains(FaultOf("4k3/8/8/8/8/5N2/8/1N2K3 w - - 0 1", "Nd2"), "is ambiguous: Nbd2, Nfd2");
  contains(FaultOf("k1K5/4P3/8/8/8/8/8/8 w - - 0 1", "e8"), "lacks the piece");
  contains(FaultOf("k1K5/4P3/8/8/8/8/8/8 w - - 0 1", "e7e8"), "is no legal move");
  contains(FaultOf("8/8/8/3Pp3/8/8/8/k1K5 w - e6 0 1", "de6"), "is a capture: dxe6");
  contains(FaultOf("7k/5Q2/6K1/8/8/8/8/8 w - - 0 1", "Qg7+"), "wrong mark of check or mate: Qg7#");
}

TEST(ChessSan, EveryLegalMoveOfRandomGames_ReadsBackInBothNotations) {
  for (std::uint32_t number = 0; number < 4; ++number) {
    Rng rng(31, StreamRole::kTest, number);
    Chess game = Game();
    std::array<float, 2> rewards{};
    for (int ply = 0; ply < 120 && game.result == ChessEnd::kNone; ++ply) {
      const std::vector<std::int32_t> ids = LegalOf(game);
      for (const std::int32_t id : ids) {
        const std::vector<double> expected = {static_cast<double>(id)};
        ASSERT_EQ(game.ActionFromText(game.ActionToText(ActionRef(&id, 1))), expected);
        ASSERT_EQ(game.ActionFromText(chess::WriteUci(game.position, chess::MoveOf(id))), expected);
      }
      const std::int32_t id = ids[rng.Below(static_cast<std::uint32_t>(ids.size()))];
      game.Step(ActionRef(&id, 1), rng, rewards);
    }
  }
}

TEST(ChessSan, IdOfNoLegalMove_IsWrittenAsANumber) {
  const Chess game = Game();
  for (const std::int32_t id : {0, 91, 4671, 4673}) {
    EXPECT_EQ(game.ActionToText(ActionRef(&id, 1)), std::to_string(id));
  }
}

}  // namespace
}  // namespace brasa
