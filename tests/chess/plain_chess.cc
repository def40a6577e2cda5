#include "tests/chess/plain_chess.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <sstream>

namespace brasa::chess_testing {
namespace {

using Steps = std::vector<std::array<int, 2>>;
const Steps kStraight = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
const Steps kDiagonal = {{1, 1}, {1, -1}, {-1, 1}, {-1, -1}};
const Steps kAround = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {1, -1}, {-1, 1}, {-1, -1}};
const Steps kLeaps = {{1, 2}, {2, 1}, {-1, 2}, {-2, 1}, {1, -2}, {2, -1}, {-1, -2}, {-2, -1}};

std::size_t Index(int square) { return static_cast<std::size_t>(square); }
char Lower(char c) { return static_cast<char>(std::tolower(c)); }
std::string Name(int square) {
  return {static_cast<char>('a' + square % 8), static_cast<char>('1' + square / 8)};
}

}  // namespace

PlainChess::PlainChess(std::string_view fen) {
  std::istringstream stream{std::string(fen)};
  std::string rows, mover, target;
  stream >> rows >> mover >> rights >> target >> quiet >> number;
  board.fill(' ');
  int rank = 7, file = 0;
  for (const char c : rows) {
    if (c == '/') {
      --rank;
      file = 0;
    } else if (std::isdigit(static_cast<unsigned char>(c))) {
      file += c - '0';
    } else {
      board[Index(8 * rank + file++)] = c;
    }
  }
  white = mover == "w";
  if (rights == "-") rights.clear();
  if (target != "-") passed = 8 * (target[1] - '1') + target[0] - 'a';
  seen.push_back(Key());
}

char PlainChess::At(int file, int rank) const {
  if (file < 0 || file > 7 || rank < 0 || rank > 7) return '#';
  return board[Index(8 * rank + file)];
}

int PlainChess::KingOf(bool of_white) const {
  return static_cast<int>(std::find(board.begin(), board.end(), of_white ? 'K' : 'k') -
                          board.begin());
}

bool PlainChess::Attacked(int square, bool by_white) const {
  const int file = square % 8, rank = square / 8;
  const auto is = [&](char found, char piece) {
    return found == (by_white ? static_cast<char>(std::toupper(piece)) : piece);
  };
  for (const auto& [df, dr] : kLeaps) {
    if (is(At(file + df, rank + dr), 'n')) return true;
  }
  for (const auto& [df, dr] : kAround) {
    if (is(At(file + df, rank + dr), 'k')) return true;
  }
  const int below = by_white ? -1 : 1;
  if (is(At(file - 1, rank + below), 'p') || is(At(file + 1, rank + below), 'p')) return true;
  for (const bool straight : {true, false}) {
    for (const auto& [df, dr] : straight ? kStraight : kDiagonal) {
      int f = file + df, r = rank + dr;
      for (; At(f, r) == ' '; f += df, r += dr) {
      }
      if (is(At(f, r), 'q') || is(At(f, r), straight ? 'r' : 'b')) return true;
    }
  }
  return false;
}

void PlainChess::AddSteps(int from, const Steps& steps, bool slides,
                          std::vector<PlainMove>& moves) const {
  for (const auto& [df, dr] : steps) {
    int file = from % 8 + df, rank = from / 8 + dr;
    for (;; file += df, rank += dr) {
      const char met = At(file, rank);
      if (met == '#' || Own(met)) break;
      moves.push_back({from, 8 * rank + file, 0});
      if (met != ' ' || !slides) break;
    }
  }
}

void PlainChess::AddPawn(int from, std::vector<PlainMove>& moves) const {
  const int up = white ? 1 : -1, file = from % 8, rank = from / 8;
  const auto add = [&](int to) {
    if (to / 8 == 0 || to / 8 == 7) {
      for (const char piece : {'q', 'r', 'b', 'n'}) moves.push_back({from, to, piece});
    } else {
      moves.push_back({from, to, 0});
    }
  };
  if (At(file, rank + up) == ' ') {
    add(from + 8 * up);
    if (rank == (white ? 1 : 6) && At(file, rank + 2 * up) == ' ') add(from + 16 * up);
  }
  for (const int side : {-1, 1}) {
    const char met = At(file + side, rank + up);
    const int to = 8 * (rank + up) + file + side;
    if (met == '#') continue;
    if ((met != ' ' && !Own(met)) || to == passed) add(to);
  }
}

void PlainChess::AddCastling(std::vector<PlainMove>& moves) const {
  const int rank = white ? 0 : 7, king = 8 * rank + 4;
  if (Attacked(king, !white)) return;
  const auto has = [&](char right) {
    return rights.find(white ? right : Lower(right)) != std::string::npos;
  };
  if (has('K') && At(5, rank) == ' ' && At(6, rank) == ' ' && !Attacked(king + 1, !white)) {
    moves.push_back({king, king + 2, 0});
  }
  if (has('Q') && At(3, rank) == ' ' && At(2, rank) == ' ' && At(1, rank) == ' ' &&
      !Attacked(king - 1, !white)) {
    moves.push_back({king, king - 2, 0});
  }
}

std::vector<PlainMove> PlainChess::Legal() const {
  std::vector<PlainMove> moves, legal;
  for (int from = 0; from < 64; ++from) {
    const char piece = board[Index(from)];
    if (!Own(piece)) continue;
    switch (Lower(piece)) {
      case 'p':
        AddPawn(from, moves);
        break;
      case 'n':
        AddSteps(from, kLeaps, false, moves);
        break;
      case 'b':
        AddSteps(from, kDiagonal, true, moves);
        break;
      case 'r':
        AddSteps(from, kStraight, true, moves);
        break;
      case 'q':
        AddSteps(from, kAround, true, moves);
        break;
      default:
        AddSteps(from, kAround, false, moves);
    }
  }
  AddCastling(moves);
  for (const PlainMove move : moves) {
    PlainChess next = *this;
    next.seen.clear();
    next.board[Index(move.to)] = next.board[Index(move.from)];
    next.board[Index(move.from)] = ' ';
    if (Lower(board[Index(move.from)]) == 'p' && move.to == passed) {
      next.board[Index(8 * (move.from / 8) + move.to % 8)] = ' ';
    }
    if (!next.Attacked(next.KingOf(white), !white)) legal.push_back(move);
  }
  return legal;
}

void PlainChess::Play(PlainMove move) {
  const char piece = board[Index(move.from)], met = board[Index(move.to)];
  const bool pawn = Lower(piece) == 'p';
  board[Index(move.to)] = piece;
  board[Index(move.from)] = ' ';
  if (pawn && move.to == passed) board[Index(8 * (move.from / 8) + move.to % 8)] = ' ';
  if (move.promotion != 0) {
    board[Index(move.to)] =
        white ? static_cast<char>(std::toupper(move.promotion)) : move.promotion;
  }
  if (Lower(piece) == 'k' && std::abs(move.to - move.from) == 2) {
    const int corner = move.to > move.from ? move.from + 3 : move.from - 4;
    board[Index((move.from + move.to) / 2)] = board[Index(corner)];
    board[Index(corner)] = ' ';
  }
  for (const auto& [square, lost] : std::vector<std::pair<int, std::string>>{
           {0, "Q"}, {7, "K"}, {4, "KQ"}, {56, "q"}, {63, "k"}, {60, "kq"}}) {
    if (move.from != square && move.to != square) continue;
    for (const char right : lost)
      rights.erase(std::remove(rights.begin(), rights.end(), right), rights.end());
  }
  passed = pawn && std::abs(move.to - move.from) == 16 ? (move.to + move.from) / 2 : -1;
  quiet = pawn || met != ' ' ? 0 : quiet + 1;
  number += white ? 0 : 1;
  white = !white;
  seen.push_back(Key());
}

std::string PlainChess::TakenSquare() const {
  if (passed < 0) return "-";
  for (const PlainMove move : Legal()) {
    if (move.to == passed && Lower(board[Index(move.from)]) == 'p') return Name(passed);
  }
  return "-";
}

std::string PlainChess::Key() const {
  std::string key;
  for (int rank = 7; rank >= 0; --rank) {
    for (int file = 0; file < 8; ++file) {
      const char piece = At(file, rank);
      if (piece != ' ') {
        key += piece;
      } else if (!key.empty() && std::isdigit(static_cast<unsigned char>(key.back()))) {
        ++key.back();
      } else {
        key += '1';
      }
    }
    if (rank > 0) key += '/';
  }
  return key + (white ? " w " : " b ") + (rights.empty() ? "-" : rights) + " " + TakenSquare();
}

std::string PlainChess::Fen() const {
  return Key() + " " + std::to_string(quiet) + " " + std::to_string(number);
}

int PlainChess::Occurrences() const {
  return static_cast<int>(std::count(seen.begin(), seen.end(), seen.back()));
}

bool PlainChess::Insufficient() const {
  int knights = 0, bishops[2] = {0, 0};
  for (int square = 0; square < 64; ++square) {
    const char piece = Lower(board[Index(square)]);
    if (piece == 'p' || piece == 'r' || piece == 'q') return false;
    knights += piece == 'n';
    if (piece == 'b') ++bishops[(square / 8 + square) % 2];
  }
  if (knights > 0) return knights == 1 && bishops[0] + bishops[1] == 0;
  return bishops[0] == 0 || bishops[1] == 0;
}

std::string PlainChess::Uci(PlainMove move) {
  std::string text = Name(move.from) + Name(move.to);
  if (move.promotion != 0) text += move.promotion;
  return text;
}

int PlainChess::Id(PlainMove move) const {
  const auto rank_of = [&](int square) { return white ? square / 8 : 7 - square / 8; };
  const int dx = move.to % 8 - move.from % 8, dy = rank_of(move.to) - rank_of(move.from);
  const char piece = Lower(board[Index(move.from)]);
  if (piece == 'k' && std::abs(dx) == 2) return dx < 0 ? 4672 : 4673;
  int plane = 0;
  if (move.promotion != 0 && move.promotion != 'q') {
    plane = 3 * static_cast<int>(std::string("rbn").find(move.promotion)) + (dx + 3) % 3;
  } else if (piece == 'n') {
    const std::string offset = std::to_string(dx) + "," + std::to_string(dy);
    const std::vector<std::string> offsets = {"-2,-1", "-2,1", "-1,-2", "-1,2",
                                              "2,-1",  "2,1",  "1,-2",  "1,2"};
    plane =
        65 + static_cast<int>(std::find(offsets.begin(), offsets.end(), offset) - offsets.begin());
  } else {
    const int line = dx == 0 ? 0 : dy == 0 ? 1 : dx == dy ? 2 : 3;
    const int distance = line == 0 ? dy : dx;
    plane = 9 + 14 * line + (distance < 0 ? distance + 7 : distance + 6);
  }
  return (move.from % 8 * 8 + rank_of(move.from)) * 73 + plane;
}

std::vector<std::uint8_t> PlainChess::Observation(bool by_white) const {
  std::vector<std::uint8_t> planes(20 * 64, 0);
  const auto cell = [&](int plane, int square) -> std::uint8_t& {
    const int rank = by_white ? square / 8 : 7 - square / 8;
    return planes[Index(64 * plane + 8 * rank + square % 8)];
  };
  const auto fill = [&](int plane, int value) {
    for (int square = 0; square < 64; ++square) {
      cell(plane, square) = static_cast<std::uint8_t>(value);
    }
  };
  const std::string order = "kqrbnp";
  for (int square = 0; square < 64; ++square) {
    const char piece = board[Index(square)];
    if (piece == ' ') continue;
    const bool own = (piece < 'a') == by_white;
    cell(static_cast<int>(order.find(Lower(piece))) + (own ? 0 : 6), square) = 1;
  }
  if (TakenSquare() != "-") cell(12, passed) = 1;
  fill(13, std::min(Occurrences() - 1, 4));
  fill(14, by_white == white ? 1 : 0);
  fill(15, quiet);
  const std::string letters = by_white ? "QKqk" : "qkQK";
  for (int i = 0; i < 4; ++i) fill(16 + i, rights.find(letters[Index(i)]) != std::string::npos);
  return planes;
}

}  // namespace brasa::chess_testing
