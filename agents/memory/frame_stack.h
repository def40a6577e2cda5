// The last frames of every world, for policies that need more than one to see motion.
#pragma once

#include <cstdint>
#include <vector>

#include "brasa/agent.h"
#include "brasa/core/archive.h"

namespace brasa {

/// The last F observations of each world, oldest first; where an episode has had fewer, its first
/// one is repeated (Gymnasium's padding "reset"). Threads: one. Memory: made by the constructor.
class FrameStack {
 public:
  FrameStack(int worlds, int frames, int row_bytes);

  int frames() const { return frames_; }
  /// Takes the observations of `rows` and overwrites out [rows.count, F, row_bytes]. A row begins
  /// an episode where rows.start says so, and where its world is seen for the first time.
  void Push(const ActRows& rows, void* out);

  void Save(StateWriter& writer) const;
  /// Throws FileError if the sizes differ.
  void Load(StateReader& reader);

 private:
  int frames_;
  std::size_t row_bytes_;
  std::vector<std::uint8_t> seen_;  // [worlds]
  std::vector<std::uint8_t> rows_;  // [worlds, F, row_bytes]
};

}  // namespace brasa
