#include "runners/record/data_file.h"

#include <fcntl.h>
#include <hdf5.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "brasa/core/error.h"
#include "brasa/core/hash.h"

namespace brasa::record {
namespace {

// The commit record: two slots of {rows of plies, of episodes, of chance, hash of the three}. A
// commit overwrites the older slot, so one whole slot stands whatever happens to the write.
constexpr int kSlotWords = kTables + 1;
// A follower may meet metadata that is just being written and reads it again, after a pause that
// doubles from 1 ns on: 24 attempts are 17 ms. HDF5's own 100 never end on a damaged file.
constexpr unsigned kReadAttempts = 24;
constexpr std::int64_t kCopyBytes = std::int64_t{4} << 20;

using Slot = std::array<std::uint64_t, kSlotWords>;

Slot MakeSlot(const Counts& counts) {
  Slot slot = {};
  for (int t = 0; t < kTables; ++t) {
    const auto i = static_cast<std::size_t>(t);
    slot[i] = static_cast<std::uint64_t>(counts[i]);
  }
  slot[kTables] = HashBytes(slot.data(), kTables * sizeof slot[0]);
  return slot;
}

std::optional<Counts> ReadSlot(const Slot& slot) {
  if (slot[kTables] != HashBytes(slot.data(), kTables * sizeof slot[0])) return std::nullopt;
  Counts counts = {};
  for (std::size_t t = 0; t < kTables; ++t) counts[t] = static_cast<std::int64_t>(slot[t]);
  return counts;
}

/// Version 1.10 of the format is the oldest with SWMR and the newest that all current tools read.
/// HDF5's own lock is off: it would let a reader keep the writer from opening. WriterLock is ours.
Id FileAccess() {
  Id access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110);
  H5Pset_file_locking(access.get(), 0, 1);
  H5Pset_metadata_read_attempts(access.get(), kReadAttempts);
  return access;
}

/// A cache that holds two chunks, so that a chunk reaches the file only as a whole.
Id DatasetAccess(const Table& table, const Column& column) {
  Id access(H5Pcreate(H5P_DATASET_ACCESS));
  const std::int64_t chunk = ChunkRows(table, column) * column.row_bytes;
  H5Pset_chunk_cache(access.get(), 521, static_cast<std::size_t>(2 * chunk), 1.0);
  return access;
}

std::string PathOf(const Table& table, const Column& column) {
  return "/" + table.name + "/" + column.name;
}

/// [rows, dims...]
std::vector<hsize_t> Shape(const Column& column, std::int64_t rows) {
  std::vector<hsize_t> shape = {static_cast<hsize_t>(rows)};
  for (const int dim : column.dims) shape.push_back(static_cast<hsize_t>(dim));
  return shape;
}

Id Memory(const Column& column, std::int64_t rows) {
  const std::vector<hsize_t> shape = Shape(column, rows);
  return Id(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr));
}

void Select(const Id& space, const Column& column, const Rows& rows) {
  std::vector<hsize_t> start(column.dims.size() + 1, 0), stride(start.size(), 1);
  start[0] = static_cast<hsize_t>(rows.first);
  stride[0] = static_cast<hsize_t>(rows.stride);
  H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), stride.data(),
                      Shape(column, rows.count).data(), nullptr);
}

int Descriptor(const Id& file) {
  void* handle = nullptr;
  const Id access(H5Fget_access_plist(file.get()));
  if (H5Fget_vfd_handle(file.get(), access.get(), &handle) < 0 || handle == nullptr) return -1;
  return *static_cast<int*>(handle);
}

}  // namespace

DataFile::DataFile(std::string path, RecordingInfo info)
    : path_(std::move(path)), info_(std::move(info)), tables_(Tables(info_.spec)) {
  for (std::size_t t = 0; t < kTables; ++t) datasets_[t].resize(tables_[t].columns.size());
  for (const Table& table : tables_) summing_.emplace_back(table);
}

DataFile::~DataFile() {
  const Session session;
  if (writing_ && file_.valid()) Abandon();
  CloseTables();
  committed_.Close();
  file_.Close();
}

void DataFile::CloseTables() {
  for (auto& columns : datasets_) columns.clear();
  for (Id& sums : checksums_) sums.Close();
}

DataFile DataFile::Create(const std::string& path, const RecordingInfo& info) {
  const Session session;
  DataFile made(path, info);
  made.file_ = CheckId(H5Fcreate(path.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, FileAccess().get()), path,
                       "cannot be made");
  made.writing_ = true;
  const Id spec = CheckId(
      H5Gcreate2(made.file_.get(), "spec", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), path, "spec");
  WriteInfo(info, made.file_.get(), spec.get(), path);
  for (std::size_t t = 0; t < kTables; ++t) {
    const Table& table = made.tables_[t];
    const Id group = CheckId(
        H5Gcreate2(made.file_.get(), table.name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        path, table.name);
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      made.CreateColumn(table, table.columns[c], group.get(), made.datasets_[t][c]);
    }
  }
  const Id sums =
      CheckId(H5Gcreate2(made.file_.get(), kChecksums, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), path,
              kChecksums);
  for (std::size_t t = 0; t < kTables; ++t) made.CreateChecksums(sums.get(), t);
  const std::array<hsize_t, 2> shape = {2, kSlotWords};
  const Id space(H5Screate_simple(2, shape.data(), nullptr));
  made.committed_ = CheckId(H5Dcreate2(made.file_.get(), "committed", TypeId(Type::kUint64),
                                       space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                            path, "committed");
  made.WriteSlot(0, {});
  made.WriteSlot(1, {});
  CheckCall(H5Fflush(made.file_.get(), H5F_SCOPE_LOCAL), path, "cannot be written");
  return made;
}

void DataFile::CreateColumn(const Table& table, const Column& column, std::int64_t group,
                            Id& dataset) {
  const std::vector<hsize_t> shape = Shape(column, 0);
  std::vector<hsize_t> limit = shape;
  limit[0] = H5S_UNLIMITED;
  const Id space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), limit.data()));
  const Id creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_chunk(creation.get(), static_cast<int>(shape.size()),
               Shape(column, ChunkRows(table, column)).data());
  H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER);
  dataset = CheckId(H5Dcreate2(group, column.name.c_str(), TypeId(column.type), space.get(),
                               H5P_DEFAULT, creation.get(), DatasetAccess(table, column).get()),
                    path_, "cannot make " + PathOf(table, column));
  Attributes(dataset.get(), path_).WriteText("description", column.description);
}

DataFile DataFile::Open(const std::string& path, How how) {
  const Session session;
  const unsigned flags = how == How::kClosed ? H5F_ACC_RDONLY : H5F_ACC_RDONLY | H5F_ACC_SWMR_READ;
  Id file(H5Fopen(path.c_str(), flags, FileAccess().get()));
  if (!file.valid()) throw FileError(path + ": is truncated or damaged");
  if (H5Aexists(file.get(), "format") <= 0 || H5Aexists(file.get(), "version") <= 0 ||
      Attributes(file.get(), path).ReadText("format") != kFormatName) {
    throw FileError(path + ": is HDF5, but no recording of Brasa");
  }
  std::int32_t version = 0;
  Attributes(file.get(), path).ReadNumber("version", Type::kInt32, &version);
  if (version != kLayoutVersion) {
    throw FileError(path + ": has layout version " + std::to_string(version) +
                    ", this program reads version " + std::to_string(kLayoutVersion));
  }
  const Id spec(H5Gopen2(file.get(), "spec", H5P_DEFAULT));
  if (!spec.valid()) throw FileError(path + ": '/spec' is missing or damaged");
  DataFile opened(path, ReadInfo(file.get(), spec.get(), path));
  opened.file_ = std::move(file);
  opened.follows_ = how == How::kFollow;
  for (std::size_t t = 0; t < kTables; ++t) {
    const Table& table = opened.tables_[t];
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      opened.OpenColumn(table, table.columns[c], opened.datasets_[t][c]);
    }
    opened.OpenChecksums(t);
  }
  opened.committed_ = Id(H5Dopen2(opened.file_.get(), "committed", H5P_DEFAULT));
  opened.Committed();
  return opened;
}

void DataFile::OpenColumn(const Table& table, const Column& column, Id& dataset) const {
  const std::string name = PathOf(table, column);
  const auto require = [&](bool ok) {
    if (!ok) throw FileError(path_ + ": '" + name + "' is missing or not as the layout has it");
  };
  dataset = Id(H5Dopen2(file_.get(), name.c_str(), DatasetAccess(table, column).get()));
  require(dataset.valid());
  const Id type(H5Dget_type(dataset.get()));
  require(type.valid() && H5Tequal(type.get(), TypeId(column.type)) > 0);
  const Id space(H5Dget_space(dataset.get()));
  std::vector<hsize_t> shape(column.dims.size() + 1);
  require(space.valid() &&
          H5Sget_simple_extent_ndims(space.get()) == static_cast<int>(shape.size()));
  H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr);
  require(shape == Shape(column, static_cast<std::int64_t>(shape[0])));
}

void DataFile::StartSwmr() {
  const Session session;
  CheckCall(H5Fstart_swmr_write(file_.get()), path_, "cannot be opened to followers");
}

std::int64_t DataFile::Extent(const Id& dataset) const {
  const Id space(H5Dget_space(dataset.get()));
  std::array<hsize_t, H5S_MAX_RANK> shape = {};
  if (!space.valid() || H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr) < 1) {
    throw FileError(path_ + ": is truncated or damaged");
  }
  return static_cast<std::int64_t>(shape[0]);
}

void DataFile::Append(TableIndex table, int column, const void* data, std::int64_t rows) {
  const Session session;
  const Column& about = tables_[table].columns[static_cast<std::size_t>(column)];
  const Id& dataset = Dataset(table, column);
  const std::int64_t first = Extent(dataset);
  CheckCall(H5Dset_extent(dataset.get(), Shape(about, first + rows).data()), path_,
            "cannot be written");
  const Id space(H5Dget_space(dataset.get()));
  Select(space, about, {first, rows, 1});
  CheckCall(H5Dwrite(dataset.get(), TypeId(about.type), Memory(about, rows).get(), space.get(),
                     H5P_DEFAULT, data),
            path_, "cannot be written");
  summing_[table].Add(column, data, rows);
}

void DataFile::WriteSlot(int slot, const Counts& counts) {
  const Id space(H5Dget_space(committed_.get()));
  const std::array<hsize_t, 2> start = {static_cast<hsize_t>(slot), 0};
  const std::array<hsize_t, 2> count = {1, kSlotWords};
  H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
  const Id memory(H5Screate_simple(2, count.data(), nullptr));
  CheckCall(H5Dwrite(committed_.get(), TypeId(Type::kUint64), memory.get(), space.get(),
                     H5P_DEFAULT, MakeSlot(counts).data()),
            path_, "cannot be written");
  CheckCall(H5Dflush(committed_.get()), path_, "cannot be written");
}

void DataFile::Commit(const Counts& counts) {
  const Session session;
  for (std::size_t t = 0; t < kTables; ++t) {
    if (counts[t] == last_[t]) continue;
    for (const Id& dataset : datasets_[t]) {
      CheckCall(H5Dflush(dataset.get()), path_, "cannot be written");
    }
    AppendChecksums(t, summing_[t].TakeWhole());
  }
  WriteSlot(next_slot_, counts);
  next_slot_ = 1 - next_slot_;
  last_ = counts;
}

void DataFile::Sync() {
  const Session session;
  const int fd = Descriptor(file_);
  if (fd < 0 || fsync(fd) != 0) throw IoError(path_ + ": cannot be synced to the disk");
}

void DataFile::Close() {
  const Session session;
  try {
    for (std::size_t t = 0; t < kTables; ++t) {
      AppendChecksums(t, summing_[t].TakeWhole());
      AppendChecksums(t, summing_[t].Rest());
    }
    WriteSlot(0, last_);
    WriteSlot(1, last_);
    Sync();
    CloseTables();
    committed_.Close();
    CheckCall(H5Fclose(file_.get()), path_, "cannot be closed");
  } catch (const IoError&) {
    Abandon();
    throw;
  }
  file_.Release();
}

void DataFile::Abandon() {
  const Session session;
  const int fd = Descriptor(file_);
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (fd >= 0 && nowhere >= 0) dup3(nowhere, fd, O_CLOEXEC);
  if (nowhere >= 0) close(nowhere);
  CloseTables();
  committed_.Close();
  file_.Close();
}

void DataFile::RefreshTables() {
  for (const auto& columns : datasets_) {
    for (const Id& dataset : columns) {
      if (H5Drefresh(dataset.get()) < 0) throw FileError(path_ + ": is truncated or damaged");
    }
  }
  for (const Id& sums : checksums_) {
    if (H5Drefresh(sums.get()) < 0) throw FileError(path_ + ": is truncated or damaged");
  }
}

Counts DataFile::Committed() {
  if (writing_) return last_;
  const Session session;
  std::array<Slot, 2> slots = {};
  if (!committed_.valid() || H5Drefresh(committed_.get()) < 0 || Extent(committed_) != 2 ||
      H5Dget_storage_size(committed_.get()) != sizeof slots ||
      H5Dread(committed_.get(), TypeId(Type::kUint64), H5S_ALL, H5S_ALL, H5P_DEFAULT,
              slots.data()) < 0) {
    throw FileError(path_ + ": '/committed' is missing or damaged");
  }
  std::optional<Counts> newest;
  for (const Slot& slot : slots) {
    const std::optional<Counts> counts = ReadSlot(slot);
    if (counts && (!newest || *counts > *newest)) newest = counts;
  }
  if (!newest) throw FileError(path_ + ": '/committed' holds no whole commit record");
  if (*newest == last_) return last_;
  RefreshTables();
  for (std::size_t t = 0; t < kTables; ++t) {
    for (const Id& dataset : datasets_[t]) {
      if (Extent(dataset) < (*newest)[t] || (*newest)[t] < 0) {
        throw FileError(path_ + ": '/" + tables_[t].name + "' is shorter than its commit record");
      }
    }
  }
  return last_ = *newest;
}

void DataFile::Read(TableIndex table, int column, const Rows& rows, void* out) const {
  if (rows.count == 0) return;
  const Session session;
  const Column& about = tables_[table].columns[static_cast<std::size_t>(column)];
  const Id& dataset = Dataset(table, column);
  const Id space(H5Dget_space(dataset.get()));
  Select(space, about, rows);
  if (H5Dread(dataset.get(), TypeId(about.type), Memory(about, rows.count).get(), space.get(),
              H5P_DEFAULT, out) < 0) {
    throw FileError(path_ + ": '" + PathOf(tables_[table], about) + "' cannot be read");
  }
}

void DataFile::CheckChunks(const Counts& counts) const {
  const Session session;
  std::error_code unknown;
  const std::uintmax_t file_size = std::filesystem::file_size(path_, unknown);
  for (std::size_t t = 0; t < kTables; ++t) {
    for (std::size_t c = 0; c < tables_[t].columns.size(); ++c) {
      const Column& column = tables_[t].columns[c];
      std::vector<hsize_t> at(column.dims.size() + 1, 0);
      const auto step = static_cast<hsize_t>(ChunkRows(tables_[t], column));
      for (; at[0] < static_cast<hsize_t>(counts[t]); at[0] += step) {
        haddr_t address = HADDR_UNDEF;
        hsize_t size = 0;
        const bool known = H5Dget_chunk_info_by_coord(datasets_[t][c].get(), at.data(), nullptr,
                                                      &address, &size) >= 0;
        if (unknown || !known || address == HADDR_UNDEF || address + size > file_size) {
          throw FileError(path_ + ": '" + PathOf(tables_[t], column) + "' is truncated at row " +
                          std::to_string(at[0]));
        }
      }
    }
  }
}

std::int64_t CacheBytes(const EnvSpec& spec) {
  std::int64_t bytes = 0;
  for (const Table& table : Tables(spec)) {
    for (const Column& column : table.columns) {
      bytes += 2 * ChunkRows(table, column) * column.row_bytes;
    }
  }
  return bytes;
}

void CopyRows(DataFile& from, const Counts& counts, DataFile& to) {
  std::vector<std::uint8_t> buffer;
  for (int t = 0; t < kTables; ++t) {
    const auto table = static_cast<TableIndex>(t);
    const Table& about = from.tables()[static_cast<std::size_t>(t)];
    for (int c = 0; c < static_cast<int>(about.columns.size()); ++c) {
      const std::int64_t row_bytes = about.columns[static_cast<std::size_t>(c)].row_bytes;
      const std::int64_t block = std::max<std::int64_t>(1, kCopyBytes / row_bytes);
      std::int64_t rows = 0;
      for (std::int64_t first = 0; first < counts[table]; first += rows) {
        rows = std::min(block, counts[table] - first);
        buffer.resize(static_cast<std::size_t>(rows * row_bytes));
        from.Read(table, c, {first, rows, 1}, buffer.data());
        to.Append(table, c, buffer.data(), rows);
      }
    }
  }
  to.Commit(counts);
}

}  // namespace brasa::record
