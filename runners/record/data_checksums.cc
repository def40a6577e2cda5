// The checksums of a recording: DataFile's functions that write and compare them.
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <string>

#include "brasa/core/error.h"
#include "runners/files/crc32c.h"
#include "runners/record/data_file.h"

namespace brasa::record {
namespace {

constexpr std::int64_t kReadBytes = std::int64_t{4} << 20;

}  // namespace

void DataFile::CreateChecksums(std::int64_t group, std::size_t t) {
  const Table& table = tables_[t];
  const std::array<hsize_t, 2> none = {0, table.columns.size()};
  const std::array<hsize_t, 2> limit = {H5S_UNLIMITED, none[1]}, chunk = {256, none[1]};
  const Id space(H5Screate_simple(2, none.data(), limit.data()));
  const Id creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_chunk(creation.get(), 2, chunk.data());
  H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER);
  checksums_[t] = CheckId(H5Dcreate2(group, table.name.c_str(), TypeId(Type::kUint32), space.get(),
                                     H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                          path_, "cannot make the checksums of /" + table.name);
  const std::int64_t rows = ChecksumRows(table);
  Attributes about(checksums_[t].get(), path_);
  about.WriteText("description", "CRC-32C of the bytes of each block of rows of each column");
  about.WriteNumbers("rows", Type::kInt64, &rows, -1);
}

void DataFile::OpenChecksums(std::size_t t) {
  const std::string name = std::string("/") + kChecksums + "/" + tables_[t].name;
  checksums_[t] = Id(H5Dopen2(file_.get(), name.c_str(), H5P_DEFAULT));
  std::array<hsize_t, 2> shape = {};
  const Id space(checksums_[t].valid() ? H5Dget_space(checksums_[t].get()) : -1);
  const Id type(checksums_[t].valid() ? H5Dget_type(checksums_[t].get()) : -1);
  const bool fits = space.valid() && type.valid() &&
                    H5Tequal(type.get(), TypeId(Type::kUint32)) > 0 &&
                    H5Sget_simple_extent_ndims(space.get()) == 2 &&
                    H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr) == 2 &&
                    shape[1] == tables_[t].columns.size();
  if (!fits) throw FileError(path_ + ": '" + name + "' is missing or not as the layout has it");
}

void DataFile::AppendChecksums(std::size_t t, const std::vector<std::uint32_t>& sums) {
  if (sums.empty()) return;
  const hsize_t columns = tables_[t].columns.size();
  const auto first = static_cast<hsize_t>(Extent(checksums_[t]));
  const std::array<hsize_t, 2> start = {first, 0}, count = {sums.size() / columns, columns};
  const std::array<hsize_t, 2> extent = {first + count[0], columns};
  CheckCall(H5Dset_extent(checksums_[t].get(), extent.data()), path_, "cannot be written");
  const Id space(H5Dget_space(checksums_[t].get()));
  H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
  const Id memory(H5Screate_simple(2, count.data(), nullptr));
  CheckCall(H5Dwrite(checksums_[t].get(), TypeId(Type::kUint32), memory.get(), space.get(),
                     H5P_DEFAULT, sums.data()),
            path_, "cannot be written");
  CheckCall(H5Dflush(checksums_[t].get()), path_, "cannot be written");
}

std::vector<std::uint32_t> DataFile::ReadChecksums(std::size_t t, std::int64_t first,
                                                   std::int64_t count) const {
  const hsize_t columns = tables_[t].columns.size();
  const std::array<hsize_t, 2> start = {static_cast<hsize_t>(first), 0};
  const std::array<hsize_t, 2> size = {static_cast<hsize_t>(count), columns};
  std::vector<std::uint32_t> sums(size[0] * size[1]);
  if (count == 0) return sums;
  const Id space(H5Dget_space(checksums_[t].get()));
  H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr);
  const Id memory(H5Screate_simple(2, size.data(), nullptr));
  if (H5Dread(checksums_[t].get(), TypeId(Type::kUint32), memory.get(), space.get(), H5P_DEFAULT,
              sums.data()) < 0) {
    throw FileError(path_ + ": the checksums of '/" + tables_[t].name + "' cannot be read");
  }
  return sums;
}

void DataFile::VerifyBlock(TableIndex table, std::int64_t block, std::int64_t rows,
                           const std::uint32_t* sums) const {
  const Table& about = tables_[table];
  const std::int64_t first = block * ChecksumRows(about);
  std::vector<char> cells;
  for (std::size_t c = 0; c < about.columns.size(); ++c) {
    const std::int64_t row_bytes = about.columns[c].row_bytes;
    const std::int64_t part = std::max<std::int64_t>(1, kReadBytes / row_bytes);
    std::uint32_t sum = 0;
    for (std::int64_t at = 0; at < rows; at += part) {
      const std::int64_t count = std::min(part, rows - at);
      cells.resize(static_cast<std::size_t>(count * row_bytes));
      Read(table, static_cast<int>(c), {first + at, count, 1}, cells.data());
      sum = Crc32c({cells.data(), cells.size()}, sum);
    }
    if (sum == sums[c]) continue;
    throw FileError(path_ + ": '/" + about.name + "/" + about.columns[c].name +
                    "' is damaged in rows " + std::to_string(first) + " to " +
                    std::to_string(first + rows - 1) + ": their checksum is another");
  }
}

std::int64_t DataFile::Verify(const Counts& counts) const {
  const Session session;
  std::int64_t plies = 0;
  for (std::size_t t = 0; t < kTables; ++t) {
    const std::int64_t rows = ChecksumRows(tables_[t]);
    const std::int64_t there = Extent(checksums_[t]);
    const std::int64_t all = (counts[t] + rows - 1) / rows;
    if (!follows_ && there != all) {
      throw FileError(path_ + ": '/" + tables_[t].name + "' has " + std::to_string(there) +
                      " checksums, not " + std::to_string(all));
    }
    const std::int64_t blocks = follows_ ? std::min(there, counts[t] / rows) : all;
    const std::vector<std::uint32_t> sums = ReadChecksums(t, 0, blocks);
    for (std::int64_t b = 0; b < blocks; ++b) {
      VerifyBlock(static_cast<TableIndex>(t), b, std::min(rows, counts[t] - b * rows),
                  &sums[static_cast<std::size_t>(b) * tables_[t].columns.size()]);
    }
    if (t == kPlies) plies = std::min(counts[t], blocks * rows);
  }
  return plies;
}

}  // namespace brasa::record
