// The presets of agents/presets, one file per agent and environment, as the build found them.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "brasa/registry.h"

namespace brasa {

/// One value of one preset.
struct PresetValue {
  std::string_view agent, env, key, value;
};

/// The values of all files, those of one file together, in its order; files by name.
std::span<const PresetValue> PresetValues();

/// The presets of `agent`: keys are its fields, `steps` and `envs`.
std::vector<AgentRow::Preset> PresetsOf(std::string_view agent);

}  // namespace brasa
