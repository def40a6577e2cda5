#include "runners/loop/csv_reader.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "brasa/core/error.h"
#include "runners/loop/file_io.h"

namespace brasa {
namespace {

/// Splits text into rows of fields, one row a call, and counts lines for errors.
class RowReader {
 public:
  RowReader(std::string_view text, const std::string& source) : text_(text), source_(source) {}

  /// Reads the next row into `fields`. False, and the place unchanged, where no whole row is left.
  bool Next(std::vector<std::string>& fields) {
    fields.clear();
    const std::size_t start = at_;
    row_line_ = line_;
    while (at_ < text_.size()) {
      fields.push_back(text_[at_] == '"' ? Quoted() : Plain());
      if (at_ == text_.size()) break;
      const char end = text_[at_++];
      if (end == ',' && at_ < text_.size()) continue;
      if (end == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
      if (text_[at_ - 1] == '\n') {
        ++line_;
        return true;
      }
    }
    at_ = start;
    return false;
  }
  /// Bytes after the last whole row.
  std::size_t left() const { return text_.size() - at_; }

  [[noreturn]] void Fail(const std::string& what) const {
    throw FileError(source_ + ", line " + std::to_string(row_line_) + ": " + what);
  }

 private:
  std::string Plain() {
    const std::size_t end = std::min(text_.find_first_of(",\"\r\n", at_), text_.size());
    const std::string field(text_.substr(at_, end - at_));
    at_ = end;
    if (at_ < text_.size() && text_[at_] == '"') Fail("a quote inside a field without quotes");
    RequireEnd();
    return field;
  }
  std::string Quoted() {
    std::string field;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        field += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        field += text_[++at_];
      } else {
        ++at_;
        RequireEnd();
        return field;
      }
    }
    Fail("a quote is not closed");
  }
  /// After a field comes a comma, a line end or the end of the text.
  void RequireEnd() const {
    if (at_ == text_.size() || text_[at_] == ',' || text_[at_] == '\n') return;
    if (text_[at_] == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n')) return;
    Fail("a field is followed by other text than a comma or a line end");
  }

  std::string_view text_;
  const std::string& source_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t row_line_ = 1;
};

void CheckColumns(const std::vector<std::string>& columns, const RowReader& reader) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].empty()) {
      reader.Fail("column " + std::to_string(i + 1) + " has no name");
    }
    if (std::find(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i), columns[i]) !=
        columns.begin() + static_cast<std::ptrdiff_t>(i)) {
      reader.Fail("column '" + columns[i] + "' is there twice");
    }
  }
}

double Number(const std::string& field, const std::string& column, const RowReader& reader) {
  if (field.empty()) return std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  const char* end = field.data() + field.size();
  const auto result = std::from_chars(field.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) {
    reader.Fail("'" + field + "' in column '" + column + "' is not a number");
  }
  return value;
}

}  // namespace

bool CsvTable::Has(std::string_view column) const {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

const std::vector<double>& CsvTable::Column(std::string_view column) const {
  const auto found = std::find(columns.begin(), columns.end(), column);
  if (found == columns.end()) {
    throw UsageError("there is no column '" + std::string(column) + "'" +
                     NearMatches(column, columns));
  }
  return values[static_cast<std::size_t>(found - columns.begin())];
}

CsvTable ParseCsv(std::string_view text, const std::string& source) {
  RowReader reader(text, source);
  CsvTable table;
  if (!reader.Next(table.columns)) {
    throw FileError(source + " has no line of column names");
  }
  CheckColumns(table.columns, reader);
  table.values.resize(table.columns.size());
  std::vector<std::string> fields;
  while (reader.Next(fields)) {
    if (fields.size() != table.columns.size()) {
      reader.Fail(std::to_string(fields.size()) + " values, expected " +
                  std::to_string(table.columns.size()));
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
      table.values[i].push_back(Number(fields[i], table.columns[i], reader));
    }
  }
  table.unfinished_bytes = reader.left();
  return table;
}

CsvTable ReadCsv(const std::filesystem::path& path) {
  return ParseCsv(ReadFileBytes(path), path.string());
}

}  // namespace brasa
