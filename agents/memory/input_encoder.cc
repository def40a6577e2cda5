#include "agents/memory/input_encoder.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace brasa {

InputEncoder::InputEncoder(const ObservationSpec& spec, const InputOptions& options)
    : options_(options),
      encoder_(spec),
      moments_(options.normalize ? encoder_.inputs() : 0),
      mean_(static_cast<std::size_t>(moments_.columns())),
      scale_(mean_.size()) {
  TakeScales();
}

void InputEncoder::TakeScales() {
  for (std::size_t d = 0; d < mean_.size(); ++d) {
    mean_[d] = static_cast<float>(moments_.mean()[d]);
    scale_[d] = static_cast<float>(1.0 / std::sqrt(moments_.variance()[d] + 1e-8));
  }
}

void InputEncoder::Normalize(float* frames, std::size_t count) const {
  if (!options_.normalize) return;
  const float clip = options_.clip;
  for (std::size_t i = 0; i < count; ++i, frames += mean_.size()) {
    for (std::size_t d = 0; d < mean_.size(); ++d) {
      const float x = (frames[d] - mean_[d]) * scale_[d];
      frames[d] = clip > 0 ? std::min(std::max(x, -clip), clip) : x;
    }
  }
}

void InputEncoder::Encode(const void* rows, int count, float* out) const {
  encoder_.Encode(rows, count, out);
  Normalize(out, static_cast<std::size_t>(count));
}

void InputEncoder::Gather(const void* rows, std::span<const std::int32_t> indices,
                          float* out) const {
  encoder_.Gather(rows, indices, out);
  Normalize(out, indices.size());
}

void InputEncoder::Observe(const void* rows, int count) {
  if (!options_.normalize) return;
  const std::size_t size = static_cast<std::size_t>(count) * mean_.size();
  if (observed_.size() < size) observed_.resize(size);
  encoder_.Encode(rows, count, observed_.data());
  moments_.Update(observed_.data(), static_cast<std::size_t>(count));
  TakeScales();
}

void InputEncoder::TakeMoments(const InputEncoder& other) {
  moments_ = other.moments_;
  mean_ = other.mean_;
  scale_ = other.scale_;
}

void InputEncoder::Load(StateReader& reader) {
  moments_.Load(reader);
  TakeScales();
}

}  // namespace brasa
