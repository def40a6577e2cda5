// brasa check and brasa new, on a plugin of planted faults and on fresh projects.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"

namespace brasa::cli_testing {
namespace {

namespace fs = std::filesystem;

std::string Plugin(const std::string& name) { return std::string(PLUGIN_FOLDER) + "/" + name; }

/// The check of one game of the plugin of faults.
Answer CheckFault(const std::string& id, const std::string& timeout = "120") {
  return RunBrasa({"check", Plugin("faulty_plugin.so") + ":" + id + "-v0", "--episodes", "4",
                   "--timeout", timeout});
}

/// The line of the law, or "".
std::string Finding(const std::string& text, const std::string& law) {
  const std::string lines = "\n" + text;
  const std::size_t at = lines.find("\n" + law + ": ");
  return at == std::string::npos ? "" : lines.substr(at + 1, lines.find('\n', at + 1) - at - 1);
}

struct Planted {
  std::string id, law, fault;
};

class CliCheckFault : public ::testing::TestWithParam<Planted> {};

TEST_P(CliCheckFault, IsFoundUnderItsLaw) {
#ifdef __has_feature
#if __has_feature(thread_sanitizer)
  // The law fills new memory by the C library's malloc, in whose place is the sanitizer's.
  if (GetParam().law == "memory") GTEST_SKIP() << "ThreadSanitizer's malloc fills no memory";
#endif
#endif
  const Answer answer = CheckFault(GetParam().id);
  EXPECT_EQ(answer.exit_code, 1);
  const std::string finding = Finding(answer.out, GetParam().law);
  EXPECT_NE(finding.find(GetParam().fault), std::string::npos) << answer.out << answer.err;
}

INSTANTIATE_TEST_SUITE_P(
    Plugin, CliCheckFault,
    ::testing::Values(
        Planted{"CrashInStep", "legal actions", "crashes (SIGSEGV) in Step at episode 0, ply "},
        Planted{"ExitInStep", "legal actions", "ends the process (exit code 7) in Step"},
        Planted{"AbortInObserve", "observations", "crashes (SIGABRT) in Observe at episode "},
        Planted{"ThrowsAcross", "boundary", "an exception leaves Step through the table"},
        Planted{"ObserveBeyond", "spans", "Observe writes outside of the observation"},
        Planted{"RewardsBeyond", "spans", "Step writes outside of the rewards"},
        Planted{"LegalBeyond", "spans", "LegalActions writes outside of the list"},
        Planted{"ObserveOutside", "observations", "observation element 0 is 12"},
        Planted{"ObserveNan", "observations", "observation element 1 is "},
        Planted{"NoLegal", "legal actions", "no legal action before the end"},
        Planted{"RefusesLegal", "legal actions", "two are not allowed"},
        Planted{"IdleMove", "moves", "listed as legal, did not change the world"},
        Planted{"LegalAfterEnd", "moves", "lists actions after the end"},
        Planted{"GlobalState", "replay", "the same streams and actions differ"},
        Planted{"Padding", "memory", "padding in a flat struct"},
        Planted{"StaleReset", "reset", "after another one was played"},
        Planted{"NotZeroSum", "rewards", "zero-sum rewards sum to 1"},
        Planted{"EndlessEpisode", "length", "does not end within 20000 plies"},
        Planted{"HashCollides", "hash", "different states have equal hashes"},
        Planted{"TextForgets", "text", "ToText after FromText differs"},
        Planted{"CrashOnWrongText", "wrong text", "crashes (SIGSEGV) in FromText"},
        Planted{"WrongTextBreaks", "wrong text", "fails and changes the world"},
        Planted{"DrawMoves", "draw", "Draw changes the world"},
        Planted{"DrawNan", "draw", "a coordinate is not finite"},
        Planted{"ChanceSum", "chance", "chance probabilities sum to 0.8"},
        Planted{"ChanceDrawnInReset", "chance", "Reset or Step draws numbers"},
        Planted{"SpecContradicts", "spec", "max_legal must lie in 0 .. count"},
        Planted{"Truncates", "ends", "kTruncated is the host's"},
        Planted{"LegalDescends", "legal actions", "legal ids do not ascend"},
        Planted{"LegalOutOfRange", "legal actions", "legal id 3 is out of range"},
        Planted{"TakesIllegal", "illegal action",
                "Step takes action 2, which LegalActions does not list, at episode 0, ply "},
        Planted{"CrashOnIllegal", "illegal action", "crashes (SIGSEGV) in Step at episode 0, ply "},
        Planted{"WritesOnIllegal", "spans", "Step writes outside of the rewards"},
        Planted{"StepAfterEnd", "step after the end",
                "Step takes action 0 after the end at episode 0, ply "}),
    [](const auto& planted) { return planted.param.id; });

class CliCheckNote : public ::testing::TestWithParam<Planted> {};

TEST_P(CliCheckNote, IsToldOfAGameThatKeepsAllLaws) {
  const Answer answer = CheckFault(GetParam().id);
  EXPECT_EQ(answer.exit_code, 0);
  EXPECT_TRUE(answer.out.starts_with(GetParam().id + "-v0 keeps all ")) << answer.out;
  const std::string note = Finding(answer.out, "note: " + GetParam().law);
  EXPECT_NE(note.find(GetParam().fault), std::string::npos) << answer.out << answer.err;
  EXPECT_EQ(RunBrasa({"check", Plugin("faulty_plugin.so") + ":" + GetParam().id + "-v0",
                      "--episodes", "4", "--strict"})
                .exit_code,
            1);
}

INSTANTIATE_TEST_SUITE_P(
    Plugin, CliCheckNote,
    ::testing::Values(Planted{"TakesAnything", "illegal action",
                              "no fault, for it leaves the check to Brasa throughout"},
                      Planted{"TakesAnything", "step after the end",
                              "no fault, for it leaves the check to Brasa throughout"},
                      Planted{"CountTooHigh", "legal actions", "actions 3 to 3 of the 4 in"}),
    [](const auto& planted) {
      std::string name = planted.param.id + "_" + planted.param.law;
      std::erase(name, ' ');
      return name;
    });

TEST(CliCheck, StepThatNeverReturns_IsEndedAfterTheTimeout) {
  struct Endless {
    std::string id, law, seconds;
  };
  // The second comes after all other laws, which must keep within its limit on a slow build too.
  for (const Endless& endless : {Endless{"EndlessStep", "legal actions", "2"},
                                 Endless{"HangsOnIllegal", "illegal action", "10"}}) {
    const Answer answer = CheckFault(endless.id, endless.seconds);
    EXPECT_EQ(answer.exit_code, 1);
    EXPECT_NE(Finding(answer.out, endless.law)
                  .find("does not come back within " + endless.seconds + " s in Step"),
              std::string::npos)
        << answer.out << answer.err;
  }
}

TEST(CliCheck, HonestGame_KeepsAllLaws) {
  const Answer answer = CheckFault("None");
  EXPECT_EQ(answer.exit_code, 0) << answer.out << answer.err;
  EXPECT_TRUE(answer.out.starts_with("None-v0 keeps all ")) << answer.out;
  EXPECT_EQ(answer.out.find("note: "), std::string::npos) << answer.out;
  EXPECT_EQ(answer.err, "");
}

TEST(CliCheck, Examples_KeepAllLaws) {
  for (const char* name : {"corridor.so", "nim.so"}) {
    const Answer answer = RunBrasa({"check", std::string(EXAMPLE_FOLDER) + "/" + name});
    EXPECT_EQ(answer.exit_code, 0) << answer.out << answer.err;
  }
}

TEST(CliCheck, FilesThatAreNoPlugins_AreFindingsOfLoading) {
  for (const auto& [name, fault] : std::vector<std::pair<std::string, std::string>>{
           {"broken_old_abi.so", "was built for ABI version 0"},
           {"broken_old_table.so", "has an environment table of 40 bytes"},
           {"broken_no_step.so", "without the function 'step'"},
           {"broken_no_entry.so", "does not export brasa_plugin_entry"},
           {"broken_null_entry.so", "failed to describe its environments"}}) {
    const Answer answer = RunBrasa({"check", Plugin(name)});
    EXPECT_EQ(answer.exit_code, 1);
    EXPECT_NE(Finding(answer.out, "loading").find(fault), std::string::npos) << answer.out;
  }
}

TEST(CliCheck, FilesThatAreNoSharedLibraries_AreOneError) {
  const std::string folder = NewFolder("check-files");
  std::ofstream(folder + "/text.so") << "#!/bin/sh\n";
  std::ofstream(folder + "/cut.so", std::ios::binary)
      << ReadAll(Plugin("faulty_plugin.so")).substr(0, 700);
  for (const auto& [name, fault] :
       std::vector<std::pair<std::string, std::string>>{{"missing.so", "does not exist"},
                                                        {"", "is not a file"},
                                                        {"text.so", "is not a shared library"},
                                                        {"cut.so", "is truncated"}}) {
    EXPECT_TRUE(IsOneLineError(RunBrasa({"check", folder + "/" + name}), 2, fault));
  }
  EXPECT_TRUE(IsOneLineError(RunBrasa({"check", "my_game.so"}), 2, "does not exist"));
}

TEST(CliCheck, Json_HoldsLawAndFault) {
  const Answer answer =
      RunBrasa({"check", Plugin("faulty_plugin.so") + ":ObserveOutside-v0", "--json"});
  EXPECT_EQ(answer.exit_code, 1);
  const auto report = nlohmann::json::parse(answer.out);
  EXPECT_EQ(report["env"], "ObserveOutside-v0");
  EXPECT_EQ(report["findings"][0]["law"], "observations");
}

TEST(CliCheck, UnknownEnvironmentOrValue_IsOneError) {
  EXPECT_TRUE(IsOneLineError(RunBrasa({"check", "CartPole-v9"}), 2, "CartPole-v9"));
  EXPECT_TRUE(
      IsOneLineError(RunBrasa({"check", std::string(EXAMPLE_FOLDER) + "/corridor.so:Hall-v0"}), 2,
                     "offers no environment 'Hall-v0'; it offers Corridor-v0"));
  EXPECT_TRUE(
      IsOneLineError(RunBrasa({"check", Plugin("faulty_plugin.so") + ":Padding-v1"}), 2,
                     "'Padding-v1' (did you mean Padding-v0?); it offers None-v0, CrashInStep-v0"));
  EXPECT_TRUE(
      IsOneLineError(RunBrasa({"check", "CartPole-v1", "--set", "nothing=1"}), 2, "nothing"));
  EXPECT_TRUE(
      IsOneLineError(RunBrasa({"check", "CartPole-v1", "--episodes", "0"}), 2, "--episodes"));
}

TEST(CliNew, WrongName_IsRefusedAndNothingIsWritten) {
  const std::string folder = NewFolder("new-wrong");
  for (const char* name : {"MyGame", "my game", "1st", "", "a/b", "struct", "my__game", "x_"}) {
    EXPECT_TRUE(
        IsOneLineError(RunBrasa({"new", "env", name, "made"}, {.folder = folder}), 2, "name"));
  }
  EXPECT_TRUE(IsOneLineError(
      RunBrasa({"new", "env", "my_game", "made", "--lang", "rust"}, {.folder = folder}), 2,
      "c++, c"));
  EXPECT_TRUE(IsOneLineError(
      RunBrasa({"new", "env", "my_game", "made", "--board", "--control"}, {.folder = folder}), 2,
      "exclude each other"));
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST(CliNew, FolderThatIsNotEmpty_StaysAsItWas) {
  const std::string folder = NewFolder("new-full");
  std::ofstream(folder + "/mine.txt") << "mine";
  EXPECT_TRUE(IsOneLineError(RunBrasa({"new", "env", "my_game", folder}), 2, "is not empty"));
  EXPECT_TRUE(
      IsOneLineError(RunBrasa({"new", "env", "my_game", folder + "/mine.txt"}), 2, "is a file"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
}

TEST(CliNew, Project_HasNoPlaceholderLeft) {
  for (const std::string kind : {"--board", "--control"}) {
    for (const std::string language : {"c++", "c"}) {
      const std::string folder = NewFolder("new-whole");
      const Answer answer = RunBrasa({"new", "env", "my_game", folder, kind, "--lang", language});
      EXPECT_EQ(answer.exit_code, 0) << answer.err;
      int files = 0;
      for (const auto& entry : fs::directory_iterator(folder)) {
        std::ifstream file(entry.path());
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        EXPECT_EQ(text.find('@'), std::string::npos) << entry.path();
        EXPECT_NE(text.find("MyGame-v0"), std::string::npos) << entry.path();
        ++files;
      }
      EXPECT_EQ(files, 3);
    }
  }
}

}  // namespace
}  // namespace brasa::cli_testing
