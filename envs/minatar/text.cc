#include "envs/minatar/text.h"

#include <charconv>

#include "brasa/core/error.h"

namespace brasa::minatar {
namespace {

constexpr std::size_t kShown = 60;  // characters of a wrong value that an error repeats

std::string Shown(std::string_view value) {
  std::string text;
  for (const char c : value.substr(0, kShown)) text += c >= ' ' && c <= '~' ? c : '?';
  return "'" + text + (value.size() > kShown ? "..'" : "'");
}

/// The part before `mark`, which is taken away with it.
std::string_view TakePart(std::string_view& rest, char mark) {
  const std::size_t end = rest.find(mark);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

bool ReadNumber(std::string_view text, std::int64_t& value) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return !text.empty() && result.ec == std::errc() && result.ptr == text.data() + text.size();
}

bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

std::string RangeText(std::int64_t low, std::int64_t high) {
  return std::to_string(low) + " to " + std::to_string(high);
}

}  // namespace

void TextWriter::Word(std::string_view key, std::string_view value) {
  if (!text_.empty()) text_ += ' ';
  text_.append(key).append("=").append(value);
}

void TextWriter::Number(std::string_view key, std::int64_t value) {
  Word(key, std::to_string(value));
}

void TextWriter::Rows(std::string_view key, const Table& rows) {
  std::string value;
  for (const std::vector<int>& row : rows) {
    if (!value.empty()) value += ';';
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) value += ',';
      value += std::to_string(row[i]);
    }
  }
  Word(key, rows.empty() ? "none" : value);
}

void TextWriter::Cells(std::string_view key, const std::vector<bool>& cells, int columns) {
  std::string value;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0 && i % static_cast<std::size_t>(columns) == 0) value += '/';
    value += cells[i] ? '#' : '.';
  }
  Word(key, value);
}

std::string_view TextReader::Value(std::string_view key) {
  SkipBlanks();
  std::size_t end = 0;
  while (end < rest_.size() && !IsBlank(rest_[end])) ++end;
  const std::string_view word = rest_.substr(0, end);
  if (!word.starts_with(key) || word.size() <= key.size() || word[key.size()] != '=') {
    Fail((word.empty() ? "the text ends" : Shown(word) + " stands") + " where '" +
         std::string(key) + "=..' is due");
  }
  rest_.remove_prefix(end);
  return word.substr(key.size() + 1);
}

std::int64_t TextReader::Number(std::string_view key, std::int64_t low, std::int64_t high) {
  const std::string_view text = Value(key);
  std::int64_t value = 0;
  if (!ReadNumber(text, value) || value < low || value > high) {
    Fail(std::string(key) + " = " + Shown(text) + " is not allowed; give " + RangeText(low, high));
  }
  return value;
}

int TextReader::Word(std::string_view key, std::span<const char* const> allowed) {
  const std::string_view text = Value(key);
  std::string list;
  for (std::size_t i = 0; i < allowed.size(); ++i) {
    if (text == allowed[i]) return static_cast<int>(i);
    list += (i > 0 ? ", " : "") + std::string(allowed[i]);
  }
  Fail(std::string(key) + " = " + Shown(text) + " is not allowed; give one of " + list);
}

Table TextReader::Rows(std::string_view key, std::span<const Column> columns, std::size_t most) {
  std::string_view rest = Value(key);
  Table rows;
  if (rest == "none") return rows;
  std::string form;
  for (const Column& column : columns) form += (form.empty() ? "" : ",") + std::string(column.name);
  while (rows.empty() || !rest.empty()) {
    std::string_view part = TakePart(rest, ';');
    const std::string shown = std::string(key) + " has the entry " + Shown(part);
    std::vector<int> row;
    for (const Column& column : columns) {
      std::int64_t value = 0;
      if (!ReadNumber(TakePart(part, ','), value)) {
        Fail(shown + "; give " + form + " joined by ';', or none");
      }
      if (value < column.low || value > column.high) {
        Fail(shown + "; " + column.name + " is " + RangeText(column.low, column.high));
      }
      row.push_back(static_cast<int>(value));
    }
    if (!part.empty()) Fail(shown + "; give " + form + " joined by ';', or none");
    if (rows.size() == most) {
      Fail(std::string(key) + " has more than " + std::to_string(most) + " entries");
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<bool> TextReader::Cells(std::string_view key, int rows, int columns) {
  const std::string_view text = Value(key);
  std::vector<bool> cells;
  const auto width = static_cast<std::size_t>(columns) + 1;  // with the '/'
  bool ok = text.size() + 1 == width * static_cast<std::size_t>(rows);
  for (std::size_t i = 0; ok && i < text.size(); ++i) {
    if (i % width + 1 == width) {
      ok = text[i] == '/';
    } else {
      ok = text[i] == '#' || text[i] == '.';
      cells.push_back(text[i] == '#');
    }
  }
  if (!ok) {
    Fail(std::string(key) + " = " + Shown(text) + " is not allowed; give " + std::to_string(rows) +
         " lines of " + std::to_string(columns) + " '.' or '#' joined by '/'");
  }
  return cells;
}

void TextReader::Finish() {
  SkipBlanks();
  if (!rest_.empty()) Fail(Shown(rest_) + " stands behind the end");
}

void TextReader::SkipBlanks() {
  while (!rest_.empty() && IsBlank(rest_.front())) rest_.remove_prefix(1);
}

void TextReader::Fail(const std::string& fault) const { throw UsageError(game_ + ": " + fault); }

}  // namespace brasa::minatar
