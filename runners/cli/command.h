// One command of the program: its flags, its help, its errors. The library that parses stays
// behind this.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "brasa/core/config.h"

namespace CLI {
class App;
}

namespace brasa::cli {

/// Adds a command to `parent` and describes what it takes. Values named here are filled while the
/// line is parsed and must live as long as `parent`. Their text is checked: ConfigError names flag,
/// value and what is allowed.
class Command {
 public:
  /// `example` is shown below the help.
  Command(CLI::App& parent, const std::string& name, const std::string& summary,
          const std::string& example);

  /// Left out of the help and of near matches: for the program's own processes.
  Command& Hide();

  /// A word that must be given, one that may be missing (then `value` stays), one or more.
  Command& Argument(const std::string& name, std::string* value, const std::string& help);
  Command& OptionalArgument(const std::string& name, std::string* value, const std::string& help);
  Command& Arguments(const std::string& name, std::vector<std::string>* values,
                     const std::string& help);

  /// `flag` is written with its dashes: "--json".
  Command& Flag(const std::string& flag, bool* value, const std::string& help);
  /// `flag` alone gives `value` the text `alone`, `flag`=TEXT that text.
  Command& FlagOrText(const std::string& flag, std::string* value, const std::string& alone,
                      const std::string& help);
  Command& Integer(const std::string& flag, std::int64_t* value, double min, double max,
                   const std::string& help);
  Command& Number(const std::string& flag, double* value, double min, double max,
                  const std::string& help);
  Command& Text(const std::string& flag, std::string* value, const std::string& value_name,
                const std::string& help);
  /// May be given several times.
  Command& Texts(const std::string& flag, std::vector<std::string>* values,
                 const std::string& value_name, const std::string& help);
  /// One of `choices`.
  Command& Choice(const std::string& flag, std::string* value,
                  const std::vector<std::string>& choices, const std::string& help);

  /// What the command does. It is called after the whole line was parsed without a fault.
  void Run(std::function<void()> action);

  /// To add commands below this one; then one of them must be given.
  CLI::App& Group();

 private:
  Command& Checked(const std::string& flag, const Field& field,
                   std::function<void(const FieldValue&)> store);

  CLI::App* app_;
};

/// Parses the arguments of the program, its name excluded, and does what they ask for. No arguments
/// ask for help. Throws UsageError in one line: unknown command or option with near matches, a
/// missing or surplus argument; ConfigError for a bad value; and what the command throws.
/// Key=value words after `--set key=value` belong to it too.
void RunLine(CLI::App& app, std::vector<std::string> arguments);

}  // namespace brasa::cli
