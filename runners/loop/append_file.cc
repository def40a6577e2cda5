#include "runners/loop/append_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <system_error>

#include "brasa/core/error.h"

namespace brasa {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} << 10;

}  // namespace

AppendFile::AppendFile(std::filesystem::path path, int flags)
    : path_(std::move(path)),
      fd_(::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_CREAT | flags, 0666)) {
  if (!fd_.open() && errno == EEXIST) {
    throw UsageError(path_.string() + " exists and is not overwritten");
  }
  if (!fd_.open()) ThrowIoError("open", path_, errno);
  // File systems without locks answer something other than EWOULDBLOCK.
  if (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw UsageError(path_.string() + " is being written by another process");
  }
  struct stat status = {};
  if (::fstat(fd_.get(), &status) != 0) ThrowIoError("open", path_, errno);
  if (!S_ISREG(status.st_mode)) throw FileError(path_.string() + " is not a regular file");
  written_ = status.st_size;
}

AppendFile AppendFile::Create(const std::filesystem::path& path) {
  AppendFile file(path, O_EXCL);
  SyncDirectory(ParentOf(path));
  return file;
}

AppendFile AppendFile::Resume(const std::filesystem::path& path, std::int64_t length) {
  if (length > 0 && !std::filesystem::exists(path)) {
    throw FileError(path.string() + " does not exist; " + std::to_string(length) +
                    " bytes of it are needed");
  }
  AppendFile file(path, 0);
  file.TruncateTo(length);
  return file;
}

AppendFile::~AppendFile() {
  if (!fd_.open()) return;
  try {
    Flush(Sync::kNo);
  } catch (const std::exception&) {
    // Told to whoever called Flush; here nobody could be told.
  }
}

void AppendFile::Append(std::string_view record) {
  buffer_ += record;
  if (buffer_.size() >= kBufferBytes) Flush(Sync::kNo);
}

void AppendFile::Flush(Sync sync) {
  if (const int error = WriteAllAt(fd_.get(), buffer_, written_)) {
    const bool whole = ::ftruncate(fd_.get(), written_) == 0;
    throw IoError("cannot write " + path_.string() + ": " + std::generic_category().message(error) +
                  (whole ? "" : " (its last record is cut)"));
  }
  written_ += static_cast<std::int64_t>(buffer_.size());
  buffer_.clear();
  if (sync == Sync::kYes && ::fsync(fd_.get()) != 0) ThrowIoError("sync", path_, errno);
}

void AppendFile::TruncateTo(std::int64_t length) {
  Flush(Sync::kNo);
  if (length < 0 || length > written_) {
    throw FileError(path_.string() + " has " + std::to_string(written_) + " bytes, " +
                    std::to_string(length) + " are needed");
  }
  if (::ftruncate(fd_.get(), length) != 0) ThrowIoError("cut", path_, errno);
  written_ = length;
}

}  // namespace brasa
