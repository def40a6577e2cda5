// brasa sweep, as a user runs it.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
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

/// A sweep.toml of Q-learning on the lake.
std::string SweepFile(const std::string& sweep, const std::string& search) {
  const std::string path = testing::TempDir() + "sweep.toml";
  std::ofstream(path) << "[sweep]\nagent = \"q_learning\"\nenv = \"FrozenLake-v1\"\n"
                      << sweep << "[fixed]\nenv.slippery = false\n[search]\n"
                      << search;
  return path;
}

/// Nine trials, three of which go on, and one of these.
std::string Halving(const std::string& steps, int seeds = 1) {
  return SweepFile("method = \"halving\"\ntrials = 9\nsteps = " + steps +
                       "\nseeds = " + std::to_string(seeds) + "\n",
                   "learning_rate = { log_uniform = [0.001, 1] }\n"
                   "epsilon_end = { uniform = [0, 0.5] }\n");
}

Json Sweep(const std::string& file, const std::string& out, const Words& more = {}) {
  Words words = {"sweep", file, "--out", out, "--json"};
  words.insert(words.end(), more.begin(), more.end());
  const Answer answer = RunBrasa(words);
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  return Json::parse(answer.out);
}

/// The return that trial `trial` came to at the end of `rung`; NaN for none.
double ReturnAt(const std::string& sweep, int trial, int rung) {
  const std::string path = sweep + "/trial-00" + std::to_string(trial) + "/seed-0-rung-" +
                           std::to_string(rung) + ".json";
  const Json value = Json::parse(ReadAll(path)).at("return");
  return value.is_null() ? NAN : value.get<double>();
}

TEST(CliSweep, Grid_TableHasEveryTrialAndTheBestIsAConfigFile) {
  const std::string out = NewPath("grid");
  const Json sweep = Sweep(SweepFile("method = \"grid\"\nsteps = 4000\nseeds = 3\n",
                                     "learning_rate = { choice = [0, 0.5] }\n"
                                     "discount = { choice = [0.9] }\n"),
                           out);
  ASSERT_EQ(sweep.at("trials").size(), 2u);
  const Json& best = sweep.at("trials")[0];
  EXPECT_EQ(best.at("settings"), (Json{{"discount", "0.9"}, {"learning_rate", "0.5"}}));
  EXPECT_EQ(best.at("score").at("n"), 3);
  EXPECT_GT(best.at("score").at("value"), sweep.at("trials")[1].at("score").at("value"));
  EXPECT_EQ(best.at("steps"), 4000);
  std::vector<double> returns;
  for (int seed = 0; seed < 3; ++seed) {
    const std::string run = out + "/trial-001/seed-" + std::to_string(seed);
    returns.push_back(Json::parse(ReadAll(run + "/result.json")).at("mean_return").at("value"));
  }
  // Of three values none is dropped: the interquartile mean is the mean.
  EXPECT_NEAR(best.at("score").at("value"), (returns[0] + returns[1] + returns[2]) / 3, 1e-12);
  EXPECT_TRUE(ReadAll(out + "/trials.csv")
                  .starts_with("rank,trial,discount,learning_rate,steps,seeds,score,low,high,"
                               "failed\n1,1,0.9,0.5,4000,3,"))
      << ReadAll(out + "/trials.csv");
  const Answer dry = RunBrasa({"train", "--config", sweep.at("best"), "--dry-run"});
  EXPECT_EQ(dry.exit_code, 0) << dry.err;
  for (const char* line : {"learning_rate = 0.5\n", "slippery = false\n", "steps = 4000\n"}) {
    EXPECT_NE(dry.out.find(line), std::string::npos) << line;
  }
}

TEST(CliSweep, Halving_PromotesTheBestAndResumesTheirRuns) {
  const std::string out = NewPath("halving");
  const Json sweep = Sweep(Halving("9000"), out, {"--jobs", "2"});
  ASSERT_EQ(sweep.at("trials").size(), 9u);
  std::vector<std::pair<double, int>> first;
  for (int trial = 0; trial < 9; ++trial) first.push_back({-ReturnAt(out, trial, 0), trial});
  std::ranges::sort(first);  // the highest return first, the earlier of equals first
  std::vector<std::pair<double, int>> second;
  for (std::size_t i = 0; i < 3; ++i)
    second.push_back({-ReturnAt(out, first[i].second, 1), first[i].second});
  for (std::size_t i = 3; i < 9; ++i) {
    const std::string trial = out + "/trial-00" + std::to_string(first[i].second);
    EXPECT_FALSE(fs::exists(trial + "/seed-0-rung-1.json")) << trial;
    EXPECT_FALSE(fs::exists(trial + "/seed-0/result.json")) << trial;
  }
  std::ranges::sort(second);
  const int last = second[0].second;
  EXPECT_EQ(sweep.at("trials")[0].at("trial"), last);
  EXPECT_EQ(sweep.at("trials")[0].at("steps"), 9000);
  EXPECT_EQ(sweep.at("trials")[1].at("steps"), 3000);
  EXPECT_EQ(sweep.at("trials")[8].at("steps"), 1000);
  const std::string run = out + "/trial-00" + std::to_string(last) + "/seed-0";
  const std::string straight = NewPath("straight");
  const Answer alone = RunBrasa({"train", "--config", run + "/run.toml", "--out", straight});
  ASSERT_EQ(alone.exit_code, 0) << alone.err;
  ExpectSameRuns(straight, run);
}

TEST(CliSweep, KilledAndResumed_GivesTheTableOfAStraightOne) {
  const std::string file = Halving("900000"), out = NewPath("killed"), straight = NewPath("whole");
  const Json whole = Sweep(file, straight);
  const auto wait_for = [&](const Running& program, const std::string& path) {
    while (!fs::exists(path) && !program.ended()) usleep(1000);
  };
  {
    Running program({"sweep", file, "--out", out, "--quiet"});
    wait_for(program, out + "/trial-004/seed-0/metrics.csv");
    program.Signal(SIGKILL);
    EXPECT_EQ(program.Wait().exit_code, 128 + SIGKILL);
  }
  {
    Running program({"resume", out, "--quiet"});
    wait_for(program, out + "/trial-008/seed-0-rung-0.json");
    program.Signal(SIGKILL);
    program.Wait();
  }
  const Answer stopped = Interrupted({"resume", out}, out + "/sweep.toml");
  EXPECT_TRUE(stopped.exit_code == 130 || stopped.exit_code == 0) << stopped.err;
  const Answer resumed = RunBrasa({"resume", out, "--json"});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(Json::parse(resumed.out).at("trials"), whole.at("trials"));
  EXPECT_EQ(ReadAll(out + "/trials.csv"), ReadAll(straight + "/trials.csv"));
  EXPECT_EQ(ReadAll(out + "/best.toml"), ReadAll(straight + "/best.toml"));
}

TEST(CliSweep, Random_SeedFixesTheTable) {
  const auto file = [](const std::string& seed) {
    return SweepFile("method = \"random\"\ntrials = 3\nsteps = 1000\nseed = " + seed + "\n",
                     "learning_rate = { uniform = [0.1, 1] }\n");
  };
  const Json a = Sweep(file("1"), NewPath("random-a")), b = Sweep(file("1"), NewPath("random-b"));
  EXPECT_EQ(a.at("trials"), b.at("trials"));
  EXPECT_NE(a.at("trials"), Sweep(file("2"), NewPath("random-c")).at("trials"));
}

TEST(CliSweep, UsersMistakes_AreOneLineAndWriteNothing) {
  const std::string folder = NewFolder("sweep-mistakes");
  const auto sweep = [&](const std::string& file, const Words& more = {}) {
    Words words = {"sweep", file};
    words.insert(words.end(), more.begin(), more.end());
    return RunBrasa(words, {.folder = folder});
  };
  EXPECT_TRUE(IsOneLineError(sweep("/nowhere/sweep.toml"), 2, "cannot read '/nowhere/sweep.toml'"));
  EXPECT_TRUE(IsOneLineError(
      sweep(SweepFile("method = \"grid\"\n", "learning_rate = { choice = [0.5, 7] }\n")), 2,
      "sweep.toml, line 8: learning_rate = '7' is not allowed"));
  EXPECT_TRUE(
      IsOneLineError(sweep(SweepFile("method = \"grid\"\n", "learning_rate = { choice = [0.5] }\n"),
                           {"--jobs", "0"}),
                     2, "--jobs = '0'"));
  EXPECT_TRUE(fs::is_empty(folder));
  std::ofstream(folder + "/mine.txt") << "mine";
  EXPECT_TRUE(IsOneLineError(sweep(Halving("9000"), {"--out", folder}), 2, "is not empty"));
}

TEST(CliSweep, DryRun_ShowsTrialsAndRungs) {
  const std::string folder = NewFolder("sweep-plan");
  const Answer answer = RunBrasa({"sweep", Halving("9000"), "--dry-run"}, {.folder = folder});
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_NE(answer.out.find("rung 1: 3 trials to 3,000 steps\n"), std::string::npos) << answer.out;
  EXPECT_TRUE(fs::is_empty(folder));
}

}  // namespace
}  // namespace brasa::cli_testing
