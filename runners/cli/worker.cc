// brasa worker: one process of an isolated run. The host starts it; see brasa/isolate.h.
#include <memory>

#include "brasa/isolate.h"
#include "runners/cli/command.h"
#include "runners/cli/program.h"

namespace brasa::cli {

void AddWorkerCommand(CLI::App& app, Program& program) {
  struct Options {
    std::int64_t memory = 0, link = 0, host = 0;
  };
  const auto options = std::make_shared<Options>();
  Command command(app, "worker",
                  "One process of an isolated run; `brasa train --isolate` starts it",
                  "brasa train ppo CartPole-v1 --isolate");
  command.Hide()
      .Integer("--memory", &options->memory, 3, 1 << 20, "Descriptor of the shared rows")
      .Integer("--link", &options->link, 3, 1 << 20, "Descriptor of the link to the host")
      .Integer("--host", &options->host, 1, 1 << 30, "Process of the host");
  command.Run([&program, options] {
    if (options->memory == options->link) {
      throw UsageError("brasa worker: is started by brasa train --isolate");
    }
    ServeIsolatedWorlds(
        [&program](const std::string& env) -> const EnvRow& {
          return program.registry.FindEnv(env);
        },
        static_cast<int>(options->memory), static_cast<int>(options->link),
        static_cast<int>(options->host));
  });
}

}  // namespace brasa::cli
