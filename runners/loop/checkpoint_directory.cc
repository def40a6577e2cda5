#include "runners/loop/checkpoint_directory.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "brasa/core/assert.h"
#include "brasa/core/error.h"
#include "runners/loop/file_io.h"

namespace brasa {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "step-";
constexpr std::string_view kSuffix = ".ckpt";
constexpr std::size_t kDigits = 12;

struct StepFile {
  std::int64_t step;
  fs::path path;
};

std::string FileName(std::int64_t step) {
  const std::string digits = std::to_string(step);
  const std::string zeros(kDigits - std::min(kDigits, digits.size()), '0');
  return std::string(kPrefix) + zeros + digits + std::string(kSuffix);
}

/// The step in `name`, or -1 if it is not exactly the name of a checkpoint.
std::int64_t StepOf(std::string_view name) {
  if (!name.starts_with(kPrefix)) return -1;
  std::int64_t step = -1;
  std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), step);
  return step >= 0 && name == FileName(step) ? step : -1;
}

std::vector<fs::path> Entries(const fs::path& directory) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    paths.push_back(at->path());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    ThrowIoError("read", directory, error.value());
  }
  return paths;
}

/// Newest first.
std::vector<StepFile> StepFiles(const fs::path& directory) {
  std::vector<StepFile> files;
  for (const fs::path& path : Entries(directory)) {
    const std::int64_t step = StepOf(path.filename().string());
    if (step >= 0) files.push_back({step, path});
  }
  std::sort(files.begin(), files.end(),
            [](const StepFile& a, const StepFile& b) { return a.step > b.step; });
  return files;
}

void RemoveOthers(const fs::path& directory, std::int64_t newest) {
  const auto remove = [](const fs::path& path) {
    std::error_code error;
    fs::remove(path, error);
    if (error) ThrowIoError("remove", path, error.value());
  };
  int older = 0;
  for (const StepFile& file : StepFiles(directory)) {
    if (file.step > newest || (file.step < newest && ++older > 1)) remove(file.path);
  }
  const std::string half_written = std::string(kSuffix) + ".tmp";
  for (const fs::path& path : Entries(directory)) {
    const std::string name = path.filename().string();
    if (name.starts_with(kPrefix) && name.ends_with(half_written)) remove(path);
  }
}

}  // namespace

fs::path WriteRunCheckpoint(const fs::path& directory, std::int64_t step,
                            std::span<const SectionView> sections) {
  BRASA_ASSERT(step >= 0);
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) ThrowIoError("make", directory, error.value());
  const fs::path path = directory / FileName(step);
  WriteCheckpoint(path, sections);
  RemoveOthers(directory, step);
  return path;
}

LatestCheckpoint FindLatestCheckpoint(const fs::path& directory) {
  std::vector<std::string> skipped;
  for (const StepFile& file : StepFiles(directory)) {
    try {
      return {Checkpoint::Read(file.path), file.step, std::move(skipped)};
    } catch (const Error& error) {
      skipped.push_back(error.what());
    }
  }
  if (skipped.empty()) throw FileError(directory.string() + " holds no checkpoint");
  throw FileError("no checkpoint in " + directory.string() + " can be read: " + skipped.front());
}

}  // namespace brasa
