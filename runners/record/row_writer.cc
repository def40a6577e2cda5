#include "runners/record/row_writer.h"

#include <algorithm>
#include <chrono>

namespace brasa::record {
namespace {

constexpr std::int64_t kBlockRows = 8192;
constexpr std::int64_t kBlockBytes = std::int64_t{4} << 20;
constexpr std::int64_t kBlocks = 4;  // in the ring: the run goes on while three are written
constexpr std::chrono::milliseconds kPeriod{500};

/// Vector steps of a block: at most 8,192 rows and 4 MiB, at least one step.
std::int64_t BlockSteps(const Table& plies, std::int64_t worlds) {
  const std::int64_t rows = std::min(kBlockRows, kBlockBytes / plies.row_bytes());
  return std::max<std::int64_t>(1, rows / worlds);
}

std::int64_t EventRows(const Table& table) {
  return std::clamp<std::int64_t>(kBlockBytes / table.row_bytes(), 1, kBlockRows);
}

}  // namespace

std::int64_t RowWriter::Bytes(const EnvSpec& spec, int worlds) {
  const std::array<Table, kTables> tables = Tables(spec);
  const std::int64_t plies = kBlocks * BlockSteps(tables[kPlies], worlds) * worlds;
  std::int64_t bytes = plies * tables[kPlies].row_bytes();
  for (const TableIndex table : {kEpisodes, kChanceIds}) {
    bytes += EventRows(tables[table]) * tables[table].row_bytes();
  }
  return bytes;
}

RowWriter::RowWriter(DataFile file, WriterLock lock, int worlds)
    : worlds_(worlds),
      file_(std::move(file)),
      lock_(std::move(lock)),
      base_(file_.Committed()),
      block_steps_(BlockSteps(file_.tables()[kPlies], worlds)),
      rings_{RowRing(file_.tables()[kPlies], kBlocks * block_steps_ * worlds_),
             RowRing(file_.tables()[kEpisodes], EventRows(file_.tables()[kEpisodes])),
             RowRing(file_.tables()[kChanceIds], EventRows(file_.tables()[kChanceIds]))} {
  marks_.resize(static_cast<std::size_t>(kBlocks * block_steps_));
  thread_ = std::thread([this] { Run(); });
}

RowWriter::~RowWriter() {
  if (!thread_.joinable()) return;
  try {
    Finish();
  } catch (const std::exception&) {
    return;
  }
}

void RowWriter::PublishStep() {
  RowRing& plies = ring(kPlies);
  marks_[static_cast<std::size_t>(plies.slot() / worlds_)] = {ring(kEpisodes).pushed(),
                                                              ring(kChanceIds).pushed()};
  plies.Publish(worlds_);
  if (++steps_in_block_ < block_steps_) return;
  steps_in_block_ = 0;
  Wake();
}

Counts RowWriter::Pushed() const {
  Counts counts = base_;
  for (std::size_t t = 0; t < kTables; ++t) counts[t] += rings_[t].pushed();
  return counts;
}

void RowWriter::Rethrow() {
  const std::lock_guard lock(mutex_);
  std::rethrow_exception(error_);
}

void RowWriter::Wake() {
  {
    const std::lock_guard lock(mutex_);
    awake_ = true;
  }
  wake_.notify_one();
}

void RowWriter::WaitForSpace(RowRing& ring, std::int64_t rows) {
  std::unique_lock lock(mutex_);
  awake_ = true;
  wake_.notify_one();
  done_.wait(lock, [&] { return error_ != nullptr || ring.HasSpace(rows); });
  if (error_ != nullptr) std::rethrow_exception(error_);
}

void RowWriter::Flush() {
  std::unique_lock lock(mutex_);
  flush_ = true;
  wake_.notify_one();
  done_.wait(lock, [&] { return error_ != nullptr || !flush_; });
  if (error_ != nullptr) std::rethrow_exception(error_);
}

void RowWriter::Finish() {
  {
    const std::lock_guard lock(mutex_);
    finish_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  if (error_ != nullptr) std::rethrow_exception(error_);
}

void RowWriter::Run() {
  std::unique_lock lock(mutex_);
  try {
    while (!finish_) {
      wake_.wait_for(lock, kPeriod, [&] { return awake_ || flush_ || finish_; });
      awake_ = false;
      const bool flush = flush_;
      lock.unlock();
      Drain(flush);
      if (flush) file_.Sync();
      lock.lock();
      if (flush) flush_ = false;
      done_.notify_all();
    }
    lock.unlock();
    Drain(true);
    file_.Close();
    lock_ = WriterLock();
  } catch (const std::exception&) {
    const std::exception_ptr error = std::current_exception();
    file_.Abandon();
    if (!lock.owns_lock()) lock.lock();
    error_ = error;
    failed_.store(true, std::memory_order_relaxed);
    done_.notify_all();
  }
}

// Where `everything` is set the run stands still, so all events belong to steps that are taken.
void RowWriter::Drain(bool everything) {
  RowRing& plies = ring(kPlies);
  const std::int64_t target = plies.published();
  Counts taken = committed_;
  do {
    Take(kEpisodes, ring(kEpisodes).published());
    Take(kChanceIds, ring(kChanceIds).published());
    const std::int64_t until = std::min(target, plies.released() + block_steps_ * worlds_);
    if (until > plies.released()) {
      const std::int64_t slot = (until / worlds_ - 1) % static_cast<std::int64_t>(marks_.size());
      const Marks marks = marks_[static_cast<std::size_t>(slot)];
      taken = {until, marks.episodes, marks.chance};
      Take(kPlies, until);
    }
    if (everything && until == target) {
      taken = {target, ring(kEpisodes).released(), ring(kChanceIds).released()};
    }
    Commit(taken);
  } while (plies.released() < target);
}

void RowWriter::Take(TableIndex table, std::int64_t until) {
  RowRing& from = ring(table);
  const int columns = static_cast<int>(file_.tables()[table].columns.size());
  while (from.released() < until) {
    const std::int64_t first = from.released();
    const std::int64_t before_wrap = from.capacity() - first % from.capacity();
    const std::int64_t rows = std::min(until - first, before_wrap);
    for (int c = 0; c < columns; ++c) file_.Append(table, c, from.Cells(c, first), rows);
    from.Release(first + rows);
  }
}

void RowWriter::Commit(const Counts& taken) {
  if (taken == committed_) return;
  Counts counts = base_;
  for (std::size_t t = 0; t < kTables; ++t) counts[t] += taken[t];
  file_.Commit(counts);
  committed_ = taken;
}

}  // namespace brasa::record
