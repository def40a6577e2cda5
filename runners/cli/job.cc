// brasa job: one run among many. The program starts it; see runners/experiment/jobs.h.
#include <memory>

#include "runners/cli/command.h"
#include "runners/cli/interrupt.h"
#include "runners/cli/program.h"
#include "runners/experiment/jobs.h"

namespace brasa::cli {

void AddJobCommand(CLI::App& app, Program& program) {
  struct Options {
    std::string directory;
    std::int64_t until = 0, link = 0, host = 0;
  };
  const auto options = std::make_shared<Options>();
  Command command(app, "job", "One run among many; `brasa train --seeds` starts it",
                  "brasa job --link 3 --host 1 DIR");
  command.Hide()
      .Argument("DIR", &options->directory, "The run's directory")
      .Integer("--until", &options->until, 0, 9e15, "World steps to stop at; 0 = the run's end")
      .Integer("--link", &options->link, 3, 1 << 20, "Descriptor that takes progress")
      .Integer("--host", &options->host, 1, 1 << 30, "Process of the host");
  command.Run([&program, options] {
    if (options->link == 0) throw UsageError("brasa job: is started by brasa train --seeds");
    const Interrupt interrupt;
    program.exit_code = ServeJob(program.registry, options->directory, options->until,
                                 static_cast<int>(options->link), static_cast<int>(options->host),
                                 *interrupt.stop());
  });
}

}  // namespace brasa::cli
