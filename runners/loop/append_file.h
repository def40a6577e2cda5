// An output that only grows and knows its length, so that a checkpoint can say where to cut it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "runners/loop/file_io.h"

namespace brasa {

/// One writer, one thread. Records are collected in memory (64 KiB) and written as whole records.
/// Where a write fails, IoError names the file, the file is cut back to the whole records it held
/// before, the collected ones stay in memory, and a later Flush tries them again.
/// The file is locked while it is open: a second writer gets a UsageError.
class AppendFile {
 public:
  /// Makes a new, empty file. Throws UsageError if `path` exists, IoError if it cannot be made.
  static AppendFile Create(const std::filesystem::path& path);
  /// Opens `path` and cuts it to `length` bytes. A missing file counts as 0 bytes long. Throws
  /// FileError, the file untouched, if it is shorter than `length`.
  static AppendFile Resume(const std::filesystem::path& path, std::int64_t length);

  AppendFile(AppendFile&&) noexcept = default;
  AppendFile& operator=(AppendFile&&) = delete;
  /// Writes what is collected and swallows a failure; call Flush to learn of it.
  ~AppendFile();

  /// Adds one record. May flush (without sync), so it may throw IoError.
  void Append(std::string_view record);
  /// Hands everything to the operating system; Sync::kYes waits until it is on the disk.
  void Flush(Sync sync);
  /// Cuts the file to `length`. Throws FileError, nothing changed, if it is shorter than that.
  void TruncateTo(std::int64_t length);

  /// Bytes appended so far, collected ones included. On disk after Flush(Sync::kYes).
  std::int64_t length() const { return written_ + static_cast<std::int64_t>(buffer_.size()); }
  const std::filesystem::path& path() const { return path_; }

 private:
  AppendFile(std::filesystem::path path, int flags);

  std::filesystem::path path_;
  FileDescriptor fd_;
  std::string buffer_;
  std::int64_t written_ = 0;
};

}  // namespace brasa
