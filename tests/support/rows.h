// Rows of the registries by name.
#pragma once

#include <span>
#include <string>

#include "brasa/registry.h"

namespace brasa::support {

inline const EnvRow& FindRow(std::span<const EnvRow> rows, const std::string& id) {
  for (const EnvRow& row : rows) {
    if (row.id == id) return row;
  }
  throw ConfigError("no environment " + id);
}
inline const AgentRow& FindRow(std::span<const AgentRow> rows, const std::string& name) {
  for (const AgentRow& row : rows) {
    if (row.name == name) return row;
  }
  throw ConfigError("no agent " + name);
}

/// The built-in environment `id`.
inline const EnvRow& BuiltinRow(const std::string& id) { return FindRow(BuiltinEnvs(), id); }

}  // namespace brasa::support
