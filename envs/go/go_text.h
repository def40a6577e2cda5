// Go in words: vertices as the Go Text Protocol (GTP) writes them, and games as text.
//
// A game is its board, the top row first, of 'x' (Black), 'o' (White) and '.', then lines of
//   to move: x            who moves: x or o
//   start: ../xo o        only of games that did not begin on the empty board with Black to move:
//                         the first board, rows separated by '/', and who moved first
//   moves: A1 B2 pass     the moves since; absent if there are none
// The moves decide what `ko`, passes, captures and former positions are, so the text has all of
// the state. Read: rows may be separated by '/' instead of line breaks; blanks around lines and
// empty lines are skipped; the lines with a name may come in any order. Without `to move` Black
// moves, or who follows from the moves. A board without `start` and `moves` is a game that begins
// there. The moves must be legal and lead to the board, and every chain must have a liberty.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace brasa::go {

inline constexpr char kGame[] = "Go-v0";

/// "A1" is the lower left corner, letters leave out I; point `size * size` is "pass".
std::string VertexText(int size, int point);
/// Reads a vertex or "pass" in upper or lower case. Throws UsageError.
int ReadVertex(int size, std::string_view text);

/// A game as written. Boards are size * size letters of "xo.", row 0 (the lowest) first.
struct GameText {
  std::string board;
  std::optional<int> to_move;
  std::optional<std::string> start;
  int first = 0;  ///< who moves at `start`
  std::optional<std::vector<int>> moves;
};

std::string WriteGame(int size, const GameText& game);
/// Throws UsageError unless `text` has the form above. Whether the moves are legal is not looked
/// into.
GameText ReadGame(int size, std::string_view text);

}  // namespace brasa::go
