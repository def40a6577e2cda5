#include "runners/experiment/job_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <sstream>
#include <utility>

#include "brasa/core/error.h"

extern char** environ;

namespace brasa {
namespace {

constexpr const char* kThreadsVariable = "BRASA_THREADS";  // AvailableWorkers() obeys it

[[noreturn]] void ThrowStart(int fault) {
  throw IoError(std::string("cannot start a process for a run: ") + std::strerror(fault));
}

int MemoryFile(const char* name) {
  const int file = memfd_create(name, MFD_CLOEXEC);
  if (file < 0) ThrowStart(errno);
  return file;
}

std::string ReadFromStart(int file) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const auto count = pread(file, buffer, sizeof buffer, static_cast<off_t>(text.size()));
    if (count <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

/// "NAME=VALUE" entries with `setting` in the place of those of its name.
std::vector<std::string> EnvironmentWith(const std::string& setting) {
  const std::string name = setting.substr(0, setting.find('=') + 1);
  std::vector<std::string> entries = {setting};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with(name)) entries.emplace_back(*entry);
  }
  return entries;
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// The last of the lines, without the program's name before it.
std::string LastLine(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  text = text.substr(text.rfind('\n') + 1);
  return text.starts_with("brasa: ") ? text.substr(7) : text;
}

std::string SignalText(int signal) {
  const char* name = sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

}  // namespace

JobProcess::JobProcess(const Job& job, int threads) {
  int pair[2];
  if (pipe2(pair, O_CLOEXEC | O_NONBLOCK) != 0) ThrowStart(errno);
  link_ = pair[0];
  out_ = MemoryFile("result");
  error_ = MemoryFile("errors");
  // The program's own numbers must not lie where the streams of the job go.
  const int far_end = fcntl(pair[1], F_DUPFD_CLOEXEC, 10);
  close(pair[1]);
  std::vector<std::string> words = {"brasa",   "job",
                                    "--until", std::to_string(job.until),
                                    "--link",  std::to_string(kJobLink),
                                    "--host",  std::to_string(getpid()),
                                    "--",      job.directory};
  std::vector<std::string> environment =
      EnvironmentWith(std::string(kThreadsVariable) + "=" + std::to_string(threads));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out_, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, error_, STDERR_FILENO);
  posix_spawn_file_actions_adddup2(&actions, far_end, kJobLink);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  const int fault = posix_spawn(&id_, "/proc/self/exe", &actions, &attributes,
                                Pointers(words).data(), Pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(far_end);
  if (fault == 0) return;
  for (const int file : {link_, out_, error_}) close(file);
  ThrowStart(fault);
}

JobProcess::~JobProcess() {
  if (id_ >= 0) {
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }
  for (const int file : {link_, out_, error_}) close(file);
}

JobReport JobProcess::Listen() {
  char buffer[4096];
  for (;;) {
    const auto count = read(link_, buffer, sizeof buffer);
    closed_ = closed_ || count == 0;
    if (count <= 0) break;
    said_.append(buffer, static_cast<std::size_t>(count));
  }
  JobReport report;
  const std::size_t end = said_.rfind('\n');
  if (end == std::string::npos) return report;
  const std::size_t before = end == 0 ? std::string::npos : said_.rfind('\n', end - 1);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  std::istringstream line(said_.substr(begin, end - begin));
  report.any = static_cast<bool>(line >> report.steps >> report.steps_per_second);
  said_.erase(0, end + 1);
  return report;
}

void JobProcess::AskToStop() { kill(id_, SIGINT); }

bool JobProcess::ended() {
  // A job never closes its link before it ends.
  if (waitpid(id_, &status_, closed_ ? 0 : WNOHANG) != id_) return false;
  id_ = -1;
  return true;
}

JobOutcome JobProcess::Outcome() {
  using End = JobOutcome::End;
  JobOutcome outcome;
  outcome.result = ReadFromStart(out_);
  outcome.warnings = ReadFromStart(error_);
  const int code = WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;
  if (code == 0 || code == kJobStoppedExitCode) {
    outcome.end = code == 0 ? End::kDone : End::kStopped;
    return outcome;
  }
  outcome.end = End::kFailed;
  const bool killed = WIFSIGNALED(status_) && WTERMSIG(status_) == SIGKILL;
  outcome.error = WIFSIGNALED(status_) ? std::string(killed ? "was killed (" : "crashed (") +
                                             SignalText(WTERMSIG(status_)) + ")"
                                       : LastLine(std::exchange(outcome.warnings, ""));
  return outcome;
}

std::string ReportLine(std::int64_t steps, double steps_per_second) {
  std::ostringstream line;
  line << steps << ' ' << steps_per_second << '\n';
  return line.str();
}

}  // namespace brasa
