// brasa describe: one environment or agent, told whole.
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "runners/cli/command.h"
#include "runners/cli/describe_env.h"
#include "runners/cli/describe_text.h"
#include "runners/cli/format.h"
#include "runners/cli/json_text.h"
#include "runners/cli/program.h"

namespace brasa::cli {
namespace {

using Json = nlohmann::ordered_json;

struct DescribeOptions {
  std::string name;
  std::vector<std::string> settings;
  bool json = false;
};

void PrintText(const AgentRow& agent, const Config& config) {
  std::cout << agent.name << ": " << agent.summary << "\n\nFields (--set NAME=VALUE in train)\n"
            << ColumnsText(FieldRows(config));
  if (agent.presets.empty()) return;
  std::cout << "\nPresets (used by train unless you set otherwise)\n";
  std::vector<std::vector<std::string>> rows;
  for (const AgentRow::Preset& preset : agent.presets) {
    std::string values;
    for (const auto& [key, value] : preset.values) {
      values += (values.empty() ? "" : " ") + key + "=" + value;
    }
    rows.push_back({preset.env, values});
  }
  std::cout << ColumnsText(rows);
}

void PrintAsJson(const AgentRow& agent, const Config& config) {
  Json presets = Json::array();
  for (const AgentRow::Preset& preset : agent.presets) {
    Json values = Json::object();
    for (const auto& [key, value] : preset.values) values[key] = value;
    presets.push_back({{"env", preset.env}, {"values", values}});
  }
  PrintJson(Json{{"kind", "agent"},
                 {"name", agent.name},
                 {"summary", agent.summary},
                 {"fields", JsonFields<Json>(config)},
                 {"presets", presets}});
}

const AgentRow* FindAgentOrNull(const Registry& registry, const std::string& name) {
  for (const AgentRow& agent : registry.agents()) {
    if (agent.name == name) return &agent;
  }
  return nullptr;
}

/// Throws ConfigError with near matches over agents and environments.
const EnvRow& FindEnvOrFail(Registry& registry, const std::string& name) {
  const bool is_path = name.find('/') != std::string::npos || name.ends_with(".so");
  if (is_path) return registry.FindEnv(name);
  for (const std::string& fault : registry.LoadPluginPath())
    std::cerr << "brasa: " << fault << '\n';
  std::vector<std::string> names;
  for (const EnvRow& row : registry.envs()) {
    if (row.id == name) return row;
    names.push_back(row.id);
  }
  for (const AgentRow& agent : registry.agents()) names.push_back(agent.name);
  throw ConfigError("unknown environment or agent '" + name + "'" + NearMatches(name, names) +
                    "; see brasa list");
}

void Describe(Registry& registry, const DescribeOptions& options) {
  const AgentRow* agent = FindAgentOrNull(registry, options.name);
  const EnvRow* env = agent != nullptr ? nullptr : &FindEnvOrFail(registry, options.name);
  Config config = agent != nullptr ? Config(agent->fields) : DefaultParams(*env);
  for (const std::string& setting : options.settings) {
    const auto [key, value] = SplitSetting(setting);
    config.Set(key, value);
  }
  if (env != nullptr) return DescribeEnv(*env, config, options.json);
  options.json ? PrintAsJson(*agent, config) : PrintText(*agent, config);
}

}  // namespace

void AddDescribeCommand(CLI::App& app, Program& program) {
  const auto options = std::make_shared<DescribeOptions>();
  Command command(app, "describe",
                  "An environment's spaces, bounds, limits and parameters; an agent's fields",
                  "brasa describe CartPole-v1");
  command
      .Argument("NAME", &options->name,
                "An environment's id, an agent's name, or the absolute path of a plugin")
      .Texts("--set", &options->settings, "KEY=VALUE", "Describe it with this value; repeatable")
      .Flag("--json", &options->json, "Print JSON");
  command.Run([&program, options] { Describe(program.registry, *options); });
}

}  // namespace brasa::cli
