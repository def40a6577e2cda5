// Resume: a run that was stopped or killed leaves the same files as a straight one.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>

#include "brasa/recorder.h"
#include "tests/runs/runs_testing.h"

namespace brasa {
namespace {

namespace fs = std::filesystem;

/// Sets its flag after `steps` world steps.
class StopAt final : public Listener {
 public:
  explicit StopAt(std::int64_t steps) : steps_(steps) {}
  void OnStep(const StepView& view) override {
    if (view.steps >= steps_) stop = true;
  }
  std::atomic<bool> stop = false;

 private:
  std::int64_t steps_;
};

RunResult TrainUntil(Registry& registry, const RunConfig& config, const std::string& directory,
                     std::int64_t steps) {
  StopAt stopper(steps);
  RunHooks hooks;
  hooks.listeners = {&stopper};
  hooks.stop = &stopper.stop;
  return Train(registry, config, directory, hooks);
}

void ExpectStoppedEqualsStraight(const std::string& agent, const std::string& env,
                                 std::int64_t steps, int worlds,
                                 const std::vector<std::int64_t>& stops) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  RunConfig config = TestConfig(registry, agent, env, steps, worlds);
  config.record = HasRecording();
  Train(registry, config, folder / "straight", {});
  for (const std::int64_t stop : stops) {
    const std::string run = folder / ("stop" + std::to_string(stop));
    const RunResult half = TrainUntil(registry, config, run, stop);
    EXPECT_FALSE(half.finished);
    EXPECT_FALSE(fs::exists(run + "/result.json"));
    const RunResult whole = Resume(registry, run, {});
    EXPECT_TRUE(whole.finished && whole.reproducible);
    SCOPED_TRACE(agent + " on " + env + ", stopped at " + std::to_string(stop));
    ExpectSameRuns(folder / "straight", run);
  }
}

TEST(Resume, StoppedRun_LeavesTheFilesOfAStraightOne) {
  ExpectStoppedEqualsStraight("drift", "Noisy-v0", 4000, 5, {5, 35, 1500, 3995});
}

TEST(Resume, StoppedGameOfTwoSeats_LeavesTheFilesOfAStraightOne) {
  ExpectStoppedEqualsStraight("q_learning", "TicTacToe-v0", 3000, 1, {1, 1234});
}

TEST(Resume, StoppedPpo_LeavesTheFilesOfAStraightOne) {
  ExpectStoppedEqualsStraight("ppo", "CartPole-v1", 6000, 4, {400, 2560, 5000});
}

TEST(Resume, FinishedRun_ReturnsItsResult) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  const RunConfig config = TestConfig(registry, "drift", "Noisy-v0", 1000, 4);
  const RunResult trained = Train(registry, config, folder / "run", {});
  EXPECT_EQ(ResultJson(Resume(registry, folder / "run", {})), ResultJson(trained));
}

/// Trains in a child process that is killed after `microseconds`.
void TrainAndKill(Registry& registry, const RunConfig& config, const std::string& run,
                  std::int64_t microseconds) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      Train(registry, config, run, {});
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  ::usleep(static_cast<useconds_t>(microseconds));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

void ExpectKilledEqualsStraight(int kills) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  RunConfig config = TestConfig(registry, "drift", "Noisy-v0", 200000, 5);
  config.record = HasRecording();
  config.checkpoint_seconds = 0.02;
  const RunResult straight = Train(registry, config, folder / "straight", {});
  Rng rng(1, StreamRole::kTest);
  for (int kill = 0; kill < kills; ++kill) {
    const std::string run = folder / ("kill" + std::to_string(kill));
    const auto moment = static_cast<std::int64_t>(rng.Uniform(0.05, 1.0) * 1e6 * straight.seconds);
    TrainAndKill(registry, config, run, moment);
    SCOPED_TRACE("killed after " + std::to_string(moment) + " us of " +
                 std::to_string(straight.seconds) + " s");
    if (!fs::exists(run + "/run.toml")) {
      EXPECT_FALSE(fs::exists(run + "/metrics.csv"));
      continue;
    }
    Resume(registry, run, {});
    ExpectSameRuns(folder / "straight", run);
    fs::remove_all(run);
  }
}

TEST(Resume, KilledRun_LeavesTheFilesOfAStraightOne) { ExpectKilledEqualsStraight(3); }
TEST(FullResume, TwentyKills_LeaveTheFilesOfAStraightRun) { ExpectKilledEqualsStraight(20); }

TEST(Resume, KilledBeforeTheFirstCheckpoint_StartsAnew) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  const RunConfig config = TestConfig(registry, "drift", "Noisy-v0", 1000, 4);
  Train(registry, config, folder / "straight", {});
  Train(registry, config, folder / "run", {});
  fs::remove(folder.path() / "run" / "result.json");
  fs::remove_all(folder.path() / "run" / "checkpoints");
  Resume(registry, folder / "run", {});
  ExpectSameRuns(folder / "straight", folder / "run");
}

/// A stopped run with two checkpoints, at 400 and 800 steps.
void MakeTwoCheckpoints(Registry& registry, const std::string& run) {
  const RunConfig config = TestConfig(registry, "drift", "Noisy-v0", 1200, 4);
  TrainUntil(registry, config, run, 400);
  StopAt stopper(800);
  RunHooks hooks;
  hooks.listeners = {&stopper};
  hooks.stop = &stopper.stop;
  Resume(registry, run, hooks);
}

TEST(Resume, DamagedCheckpoint_FallsBackToTheOlderOneAndWarns) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  const std::string run = folder / "run";
  MakeTwoCheckpoints(registry, run);
  const RunConfig config = TestConfig(registry, "drift", "Noisy-v0", 1200, 4);
  Train(registry, config, folder / "straight", {});
  const fs::path newest = fs::path(run) / "checkpoints" / "step-000000000800.ckpt";
  std::string bytes = Slurp(newest);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  Spill(newest, bytes);
  std::vector<std::string> warnings;
  RunHooks hooks;
  hooks.warning = [&](const std::string& text) { warnings.push_back(text); };
  EXPECT_TRUE(Resume(registry, run, hooks).finished);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("step-000000000800.ckpt"), std::string::npos) << warnings[0];
  ExpectSameRuns(folder / "straight", run);
}

TEST(Resume, EveryCheckpointDamaged_IsRefusedAndChangesNothing) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  const std::string run = folder / "run";
  MakeTwoCheckpoints(registry, run);
  for (const auto& entry : fs::directory_iterator(run + "/checkpoints")) Spill(entry.path(), "x");
  const std::string metrics = Slurp(run + "/metrics.csv");
  ErrorOf<FileError>([&] { Resume(registry, run, {}); });
  EXPECT_EQ(Slurp(run + "/metrics.csv"), metrics);
}

TEST(Resume, CheckpointOfAnotherRun_IsRefused) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  MakeTwoCheckpoints(registry, folder / "run");
  TrainUntil(registry, TestConfig(registry, "drift", "CartPole-v1", 1200, 4), folder / "other",
             400);
  fs::remove_all(folder.path() / "run" / "checkpoints");
  fs::copy(folder.path() / "other" / "checkpoints", folder.path() / "run" / "checkpoints");
  const std::string error = ErrorOf<FileError>([&] { Resume(registry, folder / "run", {}); });
  EXPECT_NE(error.find("drift on CartPole-v1"), std::string::npos) << error;
  EXPECT_EQ(ErrorOf<FileError>([&] { LoadAgent(registry, folder / "run"); }), error);
}

TEST(Resume, AnotherCpu_WarnsAndMarksTheRun) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  const std::string run = folder / "run";
  MakeTwoCheckpoints(registry, run);
  std::string toml = Slurp(run + "/run.toml");
  toml = toml.substr(0, toml.find("cpu = ")) + "cpu = \"Z80\"\n";
  Spill(run + "/run.toml", toml);
  std::vector<std::string> warnings;
  RunHooks hooks;
  hooks.warning = [&](const std::string& text) { warnings.push_back(text); };
  EXPECT_FALSE(Resume(registry, run, hooks).reproducible);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("'Z80'"), std::string::npos) << warnings[0];
  EXPECT_FALSE(ReadResult(run).reproducible);
}

TEST(Resume, FolderWithoutARun_IsRefused) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  EXPECT_EQ(ErrorOf<FileError>([&] { Resume(registry, folder.path(), {}); }),
            folder.path().string() + " holds no run: it has no run.toml");
  EXPECT_EQ(ErrorOf<FileError>([&] { Resume(registry, folder / "none", {}); }),
            (folder / "none").string() + " does not exist");
}

TEST(LoadAgent, DirectoryAndCheckpointFile_GiveTheSameAgent) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  const std::string run = folder / "run";
  MakeTwoCheckpoints(registry, run);
  const TrainedAgent agent = LoadAgent(registry, run);
  EXPECT_EQ(agent.steps, 800);
  EXPECT_EQ(agent.config.env, "Noisy-v0");
  const TrainedAgent same = LoadAgent(registry, run + "/checkpoints/step-000000000800.ckpt");
  EXPECT_EQ(same.agent->ParameterHash(), agent.agent->ParameterHash());
  const TrainedAgent older = LoadAgent(registry, run + "/checkpoints/step-000000000400.ckpt");
  EXPECT_EQ(older.steps, 400);
  EXPECT_NE(older.agent->ParameterHash(), agent.agent->ParameterHash());
}

TEST(LoadAgent, MissingOrForeignFile_IsNamed) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  Spill(folder / "notes", "these are notes, not a checkpoint, however long they may be");
  EXPECT_EQ(ErrorOf<FileError>([&] { LoadAgent(registry, folder / "none"); }),
            (folder / "none").string() + " does not exist");
  const std::string error = ErrorOf<FileError>([&] { LoadAgent(registry, folder / "notes"); });
  EXPECT_TRUE(error.starts_with((folder / "notes").string())) << error;
}

}  // namespace
}  // namespace brasa
