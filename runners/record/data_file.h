// The HDF5 file of a recording: its tables, the commit record, SWMR. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "brasa/recorder.h"
#include "runners/record/checksums.h"
#include "runners/record/h5.h"
#include "runners/record/layout.h"

namespace brasa::record {

/// Rows of one column: count rows from `first`, every stride-th.
struct Rows {
  std::int64_t first = 0, count = 0, stride = 1;
};

/// An open recording. Law: rows below the commit record are whole and never change; rows behind it
/// do not count. Errors: IoError from what writes, FileError from what reads.
class DataFile {
 public:
  /// Makes `path`, which must not exist, with all attributes and empty tables.
  static DataFile Create(const std::string& path, const RecordingInfo& info);
  /// Opens for reading. kClosed: a file that was closed. kFollow: one that is being written or
  /// whose writer was killed.
  enum class How { kClosed, kFollow };
  static DataFile Open(const std::string& path, How how);

  DataFile(DataFile&&) = default;
  DataFile& operator=(DataFile&&) = delete;
  /// A file that was written and not closed is abandoned.
  ~DataFile();

  const RecordingInfo& info() const { return info_; }
  const std::array<Table, kTables>& tables() const { return tables_; }

  /// The file has another name now: errors name it.
  void Renamed(const std::string& path) { path_ = path; }
  /// From here on readers may follow; no attribute or dataset can be added.
  void StartSwmr();
  /// Appends rows to one column of a table. Every column of a table must be given the same rows
  /// before Commit.
  void Append(TableIndex table, int column, const void* data, std::int64_t rows);
  /// Flushes the tables, then the commit record.
  void Commit(const Counts& counts);
  /// Everything flushed so far survives a loss of power.
  void Sync();
  /// Ends writing: both commit records say the same, so that equal runs leave equal files.
  void Close();
  /// After a failed write: nothing more reaches the file, which stays as a kill would leave it.
  void Abandon();

  /// The commit record; looks again at a file that grows. Throws FileError if there is none.
  Counts Committed();
  /// Overwrites `out` with rows of a column, below Committed().
  void Read(TableIndex table, int column, const Rows& rows, void* out) const;
  /// Reads what has checksums of the first `counts` rows and compares: all of them in a closed
  /// file, whole blocks in one that grows. Returns the plies that were covered. Throws FileError
  /// naming dataset and rows that are not as they were written.
  std::int64_t Verify(const Counts& counts) const;
  /// Throws FileError if a chunk of the first `counts` rows lies behind the end of the file: HDF5
  /// would read zeros there.
  void CheckChunks(const Counts& counts) const;

 private:
  DataFile(std::string path, RecordingInfo info);
  void CreateColumn(const Table& table, const Column& column, std::int64_t group, Id& dataset);
  void OpenColumn(const Table& table, const Column& column, Id& dataset) const;
  void CreateChecksums(std::int64_t group, std::size_t table);
  void OpenChecksums(std::size_t table);
  void AppendChecksums(std::size_t table, const std::vector<std::uint32_t>& sums);
  /// Checksums of blocks first .. first + count - 1 of a table: [count, columns].
  std::vector<std::uint32_t> ReadChecksums(std::size_t table, std::int64_t first,
                                           std::int64_t count) const;
  void VerifyBlock(TableIndex table, std::int64_t block, std::int64_t rows,
                   const std::uint32_t* sums) const;
  void CloseTables();
  void WriteSlot(int slot, const Counts& counts);
  void RefreshTables();
  std::int64_t Extent(const Id& dataset) const;
  const Id& Dataset(TableIndex table, int column) const {
    return datasets_[table][static_cast<std::size_t>(column)];
  }

  std::string path_;
  RecordingInfo info_;
  std::array<Table, kTables> tables_;
  Id file_;
  std::array<std::vector<Id>, kTables> datasets_;
  std::array<Id, kTables> checksums_;    // [blocks, columns] a table
  std::vector<BlockChecksums> summing_;  // by table, of what is appended
  Id committed_;
  bool writing_ = false, follows_ = false;
  Counts last_ = {};  // committed
  int next_slot_ = 0;
};

/// Bytes of the caches of an open file: two chunks a column.
std::int64_t CacheBytes(const EnvSpec& spec);

/// Appends the first `counts` rows of `from` to the empty tables of `to` and commits them.
void CopyRows(DataFile& from, const Counts& counts, DataFile& to);

}  // namespace brasa::record
