#include "runners/experiment/files.h"

#include <fstream>
#include <iterator>
#include <system_error>

#include "brasa/core/error.h"

namespace brasa {

namespace fs = std::filesystem;

void MakeFolder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw IoError("cannot make the folder '" + path.string() + "': " + error.message());
}

void MakeEmptyFolder(const fs::path& path) {
  MakeFolder(path);
  if (fs::is_empty(path)) return;
  throw UsageError(path.string() + " exists and is not empty; give a new or an empty folder");
}

std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || fs::is_directory(path)) throw FileError("cannot read '" + path.string() + "'");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace brasa
