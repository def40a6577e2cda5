// watch, and train --watch: finished runs, running ones, pictures.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"

namespace brasa::cli_testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// Q-learning on the lake for 2,000 steps; returns the run's directory.
std::string LakeRun(const std::string& name, std::vector<std::string> more = {}) {
  const std::string out = NewPath(name);
  std::vector<std::string> words = {"train", "q_learning", "FrozenLake-v1", "--steps",
                                    "2000",  "--quiet",    "--workers",     "1",
                                    "--out", out};
  words.insert(words.end(), more.begin(), more.end());
  const Answer answer = RunBrasa(words);
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  return out;
}

/// Width and height in the head of a PNG (its chunk IHDR) or GIF (its screen descriptor); 0, 0 for
/// anything else.
std::pair<int, int> PictureSize(const std::string& path) {
  const std::string bytes = ReadAll(path);
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes.at(i)); };
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) {
    return {byte(18) << 8 | byte(19), byte(22) << 8 | byte(23)};
  }
  if (bytes.starts_with("GIF89a")) return {byte(7) << 8 | byte(6), byte(9) << 8 | byte(8)};
  return {0, 0};
}

/// Hundredths of a second that a GIF shows its first picture: its first graphic control extension.
int FirstDelay(const std::string& path) {
  const std::string bytes = ReadAll(path);
  const std::size_t at = bytes.find("\x21\xF9\x04");
  if (at == std::string::npos) return -1;
  return static_cast<unsigned char>(bytes.at(at + 4)) | static_cast<unsigned char>(bytes.at(at + 5))
                                                            << 8;
}

const std::pair<int, int> kPicture = {600, 400};

TEST(CliWatch, FinishedRun_WritesPngAndGif) {
  const std::string run = LakeRun("watched"), png = NewPath("lake.png"), gif = NewPath("lake.gif");
  const Answer answer = RunBrasa({"watch", run, "--png", png, "--gif", gif});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_EQ(answer.err, "brasa: q_learning from the checkpoint at step 2000\n");
  EXPECT_TRUE(answer.out.starts_with("episode 1: return ")) << answer.out;
  EXPECT_TRUE(answer.out.ends_with("wrote " + gif + "\nwrote " + png + "\n")) << answer.out;
  EXPECT_EQ(PictureSize(png), kPicture);
  EXPECT_EQ(PictureSize(gif), kPicture);
}

TEST(CliWatch, PicturesPerSecond_AreTheGifs) {
  const std::string run = LakeRun("paced"), gif = NewPath("paced.gif");
  ASSERT_EQ(RunBrasa({"watch", run, "--gif", gif, "--fps", "10"}).exit_code, 0);
  EXPECT_EQ(FirstDelay(gif), 10);  // hundredths of a second
  ASSERT_EQ(RunBrasa({"watch", run, "--gif", gif, "--fps", "2"}).exit_code, 0);
  EXPECT_EQ(FirstDelay(gif), 50);
  EXPECT_TRUE(IsOneLineError(RunBrasa({"watch", run, "--fps", "0"}), 2,
                             "--fps = '0' is not allowed; give a number in [0.01, 50]"));
}

TEST(CliWatch, Text_DrawsEveryStateInTheTerminal) {
  const std::string run = LakeRun("read");
  const Answer answer = RunBrasa({"watch", run, "--text", "--episodes", "2"});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  for (const char* part : {"episode 1  step 0  return 0\n", "episode 1  step 1  return ",
                           "\nepisode 1: return ", "episode 2  step 0", "\nepisode 2: return "}) {
    EXPECT_NE(answer.out.find(part), std::string::npos) << part << "\n" << answer.out;
  }
  EXPECT_EQ(answer.out.find('\x1b'), std::string::npos) << "colours only on a terminal";
  // Each state is 25 lines under which its caption stands.
  const auto captions = static_cast<std::ptrdiff_t>([&] {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = answer.out.find("  step ", at)) != std::string::npos; ++at) {
      ++count;
    }
    return count;
  }());
  EXPECT_EQ(std::ranges::count(answer.out, '\n'), captions * 26 + 2);
}

TEST(CliWatch, NoDisplay_DrawsInTheTerminalAndSaysSo) {
  const std::string run = LakeRun("blind");
  const Answer answer =
      RunBrasa({"watch", run},
               {.variables = {{"DISPLAY", ""}, {"WAYLAND_DISPLAY", ""}, {"SDL_VIDEODRIVER", ""}}});
  EXPECT_EQ(answer.exit_code, 0);
  EXPECT_NE(answer.err.find("drawing in the terminal\n"), std::string::npos) << answer.err;
  EXPECT_NE(answer.out.find("episode 1  step 1"), std::string::npos);
}

TEST(CliWatch, RunThatGoesOn_IsFollowedByItsRecording) {
  const std::string out = NewPath("going"), png = NewPath("going.png");
  Running train({"train", "q_learning", "FrozenLake-v1", "--steps", "2000000000", "--record",
                 "--workers", "1", "--out", out});
  while (!fs::exists(out + "/trajectories.h5") && !train.ended()) usleep(10'000);
  const Answer answer = RunBrasa({"watch", out, "--png", png, "--episodes", "2"});
  EXPECT_FALSE(train.ended());
  train.Signal(SIGINT);
  EXPECT_EQ(train.Wait().exit_code, 130);
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_EQ(answer.err, "brasa: the run goes on; following its recording\n");
  EXPECT_TRUE(answer.out.starts_with("episode ")) << answer.out;
  EXPECT_NE(answer.out.find(" of world 0: "), std::string::npos) << answer.out;
  EXPECT_EQ(PictureSize(png), kPicture);
}

TEST(CliWatch, RunThatEndedWithARecording_ShowsItsCheckpoint) {
  const std::string run = LakeRun("recorded", {"--record"}), png = NewPath("recorded.png");
  const Answer answer = RunBrasa({"watch", run, "--png", png});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_EQ(answer.err, "brasa: q_learning from the checkpoint at step 2000\n");
}

TEST(CliWatch, UsersMistakes_AreOneLine) {
  const std::string run = LakeRun("fine");
  EXPECT_TRUE(IsOneLineError(RunBrasa({"watch", "/nowhere/run"}), 2, "/nowhere/run"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"watch", NewFolder("no-run")}), 2, "run.toml"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"watch", run, "--episodes", "0"}), 2, "--episodes = '0'"));
  const Answer missing = RunBrasa({"watch", run, "--png", run + "/missing/lake.png"});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_NE(missing.err.find("missing/lake.png"), std::string::npos) << missing.err;
}

TEST(CliTrainWatch, WindowChangesNoResult) {
  const auto signature = [](const std::string& name, std::vector<std::string> more) {
    const std::string out = NewPath(name);
    std::vector<std::string> words = {"train",     "q_learning", "TicTacToe-v0", "--steps", "50000",
                                      "--workers", "1",          "--out",        out};
    words.insert(words.end(), more.begin(), more.end());
    const Answer answer = RunBrasa(words, {.variables = {{"SDL_VIDEODRIVER", "dummy"}}});
    EXPECT_EQ(answer.exit_code, 0) << answer.err;
    return Json::parse(ReadAll(out + "/result.json")).at("signature").get<std::string>();
  };
  EXPECT_EQ(signature("seen", {"--watch"}), signature("unseen", {}));
}

TEST(CliTrainWatch, CtrlC_StopsInGoodOrder) {
  const std::string out = NewPath("seen-stopped");
  Running train({"train", "q_learning", "FrozenLake-v1", "--steps", "2000000000", "--watch",
                 "--workers", "1", "--out", out},
                {.variables = {{"SDL_VIDEODRIVER", "dummy"}}});
  while (!fs::exists(out + "/run.toml") && !train.ended()) usleep(10'000);
  train.Signal(SIGINT);
  const Answer answer = train.Wait();
  EXPECT_EQ(answer.exit_code, 130);
  EXPECT_EQ(answer.err, "brasa: stopped; go on with: brasa resume " + out + "\n");
}

TEST(CliTrainWatch, NoDisplay_IsTheMachinesFailureAndLeavesNothing) {
  const std::string folder = NewFolder("no-display");
  const Answer answer =
      RunBrasa({"train", "q_learning", "FrozenLake-v1", "--watch"},
               {.folder = folder,
                .variables = {{"DISPLAY", ""}, {"WAYLAND_DISPLAY", ""}, {"SDL_VIDEODRIVER", ""}}});
  EXPECT_TRUE(IsOneLineError(answer, 1, "--watch: no display"));
  EXPECT_TRUE(!fs::exists(folder + "/runs") || fs::is_empty(folder + "/runs"));
}

}  // namespace
}  // namespace brasa::cli_testing
