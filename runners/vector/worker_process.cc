#include "runners/vector/worker_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <sstream>
#include <vector>

#include "brasa/core/error.h"

extern char** environ;

namespace brasa {
namespace {

constexpr int kMemoryFile = 3, kLinkFile = 4;  // in the worker
constexpr int kAboveThem = 10;

[[noreturn]] void ThrowStart(int fault) {
  throw IoError(std::string("cannot start a worker process: ") + std::strerror(fault));
}

/// A copy of `file` that is out of the way of the worker's own numbers.
class HighCopy {
 public:
  explicit HighCopy(int file) : file_(fcntl(file, F_DUPFD_CLOEXEC, kAboveThem)) {
    if (file_ < 0) ThrowStart(errno);
  }
  ~HighCopy() { close(file_); }
  HighCopy(const HighCopy&) = delete;
  HighCopy& operator=(const HighCopy&) = delete;
  int get() const { return file_; }

 private:
  int file_;
};

pid_t Spawn(const std::string& program, int memory, int link) {
  std::vector<std::string> words = {"brasa",    "worker",
                                    "--memory", std::to_string(kMemoryFile),
                                    "--link",   std::to_string(kLinkFile),
                                    "--host",   std::to_string(getpid())};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const HighCopy high_memory(memory), high_link(link);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // What the environment prints must not stand in the program's own output.
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, high_memory.get(), kMemoryFile);
  posix_spawn_file_actions_adddup2(&actions, high_link.get(), kLinkFile);
  posix_spawn_file_actions_addclosefrom_np(&actions, kLinkFile + 1);
  // A group of its own: what the environment forks ends with the worker.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  pid_t id = -1;
  const int fault =
      posix_spawn(&id, program.c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (fault != 0) ThrowStart(fault);
  return id;
}

std::string SignalText(int signal) {
  const char* name = sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

std::string StatusText(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    return (signal == SIGKILL ? "is killed (" : "crashes (") + SignalText(signal) + ")";
  }
  return "ends its process (exit code " + std::to_string(WEXITSTATUS(status)) + ")";
}

/// True if the child has ended; its status is kept.
bool Ended(pid_t id) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(id), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == id;
}

/// Kills what lives of the child and its group, and gives the child's status.
int Kill(pid_t id) {
  kill(-id, SIGKILL);
  kill(id, SIGKILL);
  int status = 0;
  waitpid(id, &status, 0);
  return status;
}

/// Waits a second at most for a child that is about to end.
bool EndsSoon(pid_t id) {
  for (int wait = 0; wait < 1000 && !Ended(id); ++wait) usleep(1000);
  return Ended(id);
}

}  // namespace

WorkerProcess::WorkerProcess(const std::string& program, int memory, double slice) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) ThrowStart(errno);
  link_ = std::make_unique<WorkerLink>(pair[0], slice);
  const WorkerLink far_end(pair[1], 0);  // closed here once the worker has it
  id_ = Spawn(program, memory, pair[1]);
}

WorkerProcess::~WorkerProcess() {
  if (id_ >= 0) Kill(id_);
}

std::string WorkerProcess::End(Heard heard, double timeout) {
  const pid_t id = std::exchange(id_, -1);
  // A forked child may hold the link open after the worker has crashed.
  if (heard == Heard::kGone ? EndsSoon(id) : Ended(id)) return StatusText(Kill(id));
  Kill(id);
  if (heard == Heard::kGarbage) return "writes into the link between its process and the host";
  if (heard == Heard::kGone) return "closes the link between its process and the host";
  std::ostringstream text;
  text << "does not come back within " << timeout << " s";
  return text.str();
}

}  // namespace brasa
