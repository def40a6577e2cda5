// brasa list: what there is, by name.
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "runners/cli/command.h"
#include "runners/cli/describe_text.h"
#include "runners/cli/format.h"
#include "runners/cli/json_text.h"
#include "runners/cli/program.h"

namespace brasa::cli {
namespace {

using Json = nlohmann::ordered_json;

struct ListedEnv {
  const EnvRow* row;
  EnvSpec spec;
};

/// Every environment that can be made at its defaults; one line to stderr for each that cannot, and
/// for each file of BRASA_PLUGIN_PATH that is no plugin.
std::vector<ListedEnv> ListEnvs(Registry& registry) {
  for (const std::string& fault : registry.LoadPluginPath())
    std::cerr << "brasa: " << fault << '\n';
  std::vector<ListedEnv> envs;
  for (const EnvRow& row : registry.envs()) {
    try {
      envs.push_back({&row, SpecOf(row, DefaultParams(row))});
    } catch (const Error& error) {
      std::cerr << "brasa: " << error.what() << '\n';
    }
  }
  return envs;
}

void PrintText(const std::vector<ListedEnv>& envs, const std::vector<AgentRow>& agents) {
  std::vector<std::vector<std::string>> rows;
  for (const ListedEnv& env : envs) {
    rows.push_back({env.row->id, FamilyText(env.spec), env.row->origin, env.spec.summary});
  }
  std::cout << "Environments\n" << ColumnsText(rows);
  rows.clear();
  for (const AgentRow& agent : agents) rows.push_back({agent.name, agent.summary});
  std::cout << "\nAgents\n" << ColumnsText(rows) << "\nbrasa describe NAME tells more.\n";
}

void PrintAsJson(const std::vector<ListedEnv>& envs, const std::vector<AgentRow>& agents) {
  Json out = {{"environments", Json::array()}, {"agents", Json::array()}};
  for (const ListedEnv& env : envs) {
    out["environments"].push_back(
        {{"id", env.row->id},
         {"summary", env.spec.summary},
         {"players", env.spec.players},
         {"observation_shape", env.spec.observation.shape},
         {"actions", env.spec.action.kind == ActionKind::kDiscrete ? env.spec.action.count
                                                                   : env.spec.action.size()},
         {"origin", env.row->origin}});
  }
  for (const AgentRow& agent : agents) {
    out["agents"].push_back({{"name", agent.name}, {"summary", agent.summary}});
  }
  PrintJson(out);
}

}  // namespace

void AddListCommand(CLI::App& app, Program& program) {
  const auto json = std::make_shared<bool>(false);
  Command command(app, "list", "Environments and agents by name, those of plugins included",
                  "brasa list");
  command.Flag("--json", json.get(), "Print JSON");
  command.Run([&program, json] {
    const std::vector<ListedEnv> envs = ListEnvs(program.registry);
    *json ? PrintAsJson(envs, program.registry.agents())
          : PrintText(envs, program.registry.agents());
  });
}

}  // namespace brasa::cli
