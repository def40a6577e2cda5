#include "agents/memory/linked_rollout.h"

#include <algorithm>
#include <utility>

#include "brasa/core/assert.h"

namespace brasa {

LinkedRollout::LinkedRollout(const EnvSpec& spec, int worlds, int horizon, int frames)
    : rollout_(spec, worlds, horizon, frames),
      chains_(worlds * (horizon + 1)),
      observation_bytes_(static_cast<std::size_t>(spec.observation.bytes())),
      frame_rows_(static_cast<std::size_t>(frames)) {
  const auto seats = static_cast<std::size_t>(worlds * spec.players);
  truncated_.reserve(seats);
  final_observations_.reserve(seats * observation_bytes_);
}

void LinkedRollout::Link(std::span<const SeatTransition> closed, const LastRows& last) {
  const auto* const seen = static_cast<const std::uint8_t*>(last.observation);
  for (const SeatTransition& decision : closed) {
    chains_.Add(decision, 0.0f);
    if (decision.end != EpisodeEnd::kTruncated) continue;
    truncated_.push_back(static_cast<std::int32_t>(decision.row));
    const std::int32_t row = decision.last * rollout_.players() + decision.seat;
    const std::uint8_t* const at = seen + static_cast<std::size_t>(row) * observation_bytes_;
    final_observations_.insert(final_observations_.end(), at, at + observation_bytes_);
  }
}

void LinkedRollout::GatherFinalInputs(const InputEncoder& input, float* out) {
  const auto frames = static_cast<std::size_t>(rollout_.frames());
  for (std::size_t i = 0; i < truncated_.size(); ++i, out += input.inputs()) {
    // The stack of the last decision moves on by one frame.
    rollout_.FrameRows(truncated_[i], frame_rows_.data());
    input.Gather(rollout_.observations(), {frame_rows_.data() + 1, frames - 1}, out);
    input.Encode(final_observations_.data() + i * observation_bytes_, 1,
                 out + (frames - 1) * static_cast<std::size_t>(input.frame_inputs()));
  }
}

void LinkedRollout::TellFinalValues(const float* value, int stride) {
  for (const std::int32_t row : truncated_) {
    chains_.EndAt(row, *value);
    value += stride;
  }
  truncated_.clear();
  final_observations_.clear();
}

void LinkedRollout::GatherInputs(const InputEncoder& input, std::span<const std::int32_t> rows,
                                 float* out) {
  const auto frames = static_cast<std::size_t>(rollout_.frames());
  if (frames > 1) {
    if (frame_rows_.size() < rows.size() * frames) frame_rows_.resize(rows.size() * frames);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rollout_.FrameRows(rows[i], frame_rows_.data() + i * frames);
    }
    rows = {frame_rows_.data(), rows.size() * frames};
  }
  input.Gather(rollout_.observations(), rows, out);
}

void LinkedRollout::Keep(int from, int to) {
  BRASA_ASSERT(truncated_.empty());
  rollout_.Keep(from, to);
  chains_.Keep(from * rollout_.worlds(), to * rollout_.worlds());
}

void LinkedRollout::BeginAfter(const LinkedRollout& before) {
  rollout_.BeginAfter(before.rollout_);
  chains_.Clear();
  truncated_.clear();
  final_observations_.clear();
}

void LinkedRollout::Save(StateWriter& writer) const {
  rollout_.Save(writer);
  chains_.Save(writer);
  writer.WriteVector("rollout.truncated", truncated_);
  writer.WriteVector("rollout.final_observations", final_observations_);
}

void LinkedRollout::Load(StateReader& reader) {
  rollout_.Load(reader);
  chains_.Load(reader);
  reader.ReadVector("rollout.truncated", truncated_);
  reader.ReadVector("rollout.final_observations", final_observations_);
  const auto outside = [&](std::int32_t row) { return row < 0 || row >= rollout_.rows(); };
  if (std::ranges::any_of(truncated_, outside) ||
      final_observations_.size() != truncated_.size() * observation_bytes_) {
    throw FileError(reader.source() + ": the truncated decisions do not fit the rollout");
  }
}

std::int64_t LinkedRolloutBytes(const EnvSpec& spec, int worlds, int horizon, int frames) {
  const std::int64_t actions = spec.action.kind == ActionKind::kDiscrete ? spec.action.count : 0;
  const std::int64_t seen = spec.observation.bytes(), sent = spec.action.bytes();
  const std::int64_t scored = spec.action.kind == ActionKind::kBox ? sent : 0;
  const std::int64_t rows = std::int64_t{worlds} * horizon, states = rows + worlds;
  return states * (seen + actions + 9 + 12) + std::int64_t{worlds} * (frames - 1) * (seen + 1) +
         rows * (4 * spec.players + 5 + sent + scored) +
         std::int64_t{worlds} * spec.players * (seen + 4);
}

void Shuffle(Rng& rng, std::span<std::int32_t> rows) {
  for (std::size_t i = rows.size(); i-- > 1;) {
    std::swap(rows[i], rows[rng.Below(static_cast<std::uint32_t>(i + 1))]);
  }
}

}  // namespace brasa
