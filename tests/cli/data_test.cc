// data info and data replay, on recordings whole and altered.
#include <gtest/gtest.h>
#include <hdf5.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"

namespace brasa::cli_testing {
namespace {

using Json = nlohmann::json;

/// The recording of 1,000 random steps in two worlds.
std::string Recorded(const std::string& name, const std::string& env = "TicTacToe-v0") {
  const std::string out = NewPath(name);
  const Answer answer = RunBrasa({"train", "random", env, "--steps", "1000", "--envs", "2",
                                  "--record", "--quiet", "--out", out});
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  return out + "/trajectories.h5";
}

/// Overwrites the first element of a row; of `value` as many bytes as the elements have.
void Alter(const std::string& path, const std::string& dataset, hsize_t row, std::uint32_t value) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  ASSERT_GE(file, 0);
  const hid_t data = H5Dopen2(file, dataset.c_str(), H5P_DEFAULT);
  const hid_t space = H5Dget_space(data);
  hsize_t start[4] = {row, 0, 0, 0}, one[4] = {1, 1, 1, 1};
  H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, one, nullptr);
  const hid_t memory = H5Screate_simple(1, one, nullptr);
  EXPECT_GE(H5Dwrite(data, H5Dget_type(data), memory, space, H5P_DEFAULT, &value), 0);
  H5Sclose(memory);
  H5Sclose(space);
  H5Dclose(data);
  H5Fclose(file);
}

TEST(CliDataInfo, TellsWhatARecordingHolds) {
  const std::string file = Recorded("told");
  const Answer answer = RunBrasa({"data", "info", file, "--json"});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  const Json info = Json::parse(answer.out);
  EXPECT_EQ(info.at("env"), "TicTacToe-v0");
  EXPECT_EQ(info.at("agent"), "random");
  EXPECT_EQ(info.at("worlds"), 2);
  EXPECT_EQ(info.at("rows"), 1000);
  EXPECT_EQ(info.at("live"), false);
  EXPECT_EQ(info.at("mean_return").at("n"), info.at("episodes"));
  const std::string text = RunBrasa({"data", "info", file}).out;
  for (const std::string part : {"TicTacToe-v0", "random", "1000 plies"}) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  }
  EXPECT_NE(text.find(info.at("episodes").dump() + " ended"), std::string::npos) << text;
  EXPECT_EQ(text.find("checksums"), std::string::npos);
  const Answer verified = RunBrasa({"data", "info", file, "--verify"});
  EXPECT_NE(verified.out.find("of 1,000 plies compared, all equal"), std::string::npos);
  EXPECT_EQ(
      Json::parse(RunBrasa({"data", "info", file, "--verify", "--json"}).out).at("verified_rows"),
      1000);
}

TEST(CliDataReplay, Episode_IsDrawnAndEqualsItsRecord) {
  const std::string file = Recorded("drawn"), png = NewPath("episode.png"),
                    gif = NewPath("episode.gif");
  const Answer answer =
      RunBrasa({"data", "replay", file, "--episode", "3", "--png", png, "--gif", gif});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_TRUE(answer.out.starts_with("wrote " + gif + "\nwrote " + png + "\nepisode 3 of world "))
      << answer.out;
  EXPECT_TRUE(answer.out.ends_with(", equal to its record\n")) << answer.out;
  EXPECT_TRUE(ReadAll(png).starts_with("\x89PNG"));
  EXPECT_TRUE(ReadAll(gif).starts_with("GIF89a"));
}

TEST(CliDataReplay, EveryEpisodeOfEveryEnvironment_EqualsItsRecord) {
  for (const char* env : {"CartPole-v1", "FrozenLake-v1", "ConnectFour-v0"}) {
    const std::string file = Recorded(std::string("each-") + env, env);
    const int episodes = Json::parse(RunBrasa({"data", "info", file, "--json"}).out).at("episodes");
    ASSERT_GT(episodes, 5);
    for (const int k : {0, 1, episodes / 2, episodes - 1}) {
      const Answer answer =
          RunBrasa({"data", "replay", file, "--episode", std::to_string(k), "--check"});
      EXPECT_EQ(answer.exit_code, 0) << env << " " << answer.out << answer.err;
    }
  }
}

TEST(CliDataReplay, AlteredRow_IsNamed) {
  struct Case {
    const char* dataset;
    std::uint32_t value;
    const char* difference;
  };
  // Row 0 is the first ply of the first episode of world 0, which ends first or second.
  for (const Case& altered : {Case{"plies/reward", 0x40400000u, "step 0: another reward"},  // 3.0f
                              Case{"plies/observation", 0x40400007u, "step 0: another observation"},
                              Case{"plies/player", 1, "step 0: player 0 moves, recorded 1"}}) {
    const std::string file = Recorded("altered");
    int k = 0;
    while (RunBrasa({"data", "replay", file, "--check", "--episode", std::to_string(k)})
               .out.find("of world 0:") == std::string::npos) {
      ASSERT_LT(++k, 10);
    }
    Alter(file, altered.dataset, 0, altered.value);
    const Answer answer =
        RunBrasa({"data", "replay", file, "--check", "--episode", std::to_string(k)});
    EXPECT_EQ(answer.exit_code, 1) << altered.dataset;
    EXPECT_NE(answer.out.find(std::string("differs from its record at ") + altered.difference),
              std::string::npos)
        << answer.out;
    EXPECT_TRUE(
        IsOneLineError(RunBrasa({"data", "info", file, "--verify"}), 2,
                       std::string("'/") + altered.dataset + "' is damaged in rows 0 to 999"));
    const std::string next = std::to_string(k + 2);
    EXPECT_EQ(RunBrasa({"data", "replay", file, "--check", "--episode", next}).exit_code, 0)
        << "other episodes are as they were";
  }
}

TEST(CliData, UsersMistakes_AreOneLine) {
  const std::string file = Recorded("fine");
  EXPECT_TRUE(IsOneLineError(RunBrasa({"data", "replay", file, "--episode", "999999"}), 2,
                             "--episode = 999999 is not in"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"data", "info", "/nowhere/x.h5"}), 2, "/nowhere/x.h5"));
  const std::string text = NewPath("text.h5");
  std::ofstream(text) << "no recording";
  EXPECT_TRUE(IsOneLineError(RunBrasa({"data", "info", text}), 2, "is no HDF5 file"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"data", "replay", text}), 2, "is no HDF5 file"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"data"}), 2, "brasa data"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"data", "infos", file}), 2, "(did you mean info?)"));
}

}  // namespace
}  // namespace brasa::cli_testing
