#include "tests/cli/run_program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace brasa::cli_testing {
namespace {

void Redirect(const std::string& path, int flags, int to) {
  const int file = open(path.c_str(), flags, 0600);
  if (file < 0 || dup2(file, to) < 0) _exit(126);
  close(file);
}

/// What `arguments` are run with: the files of its three streams.
struct Streams {
  std::string in, out, err;
};

[[noreturn]] void Become(const std::vector<std::string>& arguments, const Surroundings& around,
                         const Streams& streams) {
  Redirect(streams.in, O_RDONLY, 0);
  Redirect(streams.out, O_WRONLY | O_CREAT | O_TRUNC, 1);
  const bool device = streams.err.starts_with("/dev/");
  Redirect(streams.err, O_WRONLY | O_CREAT | (device ? O_NOCTTY : O_TRUNC), 2);
  for (const auto& [name, value] : around.variables) {
    value.empty() ? unsetenv(name.c_str()) : setenv(name.c_str(), value.c_str(), 1);
  }
  if (!around.folder.empty() && chdir(around.folder.c_str()) != 0) _exit(126);
  std::vector<char*> words = {const_cast<char*>("brasa")};
  for (const std::string& word : arguments) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  execv(BRASA_PROGRAM, words.data());
  _exit(127);
}

}  // namespace

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string NewPath(const std::string& name) {
  const std::string path = testing::TempDir() + name;
  std::filesystem::remove_all(path);
  return path;
}

Running::Running(const std::vector<std::string>& arguments, const Surroundings& around) {
  static int number = 0;
  const std::string base = testing::TempDir() + "answer-" + std::to_string(++number);
  Streams streams = {"/dev/null", around.output, around.error};
  if (!around.input.empty()) std::ofstream(streams.in = base + ".in") << around.input;
  if (streams.out.empty()) out_ = streams.out = base + ".out";
  if (streams.err.empty()) err_ = streams.err = base + ".err";
  id_ = fork();
  if (id_ == 0) Become(arguments, around, streams);
}

Running::~Running() {
  if (id_ < 0) return;
  kill(id_, SIGKILL);
  waitpid(id_, nullptr, 0);
}

bool Running::ended() const {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == id_;
}

void Running::Signal(int number) const { kill(id_, number); }

Answer Running::Wait() {
  int status = 0;
  waitpid(std::exchange(id_, -1), &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          out_.empty() ? "" : ReadAll(out_), err_.empty() ? "" : ReadAll(err_)};
}

Answer RunBrasa(const std::vector<std::string>& arguments, const Surroundings& around) {
  return Running(arguments, around).Wait();
}

Answer Interrupted(const std::vector<std::string>& arguments, const std::string& file) {
  Running run(arguments);
  while (!std::filesystem::exists(file) && !run.ended()) usleep(1000);
  run.Signal(SIGINT);
  return run.Wait();
}

std::string OnTerminal(const std::vector<std::string>& arguments) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  EXPECT_TRUE(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
  const std::string name = ptsname(terminal);
  const int held = open(name.c_str(), O_RDWR | O_NOCTTY);  // so that nothing is lost at the end
  Running run(arguments, {.variables = {{"TERM", "xterm"}}, .error = name});
  std::string shown;
  char buffer[4096];
  pollfd ready{terminal, POLLIN, 0};
  while (poll(&ready, 1, 50) > 0 || !run.ended()) {
    if ((ready.revents & POLLIN) == 0) continue;
    const auto count = read(terminal, buffer, sizeof buffer);
    if (count > 0) shown.append(buffer, static_cast<std::size_t>(count));
  }
  run.Wait();
  close(held);
  close(terminal);
  return shown;
}

std::string NewFolder(const std::string& name) {
  std::string folder = testing::TempDir() + name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

bool IsOneLineError(const Answer& answer, int code, const std::string& part) {
  const bool holds = answer.exit_code == code && answer.out.empty() &&
                     answer.err.starts_with("brasa") && answer.err.ends_with('\n') &&
                     std::ranges::count(answer.err, '\n') == 1 &&
                     answer.err.find(part) != std::string::npos;
  if (!holds) {
    ADD_FAILURE() << "wanted exit " << code << " and '" << part << "', got exit "
                  << answer.exit_code << "\nout: " << answer.out << "\nerr: " << answer.err;
  }
  return holds;
}

}  // namespace brasa::cli_testing
