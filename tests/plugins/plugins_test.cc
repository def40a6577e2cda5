#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "brasa/env_batch.h"
#include "brasa/registry.h"
#include "brasa/vector_env.h"
#include "envs/control/cart_pole.h"

namespace brasa {
namespace {

std::string Example(const std::string& name) { return std::string(EXAMPLE_FOLDER) + "/" + name; }
std::string Plugin(const std::string& name) { return std::string(PLUGIN_FOLDER) + "/" + name; }

/// The one-line error of loading `path`, without the file's own name.
std::string LoadError(const std::string& path) {
  try {
    LoadPlugin(path);
  } catch (const UsageError& error) {
    std::string text = error.what();
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    const std::size_t at = text.find(path);
    EXPECT_NE(at, std::string::npos) << text << " does not name the file";
    if (at != std::string::npos) text.replace(at, path.size(), "FILE");
    return text;
  }
  return "loaded";
}

std::uint64_t RandomSignature(const EnvRow& row, int workers) {
  const int n = 100;
  const Params params = DefaultParams(row);
  auto env = MakeVectorEnv(row, params, {n, workers, {11, StreamRole::kTest, 0}, true});
  const EnvSpec& spec = env->spec();
  std::vector<std::int32_t> players(n), actions(n);
  std::vector<std::uint8_t> seen(static_cast<std::size_t>(n * spec.observation.bytes()));
  std::vector<std::uint8_t> starts(n), ends(n);
  std::vector<float> rewards(static_cast<std::size_t>(n * spec.players));
  const StateRows states{players.data(), seen.data(), nullptr, starts.data()};
  env->Reset(states);
  Rng rng(4, StreamRole::kTest);
  for (int t = 0; t < 300; ++t) {
    for (int i = 0; i < n; ++i) {
      const auto legal = env->batch().Legal(i);
      actions[static_cast<std::size_t>(i)] =
          legal[rng.Below(static_cast<std::uint32_t>(legal.size()))];
    }
    env->Step(actions.data(), {rewards.data(), ends.data()}, states);
  }
  return env->Signature();
}

TEST(Plugin, CartPoleAsPlugin_GivesTheSignatureOfTheBuiltIn) {
  EnvRow built_in;
  built_in.id = "CartPole-v1";
  built_in.env_class = &EnvClassOf<CartPole>();
  const EnvRow plugin = LoadPlugin(Plugin("cart_pole_plugin.so")).at(0);
  EXPECT_NE(plugin.env_class->step, built_in.env_class->step);
  EXPECT_EQ(RandomSignature(plugin, 1), RandomSignature(built_in, 1));
  EXPECT_EQ(RandomSignature(plugin, 3), RandomSignature(built_in, 1));
}

/// The files variant_LANGUAGE_COMPILER_KIND.so of one language.
std::vector<std::string> Variants(const std::string& language) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(PLUGIN_FOLDER)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("variant_" + language + "_")) paths.push_back(entry.path());
  }
  return paths;
}

TEST(Plugin, EveryCompilerInDebugAndRelease_GivesOneSignatureInOneProgram) {
  EnvRow built_in;
  built_in.id = "CartPole-v1";
  built_in.env_class = &EnvClassOf<CartPole>();
  const EnvRow nim = LoadPlugin(Example("nim.so")).at(0);
  for (const auto& [language, row] : {std::pair{"cpp", built_in}, {"c", nim}}) {
    const std::uint64_t wanted = RandomSignature(row, 1);
    const std::vector<std::string> paths = Variants(language);
    EXPECT_GE(paths.size(), 2u);
    for (const std::string& path : paths) {
      EXPECT_EQ(RandomSignature(LoadPlugin(path).at(0), 1), wanted) << path;
    }
  }
}

TEST(Plugin, CorridorInCpp_WalksToItsEnd) {
  const EnvRow row = LoadPlugin(Example("corridor.so")).at(0);
  EXPECT_EQ(row.id, "Corridor-v0");
  Params params = DefaultParams(row);
  params.Set("length", "4");
  EXPECT_THROW(params.Set("length", "1"), ConfigError);
  Env env(row, params, {1, StreamRole::kTest, 0});
  env.Reset();
  EXPECT_EQ(env.Step(1), EpisodeEnd::kNone);
  EXPECT_EQ(env.Step(1), EpisodeEnd::kNone);
  EXPECT_EQ(env.Step(1), EpisodeEnd::kTerminated);
  EXPECT_EQ(env.returns()[0], -3.0);
  std::int32_t action = 0;
  env.ActionFromText("right", &action);
  EXPECT_EQ(action, 1);
  EXPECT_EQ(env.ActionToText(&action), "right")
      << "the spec's names serve where there is no notation";
  EXPECT_THROW(env.ActionFromText("up", &action), UsageError);
}

// With 1 to 3 stones a move, the player who faces a multiple of 4 loses against perfect play; here
// both take so that player 1 gets the last of 6 stones: 3, then 3.
TEST(Plugin, NimInC_PlaysByItsRules) {
  const EnvRow row = LoadPlugin(Example("nim.so")).at(0);
  Params params = DefaultParams(row);
  params.Set("stones", "6");
  Env env(row, params, {1, StreamRole::kTest, 0});
  env.Reset();
  EXPECT_EQ(env.ToText(), "6 stones, player 0 moves");
  EXPECT_EQ(env.Step(2), EpisodeEnd::kNone);
  EXPECT_EQ(env.PlayerToMove(), 1);
  float seen[2];
  env.Observe(1, seen);
  EXPECT_EQ(seen[0], 3.0f);
  EXPECT_EQ(seen[1], 1.0f);
  EXPECT_EQ(env.Step(2), EpisodeEnd::kTerminated);
  EXPECT_EQ(env.rewards()[0], -1.0f);
  EXPECT_EQ(env.rewards()[1], 1.0f);
}

TEST(Plugin, NimWithTwoLeft_RefusesToTakeThreeAndStands) {
  const EnvRow row = LoadPlugin(Example("nim.so")).at(0);
  Params params = DefaultParams(row);
  params.Set("stones", "2");
  Env env(row, params, {1, StreamRole::kTest, 0});
  env.Reset();
  try {
    env.Step(2);
    FAIL() << "took 3 of 2";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "Nim-v0, world 0, episode 0, step 0: action 2 is illegal; legal: 0, 1");
  }
  EXPECT_EQ(env.ToText(), "2 stones, player 0 moves");
}

TEST(Plugin, Nim_GivesOneSignatureForAnyNumberOfWorkers) {
  const EnvRow row = LoadPlugin(Example("nim.so")).at(0);
  EXPECT_EQ(RandomSignature(row, 1), RandomSignature(row, 4));
}

TEST(Plugin, BrokenFiles_GiveOneClearLine) {
  EXPECT_EQ(LoadError(Plugin("missing.so")), "plugin 'FILE' does not exist");
  EXPECT_EQ(LoadError(PLUGIN_FOLDER), "plugin 'FILE' is not a file");
  EXPECT_EQ(LoadError(Plugin("broken_no_entry.so")),
            "plugin 'FILE' is not a Brasa plugin: it does not export brasa_plugin_entry");
  EXPECT_EQ(LoadError(Plugin("broken_null_entry.so")),
            "plugin 'FILE' failed to describe its environments");
  EXPECT_EQ(LoadError(Plugin("broken_old_abi.so")),
            "plugin 'FILE' was built for ABI version 0; this program reads version 1: rebuild the "
            "plugin");
  EXPECT_EQ(LoadError(Plugin("broken_old_table.so")).substr(0, 53),
            "plugin 'FILE' has an environment table of 40 bytes; t");
  EXPECT_EQ(LoadError(Plugin("broken_no_step.so")),
            "plugin 'FILE' offers 'Walk-v0' without the function 'step'");
}

TEST(Plugin, TruncatedOrForeignFile_GivesOneClearLine) {
  std::ifstream whole(Example("corridor.so"), std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(whole)), {});
  ASSERT_GT(bytes.size(), 1000u);
  const std::string path = testing::TempDir() + "brasa_truncated_plugin.so";
  const std::pair<std::string, std::string> cases[] = {
      {bytes.substr(0, 700), "plugin 'FILE' is truncated"},
      {bytes.substr(0, 20), "plugin 'FILE' is truncated"},
      {"#!/bin/sh\n", "plugin 'FILE' is not a shared library"},
      {"", "plugin 'FILE' is not a shared library"},
  };
  for (const auto& [content, wanted] : cases) {
    std::ofstream(path, std::ios::binary) << content;
    EXPECT_EQ(LoadError(path), wanted);
  }
  std::remove(path.c_str());
}

TEST(Plugin, ExceptionInTheRules_BecomesAnErrorThatNamesThePlace) {
  const EnvRow row = LoadPlugin(Plugin("broken_throwing.so")).at(0);
  Env env(row, DefaultParams(row), {1, StreamRole::kTest, 0});
  env.Reset();
  env.Step(1);
  env.Step(1);
  try {
    env.Step(1);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "Walk-v0, world 0, episode 0, step 2: cell 3 is haunted");
  }
}

}  // namespace
}  // namespace brasa
