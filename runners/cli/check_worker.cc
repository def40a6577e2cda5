#include "runners/cli/check_worker.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sstream>
#include <thread>

#include "brasa/core/error.h"
#include "runners/cli/command.h"
#include "runners/cli/program.h"

extern char** environ;

namespace brasa::cli {
namespace {

constexpr const char* kWorkerCommand = "check-worker";
constexpr int kBoardFile = 3;  // the worker's descriptor of the shared memory

/// The shared memory of a CheckBoard.
class SharedBoard {
 public:
  /// Maps the file, which stays open.
  explicit SharedBoard(int file) {
    void* memory = mmap(nullptr, sizeof(CheckBoard), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) throw IoError("cannot share memory with the process of the check");
    board_ = static_cast<CheckBoard*>(memory);
  }
  ~SharedBoard() { munmap(board_, sizeof(CheckBoard)); }
  SharedBoard(const SharedBoard&) = delete;
  SharedBoard& operator=(const SharedBoard&) = delete;
  CheckBoard& operator*() const { return *board_; }
  CheckBoard* operator->() const { return board_; }

 private:
  CheckBoard* board_;
};

void Keep(char* to, std::size_t size, const std::string& text) {
  std::snprintf(to, size, "%s", text.c_str());
}

/// Text that another process wrote, one line.
template <std::size_t kSize>
std::string OneLine(const char (&text)[kSize]) {
  std::string line(text, strnlen(text, kSize));
  std::ranges::replace_if(
      line, [](unsigned char c) { return c < 0x20; }, ' ');
  return line;
}

/// Puts `line` behind the lines in `text`, which have room for more than there are laws.
template <std::size_t kSize>
void AddLine(char (&text)[kSize], std::string line) {
  std::ranges::replace_if(
      line, [](unsigned char c) { return c < 0x20; }, ' ');
  const std::size_t at = strnlen(text, kSize);
  if (at + line.size() + 2 <= kSize) Keep(text + at, kSize - at, line + '\n');
}

template <std::size_t kSize>
std::vector<std::string> Lines(const char (&text)[kSize]) {
  std::istringstream stream(std::string(text, strnlen(text, kSize)));
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// ---- in the worker ----

const EnvRow& LoadedRow(Registry& registry, const CheckJob& job, CheckBoard& board) {
  Keep(board.progress.law, sizeof board.progress.law, "loading");
  Keep(board.progress.call, sizeof board.progress.call, "brasa_plugin_entry");
  return registry.FindEnv(job.env);
}

/// The rules are called as nobody calls them: what they or the C library say of it is dropped.
void CheckOutside(const EnvRow& row, const Params& params, const ContractOptions& options,
                  CheckBoard& board) {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
  for (const std::string& note : ContractOutside(row, params, options).notes) {
    AddLine(board.notes, note);
  }
  board.checked += ContractOutsideLawCount();
}

void RunWorker(Registry& registry, const CheckJob& job) {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  const SharedBoard board(kBoardFile);
  try {
    const EnvRow& row = LoadedRow(registry, job, *board);
    Params params = DefaultParams(row);
    for (const std::string& setting : job.settings) {
      const auto [key, value] = SplitSetting(setting);
      params.Set(key, value);
    }
    Keep(board->id, sizeof board->id, row.id);
    ContractOptions options;
    options.seed = static_cast<std::uint64_t>(job.seed);
    options.episodes = static_cast<int>(job.episodes);
    options.progress = &board->progress;
    options.on_finding = [&](const std::string& finding) { AddLine(board->findings, finding); };
    const bool lawful = ContractFindings(row, params, options).empty();
    board->checked = ContractLawCount();
    // Nobody but Brasa calls the built-in rules.
    if (lawful && row.origin != "built in") CheckOutside(row, params, options, *board);
    board->done = 1;
  } catch (const PluginError& error) {
    AddLine(board->findings, std::string("loading: ") + error.what());
    board->done = 1;
  } catch (const Error& error) {
    Keep(board->refusal, sizeof board->refusal, error.what());
    board->done = 2;
  }
  // Without the destructors of the environment's file: they are no part of the contract.
  std::_Exit(0);
}

// ---- in the parent ----

class Descriptor {
 public:
  explicit Descriptor(int file) : file_(file) {}
  ~Descriptor() {
    if (file_ >= 0) close(file_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return file_; }

 private:
  int file_;
};

pid_t StartWorker(const CheckJob& job, int file) {
  std::vector<std::string> words = {"brasa",
                                    kWorkerCommand,
                                    job.env,
                                    "--seed",
                                    std::to_string(job.seed),
                                    "--episodes",
                                    std::to_string(job.episodes)};
  for (const std::string& setting : job.settings) {
    words.push_back("--set");
    words.push_back(setting);
  }
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // What the environment prints must not stand among the findings.
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, file, kBoardFile);
  pid_t worker = 0;
  const int fault =
      posix_spawn(&worker, "/proc/self/exe", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (fault != 0) {
    throw IoError(std::string("cannot start a process for the check: ") + std::strerror(fault));
  }
  return worker;
}

/// Waits for the worker; one that takes longer than `timeout` for a law is ended. Returns its
/// status, or -1 if it was ended.
int Wait(pid_t worker, const CheckBoard& board, double timeout) {
  auto start = std::chrono::steady_clock::now();
  std::int32_t law = 0;
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(worker, &status, WNOHANG);
    if (ended == worker) return status;
    if (ended < 0 && errno != EINTR) return 0;
    if (board.progress.laws != law) {
      law = board.progress.laws;
      start = std::chrono::steady_clock::now();
    }
    if (std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() > timeout) {
      kill(worker, SIGKILL);
      waitpid(worker, &status, 0);
      return -1;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

std::string SignalText(int signal) {
  const char* name = sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

/// How a worker that was not done came to its end.
std::string EndText(int status, double timeout) {
  std::ostringstream text;
  if (status == -1) {
    text << "does not come back within " << timeout << " s";
  } else if (WIFSIGNALED(status)) {
    text << "crashes (" << SignalText(WTERMSIG(status)) << ")";
  } else {
    text << "ends the process (exit code " << WEXITSTATUS(status) << ")";
  }
  return text.str();
}

std::string PlaceText(const ContractProgress& progress) {
  const std::string call = OneLine(progress.call);
  std::string text = call.empty() ? "" : " in " + call;
  if (progress.ply < 0) return text;
  return text + " at episode " + std::to_string(progress.episode) + ", ply " +
         std::to_string(progress.ply);
}

}  // namespace

CheckReport CheckInWorker(const CheckJob& job) {
  const Descriptor file(memfd_create("brasa-check", 0));
  if (file.get() < 0 || ftruncate(file.get(), sizeof(CheckBoard)) != 0) {
    throw IoError("cannot share memory with the process of the check");
  }
  const SharedBoard board(file.get());
  new (&*board) CheckBoard;
  const int status = Wait(StartWorker(job, file.get()), *board, job.timeout_seconds);
  if (board->done == 2) throw ConfigError(OneLine(board->refusal));
  CheckReport report{OneLine(board->id), board->checked, Lines(board->findings),
                     Lines(board->notes)};
  if (board->done == 0) {
    report.findings.push_back(OneLine(board->progress.law) + ": the environment " +
                              EndText(status, job.timeout_seconds) + PlaceText(board->progress));
  }
  return report;
}

void AddCheckWorkerCommand(CLI::App& app, Program& program) {
  const auto job = std::make_shared<CheckJob>();
  Command command(app, kWorkerCommand, "One check; `brasa check` starts it", "brasa check ENV");
  command.Hide()
      .Argument("ENV", &job->env, "As in check")
      .Texts("--set", &job->settings, "KEY=VALUE", "As in check")
      .Integer("--episodes", &job->episodes, 1, 100000, "As in check")
      .Integer("--seed", &job->seed, 0, 9e15, "As in check");
  command.Run([&program, job] { RunWorker(program.registry, *job); });
}

}  // namespace brasa::cli
