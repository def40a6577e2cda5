// Runs the program `brasa` as a user does and keeps what it said.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace brasa::cli_testing {

struct Answer {
  int exit_code = -1;  ///< 128 + n where signal n ended it
  std::string out;
  std::string err;
};

struct Surroundings {
  std::string folder = {};                                          ///< to run in; empty = here
  std::vector<std::pair<std::string, std::string>> variables = {};  ///< of the environment, added
  std::string output = {};  ///< what standard output goes to; empty = into Answer::out
  std::string error = {};   ///< what standard error goes to; empty = into Answer::err
};

/// Standard input is empty; neither output is a terminal.
Answer RunBrasa(const std::vector<std::string>& arguments, const Surroundings& around = {});

/// The same, but SIGINT is sent as soon as `file` exists.
Answer Interrupted(const std::vector<std::string>& arguments, const std::string& file);

/// What standard error shows where it is a terminal.
std::string OnTerminal(const std::vector<std::string>& arguments);

/// A fresh empty folder below the test's temporary one.
std::string NewFolder(const std::string& name);

/// True if `answer` is an error with `code` that says `part` in exactly one line on standard error,
/// with nothing on standard output. Else a failure with what was said.
bool IsOneLineError(const Answer& answer, int code, const std::string& part);

}  // namespace brasa::cli_testing
