// Plugins that are wrong in one way each; the build says which.
#include <stdexcept>

#include "brasa/env.h"

namespace {

struct Walk {
  static constexpr bool kFlat = true;
  static brasa::EnvSpec Spec(const brasa::Params&) {
    brasa::EnvSpec spec;
    spec.id = "Walk-v0";
    spec.observation.shape = {1};
    spec.observation.low = {0};
    spec.observation.high = {100};
    spec.action.count = 2;
    spec.max_episode_steps = 20;
    return spec;
  }
  explicit Walk(const brasa::Params&) {}
  void Reset(brasa::Rng&) { cell = 0; }
  brasa::EpisodeEnd Step(brasa::ActionRef action, brasa::Rng&, std::span<float> rewards) {
    cell += action.id();
    rewards[0] = 0;
    if (cell == 3) throw std::runtime_error("cell 3 is haunted");
    return brasa::EpisodeEnd::kNone;
  }
  void Observe(int, std::span<float> out) const { out[0] = static_cast<float>(cell); }
  int cell = 0;
};

[[maybe_unused]] brasa_env_class Table() { return brasa::EnvClassOf<Walk>(); }

}  // namespace

#if !defined(BROKEN_no_entry)
extern "C" BRASA_EXPORT const brasa_plugin* brasa_plugin_entry(void) {
#if defined(BROKEN_null_entry)
  return nullptr;
#else
  static brasa_env_class table = Table();
  static const brasa_env_class* const classes[] = {&table};
  static brasa_plugin plugin = {BRASA_ABI_VERSION, sizeof(brasa_plugin), classes, 1};
#if defined(BROKEN_old_abi)
  plugin.abi_version = 0;
#elif defined(BROKEN_old_table)
  table.struct_size = 40;
#elif defined(BROKEN_no_step)
  table.step = nullptr;
#endif
  return &plugin;
#endif
}
#endif
