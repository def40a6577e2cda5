// train --seeds, and resume, compare and plot of what it makes.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"
#include "tests/runs/runs_testing.h"

namespace brasa::cli_testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Words = std::vector<std::string>;

/// Q-learning on the lake into `out`, with `more`.
Words Lake(const std::string& out, const Words& more) {
  Words words = {"train", "q_learning", "FrozenLake-v1", "--out", out};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string SeedRun(const std::string& parent, int seed) {
  return parent + "/seed-" + std::to_string(seed);
}

/// Processes that `process` started and that live, by their run directory.
std::map<std::string, int> JobsOf(int process) {
  std::map<std::string, int> jobs;
  const std::string id = std::to_string(process);
  std::ifstream children("/proc/" + id + "/task/" + id + "/children");
  for (int child = 0; children >> child;) {
    std::string line = ReadAll("/proc/" + std::to_string(child) + "/cmdline");
    if (line.size() > 1) line.pop_back();
    jobs[line.substr(line.rfind('\0') + 1)] = child;
  }
  return jobs;
}

/// Waits until `path` is there or the program has ended.
void Await(const Running& program, const std::string& path) {
  while (!fs::exists(path) && !program.ended()) usleep(1000);
}

TEST(CliSeeds, EachRun_IsTheOneItsSeedAloneGives) {
  const std::string parent = NewPath("seeds");
  const Words more = {"--steps", "20000", "--record", "--quiet"};
  Words several = Lake(parent, more);
  several.insert(several.end(), {"--seeds", "3", "--jobs", "2", "--seed", "4"});
  const Answer answer = RunBrasa(several);
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_EQ(answer.out + answer.err, "");
  EXPECT_EQ(Names(parent), (Words{"seed-4", "seed-5", "seed-6"}));
  for (const int seed : {4, 5, 6}) {
    const std::string alone = NewPath("alone");
    Words one = Lake(alone, more);
    one.insert(one.end(), {"--seed", std::to_string(seed)});
    ASSERT_EQ(RunBrasa(one).exit_code, 0);
    ExpectSameRuns(alone, SeedRun(parent, seed));
  }
}

/// Sets the mean return that the result of a run tells.
void Say(const std::string& run, double mean_return) {
  Json result = Json::parse(ReadAll(run + "/result.json"));
  result.at("mean_return").at("value") = mean_return;
  result.at("returns_per_player").at(0).at("value") = mean_return;
  std::ofstream(run + "/result.json") << result;
}

// Sorted 0.1 0.2 0.3 0.8: a quarter is one at each end, so the interquartile mean is 0.25.
TEST(CliSeeds, Summary_IsTheInterquartileMeanThatCompareTells) {
  const std::string parent = NewPath("summary");
  const Answer made = RunBrasa(Lake(parent, {"--steps", "2000", "--seeds", "4", "--json"}));
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Json first = Json::parse(made.out);
  ASSERT_EQ(first.at("runs").size(), 4u);
  EXPECT_EQ(first.at("runs")[3].at("seed"), 3);
  EXPECT_EQ(first.at("directory"), parent);
  const double returns[] = {0.2, 0.8, 0.1, 0.3};
  for (int seed = 0; seed < 4; ++seed) Say(SeedRun(parent, seed), returns[seed]);
  const Answer again = RunBrasa({"resume", parent, "--json"});  // nothing is left to do
  ASSERT_EQ(again.exit_code, 0) << again.err;
  const Json iqm = Json::parse(again.out).at("iqm");
  EXPECT_NEAR(iqm.at("value"), 0.25, 1e-12);
  EXPECT_EQ(iqm.at("n"), 4);
  const Answer compared = RunBrasa({"compare", parent, "--json"});
  ASSERT_EQ(compared.exit_code, 0) << compared.err;
  EXPECT_EQ(Json::parse(compared.out).at("agents")[0].at("iqm"), iqm);
  const Answer text = RunBrasa({"resume", parent});
  EXPECT_NE(text.out.find("IQM        0.25 ["), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("q_learning on FrozenLake-v1, seeds 0 to 3: 2,000 steps each"),
            std::string::npos);
}

TEST(CliSeeds, Plot_TakesTheFolder) {
  const std::string parent = NewPath("plotted");
  ASSERT_EQ(RunBrasa(Lake(parent, {"--steps", "3000", "--seeds", "3", "--quiet"})).exit_code, 0);
  const Answer answer = RunBrasa({"plot", parent, "--json"});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_EQ(Json::parse(answer.out).at("curves")[0].at("runs"), 3);
  EXPECT_TRUE(fs::exists(parent + "/learning_curve.svg"));
}

TEST(CliSeeds, KilledRun_IsLostAloneAndResumed) {
  const std::string parent = NewPath("one-killed"), straight = NewPath("straight");
  const Words more = {"--steps", "1500000", "--seeds", "2", "--jobs", "2", "--quiet"};
  Running program(Lake(parent, more));
  Await(program, SeedRun(parent, 1) + "/metrics.csv");
  const std::map<std::string, int> jobs = JobsOf(program.id());
  ASSERT_TRUE(jobs.contains(SeedRun(parent, 1)));
  kill(jobs.at(SeedRun(parent, 1)), SIGKILL);
  const Answer answer = program.Wait();
  EXPECT_TRUE(IsOneLineError(answer, 1, "seed 1: was killed (SIGKILL)"));
  EXPECT_TRUE(fs::exists(SeedRun(parent, 0) + "/result.json"));
  EXPECT_FALSE(fs::exists(SeedRun(parent, 1) + "/result.json"));
  EXPECT_EQ(RunBrasa({"resume", parent, "--quiet"}).exit_code, 0);
  ASSERT_EQ(RunBrasa(Lake(straight, more)).exit_code, 0);
  for (const int seed : {0, 1}) ExpectSameRuns(SeedRun(straight, seed), SeedRun(parent, seed));
}

TEST(CliSeeds, CtrlC_ChecksEveryRunInAndEndsAll) {
  const std::string parent = NewPath("stopped");
  const Words more = {"--steps", "1500000", "--seeds", "3", "--jobs", "2"};
  Running program(Lake(parent, more));
  Await(program, SeedRun(parent, 0) + "/metrics.csv");
  Await(program, SeedRun(parent, 1) + "/metrics.csv");
  const std::map<std::string, int> jobs = JobsOf(program.id());
  ASSERT_EQ(jobs.size(), 2u);
  program.Signal(SIGINT);
  const Answer answer = program.Wait();
  EXPECT_TRUE(IsOneLineError(answer, 130, "stopped; go on with: brasa resume " + parent));
  for (const auto& [directory, job] : jobs) {
    EXPECT_NE(kill(job, 0), 0) << directory;  // gone
    EXPECT_FALSE(fs::is_empty(directory + "/checkpoints")) << directory;
    EXPECT_FALSE(fs::exists(directory + "/result.json")) << directory;
  }
  EXPECT_FALSE(fs::exists(SeedRun(parent, 2) + "/metrics.csv"));  // it had not begun
}

TEST(CliSeeds, KilledProgram_TakesItsRunsWithIt) {
  const std::string parent = NewPath("all-killed");
  Running program(Lake(parent, {"--steps", "100000000", "--seeds", "2", "--jobs", "2"}));
  Await(program, SeedRun(parent, 0) + "/metrics.csv");
  Await(program, SeedRun(parent, 1) + "/metrics.csv");
  const std::map<std::string, int> jobs = JobsOf(program.id());
  ASSERT_EQ(jobs.size(), 2u);
  program.Signal(SIGKILL);
  EXPECT_EQ(program.Wait().exit_code, 128 + SIGKILL);
  for (const auto& [directory, job] : jobs) {
    const std::string stat = "/proc/" + std::to_string(job) + "/cmdline";
    for (int wait = 0; wait < 5000 && !ReadAll(stat).empty(); ++wait) usleep(1000);
    EXPECT_EQ(ReadAll(stat), "") << directory;  // gone, or nobody's child yet
  }
}

TEST(CliSeeds, FolderThatIsBeingRun_IsRefused) {
  const std::string parent = NewPath("busy");
  Running program(Lake(parent, {"--steps", "100000000", "--seeds", "1"}));
  Await(program, SeedRun(parent, 0) + "/metrics.csv");
  EXPECT_TRUE(IsOneLineError(RunBrasa({"resume", parent}), 2, "is being run by another process"));
}

TEST(CliSeeds, UsersMistakes_AreOneLine) {
  const std::string folder = NewFolder("seed-mistakes");
  const auto train = [&](const Words& more) {
    Words words = {"train", "q_learning", "FrozenLake-v1"};
    words.insert(words.end(), more.begin(), more.end());
    return RunBrasa(words, {.folder = folder});
  };
  EXPECT_TRUE(IsOneLineError(train({"--seeds", "0"}), 2, "--seeds = '0' is not allowed"));
  EXPECT_TRUE(IsOneLineError(train({"--seeds", "two"}), 2, "--seeds = 'two' is not allowed"));
  EXPECT_TRUE(IsOneLineError(train({"--seeds", "2", "--jobs", "0"}), 2, "--jobs = '0'"));
  EXPECT_TRUE(IsOneLineError(train({"--jobs", "2"}), 2, "give --seeds N too"));
  EXPECT_TRUE(IsOneLineError(train({"--seeds", "2", "--watch"}), 2, "--watch shows one run"));
  EXPECT_TRUE(IsOneLineError(train({"--seeds", "2", "--set", "seed=3"}), 2, "first by --seed"));
  EXPECT_TRUE(IsOneLineError(train({"--seeds", "2", "--steps", "1", "--envs", "8"}), 2,
                             "steps = 1 is not allowed"));
  EXPECT_TRUE(fs::is_empty(folder));
  std::ofstream(folder + "/mine.txt") << "mine";
  EXPECT_TRUE(IsOneLineError(train({"--seeds", "2", "--out", folder}), 2, "is not empty"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"resume", folder, "--jobs", "2"}), 2, "--jobs is for"));
}

TEST(CliSeeds, DryRun_TellsThePlanAndWritesNothing) {
  const std::string folder = NewFolder("seed-plan");
  const Answer answer = RunBrasa({"train", "q_learning", "FrozenLake-v1", "--seeds", "5", "--seed",
                                  "2", "--jobs", "3", "--dry-run"},
                                 {.folder = folder, .variables = {{"BRASA_THREADS", "1"}}});
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_NE(answer.out.find("# Seeds: 2 to 6, 3 side by side, a thread budget of 1 each"),
            std::string::npos)
      << answer.out;
  EXPECT_TRUE(fs::is_empty(folder));
}

}  // namespace
}  // namespace brasa::cli_testing
