#include "runners/loop/run_directory.h"

#include <sys/stat.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "brasa/core/error.h"
#include "runners/loop/file_io.h"

namespace brasa {
namespace {

namespace fs = std::filesystem;

std::string NamePart(std::string_view text) {
  std::string part(text);
  for (char& c : part) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
    if (!kept) c = '_';
  }
  return part;
}

std::string TimeText(std::time_t now) {
  std::tm parts = {};
  ::localtime_r(&now, &parts);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &parts);
  return {text, size};
}

[[noreturn]] void ThrowCannotMake(const fs::path& directory, int error) {
  if (error == ENOTDIR || error == EEXIST) {
    throw FileError("cannot make " + directory.string() + ": a part of it is not a folder");
  }
  ThrowIoError("make", directory, error);
}

/// Makes `directory` and its parents unless they are there.
void MakeFolders(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) ThrowCannotMake(directory, error.value());
}

}  // namespace

fs::path CreateRunDirectory(const fs::path& root, std::string_view agent, std::string_view env,
                            std::time_t now) {
  MakeFolders(root);
  const std::string name = TimeText(now) + "-" + NamePart(agent) + "-" + NamePart(env);
  for (int number = 1;; ++number) {
    const fs::path path = root / (number == 1 ? name : name + "-" + std::to_string(number));
    if (::mkdir(path.c_str(), 0777) == 0) {
      SyncDirectory(root);
      return path;
    }
    if (errno != EEXIST) ThrowCannotMake(path, errno);
  }
}

void UseRunDirectory(const fs::path& directory) {
  std::error_code error;
  const fs::file_status status = fs::status(directory, error);
  if (fs::exists(status) && !fs::is_directory(status)) {
    throw FileError(directory.string() + " is not a folder");
  }
  MakeFolders(directory);
  const bool empty = fs::is_empty(directory, error);
  if (error) ThrowIoError("read", directory, error.value());
  if (!empty) {
    throw UsageError(directory.string() +
                     " exists and is not empty; give a new or an empty folder");
  }
}

}  // namespace brasa
