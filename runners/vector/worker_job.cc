#include "runners/vector/worker_job.h"

#include "brasa/core/error.h"

namespace brasa {
namespace {

StateReader Reader(std::string_view bytes) { return {bytes, "a note between processes"}; }

enum class Kind : std::int32_t { kError, kConfig, kUsage, kFile, kIo, kNumeric };

Kind KindOf(const std::exception& error) {
  if (dynamic_cast<const ConfigError*>(&error) != nullptr) return Kind::kConfig;
  if (dynamic_cast<const FileError*>(&error) != nullptr) return Kind::kFile;
  if (dynamic_cast<const UsageError*>(&error) != nullptr) return Kind::kUsage;
  if (dynamic_cast<const IoError*>(&error) != nullptr) return Kind::kIo;
  if (dynamic_cast<const NumericError*>(&error) != nullptr) return Kind::kNumeric;
  return Kind::kError;
}

}  // namespace

std::string JobBytes(const WorkerJob& job) {
  StateWriter writer;
  writer.WriteText("env", job.env);
  writer.Write("params", static_cast<std::int32_t>(job.params.size()));
  for (const auto& [name, value] : job.params) {
    writer.WriteText("name", name);
    writer.WriteText("value", value);
  }
  writer.Write("seed", job.streams.seed);
  writer.Write("role", job.streams.role);
  writer.Write("first_index", job.streams.first_index);
  writer.Write("signature", job.signature);
  writer.Write("worlds", job.worlds);
  writer.Write("begin", job.begin);
  writer.Write("end", job.end);
  return writer.bytes();
}

WorkerJob ReadJob(std::string_view bytes) {
  StateReader reader = Reader(bytes);
  WorkerJob job;
  job.env = reader.ReadText("env");
  std::int32_t params = 0;
  reader.Read("params", params);
  for (int i = 0; i < params; ++i) {
    std::string name = reader.ReadText("name");
    job.params.emplace_back(std::move(name), reader.ReadText("value"));
  }
  reader.Read("seed", job.streams.seed);
  reader.Read("role", job.streams.role);
  reader.Read("first_index", job.streams.first_index);
  reader.Read("signature", job.signature);
  reader.Read("worlds", job.worlds);
  reader.Read("begin", job.begin);
  reader.Read("end", job.end);
  return job;
}

void WriteEpisode(const OpenEpisode& episode, StateWriter& writer) {
  writer.Write("world", episode.world);
  writer.Write("episode", episode.episode);
  writer.Write("signature", episode.signature);
  writer.WriteVector("actions", episode.actions);
}

OpenEpisode ReadEpisode(StateReader& reader) {
  OpenEpisode episode;
  reader.Read("world", episode.world);
  reader.Read("episode", episode.episode);
  reader.Read("signature", episode.signature);
  reader.ReadVector("actions", episode.actions);
  return episode;
}

std::string ExamineBytes(const ExamineJob& job) {
  StateWriter writer;
  WriteEpisode(job.open, writer);
  writer.WriteVector("lost_action", job.lost_action);
  return writer.bytes();
}

ExamineJob ReadExamine(std::string_view bytes) {
  StateReader reader = Reader(bytes);
  ExamineJob job;
  job.open = ReadEpisode(reader);
  reader.ReadVector("lost_action", job.lost_action);
  return job;
}

std::string ReplayedBytes(const ReplayedEpisode& episode) {
  StateWriter writer;
  writer.WriteVector("player", episode.player);
  writer.WriteVector("observation", episode.observation);
  writer.WriteVector("rewards", episode.rewards);
  WriteLists(episode.chance, writer);
  return writer.bytes();
}

ReplayedEpisode ReadReplayed(std::string_view bytes) {
  StateReader reader = Reader(bytes);
  ReplayedEpisode episode;
  reader.ReadVector("player", episode.player);
  reader.ReadVector("observation", episode.observation);
  reader.ReadVector("rewards", episode.rewards);
  episode.chance = ReadLists(reader);
  return episode;
}

void WriteLists(const std::vector<std::vector<std::int32_t>>& lists, StateWriter& writer) {
  std::vector<std::int32_t> counts, ids;
  for (const auto& list : lists) {
    counts.push_back(static_cast<std::int32_t>(list.size()));
    ids.insert(ids.end(), list.begin(), list.end());
  }
  writer.WriteVector("counts", counts);
  writer.WriteVector("ids", ids);
}

std::vector<std::vector<std::int32_t>> ReadLists(StateReader& reader) {
  std::vector<std::int32_t> counts, ids;
  reader.ReadVector("counts", counts);
  reader.ReadVector("ids", ids);
  std::vector<std::vector<std::int32_t>> lists;
  std::size_t at = 0;
  for (const std::int32_t count : counts) {
    const auto size = static_cast<std::size_t>(count);
    if (count < 0 || size > ids.size() - at) throw FileError(reader.source() + " is damaged");
    const auto first = ids.begin() + static_cast<std::ptrdiff_t>(at);
    lists.emplace_back(first, first + count);
    at += size;
  }
  return lists;
}

std::string ErrorBytes(const std::exception& error) {
  StateWriter writer;
  writer.Write("kind", KindOf(error));
  writer.WriteText("text", error.what());
  return writer.bytes();
}

void ThrowError(std::string_view bytes) {
  StateReader reader = Reader(bytes);
  Kind kind = Kind::kError;
  reader.Read("kind", kind);
  const std::string text = reader.ReadText("text");
  switch (kind) {
    case Kind::kConfig:
      throw ConfigError(text);
    case Kind::kUsage:
      throw UsageError(text);
    case Kind::kFile:
      throw FileError(text);
    case Kind::kIo:
      throw IoError(text);
    case Kind::kNumeric:
      throw NumericError(text);
    case Kind::kError:
      break;
  }
  throw Error(text);
}

}  // namespace brasa
