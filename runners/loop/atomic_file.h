// Files that are there whole or not at all.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

namespace brasa {

/// Makes `path` hold the concatenated `pieces`: writes `path`.tmp beside it, syncs it, renames it
/// over `path` and syncs the folder. After a crash at any moment `path` holds the old or the new
/// bytes, never a mixture. Throws IoError naming the path; then `path` is as it was and
/// `path`.tmp is gone.
void WriteFileAtomically(const std::filesystem::path& path,
                         std::span<const std::string_view> pieces);
void WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace brasa
