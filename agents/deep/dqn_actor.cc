#include "agents/deep/dqn_actor.h"

#include <algorithm>

#include "agents/memory/saved_rng.h"

namespace brasa {
namespace {

constexpr std::uint32_t kNoiseStream = (1u << 24) - 1;  // beside those of the worlds

}  // namespace

DqnActor::DqnActor(QNetwork& network, const ObservationEncoder& encoder, const double& epsilon,
                   ActMode mode, int worlds, std::uint64_t seed, StreamRole role)
    : network_(network),
      encoder_(encoder),
      epsilon_(epsilon),
      mode_(mode),
      rngs_(worlds, seed, role),
      noise_(seed, role, kNoiseStream) {}

void DqnActor::Act(const ActRows& rows, void* actions) {
  auto* const chosen = static_cast<std::int32_t*>(actions);
  std::fill_n(chosen, rows.count, -1);
  if (mode_ == ActMode::kExplore) {
    if (!Explore(rows, chosen)) return;
    network_.SampleNoise(noise_);
  } else {
    network_.UseMeans();
  }
  const auto count = static_cast<std::size_t>(rows.count);
  const auto* inputs = static_cast<const float*>(rows.observation);
  if (!encoder_.identity()) {
    inputs_.resize(std::max(inputs_.size(), count * static_cast<std::size_t>(encoder_.inputs())));
    encoder_.Encode(rows.observation, rows.count, inputs_.data());
    inputs = inputs_.data();
  }
  const auto actions_per_row = static_cast<std::size_t>(network_.actions());
  values_.resize(std::max(values_.size(), count * actions_per_row));
  network_.Values(network_.Forward(inputs, rows.count), rows.count, values_.data());
  for (int i = 0; i < rows.count; ++i) {
    if (chosen[i] >= 0) continue;
    const float* const value = values_.data() + static_cast<std::size_t>(i) * actions_per_row;
    chosen[i] = BestAction(value, Mask(rows, i), network_.actions());
  }
}

bool DqnActor::Explore(const ActRows& rows, std::int32_t* actions) {
  bool waits = false;
  for (int i = 0; i < rows.count; ++i) {
    Rng& rng = rngs_[rows.world[i]];
    if (rng.Uniform() < epsilon_) {
      actions[i] = RandomLegal(Mask(rows, i), network_.actions(), rng);
    } else {
      waits = true;
    }
  }
  return waits;
}

void DqnActor::Save(StateWriter& writer) const {
  rngs_.Save(writer);
  SaveRng(writer, "actor/noise", noise_);
}

void DqnActor::Load(StateReader& reader) {
  rngs_.Load(reader);
  LoadRng(reader, "actor/noise", noise_);
}

std::int32_t RandomLegal(const std::uint8_t* mask, int actions, Rng& rng) {
  if (mask == nullptr) return static_cast<std::int32_t>(rng.Below(std::uint32_t(actions)));
  const auto legal = static_cast<std::uint32_t>(actions - std::count(mask, mask + actions, 0));
  std::uint32_t left = rng.Below(legal);
  std::int32_t a = 0;
  while (mask[a] == 0 || left-- > 0) ++a;
  return a;
}

}  // namespace brasa
