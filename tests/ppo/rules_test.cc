// Rules that no single update shows: options, transforms that learn with the run, traces.
#include <gtest/gtest.h>

#include <limits>

#include "agents/deep/a2c.h"
#include "envs/control/cart_pole.h"
#include "tests/ppo/hand_fed.h"

namespace brasa {
namespace {

TEST(A2cOptions, EverySettingIsTaken) {
  Config config(A2cFields());
  const Settings settings = {
      {"learning_rate", "0.5"}, {"optimizer_epsilon", "0.25"},   {"anneal_lr", "true"},
      {"discount", "0.75"},     {"gae_lambda", "0.625"},         {"horizon", "77"},
      {"entropy_coef", "0.5"},  {"normalize_advantage", "true"}, {"value_coef", "0.25"},
      {"max_grad_norm", "78"},  {"reward_scale", "79"},          {"network.layer_norm", "true"}};
  for (const auto& [name, value] : settings) config.Set(name, value);
  const PpoOptions o = A2cOptions(HandFedSpec(2, 3), config);
  EXPECT_EQ(o.learning_rate, 0.5);
  EXPECT_EQ(o.policy.optimizer.epsilon, 0.25);
  EXPECT_EQ(o.discount, 0.75f);
  EXPECT_EQ(o.gae_lambda, 0.625f);
  EXPECT_EQ(o.horizon, 77);
  EXPECT_EQ(o.loss.entropy_coef, 0.5f);
  EXPECT_EQ(o.loss.value_coef, 0.25f);
  EXPECT_EQ(o.max_grad_norm, 78);
  EXPECT_EQ(o.reward.scale, 79);
  EXPECT_TRUE(o.anneal_lr && o.normalize_advantage && o.policy.network.layer_norm);
  EXPECT_EQ(o.loss.clip, std::numeric_limits<float>::max());  // nothing is clipped
  const PpoOptions defaults = A2cOptions(HandFedSpec(2, 3), Config(A2cFields()));
  EXPECT_FALSE(defaults.anneal_lr || defaults.normalize_advantage || defaults.loss.clip_value_loss);
  EXPECT_EQ(defaults.max_grad_norm, 0.5);
}

// Discount 0 and a network of zeros: a target is its reward, transformed.
TEST(PpoTransforms, Rewards_AreScaledBeforeTheyAreLearnt) {
  const Settings settings = {
      {"hidden", ""}, {"horizon", "2"}, {"discount", "0"}, {"reward_scale", "3"}};
  Config a2c(A2cFields()), ppo(PpoFields());
  for (const auto& [name, value] : settings) {
    a2c.Set(name, value);
    ppo.Set(name, value);
  }
  ppo.Set("minibatches", "1");
  const EnvSpec spec = HandFedSpec(1, 2);
  for (const PpoOptions& options : {A2cOptions(spec, a2c), PpoOptions::From(spec, ppo)}) {
    HandFed run(spec, options);
    run.agent.network().SetParameters(std::vector<float>(run.Parameters().size(), 0.0f));
    const HandState state{{1}, {1, 1}};
    run.Start(state);
    run.Step({0.5f, EpisodeEnd::kNone, {}}, state);
    run.Step({-2, EpisodeEnd::kNone, {}}, state);
    EXPECT_EQ(run.agent.targets()[0], 1.5f) << options.agent;
    EXPECT_EQ(run.agent.targets()[1], -6.0f) << options.agent;
  }
}

// Moments after two rollouts of 1, 3 and 5, 7: mean 4, variance 5; the first count of 1e-4 weighs
// little.
TEST(PpoTransforms, Observations_AreTakenIntoTheMomentsAfterTheirRollout) {
  HandFed run(HandFedSpec(1, 2), Settings{{"hidden", ""},
                                          {"horizon", "2"},
                                          {"minibatches", "1"},
                                          {"normalize_observation", "true"}});
  run.Start({{1}, {1, 1}});
  const RunningMoments& moments = run.agent.model().input().moments();
  run.Step({0, EpisodeEnd::kNone, {}}, {{3}, {1, 1}});
  EXPECT_LT(moments.count(), 1);
  run.Step({0, EpisodeEnd::kNone, {}}, {{5}, {1, 1}});
  EXPECT_NEAR(moments.mean()[0], 2, 1e-3);
  run.Step({0, EpisodeEnd::kNone, {}}, {{7}, {1, 1}});
  run.Step({0, EpisodeEnd::kNone, {}}, {{9}, {1, 1}});
  EXPECT_NEAR(moments.mean()[0], 4, 1e-3);
  EXPECT_NEAR(moments.variance()[0], 5, 1e-2);
}

TEST(PpoActor, Trace_IsWrittenAtTheRowsWorld) {
  EnvRow row;
  row.id = "CartPole-v1";
  row.env_class = &EnvClassOf<CartPole>();
  PpoRun run(row, {}, {{"hidden", "8"}, {"horizon", "8"}}, 3, 9);
  PolicyActor actor(run.agent.model(), ActMode::kExplore, 3, 7, StreamRole::kTest);
  std::vector<float> log_prob(3), value(3), seen(12), outputs(9);
  for (std::size_t i = 0; i < 12; ++i) seen[i] = static_cast<float>(i);
  actor.SetTrace({.log_prob = log_prob.data(), .value = value.data()});
  const std::vector<std::int32_t> worlds = {2, 0, 1};
  std::vector<std::int32_t> actions(3);
  actor.Act({.count = 3, .world = worlds.data(), .observation = seen.data()}, actions.data());
  run.agent.network().Forward(seen.data(), 3, outputs.data());
  EXPECT_EQ(value, (std::vector<float>{outputs[5], outputs[8], outputs[2]}));
}

}  // namespace
}  // namespace brasa
