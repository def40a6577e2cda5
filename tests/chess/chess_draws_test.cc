// How games end: mate, stalemate and every rule of draws.
#include <gtest/gtest.h>

#include "tests/chess/chess_testing.h"

namespace brasa {
namespace {

using chess_testing::Game;
using chess_testing::Outcome;
using chess_testing::PlayWords;

using Settings = std::vector<std::pair<std::string, std::string>>;

std::string Repeated(const std::string& words, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += words + " ";
  return all;
}

void ExpectEnd(const Settings& settings, const std::string& words, ChessEnd end, int plies) {
  Chess game = Game(settings);
  const Outcome outcome = PlayWords(game, words);
  const std::string place = (settings.empty() ? "" : settings[0].second) + ": " + words;
  EXPECT_EQ(game.result, end) << place;
  EXPECT_EQ(outcome.plies, plies) << place;
  EXPECT_EQ(outcome.end == EpisodeEnd::kTerminated, end != ChessEnd::kNone) << place;
  if (end != ChessEnd::kMate) {
    EXPECT_EQ(outcome.rewards, (std::array<float, 2>{0, 0})) << place;
  }
  if (end != ChessEnd::kNone) {
    EXPECT_TRUE(chess_testing::LegalOf(game).empty()) << place;
  }
}

TEST(ChessEnds, FoolsMate_IsWonByBlack) {
  Chess game = Game();
  const Outcome outcome = PlayWords(game, "f3 e5 g4 Qh4#");
  EXPECT_EQ(outcome.end, EpisodeEnd::kTerminated);
  EXPECT_EQ(game.result, ChessEnd::kMate);
  EXPECT_EQ(outcome.rewards, (std::array<float, 2>{1, -1}));  // player 0 is Black
}

TEST(ChessEnds, ScholarsMate_IsWonByWhite) {
  Chess game = Game();
  const Outcome outcome = PlayWords(game, "e4 e5 Bc4 Nc6 Qh5 Nf6 Qxf7#");
  EXPECT_EQ(game.result, ChessEnd::kMate);
  EXPECT_EQ(outcome.rewards, (std::array<float, 2>{-1, 1}));
}

// S. Loyd's shortest game to stalemate.
TEST(ChessEnds, LoydsStalemate_DrawsAtMove10) {
  ExpectEnd({}, "e3 a5 Qh5 Ra6 Qxa5 h5 Qxc7 Rah6 h4 f6 Qxd7+ Kf7 Qxb7 Qd3 Qxb8 Qh7 Qxc8 Kg6 Qe6",
            ChessEnd::kStalemate, 19);
}

TEST(ChessEnds, MatesAndStalematesInCorners_AreToldApart) {
  ExpectEnd({{"fen", "7k/5Q2/8/6K1/8/8/8/8 w - - 0 1"}}, "Kg6", ChessEnd::kStalemate, 1);
  ExpectEnd({{"fen", "7k/5Q2/6K1/8/8/8/8/8 w - - 0 1"}}, "Qg7#", ChessEnd::kMate, 1);
  ExpectEnd({{"fen", "6rk/6pp/8/6N1/8/8/8/K7 w - - 0 1"}}, "Nf7#", ChessEnd::kMate, 1);
  // The king is boxed in but a pinned pawn's neighbour can move.
  ExpectEnd({{"fen", "6rk/5ppp/8/6N1/8/8/8/K7 w - - 0 1"}}, "Ne4", ChessEnd::kNone, 1);
}

const std::string kKnights = "Nf3 Nf6 Ng1 Ng8";

TEST(ChessEnds, StartPositionAThirdTime_DrawsUnderTheDefaultRule) {
  ExpectEnd({}, Repeated(kKnights, 5), ChessEnd::kRepetition, 8);
  ExpectEnd({{"repetition", "threefold"}}, Repeated(kKnights, 5), ChessEnd::kRepetition, 8);
}

TEST(ChessEnds, FivefoldRule_WaitsForTheFifthTime) {
  ExpectEnd({{"repetition", "fivefold"}}, Repeated(kKnights, 5), ChessEnd::kRepetition, 16);
}

TEST(ChessEnds, WithoutARuleOfRepetition_TheQuietMovesDraw) {
  ExpectEnd({{"repetition", "none"}}, Repeated(kKnights, 30), ChessEnd::kQuiet, 100);
  ExpectEnd({{"repetition", "none"}, {"quiet_moves", "75"}}, Repeated(kKnights, 40),
            ChessEnd::kQuiet, 150);
}

// The board of ply 0 comes back after 4 and 8 plies, but without the rights to castle on the a
// side. The first position with the rights that stay is that of ply 2; it comes back at 6 and 10.
TEST(ChessEnds, PositionWithOtherCastlingRights_IsAnother) {
  const std::string rooks = "Rb1 Rb8 Ra1 Ra8";
  ExpectEnd({{"fen", "r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1"}}, Repeated(rooks, 4),
            ChessEnd::kRepetition, 10);
  ExpectEnd({{"fen", "r3k2r/8/8/8/8/8/8/R3K2R w - - 0 1"}}, Repeated(rooks, 4),
            ChessEnd::kRepetition, 8);
}

// After d5 the board comes back every 4 plies, but only at ply 1 a pawn may be taken en passant:
// the first position that recurs is that of ply 2, at 6 and 10. Where none may be, it is that of
// ply 1.
TEST(ChessEnds, PositionWithALegalEnPassant_IsAnother) {
  const std::string knights = "Nf3 Nf6 Ng1 Ng8";
  ExpectEnd({{"fen", "4k1n1/3p4/8/4P3/8/8/8/4K1N1 b - - 0 1"}}, "d5 " + Repeated(knights, 4),
            ChessEnd::kRepetition, 10);
  // The capture would uncover the king: no other position.
  ExpectEnd({{"fen", "6n1/k2p4/8/K3P2r/8/8/8/6N1 b - - 0 1"}}, "d5 " + Repeated(knights, 4),
            ChessEnd::kRepetition, 9);
  // No pawn stands beside.
  ExpectEnd({{"fen", "4k1n1/3p4/8/8/4P3/8/8/4K1N1 b - - 0 1"}}, "d5 " + Repeated(knights, 4),
            ChessEnd::kRepetition, 9);
}

// The board of ply 0 comes back at plies 5, 9 and 13, but with Black to move.
TEST(ChessEnds, SameBoardWithTheOtherMover_IsAnother) {
  ExpectEnd({{"fen", "7k/8/8/8/8/8/8/R3K3 w - - 0 1"}},
            "Ra2 Kg8 Ra3 Kh8 Ra1 " + Repeated("Kg8 Ra2 Kh8 Ra1", 3), ChessEnd::kRepetition, 13);
}

TEST(ChessEnds, HundredthQuietPly_DrawsUnlessItMatesOrIsNotQuiet) {
  const std::string fen = "7k/8/6K1/8/8/7p/8/R7 w - - 99 80";
  ExpectEnd({{"fen", fen}}, "Ra2", ChessEnd::kQuiet, 1);
  ExpectEnd({{"fen", fen}}, "Ra8#", ChessEnd::kMate, 1);
  ExpectEnd({{"fen", "7k/8/6K1/8/8/7p/8/7R w - - 99 80"}}, "Rxh3+", ChessEnd::kNone, 1);
  ExpectEnd({{"fen", "7k/8/6K1/8/8/7p/8/R7 b - - 99 80"}}, "h2", ChessEnd::kNone, 1);
  ExpectEnd({{"fen", fen}, {"quiet_moves", "75"}}, "Ra2", ChessEnd::kNone, 1);
  ExpectEnd({{"fen", "7k/8/6K1/8/8/7p/8/R7 w - - 149 80"}, {"quiet_moves", "75"}}, "Ra2",
            ChessEnd::kQuiet, 1);
}

TEST(ChessEnds, LoneMinorPieces_DrawAtOnce) {
  struct Case {
    const char* fen;
    const char* move;
    ChessEnd end;
  };
  for (const Case& c : std::vector<Case>{
           {"8/8/8/3k4/8/8/4p3/4K3 w - - 0 1", "Kxe2", ChessEnd::kMaterial},
           {"8/8/8/3k4/8/8/4p3/4KB2 w - - 0 1", "Bxe2", ChessEnd::kMaterial},
           {"8/8/8/3k4/8/8/4p3/4K1N1 w - - 0 1", "Nxe2", ChessEnd::kMaterial},
           {"8/8/8/3k4/8/8/4p3/b3KB2 w - - 0 1", "Bxe2", ChessEnd::kNone},  // a1 dark, e2 light
           {"8/8/8/3k4/8/8/4p3/1b2KB2 w - - 0 1", "Bxe2", ChessEnd::kMaterial},  // both light
           {"8/8/8/3k4/8/8/4p3/1n2KB2 w - - 0 1", "Bxe2", ChessEnd::kNone},
           {"8/8/8/3k4/8/8/4p3/1N2K1N1 w - - 0 1", "Nxe2", ChessEnd::kNone},
           {"8/8/8/3k4/8/8/4p3/4K2R w - - 0 1", "Kxe2", ChessEnd::kNone},
           {"8/5P2/8/3k4/8/8/8/4K3 w - - 0 1", "f8=N", ChessEnd::kMaterial},
           {"8/5P2/8/3k4/8/8/8/4K3 w - - 0 1", "f8=R", ChessEnd::kNone}}) {
    ExpectEnd({{"fen", c.fen}}, c.move, c.end, 1);
    ExpectEnd({{"fen", c.fen}, {"insufficient_material", "false"}}, c.move, ChessEnd::kNone, 1);
  }
}

TEST(ChessEnds, Measures_NameTheEnd) {
  Chess game = Game();
  PlayWords(game, Repeated(kKnights, 2));
  std::array<float, 5> values{};
  game.Measures(values);
  EXPECT_EQ(values, (std::array<float, 5>{0, 0, 1, 0, 0}));
}

}  // namespace
}  // namespace brasa
