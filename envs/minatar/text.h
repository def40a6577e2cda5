// The text form of the MinAtar games: `key=value` words in a fixed order, separated by blanks.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace brasa::minatar {

/// The numbers that a column of a table may hold.
struct Column {
  const char* name;
  int low, high;
};

/// Rows of numbers.
using Table = std::vector<std::vector<int>>;

class TextWriter {
 public:
  void Number(std::string_view key, std::int64_t value);
  void Word(std::string_view key, std::string_view value);
  /// "x,y;x,y" or "none".
  void Rows(std::string_view key, const Table& rows);
  /// Lines of '.' and '#' joined by '/'; bit row * columns + column of `cells` is drawn.
  void Cells(std::string_view key, const std::vector<bool>& cells, int columns);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Reads what TextWriter wrote. Every function throws UsageError naming the game, the key, what
/// stands there and what is allowed.
class TextReader {
 public:
  TextReader(std::string_view game, std::string_view text) : game_(game), rest_(text) {}

  std::int64_t Number(std::string_view key, std::int64_t low, std::int64_t high);
  /// Position of the word in `allowed`.
  int Word(std::string_view key, std::span<const char* const> allowed);
  /// At most `most` rows, each with a number for every column.
  Table Rows(std::string_view key, std::span<const Column> columns, std::size_t most);
  std::vector<bool> Cells(std::string_view key, int rows, int columns);
  /// Nothing may be left.
  void Finish();
  [[noreturn]] void Fail(const std::string& fault) const;

 private:
  std::string_view Value(std::string_view key);
  void SkipBlanks();

  std::string game_;
  std::string_view rest_;
};

}  // namespace brasa::minatar
