// Folders and texts of experiments.
#pragma once

#include <filesystem>
#include <string>

namespace brasa {

/// Makes the folder and those above it. Throws IoError.
void MakeFolder(const std::filesystem::path& path);

/// Makes the folder unless it is there and empty. Throws UsageError where it holds something.
void MakeEmptyFolder(const std::filesystem::path& path);

/// The bytes of a file. Throws FileError.
std::string ReadText(const std::filesystem::path& path);

}  // namespace brasa
