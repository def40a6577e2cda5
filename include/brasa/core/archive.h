// Named, typed sequences of values: what checkpoints and world snapshots are made of.
// Every entry carries its name, type and count, so a reader that disagrees with the writer fails at
// the first entry that differs and names it. Little-endian, the order of writing is the order of
// reading.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "brasa/core/assert.h"
#include "brasa/core/error.h"

namespace brasa {

static_assert(std::endian::native == std::endian::little, "files are little-endian");

namespace internal {

template <typename T>
concept ArchiveElement = std::is_arithmetic_v<T> || std::is_enum_v<T>;

/// 'i', 'u' or 'f' and the size in bytes.
template <ArchiveElement T>
constexpr std::uint16_t ArchiveType() {
  const char kind = std::is_floating_point_v<T> ? 'f' : (std::is_signed_v<T> ? 'i' : 'u');
  return static_cast<std::uint16_t>((static_cast<unsigned>(kind) << 8) | sizeof(T));
}

/// "f4", "u1": an ArchiveType as errors tell it.
inline std::string ArchiveTypeText(std::uint16_t type) {
  return static_cast<char>(type >> 8) + std::to_string(type & 255u);
}

}  // namespace internal

/// Collects entries into memory.
class StateWriter {
 public:
  template <internal::ArchiveElement T>
  void Write(std::string_view name, const T& value) {
    WriteSpan(name, std::span<const T>(&value, 1));
  }
  template <internal::ArchiveElement T>
  void WriteSpan(std::string_view name, std::span<const T> values) {
    Head(name, internal::ArchiveType<T>(), values.size());
    Append(values.data(), values.size_bytes());
  }
  template <internal::ArchiveElement T>
  void WriteVector(std::string_view name, const std::vector<T>& values) {
    WriteSpan(name, std::span<const T>(values));
  }
  void WriteText(std::string_view name, std::string_view text) {
    WriteSpan(name, std::span<const char>(text.data(), text.size()));
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void Head(std::string_view name, std::uint16_t type, std::uint64_t count) {
    BRASA_ASSERT(name.size() <= 65535);
    const auto length = static_cast<std::uint16_t>(name.size());
    Append(&length, sizeof length);
    Append(name.data(), name.size());
    Append(&type, sizeof type);
    Append(&count, sizeof count);
  }
  void Append(const void* data, std::size_t size) {
    if (size > 0) bytes_.append(static_cast<const char*>(data), size);
  }

  std::string bytes_;
};

/// Reads what a StateWriter wrote. Throws FileError naming `source` and the entry.
class StateReader {
 public:
  /// `bytes` must outlive the reader; `source` names the file in errors.
  StateReader(std::string_view bytes, std::string source)
      : bytes_(bytes), source_(std::move(source)) {}

  template <internal::ArchiveElement T>
  void Read(std::string_view name, T& value) {
    ReadSpan(name, std::span<T>(&value, 1));
  }
  /// Fills all of `values`; a stored count that differs is an error.
  template <internal::ArchiveElement T>
  void ReadSpan(std::string_view name, std::span<T> values) {
    const std::uint64_t count = Head(name, internal::ArchiveType<T>());
    if (count != values.size()) {
      throw FileError(source_ + ": '" + std::string(name) + "' has " + std::to_string(count) +
                      " values, expected " + std::to_string(values.size()));
    }
    Take(values.data(), values.size_bytes());
  }
  template <internal::ArchiveElement T>
  void ReadVector(std::string_view name, std::vector<T>& values) {
    const std::uint64_t count = Head(name, internal::ArchiveType<T>());
    if (count > (bytes_.size() - at_) / sizeof(T)) Fail("is truncated in '" + std::string(name));
    values.resize(static_cast<std::size_t>(count));
    Take(values.data(), values.size() * sizeof(T));
  }
  std::string ReadText(std::string_view name) {
    std::vector<char> text;
    ReadVector(name, text);
    return {text.begin(), text.end()};
  }
  /// True when every entry has been read.
  bool AtEnd() const { return at_ == bytes_.size(); }
  const std::string& source() const { return source_; }

 private:
  [[noreturn]] void Fail(const std::string& what) const {
    throw FileError(source_ + " " + what + "'");
  }
  std::uint64_t Head(std::string_view name, std::uint16_t type) {
    std::uint16_t length = 0;
    Take(&length, sizeof length);
    if (length > bytes_.size() - at_) Fail("is truncated before '" + std::string(name));
    const std::string_view found = bytes_.substr(at_, length);
    at_ += length;
    std::uint16_t found_type = 0;
    std::uint64_t count = 0;
    Take(&found_type, sizeof found_type);
    Take(&count, sizeof count);
    if (found != name) {
      Fail("holds '" + std::string(found) + "' where this version expects '" + std::string(name));
    }
    if (found_type != type) {
      throw FileError(source_ + " holds '" + std::string(name) + "' of type " +
                      internal::ArchiveTypeText(found_type) + " where this version expects " +
                      internal::ArchiveTypeText(type));
    }
    return count;
  }
  void Take(void* out, std::size_t size) {
    if (size > bytes_.size() - at_) Fail("is truncated at byte '" + std::to_string(at_));
    if (size > 0) std::memcpy(out, bytes_.data() + at_, size);
    at_ += size;
  }

  std::string_view bytes_;
  std::string source_;
  std::size_t at_ = 0;
};

}  // namespace brasa
