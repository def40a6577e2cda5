// The files of agents/presets and the presets that the program holds.
#include <algorithm>
#include <fstream>
#include <iterator>

#include "brasa/vector_env.h"
#include "tests/runs/runs_testing.h"

namespace brasa {
namespace {

std::vector<std::filesystem::path> PresetFiles() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(PRESET_FOLDER)) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string TextOf(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

void Replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

/// The run.toml that `train --config` resolves `text` to, if the program held no presets: the agent
/// is read from a row that has none.
std::string ResolvedWithoutPresets(const std::string& agent, std::string text) {
  Registry registry;
  AgentRow row = registry.FindAgent(agent);
  row.presets.clear();
  row.name = agent + "_without_presets";
  registry.Add(row);
  const std::string its = "agent = \"" + agent + "\"", bare = "agent = \"" + row.name + "\"";
  Replace(text, its, bare);
  std::string resolved = RunToml(ReadRunToml(registry, text, "preset"));
  Replace(resolved, bare, its);
  return resolved;
}

TEST(Presets, EachFile_IsThePresetOfItsAgentAndEnvironmentAndFitsBoth) {
  Registry registry;
  for (const std::filesystem::path& file : PresetFiles()) {
    SCOPED_TRACE(file.filename());
    const std::string text = TextOf(file);
    const RunConfig config = ReadRunToml(registry, text, file);
    const RunConfig preset = DefaultRunConfig(registry, config.agent, config.env);
    EXPECT_EQ(RunToml(preset), ResolvedWithoutPresets(config.agent, text));
    const AgentRow& agent = registry.FindAgent(config.agent);
    const auto env = MakeSerialVectorEnv(registry.FindEnv(config.env), config.params,
                                         {.worlds = 1, .workers = 1, .streams = {1}});
    EXPECT_NO_THROW(agent.check(env->spec(), preset.agent_config));
  }
}

TEST(Presets, EachPresetOfTheProgram_HasAFile) {
  std::vector<std::string> held, files;
  for (const AgentRow& agent : BuiltinAgents()) {
    for (const AgentRow::Preset& preset : agent.presets) {
      std::string name = agent.name + "-" + preset.env + ".toml";
      std::ranges::replace(name, '/', '-');
      held.push_back(name);
    }
  }
  for (const std::filesystem::path& file : PresetFiles()) files.push_back(file.filename());
  std::ranges::sort(held);
  EXPECT_EQ(held, files);
}

}  // namespace
}  // namespace brasa
