// A checkpoint: named sections of bytes in one file that is verified before it is believed.
//
// Layout, little-endian:
//   head       "BRASACKP", u32 format version, u32 sections, u64 bytes of the whole file,
//              u32 bytes of the directory, u32 CRC-32C of the 28 bytes before
//   directory  per section: u32 length of the name, name, u64 bytes, u32 CRC-32C of the bytes;
//              at its end u32 CRC-32C of the directory (counted in its size)
//   sections   their bytes, one after the other
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/core/archive.h"

namespace brasa {

inline constexpr std::uint32_t kCheckpointVersion = 1;

/// A section to write; borrows the bytes, usually of a StateWriter.
struct SectionView {
  std::string_view name;
  std::string_view bytes;
};

/// Bytes of the file that WriteCheckpoint would make.
std::uint64_t CheckpointBytes(std::span<const SectionView> sections);

/// Writes `path` whole or not at all. Section names differ from each other. Throws IoError, nothing
/// written, if the disk has too little room (needed and free bytes are named) or a write fails.
void WriteCheckpoint(const std::filesystem::path& path, std::span<const SectionView> sections);

/// A checkpoint that was read and verified. Holds the file's bytes.
class Checkpoint {
 public:
  /// Throws FileError naming `path` and the fault: missing, foreign, of another format version,
  /// truncated, or which section is damaged.
  static Checkpoint Read(const std::filesystem::path& path);

  bool Has(std::string_view name) const;
  /// The bytes of a section; valid while this object lives and is not moved. Throws FileError if
  /// there is none of that name.
  std::string_view Bytes(std::string_view name) const;
  /// A reader over Bytes(name) that names file and section in its errors.
  StateReader Section(std::string_view name) const;
  std::vector<std::string> names() const;
  const std::filesystem::path& path() const { return path_; }

 private:
  struct Entry {
    std::string name;
    std::size_t offset;
    std::size_t size;
  };
  Checkpoint(std::filesystem::path path, std::string bytes)
      : path_(std::move(path)), bytes_(std::move(bytes)) {}
  std::uint32_t VerifyHead() const;
  void ReadDirectory(std::uint32_t sections);
  [[noreturn]] void Fail(const std::string& what) const;

  std::filesystem::path path_;
  std::string bytes_;
  std::vector<Entry> entries_;
};

}  // namespace brasa
