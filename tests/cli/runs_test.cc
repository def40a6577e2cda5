// train, resume, eval and plot, on runs of a moment.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "brasa/core/version.h"
#include "tests/cli/run_program.h"

namespace brasa::cli_testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// Q-learning on the lake into `out`, 2,000 steps unless `more` gives --steps.
std::vector<std::string> TrainLake(const std::string& out, std::vector<std::string> more = {}) {
  std::vector<std::string> words = {"train", "q_learning", "FrozenLake-v1",
                                    "--set", "steps=2000", "--workers",
                                    "1",     "--out",      out};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// The run.toml that a dry run prints.
std::string DryRun(std::vector<std::string> words) {
  words.insert(words.begin(), "train");
  words.push_back("--dry-run");
  const Answer answer = RunBrasa(words, {.folder = NewFolder("dry")});
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  return answer.out;
}

bool HasLine(const std::string& text, const std::string& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

TEST(CliTrain, Json_EqualsResultFile) {
  const std::string out = NewPath("lake");
  const Answer answer = RunBrasa(TrainLake(out, {"--json", "--seed", "7"}));
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_EQ(answer.err, "");  // no terminal, no progress line
  const Json result = Json::parse(answer.out);
  for (const char* key : {"env", "agent", "seed", "steps", "seconds", "signature", "mean_return",
                          "steps_per_second", "finished", "directory"}) {
    EXPECT_TRUE(result.contains(key)) << key;
  }
  EXPECT_EQ(result.at("seed"), 7);
  EXPECT_EQ(result.at("steps"), 2000);
  EXPECT_EQ(result, Json::parse(ReadAll(out + "/result.json")));
}

TEST(CliTrain, DefaultDirectory_IsNamedAfterAgentAndEnvironment) {
  const std::string folder = NewFolder("default");
  const Answer answer =
      RunBrasa({"train", "ppo", "TicTacToe-v0", "--steps", "5000", "--json"}, {.folder = folder});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  const std::string directory = Json::parse(answer.out).at("directory");
  EXPECT_TRUE(directory.starts_with("runs/") && directory.ends_with("-ppo-TicTacToe-v0"));
  EXPECT_TRUE(fs::exists(folder + "/" + directory + "/result.json")) << directory;
}

TEST(CliTrain, RefusedRun_LeavesNothing) {
  const std::string folder = NewFolder("refused");
  const std::vector<std::string> words = {"train",  "q_learning", "FrozenLake-v1", "--steps", "1",
                                          "--envs", "8"};
  EXPECT_TRUE(IsOneLineError(RunBrasa(words, {.folder = folder}), 2, "steps = 1 is not allowed"));
  EXPECT_TRUE(!fs::exists(folder + "/runs") || fs::is_empty(folder + "/runs"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"train", "q_learning", "CartPole-v1"}, {.folder = folder}),
                             2, "does not fit environment 'CartPole-v1'"));
}

TEST(CliTrain, Device_IsWrittenAndAMissingOneEndsTheRunBeforeItsFirstStep) {
  const std::string folder = NewFolder("device");
  EXPECT_TRUE(HasLine(DryRun({"ppo", "CartPole-v1"}), "network.device = \"cpu\""));
  EXPECT_TRUE(
      HasLine(DryRun({"dqn", "CartPole-v1", "--device", "cuda"}), "network.device = \"cuda\""));
  const std::string why =
      "network.device = 'cuda': network.backend = 'native' computes on the cpu alone; give cpu, or "
      "network.backend = torch";
  const std::vector<std::vector<std::string>> runs = {
      {"ppo", "CartPole-v1"}, {"dqn", "CartPole-v1"}, {"sac", "Pendulum-v1"}};
  for (std::vector<std::string> words : runs) {
    words.insert(words.begin(), "train");
    words.insert(words.end(), {"--device", "cuda"});
    EXPECT_TRUE(IsOneLineError(RunBrasa(words, {.folder = folder}), 2, why)) << words[1];
  }
  EXPECT_TRUE(!fs::exists(folder + "/runs") || fs::is_empty(folder + "/runs"));
  EXPECT_TRUE(IsOneLineError(
      RunBrasa({"train", "q_learning", "FrozenLake-v1", "--device", "cuda"}, {.folder = folder}), 2,
      "--device cuda: 'q_learning' has no network to put there; leave it out"));
  // A run goes on where it began.
  fs::create_directory(folder + "/begun");
  std::ofstream(folder + "/begun/run.toml") << DryRun({"ppo", "CartPole-v1", "--device", "cuda"});
  const Answer resumed = RunBrasa({"resume", "begun"}, {.folder = folder});
  EXPECT_EQ(resumed.exit_code, 2);
  EXPECT_NE(resumed.err.find(why), std::string::npos) << resumed.err;
}

TEST(CliTrain, DryRun_PrintsTheConfigAndWritesNothing) {
  const std::string folder = NewFolder("dry-run");
  const Answer answer =
      RunBrasa({"train", "q_learning", "FrozenLake-v1", "--dry-run"}, {.folder = folder});
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_TRUE(HasLine(answer.out, "agent = \"q_learning\"")) << answer.out;
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST(CliTrain, DryRunAsJson_HasTheSectionsOfRunToml) {
  const Answer answer = RunBrasa({"train", "q_learning", "FrozenLake-v1", "--dry-run", "--json",
                                  "--seed", "5", "--set", "discount=0.5", "env.slippery=false"});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  const Json config = Json::parse(answer.out);
  EXPECT_EQ(config.at("run").at("agent"), "q_learning");
  EXPECT_EQ(config.at("run").at("env"), "FrozenLake-v1");
  EXPECT_EQ(config.at("run").at("seed"), 5);
  EXPECT_EQ(config.at("run").at("steps"), 300000);  // of the preset
  EXPECT_EQ(config.at("agent").at("discount"), 0.5);
  EXPECT_EQ(config.at("env").at("slippery"), false);
  EXPECT_EQ(config.at("build").at("version"), kVersion);
}

TEST(CliTrain, MemoryOfARun_IsToldByADryRun) {
  const auto memory = [](std::vector<std::string> more) {
    std::vector<std::string> words = {"train", "ppo", "CartPole-v1", "--dry-run", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return Json::parse(RunBrasa(words).out).at("memory");
  };
  const std::vector<std::string> small = {"--envs", "64"};
  const Json one = memory(small), two = memory({"--envs", "128"});
  const Json longer = memory({"--envs", "64", "--set", "horizon=64"});
  EXPECT_EQ(two.at("worlds_bytes"), 2 * one.at("worlds_bytes").get<std::int64_t>());
  EXPECT_GT(longer.at("agent_bytes"), one.at("agent_bytes"));
  EXPECT_EQ(one.at("recorder_bytes"), 0);
  EXPECT_GT(memory({"--record"}).at("recorder_bytes"), 0);
  EXPECT_GT(one.at("available_bytes"), 1 << 20);
  EXPECT_NE(RunBrasa({"train", "ppo", "CartPole-v1", "--dry-run"}).out.find("\n# Memory: "),
            std::string::npos);
}

TEST(CliTrain, RunThatDoesNotFitIntoMemory_IsRefusedBeforeAnythingIsMade) {
  const std::string folder = NewFolder("huge");
  const auto train = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "train");
    return RunBrasa(words, {.folder = folder});
  };
  const Answer wide =
      train({"ppo", "ConnectFour-v0", "--envs", "16000000", "--steps", "100000000"});
  EXPECT_TRUE(IsOneLineError(wide, 1, "the run needs "));
  EXPECT_NE(wide.err.find(" are available; lower envs = 16000000 or horizon = 64"),
            std::string::npos)
      << wide.err;
  EXPECT_TRUE(IsOneLineError(train({"ppo", "CartPole-v1", "--envs", "1000000", "--steps", "1000000",
                                    "--set", "horizon=1000"}),
                             1, "or horizon = 1000"));
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST(CliTrain, AgentThatDoesNotLearn_IsRefusedUnlessItIsRecorded) {
  const std::string folder = NewFolder("no-learner");
  for (const std::string agent : {"mcts", "random"}) {
    EXPECT_TRUE(
        IsOneLineError(RunBrasa({"train", agent, "TicTacToe-v0"}, {.folder = folder}), 2,
                       "agent '" + agent + "' does not learn: use brasa eval or brasa play"));
  }
  EXPECT_TRUE(fs::is_empty(folder));
  EXPECT_EQ(RunBrasa({"train", "random", "TicTacToe-v0", "--steps", "100", "--record", "--quiet"},
                     {.folder = folder})
                .exit_code,
            0);
}

TEST(CliTrain, Settings_LaterSourcesWin) {
  const std::vector<std::string> bare = {"q_learning", "FrozenLake-v1"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), bare.begin(), bare.end());
    return DryRun(more);
  };
  EXPECT_TRUE(HasLine(with({}), "steps = 300000"));  // of the preset
  EXPECT_TRUE(HasLine(with({"--set", "steps=500"}), "steps = 500"));
  EXPECT_TRUE(HasLine(with({"--set", "steps=500", "--steps", "700"}), "steps = 700"));
  const std::string file = testing::TempDir() + "settings.toml";
  std::ofstream(file) << "[run]\nagent = \"q_learning\"\nenv = \"FrozenLake-v1\"\nsteps = 400\n"
                         "seed = 9\n[env]\nslippery = false\n";
  const std::string from_file = DryRun({"--config", file});
  EXPECT_TRUE(HasLine(from_file, "steps = 400") && HasLine(from_file, "seed = 9"));
  EXPECT_TRUE(HasLine(from_file, "slippery = false"));
  const std::string over = DryRun({"--config", file, "--set", "steps=500", "discount=0.5"});
  EXPECT_TRUE(HasLine(over, "steps = 500") && HasLine(over, "discount = 0.5"));
  EXPECT_TRUE(HasLine(DryRun({"--config", file, "--set", "env.slippery=true"}), "slippery = true"));
}

TEST(CliTrain, DryRunsOwnText_IsAConfigFile) {
  const std::string text = DryRun({"ppo", "CartPole-v1", "--seed", "3", "--set", "hidden=8,8"});
  const std::string file = testing::TempDir() + "own.toml";
  std::ofstream(file) << text;
  EXPECT_EQ(DryRun({"--config", file}), text);
}

TEST(CliTrain, BadConfigFiles_AreNamedWithTheirLine) {
  const std::string file = testing::TempDir() + "bad.toml";
  const auto with = [&](const std::string& text) {
    std::ofstream(file) << text;
    return RunBrasa({"train", "--config", file, "--dry-run"});
  };
  const std::string head = "[run]\nagent = \"q_learning\"\nenv = \"FrozenLake-v1\"\n";
  EXPECT_TRUE(IsOneLineError(with(head + "steps = = 3\n"), 2, "bad.toml, line 4"));
  EXPECT_TRUE(IsOneLineError(with(head + "stepz = 3\n"), 2, "(did you mean steps"));
  EXPECT_TRUE(IsOneLineError(with(head + "steps = \"many\"\n"), 2, "give an integer"));
  EXPECT_TRUE(IsOneLineError(with("steps = 3\n"), 2, "bad.toml, line 1"));
  EXPECT_TRUE(IsOneLineError(with("[run]\nagent = \"ppo\"\n"), 2, "has no 'env'"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"train", "--config", "/nowhere/x.toml"}), 2,
                             "cannot read '/nowhere/x.toml'"));
  std::ofstream(file) << head;
  EXPECT_TRUE(IsOneLineError(RunBrasa({"train", "ppo", "--config", file}), 2,
                             "agent 'ppo' is not that of"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"train", "q_learning", "CartPole-v1", "--config", file}), 2,
                             "environment 'CartPole-v1' is not that of"));
}

TEST(CliTrain, UsersMistakes_AreOneLine) {
  const auto train = [](std::vector<std::string> words) {
    words.insert(words.begin(), "train");
    return RunBrasa(words, {.folder = NewFolder("mistakes")});
  };
  EXPECT_TRUE(IsOneLineError(train({}), 2, "AGENT and ENV are required"));
  EXPECT_TRUE(IsOneLineError(train({"ppo"}), 2, "AGENT and ENV are required"));
  EXPECT_TRUE(IsOneLineError(train({"pppo", "CartPole-v1"}), 2, "(did you mean ppo?)"));
  EXPECT_TRUE(IsOneLineError(train({"ppo", "CartPole"}), 2, "(did you mean CartPole-v1?)"));
  EXPECT_TRUE(IsOneLineError(train({"ppo", "CartPole-v1", "--set", "lerning_rate=1"}), 2,
                             "unknown key 'lerning_rate' (did you mean learning_rate?)"));
  EXPECT_TRUE(
      IsOneLineError(train({"ppo", "CartPole-v1", "--set", "hidden=a"}), 2, "hidden = 'a'"));
  EXPECT_TRUE(IsOneLineError(train({"ppo", "CartPole-v1", "--seed", "x"}), 2, "seed = 'x'"));
  EXPECT_TRUE(IsOneLineError(train({"ppo", "CartPole-v1", "--seed", "99999999999999999999"}), 2,
                             "seed = '99999999999999999999' is not allowed; give an integer in [0, "
                             "9223372036854775807]"));
  EXPECT_TRUE(IsOneLineError(train({"ppo", "CartPole-v1", "--sed", "1"}), 2,
                             "unknown option '--sed' (did you mean --se"));
}

TEST(CliTrain, DirectoryThatIsTaken_IsLeftAlone) {
  const std::string folder = NewFolder("taken");
  std::ofstream(folder + "/mine.txt") << "mine";
  EXPECT_TRUE(IsOneLineError(RunBrasa(TrainLake(folder)), 2, "is not empty"));
  EXPECT_EQ(ReadAll(folder + "/mine.txt"), "mine");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
  EXPECT_TRUE(IsOneLineError(RunBrasa(TrainLake(folder + "/mine.txt")), 2, "mine.txt"));
}

// Below /proc nothing can be made, whoever asks.
TEST(CliTrain, DirectoryThatCannotBeMade_IsTheMachinesFailure) {
  EXPECT_TRUE(IsOneLineError(RunBrasa(TrainLake("/proc/brasa-run")), 1, "/proc/brasa-run"));
}

TEST(CliTrain, Quiet_SaysNothing) {
  const Answer answer = RunBrasa(TrainLake(NewPath("quiet"), {"--quiet"}));
  EXPECT_EQ(answer.exit_code, 0);
  EXPECT_EQ(answer.out + answer.err, "");
}

TEST(CliTrain, Terminal_ShowsALiveLineAndRemovesIt) {
  const std::string shown = OnTerminal(TrainLake(NewPath("live"), {"--steps", "300000"}));
  EXPECT_NE(shown.find(" of 300,000 steps ("), std::string::npos) << shown;
  EXPECT_NE(shown.find(" steps/s"), std::string::npos) << shown;
  EXPECT_TRUE(shown.ends_with("\r\x1b[K")) << shown;
  EXPECT_EQ(OnTerminal(TrainLake(NewPath("live-quiet"), {"--quiet"})), "");
}

TEST(CliTrain, CtrlC_StopsInGoodOrderAndResumeFinishes) {
  const std::string out = NewPath("stopped");
  const Answer stopped =
      Interrupted(TrainLake(out, {"--steps", "1500000", "--json"}), out + "/run.toml");
  ASSERT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_EQ(stopped.err, "brasa: stopped; go on with: brasa resume " + out + "\n");
  const Json part = Json::parse(stopped.out);
  EXPECT_EQ(part.at("finished"), false);
  EXPECT_LT(part.at("steps"), 1500000);
  EXPECT_FALSE(fs::exists(out + "/result.json"));
  const Answer resumed = RunBrasa({"resume", out, "--json"});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  const Json whole = Json::parse(resumed.out);
  EXPECT_EQ(whole.at("finished"), true);
  EXPECT_EQ(whole.at("steps"), 1500000);
  EXPECT_EQ(whole, Json::parse(ReadAll(out + "/result.json")));
}

TEST(CliResume, FinishedRunWithoutItsResult_TellsTheRateOfAllParts) {
  const std::string out = NewPath("no-result");
  ASSERT_EQ(RunBrasa(TrainLake(out, {"--quiet"})).exit_code, 0);
  fs::remove(out + "/result.json");
  const Answer answer = RunBrasa({"resume", out, "--json"});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  const Json result = Json::parse(answer.out);
  EXPECT_EQ(result.at("steps"), 2000);
  EXPECT_GT(result.at("steps_per_second"), 0);
  EXPECT_TRUE(fs::exists(out + "/result.json"));
}

TEST(CliResume, WhatIsNoRun_IsTheUsersMistake) {
  EXPECT_TRUE(IsOneLineError(RunBrasa({"resume", "/nowhere/run"}), 2, "/nowhere/run"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"resume", NewFolder("no-run")}), 2, "run.toml"));
}

TEST(CliEval, Run_HasAnInterval) {
  const std::string out = NewPath("evaluated");
  ASSERT_EQ(RunBrasa(TrainLake(out)).exit_code, 0);
  const Answer answer = RunBrasa({"eval", out, "--episodes", "30", "--json"});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  const Json result = Json::parse(answer.out);
  EXPECT_EQ(result.at("episodes"), 30);
  EXPECT_EQ(result.at("mean_return").at("n"), 30);
  EXPECT_LE(result.at("mean_return").at("low"), result.at("mean_return").at("high"));
  EXPECT_EQ(RunBrasa({"eval", out, "--episodes", "30", "--json", "--workers", "2"})
                    .out.find(result.at("signature").get<std::string>()) != std::string::npos,
            true);
  EXPECT_TRUE(IsOneLineError(RunBrasa({"eval", out, "--env", "CartPole-v1"}), 2, "--env"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"eval", out, "--opponent", "mcts"}), 2, "one player"));
}

TEST(CliEval, AgentByName_PlaysEachSeat) {
  const Answer answer = RunBrasa({"eval", "random", "--env", "TicTacToe-v0", "--opponent", "random",
                                  "--episodes", "20", "--json"});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  const Json seats = Json::parse(answer.out).at("seats");
  ASSERT_EQ(seats.size(), 2u);
  for (const Json& seat : seats) {
    EXPECT_EQ(
        seat.at("wins").get<int>() + seat.at("draws").get<int>() + seat.at("losses").get<int>(),
        10);
  }
}

TEST(CliEval, UsersMistakes_AreOneLine) {
  EXPECT_TRUE(IsOneLineError(RunBrasa({"eval", "mcts"}), 2, "needs --env ENV"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"eval", "randm"}), 2, "(did you mean random?)"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"eval", "mcts", "--opponent", "x"}), 2,
                             "--opponent = 'x' is unknown; give one of self, random, mcts"));
  const std::string file = testing::TempDir() + "foreign.ckpt";
  std::ofstream(file) << "this is no checkpoint";
  EXPECT_TRUE(IsOneLineError(RunBrasa({"eval", file}), 2, "foreign.ckpt"));
}

TEST(CliPlot, SeedsOfOneAgentAndEnvironment_AreTakenTogether) {
  std::vector<std::string> words = {"plot"};
  for (const char* seed : {"1", "2", "3"}) {
    words.push_back(NewPath(std::string("seed-") + seed));
    ASSERT_EQ(RunBrasa(TrainLake(words.back(), {"--seed", seed})).exit_code, 0);
  }
  const std::string out = testing::TempDir() + "curve.svg";
  words.insert(words.end(), {"--json", "--out", out});
  const Answer answer = RunBrasa(words);
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  const Json plot = Json::parse(answer.out);
  EXPECT_EQ(plot.at("path"), out);
  ASSERT_EQ(plot.at("curves").size(), 1u);
  const Json& curve = plot.at("curves")[0];
  EXPECT_EQ(curve.at("runs"), 3);
  EXPECT_LE(curve.at("mean_return").at("low"), curve.at("mean_return").at("value"));
  EXPECT_GE(curve.at("mean_return").at("high"), curve.at("mean_return").at("value"));
  EXPECT_NE(ReadAll(out).find("IQM of 3 runs"), std::string::npos);
  EXPECT_NE(ReadAll(out).find("threshold"), std::string::npos);
}

TEST(CliPlot, OneRun_IsPlottedInItsDirectory) {
  const std::string run = NewPath("plotted");
  ASSERT_EQ(RunBrasa(TrainLake(run)).exit_code, 0);
  const Answer answer = RunBrasa({"plot", run});
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_TRUE(answer.out.starts_with("wrote " + run + "/learning_curve.svg\n")) << answer.out;
  EXPECT_NE(ReadAll(run + "/learning_curve.svg").find("threshold"), std::string::npos);
  ASSERT_EQ(RunBrasa({"plot", run, "--reference", "0.5"}).exit_code, 0);
  EXPECT_NE(ReadAll(run + "/learning_curve.svg").find("published"), std::string::npos);
  EXPECT_EQ(ReadAll(run + "/learning_curve.svg").find("threshold"), std::string::npos);
  EXPECT_TRUE(IsOneLineError(RunBrasa({"plot", run, "--reference", "high"}), 2, "high"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"plot", run, run}), 2, "given twice"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"plot", run, "--out", run + "/curve.gif"}), 2, "curve.gif"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"plot", NewFolder("no-run")}), 2, "run.toml"));
}

}  // namespace
}  // namespace brasa::cli_testing
