// Positions and moves of Checkers-v0 as text, its drawing and its clicks.
#include <algorithm>
#include <bit>
#include <charconv>

#include "brasa/core/error.h"
#include "envs/board/board_text.h"
#include "envs/board/checkers.h"
#include "envs/board/checkers_squares.h"

namespace brasa {
namespace {

using checkers::BitOfNumber;
using checkers::ColumnOfBit;
using checkers::NumberOfBit;
using checkers::RowOfBit;

constexpr std::uint64_t Bit(int bit) { return std::uint64_t{1} << bit; }

[[noreturn]] void Fail(const std::string& fault) { throw UsageError("Checkers-v0: " + fault); }

[[noreturn]] void FailPosition(std::string_view text, const std::string& fault) {
  Fail("'" + std::string(text) + "' is no position; " + fault +
       "; write who moves, White's and Black's squares as in 'B:W21,22,K30:B1,2,K7', then :H and "
       "the moves without capture and :J and the piece that jumps on, where there are such");
}

/// "21,22,K30": ascending numbers, kings marked.
std::string SquareList(std::uint64_t pieces, std::uint64_t kings) {
  std::string text;
  for (int number = 1; number <= 32; ++number) {
    const std::uint64_t square = Bit(BitOfNumber(number));
    if ((pieces & square) == 0) continue;
    if (!text.empty()) text += ',';
    if ((kings & square) != 0) text += 'K';
    text += std::to_string(number);
  }
  return text;
}

/// A number in [low, high] of digits alone, or -1.
int ReadNumber(std::string_view text, int low, int high) {
  int value = -1;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return -1;
  return value >= low && value <= high ? value : -1;
}

/// Takes the part before the next `separator` off the front of `text`.
std::string_view TakePart(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

/// What a position's text says, checked as far as each part goes.
struct Position {
  std::array<std::uint64_t, 2> pieces{};
  std::uint64_t kings = 0;
  int player = 0, quiet = 0, jumper = -1;
};

void ReadSquares(std::string_view text, std::string_view list, std::size_t owner, Position& read) {
  while (!list.empty()) {
    std::string_view square = TakePart(list, ',');
    const std::string name(square);
    const bool king = square.starts_with('K');
    if (king) square.remove_prefix(1);
    const int number = ReadNumber(square, 1, 32);
    if (number < 0) FailPosition(text, "'" + name + "' is no square 1 to 32");
    const std::uint64_t bit = Bit(BitOfNumber(number));
    if (((read.pieces[0] | read.pieces[1]) & bit) != 0) {
      FailPosition(text, "square " + std::to_string(number) + " is named twice");
    }
    if (!king && (Checkers::kCrown[owner] & bit) != 0) {
      FailPosition(text, "the man on " + std::to_string(number) + " would be a king");
    }
    read.pieces[owner] |= bit;
    if (king) read.kings |= bit;
  }
  if (std::popcount(read.pieces[owner]) > 12) FailPosition(text, "a side has more than 12 pieces");
}

Position ReadPosition(std::string_view text, int quiet_limit) {
  Position read;
  std::string_view rest = board::Trimmed(text);
  const std::string_view turn = TakePart(rest, ':');
  if (turn != "B" && turn != "W") FailPosition(text, "it does not begin with 'B:' or 'W:'");
  read.player = turn == "B" ? 0 : 1;
  for (const char color : {'W', 'B'}) {
    std::string_view list = TakePart(rest, ':');
    if (!list.starts_with(color)) {
      FailPosition(text, std::string("the squares of '") + color + "' are missing");
    }
    list.remove_prefix(1);
    ReadSquares(text, list, color == 'B' ? 0 : 1, read);
  }
  if (rest.starts_with('H')) {
    read.quiet = ReadNumber(TakePart(rest, ':').substr(1), 1, quiet_limit);
    if (read.quiet < 0) FailPosition(text, "H wants 1 to " + std::to_string(quiet_limit));
  }
  if (rest.starts_with('J')) {
    const int number = ReadNumber(TakePart(rest, ':').substr(1), 1, 32);
    if (number < 0) FailPosition(text, "J wants a square 1 to 32");
    read.jumper = BitOfNumber(number);
  }
  if (!rest.empty()) FailPosition(text, "'" + std::string(rest) + "' stands behind its end");
  return read;
}

/// The squares that an action goes from and to; whether all it passes lie on the board.
struct Path {
  int from, to;
  bool on_board;
};

Path PathOf(int id) {
  const int from = checkers::kBitOfCell[static_cast<std::size_t>(id >> 3)];
  const int shift = Checkers::kShift[static_cast<std::size_t>((id >> 1) & 3)];
  const auto on_board = [](int bit) {
    return bit >= 0 && bit < 35 && (Checkers::kBoard & Bit(bit)) != 0;
  };
  const int to = from + (1 + (id & 1)) * shift;
  return {from, to, on_board(from) && on_board(from + shift) && on_board(to)};
}

/// Middle of a square in drawing units: cells are 1 x 1, Black's left corner is (0, 0).
Point Middle(int bit) { return {ColumnOfBit(bit) + 0.5, 7.5 - RowOfBit(bit)}; }

constexpr Color kLightCell{238, 224, 197, 255}, kDarkCell{141, 105, 78, 255};
constexpr Color kMarkedCell{176, 141, 60, 255};
constexpr Color kBlackPiece{52, 46, 44, 255}, kBlackRim{16, 14, 14, 255};
constexpr Color kWhitePiece{249, 243, 231, 255}, kWhiteRim{180, 160, 132, 255};

void DrawSquares(Canvas& canvas, int from, int to) {
  canvas.Rectangle({-0.12, -0.12}, {8.12, 8.12}, Color{84, 60, 44, 255});
  canvas.Rectangle({0, 0}, {8, 8}, kLightCell);
  for (int number = 1; number <= 32; ++number) {
    const int bit = BitOfNumber(number);
    const Point at = Middle(bit);
    canvas.Rectangle({at.x - 0.5, at.y - 0.5}, {at.x + 0.5, at.y + 0.5},
                     bit == from || bit == to ? kMarkedCell : kDarkCell);
    canvas.Text({at.x - 0.46, at.y + 0.4}, 0.14, std::to_string(number), TextAlign::kLeft,
                kLightCell);
  }
}

/// A crown of three teeth.
void DrawCrown(Canvas& canvas, Point at, Color color) {
  const std::array<Point, 7> corners = {{{at.x - 0.2, at.y - 0.13},
                                         {at.x - 0.22, at.y + 0.14},
                                         {at.x - 0.1, at.y + 0.01},
                                         {at.x, at.y + 0.19},
                                         {at.x + 0.1, at.y + 0.01},
                                         {at.x + 0.22, at.y + 0.14},
                                         {at.x + 0.2, at.y - 0.13}}};
  canvas.Polygon(corners, color);
}

void DrawPiece(Canvas& canvas, Point at, bool black, bool king) {
  canvas.Circle(at, 0.37, black ? kBlackRim : kWhiteRim);
  canvas.Circle(at, 0.33, black ? kBlackPiece : kWhitePiece);
  canvas.Ring(at, 0.26, 0.03, black ? Color{92, 82, 78, 255} : kWhiteRim);
  if (king) DrawCrown(canvas, at, black ? palette::kYellow : palette::kRed);
}

}  // namespace

void Checkers::Draw(Canvas& canvas) const {
  canvas.View(-0.3, -0.75, 8.3, 8.3);
  canvas.Clear(palette::kPaper);
  DrawSquares(canvas, last_from, last_to);
  for (std::size_t owner = 0; owner < 2; ++owner) {
    for (std::uint64_t rest = pieces[owner]; rest != 0; rest &= rest - 1) {
      const int bit = std::countr_zero(rest);
      DrawPiece(canvas, Middle(bit), owner == 0, (kings & Bit(bit)) != 0);
    }
  }
  if (jumper >= 0) canvas.Ring(Middle(jumper), 0.4, 0.06, palette::kSky);
  canvas.Text({0, -0.44}, 0.26,
              "Black " + std::to_string(std::popcount(pieces[0])) + ", White " +
                  std::to_string(std::popcount(pieces[1])),
              TextAlign::kLeft, palette::kInk);
  std::string status = player == 0 ? "Black to move" : "White to move";
  if (quiet > 0) status += ", " + std::to_string(quiet) + " quiet";
  if (quiet >= quiet_limit) {
    status = "draw: " + std::to_string(quiet) + " moves without capture";
  } else if (!HasMove()) {
    status = player == 0 ? "White wins" : "Black wins";
  }
  canvas.Text({8, -0.44}, 0.26, status, TextAlign::kRight, palette::kInk);
}

std::string Checkers::ToText() const {
  std::string text = player == 0 ? "B" : "W";
  text += ":W" + SquareList(pieces[1], kings) + ":B" + SquareList(pieces[0], kings);
  if (quiet > 0) text += ":H" + std::to_string(quiet);
  if (jumper >= 0) text += ":J" + std::to_string(NumberOfBit(jumper));
  return text;
}

void Checkers::FromText(std::string_view text) {
  const Position read = ReadPosition(text, quiet_limit);
  const auto mover = static_cast<std::size_t>(read.player);
  if (read.pieces[1 - mover] == 0) {
    FailPosition(text, "a game ends with the last piece, so who has none is to move");
  }
  Checkers next = *this;
  next.pieces = read.pieces;
  next.kings = read.kings;
  next.player = read.player;
  next.quiet = read.quiet;
  next.jumper = next.last_from = next.last_to = -1;
  if (read.jumper >= 0) {
    std::uint64_t origins = 0;
    for (const std::uint64_t squares : next.Origins(true)) origins |= squares;
    if ((origins & Bit(read.jumper)) == 0 || read.quiet > 0) {
      FailPosition(text, "the piece of J must be the mover's, just have jumped and have a jump");
    }
    next.jumper = read.jumper;
  }
  *this = next;
}

std::string Checkers::ActionToText(ActionRef action) const {
  const Path path = PathOf(action.id());
  if (!path.on_board) return std::to_string(action.id());
  const char sign = (action.id() & 1) != 0 ? 'x' : '-';
  return std::to_string(NumberOfBit(path.from)) + sign + std::to_string(NumberOfBit(path.to));
}

std::vector<double> Checkers::ActionFromText(std::string_view text) const {
  const std::string_view name = board::Trimmed(text);
  const std::size_t sign = name.find_first_of("-x");
  const int from = ReadNumber(name.substr(0, sign), 1, 32);
  if (sign != std::string_view::npos && from > 0) {
    const int to = ReadNumber(name.substr(sign + 1), 1, 32);
    const int cell = checkers::kCellOfBit[static_cast<std::size_t>(BitOfNumber(from))];
    for (int id = 8 * cell + (name[sign] == 'x'); id < 8 * cell + 8; id += 2) {
      const Path path = PathOf(id);
      if (path.on_board && NumberOfBit(path.to) == to) return {static_cast<double>(id)};
    }
  }
  Fail("'" + std::string(name) +
       "' is no move; give two squares 1 to 32, as in 11-15, or 22x15 for a single jump");
}

int Checkers::ActionAt(Point from, Point to) const {
  const auto bit_at = [](Point at) {
    if (!(at.x >= 0 && at.x < 8 && at.y >= 0 && at.y < 8)) return -1;
    const int cell = 8 * (7 - static_cast<int>(at.y)) + static_cast<int>(at.x);
    return static_cast<int>(checkers::kBitOfCell[static_cast<std::size_t>(cell)]);
  };
  const int begin = bit_at(from), end = bit_at(to);
  if (begin < 0 || end < 0) return -1;
  std::array<std::int32_t, 48> ids{};
  const auto count = static_cast<std::size_t>(LegalActions(ids));
  for (std::size_t i = 0; i < count; ++i) {
    const Path path = PathOf(ids[i]);
    if (path.from == begin && path.to == end) return ids[i];
  }
  return -1;
}

}  // namespace brasa
