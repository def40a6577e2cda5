// What the commands share, and the list of them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "brasa/registry.h"

namespace CLI {
class App;
}

namespace brasa::cli {

/// One call of the program.
struct Program {
  Registry registry;
  int exit_code = 0;  ///< what a command that threw nothing exits with
};

// Each adds one command and lives in the file named after it.
void AddListCommand(CLI::App& app, Program& program);
void AddDescribeCommand(CLI::App& app, Program& program);
void AddTrainCommand(CLI::App& app, Program& program);
void AddResumeCommand(CLI::App& app, Program& program);
void AddEvalCommand(CLI::App& app, Program& program);
void AddWatchCommand(CLI::App& app, Program& program);
void AddPlayCommand(CLI::App& app, Program& program);
void AddPlotCommand(CLI::App& app, Program& program);
void AddCompareCommand(CLI::App& app, Program& program);
void AddCompletionCommand(CLI::App& app, Program& program);
void AddCompleteCommand(CLI::App& app, Program& program);
void AddSweepCommand(CLI::App& app, Program& program);
void AddSelfcheckCommand(CLI::App& app, Program& program);
void AddDataCommand(CLI::App& app, Program& program);
void AddGalleryCommand(CLI::App& app, Program& program);
void AddNewCommand(CLI::App& app, Program& program);
void AddCheckCommand(CLI::App& app, Program& program);
void AddCheckWorkerCommand(CLI::App& app, Program& program);
void AddBenchCommand(CLI::App& app, Program& program);
void AddDoctorCommand(CLI::App& app, Program& program);
void AddJobCommand(CLI::App& app, Program& program);
void AddWorkerCommand(CLI::App& app, Program& program);

/// Key and value of "key=value". Throws UsageError if there is no '=' or no key.
std::pair<std::string, std::string> SplitSetting(const std::string& text);

}  // namespace brasa::cli
