#include "runners/loop/checkpoint_file.h"

#include <cstring>

#include "brasa/core/assert.h"
#include "brasa/core/error.h"
#include "runners/files/atomic_file.h"
#include "runners/files/crc32c.h"
#include "runners/loop/file_io.h"

namespace brasa {
namespace {

constexpr std::string_view kMagic = "BRASACKP";
constexpr std::size_t kVersionOffset = 8;
constexpr std::size_t kSectionsOffset = 12;
constexpr std::size_t kFileBytesOffset = 16;
constexpr std::size_t kDirectoryBytesOffset = 24;
constexpr std::size_t kHeadCrcOffset = 28;
constexpr std::size_t kHeadBytes = 32;
constexpr std::size_t kEntryBytes = 16;  // an entry without its name

template <typename T>
void Put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// The caller has checked that the value lies inside `bytes`.
template <typename T>
T Get(std::string_view bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::size_t DirectoryBytes(std::span<const SectionView> sections) {
  std::size_t size = sizeof(std::uint32_t);
  for (const SectionView& section : sections) size += kEntryBytes + section.name.size();
  return size;
}

std::string Directory(std::span<const SectionView> sections) {
  std::string out;
  for (const SectionView& section : sections) {
    Put(out, static_cast<std::uint32_t>(section.name.size()));
    out += section.name;
    Put(out, std::uint64_t{section.bytes.size()});
    Put(out, Crc32c(section.bytes));
  }
  Put(out, Crc32c(out));
  return out;
}

std::string Head(std::span<const SectionView> sections) {
  std::string out(kMagic);
  Put(out, kCheckpointVersion);
  Put(out, static_cast<std::uint32_t>(sections.size()));
  Put(out, CheckpointBytes(sections));
  Put(out, static_cast<std::uint32_t>(DirectoryBytes(sections)));
  Put(out, Crc32c(out));
  return out;
}

}  // namespace

std::uint64_t CheckpointBytes(std::span<const SectionView> sections) {
  std::uint64_t size = kHeadBytes + DirectoryBytes(sections);
  for (const SectionView& section : sections) size += section.bytes.size();
  return size;
}

void WriteCheckpoint(const std::filesystem::path& path, std::span<const SectionView> sections) {
  for (std::size_t i = 0; i < sections.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) BRASA_ASSERT(sections[i].name != sections[j].name);
  }
  RequireFreeSpace(ParentOf(path), CheckpointBytes(sections));
  const std::string front = Head(sections) + Directory(sections);
  std::vector<std::string_view> pieces = {front};
  for (const SectionView& section : sections) pieces.push_back(section.bytes);
  WriteFileAtomically(path, pieces);
}

Checkpoint Checkpoint::Read(const std::filesystem::path& path) {
  Checkpoint checkpoint(path, ReadFileBytes(path));
  checkpoint.ReadDirectory(checkpoint.VerifyHead());
  return checkpoint;
}

void Checkpoint::Fail(const std::string& what) const {
  throw FileError("checkpoint " + path_.string() + " " + what);
}

/// Returns the number of sections; after it the file is as long as its head says.
std::uint32_t Checkpoint::VerifyHead() const {
  const std::string_view start = std::string_view(bytes_).substr(0, kMagic.size());
  if (start != kMagic.substr(0, start.size())) {
    throw FileError(path_.string() + " is not a Brasa checkpoint");
  }
  if (bytes_.size() < kSectionsOffset) Fail("is truncated");
  const auto version = Get<std::uint32_t>(bytes_, kVersionOffset);
  if (version != kCheckpointVersion) {
    Fail("was written by format version " + std::to_string(version) + ", this program reads " +
         std::to_string(kCheckpointVersion));
  }
  if (bytes_.size() < kHeadBytes) Fail("is truncated");
  if (Get<std::uint32_t>(bytes_, kHeadCrcOffset) !=
      Crc32c(std::string_view(bytes_).substr(0, kHeadCrcOffset))) {
    Fail("is damaged in its head");
  }
  const auto expected = Get<std::uint64_t>(bytes_, kFileBytesOffset);
  if (bytes_.size() < expected) {
    Fail("is truncated: it has " + std::to_string(bytes_.size()) + " of " +
         std::to_string(expected) + " bytes");
  }
  if (bytes_.size() > expected) {
    Fail("has " + std::to_string(bytes_.size() - expected) + " bytes after its end");
  }
  return Get<std::uint32_t>(bytes_, kSectionsOffset);
}

void Checkpoint::ReadDirectory(std::uint32_t sections) {
  const std::size_t size = Get<std::uint32_t>(bytes_, kDirectoryBytesOffset);
  if (size < sizeof(std::uint32_t) || size > bytes_.size() - kHeadBytes) {
    Fail("is damaged in its directory");
  }
  const std::string_view all(bytes_);
  const std::string_view directory = all.substr(kHeadBytes, size - sizeof(std::uint32_t));
  if (Crc32c(directory) != Get<std::uint32_t>(all, kHeadBytes + directory.size())) {
    Fail("is damaged in its directory");
  }
  std::size_t at = 0;
  std::size_t offset = kHeadBytes + size;
  for (std::uint32_t i = 0; i < sections; ++i) {
    if (directory.size() - at < kEntryBytes) Fail("is damaged in its directory");
    const std::size_t name_size = Get<std::uint32_t>(directory, at);
    if (directory.size() - at - kEntryBytes < name_size) Fail("is damaged in its directory");
    const std::string name(directory.substr(at + sizeof(std::uint32_t), name_size));
    at += sizeof(std::uint32_t) + name_size;
    const auto section_size = Get<std::uint64_t>(directory, at);
    const auto crc = Get<std::uint32_t>(directory, at + sizeof section_size);
    at += sizeof section_size + sizeof crc;
    if (section_size > bytes_.size() - offset) Fail("is damaged in its directory");
    const auto count = static_cast<std::size_t>(section_size);
    if (Crc32c(all.substr(offset, count)) != crc) Fail("is damaged in section '" + name + "'");
    entries_.push_back({name, offset, count});
    offset += count;
  }
  if (at != directory.size() || offset != bytes_.size()) Fail("is damaged in its directory");
}

bool Checkpoint::Has(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.name == name) return true;
  }
  return false;
}

std::string_view Checkpoint::Bytes(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.name == name) return std::string_view(bytes_).substr(entry.offset, entry.size);
  }
  Fail("has no section '" + std::string(name) + "'");
}

StateReader Checkpoint::Section(std::string_view name) const {
  return {Bytes(name), "checkpoint " + path_.string() + ", section '" + std::string(name) + "',"};
}

std::vector<std::string> Checkpoint::names() const {
  std::vector<std::string> names;
  for (const Entry& entry : entries_) names.push_back(entry.name);
  return names;
}

}  // namespace brasa
