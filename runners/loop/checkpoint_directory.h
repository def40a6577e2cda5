// The folder of a run's checkpoints: `step-<12 digits>.ckpt`, the two newest kept.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "runners/loop/checkpoint_file.h"

namespace brasa {

/// Writes the checkpoint of `step` (>= 0) into `directory`, which is made if it is missing, and
/// returns its path. After it is on the disk, all but it and the next older one are removed: older
/// ones, ones of a later step (the run has gone back before them), and half-written ones.
/// Throws IoError; then every checkpoint that was there still is.
std::filesystem::path WriteRunCheckpoint(const std::filesystem::path& directory, std::int64_t step,
                                         std::span<const SectionView> sections);

/// The newest checkpoint that verifies.
struct LatestCheckpoint {
  Checkpoint checkpoint;
  std::int64_t step;
  std::vector<std::string> skipped;  ///< why each newer one was not taken, newest first
};

/// Throws FileError if `directory` holds no checkpoint, or none that verifies.
LatestCheckpoint FindLatestCheckpoint(const std::filesystem::path& directory);

}  // namespace brasa
