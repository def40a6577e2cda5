// What recordings need of the file system: who writes a file, how it was left, how a finished file
// takes a name.
#pragma once

#include <string>

namespace brasa::record {

/// The writer's mark on a file: a lock of an open file description, so it ends with the process,
/// however that ends, and cannot be mistaken for that of a later process with the same number.
class WriterLock {
 public:
  WriterLock() = default;
  WriterLock(WriterLock&& other) noexcept;
  WriterLock& operator=(WriterLock&& other) noexcept;
  ~WriterLock();
  /// True if the file was free and is now ours. Throws IoError if the file cannot be opened for
  /// writing.
  bool TryTake(const std::string& path);
  /// True if `path` still names the locked file.
  bool StillNamed(const std::string& path) const;

 private:
  int fd_ = -1;
};

/// Watches a file through its own descriptor, which keeps naming it after a rename.
class WriterWatch {
 public:
  /// Throws FileError if there is no such file, IoError if it cannot be read.
  explicit WriterWatch(const std::string& path);
  ~WriterWatch();
  WriterWatch(const WriterWatch&) = delete;
  WriterWatch& operator=(const WriterWatch&) = delete;
  /// True while a WriterLock is held on the file.
  bool HasWriter() const;
  /// How HDF5 left the file, read from its first bytes.
  enum class Left { kForeign, kClosed, kOpen };
  Left left() const;

 private:
  int fd_ = -1;
};

/// Gives the file `from` the name `to`; throws UsageError if that name is taken, IoError.
void NameNew(const std::string& from, const std::string& to);
/// The same over an existing `to`, after both are on the disk.
void NameOver(const std::string& from, const std::string& to);
/// Removes what an earlier process, killed while it prepared `path`, left there.
void RemoveLeftover(const std::string& path);
/// True if files can be made beside `path` and `path` can be written.
bool CanReplace(const std::string& path);

}  // namespace brasa::record
