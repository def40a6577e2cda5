// The memory that host and worker processes share: the rows of one vector step.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "brasa/core/batch.h"
#include "brasa/core/spec.h"

namespace brasa {

/// A file in memory, for a worker process to inherit. Throws IoError.
class MemoryFile {
 public:
  explicit MemoryFile(std::size_t bytes);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  int get() const { return file_; }

 private:
  int file_;
};

/// Both sides lay the same arrays out from spec and number of worlds. A worker writes the rows of
/// its own worlds only; turns are taken by the notes of a WorkerLink.
class SharedRows {
 public:
  static std::size_t Bytes(const EnvSpec& spec, int worlds);
  /// Maps `file`, which stays open. Throws IoError.
  SharedRows(int file, const EnvSpec& spec, int worlds);
  ~SharedRows();
  SharedRows(const SharedRows&) = delete;
  SharedRows& operator=(const SharedRows&) = delete;

  /// One a world; a worker counts plies that it plays again in that of its first.
  std::atomic<std::uint64_t>* progress = nullptr;  ///< [N]
  std::uint64_t* signatures = nullptr;             ///< [N]
  std::uint8_t* actions = nullptr;                 ///< [N, K] of 4 bytes
  StateRows states;
  OutcomeRows outcome;
  /// Last rows: a worker fills slots from its first world on, and counts them in `ended` there.
  std::int32_t* ended = nullptr;        ///< [N]
  std::int32_t* last_world = nullptr;   ///< [N]
  std::int32_t* last_length = nullptr;  ///< [N]
  std::uint32_t* last_episode = nullptr;
  double* last_returns = nullptr;             ///< [N, P]
  float* last_measures = nullptr;             ///< [N, M]
  std::uint8_t* last_observations = nullptr;  ///< [N, P, D]

 private:
  std::size_t LayOut(std::uint8_t* memory, const EnvSpec& spec, int worlds);

  std::uint8_t* memory_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace brasa
