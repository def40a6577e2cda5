#include "runners/loop/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>

#include "runners/loop/file_io.h"

namespace brasa {
namespace {

/// Writes and syncs `pieces`. Returns 0 or an errno.
int WriteWhole(int fd, std::span<const std::string_view> pieces) {
  std::int64_t offset = 0;
  for (const std::string_view piece : pieces) {
    if (const int error = WriteAllAt(fd, piece, offset)) return error;
    offset += static_cast<std::int64_t>(piece.size());
  }
  return ::fsync(fd) == 0 ? 0 : errno;
}

}  // namespace

void WriteFileAtomically(const std::filesystem::path& path,
                         std::span<const std::string_view> pieces) {
  const std::filesystem::path beside = path.string() + ".tmp";
  const FileDescriptor fd(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!fd.open()) ThrowIoError("write", path, errno);
  int error = WriteWhole(fd.get(), pieces);
  if (error == 0 && std::rename(beside.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(beside.c_str());
    ThrowIoError("write", path, error);
  }
  SyncDirectory(ParentOf(path));
}

void WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes) {
  WriteFileAtomically(path, std::span<const std::string_view>(&bytes, 1));
}

}  // namespace brasa
