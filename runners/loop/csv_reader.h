// Reading tables of numbers back from CSV (RFC 4180).
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace brasa {

/// Columns of equal length; an empty cell is NaN.
struct CsvTable {
  std::vector<std::string> columns;
  std::vector<std::vector<double>> values;  ///< [columns, rows]
  std::size_t unfinished_bytes = 0;  ///< of a last line without "\n": a row still being written

  std::size_t rows() const { return values.empty() ? 0 : values.front().size(); }
  bool Has(std::string_view column) const;
  /// Throws UsageError with near matches if there is no such column.
  const std::vector<double>& Column(std::string_view column) const;
};

/// Throws FileError naming `source`, the line and the fault: no header, a repeated or empty column
/// name, a row of another length, a cell that is no number, a quote that is not closed.
CsvTable ParseCsv(std::string_view text, const std::string& source);

/// ParseCsv of a file. Throws FileError if it is missing, IoError if it cannot be read.
CsvTable ReadCsv(const std::filesystem::path& path);

}  // namespace brasa
