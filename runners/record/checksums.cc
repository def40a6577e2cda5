#include "runners/record/checksums.h"

#include <algorithm>
#include <string_view>

#include "runners/files/crc32c.h"

namespace brasa::record {

BlockChecksums::BlockChecksums(const Table& table) : block_rows_(ChecksumRows(table)) {
  for (const Column& column : table.columns) columns_.push_back({column.row_bytes, 0, 0, {}});
}

void BlockChecksums::Add(int column, const void* cells, std::int64_t rows) {
  Open& open = columns_[static_cast<std::size_t>(column)];
  const auto* at = static_cast<const char*>(cells);
  while (rows > 0) {
    const std::int64_t part = std::min(rows, block_rows_ - open.rows);
    const auto bytes = static_cast<std::size_t>(part * open.row_bytes);
    open.sum = Crc32c(std::string_view(at, bytes), open.sum);
    at += bytes;
    rows -= part;
    open.rows += part;
    if (open.rows < block_rows_) continue;
    open.whole.push_back(open.sum);
    open.sum = 0;
    open.rows = 0;
  }
}

std::vector<std::uint32_t> BlockChecksums::TakeWhole() {
  std::size_t blocks = columns_.front().whole.size();
  for (const Open& open : columns_) blocks = std::min(blocks, open.whole.size());
  std::vector<std::uint32_t> sums;
  for (std::size_t b = 0; b < blocks; ++b) {
    for (const Open& open : columns_) sums.push_back(open.whole[b]);
  }
  for (Open& open : columns_) {
    open.whole.erase(open.whole.begin(), open.whole.begin() + static_cast<std::ptrdiff_t>(blocks));
  }
  return sums;
}

std::vector<std::uint32_t> BlockChecksums::Rest() const {
  std::vector<std::uint32_t> sums;
  if (columns_.front().rows == 0) return sums;
  for (const Open& open : columns_) sums.push_back(open.sum);
  return sums;
}

}  // namespace brasa::record
