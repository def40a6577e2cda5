#include "agents/deep/policy_actor.h"

#include <cstddef>

namespace brasa {

PolicyActor::PolicyActor(Network& network, const ObservationEncoder& encoder, ActMode mode,
                         int worlds, std::uint64_t seed, StreamRole role)
    : network_(network), encoder_(encoder), mode_(mode), rngs_(worlds, seed, role) {}

void PolicyActor::Act(const ActRows& rows, void* actions) {
  const auto count = static_cast<std::size_t>(rows.count);
  const auto outputs = static_cast<std::size_t>(network_.outputs());
  if (uniforms_.size() < count) {
    uniforms_.resize(count);
    outputs_.resize(count * outputs);
    if (!encoder_.identity()) inputs_.resize(count * static_cast<std::size_t>(encoder_.inputs()));
  }
  const auto* inputs = static_cast<const float*>(rows.observation);
  if (!encoder_.identity()) {
    encoder_.Encode(rows.observation, rows.count, inputs_.data());
    inputs = inputs_.data();
  }
  network_.Forward(inputs, rows.count, outputs_.data());
  policy_.Set({.logits = outputs_.data(),
               .rows = rows.count,
               .actions = network_.outputs() - 1,
               .stride = network_.outputs(),
               .mask = rows.mask});
  auto* const chosen = static_cast<std::int32_t*>(actions);
  if (mode_ == ActMode::kGreedy) {
    policy_.Mode(chosen);
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      uniforms_[i] = rngs_[rows.world[i]].Uniform();
    }
    policy_.Sample(uniforms_.data(), chosen);
  }
  if (log_prob_ == nullptr) return;
  for (std::size_t i = 0; i < count; ++i) {
    log_prob_[rows.world[i]] = policy_.LogProbability(static_cast<int>(i), chosen[i]);
    value_[rows.world[i]] = outputs_[(i + 1) * outputs - 1];
  }
}

}  // namespace brasa
