// A file that appears whole or not at all.
#pragma once

#include <cstddef>
#include <string>

namespace brasa {

/// Bytes are written to `path`.tmp, which Commit syncs and renames to `path`; it is removed if
/// Commit is never reached. Errors name `path`: FileError if its folder is missing or it is no
/// regular file, IoError for what the machine refuses.
class AtomicFile {
 public:
  explicit AtomicFile(std::string path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends. False after the first failure, which Commit throws: made for the callbacks of C
  /// libraries, through which nothing may be thrown.
  bool Write(const void* data, std::size_t size);
  /// Throws the first error of Write, if there was one.
  void Check() const;
  /// Nothing may be called afterwards.
  void Commit();

 private:
  std::string path_;
  std::string temporary_;
  int descriptor_ = -1;
  int error_ = 0;  // errno of the first failed write
};

}  // namespace brasa
