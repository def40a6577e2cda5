// One worker process: started, spoken to, ended.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "runners/vector/worker_link.h"

namespace brasa {

class WorkerProcess {
 public:
  /// Starts `program` with the hidden command `worker`, which is given descriptors of `memory` and
  /// of the link. It dies with the calling thread. slice: see WorkerLink. Throws IoError.
  WorkerProcess(const std::string& program, int memory, double slice);
  /// Ends it without mercy and reaps it.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  WorkerLink& link() { return *link_; }
  /// After it was lost: ends what is left of it and tells how it ended: "crashes (SIGSEGV)".
  /// `heard` is what the link said, `timeout` [s] the patience it had.
  std::string End(Heard heard, double timeout);

 private:
  pid_t id_ = -1;
  std::unique_ptr<WorkerLink> link_;
};

}  // namespace brasa
