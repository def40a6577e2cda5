// An environment that counts its steps: every observation says which episode and which ply it is,
// so that a test can tell by hand what a memory or a target must hold.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "brasa/env.h"
#include "brasa/registry.h"

namespace brasa::support {

/// Episode e (0, 1, ...) of a world terminates after 2, 3, 7, 2, 3, 7, ... plies unless the limit
/// of 5 cuts it first: the third, sixth, ... are truncated. Ply t (0, 1, ...) gives reward t + 1;
/// the observation before it is (e mod 256, t), of Element (float or uint8). Odd plies allow
/// action 1 alone, even plies all of 0, 1, 2 (kDiscrete); or actions are 2 numbers in [-1, 1].
template <typename Element, bool kBoxActions>
struct StepCounter {
  static constexpr bool kFlat = true;
  static constexpr int kLimit = 5;

  static EnvSpec Spec(const Params&) {
    EnvSpec spec;
    spec.id = "StepCounter-v0";
    spec.summary = "Counts its steps";
    spec.observation.type = sizeof(Element) == 1 ? ElementType::kUint8 : ElementType::kFloat32;
    spec.observation.shape = {2};
    spec.observation.axes = {"feature"};
    spec.observation.low = {0};
    spec.observation.high = {255};
    if constexpr (kBoxActions) {
      spec.action.kind = ActionKind::kBox;
      spec.action.low = {-1, -1};
      spec.action.high = {1, 1};
    } else {
      spec.action.count = 3;
    }
    spec.max_episode_steps = kLimit;
    return spec;
  }

  /// Plies after which episode e terminates.
  static std::int32_t Length(std::int32_t episode) {
    constexpr std::int32_t kLengths[] = {2, 3, 7};
    return kLengths[episode % 3];
  }

  explicit StepCounter(const Params&) {}

  void Reset(Rng&) {
    ++episode;
    plies = 0;
  }
  EpisodeEnd Step(ActionRef, Rng&, std::span<float> rewards) {
    rewards[0] = static_cast<float>(++plies);
    return plies == Length(episode) ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }
  void Observe(int, std::span<Element> out) const {
    out[0] = static_cast<Element>(episode % 256);
    out[1] = static_cast<Element>(plies);
  }
  int LegalActions(std::span<std::int32_t> ids) const requires(!kBoxActions) {
    const std::int32_t first = plies % 2, count = plies % 2 == 1 ? 1 : 3;
    for (std::int32_t i = 0; i < count; ++i) ids[static_cast<std::size_t>(i)] = first + i;
    return count;
  }

  std::int32_t episode = -1;
  std::int32_t plies = 0;
};

template <typename Element, bool kBoxActions>
EnvRow StepCounterRow() {
  EnvRow row;
  row.id = "StepCounter-v0";
  row.env_class = &EnvClassOf<StepCounter<Element, kBoxActions>>();
  return row;
}

}  // namespace brasa::support
