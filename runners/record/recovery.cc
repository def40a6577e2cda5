#include "runners/record/recovery.h"

#include <filesystem>

#include "brasa/core/error.h"

namespace brasa::record {
namespace {

/// The name under which the next `path` is prepared; the file is removed unless it got its name.
class NewName {
 public:
  explicit NewName(const std::string& path) : name_(path + ".new") { RemoveLeftover(name_); }
  ~NewName() {
    std::error_code ignored;
    if (!taken_) std::filesystem::remove(name_, ignored);
  }
  NewName(const NewName&) = delete;
  NewName& operator=(const NewName&) = delete;
  const std::string& text() const { return name_; }
  /// The name is no longer ours to remove.
  void Taken() { taken_ = true; }

 private:
  std::string name_;
  bool taken_ = false;
};

/// The lock of the file that `path` names in the end; nothing if somebody writes it.
bool Lock(const std::string& path, WriterLock& lock) {
  do {
    if (!lock.TryTake(path)) return false;
  } while (!lock.StillNamed(path));
  return true;
}

WriterLock Prepare(DataFile& file, const std::string& name) {
  WriterLock lock;
  if (!lock.TryTake(name)) throw UsageError(name + ": another process is writing this file");
  file.StartSwmr();
  return lock;
}

void CheckSameRun(const RecordingInfo& found, const RecordingInfo& expected,
                  const std::string& path) {
  const auto require = [&](bool same, const std::string& what, const std::string& has,
                           const std::string& wanted) {
    if (!same) {
      throw FileError(path + ": records another run: " + what + " is " + has + ", expected " +
                      wanted);
    }
  };
  require(found.env == expected.env, "the environment", found.env, expected.env);
  require(found.spec.id == expected.spec.id, "the environment", found.spec.id, expected.spec.id);
  require(found.agent == expected.agent, "the agent", found.agent, expected.agent);
  require(found.seed == expected.seed, "the seed", std::to_string(found.seed),
          std::to_string(expected.seed));
  require(found.worlds == expected.worlds, "the number of worlds", std::to_string(found.worlds),
          std::to_string(expected.worlds));
  const auto found_tables = Tables(found.spec), expected_tables = Tables(expected.spec);
  for (std::size_t t = 0; t < kTables; ++t) {
    require(found_tables[t].row_bytes() == expected_tables[t].row_bytes(),
            "a row of " + found_tables[t].name, std::to_string(found_tables[t].row_bytes()),
            std::to_string(expected_tables[t].row_bytes()) + " bytes");
  }
}

}  // namespace

WritableFile StartRecording(const std::string& path, const RecordingInfo& info) {
  if (std::filesystem::exists(path)) {
    throw UsageError(path + ": exists already; a recording overwrites nothing");
  }
  NewName name(path);
  DataFile file = DataFile::Create(name.text(), info);
  WriterLock lock = Prepare(file, name.text());
  NameNew(name.text(), path);
  name.Taken();
  file.Renamed(path);
  return {std::move(file), std::move(lock)};
}

WritableFile ContinueRecording(const std::string& path, const RecordingInfo& info,
                               const Counts& counts) {
  const WriterWatch watch(path);
  WriterLock old_lock;
  if (!Lock(path, old_lock)) throw UsageError(path + ": another process is writing this recording");
  const WriterWatch::Left left = WriterWatch(path).left();
  if (left == WriterWatch::Left::kForeign) throw FileError(path + ": is no HDF5 file");
  const bool killed = left == WriterWatch::Left::kOpen;
  DataFile old = DataFile::Open(path, killed ? DataFile::How::kFollow : DataFile::How::kClosed);
  CheckSameRun(old.info(), info, path);
  const Counts committed = old.Committed();
  for (std::size_t t = 0; t < kTables; ++t) {
    if (committed[t] >= counts[t]) continue;
    throw FileError(path + ": '/" + old.tables()[t].name + "' has " + std::to_string(committed[t]) +
                    " rows, the checkpoint was taken at " + std::to_string(counts[t]));
  }
  if (killed) old.CheckChunks(counts);
  old.Verify(committed);  // a copy of damaged rows would have checksums of its own
  NewName name(path);
  DataFile file = DataFile::Create(name.text(), old.info());
  CopyRows(old, counts, file);
  WriterLock lock = Prepare(file, name.text());
  NameOver(name.text(), path);
  name.Taken();
  file.Renamed(path);
  return {std::move(file), std::move(lock)};
}

bool Recover(const std::string& path) {
  WriterLock lock;
  if (!Lock(path, lock)) return false;
  if (WriterWatch(path).left() != WriterWatch::Left::kOpen) return true;
  DataFile killed = DataFile::Open(path, DataFile::How::kFollow);
  const Counts counts = killed.Committed();
  killed.CheckChunks(counts);
  killed.Verify(counts);
  NewName name(path);
  DataFile whole = DataFile::Create(name.text(), killed.info());
  CopyRows(killed, counts, whole);
  whole.Close();
  NameOver(name.text(), path);
  name.Taken();
  return true;
}

}  // namespace brasa::record
