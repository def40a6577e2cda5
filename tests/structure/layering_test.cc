#include "tests/structure/layering.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace brasa::structure {
namespace {

const std::filesystem::path kRoot = BRASA_SOURCE_DIR;

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Every C and C++ file of the tree, from its root, in ascending order.
std::set<std::string> SourceFiles() {
  std::set<std::string> files;
  for (const char* top : {"include", "envs", "agents", "runners", "examples", "tests", "bench"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / top)) {
      const std::string suffix = entry.path().extension();
      if (suffix == ".h" || suffix == ".cc" || suffix == ".c") {
        files.insert(std::filesystem::relative(entry.path(), kRoot));
      }
    }
  }
  return files;
}

TEST(Layering, EveryIncludeOfTheTree_FollowsTheTable) {
  const std::set<std::string> files = SourceFiles();
  ASSERT_GT(files.size(), 10u) << "no sources found under " << kRoot;
  const FileExists exists = [&](const std::string& path) { return files.contains(path); };
  for (const std::string& path : files) {
    for (const Finding& finding : CheckIncludes(path, ReadAll(kRoot / path), exists)) {
      ADD_FAILURE() << finding.file << ":" << finding.line << ": " << finding.reason;
    }
  }
}

TEST(Layering, EveryLayer_IsAFolderOfTheTree) {
  for (const Layer& layer : Layers()) {
    if (layer.folder == "include/brasa/torch") continue;  // made when the build knows torch
    EXPECT_TRUE(std::filesystem::is_directory(kRoot / layer.folder)) << layer.folder;
  }
}

/// A tree that has every file a negative case asks for.
std::string FaultOf(const std::string& path, const std::string& include) {
  const FileExists exists = [](const std::string& target) {
    static const std::set<std::string> kTree = {
        "include/brasa/core/spec.h", "include/brasa/env.h",    "include/brasa/agent.h",
        "include/brasa/runner.h",    "include/brasa/canvas.h", "envs/control/cartpole.h",
        "envs/toy/corridor.h",       "agents/nn/mlp.h",        "agents/deep/ppo.h",
        "runners/vector/tbb.h",      "runners/loop/run.h"};
    return kTree.contains(target);
  };
  const std::vector<Finding> findings = CheckIncludes(path, "\n#include " + include + "\n", exists);
  if (findings.empty()) return "";
  EXPECT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].line, 2);
  EXPECT_EQ(findings[0].file, path);
  return findings[0].reason;
}

struct Case {
  const char* path;
  const char* include;
};

TEST(Layering, ForbiddenIncludes_AreFound) {
  const Case cases[] = {
      {"include/brasa/core/a.h", "\"brasa/env.h\""},           // upwards
      {"include/brasa/env.h", "\"envs/control/cartpole.h\""},  // private header
      {"include/brasa/env.h", "<Eigen/Core>"},                 // third party in public
      {"include/brasa/env.h", "<torch/torch.h>"},
      {"include/brasa/env.h", "<unistd.h>"},  // not of the standard library
      {"include/brasa/env.h", "<boost/any.hpp>"},
      {"envs/core/loader.cc", "\"agents/nn/mlp.h\""},
      {"envs/control/cartpole.cc", "\"brasa/agent.h\""},
      {"envs/control/cartpole.cc", "\"brasa/runner.h\""},
      {"envs/control/cartpole.cc", "\"envs/toy/corridor.h\""},  // side by side
      {"envs/control/cartpole.cc", "<tbb/parallel_for.h>"},
      {"agents/deep/ppo.cc", "\"brasa/env.h\""},
      {"agents/deep/ppo.cc", "\"runners/loop/run.h\""},
      {"agents/deep/ppo.cc", "<torch/torch.h>"},  // outside a file named after it
      {"agents/nn/mlp.cc", "\"agents/deep/ppo.h\""},
      {"agents/nn/mlp.h", "<Eigen/Core>"},  // third party in a header
      {"agents/nn/torch_network.h", "<torch/torch.h>"},
      {"agents/tabular/q.cc", "\"brasa/env.h\""},
      {"runners/vector/tbb.cc", "\"brasa/agent.h\""},
      {"runners/view/window.cc", "<hdf5.h>"},
      {"runners/loop/run.cc", "\"envs/control/cartpole.h\""},
      {"runners/cli/main.cc", "<SDL2/SDL.h>"},
      {"examples/corridor.cc", "\"runners/loop/run.h\""},
      {"envs/control/cartpole.cc", "\"../toy/corridor.h\""},
      {"envs/control/cartpole.cc", "\"cartpole.h\""},  // not from the root
      {"envs/control/cartpole.cc", "<brasa/env.h>"},
      {"elsewhere/a.cc", "<vector>"},
  };
  for (const auto& [path, include] : cases) {
    if (std::string(path).rfind("elsewhere", 0) == 0) {
      EXPECT_EQ(CheckIncludes(path, "", nullptr).size(), 1u);
      continue;
    }
    EXPECT_NE(FaultOf(path, include), "") << path << " includes " << include;
  }
}

TEST(Layering, AllowedIncludes_AreNotFound) {
  const Case cases[] = {
      {"include/brasa/env.h", "\"brasa/core/spec.h\""},
      {"include/brasa/core/philox.h", "<stdint.h>"},
      {"include/brasa/torch/network.h", "<torch/torch.h>"},
      {"envs/control/cartpole.cc", "\"envs/control/cartpole.h\""},
      {"envs/control/cartpole.cc", "\"brasa/canvas.h\""},
      {"agents/nn/mlp.cc", "<Eigen/Core>"},
      {"agents/nn/torch_network.cc", "<torch/torch.h>"},
      {"agents/deep/ppo.cc", "\"agents/nn/mlp.h\""},
      {"runners/vector/tbb.cc", "<tbb/parallel_for.h>"},
      {"runners/loop/run.cc", "<unistd.h>"},
      {"runners/view/picture.cc", "<cairo.h>"},
      {"tests/loop/run_test.cc", "\"runners/loop/run.h\""},
  };
  for (const auto& [path, include] : cases) {
    EXPECT_EQ(FaultOf(path, include), "") << path << " includes " << include;
  }
}

TEST(Layering, IncludesInOtherSpellings_AreRead) {
  const FileExists nothing = [](const std::string&) { return false; };
  EXPECT_EQ(CheckIncludes("envs/toy/a.cc", "  #  include   <hdf5.h>", nothing).size(), 1u);
  EXPECT_EQ(CheckIncludes("envs/toy/a.cc", "#include<hdf5.h>\r\n", nothing).size(), 1u);
  EXPECT_EQ(CheckIncludes("envs/toy/a.cc", "// #include <hdf5.h>\n", nothing).size(), 0u);
}

}  // namespace
}  // namespace brasa::structure
