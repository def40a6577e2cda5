// What the notes between host and worker carry.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "brasa/core/archive.h"
#include "brasa/env_batch.h"

namespace brasa {

/// kSetUp: the worlds [begin, end) of `worlds` in one process.
struct WorkerJob {
  std::string env;  ///< EnvName
  std::vector<std::pair<std::string, std::string>> params;
  WorldStreams streams;  ///< of world 0
  bool signature = true;
  int worlds = 0, begin = 0, end = 0;
};
std::string JobBytes(const WorkerJob& job);
WorkerJob ReadJob(std::string_view bytes);

/// A world as the host keeps it: its episode and the actions since its reset.
struct OpenEpisode {
  int world = 0;
  std::int32_t episode = -1;          ///< -1 = none has begun
  std::uint64_t signature = 0;        ///< of the world so far
  std::vector<std::uint8_t> actions;  ///< [T, K] of 4 bytes
};
void WriteEpisode(const OpenEpisode& episode, StateWriter& writer);
OpenEpisode ReadEpisode(StateReader& reader);

/// kExamine: an episode and the ply it was lost at; no ply = it was lost at its reset, and
/// `open.episode` is the one that should have begun.
struct ExamineJob {
  OpenEpisode open;
  std::vector<std::uint8_t> lost_action;
};
std::string ExamineBytes(const ExamineJob& job);
ExamineJob ReadExamine(std::string_view bytes);

/// kReplayed: T plies.
struct ReplayedEpisode {
  std::vector<std::int32_t> player;               ///< [T]
  std::vector<std::uint8_t> observation;          ///< [T, D] bytes
  std::vector<float> rewards;                     ///< [T, P]
  std::vector<std::vector<std::int32_t>> chance;  ///< [T + 1]
};
std::string ReplayedBytes(const ReplayedEpisode& episode);
ReplayedEpisode ReadReplayed(std::string_view bytes);

/// Lists of ids, one after the other.
void WriteLists(const std::vector<std::vector<std::int32_t>>& lists, StateWriter& writer);
std::vector<std::vector<std::int32_t>> ReadLists(StateReader& reader);

/// kFailed: the error thrown again with the type it had.
std::string ErrorBytes(const std::exception& error);
[[noreturn]] void ThrowError(std::string_view bytes);

}  // namespace brasa
