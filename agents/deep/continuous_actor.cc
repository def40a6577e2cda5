#include "agents/deep/continuous_actor.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace brasa {

ContinuousActor::ContinuousActor(const ContinuousPolicy& policy, ActMode mode, int worlds,
                                 std::uint64_t seed, StreamRole role)
    : policy_(policy),
      mode_(mode),
      components_(static_cast<std::size_t>(policy.box.components())),
      rngs_(worlds, seed, role),
      gaussian_(policy.box.components()),
      process_(policy.correlation > 0 ? static_cast<std::size_t>(worlds) * components_ : 0) {}

void ContinuousActor::Grow(int rows) {
  const auto count = static_cast<std::size_t>(rows);
  if (unit_.size() >= count * components_) return;
  unit_.resize(count * components_);
  noise_.resize(count * components_);
  outputs_.resize(count * static_cast<std::size_t>(policy_.network.outputs()));
  if (!policy_.encoder.identity()) {
    inputs_.resize(count * static_cast<std::size_t>(policy_.encoder.inputs()));
  }
}

void ContinuousActor::Act(const ActRows& rows, void* actions) {
  Grow(rows.count);
  const bool explores = mode_ == ActMode::kExplore;
  if (explores) DrawNoise(rows);
  if (!explores || !policy_.random) {
    const auto* inputs = static_cast<const float*>(rows.observation);
    if (!policy_.encoder.identity()) {
      policy_.encoder.Encode(rows.observation, rows.count, inputs_.data());
      inputs = inputs_.data();
    }
    policy_.network.Forward(inputs, rows.count, outputs_.data());
  }
  if (explores) {
    Explore(rows.count);
  } else if (policy_.gaussian) {
    gaussian_.Mode(outputs_.data(), rows.count, unit_.data());
  } else {
    const std::size_t size = static_cast<std::size_t>(rows.count) * components_;
    for (std::size_t i = 0; i < size; ++i) unit_[i] = std::tanh(outputs_[i]);
  }
  policy_.box.ToBox(unit_.data(), rows.count, static_cast<float*>(actions));
}

void ContinuousActor::DrawNoise(const ActRows& rows) {
  const double kept = policy_.correlation, fresh = std::sqrt(1 - kept * kept);
  double* out = noise_.data();
  for (int i = 0; i < rows.count; ++i) {
    Rng& rng = rngs_[rows.world[i]];
    double* const process = process_.data() + static_cast<std::size_t>(rows.world[i]) * components_;
    const bool starts = rows.start != nullptr && rows.start[i] != 0;
    for (std::size_t k = 0; k < components_; ++k, ++out) {
      *out = rng.Normal();
      if (process_.empty()) continue;
      if (!starts) *out = kept * process[k] + fresh * *out;
      process[k] = *out;
    }
  }
}

void ContinuousActor::Explore(int rows) {
  const std::size_t size = static_cast<std::size_t>(rows) * components_;
  if (policy_.random) {
    for (std::size_t i = 0; i < size; ++i) {
      unit_[i] = static_cast<float>(std::erf(noise_[i] * std::sqrt(0.5)));  // 2 Phi(e) - 1
    }
  } else if (policy_.gaussian) {
    gaussian_.Sample(outputs_.data(), noise_.data(), rows, unit_.data(), nullptr);
  } else {
    for (std::size_t i = 0; i < size; ++i) {
      const float u = std::tanh(outputs_[i]) + static_cast<float>(policy_.noise * noise_[i]);
      unit_[i] = std::clamp(u, -1.0f, 1.0f);
    }
  }
}

void ContinuousActor::Save(StateWriter& writer) const {
  rngs_.Save(writer);
  writer.WriteVector("actor/noise", process_);
}

void ContinuousActor::Load(StateReader& reader) {
  rngs_.Load(reader);
  reader.ReadSpan("actor/noise", std::span<double>(process_));
}

}  // namespace brasa
