#include "runners/files/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "brasa/core/error.h"

namespace brasa {
namespace {

[[noreturn]] void ThrowErrno(const std::string& path, int error) {
  const std::string line = "cannot write '" + path + "': " + std::strerror(error);
  if (error == ENOENT || error == ENOTDIR) throw FileError(line);
  throw IoError(line);
}

/// Puts the names in `folder` on the disk. Returns 0 or an errno.
int SyncFolder(const std::filesystem::path& folder) {
  const int fd = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno == EACCES ? 0 : errno;  // a folder that may be written but not read
  // EINVAL: a file system that has nothing to sync for a folder.
  const int error = fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
  close(fd);
  return error;
}

}  // namespace

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)), temporary_(path_ + ".tmp") {
  struct stat found;
  if (stat(path_.c_str(), &found) == 0 && !S_ISREG(found.st_mode)) {
    throw FileError("cannot write '" + path_ + "': it exists and is not a regular file");
  }
  descriptor_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor_ < 0) ThrowErrno(path_, errno);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  close(descriptor_);
  unlink(temporary_.c_str());
}

bool AtomicFile::Write(const void* data, std::size_t size) {
  const auto* at = static_cast<const char*>(data);
  while (error_ == 0 && size > 0) {
    const ssize_t written = write(descriptor_, at, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      error_ = errno;
      break;
    }
    at += written;
    size -= static_cast<std::size_t>(written);
  }
  return error_ == 0;
}

void AtomicFile::Check() const {
  if (error_ != 0) ThrowErrno(path_, error_);
}

void AtomicFile::Commit() {
  Check();
  if (fsync(descriptor_) != 0) ThrowErrno(path_, errno);
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) ThrowErrno(path_, errno);
  close(std::exchange(descriptor_, -1));
  const int error = SyncFolder(std::filesystem::path(path_).parent_path());
  if (error != 0) ThrowErrno(path_, error);
}

void WriteFileAtomically(const std::filesystem::path& path,
                         std::span<const std::string_view> pieces) {
  AtomicFile file(path.string());
  for (const std::string_view piece : pieces) file.Write(piece.data(), piece.size());
  file.Commit();
}

void WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes) {
  WriteFileAtomically(path, std::span<const std::string_view>(&bytes, 1));
}

}  // namespace brasa
