#include "agents/registry/presets.h"

#include <string>

namespace brasa {

std::vector<AgentRow::Preset> PresetsOf(std::string_view agent) {
  std::vector<AgentRow::Preset> presets;
  for (const PresetValue& row : PresetValues()) {
    if (row.agent != agent) continue;
    if (presets.empty() || presets.back().env != row.env) {
      presets.push_back({std::string(row.env), {}});
    }
    presets.back().values.emplace_back(row.key, row.value);
  }
  return presets;
}

}  // namespace brasa
