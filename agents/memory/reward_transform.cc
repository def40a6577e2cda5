#include "agents/memory/reward_transform.h"

#include <algorithm>
#include <cmath>

namespace brasa {

RewardTransform::RewardTransform(int worlds, int players, const RewardOptions& options)
    : options_(options),
      players_(static_cast<std::size_t>(players)),
      running_(options.normalize ? static_cast<std::size_t>(worlds) * players_ : 0, 0.0),
      moments_(options.normalize ? 1 : 0) {
  batch_.reserve(running_.size());
}

void RewardTransform::Apply(std::span<SeatTransition> closed) {
  if (options_.normalize) Normalize(closed);
  for (SeatTransition& transition : closed) {
    transition.reward *= options_.scale;
    if (options_.clip > 0) {
      transition.reward = std::clamp(transition.reward, -options_.clip, options_.clip);
    }
  }
}

void RewardTransform::Normalize(std::span<SeatTransition> closed) {
  batch_.clear();
  for (const SeatTransition& transition : closed) {
    double& running = running_[static_cast<std::size_t>(transition.world) * players_ +
                               static_cast<std::size_t>(transition.seat)];
    running =
        running * static_cast<double>(options_.discount) + static_cast<double>(transition.reward);
    batch_.push_back(static_cast<float>(running));
    if (transition.end != EpisodeEnd::kNone) running = 0;
  }
  moments_.Update(batch_.data(), batch_.size());
  const auto scale = static_cast<float>(1.0 / std::sqrt(moments_.variance()[0] + 1e-8));
  for (SeatTransition& transition : closed) transition.reward *= scale;
}

void RewardTransform::Save(StateWriter& writer) const {
  writer.WriteVector("rewards.running", running_);
  moments_.Save(writer);
}

void RewardTransform::Load(StateReader& reader) {
  reader.ReadSpan("rewards.running", std::span(running_));
  moments_.Load(reader);
}

}  // namespace brasa
