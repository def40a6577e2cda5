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
  std::string folder = {};  ///< to run in; empty = here
  std::vector<std::pair<std::string, std::string>> variables =
      {};                   ///< of the environment, added; "" unsets
  std::string input = {};   ///< what standard input says before it ends
  std::string output = {};  ///< what standard output goes to; empty = into Answer::out
  std::string error = {};   ///< what standard error goes to; empty = into Answer::err
};

/// A program that goes on beside the test; killed with it at the latest. Neither output is a
/// terminal.
class Running {
 public:
  explicit Running(const std::vector<std::string>& arguments, const Surroundings& around = {});
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  /// True once it has ended by itself.
  bool ended() const;
  void Signal(int number) const;
  /// Its process.
  int id() const { return id_; }
  /// Waits for its end. Once.
  Answer Wait();

 private:
  int id_ = -1;
  std::string out_, err_;  // files; "" where the caller has them
};

/// Runs it to its end.
Answer RunBrasa(const std::vector<std::string>& arguments, const Surroundings& around = {});

/// The same, but SIGINT is sent as soon as `file` exists.
Answer Interrupted(const std::vector<std::string>& arguments, const std::string& file);

/// What standard error shows where it is a terminal.
std::string OnTerminal(const std::vector<std::string>& arguments);

/// The bytes of a file; "" if there is none.
std::string ReadAll(const std::string& path);

/// A path below the test's temporary folder that nothing has taken.
std::string NewPath(const std::string& name);

/// A fresh empty folder below the test's temporary one.
std::string NewFolder(const std::string& name);

/// True if `answer` is an error with `code` that says `part` in exactly one line on standard error,
/// with nothing on standard output. Else a failure with what was said.
bool IsOneLineError(const Answer& answer, int code, const std::string& part);

}  // namespace brasa::cli_testing
