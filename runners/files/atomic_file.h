// Files that are there whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace brasa {

/// Bytes are written to `path`.tmp, which Commit syncs and renames over `path`; it is removed if
/// Commit is never reached. After a crash at any moment `path` holds the old or the new bytes,
/// never a mixture. Errors name `path`, which then is as it was: FileError if its folder is missing
/// or it is no regular file, IoError for what the machine refuses.
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
  /// Puts the file and its name on the disk. Nothing may be called afterwards.
  void Commit();

 private:
  std::string path_;
  std::string temporary_;
  int descriptor_ = -1;
  int error_ = 0;  // errno of the first failed write
};

/// Makes `path` hold the concatenated `pieces`. Errors as AtomicFile.
void WriteFileAtomically(const std::filesystem::path& path,
                         std::span<const std::string_view> pieces);
void WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace brasa
