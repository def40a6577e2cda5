#include "agents/memory/frame_stack.h"

#include <cstddef>
#include <cstring>
#include <span>

namespace brasa {

FrameStack::FrameStack(int worlds, int frames, int row_bytes)
    : frames_(frames),
      row_bytes_(static_cast<std::size_t>(row_bytes)),
      seen_(static_cast<std::size_t>(worlds), 0),
      rows_(seen_.size() * static_cast<std::size_t>(frames) * row_bytes_) {}

void FrameStack::Push(const ActRows& rows, void* out) {
  const auto* observation = static_cast<const std::uint8_t*>(rows.observation);
  auto* to = static_cast<std::uint8_t*>(out);
  const std::size_t older = static_cast<std::size_t>(frames_ - 1) * row_bytes_;
  const std::size_t all = older + row_bytes_;
  for (std::size_t i = 0; i < static_cast<std::size_t>(rows.count); ++i) {
    const auto world = static_cast<std::size_t>(rows.world[i]);
    std::uint8_t* const stack = rows_.data() + world * all;
    std::memmove(stack, stack + row_bytes_, older);
    std::memcpy(stack + older, observation, row_bytes_);
    if (seen_[world] == 0 || (rows.start != nullptr && rows.start[i] != 0)) {
      for (std::size_t at = 0; at < older; at += row_bytes_) {
        std::memcpy(stack + at, observation, row_bytes_);
      }
    }
    seen_[world] = 1;
    std::memcpy(to, stack, all);
    to += all;
    observation += row_bytes_;
  }
}

void FrameStack::Save(StateWriter& writer) const {
  writer.WriteVector("frames.seen", seen_);
  writer.WriteVector("frames.rows", rows_);
}

void FrameStack::Load(StateReader& reader) {
  reader.ReadSpan("frames.seen", std::span(seen_));
  reader.ReadSpan("frames.rows", std::span(rows_));
}

}  // namespace brasa
