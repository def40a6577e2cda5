#include "tests/cli/run_program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
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
  Redirect(err, O_WRONLY | O_CREAT | O_TRUNC, 2);
  for (const auto& [name, value] : around.variables) setenv(name.c_str(), value.c_str(), 1);
  if (!around.folder.empty() && chdir(around.folder.c_str()) != 0) _exit(126);
  std::vector<char*> words = {const_cast<char*>("brasa")};
  for (const std::string& word : arguments) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  execv(BRASA_PROGRAM, words.data());
  _exit(127);
}

}  // namespace

Answer RunBrasa(const std::vector<std::string>& arguments, const Surroundings& around) {
  static int number = 0;
  const std::string base = testing::TempDir() + "answer-" + std::to_string(++number);
  const std::string out = around.output.empty() ? base + ".out" : around.output;
  const std::string err = base + ".err";
  const pid_t child = fork();
  if (child == 0) Become(arguments, around, out, err);
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          around.output.empty() ? ReadAll(out) : "", ReadAll(err)};
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
