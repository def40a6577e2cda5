// compare, on runs of a moment and on results written by hand.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"

namespace brasa::cli_testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Words = std::vector<std::string>;

/// A run of q_learning on the lake with `seed` whose result says that it returned `mean_return`.
std::string MadeRun(const std::string& name, const std::string& seed, double mean_return,
                    const std::string& env = "FrozenLake-v1", const std::string& setting = "") {
  const std::string run = NewPath(name + seed);
  Words words = {"train", "q_learning", env, "--set",  "steps=5000", "--workers",
                 "1",     "--out",      run, "--seed", seed};
  if (!setting.empty()) words.insert(words.begin() + 5, setting);
  const Answer answer = RunBrasa(words);
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  Json result = Json::parse(ReadAll(run + "/result.json"));
  for (const char* key : {"mean_return", "returns_per_player"}) {
    Json& entry = key == std::string("mean_return") ? result.at(key) : result.at(key).at(0);
    entry.at("value") = mean_return;
  }
  std::ofstream(run + "/result.json") << result;
  return run;
}

Json Compare(Words words) {
  words.insert(words.begin(), "compare");
  words.push_back("--json");
  const Answer answer = RunBrasa(words);
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  return Json::parse(answer.out);
}

// Sorted 0.1 0.2 0.3 0.8: a quarter is one at each end, so the interquartile mean is 0.25. The gap
// to the lake's threshold 0.7: 0.7 - (0.1 + 0.2 + 0.3 + 0.7) / 4. Against {0.2, 0.9}: of the pairs
// 0.1, 0.2, 0.3, 0.8 with 0.2: lost, drawn, won, won; with 0.9: lost; 2.5 of 8.
TEST(CliCompare, FiguresOfOneEnvironment_AreThoseOfItsReturns) {
  const std::string slow = "learning_rate=0.01";
  const Json found =
      Compare({MadeRun("a", "1", 0.2), MadeRun("a", "2", 0.8), MadeRun("a", "3", 0.1),
               MadeRun("a", "4", 0.3), MadeRun("b", "1", 0.2, "FrozenLake-v1", slow),
               MadeRun("b", "2", 0.9, "FrozenLake-v1", slow)});
  EXPECT_EQ(found.at("scaled"), false);
  EXPECT_DOUBLE_EQ(found.at("aim"), 0.7);
  ASSERT_EQ(found.at("agents").size(), 2u);
  const Json& a = found.at("agents")[0];
  EXPECT_EQ(a.at("runs"), 4);
  EXPECT_NEAR(a.at("iqm").at("value"), 0.25, 1e-12);
  EXPECT_NEAR(a.at("mean").at("value"), 0.35, 1e-12);
  EXPECT_NEAR(a.at("optimality_gap").at("value"), 0.375, 1e-12);
  EXPECT_LT(a.at("iqm").at("low"), 0.25);
  EXPECT_GT(a.at("iqm").at("high"), 0.25);
  EXPECT_EQ(found.at("agents")[1].at("agent"), "q_learning learning_rate=0.01");
  ASSERT_EQ(found.at("improvements").size(), 1u);
  EXPECT_NEAR(found.at("improvements")[0].at("probability").at("value"), 2.5 / 8, 1e-12);
}

// (0.2 - 0) / 0.4 = 0.5 and (-15 + 100) / 87 on the cliff; the mean of both.
TEST(CliCompare, SeveralEnvironments_AreScaled) {
  const Json found =
      Compare({MadeRun("lake", "1", 0.2), MadeRun("cliff", "1", -15, "CliffWalking-v1"), "--scale",
               "FrozenLake-v1=0:0.4", "--scale", "CliffWalking-v1=-100:-13"});
  EXPECT_EQ(found.at("scaled"), true);
  EXPECT_EQ(found.at("aim"), 1);
  EXPECT_EQ(found.at("tasks").size(), 2u);
  const Json& mean = found.at("agents")[0].at("mean");
  EXPECT_NEAR(mean.at("value"), (0.5 + 85.0 / 87) / 2, 1e-12);
  EXPECT_TRUE(mean.at("low").is_null());  // a single run has no interval
}

TEST(CliCompare, Profile_IsDrawn) {
  const std::string picture = testing::TempDir() + "profile.svg";
  const Answer answer =
      RunBrasa({"compare", MadeRun("p", "1", 0.2), MadeRun("p", "2", 0.5), "--profile", picture});
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_NE(answer.out.find("wrote " + picture), std::string::npos);
  EXPECT_NE(ReadAll(picture).find("share of runs above it"), std::string::npos);
}

TEST(CliCompare, UsersMistakes_AreOneLine) {
  const std::string one = MadeRun("m", "1", 0.2), two = MadeRun("m", "2", 0.2);
  const std::string other = MadeRun("c", "1", -20, "CliffWalking-v1");
  const std::string lake = "FrozenLake-v1=0:1", cliff = "CliffWalking-v1=-100:-13";
  const auto refused = [](Words words, const std::string& part) {
    words.insert(words.begin(), "compare");
    return IsOneLineError(RunBrasa(words), 2, part);
  };
  EXPECT_TRUE(refused({one, two, one}, "are the same run"));
  EXPECT_TRUE(refused({one, two, other, "--scale", lake, "--scale", cliff},
                      "has 2 runs on FrozenLake-v1 and 1 on CliffWalking-v1"));
  EXPECT_TRUE(refused({one, "--scale", "FrozenLake-v1=1"}, "give ENV=LOW:HIGH"));
  EXPECT_TRUE(refused({one, "--scale", "FrozenLake-v1=1:1"}, "LOW < HIGH"));
  EXPECT_TRUE(refused({one, "--scale", lake, "--scale", cliff}, "which no run is on"));
  EXPECT_TRUE(refused({NewFolder("no-run")}, "run.toml"));
  fs::remove(two + "/result.json");
  EXPECT_TRUE(refused({one, two}, two));
}

// The cliff has no reward threshold in Gymnasium.
TEST(CliCompare, TaskWithoutAScale_IsNamed) {
  const std::string lake = MadeRun("t", "1", 0.2),
                    cliff = MadeRun("u", "1", -15, "CliffWalking-v1");
  EXPECT_TRUE(IsOneLineError(RunBrasa({"compare", lake, cliff}), 2,
                             "give --scale CliffWalking-v1=LOW:HIGH"));
}

}  // namespace
}  // namespace brasa::cli_testing
