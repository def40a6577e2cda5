// The host's side of brasa/isolate.h.
#include <algorithm>
#include <cstring>

#include "brasa/isolate.h"
#include "runners/vector/shared_rows.h"
#include "runners/vector/worker_job.h"
#include "runners/vector/worker_part.h"
#include "runners/vector/world_rows.h"

namespace brasa {
namespace {

std::vector<std::uint8_t> Cells(const std::uint8_t* cells, std::size_t bytes) {
  return {cells, cells + bytes};
}

class Isolated final : public IsolatedVectorEnv {
 public:
  Isolated(const EnvRow& row, const Params& params, const IsolateOptions& options)
      : row_(row),
        options_(options),
        batch_(row, params, 1, options.streams),
        memory_(SharedRows::Bytes(batch_.spec(), options.worlds)),
        shared_(memory_.get(), batch_.spec(), options.worlds),
        last_rows_(batch_.spec(), options.worlds),
        players_(static_cast<std::size_t>(batch_.spec().players)),
        seen_(static_cast<std::size_t>(batch_.spec().observation.bytes())),
        action_bytes_(static_cast<std::size_t>(batch_.spec().action.bytes())),
        setting_{options.program,  memory_.get(),        Job(),
                 shared_.progress, options.step_timeout, options.stop} {
    const auto n = static_cast<std::size_t>(options.worlds);
    open_.resize(n);
    for (std::size_t w = 0; w < n; ++w) {
      open_[w].world = static_cast<int>(w);
      open_[w].signature = WorldRows::FirstSignature();
    }
    if (batch_.spec().max_chance_outcomes > 0) {
      final_chance_.resize(n);
      chance_.resize(n);
    }
    last_ = last_rows_.View(0);
    MakeParts();
  }

  void Reset(const StateRows& first) override;
  void Step(const void* actions, const OutcomeRows& outcome, const StateRows& next) override;
  const LastRows& last() const override { return last_; }
  std::span<const std::int32_t> FinalChanceIds(int world) const override {
    return IdsOf(final_chance_, world);
  }
  std::span<const std::int32_t> ChanceIds(int world) const override {
    return IdsOf(chance_, world);
  }
  std::uint64_t Signature() const override;
  void Save(StateWriter& writer) const override;
  void Load(StateReader& reader) override;
  bool parallel() const override { return parts_.size() > 1; }
  EnvBatch& batch() override { return batch_; }
  const EnvBatch& batch() const override { return batch_; }
  int worlds() const override { return options_.worlds; }
  int processes() const override { return static_cast<int>(parts_.size()); }

 private:
  using Lists = std::vector<std::vector<std::int32_t>>;
  static std::span<const std::int32_t> IdsOf(const Lists& lists, int world) {
    if (lists.empty()) return {};
    return lists[static_cast<std::size_t>(world)];
  }

  void MakeParts();
  WorkerJob Job() const;
  void Broadcast(Note note);
  void ThrowFailures();
  bool Stopped() const {
    return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed);
  }
  void ThrowIfInterrupted(const WorkerPart& part);
  void Rebuild(WorkerPart& part);

  std::vector<std::uint8_t> ActionOf(int world) const {
    const auto w = static_cast<std::size_t>(world);
    return Cells(shared_.actions + w * action_bytes_, action_bytes_);
  }
  void SettleLoss(WorkerPart& part, bool reset);
  [[noreturn]] void Stop(const WorkerLoss& loss);
  WorkerLoss LossOf(const WorkerPart& part, const std::string& how, bool reset) const;
  void Examine(WorkerLoss& loss, bool reset);
  void ExamineWorld(WorkerPart& part, int world, bool reset, WorkerLoss& loss);

  void TakeStates(const StateRows& rows) const;
  void TakeLast();
  void TakeChance(WorkerPart& part);
  void TakeEpisodes(const std::uint8_t* ends);

  const EnvRow row_;
  const IsolateOptions options_;
  EnvBatch batch_;
  MemoryFile memory_;
  SharedRows shared_;
  std::vector<OpenEpisode> open_;  // [N]
  Lists final_chance_, chance_;    // [N] where chance moves
  LastRowsStorage last_rows_;
  LastRows last_;
  const std::size_t players_, seen_, action_bytes_;
  const WorkerPart::Setting setting_;
  bool examined_ = false;          // one loss of a run is looked into
  std::vector<WorkerPart> parts_;  // last: they end before the memory does
};

// ---- processes ----

void Isolated::MakeParts() {
  const int granted = options_.processes > 0 ? options_.processes : AvailableWorkers();
  const int count = std::min(granted, options_.worlds);
  for (std::int64_t k = 0; k < count; ++k) {
    parts_.emplace_back(setting_, static_cast<int>(k * options_.worlds / count),
                        static_cast<int>((k + 1) * options_.worlds / count));
  }
  for (WorkerPart& part : parts_) part.Start();
  for (WorkerPart& part : parts_) {
    part.FinishStart();
    ThrowIfInterrupted(part);
    if (part.lost()) {
      throw IoError(row_.id + ": a worker process " + part.End() + " while it makes its worlds");
    }
  }
  ThrowFailures();
}

WorkerJob Isolated::Job() const {
  WorkerJob job;
  job.env = EnvName(row_);
  for (const Field& field : batch_.params().fields()) {
    job.params.emplace_back(field.name, batch_.params().GetText(field.name));
  }
  job.streams = options_.streams;
  job.signature = options_.signature;
  job.worlds = options_.worlds;
  return job;
}

void Isolated::Broadcast(Note note) {
  if (parts_.empty()) throw UsageError(row_.id + ": its worker processes are lost");
  for (WorkerPart& part : parts_) part.Ask(note);
  for (WorkerPart& part : parts_) part.Listen();
  for (const WorkerPart& part : parts_) ThrowIfInterrupted(part);
  ThrowFailures();
}

/// A process that is late once a stop is asked for has not been given its time.
void Isolated::ThrowIfInterrupted(const WorkerPart& part) {
  if (!part.late() || !Stopped()) return;
  parts_.clear();
  throw StepInterrupted(row_.id + ": stopped while a worker process did not answer");
}

/// The error of the lowest world, if no process before it was lost.
void Isolated::ThrowFailures() {
  for (const WorkerPart& part : parts_) {
    if (part.lost() && options_.on_loss == OnLoss::kStop) return;
    if (!part.lost() && part.answer().note == Note::kFailed) ThrowError(part.answer().bytes);
  }
}

void Isolated::Rebuild(WorkerPart& part) {
  StateWriter writer;
  for (int w = part.begin(); w < part.end(); ++w) {
    WriteEpisode(open_[static_cast<std::size_t>(w)], writer);
  }
  part.Ask(Note::kRebuild, writer.bytes());
  part.Listen();
  ThrowIfInterrupted(part);
  if (!part.lost() && part.answer().note == Note::kFailed) ThrowError(part.answer().bytes);
}

// ---- stepping ----

void Isolated::Reset(const StateRows& first) {
  Broadcast(Note::kReset);
  for (WorkerPart& part : parts_) {
    if (part.lost()) SettleLoss(part, true);
  }
  for (OpenEpisode& open : open_) {
    ++open.episode;
    open.actions.clear();
  }
  for (WorkerPart& part : parts_) TakeChance(part);
  last_.count = 0;
  TakeStates(first);
}

void Isolated::Step(const void* actions, const OutcomeRows& outcome, const StateRows& next) {
  const auto n = static_cast<std::size_t>(options_.worlds);
  std::memcpy(shared_.actions, actions, n * action_bytes_);
  Broadcast(Note::kStep);
  for (WorkerPart& part : parts_) {
    if (part.lost()) SettleLoss(part, false);
  }
  for (WorkerPart& part : parts_) TakeChance(part);
  std::memcpy(outcome.reward, shared_.outcome.reward, n * players_ * sizeof(float));
  std::memcpy(outcome.end, shared_.outcome.end, n);
  TakeEpisodes(outcome.end);
  TakeLast();
  TakeStates(next);
}

void Isolated::TakeStates(const StateRows& rows) const {
  const auto n = static_cast<std::size_t>(options_.worlds);
  std::memcpy(rows.player, shared_.states.player, n * sizeof(std::int32_t));
  std::memcpy(rows.observation, shared_.states.observation, n * seen_);
  std::memcpy(rows.start, shared_.states.start, n);
  if (rows.mask == nullptr) return;
  const auto count = static_cast<std::size_t>(batch_.spec().action.count);
  std::memcpy(rows.mask, shared_.states.mask, n * count);
}

void Isolated::TakeEpisodes(const std::uint8_t* ends) {
  for (std::size_t w = 0; w < open_.size(); ++w) {
    OpenEpisode& open = open_[w];
    open.signature = shared_.signatures[w];
    if (ends[w] != 0) {
      ++open.episode;
      open.actions.clear();
      continue;
    }
    const std::uint8_t* action = shared_.actions + w * action_bytes_;
    open.actions.insert(open.actions.end(), action, action + action_bytes_);
  }
}

void Isolated::TakeLast() {
  const std::size_t measures = batch_.spec().measures.size();
  std::size_t filled = 0;
  for (const WorkerPart& part : parts_) {
    const auto begin = static_cast<std::size_t>(part.begin());
    const std::int32_t ended = shared_.ended[begin];
    if (ended < 0 || ended > part.end() - part.begin()) {
      throw Error(row_.id + ": a worker process tells " + std::to_string(ended) +
                  " ended episodes; its memory is overwritten");
    }
    const auto count = static_cast<std::size_t>(ended);
    const auto take = [&](auto& to, const auto* from, std::size_t width) {
      std::copy_n(from + begin * width, count * width,
                  to.begin() + static_cast<std::ptrdiff_t>(filled * width));
    };
    take(last_rows_.world, shared_.last_world, 1);
    take(last_rows_.length, shared_.last_length, 1);
    take(last_rows_.episode, shared_.last_episode, 1);
    take(last_rows_.returns, shared_.last_returns, players_);
    take(last_rows_.measured, shared_.last_measures, measures);
    take(last_rows_.observations, shared_.last_observations, players_ * seen_);
    filled += count;
  }
  last_.count = static_cast<int>(filled);
}

void Isolated::TakeChance(WorkerPart& part) {
  if (chance_.empty()) return;
  StateReader reader(part.answer().bytes, "a note between processes");
  Lists ended = ReadLists(reader), now = ReadLists(reader);
  const auto count = static_cast<std::size_t>(part.end() - part.begin());
  if (ended.size() != count || now.size() != count) {
    throw Error(row_.id + ": a worker process tells chance ids of other worlds than its own");
  }
  std::ranges::move(ended, final_chance_.begin() + part.begin());
  std::ranges::move(now, chance_.begin() + part.begin());
}

// ---- losses ----

/// Throws WorkerLost, or brings the worlds of a lost process back and ends their episodes.
void Isolated::SettleLoss(WorkerPart& part, bool reset) {
  WorkerLoss loss = LossOf(part, part.End(), reset);
  if (!examined_) Examine(loss, reset);
  examined_ = true;
  if (options_.on_loss == OnLoss::kStop || reset) Stop(loss);
  part.Start();
  part.FinishStart();
  if (!part.lost() && part.answer().note == Note::kFailed) ThrowError(part.answer().bytes);
  Rebuild(part);
  part.Ask(Note::kAbandon);
  part.Listen();
  if (part.lost()) {
    loss.how = part.End() + " again while its episodes are ended";
    Stop(loss);
  }
  if (part.answer().note == Note::kFailed) ThrowError(part.answer().bytes);
  if (on_loss) on_loss(loss);
}

void Isolated::Stop(const WorkerLoss& loss) {
  parts_.clear();
  throw WorkerLost(LossText(row_.id, loss), loss);
}

WorkerLoss Isolated::LossOf(const WorkerPart& part, const std::string& how, bool reset) const {
  WorkerLoss loss;
  loss.how = how;
  loss.begin = part.begin();
  loss.end = part.end();
  loss.world = part.begin();
  const OpenEpisode& open = open_[static_cast<std::size_t>(part.begin())];
  loss.episode = static_cast<std::uint32_t>(open.episode + (reset ? 1 : 0));
  if (reset) return loss;
  loss.step = static_cast<int>(open.actions.size() / action_bytes_);
  loss.action = ActionOf(part.begin());
  return loss;
}

/// Plays the lost episodes again, one world after the other, until one is lost again.
void Isolated::Examine(WorkerLoss& loss, bool reset) {
  loss.examined = true;
  WorkerPart part(setting_, loss.begin, loss.end);
  part.Start();
  part.FinishStart();
  for (int w = loss.begin; w < loss.end && !part.lost(); ++w) ExamineWorld(part, w, reset, loss);
  if (part.late() && Stopped()) loss.examined = loss.repeated = false;
}

/// Fills in `loss` if the world is lost again, or is the first that was looked at.
void Isolated::ExamineWorld(WorkerPart& part, int world, bool reset, WorkerLoss& loss) {
  ExamineJob job;
  job.open = open_[static_cast<std::size_t>(world)];
  if (reset) {
    ++job.open.episode;
    job.open.actions.clear();
  } else {
    job.lost_action = ActionOf(world);
  }
  const auto tell = [&](bool played_again) {
    loss.world = world;
    loss.episode = static_cast<std::uint32_t>(job.open.episode);
    loss.step = reset ? -1 : static_cast<int>(job.open.actions.size() / action_bytes_);
    loss.action = job.lost_action;
    loss.actions = job.open.actions;
    loss.played_again = played_again;
    loss.repeated = part.lost();
  };
  part.Ask(Note::kExamine, ExamineBytes(job));
  part.Listen();
  if (part.lost()) return tell(false);
  if (part.answer().note != Note::kReplayed) return;
  ReplayedEpisode replayed = ReadReplayed(part.answer().bytes);
  part.Listen();
  if (!part.lost() && world != loss.begin) return;
  tell(true);
  loss.player = std::move(replayed.player);
  loss.observation = std::move(replayed.observation);
  loss.rewards = std::move(replayed.rewards);
  loss.chance = std::move(replayed.chance);
}

// ---- state ----

std::uint64_t Isolated::Signature() const {
  if (!options_.signature) return 0;
  std::vector<std::uint64_t> signatures;
  for (const OpenEpisode& open : open_) signatures.push_back(open.signature);
  return WorldRows::Combined(signatures);
}

void Isolated::Save(StateWriter& writer) const {
  writer.WriteText("isolated/env", row_.id);
  writer.Write("isolated/worlds", options_.worlds);
  for (const OpenEpisode& open : open_) WriteEpisode(open, writer);
}

void Isolated::Load(StateReader& reader) {
  const std::string id = reader.ReadText("isolated/env");
  int worlds = 0;
  reader.Read("isolated/worlds", worlds);
  if (id != row_.id || worlds != options_.worlds) {
    throw FileError(reader.source() + " holds " + std::to_string(worlds) + " worlds of " + id +
                    ", not " + std::to_string(options_.worlds) + " of " + row_.id);
  }
  std::vector<OpenEpisode> open;
  for (int w = 0; w < worlds; ++w) {
    open.push_back(ReadEpisode(reader));
    if (open.back().world != w || open.back().actions.size() % action_bytes_ != 0) {
      throw FileError(reader.source() + " holds an episode of world " +
                      std::to_string(open.back().world) + " that does not fit");
    }
  }
  open_ = std::move(open);
  for (WorkerPart& part : parts_) {
    Rebuild(part);
    if (part.lost()) {
      WorkerLoss loss = LossOf(part, part.End(), false);
      loss.how += " while its worlds are brought back";
      Stop(loss);
    }
    TakeChance(part);
  }
  last_.count = 0;
}

}  // namespace

std::string LossText(const std::string& env, const WorkerLoss& loss) {
  if (loss.repeated) {
    return env + ", world " + std::to_string(loss.world) + ", episode " +
           std::to_string(loss.episode) +
           (loss.step < 0 ? ", its reset" : ", step " + std::to_string(loss.step)) +
           ": the environment " + loss.how;
  }
  const std::string worlds = loss.end - loss.begin == 1
                                 ? ", world " + std::to_string(loss.begin)
                                 : ", one of the worlds " + std::to_string(loss.begin) + " to " +
                                       std::to_string(loss.end - 1);
  return env + worlds + ": a worker process " + loss.how +
         (loss.examined ? ", and not when it plays its episodes again" : "");
}

std::unique_ptr<IsolatedVectorEnv> MakeIsolatedVectorEnv(const EnvRow& row, const Params& params,
                                                         const IsolateOptions& options) {
  return std::make_unique<Isolated>(row, params, options);
}

}  // namespace brasa
