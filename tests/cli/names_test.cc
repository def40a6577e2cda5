// list, describe, bench and doctor.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"

namespace brasa::cli_testing {
namespace {

using Json = nlohmann::json;

Json JsonOf(const std::vector<std::string>& arguments) {
  const Answer answer = RunBrasa(arguments);
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  return Json::parse(answer.out);
}

bool ListHas(const Json& list, const std::string& key, const std::string& value) {
  return std::ranges::any_of(list, [&](const Json& item) { return item.at(key) == value; });
}

TEST(CliList, ShowsEnvironmentsAndAgents) {
  const Json list = JsonOf({"list", "--json"});
  const std::string text = RunBrasa({"list"}).out;
  for (const char* id : {"CartPole-v1", "FrozenLake-v1", "TicTacToe-v0", "ConnectFour-v0"}) {
    EXPECT_TRUE(ListHas(list.at("environments"), "id", id)) << id;
    EXPECT_NE(text.find(id), std::string::npos) << id;
  }
  EXPECT_TRUE(ListHas(list.at("agents"), "name", "q_learning"));
}

TEST(CliList, BrokenPlugins_GetALineEachAndHideNothing) {
  const std::string folder = NewFolder("plugins");
  std::ofstream(folder + "/text.so") << "this is no shared library";
  std::ofstream(folder + "/empty.so") << "";
  const Answer answer = RunBrasa({"list"}, {.variables = {{"BRASA_PLUGIN_PATH", folder}}});
  EXPECT_EQ(answer.exit_code, 0);
  EXPECT_NE(answer.out.find("CartPole-v1"), std::string::npos);
  EXPECT_EQ(std::ranges::count(answer.err, '\n'), 2) << answer.err;
  EXPECT_NE(answer.err.find("text.so"), std::string::npos);
  EXPECT_NE(answer.err.find("empty.so"), std::string::npos);
}

TEST(CliList, FullDisk_IsTheMachinesFailure) {
  EXPECT_TRUE(IsOneLineError(RunBrasa({"list"}, {.output = "/dev/full"}), 1,
                             "cannot write to standard output"));
}

TEST(CliDescribe, Environment_HasSpacesLimitsAndParameters) {
  const Json pole = JsonOf({"describe", "CartPole-v1", "--json"});
  EXPECT_EQ(pole.at("kind"), "environment");
  EXPECT_EQ(pole.at("max_episode_steps"), 500);
  EXPECT_EQ(pole.at("reward_threshold"), 475);
  EXPECT_EQ(pole.at("observation").at("shape"), Json::array({4}));
  EXPECT_EQ(pole.at("action").at("count"), 2);
  EXPECT_EQ(pole.at("world_bytes"), 32);  // four doubles
  EXPECT_TRUE(ListHas(pole.at("parameters"), "name", "max_episode_steps"));
}

TEST(CliDescribe, SmallModel_TellsTheOptimum) {
  // Without slipping the goal is six moves away: with six steps every episode can succeed, with
  // five none.
  const auto best = [](const std::string& limit) {
    return JsonOf({"describe", "FrozenLake-v1", "--json", "--set", "slippery=false",
                   "max_episode_steps=" + limit})
        .at("best_mean_return");
  };
  EXPECT_EQ(best("6"), 1);
  EXPECT_EQ(best("5"), 0);
  EXPECT_EQ(best("0"), 1);  // no limit: values converge
}

TEST(CliDescribe, Agent_HasFieldsWithDefaultAndHelp) {
  const Json agent = JsonOf({"describe", "q_learning", "--json", "--set", "discount=0.5"});
  EXPECT_EQ(agent.at("kind"), "agent");
  ASSERT_TRUE(ListHas(agent.at("fields"), "name", "discount"));
  for (const Json& field : agent.at("fields")) {
    EXPECT_FALSE(field.at("help").get<std::string>().empty()) << field;
    if (field.at("name") == "discount") {
      EXPECT_EQ(field.at("value"), 0.5);
    }
  }
  EXPECT_TRUE(ListHas(agent.at("presets"), "env", "FrozenLake-v1"));
}

TEST(CliDescribe, UnknownNames_GetNearMatches) {
  EXPECT_TRUE(IsOneLineError(RunBrasa({"describe", "cartpole"}), 2, "(did you mean CartPole-v1?)"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"describe", "q_lerning"}), 2, "(did you mean q_learning?)"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"describe", "FrozenLake-v1", "--set", "slipery=true"}), 2,
                             "unknown key 'slipery' (did you mean slippery"));
}

TEST(CliDescribe, Values_AreCheckedByType) {
  const auto set = [](const std::string& setting) {
    return RunBrasa({"describe", "FrozenLake-v1", "--set", setting});
  };
  EXPECT_TRUE(IsOneLineError(set("slippery=yes"), 2, "give true or false"));
  EXPECT_TRUE(IsOneLineError(set("size=1"), 2, "give an integer in [2, 32]"));
  EXPECT_TRUE(IsOneLineError(set("size=x"), 2, "give an integer in [2, 32]"));
  EXPECT_TRUE(IsOneLineError(set("success_rate=1.5"), 2, "give a number in [0, 1]"));
  EXPECT_TRUE(IsOneLineError(set("slippery"), 2, "--set 'slippery' is not key=value"));
  EXPECT_TRUE(IsOneLineError(set("=3"), 2, "--set '=3' is not key=value"));
}

TEST(CliDescribe, MissingPlugin_IsTheUsersMistake) {
  EXPECT_TRUE(
      IsOneLineError(RunBrasa({"describe", "/nowhere/plugin.so"}), 2, "/nowhere/plugin.so"));
}

TEST(CliBench, TellsRatesAndSignature) {
  for (const char* env : {"CartPole-v1", "ConnectFour-v0"}) {
    const auto bench = [&](const std::string& workers) {
      return JsonOf(
          {"bench", env, "--envs", "64", "--workers", workers, "--seconds", "0.05", "--json"});
    };
    const Json one = bench("1"), two = bench("2");
    EXPECT_GT(one.at("steps_per_second"), 0);
    EXPECT_GT(one.at("steps_per_second_without_signature"), 0);
    EXPECT_EQ(one.at("workers"), 1);
    EXPECT_EQ(one.at("parallel"), false);
    EXPECT_EQ(one.at("signature").get<std::string>().size(), 18u);
    EXPECT_EQ(one.at("signature"), two.at("signature")) << env;
  }
}

TEST(CliBench, WorldsThatDoNotFit_AreRefusedAtOnce) {
  // Two benches of 2^24 games.
  const double needed =
      2 * 16384 * JsonOf({"describe", "Go-v0", "--json"}).at("bytes_of_1024_worlds").get<double>();
  const Json run = JsonOf({"train", "q_learning", "FrozenLake-v1", "--dry-run", "--json"});
  if (run.at("memory").at("available_bytes") > needed) GTEST_SKIP() << "this machine has enough";
  EXPECT_TRUE(IsOneLineError(RunBrasa({"bench", "Go-v0", "--envs", "16777216"}), 1,
                             "available; lower --envs = 16777216"));
}

TEST(CliBench, FewSecondsOfManyWorlds_AreFew) {
  const Json bench = JsonOf({"bench", "CartPole-v1", "--envs", "1000000", "--workers", "1",
                             "--seconds", "0.01", "--json"});
  EXPECT_EQ(bench.at("signature_steps"), 4000000);  // four vector steps instead of 256
  EXPECT_GT(bench.at("steps_per_second"), 0);
}

TEST(CliDoctor, TellsLibrariesAndThreads) {
  const Json found = JsonOf({"doctor", "--json"});
  for (const char* name : {"TBB", "HDF5", "cairo", "giflib", "SDL2", "oneDNN", "torch"}) {
    EXPECT_TRUE(ListHas(found.at("libraries"), "name", name)) << name;
  }
  for (const Json& library : found.at("libraries")) {
    EXPECT_EQ(library.at("found"), !library.at("version").get<std::string>().empty()) << library;
    EXPECT_FALSE(library.at("note").get<std::string>().empty()) << library;
  }
  EXPECT_GE(found.at("workers"), 1);
  EXPECT_EQ(found.at("display").get<bool>(), found.at("no_display").get<std::string>().empty());
}

}  // namespace
}  // namespace brasa::cli_testing
