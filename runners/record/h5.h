// A thin face over the HDF5 C interface that keeps its header out of other headers: identifiers
// that close themselves, one user at a time, errors in one line, attributes.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace brasa::record {

/// An HDF5 identifier, closed when it goes out of scope. Destroy it inside a Session.
class Id {
 public:
  Id() = default;
  explicit Id(std::int64_t id) : id_(id) {}
  Id(Id&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Id& operator=(Id&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Id() { Close(); }
  void Close();
  /// Forgets an identifier that has been closed already.
  void Release() { id_ = -1; }
  bool valid() const { return id_ >= 0; }
  std::int64_t get() const { return id_; }

 private:
  std::int64_t id_ = -1;
};

/// While it lives, HDF5 belongs to this thread and prints nothing. Sessions nest.
class Session {
 public:
  Session();
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

 private:
  void* print_ = nullptr;  // what HDF5 called to print errors before
  void* print_data_ = nullptr;
};

/// Throws IoError "PATH: WHAT: the system's reason", the reason taken from HDF5's last error.
[[noreturn]] void ThrowIo(const std::string& path, const std::string& what);
/// `id` if it is valid, else ThrowIo.
Id CheckId(std::int64_t id, const std::string& path, const std::string& what);
void CheckCall(int status, const std::string& path, const std::string& what);

/// Element types of the file; all little-endian, all of fixed size.
enum class Type : std::uint8_t { kUint8, kInt32, kUint32, kInt64, kUint64, kFloat32, kFloat64 };
int TypeSize(Type type);
/// HDF5's identifier of a type, in file and memory alike; not to be closed.
std::int64_t TypeId(Type type);

template <typename T>
constexpr Type TypeOf() {
  if constexpr (sizeof(T) == 1) return Type::kUint8;
  if constexpr (std::is_same_v<T, float>) return Type::kFloat32;
  if constexpr (std::is_same_v<T, double>) return Type::kFloat64;
  if constexpr (sizeof(T) == 4) return std::is_signed_v<T> ? Type::kInt32 : Type::kUint32;
  return std::is_signed_v<T> ? Type::kInt64 : Type::kUint64;
}

/// Attributes of one object. Writing throws IoError; reading throws FileError naming file and
/// attribute where it is missing or of another type.
class Attributes {
 public:
  Attributes(std::int64_t object, std::string path) : object_(object), path_(std::move(path)) {}

  void WriteText(const std::string& name, const std::string& text);
  void WriteTexts(const std::string& name, const std::vector<std::string>& texts);
  /// A scalar where count is -1, else an array of `count` elements.
  void WriteNumbers(const std::string& name, Type type, const void* values, std::int64_t count);

  std::string ReadText(const std::string& name);
  std::vector<std::string> ReadTexts(const std::string& name);
  void ReadNumber(const std::string& name, Type type, void* value);
  /// The bytes of an array.
  std::vector<std::uint8_t> ReadNumbers(const std::string& name, Type type);

 private:
  void WriteStrings(const std::string& name, const std::vector<std::string>& texts, bool scalar);
  std::vector<std::string> ReadStrings(const std::string& name, bool scalar);
  Id Open(const std::string& name, bool scalar, std::int64_t& count);
  [[noreturn]] void Fail(const std::string& name, const std::string& what) const;

  std::int64_t object_;
  std::string path_;
};

}  // namespace brasa::record
