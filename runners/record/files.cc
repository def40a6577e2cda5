#include "runners/record/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <utility>

#include "brasa/core/error.h"

namespace brasa::record {
namespace {

std::string Reason() { return strerror(errno); }

// One byte far behind any data: HDF5 and other readers lock nothing there.
struct flock WriterByte(short type) {
  struct flock lock = {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = off_t{1} << 62;
  lock.l_len = 1;
  return lock;
}

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder;
}

void Sync(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  const std::string reason = Reason();
  if (fd >= 0) close(fd);
  if (!synced) throw IoError(path + ": cannot be synced to the disk: " + reason);
}

}  // namespace

WriterLock::WriterLock(WriterLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

WriterLock& WriterLock::operator=(WriterLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

WriterLock::~WriterLock() {
  if (fd_ >= 0) close(fd_);
}

bool WriterLock::TryTake(const std::string& path) {
  if (fd_ >= 0) close(fd_);
  fd_ = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd_ < 0) throw IoError(path + ": cannot be opened for writing: " + Reason());
  struct flock lock = WriterByte(F_WRLCK);
  if (fcntl(fd_, F_OFD_SETLK, &lock) == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  throw IoError(path + ": cannot be locked: " + Reason());
}

bool WriterLock::StillNamed(const std::string& path) const {
  struct stat held = {}, named = {};
  return fstat(fd_, &held) == 0 && stat(path.c_str(), &named) == 0 && held.st_dev == named.st_dev &&
         held.st_ino == named.st_ino;
}

WriterWatch::WriterWatch(const std::string& path) {
  fd_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0 && (errno == ENOENT || errno == ENOTDIR)) {
    throw FileError(path + ": there is no such file");
  }
  if (fd_ < 0) throw IoError(path + ": cannot be opened: " + Reason());
  struct stat about = {};
  if (fstat(fd_, &about) == 0 && S_ISREG(about.st_mode)) return;
  close(fd_);
  throw FileError(path + ": is no file");
}

WriterWatch::~WriterWatch() { close(fd_); }

bool WriterWatch::HasWriter() const {
  struct flock lock = WriterByte(F_WRLCK);
  return fcntl(fd_, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

WriterWatch::Left WriterWatch::left() const {
  // HDF5 file format specification 3.0, section II.A: signature, version of the superblock, size
  // of offsets, size of lengths, and from version 3 on consistency flags, bit 0: open for writing.
  constexpr std::array<unsigned char, 8> kSignature = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n'};
  std::array<unsigned char, 12> head = {};
  const ssize_t got = pread(fd_, head.data(), head.size(), 0);
  if (got != static_cast<ssize_t>(head.size())) return Left::kForeign;
  if (memcmp(head.data(), kSignature.data(), kSignature.size()) != 0) return Left::kForeign;
  return head[8] >= 3 && (head[11] & 1) != 0 ? Left::kOpen : Left::kClosed;
}

void NameNew(const std::string& from, const std::string& to) {
  int result = renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
  if (result != 0 && errno == EINVAL) {  // a file system that cannot refuse to replace
    result = access(to.c_str(), F_OK) == 0 ? -1 : rename(from.c_str(), to.c_str());
    if (result != 0 && access(to.c_str(), F_OK) == 0) errno = EEXIST;
  }
  if (result == 0) return;
  const std::string reason = Reason();
  const bool taken = errno == EEXIST;
  unlink(from.c_str());
  if (taken) throw UsageError(to + ": exists already; a recording overwrites nothing");
  throw IoError(to + ": cannot be made: " + reason);
}

void NameOver(const std::string& from, const std::string& to) {
  struct stat old = {};
  if (stat(to.c_str(), &old) == 0) chmod(from.c_str(), old.st_mode & 07777);
  Sync(from);
  if (rename(from.c_str(), to.c_str()) != 0) {
    throw IoError(to + ": cannot be replaced: " + Reason());
  }
  Sync(FolderOf(to));
}

void RemoveLeftover(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0) return;
  if (WriterLock lock; !lock.TryTake(path)) {
    throw UsageError(path + ": another process is writing this recording");
  }
  if (unlink(path.c_str()) != 0) throw IoError(path + ": cannot be removed: " + Reason());
}

bool CanReplace(const std::string& path) {
  return faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) == 0 &&
         faccessat(AT_FDCWD, FolderOf(path).c_str(), W_OK | X_OK, AT_EACCESS) == 0;
}

}  // namespace brasa::record
