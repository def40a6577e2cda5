#include "envs/chess/san.h"

#include <vector>

#include "brasa/core/error.h"
#include "envs/chess/fen.h"

namespace brasa::chess {
namespace {

constexpr std::string_view kPieces = "NBRQK";

std::vector<Move> LegalMoves(const Position& position) {
  std::int32_t ids[kMostMoves + kIdSlack];
  const int count = LegalIds(position, ids);
  std::vector<Move> moves;
  for (int i = 0; i < count; ++i) moves.push_back(MoveOf(ids[i]));
  return moves;
}

bool Promotes(const Position& p, Move move) {
  return (p.pawns & Bit(move.from)) != 0 && RankOf(move.to) == 7;
}
Piece PromotionOf(const Position& p, Move move) {
  if (!Promotes(p, move)) return kNoPiece;
  return move.promotion == kNoPiece ? kQueen : move.promotion;
}
bool Captures(const Position& p, Move move) {
  return (p.other & Bit(move.to)) != 0 ||
         ((p.pawns & Bit(move.from)) != 0 && FileOf(move.from) != FileOf(move.to));
}

/// "", "+" or "#".
std::string CheckMark(const Position& p, Move move) {
  Position next = p;
  Play(next, move);
  if (!InCheck(next)) return "";
  return HasLegal(next) ? "+" : "#";
}

/// What tells `move` apart from other moves of the same kind of piece to the same square.
std::string Origin(const Position& p, Move move) {
  bool others = false, same_file = false, same_rank = false;
  for (const Move other : LegalMoves(p)) {
    if (other.to != move.to || other.from == move.from || other.castling != 0) continue;
    if (p.PieceAt(other.from) != p.PieceAt(move.from)) continue;
    others = true;
    same_file |= FileOf(other.from) == FileOf(move.from);
    same_rank |= RankOf(other.from) == RankOf(move.from);
  }
  const std::string name = SquareName(move.from ^ (p.black != 0 ? 7 : 0));
  if (!others) return "";
  if (!same_file) return name.substr(0, 1);
  return same_rank ? name : name.substr(1);
}

/// A move as standard algebraic notation tells it; squares seen by who moves, -1 = not told.
struct San {
  Piece piece = kPawn;
  int from_file = -1, from_rank = -1, to = -1;
  bool capture = false;
  Piece promotion = kNoPiece;
  std::uint8_t castling = 0;
  std::string_view mark;
};

Piece PieceNamed(char letter) {
  constexpr Piece kNamed[] = {kKnight, kBishop, kRook, kQueen, kKing};
  const std::size_t at = kPieces.find(letter);
  return at == std::string_view::npos ? kNoPiece : kNamed[at];
}

/// Takes "=Q" off the end of a pawn's move; false if what follows '=' cannot be.
bool TakePromotion(std::string_view& text, San& san) {
  const std::size_t sign = text.find('=');
  if (sign == std::string_view::npos) return true;
  if (sign + 2 != text.size()) return false;
  san.promotion = PieceNamed(text.back());
  text = text.substr(0, sign);
  return san.promotion != kNoPiece && san.promotion != kKing && san.piece == kPawn;
}

/// Reads the grammar of SAN; false if `text` is none.
bool ParseSan(std::string_view text, bool black, San& san) {
  if (!text.empty() && (text.back() == '+' || text.back() == '#')) {
    san.mark = text.substr(text.size() - 1);
    text.remove_suffix(1);
  }
  if (text == "O-O" || text == "0-0") san.castling = kOwnRight;
  if (text == "O-O-O" || text == "0-0-0") san.castling = kOwnLeft;
  if (san.castling != 0) return true;
  if (!text.empty() && PieceNamed(text[0]) != kNoPiece) {
    san.piece = PieceNamed(text[0]);
    text.remove_prefix(1);
  }
  if (!TakePromotion(text, san) || text.size() < 2) return false;
  const int flip = black ? 7 : 0;
  const int to = SquareNamed(text.substr(text.size() - 2));
  if (to < 0) return false;
  san.to = to ^ flip;
  text.remove_suffix(2);
  if (!text.empty() && text.back() == 'x') {
    san.capture = true;
    text.remove_suffix(1);
  }
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'h') {
    san.from_file = text[0] - 'a';
    text.remove_prefix(1);
  }
  if (!text.empty() && text[0] >= '1' && text[0] <= '8') {
    san.from_rank = (text[0] - '1') ^ flip;
    text.remove_prefix(1);
  }
  return text.empty();
}

bool Fits(const Position& p, Move move, const San& san) {
  if (san.castling != 0 || move.castling != 0) return san.castling == move.castling;
  return p.PieceAt(move.from) == san.piece && move.to == san.to &&
         (san.from_file < 0 || san.from_file == FileOf(move.from)) &&
         (san.from_rank < 0 || san.from_rank == RankOf(move.from));
}

[[noreturn]] void Fail(std::string_view text, const std::string& fault) {
  constexpr std::size_t kMost = 40;
  throw UsageError("Chess-v0: '" + std::string(text.substr(0, kMost)) +
                   (text.size() > kMost ? "..' " : "' ") + fault);
}

std::string List(const Position& p, const std::vector<Move>& moves) {
  std::string list;
  for (std::size_t i = 0; i < moves.size() && i < 12; ++i) {
    list += (i > 0 ? ", " : "") + WriteSan(p, moves[i]);
  }
  return list + (moves.size() > 12 ? ", .." : "");
}

/// The moves that `san` can mean, promotions to another piece and missing marks told as faults.
int ChooseMove(const Position& p, std::string_view text, const San& san) {
  const std::vector<Move> legal = LegalMoves(p);
  std::vector<Move> squares, fitting;
  for (const Move move : legal) {
    if (!Fits(p, move, san)) continue;
    squares.push_back(move);
    if (PromotionOf(p, move) == san.promotion) fitting.push_back(move);
  }
  if (squares.empty()) Fail(text, "is no legal move; legal: " + List(p, legal));
  if (fitting.empty()) {
    Fail(text, Promotes(p, squares[0]) ? "lacks the piece that the pawn becomes, as in e8=Q"
                                       : "promotes, but no pawn arrives on its last rank");
  }
  if (fitting.size() > 1) Fail(text, "is ambiguous: " + List(p, fitting));
  if (Captures(p, fitting[0]) != san.capture) {
    Fail(text, (san.capture ? "is no capture: " : "is a capture: ") + List(p, fitting));
  }
  if (!san.mark.empty() && san.mark != CheckMark(p, fitting[0])) {
    Fail(text, "has the wrong mark of check or mate: " + List(p, fitting));
  }
  return IdOf(fitting[0]);
}

/// True if `text` has the form of UCI's moves.
bool IsUci(std::string_view text) {
  if (text.size() != 4 && text.size() != 5) return false;
  return SquareNamed(text.substr(0, 2)) >= 0 && SquareNamed(text.substr(2, 2)) >= 0 &&
         (text.size() == 4 || std::string_view("nbrq").find(text[4]) != std::string_view::npos);
}

}  // namespace

std::string WriteUci(const Position& p, Move move) {
  const int flip = p.black != 0 ? 7 : 0;
  std::string text = SquareName(move.from ^ flip) + SquareName(move.to ^ flip);
  const Piece promotion = PromotionOf(p, move);
  if (promotion != kNoPiece) text += PieceLetter(promotion, false);
  return text;
}

std::string WriteSan(const Position& p, Move move) {
  if (move.castling != 0) {
    return (move.castling == kOwnLeft ? "O-O-O" : "O-O") + CheckMark(p, move);
  }
  const Piece piece = p.PieceAt(move.from);
  const std::string to = SquareName(move.to ^ (p.black != 0 ? 7 : 0));
  std::string text;
  if (piece != kPawn) {
    text = PieceLetter(piece, true) + Origin(p, move);
  } else if (Captures(p, move)) {
    text = SquareName(move.from).substr(0, 1);
  }
  if (Captures(p, move)) text += 'x';
  text += to;
  const Piece promotion = PromotionOf(p, move);
  if (promotion != kNoPiece) text += {'=', PieceLetter(promotion, true)};
  return text + CheckMark(p, move);
}

int ReadMove(const Position& p, std::string_view text) {
  if (IsUci(text)) {
    const std::vector<Move> legal = LegalMoves(p);
    for (const Move move : legal) {
      if (WriteUci(p, move) == text) return IdOf(move);
    }
    Fail(text, "is no legal move; legal: " + List(p, legal));
  }
  San san;
  if (!ParseSan(text, p.black != 0, san)) {
    Fail(text,
         "is no move; give algebraic notation as Nf3, exd5, e8=Q, O-O, or UCI's as g1f3, e7e8q");
  }
  return ChooseMove(p, text, san);
}

}  // namespace brasa::chess
