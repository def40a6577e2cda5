// Configs of runs and run.toml.
#include "tests/runs/runs_testing.h"

namespace brasa {
namespace {

TEST(RunConfig, Preset_LiesUnderTheUsersSettings) {
  Registry registry = TestRegistry();
  RunConfig config = DefaultRunConfig(registry, "drift", "Noisy-v0");
  EXPECT_EQ(config.agent_config.GetFloat("gain"), 0.25);
  EXPECT_EQ(config.steps, 5000);
  EXPECT_EQ(config.worlds, 5);
  EXPECT_EQ(DefaultRunConfig(registry, "drift", "CartPole-v1").agent_config.GetFloat("gain"), 0.1);
  SetRunKey(config, "gain", "0.5");
  SetRunKey(config, "steps", "1e6");
  EXPECT_EQ(config.agent_config.GetFloat("gain"), 0.5);
  EXPECT_EQ(config.steps, 1000000);
}

TEST(RunConfig, PluginByRelativePath_IsNamedByItsAbsolutePath) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(EXAMPLE_FOLDER);
  Registry registry;
  const RunConfig config = DefaultRunConfig(registry, "random", "./corridor.so");
  std::filesystem::current_path(before);
  EXPECT_EQ(config.env, std::string(EXAMPLE_FOLDER) + "/corridor.so:Corridor-v0");
  EXPECT_EQ(registry.FindEnv(config.env).id, "Corridor-v0");
}

TEST(RunConfig, EveryKindOfKey_IsSet) {
  Registry registry = TestRegistry();
  RunConfig config = DefaultRunConfig(registry, "drift", "Sour-v0");
  for (const auto& [key, value] : {std::pair("seed", "7"),
                                   {"envs", "3"},
                                   {"workers", "2"},
                                   {"record", "true"},
                                   {"checkpoint_seconds", "0.5"},
                                   {"env.at", "12"},
                                   {"network.hidden", "8,16"}}) {
    SetRunKey(config, key, value);
  }
  EXPECT_EQ(config.seed, 7u);
  EXPECT_EQ(config.worlds, 3);
  EXPECT_EQ(config.workers, 2);
  EXPECT_TRUE(config.record);
  EXPECT_EQ(config.checkpoint_seconds, 0.5);
  EXPECT_EQ(config.params.GetInt("at"), 12);
  EXPECT_EQ(config.agent_config.GetIntList("network.hidden"), (std::vector<std::int64_t>{8, 16}));
}

std::string ErrorOfKey(const std::string& key, const std::string& value) {
  Registry registry = TestRegistry();
  RunConfig config = DefaultRunConfig(registry, "drift", "Sour-v0");
  return ErrorOf<ConfigError>([&] { SetRunKey(config, key, value); });
}

TEST(RunConfig, UnknownKey_GetsNearMatchesOverAllKinds) {
  const auto suggests = [](const std::string& key, const std::string& name) {
    const std::string error = ErrorOfKey(key, "1");
    EXPECT_TRUE(error.starts_with("unknown key '" + key + "' (did you mean " + name)) << error;
  };
  suggests("step", "steps");
  suggests("gian", "gain");
  suggests("env.a", "env.at");
  suggests("hidden", "network.hidden");
}

TEST(RunConfig, UnknownKey_ListsTheParametersOnlyWhereOneWasMeant) {
  EXPECT_EQ(ErrorOfKey("env.zzzzzz", "1"),
            "unknown key 'env.zzzzzz'; Sour-v0 has env.at, env.max_episode_steps");
  EXPECT_EQ(ErrorOfKey("zzzzzz", "1"),
            "unknown key 'zzzzzz'; `brasa describe drift` lists the fields of the agent, `brasa "
            "describe Sour-v0` the parameters that env.NAME sets");
}

TEST(RunConfig, ValueOutOfRange_SaysWhatIsAllowed) {
  EXPECT_EQ(ErrorOfKey("envs", "0"), "envs = '0' is not allowed; give an integer in [1, 16777216]");
  EXPECT_EQ(ErrorOfKey("seed", "-1"), "seed = '-1' is not allowed; give an integer >= 0");
  EXPECT_EQ(ErrorOfKey("record", "yes"), "record = 'yes' is not allowed; give true or false");
}

TEST(RunToml, Text_GivesTheConfigBack) {
  Registry registry = TestRegistry();
  RunConfig config = DefaultRunConfig(registry, "drift", "Sour-v0");
  config.seed = 123456789012345ull;
  config.steps = 4000000000;
  config.worlds = 7;
  config.workers = 3;
  config.record = true;
  config.checkpoint_seconds = 1.0 / 3;
  // The shortest text of 0.1 + 0.2 has 17 digits; 5e-324 is the least double above 0.
  for (const char* gain : {"0.30000000000000004", "5e-324", "1", "0"}) {
    config.agent_config.Set("gain", gain);
    config.agent_config.Set("note", "a \"quoted\" \\ line\nand\ttab \x01 \xc3\xa9");
    config.agent_config.Set("network.hidden", "1,2,3");
    config.params.Set("at", "99");
    const RunConfig read = ReadRunToml(registry, RunToml(config), "run.toml");
    EXPECT_EQ(RunToml(read), RunToml(config));
    EXPECT_EQ(read.agent_config.GetFloat("gain"), config.agent_config.GetFloat("gain"));
    EXPECT_EQ(read.agent_config.GetText("note"), config.agent_config.GetText("note"));
    EXPECT_EQ(read.checkpoint_seconds, 1.0 / 3);
    EXPECT_EQ(read.seed, 123456789012345ull);
  }
}

TEST(RunToml, MissingKeys_KeepPresetAndDefault) {
  Registry registry = TestRegistry();
  const RunConfig config = ReadRunToml(
      registry, "[run]\nagent = 'drift'\nenv = 'Noisy-v0'\nseed = 3\n[agent]\nloud = true\n", "f");
  EXPECT_EQ(config.seed, 3u);
  EXPECT_EQ(config.agent_config.GetFloat("gain"), 0.25);
  EXPECT_TRUE(config.agent_config.GetBool("loud"));
}

std::string ErrorOfToml(const std::string& rest) {
  Registry registry = TestRegistry();
  const std::string text = "[run]\nagent = 'drift'\nenv = 'Noisy-v0'\n" + rest;
  return ErrorOf<ConfigError>([&] { ReadRunToml(registry, text, "f.toml"); });
}

TEST(RunToml, BrokenText_NamesFileAndLine) {
  EXPECT_TRUE(ErrorOfToml("seed = = 3\n").starts_with("f.toml, line 4: "));
  EXPECT_TRUE(ErrorOfToml("seed = 3\nseed = 4\n").starts_with("f.toml, line 5: "));
  EXPECT_EQ(ErrorOfToml("sead = 3\n"),
            "f.toml, line 4: unknown key 'sead' in [run] (did you mean seed?)");
  EXPECT_EQ(ErrorOfToml("[agnt]\n"),
            "f.toml, line 4: unknown section or key 'agnt' (did you mean agent?); give the "
            "sections run, env, agent, build");
  EXPECT_EQ(ErrorOfToml("seed = 'three'\n"),
            "f.toml, line 4: seed = 'three' is not allowed; give an integer >= 0");
  EXPECT_EQ(ErrorOfToml("[agent]\ngain = 2\n"),
            "f.toml, line 5: gain = '2' is not allowed; give a number in [0, 1]");
  EXPECT_EQ(ErrorOfToml("[agent]\nnetwork.hiden = [1]\n"),
            "f.toml, line 5: unknown key 'network.hiden' in [agent] (did you mean "
            "network.hidden?)");
  EXPECT_EQ(ErrorOfToml("[agent]\nnetwork.hidden = [1, 'a']\n"),
            "f.toml, line 5: network.hidden = [ 1, 'a' ] is not allowed; give integers in [1, "
            "1024] separated by commas");
}

TEST(RunToml, UnknownAgent_GetsNearMatches) {
  Registry registry = TestRegistry();
  const std::string error = ErrorOf<ConfigError>(
      [&] { ReadRunToml(registry, "[run]\nagent='drft'\nenv='Noisy-v0'\n", "f.toml"); });
  EXPECT_TRUE(error.starts_with("f.toml: ")) << error;
  EXPECT_NE(error.find("did you mean drift"), std::string::npos) << error;
  EXPECT_EQ(ErrorOf<ConfigError>([&] { ReadRunToml(registry, "[run]\nagent='drift'\n", "f"); }),
            "f: [run] has no 'env'");
}

}  // namespace
}  // namespace brasa
