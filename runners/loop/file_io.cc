#include "runners/loop/file_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "brasa/core/error.h"

namespace brasa {

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

void ThrowIoError(std::string_view doing, const std::filesystem::path& path, int error) {
  throw IoError("cannot " + std::string(doing) + " " + path.string() + ": " +
                std::generic_category().message(error));
}

int WriteAllAt(int fd, std::string_view bytes, std::int64_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (written == 0) return ENOSPC;
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += written;
  }
  return 0;
}

std::filesystem::path ParentOf(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

void SyncDirectory(const std::filesystem::path& directory) {
  const FileDescriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.open()) ThrowIoError("open", directory, errno);
  // EINVAL: a file system that has nothing to sync for a folder.
  if (::fsync(fd.get()) != 0 && errno != EINVAL) ThrowIoError("sync", directory, errno);
}

std::string ReadFileBytes(const std::filesystem::path& path, std::int64_t limit) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.open() && (errno == ENOENT || errno == ENOTDIR)) {
    throw FileError(path.string() + " does not exist");
  }
  if (!fd.open()) ThrowIoError("open", path, errno);
  struct stat status = {};
  if (::fstat(fd.get(), &status) != 0) ThrowIoError("read", path, errno);
  if (!S_ISREG(status.st_mode)) throw FileError(path.string() + " is not a regular file");
  std::string bytes(static_cast<std::size_t>(std::min<std::int64_t>(status.st_size, limit)), '\0');
  std::size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t got = ::read(fd.get(), bytes.data() + at, bytes.size() - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) ThrowIoError("read", path, errno);
    if (got == 0) break;
    at += static_cast<std::size_t>(got);
  }
  bytes.resize(at);
  return bytes;
}

void RequireFreeSpace(const std::filesystem::path& directory, std::uint64_t bytes) {
  struct statvfs status = {};
  if (::statvfs(directory.c_str(), &status) != 0) ThrowIoError("open", directory, errno);
  const std::uint64_t available = std::uint64_t{status.f_bavail} * status.f_frsize;
  if (available < bytes) {
    throw IoError("cannot write to " + directory.string() + ": " + std::to_string(bytes) +
                  " bytes are needed, " + std::to_string(available) + " are free");
  }
}

}  // namespace brasa
