#include <dlfcn.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>

#include "brasa/registry.h"
#include "envs/core/shared_library.h"

namespace brasa {
namespace {

/// The part of brasa_env_class that version 1 has had from the start.
constexpr std::size_t kFirstSize = offsetof(brasa_env_class, legal);

[[noreturn]] void Fail(const std::string& path, const std::string& what) {
  throw PluginError("plugin '" + path + "' " + what);
}

/// The name of the first function a table must have and lacks, or null.
const char* MissingFunction(const brasa_env_class& c) {
  const std::pair<const char*, bool> required[] = {
      {"create", c.create != nullptr},
      {"destroy", c.destroy != nullptr},
      {"spec", c.spec != nullptr},
      {"reset", c.reset != nullptr},
      {"step", c.step != nullptr},
      {"observe", c.observe != nullptr},
      {"copy", c.copy != nullptr},
      {"snapshot_size", c.snapshot_size != nullptr},
      {"save", c.save != nullptr},
      {"load", c.load != nullptr},
      {"apply_chance", (c.chance == nullptr) == (c.apply_chance == nullptr)},
      {"player", c.chance == nullptr || c.player != nullptr},
  };
  for (const auto& [name, there] : required) {
    if (!there) return name;
  }
  return nullptr;
}

/// A copy of a plugin's table in the host's size: what an older plugin lacks is null.
const brasa_env_class* Adopt(const std::string& path, const brasa_env_class* offered) {
  if (offered == nullptr) Fail(path, "offers an environment without a table");
  if (offered->abi_version != BRASA_ABI_VERSION) {
    Fail(path, "has an environment table of ABI version " + std::to_string(offered->abi_version) +
                   "; this program reads version " + std::to_string(BRASA_ABI_VERSION));
  }
  if (offered->struct_size < kFirstSize) {
    Fail(path, "has an environment table of " + std::to_string(offered->struct_size) +
                   " bytes; this version has at least " + std::to_string(kFirstSize));
  }
  // Tables live until the program ends, like the libraries they point into; LoadPlugin's lock
  // guards the list.
  static auto* const tables = new std::deque<brasa_env_class>;
  brasa_env_class* adopted = &tables->emplace_back();
  std::memcpy(adopted, offered, std::min<std::size_t>(offered->struct_size, sizeof *adopted));
  adopted->struct_size = sizeof *adopted;
  if (adopted->id == nullptr || adopted->id[0] == '\0') {
    Fail(path, "offers an environment without an id");
  }
  if (const char* name = MissingFunction(*adopted)) {
    Fail(path, "offers '" + std::string(adopted->id) + "' without the function '" + name + "'");
  }
  return adopted;
}

/// Why there is no shared library at `path`, or "".
std::string FileFault(const std::string& path) {
  if (!std::filesystem::exists(path)) return "does not exist";
  if (!std::filesystem::is_regular_file(path)) return "is not a file";
  return SharedLibraryFault(path);
}

std::vector<EnvRow> Open(const std::string& path) {
  const std::string fault = FileFault(path);
  if (!fault.empty()) throw FileError("plugin '" + path + "' " + fault);
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* reason = dlerror();
    std::string text = reason != nullptr ? reason : "unknown reason";
    if (text.starts_with(path + ": ")) text.erase(0, path.size() + 2);
    Fail(path, "cannot be loaded (" + text + ")");
  }
  using Entry = const brasa_plugin* (*)();
  const auto entry = reinterpret_cast<Entry>(dlsym(library, BRASA_PLUGIN_SYMBOL));
  if (entry == nullptr) {
    Fail(path, "is not a Brasa plugin: it does not export " BRASA_PLUGIN_SYMBOL);
  }
  const brasa_plugin* plugin = entry();
  if (plugin == nullptr) Fail(path, "failed to describe its environments");
  if (plugin->abi_version != BRASA_ABI_VERSION) {
    Fail(path, "was built for ABI version " + std::to_string(plugin->abi_version) +
                   "; this program reads version " + std::to_string(BRASA_ABI_VERSION) +
                   ": rebuild the plugin");
  }
  if (plugin->struct_size < sizeof(brasa_plugin) || plugin->class_count < 1 ||
      plugin->classes == nullptr) {
    Fail(path, "offers no environment");
  }
  std::vector<EnvRow> rows;
  for (int i = 0; i < plugin->class_count; ++i) {
    EnvRow row;
    row.env_class = Adopt(path, plugin->classes[i]);
    row.id = row.env_class->id;
    row.origin = path;
    DefaultParams(row);  // refuses a field table that refuses its own defaults
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::vector<EnvRow> LoadPlugin(const std::string& path) {
  static std::mutex mutex;
  static std::map<std::string, std::vector<EnvRow>> loaded;  // guarded by mutex
  if (!std::filesystem::path(path).is_absolute()) {
    throw UsageError("plugin '" + path + "' must be named by its absolute path");
  }
  const std::lock_guard<std::mutex> lock(mutex);
  const auto known = loaded.find(path);
  if (known != loaded.end()) return known->second;
  return loaded.emplace(path, Open(path)).first->second;
}

}  // namespace brasa
