// Targets worked by hand: ends of episodes, the twin minimum, smoothing, the entropy's bonus; when
// updates fall.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <string>

#include "tests/off_policy/training.h"

namespace brasa {
namespace {

/// The learner says nothing new: what is set stays.
Settings Frozen(const Settings& more = {}) {
  Settings settings = SmallSettings(
      {{"learning_rate", "0"}, {"critic_learning_rate", "0"}, {"tau", "0"}, {"discount", "0.5"}});
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

/// Calls `check` with ply, bootstrapped or not and target of every sample of every update.
void EachSample(OffPolicyRun& run,
                const std::function<void(float ply, bool bootstrapped, float y)>& check) {
  std::array<int, 3> seen{};  // bootstrapped, terminated, truncated
  for (int step = 0; step < 400; ++step) {
    const std::int64_t updates = run.agent.updates();
    run.Step();
    if (run.agent.updates() == updates) continue;
    for (std::size_t i = 0; i < 6; ++i) {
      const auto* at = static_cast<const float*>(run.agent.replay().observations()) +
                       2 * run.agent.batch_rows()[i];
      // StepCounter: episodes end in ply 1, in ply 2, and by the limit in ply 4.
      const int kind = static_cast<int>(at[0]) % 3;
      const bool terminated = (kind == 0 && at[1] == 1) || (kind == 1 && at[1] == 2);
      check(at[1], !terminated, run.agent.batch_targets()[i]);
      ++seen[terminated ? 1 : (kind == 2 && at[1] == 4 ? 2 : 0)];
    }
  }
  for (const int count : seen) EXPECT_GT(count, 30);
}

// Every target critic says 8 (the online ones 1), discount 0.5: t + 1 + 4, but t + 1 where the
// episode terminated and t + 1 + 4 where it was truncated. SAC's temperature is next to nothing.
TEST(OffPolicyTargets, EndsOfEpisodes_WorkedByHand) {
  for (const std::string agent : {"sac", "td3", "ddpg"}) {
    SCOPED_TRACE(agent);
    OffPolicyRun run(agent, BoxCounterRow(),
                     Frozen(agent == "sac" ? Settings{{"temperature", "1e-9"}} : Settings{}), 1, 3);
    for (int i = 0; i < run.agent.critics().count(); ++i) {
      SetHeads(run.agent.critics().online(i), {1});
      SetHeads(run.agent.critics().target(i), {8});
    }
    EachSample(run, [](float ply, bool bootstrapped, float y) {
      EXPECT_NEAR(y, ply + 1 + (bootstrapped ? 4.0f : 0.0f), 1e-5f);
    });
  }
}

TEST(OffPolicyTargets, LeastOfTheTwinsCounts) {
  for (const std::string agent : {"sac", "td3"}) {
    for (const int less : {0, 1}) {
      OffPolicyRun run(agent, BoxCounterRow(),
                       Frozen(agent == "sac" ? Settings{{"temperature", "1e-9"}} : Settings{}), 1,
                       3);
      SetHeads(run.agent.critics().target(less), {6});
      SetHeads(run.agent.critics().target(1 - less), {8});
      EachSample(run, [](float ply, bool bootstrapped, float y) {
        EXPECT_NEAR(y, ply + 1 + (bootstrapped ? 3.0f : 0.0f), 1e-5f);
      });
    }
  }
}

TEST(OffPolicyTargets, DdpgHasOneCritic) {
  OffPolicyRun run("ddpg", BoxCounterRow(), Frozen(), 1, 3);
  EXPECT_EQ(run.agent.critics().count(), 1);
}

// The policy is N(0, 1) squashed, alpha 0.5: the bonus of a successor is -0.5 log p of its action,
// log p = sum of -n^2 / 2 - log(2 pi) / 2 - log(1 - tanh(n)^2).
TEST(SacTargets, Entropy_IsABonusOfTheSuccessor) {
  OffPolicyRun run("sac", BoxCounterRow(), Frozen({{"temperature", "0.5"}}), 1, 3);
  SetHeads(run.agent.policy(), {0, 0, 0, 0});
  for (int i = 0; i < 2; ++i) SetHeads(run.agent.critics().target(i), {0});
  std::size_t at = 0;
  double sum = 0;
  int bonuses = 0;
  EachSample(run, [&](float ply, bool bootstrapped, float y) {
    const std::size_t i = at++ % 6;
    double log_prob = 0;
    for (std::size_t k = 0; k < 2; ++k) {
      const double n = run.agent.successor_noise()[2 * i + k];
      log_prob += -n * n / 2 - 0.5 * std::log(2 * M_PI) - std::log(1 - std::pow(std::tanh(n), 2));
    }
    const double bonus = bootstrapped ? -0.5 * 0.5 * log_prob : 0;
    EXPECT_NEAR(static_cast<double>(y), static_cast<double>(ply) + 1 + bonus, 1e-4);
    if (bootstrapped) sum += -log_prob, ++bonuses;
  });
  // Squashing leaves an entropy of some 2 * 0.67 nat, below log 4 of the uniform distribution.
  EXPECT_NEAR(sum / bonuses, 1.3, 0.3);
}

// The target critic is the sum of the action's components, the target policy plays 0.9 and 0: y
// shows the smoothed action. Noise 5 clipped to 0.3 gives nearly always 0.9 + 0.1 (clipped to 1) or
// 0.6, and 0.3 or -0.3.
TEST(Td3Targets, SmoothingNoise_IsClippedAndSoAreActions) {
  OffPolicyRun run("td3", BoxCounterRow(),
                   Frozen({{"target_noise", "5"}, {"target_noise_clip", "0.3"}, {"hidden", ""}}), 1,
                   3);
  SetHeads(run.td3().target_policy(), {std::atanh(0.9f), 0});
  for (int i = 0; i < 2; ++i) {
    run.agent.critics().target(i).SetParameters(std::vector<float>{0, 0, 1, 1, 0});
  }
  int low = 0, high = 0, all = 0;
  EachSample(run, [&](float ply, bool bootstrapped, float y) {
    if (!bootstrapped) return;
    const float sum = 2 * (y - ply - 1);
    EXPECT_GE(sum, 0.6f - 0.3f - 1e-4f);
    EXPECT_LE(sum, 1.0f + 0.3f + 1e-4f);
    low += sum < 0.3f + 1e-3f;
    high += sum > 1.3f - 1e-3f;
    ++all;
  });
  EXPECT_GT(low, all / 6);
  EXPECT_GT(high, all / 6);
}

// learning_starts 8, train_frequency 3, two worlds: updates fall on 9, 12, 15, ...
TEST(OffPolicySchedule, Updates_FallOnTheirSteps) {
  OffPolicyRun run("td3", BoxCounterRow(), SmallSettings({{"train_frequency", "3"}}), 2, 5);
  for (int steps = 2; steps <= 60; steps += 2) {
    run.Step();
    EXPECT_EQ(run.agent.updates(), steps < 9 ? 0 : steps / 3 - 2) << steps;
  }
  // 8 worlds make four crossings of 2 a step.
  OffPolicyRun wide("sac", BoxCounterRow(), SmallSettings({{"gradient_steps", "3"}}), 8, 5);
  wide.Train(1);
  EXPECT_EQ(wide.agent.updates(), 0);
  wide.Train(1);
  EXPECT_EQ(wide.agent.updates(), 4 * 3);
}

TEST(OffPolicySchedule, StepSize_FallsOnlyWhereItIsAsked) {
  for (const std::string anneal : {"false", "true"}) {
    OffPolicyRun run("ddpg", BoxCounterRow(), SmallSettings({{"anneal_lr", anneal}}), 2, 5, 1, 200);
    run.Train(30);
    EXPECT_EQ(run.agent.metrics()[3].name, "charts/learning_rate");
    EXPECT_DOUBLE_EQ(run.agent.metrics()[3].value, anneal == "true" ? 0.01 * 0.7 : 0.01);
  }
}

TEST(OffPolicyOptions, EverySettingIsTaken) {
  const Settings settings = {{"learning_rate", "0.5"},
                             {"critic_learning_rate", "0.25"},
                             {"anneal_lr", "true"},
                             {"adam_epsilon", "0.125"},
                             {"discount", "0.75"},
                             {"tau", "0.625"},
                             {"replay_capacity", "77"},
                             {"learning_starts", "78"},
                             {"batch", "79"},
                             {"train_frequency", "80"},
                             {"gradient_steps", "81"},
                             {"noise_correlation", "0.875"},
                             {"hidden", "86,87"},
                             {"activation", "tanh"},
                             {"network.backend", "torch"}};
  const EnvSpec spec = BoxCounter::Spec(Params());
  Settings sac = settings, td3 = settings;
  sac.insert(sac.end(),
             {{"temperature", "3"}, {"learn_temperature", "false"}, {"target_entropy", "-4"}});
  td3.insert(td3.end(), {{"exploration_noise", "5"},
                         {"target_noise", "6"},
                         {"target_noise_clip", "7"},
                         {"policy_delay", "8"}});
  const SacOptions s = SacOptions::From(spec, OffPolicySetup("sac", spec, sac, 1, 0).config);
  const Td3Options t = Td3Options::Td3(spec, OffPolicySetup("td3", spec, td3, 1, 0).config);
  EXPECT_EQ(s.temperature, 3);
  EXPECT_FALSE(s.learn_temperature);
  EXPECT_EQ(s.target_entropy, -4);
  EXPECT_EQ(t.learner.exploration_noise, 5);
  EXPECT_EQ(t.target_noise, 6);
  EXPECT_EQ(t.target_noise_clip, 7);
  EXPECT_EQ(t.policy_delay, 8);
  for (const OffPolicyOptions& o : {s.learner, t.learner}) {
    EXPECT_EQ(o.learning_rate, 0.5);
    EXPECT_EQ(o.critic_learning_rate, 0.25);
    EXPECT_TRUE(o.anneal_lr);
    EXPECT_EQ(o.adam.epsilon, 0.125);
    EXPECT_EQ(o.discount, 0.75);
    EXPECT_EQ(o.tau, 0.625);
    EXPECT_EQ(o.capacity, 77);
    EXPECT_EQ(o.learning_starts, 78);
    EXPECT_EQ(o.batch, 79);
    EXPECT_EQ(o.train_frequency, 80);
    EXPECT_EQ(o.gradient_steps, 81);
    EXPECT_EQ(o.noise_correlation, 0.875);
    EXPECT_EQ(o.network.hidden, (std::vector<int>{86, 87}));
    EXPECT_EQ(o.network.activation, Activation::kTanh);
    EXPECT_EQ(o.backend, "torch");
    EXPECT_EQ(o.critics, 2);
  }
  Settings ddpg = settings;
  ddpg.push_back({"exploration_noise", "5"});
  const Td3Options d = Td3Options::Ddpg(spec, OffPolicySetup("ddpg", spec, ddpg, 1, 0).config);
  EXPECT_EQ(d.learner.exploration_noise, 5);
  EXPECT_EQ(d.learner.critics, 1);
  EXPECT_EQ(d.target_noise, 0);
  EXPECT_EQ(d.policy_delay, 1);
}

}  // namespace
}  // namespace brasa
