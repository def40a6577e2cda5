// Rows of one table on their way from the run to the writer.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <vector>

#include "runners/record/layout.h"

namespace brasa::record {

/// A ring of `capacity` rows per column. One thread pushes, one takes, without a lock: a row that
/// is published is never written again before it was released. Counts are rows since the ring was
/// made.
class RowRing {
 public:
  RowRing(const Table& table, std::int64_t capacity);

  /// Pushing thread. True if `rows` more fit; they must not wrap: a pusher of n rows at a time
  /// needs a capacity that is a multiple of n.
  bool HasSpace(std::int64_t rows) {
    if (pushed_ + rows - seen_released_ <= capacity_) return true;
    seen_released_ = released_.load(std::memory_order_acquire);
    return pushed_ + rows - seen_released_ <= capacity_;
  }
  /// Copies `rows` cells of a column to where the next rows go.
  void Set(int column, const void* cells, std::int64_t rows) {
    const ColumnCells& to = columns_[static_cast<std::size_t>(column)];
    std::memcpy(to.cells + slot_ * to.row_bytes, cells,
                static_cast<std::size_t>(rows * to.row_bytes));
  }
  /// All columns of the next `rows` rows are set: the taker may have them.
  void Publish(std::int64_t rows) {
    pushed_ += rows;
    slot_ += rows;
    if (slot_ == capacity_) slot_ = 0;
    published_.store(pushed_, std::memory_order_release);
  }
  std::int64_t pushed() const { return pushed_; }
  /// Where the next row goes, 0 .. capacity - 1.
  std::int64_t slot() const { return slot_; }
  std::int64_t capacity() const { return capacity_; }

  /// Taking thread.
  std::int64_t published() const { return published_.load(std::memory_order_acquire); }
  std::int64_t released() const { return released_.load(std::memory_order_relaxed); }
  /// Cells of a column from row `row` on; they are contiguous up to a multiple of the capacity.
  const void* Cells(int column, std::int64_t row) const {
    const ColumnCells& from = columns_[static_cast<std::size_t>(column)];
    return from.cells + (row % capacity_) * from.row_bytes;
  }
  /// Rows below `row` have been used.
  void Release(std::int64_t row) { released_.store(row, std::memory_order_release); }

 private:
  struct ColumnCells {
    std::uint8_t* cells;
    std::int64_t row_bytes;
  };
  const std::int64_t capacity_;
  std::vector<std::uint8_t> memory_;
  std::vector<ColumnCells> columns_;
  // Of the pushing thread.
  alignas(64) std::int64_t pushed_ = 0;
  std::int64_t slot_ = 0;
  std::int64_t seen_released_ = 0;
  // Stored by the pushing thread, stored by the taking thread.
  alignas(64) std::atomic<std::int64_t> published_ = 0;
  alignas(64) std::atomic<std::int64_t> released_ = 0;
};

inline RowRing::RowRing(const Table& table, std::int64_t capacity)
    : capacity_(capacity), memory_(static_cast<std::size_t>(capacity * table.row_bytes())) {
  std::uint8_t* cells = memory_.data();
  for (const Column& column : table.columns) {
    columns_.push_back({cells, column.row_bytes});
    cells += capacity * column.row_bytes;
  }
}

}  // namespace brasa::record
