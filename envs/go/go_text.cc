#include "envs/go/go_text.h"

#include <algorithm>
#include <charconv>

#include "brasa/core/error.h"

namespace brasa::go {
namespace {

constexpr std::string_view kColumns = "ABCDEFGHJKLMNOPQRST";
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kLetters = "xo";

[[noreturn]] void Fail(const std::string& fault) {
  throw UsageError(std::string(kGame) + ": " + fault);
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(kBlanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kBlanks) - from + 1);
}

/// Takes the part before the first of `separators` off `text`.
std::string_view TakePart(std::string_view& text, std::string_view separators) {
  const std::size_t end = text.find_first_of(separators);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::string_view word = TakePart(text, kBlanks);
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

int ReadPlayer(std::string_view text) {
  if (text == "x") return 0;
  if (text == "o") return 1;
  Fail("'" + std::string(text) + "' is no player; give x (Black) or o (White)");
}

/// What a board is, for errors.
std::string BoardText(int size) {
  const std::string count = std::to_string(size);
  std::string row(static_cast<std::size_t>(size), '.');
  row[0] = 'x';
  return "a board is " + count + " rows of " + count + " of the letters 'xo.', each as in '" + row +
         "' and parted by line breaks or '/'; ";
}

/// Adds the rows in `text`, separated by '/', to `rows`.
void AddRows(int size, std::string_view text, std::vector<std::string_view>& rows) {
  while (!text.empty()) {
    const std::string_view row = Trimmed(TakePart(text, "/"));
    if (row.empty()) continue;
    if (static_cast<int>(row.size()) != size ||
        row.find_first_not_of("xo.") != std::string_view::npos) {
      Fail(BoardText(size) + "got the row '" + std::string(row) + "'");
    }
    rows.push_back(row);
  }
}

/// The letters of a board whose rows are given from the top.
std::string Board(int size, const std::vector<std::string_view>& rows) {
  if (static_cast<int>(rows.size()) != size) {
    Fail(BoardText(size) + "got " + std::to_string(rows.size()) + " rows");
  }
  std::string board;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) board += *row;
  return board;
}

std::string WriteRows(int size, const std::string& board, char separator) {
  std::string text;
  for (int row = size - 1; row >= 0; --row) {
    text += board.substr(static_cast<std::size_t>(row * size), static_cast<std::size_t>(size));
    if (row > 0) text += separator;
  }
  return text;
}

void ReadStart(int size, std::string_view text, GameText& game) {
  const std::vector<std::string_view> words = Words(text);
  if (words.size() != 2) {
    Fail("'start:' has a board, rows separated by '/', and who moves first; got '" +
         std::string(text) + "'");
  }
  std::vector<std::string_view> rows;
  AddRows(size, words[0], rows);
  game.start = Board(size, rows);
  game.first = ReadPlayer(words[1]);
}

void ReadMoves(int size, std::string_view text, GameText& game) {
  game.moves.emplace();
  for (const std::string_view word : Words(text)) game.moves->push_back(ReadVertex(size, word));
}

/// Reads "name: rest".
void ReadNamed(int size, std::string_view line, GameText& game) {
  std::string_view rest = line;
  const std::string_view name = Trimmed(TakePart(rest, ":"));
  rest = Trimmed(rest);
  const auto once = [&](bool known) {
    if (known) Fail("'" + std::string(name) + ":' stands twice");
  };
  if (name == "to move") {
    once(game.to_move.has_value());
    game.to_move = ReadPlayer(rest);
  } else if (name == "start") {
    once(game.start.has_value());
    ReadStart(size, rest, game);
  } else if (name == "moves") {
    once(game.moves.has_value());
    ReadMoves(size, rest, game);
  } else {
    Fail("'" + std::string(name) + ":' is unknown; give 'to move:', 'start:' or 'moves:'");
  }
}

}  // namespace

std::string VertexText(int size, int point) {
  if (point == size * size) return "pass";
  return kColumns[static_cast<std::size_t>(point % size)] + std::to_string(point / size + 1);
}

int ReadVertex(int size, std::string_view text) {
  const std::string_view word = Trimmed(text);
  std::string upper(word);
  std::transform(upper.begin(), upper.end(), upper.begin(), Upper);
  if (upper == "PASS") return size * size;
  const std::string last = kColumns[static_cast<std::size_t>(size - 1)] + std::to_string(size);
  const std::size_t column = upper.empty() ? std::string_view::npos : kColumns.find(upper[0]);
  int row = 0;
  const char* end = upper.data() + upper.size();
  const bool digits = upper.size() > 1 && upper[1] >= '1' && upper[1] <= '9';
  if (static_cast<int>(column) < 0 || static_cast<int>(column) >= size || !digits ||
      std::from_chars(upper.data() + 1, end, row).ptr != end || row < 1 || row > size) {
    Fail("'" + std::string(word) + "' is no vertex; give A1 to " + last + " (no letter I) or pass");
  }
  return (row - 1) * size + static_cast<int>(column);
}

std::string WriteGame(int size, const GameText& game) {
  std::string text = WriteRows(size, game.board, '\n');
  if (game.to_move) text += std::string("\nto move: ") + kLetters[*game.to_move == 1];
  if (game.start) {
    text += "\nstart: " + WriteRows(size, *game.start, '/') + ' ' + kLetters[game.first == 1];
  }
  if (game.moves && !game.moves->empty()) {
    text += "\nmoves:";
    for (const int move : *game.moves) text += ' ' + VertexText(size, move);
  }
  return text;
}

GameText ReadGame(int size, std::string_view text) {
  GameText game;
  std::vector<std::string_view> rows;
  while (!text.empty()) {
    const std::string_view line = Trimmed(TakePart(text, "\n"));
    if (line.find(':') != std::string_view::npos) {
      ReadNamed(size, line, game);
    } else {
      AddRows(size, line, rows);
    }
  }
  game.board = Board(size, rows);
  return game;
}

}  // namespace brasa::go
