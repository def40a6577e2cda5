// What the outputs of a run share: descriptors that close themselves, whole writes, one-line
// errors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace brasa {

/// Whether a call returns before or after the bytes are on the disk.
enum class Sync { kNo, kYes };

/// Owns a file descriptor; -1 is none.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor();

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_;
};

/// Throws IoError "cannot DOING PATH: text of ERROR".
[[noreturn]] void ThrowIoError(std::string_view doing, const std::filesystem::path& path,
                               int error);

/// Writes all of `bytes` at `offset`. Returns 0 or the errno of the write that failed.
int WriteAllAt(int fd, std::string_view bytes, std::int64_t offset);

/// The folder that holds `path`; "." where the path names none.
std::filesystem::path ParentOf(const std::filesystem::path& path);

/// Puts the names in `directory` on the disk. Throws IoError.
void SyncDirectory(const std::filesystem::path& directory);

/// The bytes of `path`, or the first `limit` of them. Throws FileError if it is missing or no file,
/// IoError if the machine cannot read it.
std::string ReadFileBytes(const std::filesystem::path& path, std::int64_t limit = INT64_MAX);

/// Throws IoError naming the needed and the free bytes if the disk of `directory` has fewer than
/// `bytes` free for this user.
void RequireFreeSpace(const std::filesystem::path& directory, std::uint64_t bytes);

}  // namespace brasa
