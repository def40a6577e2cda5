// The folder that a run's outputs go to.
#pragma once

#include <ctime>
#include <filesystem>
#include <string_view>

namespace brasa {

/// Makes `root`/<YYYYmmdd-HHMMSS>-<agent>-<env> and returns its path. The time is `now` in local
/// time. mkdir decides who owns a name: where it is taken, -2, -3, .. is appended. Characters of
/// agent and env outside [A-Za-z0-9._-] become '_'. Missing parents of `root` are made.
/// Throws IoError (read-only, disk full) or FileError (`root` is not a folder).
std::filesystem::path CreateRunDirectory(const std::filesystem::path& root, std::string_view agent,
                                         std::string_view env, std::time_t now);

/// Makes `directory` the run's folder: it is made, or is there and empty. Throws UsageError if it
/// is not empty, FileError if it is no folder, IoError if it cannot be made or read.
void UseRunDirectory(const std::filesystem::path& directory);

}  // namespace brasa
