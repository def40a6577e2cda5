#include "envs/board/board_text.h"

#include "brasa/core/error.h"

namespace brasa::board {

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string ReadCells(std::string_view game, std::string_view text, int rows, int columns,
                      std::string_view letters) {
  const auto fail = [&](const std::string& fault) {
    const std::string line =
        letters[0] + std::string(static_cast<std::size_t>(columns) - 1, letters.back());
    throw UsageError(std::string(game) + ": a position is " + std::to_string(rows) + " lines of " +
                     std::to_string(columns) + " of the letters '" + std::string(letters) +
                     "', each as in '" + line + "' and parted by line breaks or '/'; " + fault);
  };
  std::string cells;
  int lines = 0;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\n/");
    const std::string_view line = Trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    if (static_cast<int>(line.size()) != columns ||
        line.find_first_not_of(letters) != std::string_view::npos) {
      fail("got the line '" + std::string(line) + "'");
    }
    cells += line;
    ++lines;
  }
  if (lines != rows) fail("got " + std::to_string(lines) + " lines");
  return cells;
}

std::string_view TakeLastLine(std::string_view& text) {
  while (!text.empty()) {
    const std::size_t cut = text.find_last_of("\n/");
    const std::size_t begin = cut == std::string_view::npos ? 0 : cut + 1;
    const std::string_view line = Trimmed(text.substr(begin));
    text = text.substr(0, cut == std::string_view::npos ? 0 : cut);
    if (!line.empty()) return line;
  }
  return {};
}

int TakeMover(std::string_view game, std::string_view& text, std::string_view letters) {
  const std::string_view line = TakeLastLine(text);
  for (std::size_t player = 0; player < letters.size(); ++player) {
    if (line == MoverLine(letters[player])) return static_cast<int>(player);
  }
  throw UsageError(std::string(game) + ": a position ends with the line '" + MoverLine(letters[0]) +
                   "' or '" + MoverLine(letters[1]) + "'; got '" + std::string(line) + "'");
}

std::string MoverLine(char letter) { return std::string(1, letter) + " to move"; }

std::string CellName(int column, int number) {
  return static_cast<char>('a' + column) + std::to_string(number + 1);
}

bool TakeCell(std::string_view& text, int columns, int numbers, NamedCell& cell) {
  if (text.size() < 2) return false;
  const int letter = text[0] >= 'A' && text[0] <= 'Z' ? text[0] - 'A' : text[0] - 'a';
  if (letter < 0 || letter >= columns || text[1] == '0') return false;
  int number = 0;
  std::size_t end = 1;
  while (end < text.size() && end <= 2 && text[end] >= '0' && text[end] <= '9') {
    number = 10 * number + (text[end++] - '0');
  }
  if (number < 1 || number > numbers) return false;
  text.remove_prefix(end);
  cell = {letter, number - 1};
  return true;
}

std::string CellNames(int columns, int numbers) {
  return std::string("a column a to ") + static_cast<char>('a' + columns - 1) + " and a row 1 to " +
         std::to_string(numbers);
}

}  // namespace brasa::board
