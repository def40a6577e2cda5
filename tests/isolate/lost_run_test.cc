// brasa train --isolate with a plugin that fails: what the run leaves, and how it goes on.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "brasa/recorder.h"
#include "tests/cli/run_program.h"

namespace brasa::cli_testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// PPO on the unlucky plugin, in four worlds of two processes.
std::vector<std::string> Train(const std::string& out, const std::vector<std::string>& more,
                               const std::string& steps = "3200") {
  std::vector<std::string> words = {"train",  "ppo", UNLUCKY_PLUGIN, "--steps", steps,
                                    "--envs", "4",   "--workers",    "2",       "--quiet",
                                    "--seed", "5",   "--out",        out};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Json ReadJson(const std::string& path) {
  const Json json = Json::parse(ReadAll(path), nullptr, false);
  EXPECT_FALSE(json.is_discarded()) << path;
  return json;
}

/// What /proc tells of a process behind its name: "state parent .."; "" if there is none.
std::string StateOf(const std::string& process) {
  const std::string stat = ReadAll("/proc/" + process + "/stat");
  const std::size_t name_end = stat.rfind(") ");
  return name_end == std::string::npos ? "" : stat.substr(name_end + 2);
}

/// The processes that `parent` started, in order.
std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (std::atoi(name.c_str()) == 0) continue;
    const std::string state = StateOf(name);
    if (state.size() < 3 || std::atoi(&state[2]) != parent) continue;
    children.push_back(std::atoi(name.c_str()));
  }
  std::ranges::sort(children);
  return children;
}

bool Lives(pid_t process) {
  const std::string state = StateOf(std::to_string(process));
  return !state.empty() && state[0] != 'Z';
}

/// Waits until `run` has two worker processes and its first row of metrics.
std::vector<pid_t> Workers(const Running& run, const std::string& out) {
  while (!run.ended() && ReadAll(out + "/metrics.csv").find('\n') == std::string::npos) {
    usleep(10000);
  }
  return ChildrenOf(run.id());
}

TEST(CliIsolate, WithoutAFault_GivesTheResultOfSerialStepping) {
  const std::string out = NewPath("isolated"), serial = NewPath("serial");
  ASSERT_EQ(RunBrasa(Train(out, {"--isolate"})).exit_code, 0);
  ASSERT_EQ(RunBrasa(Train(serial, {})).exit_code, 0);
  const Json a = ReadJson(out + "/result.json"), b = ReadJson(serial + "/result.json");
  for (const char* key : {"signature", "episodes", "mean_return", "reproducible"}) {
    EXPECT_EQ(a.at(key), b.at(key)) << key;
  }
  EXPECT_EQ(a.at("lost_episodes"), 0);
}

TEST(CliIsolate, EveryFault_LeavesReportReplayAndCheckpoint) {
  for (const char* fault : {"crash", "abort", "exit", "loop", "throw", "garbage"}) {
    const std::string out = NewPath(std::string("lost-") + fault);
    std::vector<std::string> more = {"--isolate", "--set", std::string("env.fault=") + fault,
                                     "env.at=11"};
    // Longer than any pause of a busy machine.
    if (std::string(fault) == "loop") more.insert(more.end(), {"--step-timeout", "3"});
    const Answer answer = RunBrasa(Train(out, more));
    EXPECT_TRUE(IsOneLineError(answer, 1, ", step 11: the environment ")) << fault;
    EXPECT_FALSE(fs::exists(out + "/result.json"));
    const Json report = ReadJson(out + "/failure.json");
    EXPECT_EQ(report.at("seed"), 5);
    EXPECT_EQ(report.at("params").at("fault"), fault);
    EXPECT_EQ(report.at("step"), 11);
    EXPECT_EQ(report.at("repeated"), true);
    EXPECT_TRUE(fs::exists(report.at("checkpoint").get<std::string>())) << report.at("checkpoint");
    if (!HasRecording()) continue;
    const std::string file = report.at("replay");
    const Answer replayed = RunBrasa({"data", "replay", file, "--check"});
    EXPECT_EQ(replayed.exit_code, 0) << replayed.err;
    const std::string place = "open episode " + report.at("episode").dump() + " of world " +
                              report.at("world").dump() + ": 11 steps";
    EXPECT_TRUE(replayed.out.starts_with(place)) << replayed.out;
    EXPECT_TRUE(replayed.out.ends_with(", equal to its record\n")) << replayed.out;
  }
}

TEST(CliIsolate, CommandOfTheReport_ShowsTheFailureAgain) {
  if (!HasRecording()) GTEST_SKIP() << "this build has no HDF5";
  const std::string out = NewPath("again");
  EXPECT_EQ(RunBrasa(Train(out, {"--isolate", "--set", "env.fault=exit"})).exit_code, 1);
  const std::string command = ReadJson(out + "/failure.json").at("see_it_again");
  const std::size_t at = command.find(" --next-action=");
  ASSERT_NE(at, std::string::npos) << command;
  const std::vector<std::string> words = {"data", "replay", out + "/failure.h5", "--check",
                                          command.substr(at + 1)};
  EXPECT_EQ(RunBrasa(words).exit_code, 7);
  const Answer mended = RunBrasa(words, {.variables = {{"UNLUCKY_WHILE", NewPath("none")}}});
  EXPECT_EQ(mended.exit_code, 0) << mended.err;
  EXPECT_NE(mended.out.find("the episode goes on"), std::string::npos) << mended.out;
}

TEST(CliIsolate, MendedAndResumed_EndsAsARunWithoutTheFault) {
  const std::string out = NewPath("mended"), straight = NewPath("straight");
  const std::string broken = NewPath("broken");
  std::ofstream(broken) << "yes";
  const Surroundings around = {.variables = {{"UNLUCKY_WHILE", broken}}};
  const std::vector<std::string> fault = {"--isolate", "--set", "env.fault=crash", "env.at=9"};
  EXPECT_EQ(RunBrasa(Train(out, fault), around).exit_code, 1);
  EXPECT_EQ(RunBrasa({"resume", out, "--quiet"}, around).exit_code, 1);  // not mended yet
  fs::remove(broken);
  const Answer resumed = RunBrasa({"resume", out, "--quiet"}, around);
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  ASSERT_EQ(RunBrasa(Train(straight, {"--set", "env.fault=crash", "env.at=9"}), around).exit_code,
            0);
  const Json a = ReadJson(out + "/result.json"), b = ReadJson(straight + "/result.json");
  for (const char* key : {"signature", "episodes", "mean_return", "reproducible"}) {
    EXPECT_EQ(a.at(key), b.at(key)) << key;
  }
}

TEST(CliIsolate, CtrlCWhileAWorkerStalls_StopsBeforeThatStepAndResumeGoesOn) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string out = NewPath("stalled"), straight = NewPath("not-stalled");
    const std::string broken = NewPath("broken"), stalled = NewPath("stalls");
    std::ofstream(broken) << "yes";
    const Surroundings around = {
        .variables = {{"UNLUCKY_WHILE", broken}, {"UNLUCKY_STALLED", stalled}}};
    const std::vector<std::string> loop = {"--isolate", "--step-timeout", "86400", "--set",
                                           "env.fault=loop"};
    Running run(Train(out, loop), around);
    while (!run.ended() && !fs::exists(stalled)) usleep(10000);
    const std::vector<pid_t> workers = ChildrenOf(run.id());
    run.Signal(signal);
    const Answer answer = run.Wait();
    EXPECT_TRUE(IsOneLineError(answer, 130, "stopped; go on with: brasa resume"));
    EXPECT_FALSE(fs::exists(out + "/failure.json"));
    for (const pid_t worker : workers) EXPECT_FALSE(Lives(worker)) << worker;
    fs::remove(broken);
    ASSERT_EQ(RunBrasa({"resume", out, "--quiet"}, around).exit_code, 0);
    ASSERT_EQ(RunBrasa(Train(straight, {"--set", "env.fault=loop"}), around).exit_code, 0);
    EXPECT_EQ(ReadJson(out + "/result.json").at("signature"),
              ReadJson(straight + "/result.json").at("signature"));
  }
}

TEST(CliIsolate, Continue_FinishesAndTellsTheCount) {
  for (const char* fault : {"crash", "throw"}) {
    const std::string out = NewPath("continued");
    std::vector<std::string> more = {"--isolate=continue", "--set",
                                     std::string("env.fault=") + fault};
    if (HasRecording()) more.push_back("--record");
    const Answer answer = RunBrasa(Train(out, more));
    ASSERT_EQ(answer.exit_code, 0) << answer.err;
    const std::string how =
        fault == std::string("crash") ? "crashes (SIGSEGV)" : "fails with 'seven is unlucky'";
    EXPECT_NE(answer.err.find(how), std::string::npos) << answer.err;
    const Json result = ReadJson(out + "/result.json");
    EXPECT_EQ(result.at("finished"), true);
    EXPECT_EQ(result.at("reproducible"), false);
    const int lost = result.at("lost_episodes");
    EXPECT_GT(lost, 0);
    EXPECT_EQ(lost % 2, 0);  // two worlds a process
    EXPECT_EQ(ReadJson(out + "/failure.json").at("step"), 3);
    if (!HasRecording()) continue;
    const auto recording = Recording::Open(out + "/trajectories.h5");
    int truncated = 0;
    for (std::int64_t k = 0; k < recording->episodes(); ++k) {
      truncated += recording->Episode(k).end == EpisodeEnd::kTruncated;
    }
    EXPECT_EQ(truncated, lost);
  }
}

TEST(CliIsolate, WorkerKilledFromOutside_StopsTheRunAndIsNotBlamedOnAWorld) {
  const std::string out = NewPath("killed-worker");
  Running run(Train(out, {"--isolate"}, "2000000"));
  const std::vector<pid_t> workers = Workers(run, out);
  ASSERT_EQ(workers.size(), 2u);
  kill(workers[1], SIGKILL);
  const Answer answer = run.Wait();
  EXPECT_TRUE(IsOneLineError(answer, 1, "one of the worlds 2 to 3: a worker process is killed"));
  const Json report = ReadJson(out + "/failure.json");
  EXPECT_EQ(report.at("repeated"), false);
  EXPECT_TRUE(fs::exists(report.at("checkpoint").get<std::string>()));
}

TEST(CliIsolate, CrashWithAForkedChild_IsToldAndTheChildEnds) {
  const std::string out = NewPath("forked"), list = NewPath("children");
  const Answer answer =
      RunBrasa(Train(out, {"--isolate", "--step-timeout", "3", "--set", "env.fault=fork"}),
               {.variables = {{"UNLUCKY_CHILDREN", list}}});
  EXPECT_TRUE(IsOneLineError(answer, 1, "crashes (SIGSEGV)"));
  std::ifstream children(list);
  int count = 0;
  for (pid_t child = 0; children >> child; ++count) {
    for (int wait = 0; Lives(child) && wait < 1000; ++wait) usleep(10000);
    EXPECT_FALSE(Lives(child)) << child;
  }
  EXPECT_GT(count, 0);
}

TEST(CliIsolate, HostKilled_LeavesNoWorker) {
  const std::string out = NewPath("killed-host");
  Running run(Train(out, {"--isolate"}, "2000000"));
  const std::vector<pid_t> workers = Workers(run, out);
  ASSERT_EQ(workers.size(), 2u);
  run.Signal(SIGKILL);
  run.Wait();
  for (const pid_t worker : workers) {
    for (int wait = 0; Lives(worker) && wait < 1000; ++wait) usleep(10000);
    EXPECT_FALSE(Lives(worker)) << worker;
  }
}

TEST(CliIsolate, WhatIsRefused_IsToldInOneLine) {
  const std::string out = NewPath("refused");
  const std::pair<std::vector<std::string>, std::string> refusals[] = {
      {{"--isolate=maybe"}, "isolate = 'maybe' is unknown; give one of off, stop, continue"},
      {{"--isolate", "--step-timeout", "0"}, "step_timeout = '0' is not allowed; give"},
      {{"--isolate", "--step-timeout", "-1"}, "step_timeout = '-1' is not allowed; give"},
      {{"--isolate", "--step-timeout", "soon"}, "step_timeout = 'soon' is not allowed; give"},
      {{"--step-timeout", "5"}, "step_timeout = 5 is not allowed with isolate = off"},
      {{"--isolate", "--watch"}, "--watch looks at a world of this process"}};
  for (const auto& [more, part] : refusals) {
    EXPECT_TRUE(IsOneLineError(RunBrasa(Train(out, more)), 2, part));
  }
  const Answer mcts = RunBrasa(
      {"train", "mcts", "TicTacToe-v0", "--steps", "100", "--record", "--isolate", "--out", out});
  EXPECT_TRUE(IsOneLineError(mcts, 2, "agent 'mcts' copies worlds"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"worker"}), 2, "brasa worker"));
  EXPECT_EQ(RunBrasa({"--help"}).out.find("worker"), std::string::npos);
}

}  // namespace
}  // namespace brasa::cli_testing
