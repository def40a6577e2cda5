// Forsyth-Edwards notation.
#pragma once

#include <string>
#include <string_view>

#include "envs/chess/position.h"

namespace brasa::chess {

inline constexpr const char* kStartFen = "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1";

/// "e4" of a square seen by White.
std::string SquareName(int square);
/// The square seen by White that `name` names, or -1.
int SquareNamed(std::string_view name);

/// The letter of a piece, upper case for White.
char PieceLetter(Piece piece, bool white);

/// The position in Forsyth-Edwards notation.
std::string WriteFen(const Position& position);

/// Reads the six fields of FEN, each parted by one blank, into `position`; returns "" or what is
/// wrong with them, and then leaves `position` as it was. Refused are, beside wrong notation,
/// positions that no game reaches for a reason seen at once: kings, numbers of pieces, pawns on the
/// last ranks, a mover who could take the king, castling rights without king and rook at home, en
/// passant without the pawn that just came two squares, more than two checks. An en passant square
/// where no capture is legal is read as "-".
std::string ReadFen(std::string_view fen, Position& position);

}  // namespace brasa::chess
