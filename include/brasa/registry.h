// What a program knows by name: environments and agents, one visible row each.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "brasa/abi.h"
#include "brasa/agent.h"
#include "brasa/core/config.h"
#include "brasa/core/error.h"
#include "brasa/core/spec.h"

namespace brasa {

/// One environment by name. A row may set other defaults than its class (`FrozenLake8x8-v1`) and
/// may choose among several classes by the parameters (`Hex<5>` .. `Hex<19>`).
struct EnvRow {
  std::string id;
  const brasa_env_class* env_class = nullptr;  ///< gives the fields; alive until the program ends
  std::vector<std::pair<std::string, std::string>> defaults;         ///< parameter, value
  const brasa_env_class* (*select)(const Params& params) = nullptr;  ///< null = env_class
  std::string origin = "built in";  ///< or the plugin's absolute path
};

/// The parameters of `row` at its defaults. Every environment also takes `max_episode_steps`:
/// -1 = its own limit, 0 = none.
Params DefaultParams(const EnvRow& row);

/// The name by which a registry finds `row` again, in another process and from another folder: the
/// id, or "/path/plugin.so:ID".
std::string EnvName(const EnvRow& row);

/// One agent by name.
struct AgentRow {
  std::string name;
  std::string summary;
  std::vector<Field> fields;
  /// Null: works on any environment. Else throws ConfigError if the agent does not fit `spec`.
  void (*check)(const EnvSpec& spec, const Config& config) = nullptr;
  std::unique_ptr<Agent> (*make)(const AgentSetup& setup) = nullptr;
  /// Tuned settings: environment id -> field, value; below the user's own settings. The keys `envs`
  /// and `steps` set the run's number of worlds and steps.
  struct Preset {
    std::string env;
    std::vector<std::pair<std::string, std::string>> values;
  };
  std::vector<Preset> presets;
  bool learns = true;  ///< false: training changes nothing; it plays as it is
  /// Bytes that an agent takes, told before it is made, beside the rows of one vector step that
  /// every agent holds. Null: none to speak of. What grows as it learns (a table) is left out.
  std::int64_t (*memory)(const AgentSetup& setup) = nullptr;
};

/// The environments built into the library (envs/registry), in the order `brasa list` shows.
std::span<const EnvRow> BuiltinEnvs();
/// The agents built into the library (agents/registry).
std::span<const AgentRow> BuiltinAgents();

/// A plugin's file is a shared library, but built for another version, without what a plugin must
/// have, or one that cannot be opened.
class PluginError : public FileError {
 public:
  using FileError::FileError;
};

/// Rows of environments in the shared library at `path` (absolute). The library stays loaded until
/// the program ends; loading one twice gives the same rows. Throws in one line: FileError
/// if it is not there or no shared library; PluginError if it has no entry symbol, another ABI
/// version, a table with missing functions.
std::vector<EnvRow> LoadPlugin(const std::string& path);

/// Names to rows. Not thread-safe while rows are added.
class Registry {
 public:
  /// Built-in environments and agents.
  Registry();
  void Add(EnvRow row) { envs_.push_back(std::move(row)); }
  void Add(AgentRow row) { agents_.push_back(std::move(row)); }

  /// By id; or by the absolute path of a plugin, with `:ID` where it offers several; or by an id
  /// that a plugin in the folders of BRASA_PLUGIN_PATH offers. Throws ConfigError (unknown, near
  /// matches) or FileError.
  const EnvRow& FindEnv(std::string_view name);
  /// Throws ConfigError with near matches.
  const AgentRow& FindAgent(std::string_view name) const;

  const std::deque<EnvRow>& envs() const { return envs_; }
  const std::vector<AgentRow>& agents() const { return agents_; }
  /// Loads every plugin in the folders of BRASA_PLUGIN_PATH; returns one line per file that failed.
  std::vector<std::string> LoadPluginPath();

 private:
  const EnvRow* KnownEnv(std::string_view id, std::string_view origin) const;
  const EnvRow& FindInPlugin(const std::string& name);

  std::deque<EnvRow> envs_;  // a deque: rows handed out stay where they are
  std::vector<AgentRow> agents_;
  bool path_loaded_ = false;
};

}  // namespace brasa
