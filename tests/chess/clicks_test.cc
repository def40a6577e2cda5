// Chess with a mouse: a piece, then where it goes. Squares are 1 x 1, a1 at (0.5, 0.5).
#include <gtest/gtest.h>

#include "tests/chess/chess_testing.h"

namespace brasa {
namespace {

using chess_testing::Game;
using chess_testing::PlayWords;

Point Middle(const char* square) { return {square[0] - 'a' + 0.5, square[1] - '1' + 0.5}; }

/// The move of two clicks in algebraic notation, or "none".
std::string Between(const Chess& game, Point from, Point to) {
  const std::int32_t id = game.ActionAt(from, to);
  return id < 0 ? "none" : game.ActionToText(ActionRef(&id, 1));
}
std::string Between(const Chess& game, const char* from, const char* to) {
  return Between(game, Middle(from), Middle(to));
}

Chess At(const char* fen) {
  Chess game = Game();
  game.FromText(fen);
  return game;
}

TEST(ChessClicks, PieceAndDestination_AreTheLegalMoveOfTheSideToMove) {
  Chess game = Game();
  EXPECT_EQ(Between(game, "e2", "e4"), "e4");
  EXPECT_EQ(Between(game, "g1", "f3"), "Nf3");
  EXPECT_EQ(Between(game, "e2", "e5"), "none");
  EXPECT_EQ(Between(game, "e7", "e5"), "none");
  EXPECT_EQ(Between(game, "e4", "e5"), "none");
  EXPECT_EQ(Between(game, {4.5, 1.5}, {4.5, 8.5}), "none");
  PlayWords(game, "e4");
  EXPECT_EQ(Between(game, "e7", "e5"), "e5");
  EXPECT_EQ(Between(game, "b8", "c6"), "Nc6");
  EXPECT_EQ(Between(game, "e4", "e5"), "none");
}

TEST(ChessClicks, Castling_IsTheKingsMove) {
  const Chess white = At("r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1");
  EXPECT_EQ(Between(white, "e1", "g1"), "O-O");
  EXPECT_EQ(Between(white, "e1", "c1"), "O-O-O");
  EXPECT_EQ(Between(white, "e1", "f1"), "Kf1");
  const Chess black = At("r3k2r/8/8/8/8/8/8/R3K2R b KQkq - 0 1");
  EXPECT_EQ(Between(black, "e8", "g8"), "O-O");
  EXPECT_EQ(Between(black, "e8", "c8"), "O-O-O");
}

TEST(ChessClicks, EnPassant_IsThePawnsMove) {
  const Chess game = At("4k3/8/8/3pP3/8/8/8/4K3 w - d6 0 2");
  EXPECT_EQ(Between(game, "e5", "d6"), "exd6");
  EXPECT_EQ(Between(game, "e5", "e6"), "e6");
}

TEST(ChessClicks, PlaceOnTheLastSquare_SaysWhatAPawnBecomes) {
  const Chess white = At("8/P6k/8/8/8/8/8/K7 w - - 0 1");
  EXPECT_EQ(Between(white, "a7", "a8"), "a8=Q");
  EXPECT_EQ(Between(white, Middle("a7"), {0.9, 7.4}), "a8=Q");
  EXPECT_EQ(Between(white, Middle("a7"), {0.2, 7.2}), "a8=R");
  EXPECT_EQ(Between(white, Middle("a7"), {0.5, 7.2}), "a8=B");
  EXPECT_EQ(Between(white, Middle("a7"), {0.8, 7.2}), "a8=N");
  const Chess black = At("k7/8/8/8/8/8/K6p/8 b - - 0 1");
  EXPECT_EQ(Between(black, "h2", "h1"), "h1=Q");
  EXPECT_EQ(Between(black, Middle("h2"), {7.1, 0.2}), "h1=R");
  EXPECT_EQ(Between(black, Middle("h2"), {7.9, 0.2}), "h1=N");
  // Elsewhere the place within a square says nothing.
  EXPECT_EQ(Between(white, Middle("a1"), {1.2, 0.1}), "Kb1");
}

TEST(ChessClicks, GameThatIsOver_TakesNone) {
  Chess game = Game();
  EXPECT_EQ(PlayWords(game, "f3 e5 g4 Qh4").end, EpisodeEnd::kTerminated);
  EXPECT_EQ(Between(game, "e2", "e4"), "none");
}

}  // namespace
}  // namespace brasa
