// What a recurrent policy remembers of every world.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "brasa/agent.h"
#include "brasa/core/archive.h"

namespace brasa {

/// S floats of each world, for environments of one player; zeros where nothing is remembered, as at
/// first. Threads: one. Memory: made by the constructor.
class WorldMemory {
 public:
  WorldMemory(int worlds, int size);

  int size() const { return size_; }                            ///< S
  const std::vector<float>& states() const { return states_; }  ///< [worlds, S]

  /// Overwrites out [rows.count, S] with what is remembered of the rows' worlds: nothing where
  /// rows.start says that an episode begins.
  void Read(const ActRows& rows, float* out) const;
  /// From now on in [rows.count, S] is remembered of the rows' worlds.
  void Write(const ActRows& rows, const float* in);

  void Save(StateWriter& writer) const;
  /// Throws FileError if the sizes differ.
  void Load(StateReader& reader);

 private:
  std::size_t At(std::int32_t world) const {
    return static_cast<std::size_t>(world) * static_cast<std::size_t>(size_);
  }

  int size_;
  std::vector<float> states_;
};

}  // namespace brasa
