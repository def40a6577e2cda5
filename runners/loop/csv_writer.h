// metrics.csv and its like: a table with a fixed header that grows row by row.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runners/loop/append_file.h"

namespace brasa {

/// A value of a row. monostate is an empty cell.
using CsvCell = std::variant<std::monostate, std::int64_t, double, std::string>;

/// `text` as one field of RFC 4180: quoted where it holds a comma, quote or line break.
std::string CsvField(std::string_view text);

/// One writer, one thread; errors as AppendFile. A line ends in "\n", so a last line without one is
/// a row that is still being written. Doubles are the shortest text that reads back equal; NaN is
/// "nan", infinities "inf" and "-inf".
class CsvWriter {
 public:
  /// Makes a new file with the header. Throws UsageError if `path` exists.
  static CsvWriter Create(const std::filesystem::path& path, std::span<const std::string> columns);
  /// Cuts the file to `length` bytes and goes on after them; 0 starts it anew. Throws FileError,
  /// the file untouched, if it is shorter or its header is another one.
  static CsvWriter Resume(const std::filesystem::path& path, std::span<const std::string> columns,
                          std::int64_t length);

  /// Adds a row of one cell per column.
  void Row(std::span<const CsvCell> cells);
  void Flush(Sync sync) { file_.Flush(sync); }
  std::int64_t length() const { return file_.length(); }
  const std::filesystem::path& path() const { return file_.path(); }

 private:
  CsvWriter(AppendFile file, std::size_t columns) : file_(std::move(file)), columns_(columns) {}

  AppendFile file_;
  std::size_t columns_;
  std::string line_;
};

}  // namespace brasa
