// One process that runs one job, and what it says.
#pragma once

#include <cstdint>
#include <string>

#include "runners/experiment/jobs.h"

namespace brasa {

/// What a job has said of its progress.
struct JobReport {
  bool any = false;
  std::int64_t steps = 0;
  double steps_per_second = 0;
};

/// A process of this program's own file in a process group of its own, so that Ctrl-C in a terminal
/// reaches it through AskToStop alone. Killed at the latest with its object.
class JobProcess {
 public:
  /// `threads` becomes the thread budget of the process. Throws IoError.
  JobProcess(const Job& job, int threads);
  ~JobProcess();
  JobProcess(const JobProcess&) = delete;
  JobProcess& operator=(const JobProcess&) = delete;

  /// A descriptor that is readable when the job has said something or ended.
  int link() const { return link_; }
  /// The newest of what has been said since the last call.
  JobReport Listen();
  void AskToStop();
  /// True once it has ended; then Outcome may be called, once.
  bool ended();
  JobOutcome Outcome();

 private:
  int id_ = -1;
  int link_ = -1, out_ = -1, error_ = -1;
  int status_ = 0;
  bool closed_ = false;  // the link
  std::string said_;     // an unfinished line
};

/// The line that tells progress over a link, and back.
std::string ReportLine(std::int64_t steps, double steps_per_second);

/// The descriptor of the link in the job's process.
inline constexpr int kJobLink = 3;
/// What a job exits with that was stopped: 128 + SIGINT, as shells count.
inline constexpr int kJobStoppedExitCode = 130;

}  // namespace brasa
