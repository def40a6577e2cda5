#include <ctime>
#include <filesystem>

#include "brasa/runner.h"
#include "runners/loop/run_directory.h"

namespace brasa {

std::string NewRunDirectory(const RunConfig& config, const std::string& root) {
  // Of a plugin's name only what stands for the environment: "/path/walk.so:Walk-v0".
  const std::string env = config.env.substr(config.env.find_last_of("/:") + 1);
  return CreateRunDirectory(root, config.agent, env, std::time(nullptr)).string();
}

}  // namespace brasa
