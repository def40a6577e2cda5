#include "envs/chess/fen.h"

#include <charconv>
#include <vector>

namespace brasa::chess {
namespace {

constexpr std::string_view kLetters = ".PNBRK.Q";  // by Piece
constexpr int kMostNumber = 1000000000;

std::vector<std::string_view> Fields(std::string_view text) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t blank = text.find(' ');
    fields.push_back(text.substr(0, blank));
    if (blank == std::string_view::npos) return fields;
    text.remove_prefix(blank + 1);
  }
}

std::string Quoted(std::string_view text) {
  constexpr std::size_t kMost = 80;
  return "'" + std::string(text.substr(0, kMost)) + (text.size() > kMost ? "..'" : "'");
}

/// Puts a piece on a square seen by White; own is White.
void PutPiece(Position& p, Piece piece, bool white, int square) {
  const Bits bit = Bit(square);
  (white ? p.own : p.other) |= bit;
  if (piece == kPawn) p.pawns |= bit;
  if (piece == kKnight) p.knights |= bit;
  if (piece == kBishop || piece == kQueen) p.diagonal |= bit;
  if (piece == kRook || piece == kQueen) p.straight |= bit;
  if (piece == kKing) p.kings |= bit;
}

std::string ReadBoard(std::string_view text, Position& p) {
  int rank = 7, file = 0;
  bool after_digit = false;
  const auto name = [&rank] { return "rank " + std::to_string(rank + 1); };
  for (const char c : text) {
    if (c == '/') {
      if (file != 8) return name() + " has " + std::to_string(file) + " squares and not 8";
      if (--rank < 0) return "the board has more than 8 ranks";
      file = 0;
      after_digit = false;
      continue;
    }
    if (c >= '1' && c <= '8') {
      if (after_digit) return name() + " has two numbers in a row";
      file += c - '0';
      after_digit = true;
    } else {
      const bool white = c >= 'A' && c <= 'Z';
      const char upper = white ? c : static_cast<char>(c - 'a' + 'A');
      const std::size_t piece = kLetters.find(upper);
      if (upper == '.' || piece == std::string_view::npos) {
        return Quoted({&c, 1}) +
               " is no piece; give one of KQRBNPkqrbnp or a number of empty squares";
      }
      if (file < 8) PutPiece(p, static_cast<Piece>(piece), white, SquareAt(file, rank));
      ++file;
      after_digit = false;
    }
    if (file > 8) return name() + " has more than 8 squares";
  }
  if (file != 8) return name() + " has " + std::to_string(file) + " squares and not 8";
  if (rank != 0) return "the board has " + std::to_string(8 - rank) + " ranks and not 8";
  return "";
}

/// Faults of one side's numbers of pieces.
std::string CheckArmy(const Position& p, Bits army, const std::string& side) {
  const auto count = [army](Bits set) { return Count(army & set); };
  const int kings = count(p.kings), pawns = count(p.pawns);
  if (kings != 1) return side + " has " + std::to_string(kings) + " kings and not 1";
  if (pawns > 8) return side + " has " + std::to_string(pawns) + " pawns; at most 8 are possible";
  const Bits queens = p.diagonal & p.straight, bishops = p.diagonal ^ queens;
  const auto more = [](int have, int at_start) { return have > at_start ? have - at_start : 0; };
  const int promoted = more(count(queens), 1) + more(count(p.straight ^ queens), 2) +
                       more(count(p.knights), 2) + more(count(bishops & kDarkSquares), 1) +
                       more(count(bishops & ~kDarkSquares), 1);
  if (promoted > 8 - pawns) {
    return side + " has " + std::to_string(promoted) + " promoted pieces beside " +
           std::to_string(pawns) + " pawns; together at most 8 are possible";
  }
  return "";
}

std::string CheckPieces(const Position& p) {
  if ((p.pawns & (kRank | kRank << 7)) != 0) return "a pawn stands on rank 1 or 8";
  std::string fault = CheckArmy(p, p.own, "White");
  if (fault.empty()) fault = CheckArmy(p, p.other, "Black");
  return fault;
}

/// Reads the rights; `p` is seen by White.
std::string ReadCastling(std::string_view text, Position& p) {
  if (text == "-") return "";
  constexpr std::string_view kRights = "KQkq";
  constexpr std::uint8_t kFlags[4] = {kOwnRight, kOwnLeft, kOtherRight, kOtherLeft};
  std::size_t next = 0;
  for (const char c : text) {
    const std::size_t right = kRights.find(c, next);
    if (right == std::string_view::npos) break;
    const bool white = right < 2;
    const int rank = white ? 0 : 7;
    const Bits army = white ? p.own : p.other;
    const Bits rook = Bit(SquareAt(right % 2 == 0 ? 7 : 0, rank));
    if ((army & p.kings & Bit(SquareAt(4, rank))) == 0 ||
        (army & p.straight & ~p.diagonal & rook) == 0) {
      return "castling " + Quoted({&c, 1}) + " needs " + (white ? "White" : "Black") +
             "'s king on e" + std::to_string(rank + 1) + " and rook on " + SquareName(First(rook));
    }
    p.castling |= kFlags[right];
    next = right + 1;
    text.remove_prefix(1);
  }
  if (next == 0 || !text.empty()) {
    return "castling rights are '-' or letters of KQkq in this order";
  }
  return "";
}

std::string ReadNumber(std::string_view text, int low, int high, const char* name, int& value) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool plain = !text.empty() && text[0] != '-' && (text[0] != '0' || text.size() == 1);
  if (plain && result.ec == std::errc() && result.ptr == text.data() + text.size() &&
      value >= low && value <= high) {
    return "";
  }
  return std::string(name) + " " + Quoted(text) + " is no number from " + std::to_string(low) +
         " to " + std::to_string(high);
}

/// Reads the en passant square; `p` is seen by its mover.
std::string ReadEnPassant(std::string_view text, Position& p) {
  if (text == "-") return "";
  const int square = SquareNamed(text);
  const int rank = p.black != 0 ? 2 : 5;
  if (square < 0 || RankOf(square) != rank) {
    return "en passant " + Quoted(text) + " is neither '-' nor a square of rank " +
           std::to_string(rank + 1);
  }
  const int target = square ^ (p.black != 0 ? 7 : 0);
  const Bits pawn = Bit(target - 1), origin = Bit(target + 1);
  if ((p.other & p.pawns & pawn) == 0 || (p.all() & (Bit(target) | origin)) != 0) {
    return "en passant " + Quoted(text) + " needs a pawn of the opponent that just came over " +
           std::string(text);
  }
  if (p.quiet != 0)
    return "en passant " + Quoted(text) + " follows a pawn move: the half-move clock is 0";
  OfferEnPassant(p, FileOf(target));
  return "";
}

/// Faults of who stands in check.
std::string CheckChecks(const Position& p) {
  const Position passed = Mirrored(p);
  if (InCheck(passed)) {
    return std::string(p.black != 0 ? "White" : "Black") + " stands in check, but " +
           (p.black != 0 ? "Black" : "White") + " moves";
  }
  const int checkers = Count(Attackers(p, p.king(), p.all()));
  if (checkers > 2) return std::to_string(checkers) + " pieces give check; at most 2 can";
  return "";
}

}  // namespace

std::string SquareName(int square) {
  return {static_cast<char>('a' + FileOf(square)), static_cast<char>('1' + RankOf(square))};
}

int SquareNamed(std::string_view name) {
  if (name.size() != 2 || name[0] < 'a' || name[0] > 'h' || name[1] < '1' || name[1] > '8') {
    return -1;
  }
  return SquareAt(name[0] - 'a', name[1] - '1');
}

char PieceLetter(Piece piece, bool white) {
  const char letter = kLetters[piece];
  return white ? letter : static_cast<char>(letter - 'A' + 'a');
}

std::string WriteFen(const Position& position) {
  const bool black = position.black != 0;
  const Position seen = black ? Mirrored(position) : position;
  std::string fen;
  for (int rank = 7; rank >= 0; --rank) {
    int empty = 0;
    for (int file = 0; file < 8; ++file) {
      const int square = SquareAt(file, rank);
      const Piece piece = seen.PieceAt(square);
      if (piece == kNoPiece) {
        ++empty;
        continue;
      }
      if (empty > 0) fen += std::to_string(empty);
      empty = 0;
      fen += PieceLetter(piece, (seen.own & Bit(square)) != 0);
    }
    if (empty > 0) fen += std::to_string(empty);
    if (rank > 0) fen += '/';
  }
  fen += black ? " b " : " w ";
  if (seen.castling == 0) fen += '-';
  if ((seen.castling & kOwnRight) != 0) fen += 'K';
  if ((seen.castling & kOwnLeft) != 0) fen += 'Q';
  if ((seen.castling & kOtherRight) != 0) fen += 'k';
  if ((seen.castling & kOtherLeft) != 0) fen += 'q';
  const int target = position.en_passant ^ (black ? 7 : 0);
  fen += ' ' + (position.en_passant == 0 ? "-" : SquareName(target));
  return fen + ' ' + std::to_string(position.quiet) + ' ' + std::to_string(position.number);
}

std::string ReadFen(std::string_view fen, Position& position) {
  const std::vector<std::string_view> fields = Fields(fen);
  if (fields.size() != 6) {
    return "FEN has 6 fields parted by single blanks (board, mover, castling, en passant, "
           "half-move clock, move number); got " +
           std::to_string(fields.size());
  }
  Position p;
  std::string fault = ReadBoard(fields[0], p);
  if (fault.empty()) fault = CheckPieces(p);
  if (fault.empty() && fields[1] != "w" && fields[1] != "b") {
    fault = "the mover " + Quoted(fields[1]) + " is neither 'w' nor 'b'";
  }
  if (fault.empty()) fault = ReadCastling(fields[2], p);
  int quiet = 0;
  if (fault.empty()) fault = ReadNumber(fields[4], 0, 150, "half-move clock", quiet);
  if (fault.empty()) fault = ReadNumber(fields[5], 1, kMostNumber, "move number", p.number);
  if (!fault.empty()) return fault;
  p.quiet = static_cast<std::uint8_t>(quiet);
  if (fields[1] == "b") p = Mirrored(p);
  fault = CheckChecks(p);
  if (fault.empty()) fault = ReadEnPassant(fields[3], p);
  if (fault.empty()) position = p;
  return fault;
}

}  // namespace brasa::chess
