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
    throw UsageError(std::string(game) + ": a position is " + std::to_string(rows) + " lines of " +
                     std::to_string(columns) + " of the letters '" + std::string(letters) + "'; " +
                     fault);
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

}  // namespace brasa::board
