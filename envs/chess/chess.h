// Chess-v0: chess by the rules of FIDE (Laws of Chess 2023).
//
// Rules        White (player 1) begins. Castling, en passant, promotion, check, mate and stalemate
//              as everywhere. Draws come by themselves, nobody claims:
//              | rule                  | parameter             | taken by default                |
//              | repetition (9.2, 9.6) | repetition            | threefold; fivefold, none       |
//              | quiet moves (9.3, 9.6)| quiet_moves           | 50; 75 of each player           |
//              | dead position (5.2.2) | insufficient_material | true: K-K, KB-K, KN-K, bishops  |
//              |                       |                       | of one square colour on both    |
//              |                       |                       | sides; other dead positions are |
//              |                       |                       | played on                       |
//              Positions are equal (9.2.3) if the pieces, the mover, the castling rights and the
//              legal en passant captures are. Mate on the last ply goes before every draw.
//              Where peers differ: OpenSpiel, whose defaults these are, keeps an en passant square
//              also if the capture would leave the king in check; FIDE and python-chess, as here,
//              do not. Engines wait for a claim, so 75 and fivefold are what an arbiter enforces.
// Observation  uint8 [20, 8, 8], as the observing player sees the board: rank 0 is the player's own
//              back rank (as for actions), file 0 is a. OpenSpiel shows White's side to both.
//              | plane  | meaning                                                    | range  |
//              | 0-5    | own king, queens, rooks, bishops, knights, pawns           | 0, 1   |
//              | 6-11   | the opponent's, in the same order                          | 0, 1   |
//              | 12     | square on which a pawn can be taken en passant             | 0, 1   |
//              | 13     | how often the position occurred before                     | 0 .. 4 |
//              | 14     | 1 if the observing player moves                            | 0, 1   |
//              | 15     | plies since the last capture or pawn move                  | 0 ..150|
//              | 16, 17 | own right to castle to the left (queen's side), right      | 0, 1   |
//              | 18, 19 | the opponent's                                             | 0, 1   |
// Actions      4674, as the mover sees the board (Black's ranks count from Black's side; files do
//              not turn): id = 73 (8 file + rank) + plane of the square left,
//              | plane | meaning                                                             |
//              | 0-8   | 3 {rook, bishop, knight} + {straight, right, left}: underpromotion  |
//              | 9-64  | 9 + 14 line + k: along file, row, rising, falling diagonal; k counts |
//              |       | -7 .. -1, 1 .. 7 steps upward, or to the right where not on a file;  |
//              |       | a pawn that arrives becomes a queen                                  |
//              | 65-72 | a knight by (file, rank) (-2,-1) (-2,1) (-1,-2) (-1,2) (2,-1) (2,1)  |
//              |       | (1,-2) (1,2)                                                        |
//              and 4672, 4673: castling to the left, to the right.
//              In words standard algebraic notation (Nbd2, exd6, e8=Q+, O-O); UCI's is read too.
// Rewards      mate: winner +1, loser -1 on the last ply; otherwise 0.
// Ends         terminated by mate, stalemate or a draw; at most 8,848 moves. No time limit.
// Start        `fen`; no chance. The count of quiet plies is taken from it, repetitions are not.
// Text         FEN, its en passant square only where a capture is legal, and, where earlier
//              positions can still recur, " after " and the moves since the first of them in UCI's
//              notation: "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 4 3 after g1f3 g8f6
//              f3g1 f6g8". The first of them is found by taking these moves back.
// Measures     how the game ended: shares of mate, stalemate and each kind of draw.
// Version      v0. Ids, players and rewards are those of OpenSpiel 2's chess.
//
// Repetition is found by walking the trail of quiet moves backwards and adding up the Zobrist keys
// of what they moved: a sum of 0 is a position met before. That takes 2 bytes a ply and, unlike a
// list of keys, lets the text name the earlier positions.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/env.h"
#include "envs/chess/position.h"

namespace brasa {

/// How a game of chess ended.
enum class ChessEnd : std::uint8_t {
  kNone = 0,
  kMate = 1,
  kStalemate = 2,
  kRepetition = 3,
  kQuiet = 4,
  kMaterial = 5,
};

struct Chess {
  static constexpr bool kFlat = true;
  static constexpr int kBlack = 0, kWhite = 1;  ///< players
  static constexpr int kPlanes = 20;
  static constexpr int kMostQuiet = 150;  ///< plies that the 75-move rule allows

  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit Chess(const Params& params);

  void Reset(Rng&);
  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards);
  int LegalActions(std::span<std::int32_t> ids) const {
    return result == ChessEnd::kNone ? chess::LegalIds(position, ids.data()) : 0;
  }
  int PlayerToMove() const { return position.black != 0 ? kBlack : kWhite; }
  void Observe(int player, std::span<std::uint8_t> out) const;
  /// Of everything the text tells: board, rights, counters and trail. `key` is the board's alone.
  std::uint64_t Hash() const;
  void Measures(std::span<float> values) const;
  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  /// Reads what ToText writes and every FEN of a possible position, finished ones included; the
  /// last move is unknown afterwards unless there is a trail.
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  /// The legal move from one square to another, or -1; castling is the king's move. A pawn that
  /// arrives becomes a queen, but below the upper two thirds of its square, from left to right, a
  /// rook, a bishop or a knight.
  int ActionAt(Point from, Point to) const;

  /// Puts the world at `position` with an empty trail and finds out whether the game is over.
  void Place(const chess::Position& at);

  chess::Position position;  ///< as who moves sees it
  chess::Position start;     ///< of every episode
  std::uint64_t key = 0;     ///< Zobrist key of the position
  std::uint64_t start_key = 0;
  std::uint64_t trail_key = 0;  ///< hash of the trail
  /// The moves since the first position that could recur, oldest first: squares seen by White in
  /// bits 0-5 and 6-11, Piece in 12-14, 1 in 15 if Black moved. Stale from trail_length on.
  std::array<std::uint16_t, kMostQuiet> trail{};
  std::uint16_t trail_length = 0;
  std::int16_t last_from = -1, last_to = -1;  ///< last move, squares seen by White
  ChessEnd result = ChessEnd::kNone;
  std::uint8_t occurrences = 1;       ///< of the position, this one included
  std::uint8_t repetition_limit = 3;  ///< occurrences that draw; 0 = any number may
  std::uint8_t quiet_limit = 100;     ///< plies without capture or pawn move that draw
  std::uint16_t material_rule = 1;    ///< 1 if insufficient material draws

 private:
  void KeepTrail(const chess::Position& before, chess::Move move);
  int CountOccurrences() const;
  ChessEnd FindEnd() const;
};

}  // namespace brasa
