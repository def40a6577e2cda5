// The process of one job: goes on with a run, tells its progress, stops at a given step.
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "brasa/runner.h"
#include "runners/experiment/job_process.h"
#include "runners/experiment/jobs.h"

namespace brasa {
namespace {

/// Asks for a stop after `until` world steps, or when the caller does. A run that it stopped and
/// that resumes to the same step makes no step: its checkpoint knows how far it is.
class StopAt final : public Listener {
 public:
  StopAt(std::int64_t until, const std::atomic<bool>& asked) : until_(until), asked_(asked) {}

  bool reached() const { return steps_ >= until_; }
  const std::atomic<bool>* stop() const { return &stop_; }

  void OnStep(const StepView& view) override { SetSteps(view.steps); }
  void OnCheckpoint(StateWriter& writer) override { writer.Write("stop_at/steps", steps_); }
  void OnResume(StateReader& reader) override {
    std::int64_t steps = 0;
    reader.Read("stop_at/steps", steps);
    SetSteps(steps);
  }

 private:
  void SetSteps(std::int64_t steps) {
    steps_ = steps;
    stop_ = reached() || asked_;
  }

  std::int64_t until_;
  const std::atomic<bool>& asked_;
  std::int64_t steps_ = 0;
  std::atomic<bool> stop_ = false;
};

/// Progress that the host does not take at once is left out: the next one tells more.
void Say(int link, const RunProgress& progress) {
  const std::string line = ReportLine(progress.steps, progress.steps_per_second);
  if (write(link, line.data(), line.size()) < 0) return;
}

}  // namespace

int ServeJob(Registry& registry, const std::string& directory, std::int64_t until, int link,
             int host, const std::atomic<bool>& stop) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != host) return 1;  // the host died before
  signal(SIGPIPE, SIG_IGN);
  fcntl(link, F_SETFD, FD_CLOEXEC);  // so that it closes with this process
  StopAt stopper(until, stop);
  RunHooks hooks;
  hooks.stop = until > 0 ? stopper.stop() : &stop;
  if (until > 0) hooks.listeners = {&stopper};
  hooks.progress = [link](const RunProgress& progress) { Say(link, progress); };
  const bool begins = !std::filesystem::exists(std::filesystem::path(directory) / "checkpoints");
  hooks.warning = [begins](const std::string& text) {
    if (begins && text.ends_with("the run starts anew")) return;  // it is the first time
    std::cerr << "brasa: " << text << std::endl;
  };
  const RunResult result = Resume(registry, directory, hooks);
  std::cout << ResultJson(result) << std::flush;
  const bool done = result.finished || (until > 0 && stopper.reached());
  return done ? 0 : kJobStoppedExitCode;
}

}  // namespace brasa
