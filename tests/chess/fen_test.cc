#include "envs/chess/fen.h"

#include <gtest/gtest.h>

#include "brasa/core/error.h"
#include "tests/chess/chess_testing.h"

namespace brasa {
namespace {

using chess_testing::Game;
using chess_testing::PlayWords;

TEST(ChessFen, WrongFens_AreRefusedWithTheFault) {
  struct Case {
    const char* fen;
    const char* fault;
  };
  for (const Case& c : std::vector<Case>{
           {"", "FEN has 6 fields"},
           {"4k3/8/8/8/8/8/8/4K3 w - - 0", "6 fields parted by single blanks"},
           {"4k3/8/8/8/8/8/8/4K3  w - - 0 1", "got 7"},
           {"4k3/8/8/8/8/8/8/4K3 w - - 0 1 ", "got 7"},
           {"4k3/8/8/8/8/8/4K3 w - - 0 1", "the board has 7 ranks and not 8"},
           {"4k3/8/8/8/8/8/8/8/4K3 w - - 0 1", "the board has more than 8 ranks"},
           {"4k3/8/8/7/8/8/8/4K3 w - - 0 1", "rank 5 has 7 squares and not 8"},
           {"4k3/8/8/8p/8/8/8/4K3 w - - 0 1", "rank 5 has more than 8 squares"},
           {"4k3/8/8/44/8/8/8/4K3 w - - 0 1", "rank 5 has two numbers in a row"},
           {"4k3/8/8/9/8/8/8/4K3 w - - 0 1", "'9' is no piece"},
           {"4k3/8/8/x7/8/8/8/4K3 w - - 0 1", "'x' is no piece"},
           {"8/8/8/8/8/8/8/4K3 w - - 0 1", "Black has 0 kings and not 1"},
           {"4k3/8/8/8/8/8/8/3KK3 w - - 0 1", "White has 2 kings and not 1"},
           {"4k2P/8/8/8/8/8/8/4K3 w - - 0 1", "a pawn stands on rank 1 or 8"},
           {"4k3/8/8/8/8/P7/PPPPPPPP/4K3 w - - 0 1", "White has 9 pawns"},
           {"4k3/8/8/8/8/Q7/PPPPPPPP/QQ2K3 w - - 0 1", "White has 2 promoted pieces beside 8"},
           {"4k3/8/8/8/8/8/PPPPPPPP/B1B1K3 w - - 0 1", "White has 1 promoted pieces beside 8"},
           {"4k3/8/8/8/8/8/8/4K3 x - - 0 1", "the mover 'x' is neither 'w' nor 'b'"},
           {"4k3/8/8/8/8/8/8/4K3 w KQ - 0 1",
            "castling 'K' needs White's king on e1 and rook on h1"},
           {"4k3/8/8/8/8/8/8/4K2R w KQ - 0 1",
            "castling 'Q' needs White's king on e1 and rook on a1"},
           {"r3k3/8/8/8/8/8/8/4K3 w k - 0 1",
            "castling 'k' needs Black's king on e8 and rook on h8"},
           {"r3k2r/8/8/8/8/8/8/4K3 w qk - 0 1", "letters of KQkq in this order"},
           {"r3k2r/8/8/8/8/8/8/4K3 w kk - 0 1", "letters of KQkq in this order"},
           {"r3k2r/8/8/8/8/8/8/4K3 w k- - 0 1", "letters of KQkq in this order"},
           {"r3k2r/8/8/8/8/8/8/4K3 w  - 0 1", "castling rights are '-'"},
           {"4k3/8/8/8/8/8/8/4K3 w - e4 0 1", "neither '-' nor a square of rank 6"},
           {"4k3/8/8/8/8/8/8/4K3 w - z9 0 1", "neither '-' nor a square of rank 6"},
           {"4k3/8/8/8/8/8/8/4K3 w - e6 0 1",
            "needs a pawn of the opponent that just came over e6"},
           {"4k3/4n3/8/4p3/8/8/8/4K3 w - e6 0 1", "needs a pawn of the opponent"},
           {"4k3/8/8/4p3/8/8/8/4K3 w - e6 1 1", "follows a pawn move: the half-move clock is 0"},
           {"4k3/8/8/8/8/8/8/4K3 w - - -1 1", "half-move clock '-1' is no number from 0 to 150"},
           {"4k3/8/8/8/8/8/8/4K3 w - - 151 1", "half-move clock '151' is no number"},
           {"4k3/8/8/8/8/8/8/4K3 w - - 01 1", "half-move clock '01' is no number"},
           {"4k3/8/8/8/8/8/8/4K3 w - - 0 0", "move number '0' is no number from 1 to"},
           {"4k3/8/8/8/8/8/8/4K3 w - - 0 1x", "move number '1x' is no number"},
           {"4k3/8/8/8/8/8/8/4K3 w - - 0 99999999999", "is no number from 1 to"},
           {"4k3/8/8/8/8/8/4r3/4K3 b - - 0 1", "White stands in check, but Black moves"},
           {"8/8/8/3kK3/8/8/8/8 w - - 0 1", "Black stands in check, but White moves"},
           {"4k3/8/8/8/8/3n1n2/8/r3K3 w - - 0 1", "3 pieces give check"}}) {
    chess::Position position;
    const std::string fault = chess::ReadFen(c.fen, position);
    EXPECT_NE(fault.find(c.fault), std::string::npos) << c.fen << "\n" << fault;
    const std::string form = "; give FEN as in 'rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq";
    const auto expect_told = [&](const std::string& error, const std::string& value) {
      EXPECT_TRUE(error.find(value) != std::string::npos && error.find(form) != std::string::npos)
          << error;
    };
    try {
      Game({{"fen", c.fen}});
      ADD_FAILURE() << c.fen;
    } catch (const ConfigError& error) {
      expect_told(error.what(), "fen = '" + std::string(c.fen) + "'");
    }
    Chess game = Game();
    const std::string before = game.ToText();
    try {
      game.FromText(c.fen);
      ADD_FAILURE() << c.fen;
    } catch (const UsageError& error) {
      expect_told(error.what(), "Chess-v0: '" + std::string(c.fen) + "' is no position: ");
    }
    EXPECT_EQ(game.ToText(), before);
  }
}

TEST(ChessFen, ParameterOfAFinishedGame_IsRefusedByName) {
  for (const char* over : {"7k/5Q2/6K1/8/8/8/8/8 b - - 0 1", "4k3/8/8/8/8/8/8/4K3 w - - 0 1",
                           "4k3/8/8/8/8/8/8/4K2R w - - 100 90"}) {
    try {
      Game({{"fen", over}});
      ADD_FAILURE() << over;
    } catch (const ConfigError& error) {
      EXPECT_EQ(error.what(), "fen = '" + std::string(over) +
                                  "': the game is over here; give a position to play from");
    }
  }
}

TEST(ChessFen, EnPassantThatNobodyCanTake_IsReadAsNone) {
  Chess game = Game();
  game.FromText("rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq e3 0 1");
  EXPECT_EQ(game.ToText(), "rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq - 0 1");
  EXPECT_EQ(PlayWords(game, "a6 e5 d5").plies, 3);
  EXPECT_EQ(game.ToText(), "rnbqkbnr/1pp1pppp/p7/3pP3/8/8/PPPP1PPP/RNBQKBNR w KQkq d6 0 3");
}

TEST(ChessFen, FinishedGames_AreReadAsOver) {
  Chess game = Game();
  game.FromText("rnb1kbnr/pppp1ppp/8/4p3/6Pq/5P2/PPPPP2P/RNBQKBNR w KQkq - 1 3");
  EXPECT_EQ(game.result, ChessEnd::kMate);
  EXPECT_TRUE(chess_testing::LegalOf(game).empty());
}

TEST(ChessText, Trail_NamesTheMovesThatCanRecur) {
  Chess game = Game();
  PlayWords(game, "e4 e5 Nf3 Nc6 Ng1 Nb8");
  EXPECT_EQ(game.ToText(),
            "rnbqkbnr/pppp1ppp/8/4p3/4P3/8/PPPP1PPP/RNBQKBNR w KQkq - 4 4 after g1f3 b8c6 f3g1 "
            "c6b8");
  PlayWords(game, "Ke2");  // loses the rights to castle
  EXPECT_EQ(game.ToText(), "rnbqkbnr/pppp1ppp/8/4p3/4P3/8/PPPPKPPP/RNBQ1BNR b kq - 5 4");
}

TEST(ChessText, ReadBackInAFreshWorld_GoesOnAsTheOriginal) {
  Chess game = Game();
  PlayWords(game, "e4 e5 Nf3 Nf6 Ng1 Ng8 Nf3 Nf6 Ng1");
  Chess read = Game();
  read.FromText(game.ToText());
  EXPECT_EQ(read.Hash(), game.Hash());
  EXPECT_EQ(read.ToText(), game.ToText());
  PlayWords(read, "Ng8");
  EXPECT_EQ(read.result, ChessEnd::kRepetition);
  // Without the trail the position is met for the first time.
  read.FromText("rnbqkb1r/pppp1ppp/5n2/4p3/4P3/8/PPPP1PPP/RNBQKBNR b KQkq - 7 5");
  PlayWords(read, "Ng8");
  EXPECT_EQ(read.result, ChessEnd::kNone);
}

TEST(ChessText, WrongTrails_AreRefused) {
  const std::string fen = "rnbqkbnr/pppp1ppp/8/4p3/4P3/8/PPPP1PPP/RNBQKBNR w KQkq - 4 4";
  for (const char* trail :
       {" after", " after ", " after g1f3  b8c6 f3g1 c6b8", " after g1f3 b8c6 f3g1 c6b8 ",
        " after g1f3 b8c6 f3g1", " after Nf3", " after g1f9", " after e2e4", " after g1f3 b8c6",
        " after b8c6 g1f3 c6b8 f3g1", " after g1e3 b8c6 e3g1 c6b8", " after e1e2 e8e7 e2e1 e7e8",
        " after g1f3 g8f6 f3g1 f6g8 g1f3 g8f6 f3g1 f6g8", " after c1h6 b8c6 h6c1 c6b8"}) {
    Chess game = Game();
    EXPECT_THROW(game.FromText(fen + trail), UsageError) << trail;
  }
  Chess game = Game();
  game.FromText(fen + " after g1f3 b8c6 f3g1 c6b8");
  EXPECT_EQ(game.occurrences, 2);
}

}  // namespace
}  // namespace brasa
