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

namespace brasa::cli_testing {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Redirect(const std::string& path, int flags, int to) {
  const int file = open(path.c_str(), flags, 0600);
  if (file < 0 || dup2(file, to) < 0) _exit(126);
  close(file);
}

[[noreturn]] void Become(const std::vector<std::string>& arguments, const Surroundings& around,
                         const std::string& out, const std::string& err) {
  Redirect("/dev/null", O_RDONLY, 0);
  Redirect(out, O_WRONLY | O_CREAT | O_TRUNC, 1);
  Redirect(err, O_WRONLY | O_CREAT | (err.starts_with("/dev/") ? O_NOCTTY : O_TRUNC), 2);
  for (const auto& [name, value] : around.variables) setenv(name.c_str(), value.c_str(), 1);
  if (!around.folder.empty() && chdir(around.folder.c_str()) != 0) _exit(126);
  std::vector<char*> words = {const_cast<char*>("brasa")};
  for (const std::string& word : arguments) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  execv(BRASA_PROGRAM, words.data());
  _exit(127);
}

/// A running program, its outputs in files.
class Child {
 public:
  Child(const std::vector<std::string>& arguments, const Surroundings& around) {
    static int number = 0;
    const std::string base = testing::TempDir() + "answer-" + std::to_string(++number);
    keeps_output_ = around.output.empty();
    out_ = keeps_output_ ? base + ".out" : around.output;
    keeps_errors_ = around.error.empty();
    err_ = keeps_errors_ ? base + ".err" : around.error;
    id_ = fork();
    if (id_ == 0) Become(arguments, around, out_, err_);
  }
  pid_t id() const { return id_; }
  /// Looks without collecting it.
  bool Ended() const {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == id_;
  }
  Answer Wait() const {
    int status = 0;
    waitpid(id_, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            keeps_output_ ? ReadAll(out_) : "", keeps_errors_ ? ReadAll(err_) : ""};
  }

 private:
  pid_t id_;
  bool keeps_output_, keeps_errors_;
  std::string out_, err_;
};

}  // namespace

Answer RunBrasa(const std::vector<std::string>& arguments, const Surroundings& around) {
  return Child(arguments, around).Wait();
}

Answer Interrupted(const std::vector<std::string>& arguments, const std::string& file) {
  const Child child(arguments, {});
  while (!std::filesystem::exists(file) && !child.Ended()) usleep(1000);
  kill(child.id(), SIGINT);
  return child.Wait();
}

std::string OnTerminal(const std::vector<std::string>& arguments) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  EXPECT_TRUE(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
  const std::string name = ptsname(terminal);
  const int held = open(name.c_str(), O_RDWR | O_NOCTTY);  // so that nothing is lost at the end
  const Child child(arguments, {.variables = {{"TERM", "xterm"}}, .error = name});
  std::string shown;
  char buffer[4096];
  pollfd ready{terminal, POLLIN, 0};
  while (poll(&ready, 1, 50) > 0 || !child.Ended()) {
    if ((ready.revents & POLLIN) == 0) continue;
    const auto count = read(terminal, buffer, sizeof buffer);
    if (count > 0) shown.append(buffer, static_cast<std::size_t>(count));
  }
  child.Wait();
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
