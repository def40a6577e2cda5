// The setting network.conv: its text, what it does not fit, and learning from pictures.
#include <gtest/gtest.h>

#include <cmath>

#include "agents/deep/a2c.h"
#include "agents/deep/dqn.h"
#include "envs/minatar/minatar.h"
#include "tests/nn/reference_mlp.h"
#include "tests/ppo/hand_fed.h"

namespace brasa {
namespace {

EnvSpec PictureSpec() {
  EnvSpec spec = HandFedSpec(1, 3);
  spec.observation.shape = {10, 8, 4};
  return spec;
}

PpoOptions OptionsOf(const EnvSpec& spec, const Settings& settings) {
  Config config(PpoFields());
  for (const auto& [name, value] : settings) config.Set(name, value);
  return PpoOptions::From(spec, config);
}

/// What is said of `settings`; empty if nothing is wrong.
std::string RefusalOf(const EnvSpec& spec, const Settings& settings) {
  try {
    OptionsOf(spec, settings);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(Convolutions, Text_IsReadLayerByLayer) {
  const NetworkSpec network =
      OptionsOf(PictureSpec(), {{"network.conv", "16x3,32x2/2"}}).policy.network;
  ASSERT_EQ(network.convolutions.size(), 2u);
  EXPECT_EQ(network.convolutions[0].channels, 16);
  EXPECT_EQ(network.convolutions[0].kernel, 3);
  EXPECT_EQ(network.convolutions[0].stride, 1);
  EXPECT_EQ(network.convolutions[1].channels, 32);
  EXPECT_EQ(network.convolutions[1].kernel, 2);
  EXPECT_EQ(network.convolutions[1].stride, 2);
  EXPECT_EQ(network.picture, (PictureShape{10, 8, 4}));
  EXPECT_EQ(network.inputs, 320);
  EXPECT_TRUE(OptionsOf(PictureSpec(), {}).policy.network.convolutions.empty());
}

TEST(Convolutions, MalformedText_NamesTheForm) {
  for (const char* const text : {"", "16", "16x", "x3", "16x3/", "16x3/0", "0x3", "16x3,",
                                 "16x3;4x3", "16x-3", "16x3/2/2", "5000x3", "Nonex3"}) {
    const std::string refusal = RefusalOf(PictureSpec(), {{"network.conv", text}});
    EXPECT_NE(refusal.find("network.conv = '" + std::string(text) + "' is not allowed; give none "),
              std::string::npos)
        << text << ": " << refusal;
  }
}

TEST(Convolutions, WhatDoesNotFit_IsRefused) {
  EXPECT_EQ(RefusalOf(HandFedSpec(4, 2), {{"network.conv", "16x3"}}),
            "ppo: network.conv = '16x3' does not fit 'HandFed-v0': its observations are not "
            "pictures of numbers [height, width, channels]; give none");
  EnvSpec planes = PictureSpec();
  planes.observation.axes = {"plane", "row", "column"};
  EXPECT_NE(RefusalOf(planes, {{"network.conv", "16x3"}}), "");
  EXPECT_EQ(RefusalOf(PictureSpec(), {{"network.conv", "16x3,8x7"}}),
            "ppo: network.conv = '16x3,8x7' does not fit 'HandFed-v0': a kernel of 7 x 7 is larger "
            "than the picture of 8 x 6 that it reads");
  EXPECT_EQ(RefusalOf(PictureSpec(), {{"network.conv", "16x3"}, {"frame_stack", "2"}}),
            "ppo: network.conv = '16x3' does not fit 'HandFed-v0': frames that are stacked are not "
            "one picture; give frame_stack = 1");
}

TEST(Convolutions, AreTakenByA2cAndDeepQLearningToo) {
  Config a2c(A2cFields()), dqn(DqnFields());
  a2c.Set("network.conv", "16x3");
  dqn.Set("network.conv", "16x3");
  EXPECT_EQ(A2cOptions(PictureSpec(), a2c).policy.network.convolutions.size(), 1u);
  EXPECT_EQ(DqnOptions::From(PictureSpec(), dqn).network.network.convolutions.size(), 1u);
  EXPECT_THROW(DqnOptions::From(HandFedSpec(4, 2), dqn), ConfigError);
}

// Training on MinAtar's bytes: every layer moves and stays finite, equal seeds give equal bits.
TEST(Convolutions, PpoOnBreakout_TrainsEveryLayerReproducibly) {
  EnvRow row;
  row.id = "MinAtar/Breakout-v1";
  row.env_class = &EnvClassOf<MinAtarBreakout>();
  const auto train = [&](int steps) {
    PpoRun run(row, {},
               {{"network.conv", "16x3"},
                {"hidden", "24"},
                {"activation", "relu"},
                {"shared_trunk", "true"},
                {"horizon", "16"}},
               4, 9);
    run.Train(steps);
    return ParametersOf(run.agent.network());
  };
  PpoRun fresh(row, {}, {{"network.conv", "16x3"}, {"hidden", "24"}, {"shared_trunk", "true"}}, 4,
               9);
  const std::vector<float> before = ParametersOf(fresh.agent.network()), after = train(128);
  ASSERT_EQ(before.size(), after.size());
  for (const ParameterBlock& block : fresh.agent.network().parameter_blocks()) {
    double moved = 0;
    for (std::int64_t i = block.offset; i < block.offset + block.size; ++i) {
      const auto at = static_cast<std::size_t>(i);
      moved += std::abs(static_cast<double>(after[at] - before[at]));
    }
    EXPECT_GT(moved, 0) << block.name;
    EXPECT_TRUE(std::isfinite(moved)) << block.name;
  }
  EXPECT_EQ(train(128), after);
}

}  // namespace
}  // namespace brasa
