// Chess once more, slowly, on an array of letters: the oracle of the bitboards. Squares are 8 *
// rank
// + file as White sees them, pieces the letters of FEN. A move is legal if, made on a copy, it
// leaves the own king unattacked.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace brasa::chess_testing {

struct PlainMove {
  int from = 0, to = 0;
  char promotion = 0;  ///< lower case, or 0
};

struct PlainChess {
  std::array<char, 64> board{};  ///< ' ' = empty
  bool white = true;
  std::string rights;  ///< letters of KQkq
  int passed = -1;     ///< square that a pawn just came over, whoever could take it
  int quiet = 0, number = 1;
  std::vector<std::string> seen;  ///< every position so far, as Key tells it

  /// From the fields of a FEN that is right.
  explicit PlainChess(std::string_view fen);

  std::vector<PlainMove> Legal() const;
  bool InCheck() const { return Attacked(KingOf(white), !white); }
  void Play(PlainMove move);
  /// Board, mover, rights and the en passant square if it can legally be taken.
  std::string Key() const;
  std::string Fen() const;
  int Occurrences() const;
  bool Insufficient() const;
  /// "e2e4", "e7e8q".
  static std::string Uci(PlainMove move);
  /// The id of a move, by the table of the facts.
  int Id(PlainMove move) const;
  /// What a player sees, by the table of the card.
  std::vector<std::uint8_t> Observation(bool by_white) const;

 private:
  char At(int file, int rank) const;
  bool Own(char piece) const { return piece != ' ' && (piece < 'a') == white; }
  int KingOf(bool of_white) const;
  bool Attacked(int square, bool by_white) const;
  void AddSteps(int from, const std::vector<std::array<int, 2>>& steps, bool slides,
                std::vector<PlainMove>& moves) const;
  void AddPawn(int from, std::vector<PlainMove>& moves) const;
  void AddCastling(std::vector<PlainMove>& moves) const;
  std::string TakenSquare() const;
};

}  // namespace brasa::chess_testing
