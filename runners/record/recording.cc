#include <algorithm>
#include <memory>
#include <type_traits>

#include "brasa/recorder.h"
#include "runners/record/data_file.h"
#include "runners/record/files.h"
#include "runners/record/recovery.h"

namespace brasa {
namespace {

using record::Counts;
using record::DataFile;
using record::Rows;
using record::WriterWatch;

constexpr std::int64_t kHeadRows = 4096;  // episodes whose heads are kept in memory

class FileRecording final : public Recording {
 public:
  FileRecording(const std::string& path, std::unique_ptr<WriterWatch> watch, DataFile::How how)
      : path_(path), watch_(std::move(watch)), file_(DataFile::Open(path, how)) {
    follows_ = how == DataFile::How::kFollow;
    counts_ = file_.Committed();
  }

  const RecordingInfo& info() const override { return file_.info(); }
  std::int64_t rows() const override { return counts_[record::kPlies]; }
  std::int64_t episodes() const override { return counts_[record::kEpisodes]; }
  bool live() const override { return follows_ && watch_->HasWriter(); }
  bool Refresh() override;
  RecordedEpisode Episode(std::int64_t k) const override;
  EpisodeData ReadEpisode(std::int64_t k) const override;
  EpisodeData ReadOpenEpisode(int world) const override;
  std::int64_t Verify() const override { return file_.Verify(counts_); }

 private:
  template <typename T>
  std::vector<T> Column(record::TableIndex table, int column, const Rows& rows) const;
  template <typename T>
  T Cell(record::TableIndex table, int column, std::int64_t row) const {
    return Column<T>(table, column, {row, 1, 1})[0];
  }
  void LoadHeads(std::int64_t first) const;
  void ReadPlies(EpisodeData& data) const;
  void ReadChance(EpisodeData& data) const;
  std::int64_t FirstChanceOf(std::int64_t step) const;
  std::int64_t worlds() const { return info().worlds; }
  std::int64_t steps() const { return rows() / worlds(); }

  std::string path_;
  std::unique_ptr<WriterWatch> watch_;
  mutable DataFile file_;
  bool follows_ = false;
  Counts counts_ = {};
  mutable std::int64_t heads_first_ = 0;
  mutable std::vector<RecordedEpisode> heads_;  // episodes heads_first_ ..
};

bool FileRecording::Refresh() {
  if (!follows_) return false;
  const Counts now = file_.Committed();
  if (now == counts_) return false;
  counts_ = now;
  return true;
}

template <typename T>
std::vector<T> FileRecording::Column(record::TableIndex table, int column, const Rows& rows) const {
  const auto& about = file_.tables()[table].columns[static_cast<std::size_t>(column)];
  const auto bytes = static_cast<std::size_t>(rows.count * about.row_bytes);
  std::vector<T> cells(bytes / sizeof(T));
  file_.Read(table, column, rows, cells.data());
  return cells;
}

void FileRecording::LoadHeads(std::int64_t first) const {
  const Rows rows = {first, std::min(kHeadRows, episodes() - first), 1};
  const auto world = Column<std::int32_t>(record::kEpisodes, record::kEpisodeWorld, rows);
  const auto number = Column<std::uint32_t>(record::kEpisodes, record::kEpisodeNumber, rows);
  const auto first_step = Column<std::int64_t>(record::kEpisodes, record::kFirstStep, rows);
  const auto length = Column<std::int32_t>(record::kEpisodes, record::kLength, rows);
  const auto end = Column<std::uint8_t>(record::kEpisodes, record::kEpisodeEnd, rows);
  const auto returns = Column<double>(record::kEpisodes, record::kReturn, rows);
  const auto players = static_cast<std::size_t>(info().spec.players);
  const std::size_t figures = info().spec.measures.size();
  std::vector<float> measures;
  if (figures > 0) measures = Column<float>(record::kEpisodes, record::kMeasures, rows);
  heads_.clear();
  heads_first_ = first;
  for (std::size_t i = 0; i < world.size(); ++i) {
    RecordedEpisode head = {world[i], number[i], first_step[i], length[i], EpisodeEnd{end[i]},
                            {},       {}};
    head.returns.assign(&returns[i * players], &returns[i * players] + players);
    if (figures > 0) head.measures.assign(&measures[i * figures], &measures[i * figures] + figures);
    const bool sound = head.world >= 0 && head.world < worlds() && head.first_step >= 0 &&
                       head.length >= 1 && head.first_step <= steps() - head.length;
    if (!sound) {
      throw FileError(path_ + ": episode " + std::to_string(first + static_cast<std::int64_t>(i)) +
                      " lies outside the recorded plies");
    }
    heads_.push_back(std::move(head));
  }
}

RecordedEpisode FileRecording::Episode(std::int64_t k) const {
  if (k < 0 || k >= episodes()) {
    throw UsageError(path_ + ": there is no episode " + std::to_string(k) + "; it has " +
                     std::to_string(episodes()));
  }
  const auto loaded = static_cast<std::int64_t>(heads_.size());
  if (k < heads_first_ || k >= heads_first_ + loaded) LoadHeads(k / kHeadRows * kHeadRows);
  return heads_[static_cast<std::size_t>(k - heads_first_)];
}

EpisodeData FileRecording::ReadEpisode(std::int64_t k) const {
  EpisodeData data;
  data.head = Episode(k);
  ReadPlies(data);
  data.final_observation =
      Column<std::uint8_t>(record::kEpisodes, record::kFinalObservation, {k, 1, 1});
  return data;
}

void FileRecording::ReadPlies(EpisodeData& data) const {
  const RecordedEpisode& head = data.head;
  const Rows rows = {head.first_step * worlds() + head.world, head.length, worlds()};
  data.player = Column<std::int32_t>(record::kPlies, record::kPlayer, rows);
  data.observation = Column<std::uint8_t>(record::kPlies, record::kObservation, rows);
  data.actions = Column<std::uint8_t>(record::kPlies, record::kAction, rows);
  data.rewards = Column<float>(record::kPlies, record::kReward, rows);
  ReadChance(data);
}

std::int64_t FileRecording::FirstChanceOf(std::int64_t step) const {
  std::int64_t low = 0, high = counts_[record::kChanceIds];
  while (low < high) {
    const std::int64_t middle = (low + high) / 2;
    if (Cell<std::int64_t>(record::kChanceIds, record::kChanceStep, middle) < step) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void FileRecording::ReadChance(EpisodeData& data) const {
  const RecordedEpisode& head = data.head;
  data.chance.resize(static_cast<std::size_t>(head.length) + 1);
  const std::int64_t before = head.first_step - 1;  // the step whose reset began the episode
  const std::int64_t first = FirstChanceOf(before);
  const Rows rows = {first, FirstChanceOf(head.first_step + head.length) - first, 1};
  const auto step = Column<std::int64_t>(record::kChanceIds, record::kChanceStep, rows);
  const auto world = Column<std::int32_t>(record::kChanceIds, record::kChanceWorld, rows);
  const auto reset = Column<std::uint8_t>(record::kChanceIds, record::kChanceReset, rows);
  const auto id = Column<std::int32_t>(record::kChanceIds, record::kChanceId, rows);
  for (std::size_t i = 0; i < id.size(); ++i) {
    const bool ours = world[i] == head.world && (reset[i] != 0) == (step[i] == before);
    if (ours) data.chance[static_cast<std::size_t>(step[i] - before)].push_back(id[i]);
  }
}

EpisodeData FileRecording::ReadOpenEpisode(int world) const {
  if (world < 0 || world >= worlds()) {
    throw UsageError(path_ + ": there is no world " + std::to_string(world) + "; it has " +
                     std::to_string(worlds()));
  }
  EpisodeData data;
  RecordedEpisode& head = data.head;
  head.world = world;
  head.episode = info().first_episode;
  head.returns.assign(static_cast<std::size_t>(info().spec.players), 0);
  const auto row = [&](std::int64_t step) { return step * worlds() + world; };
  const std::int64_t last = steps() - 1;
  if (last >= 0) {
    head.episode = Cell<std::uint32_t>(record::kPlies, record::kEpisode, row(last));
    std::int64_t low = 0, high = last;  // episode numbers of a world ascend
    while (low < high) {
      const std::int64_t middle = (low + high) / 2;
      const auto number = Cell<std::uint32_t>(record::kPlies, record::kEpisode, row(middle));
      (number < head.episode ? low : high) = number < head.episode ? middle + 1 : middle;
    }
    head.first_step = low;
    if (Cell<std::uint8_t>(record::kPlies, record::kEnd, row(last)) != 0) {
      ++head.episode;
      head.first_step = last + 1;
    }
    head.length = static_cast<int>(last + 1 - head.first_step);
  }
  ReadPlies(data);
  for (std::size_t i = 0; i < data.rewards.size(); ++i) {
    head.returns[i % head.returns.size()] += static_cast<double>(data.rewards[i]);
  }
  return data;
}

}  // namespace

std::unique_ptr<Recording> Recording::Open(const std::string& path) {
  auto watch = std::make_unique<WriterWatch>(path);
  auto how = DataFile::How::kClosed;
  if (watch->HasWriter()) {
    how = DataFile::How::kFollow;
  } else if (watch->left() == WriterWatch::Left::kOpen) {
    if (!record::CanReplace(path) || !record::Recover(path)) how = DataFile::How::kFollow;
    watch = std::make_unique<WriterWatch>(path);
  }
  if (watch->left() == WriterWatch::Left::kForeign) throw FileError(path + ": is no HDF5 file");
  return std::make_unique<FileRecording>(path, std::move(watch), how);
}

}  // namespace brasa
