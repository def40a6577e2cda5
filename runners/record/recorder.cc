#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "brasa/core/assert.h"
#include "brasa/recorder.h"
#include "runners/record/recovery.h"
#include "runners/record/row_writer.h"

namespace brasa {
namespace {

using record::Counts;
using record::RowWriter;

/// Pushes the rows of every vector step into the writer's rings. Law: the plies of vector step t
/// are the rows t * N .. t * N + N - 1.
class Recorder final : public Listener {
 public:
  Recorder(std::string path, RecordingInfo info)
      : path_(std::move(path)),
        info_(std::move(info)),
        worlds_(info_.worlds),
        final_bytes_(static_cast<std::size_t>(info_.spec.players) *
                     static_cast<std::size_t>(info_.spec.observation.bytes())),
        episode_(static_cast<std::size_t>(worlds_), 0),
        first_step_(static_cast<std::size_t>(worlds_), 0) {}

  void Start() {
    auto [file, lock] = record::StartRecording(path_, info_);
    writer_.emplace(std::move(file), std::move(lock), worlds_);
  }
  void OnStart(const VectorEnv& env) override;
  void OnStep(const StepView& view) override;
  void OnCheckpoint(StateWriter& writer) override;
  void OnResume(StateReader& reader) override;
  void OnEnd() override { writer_->Finish(); }

 private:
  void PushEpisode(const StepView& view, int e);
  void PushStepChance(const StepView& view);
  void PushChanceIds(std::int64_t step, int world, std::uint8_t reset,
                     std::span<const std::int32_t> ids);

  const std::string path_;
  const RecordingInfo info_;
  const int worlds_;
  const std::size_t final_bytes_;         // of one final observation, all players
  std::int64_t next_step_ = 0;            // vector step that comes next
  std::vector<std::uint32_t> episode_;    // [N] open episode of each world
  std::vector<std::int64_t> first_step_;  // [N] its first vector step
  std::optional<RowWriter> writer_;
};

/// One row of chance ids.
struct DrawnId {
  std::int64_t step;
  std::int32_t world;
  std::uint8_t reset;
  std::int32_t id;
};

void PushChance(RowWriter& writer, const DrawnId& drawn) {
  writer.Reserve(record::kChanceIds, 1);
  record::RowRing& chance = writer.ring(record::kChanceIds);
  chance.Set(record::kChanceStep, &drawn.step, 1);
  chance.Set(record::kChanceWorld, &drawn.world, 1);
  chance.Set(record::kChanceReset, &drawn.reset, 1);
  chance.Set(record::kChanceId, &drawn.id, 1);
  chance.Publish(1);
}

void Recorder::OnStart(const VectorEnv& env) {
  if (info_.spec.max_chance_outcomes == 0) return;
  for (int w = 0; w < worlds_; ++w) PushChanceIds(-1, w, 1, env.ChanceIds(w));
}

void Recorder::OnStep(const StepView& view) {
  BRASA_ASSERT(writer_ && view.vector_step == next_step_);
  writer_->Reserve(record::kPlies, worlds_);
  record::RowRing& plies = writer_->ring(record::kPlies);
  const StepRows& rows = view.rows;
  plies.Set(record::kPlayer, rows.now.player, worlds_);
  plies.Set(record::kObservation, rows.now.observation, worlds_);
  plies.Set(record::kAction, rows.actions, worlds_);
  plies.Set(record::kReward, rows.outcome.reward, worlds_);
  plies.Set(record::kEnd, rows.outcome.end, worlds_);
  plies.Set(record::kEpisode, episode_.data(), worlds_);
  if (info_.spec.max_chance_outcomes > 0) PushStepChance(view);
  for (int e = 0; e < view.last.count; ++e) PushEpisode(view, e);
  writer_->PublishStep();
  ++next_step_;
}

void Recorder::PushEpisode(const StepView& view, int e) {
  const LastRows& last = view.last;
  const int world = last.world[e];
  const auto w = static_cast<std::size_t>(world);
  BRASA_ASSERT(last.episode[e] == episode_[w]);
  writer_->Reserve(record::kEpisodes, 1);
  record::RowRing& episodes = writer_->ring(record::kEpisodes);
  episodes.Set(record::kEpisodeWorld, &world, 1);
  episodes.Set(record::kEpisodeNumber, &episode_[w], 1);
  episodes.Set(record::kFirstStep, &first_step_[w], 1);
  episodes.Set(record::kLength, last.length + e, 1);
  episodes.Set(record::kEpisodeEnd, view.rows.outcome.end + world, 1);
  episodes.Set(record::kReturn, last.returns + e * info_.spec.players, 1);
  episodes.Set(record::kFinalObservation,
               static_cast<const std::uint8_t*>(last.observation) +
                   static_cast<std::size_t>(e) * final_bytes_,
               1);
  if (!info_.spec.measures.empty()) {
    const auto measures = static_cast<std::ptrdiff_t>(info_.spec.measures.size());
    episodes.Set(record::kMeasures, last.measures + e * measures, 1);
  }
  episodes.Publish(1);
  ++episode_[w];
  first_step_[w] = next_step_ + 1;
}

// By world: first what the ply drew, then what the reset drew that followed it.
void Recorder::PushStepChance(const StepView& view) {
  int e = 0;
  for (int w = 0; w < worlds_; ++w) {
    const bool ended = e < view.last.count && view.last.world[e] == w;
    if (ended) {
      PushChanceIds(next_step_, w, 0, view.env.FinalChanceIds(w));
      ++e;
    }
    PushChanceIds(next_step_, w, ended ? 1 : 0, view.env.ChanceIds(w));
  }
}

void Recorder::PushChanceIds(std::int64_t step, int world, std::uint8_t reset,
                             std::span<const std::int32_t> ids) {
  for (const std::int32_t id : ids) PushChance(*writer_, {step, world, reset, id});
}

void Recorder::OnCheckpoint(StateWriter& writer) {
  writer_->Flush();
  const Counts counts = writer_->Pushed();
  writer.WriteSpan("recorder/rows", std::span<const std::int64_t>(counts));
  writer.WriteVector("recorder/episode", episode_);
  writer.WriteVector("recorder/first_step", first_step_);
}

void Recorder::OnResume(StateReader& reader) {
  BRASA_ASSERT(!writer_);
  Counts counts = {};
  reader.ReadSpan("recorder/rows", std::span<std::int64_t>(counts));
  reader.ReadSpan("recorder/episode", std::span<std::uint32_t>(episode_));
  reader.ReadSpan("recorder/first_step", std::span<std::int64_t>(first_step_));
  auto [file, lock] = record::ContinueRecording(path_, info_, counts);
  writer_.emplace(std::move(file), std::move(lock), worlds_);
  next_step_ = counts[record::kPlies] / worlds_;
}

}  // namespace

bool HasRecording() { return true; }

std::int64_t RecorderBytes(const EnvSpec& spec, int worlds) {
  constexpr std::int64_t kOpenEpisode = sizeof(std::uint32_t) + sizeof(std::int64_t);
  return RowWriter::Bytes(spec, worlds) + record::CacheBytes(spec) + worlds * kOpenEpisode;
}

std::unique_ptr<Listener> MakeRecorder(const std::string& path, const RecordingInfo& info) {
  auto recorder = std::make_unique<Recorder>(path, info);
  recorder->Start();
  return recorder;
}

void WriteOpenEpisode(const std::string& path, const RecordingInfo& info, const EpisodeData& data) {
  BRASA_ASSERT(info.worlds == 1);
  std::error_code ignored;
  std::filesystem::remove(path, ignored);  // what is in the way is told by the next line
  auto [file, lock] = record::StartRecording(path, info);
  RowWriter writer(std::move(file), std::move(lock), 1);
  const auto push_chance = [&](std::int64_t step, std::uint8_t reset) {
    if (data.chance.empty()) return;
    for (const std::int32_t id : data.chance[static_cast<std::size_t>(step + 1)]) {
      PushChance(writer, {step, 0, reset, id});
    }
  };
  push_chance(-1, 1);
  const std::size_t length = data.player.size();
  const std::uint8_t none = 0;
  const auto cells = [&](const auto& values, std::size_t t) {
    return values.data() + t * (values.size() / length);
  };
  for (std::size_t t = 0; t < length; ++t) {
    writer.Reserve(record::kPlies, 1);
    record::RowRing& plies = writer.ring(record::kPlies);
    plies.Set(record::kPlayer, cells(data.player, t), 1);
    plies.Set(record::kObservation, cells(data.observation, t), 1);
    plies.Set(record::kAction, cells(data.actions, t), 1);
    plies.Set(record::kReward, cells(data.rewards, t), 1);
    plies.Set(record::kEnd, &none, 1);
    plies.Set(record::kEpisode, &info.first_episode, 1);
    push_chance(static_cast<std::int64_t>(t), 0);
    writer.PublishStep();
  }
  writer.Finish();
}

std::unique_ptr<Listener> ReopenRecorder(const std::string& path, const RecordingInfo& info) {
  if (!std::filesystem::exists(path)) throw FileError(path + ": there is no such file");
  return std::make_unique<Recorder>(path, info);
}

}  // namespace brasa
