// The thread that owns HDF5 while a run is recorded.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "runners/record/data_file.h"
#include "runners/record/files.h"
#include "runners/record/row_ring.h"

namespace brasa::record {

/// Writes what the run pushes and commits it every 8,192 plies or half second. The run's thread
/// pushes and calls; a full ring makes it wait, nothing is dropped. An error of the writer is
/// thrown by the run's next call; the file then stays as a kill would leave it.
class RowWriter {
 public:
  /// Bytes of the rings for `worlds` worlds.
  static std::int64_t Bytes(const EnvSpec& spec, int worlds);

  /// `file` follows SWMR already; rows are appended to those in it.
  RowWriter(DataFile file, WriterLock lock, int worlds);
  /// Finishes without a word.
  ~RowWriter();

  RowRing& ring(TableIndex table) { return rings_[static_cast<std::size_t>(table)]; }
  /// Waits until `rows` more fit into the ring.
  void Reserve(TableIndex table, std::int64_t rows) {
    if (failed_.load(std::memory_order_relaxed)) Rethrow();
    if (!ring(table).HasSpace(rows)) WaitForSpace(ring(table), rows);
  }
  /// Publishes the rows of one vector step, after the episodes and chance ids that belong to it.
  void PublishStep();
  /// Rows in the file once everything pushed is written.
  Counts Pushed() const;
  /// Returns when everything pushed so far is committed and on the disk.
  void Flush();
  /// Flush and close the file, which then is like any other HDF5 file.
  void Finish();

 private:
  struct Marks {
    std::int64_t episodes, chance;
  };
  [[noreturn]] void Rethrow();
  void WaitForSpace(RowRing& ring, std::int64_t rows);
  void Wake();
  void Run();
  void Drain(bool everything);
  void Take(TableIndex table, std::int64_t until);
  void Commit(const Counts& taken);

  const std::int64_t worlds_;
  DataFile file_;
  WriterLock lock_;
  const Counts base_;  // rows in the file before the first push
  const std::int64_t block_steps_;
  std::array<RowRing, kTables> rings_;
  std::vector<Marks> marks_;  // per slot of the ring of plies / N: events pushed up to that step
  std::int64_t steps_in_block_ = 0;  // of the pushing thread
  Counts committed_ = {};            // of the writing thread, since base_
  std::atomic<bool> failed_ = false;

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  // Under mutex_.
  bool awake_ = false, flush_ = false, finish_ = false, closed_ = false;
  std::exception_ptr error_;

  std::thread thread_;  // last: runs when all else is made
};

}  // namespace brasa::record
