// One random stream a world.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "brasa/core/archive.h"
#include "brasa/core/random.h"

namespace brasa {

/// World w draws from the stream (seed, role, w) alone, so what it draws does not depend on how
/// many others there are or in which order they are asked.
class WorldRngs {
 public:
  WorldRngs(int worlds, std::uint64_t seed, StreamRole role) {
    for (int w = 0; w < worlds; ++w) {
      rngs_.emplace_back(seed, role, static_cast<std::uint32_t>(w));
    }
  }
  Rng& operator[](std::int32_t world) { return rngs_[static_cast<std::size_t>(world)]; }

  void Save(StateWriter& writer) const {
    std::vector<std::uint64_t> state;
    for (const Rng& rng : rngs_) {
      state.insert(state.end(), {rng.key, rng.stream, rng.counter, rng.spare});
    }
    writer.WriteVector("actor/streams", state);
  }
  /// Throws FileError if the number of worlds differs.
  void Load(StateReader& reader) {
    std::vector<std::uint64_t> state(4 * rngs_.size());
    reader.ReadSpan("actor/streams", std::span<std::uint64_t>(state));
    for (std::size_t w = 0; w < rngs_.size(); ++w) {
      rngs_[w].key = state[4 * w];
      rngs_[w].stream = state[4 * w + 1];
      rngs_[w].counter = state[4 * w + 2];
      rngs_[w].spare = state[4 * w + 3];
    }
  }

 private:
  std::vector<Rng> rngs_;
};

}  // namespace brasa
