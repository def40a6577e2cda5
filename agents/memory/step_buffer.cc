#include "brasa/step_buffer.h"

#include <span>

namespace brasa {

StepBuffer::StepBuffer(const EnvSpec& spec, int worlds)
    : worlds_(worlds),
      observation_bytes_(static_cast<std::size_t>(spec.observation.bytes())),
      action_count_(spec.action.kind == ActionKind::kDiscrete
                        ? static_cast<std::size_t>(spec.action.count)
                        : 0) {
  const auto n = static_cast<std::size_t>(worlds);
  for (States& states : side_) {
    states.player.resize(n);
    states.observation.resize(n * observation_bytes_);
    states.mask.assign(n * action_count_, 1);
    states.start.resize(n);
  }
  actions_.resize(n * static_cast<std::size_t>(spec.action.size()));
  reward_.resize(n * static_cast<std::size_t>(spec.players));
  end_.resize(n);
}

StateRows StepBuffer::Rows(int side) {
  States& states = side_[side];
  return {states.player.data(), states.observation.data(),
          action_count_ > 0 ? states.mask.data() : nullptr, states.start.data()};
}

StepRows StepBuffer::NextRows() {
  return {Rows(now_), actions_.data(), {reward_.data(), end_.data()}, Rows(1 - now_)};
}

const std::uint8_t* StepBuffer::observation(int after, int world) const {
  return side_[now_ ^ after].observation.data() +
         static_cast<std::size_t>(world) * observation_bytes_;
}

const std::uint8_t* StepBuffer::mask(int after, int world) const {
  if (action_count_ == 0) return nullptr;
  return side_[now_ ^ after].mask.data() + static_cast<std::size_t>(world) * action_count_;
}

void StepBuffer::Save(StateWriter& writer) const {
  const States& states = side_[now_];
  writer.WriteVector("now/player", states.player);
  writer.WriteVector("now/observation", states.observation);
  writer.WriteVector("now/mask", states.mask);
  writer.WriteVector("now/start", states.start);
}

void StepBuffer::Load(StateReader& reader) {
  States& states = side_[now_];
  reader.ReadSpan("now/player", std::span<std::int32_t>(states.player));
  reader.ReadSpan("now/observation", std::span<std::uint8_t>(states.observation));
  reader.ReadSpan("now/mask", std::span<std::uint8_t>(states.mask));
  reader.ReadSpan("now/start", std::span<std::uint8_t>(states.start));
}

}  // namespace brasa
