#include "agents/deep/policy_actor.h"

#include <cstddef>

namespace brasa {

PolicyActor::PolicyActor(Network& network, const ObservationEncoder& encoder, ActMode mode,
                         int worlds, std::uint64_t seed, StreamRole role)
    : network_(network), encoder_(encoder), mode_(mode) {
  for (int i = 0; i < worlds; ++i) rngs_.emplace_back(seed, role, static_cast<std::uint32_t>(i));
}

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
      uniforms_[i] = rngs_[static_cast<std::size_t>(rows.world[i])].Uniform();
    }
    policy_.Sample(uniforms_.data(), chosen);
  }
  if (log_prob_ == nullptr) return;
  for (std::size_t i = 0; i < count; ++i) {
    log_prob_[rows.world[i]] = policy_.LogProbability(static_cast<int>(i), chosen[i]);
    value_[rows.world[i]] = outputs_[(i + 1) * outputs - 1];
  }
}

void PolicyActor::Save(StateWriter& writer) const {
  std::vector<std::uint64_t> words;
  for (const Rng& rng : rngs_) {
    words.insert(words.end(), {rng.key, rng.stream, rng.counter, rng.spare});
  }
  writer.WriteVector("actor.streams", words);
}

void PolicyActor::Load(StateReader& reader) {
  std::vector<std::uint64_t> words(rngs_.size() * 4);
  reader.ReadSpan("actor.streams", std::span(words));
  for (std::size_t i = 0; i < rngs_.size(); ++i) {
    static_cast<brasa_rng&>(rngs_[i]) = {words[4 * i], words[4 * i + 1], words[4 * i + 2],
                                         words[4 * i + 3]};
  }
}

}  // namespace brasa
