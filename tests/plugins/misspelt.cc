// An environment with one member too many; the build says which. MEMBER must not compile.
#include "brasa/env.h"

struct Walk {
  static constexpr bool kFlat = true;
  static brasa::EnvSpec Spec(const brasa::Params&) { return {}; }
  explicit Walk(const brasa::Params&) {}
  void Reset(brasa::Rng&) { cell = 0; }
  brasa::EpisodeEnd Step(brasa::ActionRef, brasa::Rng&, std::span<float>) {
    return brasa::EpisodeEnd::kTerminated;
  }
  void Observe(int, std::span<float> out) const { out[0] = static_cast<float>(cell); }
  MEMBER
  int cell = 0;
};

BRASA_PLUGIN(Walk)
