#include "runners/cli/program.h"

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <new>

#include "brasa/core/error.h"
#include "brasa/core/version.h"
#include "brasa/isolate.h"
#include "brasa/main.h"
#include "runners/cli/command.h"
#include "runners/cli/interrupt.h"

namespace brasa {
namespace cli {
namespace {

/// The commands, in the order that `brasa --help` shows.
constexpr void (*kCommands[])(CLI::App&, Program&) = {
    AddListCommand,    AddDescribeCommand,  AddTrainCommand,       AddResumeCommand,
    AddEvalCommand,    AddWatchCommand,     AddPlayCommand,        AddPlotCommand,
    AddCompareCommand, AddSweepCommand,     AddDataCommand,        AddGalleryCommand,
    AddNewCommand,     AddCheckCommand,     AddCheckWorkerCommand, AddBenchCommand,
    AddDoctorCommand,  AddSelfcheckCommand, AddCompletionCommand,  AddCompleteCommand,
    AddJobCommand,     AddWorkerCommand,
};

/// "brasa: <message>" on one line, whatever the message holds. Returns `code`.
int Report(std::string message, int code) {
  for (char& c : message) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  const bool named = message.starts_with("brasa:") || message.starts_with("brasa ");
  std::cout.flush();
  std::cerr << (named ? "" : "brasa: ") << message << std::endl;
  return code;
}

void RunProgram(Program& program, std::vector<std::string> arguments) {
  CLI::App app("Brasa trains, records, watches and measures agents in games and control problems.",
               "brasa");
  app.require_subcommand(0, 1);
  app.set_version_flag("--version", std::string("brasa ") + kVersion, "Print the version and exit");
  app.get_formatter()->column_width(34);
  app.footer("Example:\n  brasa train ppo CartPole-v1\n\nbrasa COMMAND --help tells more.");
  for (const auto add : kCommands) add(app, program);
  RunLine(app, std::move(arguments));
  if (!std::cout.flush()) throw IoError("cannot write to standard output");
}

}  // namespace

std::pair<std::string, std::string> SplitSetting(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError("--set '" + text + "' is not key=value");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace cli

int Main(int argc, char** argv, const MainRows& rows) {
  std::signal(SIGXFSZ, SIG_IGN);  // a file over the limit is an error to tell, as a full disk
  try {
    cli::Program program;
    for (const EnvRow& row : rows.envs) program.registry.Add(row);
    for (const AgentRow& row : rows.agents) program.registry.Add(row);
    cli::RunProgram(program, std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
    return program.exit_code;
  } catch (const ConfigError& error) {
    return cli::Report(error.what(), 2);
  } catch (const UsageError& error) {
    return cli::Report(error.what(), 2);
  } catch (const StepInterrupted& error) {
    return cli::Report(error.what(), cli::kStoppedExitCode);
  } catch (const std::bad_alloc&) {
    return cli::Report("not enough memory", 1);
  } catch (const std::exception& error) {
    return cli::Report(error.what(), 1);
  }
}

}  // namespace brasa
