// A chess position and its legal moves, without history: the part of the rules that perft counts.
#pragma once

#include <cstdint>

#include "envs/chess/attacks.h"

namespace brasa::chess {

/// Names of pieces and indices of Zobrist keys. A queen is bishop + rook.
enum Piece : std::uint8_t {
  kNoPiece = 0,
  kPawn = 1,
  kKnight = 2,
  kBishop = 3,
  kRook = 4,
  kKing = 5,
  kQueen = 7
};

/// Castling rights; "left" is the queen's side, seen by White as by Black.
enum Castling : std::uint8_t { kOwnLeft = 1, kOwnRight = 2, kOtherLeft = 4, kOtherRight = 8 };

inline constexpr int kActions = 4674;
/// Ids of one square, and the first of them along a line and of a knight.
inline constexpr int kPlanes = 73, kLinePlane = 9, kKnightPlane = 65;
inline constexpr int kCastleLeft = 4672;
inline constexpr int kCastleRight = 4673;
/// No position has more legal moves: nine queens, two rooks, bishops and knights and the king, each
/// on its best square of an empty board. Positions that games reach have at most 218 (Petrovic
/// 1964).
inline constexpr int kMostMoves = 9 * 27 + 2 * 14 + 2 * 13 + 2 * 8 + 8 + 2;
/// LegalIds writes up to this many ids behind the last one it counts.
inline constexpr int kIdSlack = 8;

/// A move in the squares of who makes it.
struct Move {
  std::uint8_t from = 0;
  std::uint8_t to = 0;
  Piece promotion = kNoPiece;  ///< of an underpromotion; a queen is the default of a pawn's arrival
  std::uint8_t castling = 0;   ///< 0, kOwnLeft or kOwnRight: then from and to are the king's
};

/// Bits of the squares as the mover sees them (attacks.h). A value of 64 bytes without padding.
struct Position {
  Bits own = 0;    ///< pieces of who moves
  Bits other = 0;  ///< pieces of the opponent
  Bits pawns = 0;  ///< of both, as are the following
  Bits knights = 0;
  Bits diagonal = 0;  ///< bishops and queens
  Bits straight = 0;  ///< rooks and queens
  Bits kings = 0;
  std::uint8_t castling = 0;
  std::uint8_t en_passant = 0;  ///< square behind a pawn that can legally be taken so; 0 = none
  std::uint8_t quiet = 0;       ///< plies since the last capture or pawn move
  std::uint8_t black = 0;       ///< 1 if Black moves
  std::int32_t number = 1;      ///< of the move, as in FEN

  Bits all() const { return own | other; }
  int king() const { return First(own & kings); }
  Piece PieceAt(int square) const {
    const auto bit = [square](Bits set) { return static_cast<unsigned>((set >> square) & 1u); };
    return static_cast<Piece>(bit(pawns) + 2 * bit(knights) + 3 * bit(diagonal) +
                              4 * bit(straight) + 5 * bit(kings));
  }
};
static_assert(sizeof(Position) == 64);

/// Rights as the other side calls them.
constexpr std::uint8_t SwappedRights(unsigned rights) {
  return static_cast<std::uint8_t>((rights << 2 | rights >> 2) & 15u);
}

/// The start of a game.
Position StartPosition();
/// The board seen by the opponent, who is to move then. En passant is dropped.
Position Mirrored(const Position& position);

/// The move of an id in 0 .. kActions-1, of which the board allows some. An id that leaves the
/// board gives squares modulo 64.
Move MoveOf(int id);
/// The id of a move that a piece can make.
int IdOf(Move move);

/// Sets `en_passant` after the opponent's pawn came two squares along `file`, if a capture is
/// legal.
void OfferEnPassant(Position& position, int file);

/// Plays a legal move; the opponent is to move then.
void Play(Position& position, Move move);

/// Overwrites ids (room for kMostMoves + kIdSlack) by the legal ones, ascending -> count.
int LegalIds(const Position& position, std::int32_t* ids);
/// The number of legal moves, without listing them.
int CountLegal(const Position& position);
/// True if the mover has a legal move.
bool HasLegal(const Position& position);
/// The opponent's pieces that attack `square` when `occupied` is occupied.
Bits Attackers(const Position& position, int square, Bits occupied);
inline bool InCheck(const Position& position) {
  return Attackers(position, position.king(), position.all()) != 0;
}
/// True if neither side can mate by any moves: a lone minor piece or bishops of one square colour.
bool InsufficientMaterial(const Position& position);

/// Leaves of the tree of legal moves at `depth` >= 1, the last ply counted without being played.
std::int64_t Perft(const Position& position, int depth);

}  // namespace brasa::chess
