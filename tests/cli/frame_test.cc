// What every command shares: help, version, errors, exit codes.
#include <gtest/gtest.h>

#include "brasa/core/version.h"
#include "tests/cli/run_program.h"

namespace brasa::cli_testing {
namespace {

/// The commands that `brasa --help` lists.
std::vector<std::string> Commands() {
  const std::string help = RunBrasa({"--help"}).out;
  std::vector<std::string> commands;
  std::size_t at = help.find("Subcommands:\n");
  if (at == std::string::npos) return commands;
  for (at = help.find('\n', at) + 1; help[at] == ' '; at = help.find('\n', at) + 1) {
    const std::size_t word = help.find_first_not_of(' ', at);
    if (word - at == 2) commands.push_back(help.substr(word, help.find(' ', word) - word));
  }
  return commands;
}

TEST(Cli, NoArguments_PrintTheHelp) {
  const Answer bare = RunBrasa({});
  EXPECT_EQ(bare.exit_code, 0);
  EXPECT_EQ(bare.out, RunBrasa({"--help"}).out);
  EXPECT_EQ(bare.err, "");
}

TEST(Cli, Version_IsThatOfTheHeaders) {
  EXPECT_EQ(RunBrasa({"--version"}).out, std::string("brasa ") + kVersion + "\n");
}

TEST(Cli, HelpOfEveryCommand_ShowsAnExample) {
  const std::vector<std::string> commands = Commands();
  ASSERT_GE(commands.size(), 4u);
  for (const std::string& command : commands) {
    const Answer help = RunBrasa({command, "--help"});
    EXPECT_EQ(help.exit_code, 0) << command;
    EXPECT_NE(help.out.find("Example:\n  brasa " + command), std::string::npos) << help.out;
    EXPECT_EQ(help.err, "") << command;
  }
}

TEST(Cli, UnknownCommand_GetsNearMatches) {
  EXPECT_TRUE(
      IsOneLineError(RunBrasa({"trian"}), 2, "unknown command 'trian' (did you mean train"));
  EXPECT_TRUE(
      IsOneLineError(RunBrasa({"xyzzyxyzzy"}), 2, "command 'xyzzyxyzzy'; see brasa --help"));
}

TEST(Cli, UnknownOption_GetsNearMatches) {
  EXPECT_TRUE(IsOneLineError(RunBrasa({"list", "--jsn"}), 2,
                             "brasa list: unknown option '--jsn' (did you mean --json?)"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"bench", "CartPole-v1", "--env=3"}), 2,
                             "unknown option '--env' (did you mean --envs"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"--jsn"}), 2, "brasa: unknown option '--jsn'"));
}

TEST(Cli, MissingAndSurplusArguments_AreNamed) {
  EXPECT_TRUE(IsOneLineError(RunBrasa({"bench"}), 2, "brasa bench: ENV is required"));
  EXPECT_TRUE(
      IsOneLineError(RunBrasa({"list", "all"}), 2, "brasa list: unexpected argument 'all'"));
  EXPECT_TRUE(
      IsOneLineError(RunBrasa({"bench", "CartPole-v1", "--envs"}), 2, "brasa bench: --envs"));
}

TEST(Cli, ValuesOfFlags_AreChecked) {
  const auto bench = [](const std::string& flag, const std::string& value) {
    return RunBrasa({"bench", "CartPole-v1", flag, value});
  };
  EXPECT_TRUE(IsOneLineError(bench("--envs", "many"), 2,
                             "--envs = 'many' is not allowed; give an integer in [1, 16777216]"));
  EXPECT_TRUE(IsOneLineError(bench("--envs", "0"), 2, "--envs = '0' is not allowed"));
  EXPECT_TRUE(IsOneLineError(bench("--envs", "2.5"), 2, "--envs = '2.5' is not allowed"));
  EXPECT_TRUE(IsOneLineError(bench("--workers", "-1"), 2, "--workers = '-1' is not allowed"));
  EXPECT_TRUE(IsOneLineError(bench("--seconds", "nan"), 2, "--seconds = 'nan' is not allowed"));
  EXPECT_TRUE(IsOneLineError(bench("--seconds", "1e9"), 2, "--seconds = '1e9' is not allowed"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"train", "--seed", "1", "--seed", "2"}), 2, "--seed"));
}

TEST(Cli, LineBreaksInArguments_DoNotBreakTheLineOfAnError) {
  EXPECT_TRUE(IsOneLineError(RunBrasa({"li\nst"}), 2, "unknown command 'li st'"));
}

}  // namespace
}  // namespace brasa::cli_testing
