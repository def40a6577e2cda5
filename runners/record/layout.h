// The tables of a recording: which columns, of which type and shape. docs/file-formats.md tells the
// same to readers in other languages; a change there or here is a new kLayoutVersion.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "brasa/recorder.h"
#include "runners/record/h5.h"

namespace brasa::record {

inline constexpr const char* kFormatName = "brasa-recording";
inline constexpr std::int32_t kLayoutVersion = 3;

/// One dataset: [rows, dims...].
struct Column {
  std::string name;
  Type type;
  std::vector<int> dims;
  std::string description;
  std::int64_t row_bytes = 0;
};

/// Datasets of one group whose rows belong together.
struct Table {
  std::string name;
  std::int64_t chunk_rows;  ///< of its columns, unless a chunk would exceed 1 MiB
  std::vector<Column> columns;
  std::int64_t row_bytes() const;
};

enum TableIndex { kPlies = 0, kEpisodes = 1, kChanceIds = 2 };
inline constexpr int kTables = 3;

enum PlyColumn { kPlayer = 0, kObservation, kAction, kReward, kEnd, kEpisode };
enum EpisodeColumn {
  kEpisodeWorld = 0,
  kEpisodeNumber,
  kFirstStep,
  kLength,
  kEpisodeEnd,
  kReturn,
  kFinalObservation,
  kMeasures  ///< only where the environment has measures
};
enum ChanceColumn { kChanceStep = 0, kChanceWorld, kChanceReset, kChanceId };

/// The tables for an environment, by TableIndex.
std::array<Table, kTables> Tables(const EnvSpec& spec);

/// Rows of a dataset that share a chunk.
std::int64_t ChunkRows(const Table& table, const Column& column);

/// Rows of each table.
using Counts = std::array<std::int64_t, kTables>;

/// Everything `info` says, as attributes of the root and of the group `spec`.
void WriteInfo(const RecordingInfo& info, std::int64_t root, std::int64_t spec,
               const std::string& path);
/// Throws FileError where an attribute is missing, of another type, or the spec contradicts itself.
RecordingInfo ReadInfo(std::int64_t root, std::int64_t spec, const std::string& path);

}  // namespace brasa::record
