// Checksums of what a recording holds: a flipped bit on a disk is told, not learnt from.
#pragma once

#include <cstdint>
#include <vector>

#include "runners/record/layout.h"

namespace brasa::record {

/// The group of the checksums; a dataset for each table.
inline constexpr const char* kChecksums = "checksums";

/// Rows of a table that share a checksum.
inline std::int64_t ChecksumRows(const Table& table) { return table.chunk_rows; }

/// CRC-32C of each block of ChecksumRows rows of each column, taken as the rows are appended.
class BlockChecksums {
 public:
  explicit BlockChecksums(const Table& table);

  /// The next rows of a column.
  void Add(int column, const void* cells, std::int64_t rows);
  /// Blocks that every column has filled since the last call: [blocks, columns].
  std::vector<std::uint32_t> TakeWhole();
  /// Of the block that is being filled: [columns], or nothing if there is none.
  std::vector<std::uint32_t> Rest() const;

 private:
  struct Open {
    std::int64_t row_bytes = 0, rows = 0;  ///< rows of the block so far
    std::uint32_t sum = 0;
    std::vector<std::uint32_t> whole;
  };
  std::int64_t block_rows_;
  std::vector<Open> columns_;
};

}  // namespace brasa::record
