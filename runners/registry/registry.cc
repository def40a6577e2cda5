#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "brasa/registry.h"

namespace brasa {
namespace {

/// "/dir/file.so:Name-v0" -> {"/dir/file.so", "Name-v0"}; without a name the second is empty.
std::pair<std::string, std::string> SplitPath(const std::string& name) {
  const std::size_t colon = name.rfind(':');
  if (colon == std::string::npos || name.find('/', colon) != std::string::npos) return {name, ""};
  return {name.substr(0, colon), name.substr(colon + 1)};
}

bool IsPath(std::string_view name) {
  return name.find('/') != std::string_view::npos || name.ends_with(".so");
}

/// "MinAtar/" of "MinAtar/Breakout-v1"; "" of names without '/'.
std::string_view Namespace(std::string_view name) { return name.substr(0, name.find('/') + 1); }

/// The folders of BRASA_PLUGIN_PATH, separated by colons.
std::vector<std::string> PluginFolders() {
  std::vector<std::string> folders;
  const char* path = std::getenv("BRASA_PLUGIN_PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    if (!folder.empty()) folders.emplace_back(folder);
  }
  return folders;
}

std::vector<std::string> PluginFiles(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".so") {
      files.push_back(std::filesystem::absolute(entry.path()).string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// "A, B, C"; of a long list the beginning and the number of the others.
std::string ListText(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 12;
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < kMost; ++i) {
    list += (i > 0 ? ", " : "") + names[i];
  }
  if (names.size() <= kMost) return list;
  return list + " and " + std::to_string(names.size() - kMost) + " more";
}

}  // namespace

Registry::Registry() {
  for (const EnvRow& row : BuiltinEnvs()) envs_.push_back(row);
  for (const AgentRow& row : BuiltinAgents()) agents_.push_back(row);
}

const EnvRow* Registry::KnownEnv(std::string_view id, std::string_view origin) const {
  for (const EnvRow& row : envs_) {
    if (row.id == id && (origin.empty() || row.origin == origin)) return &row;
  }
  return nullptr;
}

const EnvRow& Registry::FindInPlugin(const std::string& name) {
  const auto [file, id] = SplitPath(name);
  const std::string path =
      std::filesystem::absolute(std::filesystem::path(file)).lexically_normal().string();
  const std::vector<EnvRow> rows = LoadPlugin(path);
  std::vector<std::string> ids;
  for (const EnvRow& row : rows) ids.push_back(row.id);
  if (id.empty() && rows.size() > 1) {
    throw ConfigError("plugin '" + path + "' offers several environments; append ':' and one of " +
                      ListText(ids));
  }
  for (const EnvRow& row : rows) {
    if (!id.empty() && row.id != id) continue;
    if (KnownEnv(row.id, path) == nullptr) envs_.push_back(row);
    return *KnownEnv(row.id, path);
  }
  throw ConfigError("plugin '" + path + "' offers no environment '" + id + "'" +
                    NearMatches(id, ids) + "; it offers " + ListText(ids));
}

const EnvRow& Registry::FindEnv(std::string_view name) {
  if (const EnvRow* row = KnownEnv(name, "")) return *row;
  // A wrong name in the namespace of a known one is a slip of the pen rather than a path.
  const bool has_family = std::any_of(envs_.begin(), envs_.end(), [&](const EnvRow& row) {
    return !Namespace(name).empty() && Namespace(row.id) == Namespace(name);
  });
  if (IsPath(name) && !has_family) return FindInPlugin(std::string(name));
  const std::vector<std::string> failures = LoadPluginPath();
  if (const EnvRow* row = KnownEnv(name, "")) return *row;
  std::vector<std::string> names;
  for (const EnvRow& row : envs_) names.push_back(row.id);
  std::string text = "unknown environment '" + std::string(name) + "'" + NearMatches(name, names) +
                     "; `brasa list` shows all";
  for (const std::string& failure : failures) text += "; " + failure;
  throw ConfigError(text);
}

const AgentRow& Registry::FindAgent(std::string_view name) const {
  std::vector<std::string> names;
  for (const AgentRow& row : agents_) {
    if (row.name == name) return row;
    names.push_back(row.name);
  }
  throw ConfigError("unknown agent '" + std::string(name) + "'" + NearMatches(name, names) +
                    "; `brasa list` shows all");
}

std::vector<std::string> Registry::LoadPluginPath() {
  std::vector<std::string> failures;
  if (path_loaded_) return failures;
  path_loaded_ = true;
  for (const std::string& folder : PluginFolders()) {
    if (!std::filesystem::is_directory(folder)) {
      failures.push_back("BRASA_PLUGIN_PATH: '" + folder + "' is not a folder");
      continue;
    }
    for (const std::string& file : PluginFiles(folder)) {
      try {
        for (const EnvRow& row : LoadPlugin(file)) {
          if (const EnvRow* known = KnownEnv(row.id, "")) {
            failures.push_back("plugin '" + file + "': '" + row.id + "' is taken by " +
                               (known->origin == "built in" ? "a built-in environment"
                                                            : "'" + known->origin + "'"));
            continue;
          }
          envs_.push_back(row);
        }
      } catch (const Error& error) {
        failures.emplace_back(error.what());
      }
    }
  }
  return failures;
}

}  // namespace brasa
