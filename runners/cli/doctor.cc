// brasa doctor: what this build and this machine have, what is off and why.
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "brasa/build_info.h"
#include "brasa/libraries.h"
#include "brasa/vector_env.h"
#include "brasa/view.h"
#include "runners/cli/command.h"
#include "runners/cli/format.h"
#include "runners/cli/json_text.h"
#include "runners/cli/machine.h"
#include "runners/cli/program.h"

namespace brasa::cli {
namespace {

using Json = nlohmann::ordered_json;

std::vector<LibraryInfo> Libraries() {
  std::vector<LibraryInfo> all;
  for (const auto list :
       {StepLibraries, EnvLibraries, RecordLibraries, ViewLibraries, NetworkLibraries}) {
    for (LibraryInfo& library : list()) all.push_back(std::move(library));
  }
  return all;
}

struct Findings {
  BuildInfo build = ThisBuild();
  std::vector<LibraryInfo> libraries = Libraries();
  Threads threads = CountThreads();
  int workers = AvailableWorkers();
  bool display = false;
  std::string no_display;  ///< why there is none
  std::string plugin_path;
  std::vector<std::string> plugin_faults;
  int environments = 0;
  int agents = 0;
  double free_bytes = FreeBytes(".");
};

Findings Examine(Registry& registry) {
  Findings found;
  found.display = HasDisplay(&found.no_display);
  const char* path = std::getenv("BRASA_PLUGIN_PATH");
  found.plugin_path = path == nullptr ? "" : path;
  found.plugin_faults = registry.LoadPluginPath();
  found.environments = static_cast<int>(registry.envs().size());
  found.agents = static_cast<int>(registry.agents().size());
  return found;
}

std::string ThreadsText(const Findings& found) {
  std::string text = std::to_string(found.workers) +
                     " workers: " + std::to_string(found.threads.machine) +
                     " processors, affinity allows " + std::to_string(found.threads.affinity);
  if (found.threads.quota >= 0) text += ", quota " + FigureText(found.threads.quota);
  return text;
}

void PrintText(const Findings& found) {
  std::vector<std::vector<std::string>> rows = {
      {"brasa", found.build.version},
      {"commit", found.build.commit},
      {"compiler", found.build.compiler},
      {"instructions", InstructionText()},
      {"processor", found.build.cpu},
      {"threads", ThreadsText(found)},
      {"display", found.display ? "yes" : "no: " + found.no_display},
      {"disk",
       found.free_bytes < 0 ? "unknown" : BytesText(found.free_bytes) + " free in this folder"},
      {"environments", std::to_string(found.environments)},
      {"agents", std::to_string(found.agents)},
      {"plugins",
       found.plugin_path.empty() ? "BRASA_PLUGIN_PATH is not set" : "from " + found.plugin_path}};
  for (const std::string& fault : found.plugin_faults) rows.push_back({"", fault});
  std::cout << ColumnsText(rows, "") << "\nLibraries\n";
  rows.clear();
  for (const LibraryInfo& library : found.libraries) {
    rows.push_back({library.name, library.found ? library.version : "off", library.note});
  }
  std::cout << ColumnsText(rows);
}

void PrintAsJson(const Findings& found) {
  Json libraries = Json::array();
  for (const LibraryInfo& library : found.libraries) {
    libraries.push_back({{"name", library.name},
                         {"found", library.found},
                         {"version", library.version},
                         {"note", library.note}});
  }
  PrintJson(Json{{"version", found.build.version},
                 {"commit", found.build.commit},
                 {"compiler", found.build.compiler},
                 {"instructions", InstructionText()},
                 {"processor", found.build.cpu},
                 {"processors", found.threads.machine},
                 {"affinity", found.threads.affinity},
                 {"quota", found.threads.quota < 0 ? Json(nullptr) : Json(found.threads.quota)},
                 {"workers", found.workers},
                 {"display", found.display},
                 {"no_display", found.no_display},
                 {"free_bytes", found.free_bytes},
                 {"environments", found.environments},
                 {"agents", found.agents},
                 {"plugin_path", found.plugin_path},
                 {"plugin_faults", found.plugin_faults},
                 {"libraries", libraries}});
}

}  // namespace

void AddDoctorCommand(CLI::App& app, Program& program) {
  const auto json = std::make_shared<bool>(false);
  Command command(app, "doctor", "Versions of every library found, threads, display, what is off",
                  "brasa doctor");
  command.Flag("--json", json.get(), "Print JSON");
  command.Run([&program, json] {
    const Findings found = Examine(program.registry);
    *json ? PrintAsJson(found) : PrintText(found);
  });
}

}  // namespace brasa::cli
