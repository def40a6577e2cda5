// brasa resume: a run that was stopped or killed goes on.
#include <memory>

#include "runners/cli/command.h"
#include "runners/cli/program.h"
#include "runners/cli/training.h"

namespace brasa::cli {
namespace {

struct Options {
  std::string directory;
  TrainingOutput output;
};

}  // namespace

void AddResumeCommand(CLI::App& app, Program& program) {
  const auto options = std::make_shared<Options>();
  Command command(app, "resume", "Go on with a run that was stopped or killed",
                  "brasa resume runs/20260101-120000-ppo-CartPole-v1");
  command.Argument("run", &options->directory, "run directory")
      .Flag("--quiet", &options->output.quiet, "no progress line")
      .Flag("--json", &options->output.json, "print the result as JSON")
      .Run([options, &program] {
        RunTraining(program, options->output, [&](RunHooks& hooks) {
          return Resume(program.registry, options->directory, hooks);
        });
      });
}

}  // namespace brasa::cli
