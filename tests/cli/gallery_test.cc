// brasa gallery: the sheet, what stands on it, and wrong input.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "tests/cli/run_program.h"

namespace brasa::cli_testing {
namespace {

using Json = nlohmann::json;

/// Width and height in the header of a PNG file: two numbers of four bytes, high byte first.
std::pair<int, int> SizeOfPng(const std::string& path) {
  const std::string bytes = ReadAll(path);
  if (!bytes.starts_with("\x89PNG\r\n\x1a\n") || bytes.size() < 24) return {-1, -1};
  const auto number = [&](std::size_t at) {
    int value = 0;
    for (std::size_t i = 0; i < 4; ++i)
      value = 256 * value + static_cast<unsigned char>(bytes[at + i]);
    return value;
  };
  return {number(16), number(20)};
}

/// The sheet of some environments, as bytes.
std::string Sheet(std::vector<std::string> words) {
  const std::string png = NewPath("sheet.png");
  words.insert(words.begin(), {"gallery", "--png", png});
  const Answer answer = RunBrasa(words);
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_EQ(answer.err, "");
  return ReadAll(png);
}

TEST(CliGallery, Sheet_HoldsEveryEnvironmentOfTheListInItsOrder) {
  const std::string png = NewPath("all.png");
  const Answer answer =
      RunBrasa({"gallery", "--png", png, "--json", "--width", "60", "--plies", "5"});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  const Json sheet = Json::parse(answer.out);
  const Json listed = Json::parse(RunBrasa({"list", "--json"}).out)["environments"];
  ASSERT_EQ(sheet["pictures"].size(), listed.size());
  std::set<std::pair<int, int>> places;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const Json& picture = sheet["pictures"][i];
    EXPECT_EQ(picture["env"], listed[i]["id"]);
    EXPECT_LE(picture["plies"], 5);
    EXPECT_LE(picture["x"].get<int>() + 60, sheet["width"]);
    EXPECT_LE(picture["y"].get<int>() + 40, sheet["height"]);
    places.emplace(picture["x"], picture["y"]);
  }
  EXPECT_EQ(places.size(), listed.size()) << "no two at one place";
  EXPECT_EQ(SizeOfPng(png), std::pair(sheet["width"].get<int>(), sheet["height"].get<int>()));
}

TEST(CliGallery, EqualSeeds_GiveEqualSheets) {
  const std::vector<std::string> chess = {"--env", "Chess-v0", "--width", "120"};
  const auto with = [&](const std::string& option, const std::string& value) {
    std::vector<std::string> words = chess;
    words.insert(words.end(), {option, value});
    return Sheet(words);
  };
  EXPECT_EQ(Sheet(chess), Sheet(chess));
  EXPECT_EQ(Sheet(chess), with("--seed", "0"));
  EXPECT_NE(Sheet(chess), with("--seed", "1"));
  EXPECT_NE(Sheet(chess), with("--plies", "0")) << "moves are played";
}

TEST(CliGallery, EnvironmentsAndColumns_AreAsAskedFor) {
  const std::string png = NewPath("two.png");
  const Answer answer = RunBrasa({"gallery", "--png", png, "--env", "Go-v0", "--env", "Pendulum-v1",
                                  "--columns", "1", "--json"});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  const Json pictures = Json::parse(answer.out)["pictures"];
  ASSERT_EQ(pictures.size(), 2u);
  EXPECT_EQ(pictures[0]["env"], "Go-v0");
  EXPECT_EQ(pictures[1]["env"], "Pendulum-v1");
  EXPECT_EQ(pictures[0]["x"], pictures[1]["x"]);
  EXPECT_LT(pictures[0]["y"], pictures[1]["y"]);
}

TEST(CliGallery, Plugin_StandsBesideTheOthersAndDrawsItsTextAtLeast) {
  const std::string nim = std::string(EXAMPLE_FOLDER) + "/nim.so";
  const std::string png = NewPath("nim.png");
  const Answer answer = RunBrasa({"gallery", "--png", png, "--env", nim});
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_TRUE(answer.out.starts_with("wrote " + png + " (1 environment, ")) << answer.out;
}

TEST(CliGallery, WrongInput_IsOneError) {
  EXPECT_TRUE(IsOneLineError(RunBrasa({"gallery"}), 2, "--png"));
  const std::string png = NewPath("never.png");
  EXPECT_TRUE(
      IsOneLineError(RunBrasa({"gallery", "--png", png, "--env", "Ches-v0"}), 2, "Chess-v0"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"gallery", "--png", png, "--width", "10"}), 2, "--width"));
  EXPECT_TRUE(
      IsOneLineError(RunBrasa({"gallery", "--png", png, "--columns", "0"}), 2, "--columns"));
  EXPECT_TRUE(IsOneLineError(RunBrasa({"gallery", "--png", "/nowhere/sheet.png", "--env", "Go-v0"}),
                             2, "/nowhere"));
  EXPECT_FALSE(std::filesystem::exists(png));
}

}  // namespace
}  // namespace brasa::cli_testing
