#include "runners/loop/csv_writer.h"

#include <charconv>
#include <cmath>

#include "brasa/core/assert.h"
#include "brasa/core/error.h"

namespace brasa {
namespace {

std::string HeaderLine(std::span<const std::string> columns) {
  BRASA_ASSERT(!columns.empty());
  std::string line;
  for (const std::string& column : columns) {
    if (!line.empty()) line += ',';
    line += CsvField(column);
  }
  return line + "\n";
}

struct CellText {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const {
    if (std::isnan(value)) return "nan";  // to_chars would tell the NaN's sign
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
  }
  std::string operator()(const std::string& value) const { return CsvField(value); }
};

}  // namespace

std::string CsvField(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

CsvWriter CsvWriter::Create(const std::filesystem::path& path,
                            std::span<const std::string> columns) {
  CsvWriter writer(AppendFile::Create(path), columns.size());
  writer.file_.Append(HeaderLine(columns));
  return writer;
}

CsvWriter CsvWriter::Resume(const std::filesystem::path& path, std::span<const std::string> columns,
                            std::int64_t length) {
  const std::string header = HeaderLine(columns);
  if (length > 0 && ReadFileBytes(path, static_cast<std::int64_t>(header.size())) != header) {
    throw FileError(path.string() + " has other columns than this run writes");
  }
  CsvWriter writer(AppendFile::Resume(path, length), columns.size());
  if (length == 0) writer.file_.Append(header);
  return writer;
}

void CsvWriter::Row(std::span<const CsvCell> cells) {
  BRASA_ASSERT(cells.size() == columns_);
  line_.clear();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line_ += ',';
    line_ += std::visit(CellText{}, cells[i]);
  }
  line_ += '\n';
  file_.Append(line_);
}

}  // namespace brasa
