// brasa check: does an environment keep the laws of the contract?
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "runners/cli/check_worker.h"
#include "runners/cli/command.h"
#include "runners/cli/json_text.h"
#include "runners/cli/program.h"

namespace brasa::cli {
namespace {

using Json = nlohmann::ordered_json;

void PrintAsJson(const CheckReport& report) {
  Json findings = Json::array();
  for (const std::string& finding : report.findings) {
    const std::size_t colon = finding.find(": ");
    findings.push_back({{"law", finding.substr(0, colon)}, {"fault", finding.substr(colon + 2)}});
  }
  PrintJson(Json{
      {"env", report.id}, {"laws", report.laws}, {"findings", findings}, {"notes", report.notes}});
}

struct CheckOptions {
  bool strict = false, json = false;
};

void Check(Program& program, const CheckJob& job, const CheckOptions& options) {
  const CheckReport report = CheckInWorker(job);
  const bool strictly = options.strict && !report.notes.empty();
  if (!report.findings.empty() || strictly) program.exit_code = 1;
  if (options.json) return PrintAsJson(report);
  for (const std::string& finding : report.findings) std::cout << finding << '\n';
  if (report.findings.empty()) {
    std::cout << report.id << " keeps all " << report.laws << " laws\n";
  }
  for (const std::string& note : report.notes) std::cout << "note: " << note << '\n';
}

}  // namespace

void AddCheckCommand(CLI::App& app, Program& program) {
  const auto job = std::make_shared<CheckJob>();
  const auto options = std::make_shared<CheckOptions>();
  Command command(
      app, "check",
      "Plays random games of an environment and names each law of the contract that it "
      "breaks; exit 1 if any. Notes, as on rules that take illegal actions because they "
      "leave that check to Brasa, are no faults",
      "brasa check $PWD/build/my_game.so");
  command.Argument("ENV", &job->env, "The environment's id, or a plugin's absolute path")
      .Texts("--set", &job->settings, "KEY=VALUE", "A parameter of the environment; repeatable")
      .Integer("--episodes", &job->episodes, 1, 100000, "Random games for each law")
      .Integer("--seed", &job->seed, 0, 9e15, "Of the random games")
      .Number("--timeout", &job->timeout_seconds, 0.1, 86400, "Seconds for one law")
      .Flag("--strict", &options->strict, "Exit 1 for notes too")
      .Flag("--json", &options->json, "Print JSON");
  command.Run([&program, job, options] { Check(program, *job, *options); });
}

}  // namespace brasa::cli
