#include "runners/record/h5.h"

#include <hdf5.h>

#include <algorithm>
#include <mutex>
#include <type_traits>

#include "brasa/core/error.h"

namespace brasa::record {
namespace {

static_assert(std::is_same_v<hid_t, std::int64_t>, "HDF5 1.10 or later");

std::recursive_mutex& Mutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

// Keeps the system's reason out of HDF5's description of a failed call:
// "..., errno = 28, error message = 'No space left on device', buf = ...".
herr_t FindReason(unsigned, const H5E_error2_t* error, void* reason) {
  const std::string text = error->desc == nullptr ? "" : error->desc;
  const std::string mark = "error message = '";
  const std::size_t begin = text.find(mark);
  if (begin == std::string::npos) return 0;
  const std::size_t start = begin + mark.size();
  *static_cast<std::string*>(reason) = text.substr(start, text.find('\'', start) - start);
  return 0;
}

Id StringType(std::size_t size) {
  Id type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.get(), size);
  H5Tset_strpad(type.get(), H5T_STR_NULLPAD);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  return type;
}

Id Space(bool scalar, std::int64_t count) {
  if (scalar) return Id(H5Screate(H5S_SCALAR));
  const auto size = static_cast<hsize_t>(count);
  return Id(H5Screate_simple(1, &size, nullptr));
}

}  // namespace

void Id::Close() {
  if (id_ >= 0) H5Idec_ref(id_);
  id_ = -1;
}

// At the end of the process HDF5 would write to files that are still open and complain about what a
// damaged file left in its caches; a file that was not closed is to stay as a kill leaves it.
Session::Session() {
  static const herr_t kNothingAtExit = H5dont_atexit();
  static_cast<void>(kNothingAtExit);
  Mutex().lock();
  H5E_auto2_t print = nullptr;
  H5Eget_auto2(H5E_DEFAULT, &print, &print_data_);
  print_ = reinterpret_cast<void*>(print);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Session::~Session() {
  H5Eset_auto2(H5E_DEFAULT, reinterpret_cast<H5E_auto2_t>(print_), print_data_);
  Mutex().unlock();
}

void ThrowIo(const std::string& path, const std::string& what) {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, FindReason, &reason);
  throw IoError(path + ": " + what + (reason.empty() ? "" : ": " + reason));
}

Id CheckId(std::int64_t id, const std::string& path, const std::string& what) {
  if (id < 0) ThrowIo(path, what);
  return Id(id);
}

void CheckCall(int status, const std::string& path, const std::string& what) {
  if (status < 0) ThrowIo(path, what);
}

int TypeSize(Type type) {
  if (type == Type::kUint8) return 1;
  return type == Type::kInt64 || type == Type::kUint64 || type == Type::kFloat64 ? 8 : 4;
}

std::int64_t TypeId(Type type) {
  switch (type) {
    case Type::kUint8:
      return H5T_STD_U8LE;
    case Type::kInt32:
      return H5T_STD_I32LE;
    case Type::kUint32:
      return H5T_STD_U32LE;
    case Type::kInt64:
      return H5T_STD_I64LE;
    case Type::kUint64:
      return H5T_STD_U64LE;
    case Type::kFloat32:
      return H5T_IEEE_F32LE;
    case Type::kFloat64:
      return H5T_IEEE_F64LE;
  }
  return -1;
}

void Attributes::WriteText(const std::string& name, const std::string& text) {
  WriteStrings(name, {text}, true);
}

void Attributes::WriteTexts(const std::string& name, const std::vector<std::string>& texts) {
  WriteStrings(name, texts, false);
}

void Attributes::WriteStrings(const std::string& name, const std::vector<std::string>& texts,
                              bool scalar) {
  std::size_t size = 1;
  for (const std::string& text : texts) size = std::max(size, text.size());
  std::vector<char> cells(size * std::max<std::size_t>(1, texts.size()), '\0');
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::copy(texts[i].begin(), texts[i].end(), cells.begin() + static_cast<long>(i * size));
  }
  const Id type = StringType(size);
  const Id space = Space(scalar, static_cast<std::int64_t>(texts.size()));
  const Id attribute =
      CheckId(H5Acreate2(object_, name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
              path_, "cannot write attribute '" + name + "'");
  CheckCall(H5Awrite(attribute.get(), type.get(), cells.data()), path_,
            "cannot write attribute '" + name + "'");
}

void Attributes::WriteNumbers(const std::string& name, Type type, const void* values,
                              std::int64_t count) {
  const Id space = Space(count < 0, count);
  const Id attribute = CheckId(
      H5Acreate2(object_, name.c_str(), TypeId(type), space.get(), H5P_DEFAULT, H5P_DEFAULT), path_,
      "cannot write attribute '" + name + "'");
  if (count == 0) return;
  CheckCall(H5Awrite(attribute.get(), TypeId(type), values), path_,
            "cannot write attribute '" + name + "'");
}

void Attributes::Fail(const std::string& name, const std::string& what) const {
  throw FileError(path_ + ": attribute '" + name + "' " + what);
}

Id Attributes::Open(const std::string& name, bool scalar, std::int64_t& count) {
  Id attribute(H5Aopen(object_, name.c_str(), H5P_DEFAULT));
  if (!attribute.valid()) Fail(name, "is missing");
  const Id space(H5Aget_space(attribute.get()));
  const int rank = space.valid() ? H5Sget_simple_extent_ndims(space.get()) : -1;
  if (rank != (scalar ? 0 : 1)) Fail(name, "has another shape");
  count = H5Sget_simple_extent_npoints(space.get());
  return attribute;
}

std::string Attributes::ReadText(const std::string& name) { return ReadStrings(name, true).at(0); }

std::vector<std::string> Attributes::ReadTexts(const std::string& name) {
  return ReadStrings(name, false);
}

std::vector<std::string> Attributes::ReadStrings(const std::string& name, bool scalar) {
  std::int64_t count = 0;
  const Id attribute = Open(name, scalar, count);
  const Id type(H5Aget_type(attribute.get()));
  if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) > 0) {
    Fail(name, "is no text of fixed size");
  }
  const std::size_t size = H5Tget_size(type.get());
  std::vector<char> cells(size * static_cast<std::size_t>(std::max<std::int64_t>(1, count)));
  if (count > 0 && H5Aread(attribute.get(), type.get(), cells.data()) < 0) {
    Fail(name, "cannot be read");
  }
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const std::string cell(cells.data() + i * size, size);
    texts.push_back(cell.substr(0, cell.find('\0')));
  }
  return texts;
}

void Attributes::ReadNumber(const std::string& name, Type type, void* value) {
  std::int64_t count = 0;
  const Id attribute = Open(name, true, count);
  const Id found(H5Aget_type(attribute.get()));
  if (H5Tequal(found.get(), TypeId(type)) <= 0) Fail(name, "has another type");
  if (H5Aread(attribute.get(), TypeId(type), value) < 0) Fail(name, "cannot be read");
}

std::vector<std::uint8_t> Attributes::ReadNumbers(const std::string& name, Type type) {
  std::int64_t count = 0;
  const Id attribute = Open(name, false, count);
  const Id found(H5Aget_type(attribute.get()));
  if (H5Tequal(found.get(), TypeId(type)) <= 0) Fail(name, "has another type");
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count * TypeSize(type)));
  if (count > 0 && H5Aread(attribute.get(), TypeId(type), bytes.data()) < 0) {
    Fail(name, "cannot be read");
  }
  return bytes;
}

}  // namespace brasa::record
