// selfcheck learning: the table of published figures and the page.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "runners/experiment/learning_check.h"
#include "tests/cli/run_program.h"

namespace brasa::cli_testing {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

TEST(LearningTargets, EveryRow_RunsAndTakesNoMoreThanThePublishedSteps) {
  Registry registry;
  const LearningCheck check(registry, "nowhere");
  std::set<std::string> names;
  for (const LearningTarget& target : LearningTargets()) {
    EXPECT_TRUE(names.insert(target.name()).second) << target.name();
    bool here = false;
    for (const EnvRow& row : registry.envs()) here = here || row.id == target.env;
    if (!here) continue;  // a build without Box2D
    const RunConfig config = check.ConfigOf(target);
    EXPECT_TRUE(target.steps == 0 || config.steps <= target.steps) << target.name();
    EXPECT_GE(config.steps, config.worlds) << target.name();
    EXPECT_TRUE(registry.FindAgent(target.agent).learns) << target.name();
    EXPECT_NE(std::string(target.source), "") << target.name();
  }
}

// What takes hours is not begun by a plain `selfcheck learning`.
TEST(LearningTargets, LongRows_AreOfTheSecondTier) {
  for (const LearningTarget& target : LearningTargets()) {
    const std::string env = target.env;
    const bool is_long = env.starts_with("MinAtar/") || env.starts_with("BipedalWalker") ||
                         env == "LunarLanderContinuous-v3";
    EXPECT_EQ(target.tier, is_long ? 2 : 1) << target.name();
  }
}

TEST(LearningVerdict, IsThatOfFigureAndInterval) {
  const LearningTarget target = {"ppo", "Pendulum-v1", 100, -172, LearningMeasure::kReturn,
                                 100,   "somebody"};
  const auto verdict = [&](double value, double low, double high) {
    return VerdictOf({&target, 100, 10, {value, {low, high}, 10}, 1});
  };
  EXPECT_EQ(verdict(-172, -180, -160), "reached");
  EXPECT_EQ(verdict(-175, -180, -171), "in the interval");
  EXPECT_EQ(verdict(-175, -180, -173), "missed");
  EXPECT_EQ(VerdictOf({&target, 100, 0, {NAN, {NAN, NAN}, 0}, 0}), "not run");
  EXPECT_EQ(VerdictOf({&target, 100, 0, {NAN, {NAN, NAN}, 0}, 0, 50, -180}), "begun");
  const std::string page = ResultsMarkdown({{&target, 100, 10, {-175, {-180, -173}, 10}, 1.5},
                                            {&target, 100, 0, {}, 0},
                                            {&target, 100, 0, {}, 0, 50, -180.25}},
                                           "a machine");
  EXPECT_NE(page.find("| `Pendulum-v1` | `ppo` | 100 | 10 | -175 [-180, -173] | -172 in 100 | "
                      "somebody | 1.5 s | missed |\n"),
            std::string::npos)
      << page;
  EXPECT_NE(page.find("| 0 | not run | -172 in 100 | somebody |  | not run |\n"),
            std::string::npos);
  EXPECT_NE(
      page.find("| 100 | 0 | -180.2 in training, after 50 steps | -172 in 100 | somebody |  | "
                "begun |\n"),
      std::string::npos)
      << page;
  EXPECT_NE(page.find("Machine: a machine\n"), std::string::npos);
}

/// The row of `agent` on the cliff.
std::string CliffRow(const std::string& page) {
  const std::size_t at = page.find("| `CliffWalking-v1` | `q_learning` |");
  return page.substr(at, page.find('\n', at) - at);
}

// The greedy path along the cliff has 13 steps.
TEST(CliSelfcheck, Rows_AreRunEvaluatedAndKept) {
  const std::string folder = NewPath("learning"), page = testing::TempDir() + "page.md";
  const auto check = [&](const std::string& seeds) {
    const Answer answer = RunBrasa({"selfcheck", "learning", "--rows", "q_learning-Cliff*",
                                    "--seeds", seeds, "--dir", folder, "--out", page});
    EXPECT_EQ(answer.exit_code, 0) << answer.err;
    EXPECT_NE(answer.out.find("wrote " + page), std::string::npos);
    return CliffRow(ReadAll(page));
  };
  EXPECT_TRUE(check("2").starts_with(
      "| `CliffWalking-v1` | `q_learning` | 20000 | 2 | -13 [-13, -13] | -13 |"));
  EXPECT_NE(ReadAll(page).find("not run"), std::string::npos);
  const std::string first = folder + "/q_learning-CliffWalking-v1/seed-0/result.json";
  const fs::file_time_type time = fs::last_write_time(first);
  const std::string row = check("3");
  EXPECT_NE(row.find("| 3 | -13 [-13, -13] |"), std::string::npos) << row;
  EXPECT_TRUE(row.ends_with("| reached |")) << row;
  EXPECT_EQ(fs::last_write_time(first), time);  // it was not run again
}

TEST(LearningCheck, UnfinishedRun_IsToldUntilOneIsEvaluated) {
  Registry registry;
  const std::string folder = NewPath("begun");
  const LearningCheck check(registry, folder);
  const auto target =
      std::ranges::find(LearningTargets(), "ppo-CartPole-v1", &LearningTarget::name);
  check.Prepare(*target, 2);
  EXPECT_EQ(check.Read(*target).steps_done, 0);
  const std::string run = folder + "/ppo-CartPole-v1/seed-";
  std::ofstream(run + "0/metrics.csv") << "steps,mean_return,seconds\n100,nan,1\n200,17.5,2\n";
  std::ofstream(run + "1/metrics.csv") << "steps,mean_return,seconds\n150,21.5,2\n";
  const LearningRow row = check.Read(*target);
  EXPECT_EQ(row.seeds, 0);
  EXPECT_EQ(row.steps_done, 200);
  EXPECT_EQ(row.mean_return, 17.5);
}

TEST(CliSelfcheck, RunsOfOtherSettings_AreRefused) {
  const std::string folder = NewPath("other");
  const std::string run = folder + "/q_learning-CliffWalking-v1/seed-0";
  ASSERT_EQ(RunBrasa({"train", "q_learning", "CliffWalking-v1", "--seed", "0", "--steps", "100",
                      "--out", run, "--quiet"})
                .exit_code,
            0);
  EXPECT_TRUE(IsOneLineError(
      RunBrasa({"selfcheck", "learning", "--rows", "q_learning-Cliff*", "--dir", folder}), 2,
      "was run with other settings"));
}

TEST(CliSelfcheck, UsersMistakes_AreOneLine) {
  const std::string folder = NewFolder("selfcheck-mistakes");
  const auto check = [&](const Words& more) {
    Words words = {"selfcheck", "learning"};
    words.insert(words.end(), more.begin(), more.end());
    return RunBrasa(words, {.folder = folder});
  };
  EXPECT_TRUE(
      IsOneLineError(check({"--rows", "ppo-CartPole"}), 2, "(did you mean ppo-CartPole-v1"));
  EXPECT_TRUE(IsOneLineError(check({"--seeds", "0"}), 2, "--seeds = '0' is not allowed"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"selfcheck"}), 2, "selfcheck"));
  EXPECT_TRUE(fs::is_empty(folder));
}

}  // namespace
}  // namespace brasa::cli_testing
