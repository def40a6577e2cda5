#include "agents/memory/saved_rng.h"

#include <array>
#include <cstdint>
#include <span>

namespace brasa {

void SaveRng(StateWriter& writer, const char* name, const Rng& rng) {
  const std::array<std::uint64_t, 4> words = {rng.key, rng.stream, rng.counter, rng.spare};
  writer.WriteSpan(name, std::span<const std::uint64_t>(words));
}

void LoadRng(StateReader& reader, const char* name, Rng& rng) {
  std::array<std::uint64_t, 4> words{};
  reader.ReadSpan(name, std::span<std::uint64_t>(words));
  rng.key = words[0];
  rng.stream = words[1];
  rng.counter = words[2];
  rng.spare = words[3];
}

}  // namespace brasa
