// What bash offers for the line that is being typed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/cli/run_program.h"

namespace brasa::cli_testing {
namespace {

using Words = std::vector<std::string>;

Words Lines(const std::string& text) {
  Words lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The candidates for the last of `words`.
Words Offered(Words words) {
  words.insert(words.begin(), {"complete", "--"});
  const Answer answer = RunBrasa(words);
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  return Lines(answer.out);
}

bool Has(const Words& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

TEST(CliCompletion, Commands_AreThoseOfTheHelp) {
  const Words offered = Offered({""});
  const std::string help = RunBrasa({"--help"}).out;
  EXPECT_GE(offered.size(), 15u);
  for (const std::string& word : offered) {
    EXPECT_NE(help.find("\n  " + word + " "), std::string::npos) << word;
  }
  EXPECT_FALSE(Has(offered, "worker"));  // the program's own
  EXPECT_EQ(Offered({"data", ""}), (Words{"info", "replay"}));
}

TEST(CliCompletion, Names_FollowTheirPlace) {
  EXPECT_EQ(Offered({"train", "pp"}), Words{"ppo"});
  EXPECT_EQ(Offered({"train", "ppo", "CartP"}), Words{"CartPole-v1"});
  EXPECT_EQ(Offered({"train", "--seed", "3", "ppo", "CartP"}), Words{"CartPole-v1"});
  EXPECT_EQ(Offered({"eval", "mcts", "--env", "CartP"}), Words{"CartPole-v1"});
  EXPECT_EQ(Offered({"describe", "mct"}), Words{"mcts"});
  EXPECT_EQ(Offered({"train", "ppo", "CartPole-v1", ""}), Words{});
  EXPECT_EQ(Offered({"train", "ppo", "CartPole-v1", "--ste"}),
            (Words{"--steps", "--step-timeout"}));
}

TEST(CliCompletion, Keys_AreThoseOfAgentRunAndEnvironment) {
  const Words keys = Offered({"train", "ppo", "FrozenLake-v1", "--set", ""});
  for (const char* key : {"learning_rate=", "env.slippery=", "checkpoint_seconds="}) {
    EXPECT_TRUE(Has(keys, key)) << key;
  }
  const Words train = {"train", "ppo", "FrozenLake-v1", "--set", "seed=1"};
  const auto after = [&](const std::string& word) {
    Words words = train;
    words.push_back(word);
    return Offered(words);
  };
  EXPECT_EQ(after("env.slip"), Words{"env.slippery="});
  EXPECT_EQ(after("env.slippery=t"), Words{"env.slippery=true"});
  EXPECT_EQ(after("network.backend="), (Words{"network.backend=native", "network.backend=torch"}));
  EXPECT_EQ(Offered({"bench", "Hex-v0", "--set", "si"}), Words{"size="});
}

TEST(CliCompletion, UnknownNamesBefore_OfferNothing) {
  const Answer answer = RunBrasa({"complete", "--", "train", "nobody", "CartPole-v1", "--set", ""});
  EXPECT_EQ(answer.out, "");  // bash drops what standard error says
  EXPECT_TRUE(IsOneLineError(RunBrasa({"completion", "fish"}), 2, "give bash"));
}

/// What the script makes of `line`, as bash would show it.
std::string Completed(const std::string& line) {
  const std::string script = testing::TempDir() + "brasa.bash";
  std::ofstream(script) << RunBrasa({"completion", "bash"}).out << R"(
compopt() { :; }
COMP_LINE=$1 COMP_POINT=${#1}
_brasa
printf '%s\n' "${COMPREPLY[@]}"
)";
  const std::string program(BRASA_PROGRAM);
  const std::string out = testing::TempDir() + "completed";
  const std::string call =
      "bash '" + script + "' '" + program + " " + line + "' >'" + out + "' 2>&1";
  EXPECT_EQ(std::system(call.c_str()), 0);
  return ReadAll(out);
}

// Bash takes what stands before the '=' for a word of its own.
TEST(CliCompletion, BashScript_RepliesWithWhatIsMissing) {
  EXPECT_EQ(Completed("train pp"), "ppo\n");
  EXPECT_EQ(Completed("dat"), "data\n");
  EXPECT_EQ(Completed("train ppo MinAtar/Bre"), "MinAtar/Breakout-v0\nMinAtar/Breakout-v1\n");
  EXPECT_EQ(Completed("train ppo Hex-v0 --set env.siz"), "env.size=\n");
  EXPECT_EQ(Completed("train ppo Hex-v0 --set network.backend=na"), "native\n");
}

}  // namespace
}  // namespace brasa::cli_testing
