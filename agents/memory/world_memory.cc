#include "agents/memory/world_memory.h"

#include <algorithm>
#include <span>

namespace brasa {

WorldMemory::WorldMemory(int worlds, int size)
    : size_(size), states_(static_cast<std::size_t>(worlds) * static_cast<std::size_t>(size)) {}

void WorldMemory::Read(const ActRows& rows, float* out) const {
  for (int i = 0; i < rows.count; ++i, out += size_) {
    if (rows.start != nullptr && rows.start[i] != 0) {
      std::fill_n(out, size_, 0.0f);
    } else {
      std::copy_n(states_.data() + At(rows.world[i]), size_, out);
    }
  }
}

void WorldMemory::Write(const ActRows& rows, const float* in) {
  for (int i = 0; i < rows.count; ++i, in += size_) {
    std::copy_n(in, size_, states_.data() + At(rows.world[i]));
  }
}

void WorldMemory::Save(StateWriter& writer) const { writer.WriteVector("memory", states_); }

void WorldMemory::Load(StateReader& reader) { reader.ReadSpan("memory", std::span(states_)); }

}  // namespace brasa
