#include <gtest/gtest.h>

#include "brasa/contract_check.h"
#include "envs/board/checkers.h"
#include "envs/board/checkers_squares.h"
#include "tests/draughts/plain_checkers.h"

namespace brasa {
namespace {

using testing::PlainCheckers;

Checkers Start(int quiet_limit = 40) {
  Params params(Checkers::Fields());
  params.Set("quiet_limit", std::to_string(quiet_limit));
  Checkers game(params);
  Rng rng;
  game.Reset(rng);
  return game;
}

Checkers At(const std::string& text) {
  Checkers game = Start();
  game.FromText(text);
  return game;
}

struct Ply {
  EpisodeEnd end = EpisodeEnd::kNone;
  std::array<float, 2> rewards{9, 9};
};

Ply Play(Checkers& game, const std::string& move) {
  const auto id = static_cast<std::int32_t>(game.ActionFromText(move)[0]);
  std::array<std::int32_t, 48> ids{};
  const int count = game.LegalActions(ids);
  EXPECT_TRUE(std::binary_search(ids.begin(), ids.begin() + count, id)) << move;
  Ply ply;
  Rng rng;
  ply.end = game.Step(ActionRef(&id, 1), rng, ply.rewards);
  return ply;
}

/// The legal moves in words.
std::vector<std::string> Moves(const Checkers& game) {
  std::array<std::int32_t, 48> ids{};
  std::vector<std::string> moves;
  const int count = game.LegalActions(ids);
  for (int i = 0; i < count; ++i) {
    moves.push_back(game.ActionToText(ActionRef(&ids[static_cast<std::size_t>(i)], 1)));
  }
  return moves;
}

using Names = std::vector<std::string>;

/// Leaves of the tree of single actions.
std::int64_t CountActions(const Checkers& game, int depth) {
  std::array<std::int32_t, 48> ids{};
  const int count = game.LegalActions(ids);
  if (depth == 1) return count;
  std::int64_t leaves = 0;
  for (int i = 0; i < count; ++i) {
    Checkers next = game;
    std::array<float, 2> rewards{};
    Rng rng;
    next.Step(ActionRef(&ids[static_cast<std::size_t>(i)], 1), rng, rewards);
    leaves += CountActions(next, depth - 1);
  }
  return leaves;
}

/// Leaves of the tree of whole moves: a chain of jumps by one piece is one move.
std::int64_t CountWholeMoves(const Checkers& game, int depth) {
  if (depth == 0) return 1;
  std::array<std::int32_t, 48> ids{};
  const int count = game.LegalActions(ids);
  if (depth == 1 && count > 0 && (ids[0] & 1) == 0) return count;  // steps are whole moves
  std::int64_t leaves = 0;
  for (int i = 0; i < count; ++i) {
    Checkers next = game;
    std::array<float, 2> rewards{};
    Rng rng;
    next.Step(ActionRef(&ids[static_cast<std::size_t>(i)], 1), rng, rewards);
    leaves += CountWholeMoves(next, next.player == game.player ? depth : depth - 1);
  }
  return leaves;
}

// OpenSpiel 2.0.1's checkers, run.
constexpr std::array<std::int64_t, 9> kActions = {7,     49,     302,    1469,   7361,
                                                  36768, 179255, 838248, 3866526};
// A. Bik, talkchess forum, thread 27814.
constexpr std::array<std::int64_t, 12> kWholeMoves = {
    7, 49, 302, 1469, 7361, 36768, 179740, 845931, 3963680, 18391564, 85242128, 388623673};

TEST(Checkers, ActionTreeToDepth8_HasTheKnownLeaves) {
  for (int depth = 1; depth <= 8; ++depth) {
    EXPECT_EQ(CountActions(Start(), depth), kActions[static_cast<std::size_t>(depth - 1)]) << depth;
  }
}

TEST(Checkers, WholeMoveTreeToDepth8_HasTheKnownLeaves) {
  for (int depth = 1; depth <= 8; ++depth) {
    EXPECT_EQ(CountWholeMoves(Start(), depth), kWholeMoves[static_cast<std::size_t>(depth - 1)])
        << depth;
  }
}

TEST(FullCheckers, ActionTreeToDepth9_HasTheKnownLeaves) {
  EXPECT_EQ(CountActions(Start(), 9), kActions[8]);
}

TEST(FullCheckers, WholeMoveTreeToDepth12_HasTheKnownLeaves) {
  for (int depth = 9; depth <= 12; ++depth) {
    EXPECT_EQ(CountWholeMoves(Start(), depth), kWholeMoves[static_cast<std::size_t>(depth - 1)])
        << depth;
  }
}

char LetterOf(const Checkers& game, int row, int column) {
  const int bit = checkers::kBitOfCell[static_cast<std::size_t>(8 * row + column)];
  if (bit < 0) return '.';
  const bool king = (game.kings >> bit) & 1u;
  if ((game.pieces[0] >> bit) & 1u) return king ? '8' : 'o';
  if ((game.pieces[1] >> bit) & 1u) return king ? '*' : '+';
  return '.';
}

/// The observation that the plain board implies.
std::vector<float> PlainObservation(const PlainCheckers& plain, int observer, int limit) {
  const std::string letters = observer == 0 ? "o8+*" : "+*o8";
  std::vector<float> seen(384, 0.0f);
  for (int row = 0; row < 8; ++row) {
    for (int column = 0; column < 8; ++column) {
      const auto cell = static_cast<std::size_t>(8 * row + column);
      const std::size_t plane = letters.find(plain.At(row, column));
      if (plane != std::string::npos) seen[64 * plane + cell] = 1;
      if (row == plain.jump_row && column == plain.jump_column) seen[256 + cell] = 1;
      seen[320 + cell] = static_cast<float>(plain.quiet) / static_cast<float>(limit);
    }
  }
  return seen;
}

void ExpectSame(const Checkers& game, const PlainCheckers& plain, bool over) {
  std::array<std::int32_t, 48> ids{};
  const int count = game.LegalActions(ids);
  const std::vector<std::int32_t> expected = over ? std::vector<std::int32_t>() : plain.Moves();
  ASSERT_EQ(std::vector<std::int32_t>(ids.begin(), ids.begin() + count), expected);
  ASSERT_EQ(game.PlayerToMove(), plain.player);
  for (int row = 0; row < 8; ++row) {
    for (int column = 0; column < 8; ++column) {
      ASSERT_EQ(LetterOf(game, row, column), plain.At(row, column)) << row << " " << column;
    }
  }
  for (int observer = 0; observer < 2; ++observer) {
    std::vector<float> seen(384, -1.0f);
    game.Observe(observer, seen);
    ASSERT_EQ(seen, PlainObservation(plain, observer, game.quiet_limit));
  }
}

TEST(Checkers, RandomGames_AgreeWithAPlainBoard) {
  std::array<int, 3> results{};
  for (std::uint32_t number = 0; number < 150; ++number) {
    Rng rng(3, StreamRole::kTest, number);
    Checkers game = Start(number % 3 == 0 ? 80 : 40);
    PlainCheckers plain;
    for (bool over = false; !over;) {
      SCOPED_TRACE("game " + std::to_string(number) + " at " + game.ToText());
      const std::vector<std::int32_t> moves = plain.Moves();
      const std::int32_t id = moves[rng.Below(static_cast<std::uint32_t>(moves.size()))];
      const int mover = plain.player;
      Ply ply;
      ply.end = game.Step(ActionRef(&id, 1), rng, ply.rewards);
      plain.Play(id);
      const bool drawn = plain.quiet >= game.quiet_limit;
      const bool won = !drawn && plain.Moves().empty();
      over = won || drawn;
      ASSERT_EQ(ply.end == EpisodeEnd::kTerminated, over);
      const float sign = !won ? 0.0f : mover == 0 ? 1.0f : -1.0f;
      ASSERT_EQ(ply.rewards, (std::array<float, 2>{sign, -sign}));
      ASSERT_NO_FATAL_FAILURE(ExpectSame(game, plain, over));
      if (over) ++results[won ? static_cast<std::size_t>(mover) : 2];
    }
  }
  for (const int result : results) EXPECT_GT(result, 5);
}

// 11-15 is the first move of most openings, 22x15 takes the man that came to 18 (hand-drawn).
TEST(Checkers, Moves_AreNamedByTheSquaresNumbers) {
  Checkers game = Start();
  EXPECT_EQ(Moves(game), (Names{"12-16", "11-16", "11-15", "10-15", "10-14", "9-14", "9-13"}));
  Play(game, "11-15");
  Play(game, "22-18");
  EXPECT_EQ(Moves(game), Names{"15x22"});  // mandatory
  Play(game, "15x22");
  EXPECT_EQ(Moves(game), (Names{"26x17", "25x18"}));
}

TEST(Checkers, ChainOfJumps_IsPlayedByOnePieceInOneTurn) {
  // Black 5 jumps 9 and 18 on its way 5x14x23; the other jumper, 12 over 16, has to wait.
  Checkers game = At("B:W9,16,18:B5,12");
  EXPECT_EQ(Moves(game), (Names{"12x19", "5x14"}));
  EXPECT_EQ(Play(game, "5x14").end, EpisodeEnd::kNone);
  EXPECT_EQ(game.PlayerToMove(), 0);
  EXPECT_EQ(Moves(game), Names{"14x23"});
  EXPECT_EQ(game.ToText(), "B:W16,18:B12,14:J14");
  Play(game, "14x23");
  EXPECT_EQ(game.PlayerToMove(), 1);
}

TEST(Checkers, ManCrownedByAJump_EndsItsTurn) {
  // 22x31 crowns; as a king the piece could jump on over 27.
  Checkers game = At("B:WK1,26,27:B22");
  Play(game, "22x31");
  EXPECT_EQ(game.PlayerToMove(), 1);
  EXPECT_EQ(game.ToText(), "W:WK1,27:BK31");
}

TEST(Checkers, ManCrownedByAStep_MovesBackwardsLater) {
  Checkers game = At("B:W5:B28,12");
  Play(game, "28-32");
  Play(game, "5-1");
  EXPECT_EQ(Moves(game), (Names{"32-27", "32-28", "12-16"}));
}

TEST(Checkers, KingJumpsInCircles_BackToWhereItStarted) {
  // The king on 15 takes 18, 26, 27 and 19 one after the other and stands on 15 again. 10 stays.
  Checkers game = At("B:W10,18,19,26,27,6:BK15");
  for (const char* move : {"15x22", "22x31", "31x24", "24x15"}) Play(game, move);
  EXPECT_EQ(game.ToText(), "W:W6,10:BK15");
}

TEST(Checkers, PlayerWithoutAPiece_Loses) {
  Checkers last = At("B:W18:B15,1");
  const Ply taken = Play(last, "15x22");
  EXPECT_EQ(taken.end, EpisodeEnd::kTerminated);
  EXPECT_EQ(taken.rewards, (std::array<float, 2>{1, -1}));
  EXPECT_TRUE(Moves(last).empty());
}

// White's man on 12 can only go to 8 or jump over it to 3.
TEST(Checkers, PlayerWithoutAMove_Loses) {
  Checkers open = At("B:W12:B3,K4");
  EXPECT_EQ(Play(open, "3-8").end, EpisodeEnd::kNone);  // 12x3 follows
  EXPECT_EQ(Moves(open), Names{"12x3"});
  Checkers shut = At("B:W12:B4,K3");
  const Ply ply = Play(shut, "4-8");
  EXPECT_EQ(ply.end, EpisodeEnd::kTerminated);
  EXPECT_EQ(ply.rewards, (std::array<float, 2>{1, -1}));
}

TEST(Checkers, QuietLimit_IsADrawEvenWhenTheOtherHasNoMove) {
  Checkers shut = At("B:W12:B4,K3:H39");
  const Ply ply = Play(shut, "4-8");
  EXPECT_EQ(ply.end, EpisodeEnd::kTerminated);
  EXPECT_EQ(ply.rewards, (std::array<float, 2>{0, 0}));
}

TEST(Checkers, Capture_StartsTheCountOfQuietMovesAgain) {
  Checkers game = At("B:W18,32:B15:H39");
  EXPECT_EQ(Play(game, "15x22").end, EpisodeEnd::kNone);
  EXPECT_EQ(game.quiet, 0);
}

TEST(Checkers, Struct_KeepsTheLawsOfStructs) {
  EXPECT_EQ(StructFindings<Checkers>(Params(Checkers::Fields())), std::vector<std::string>());
}

}  // namespace
}  // namespace brasa
