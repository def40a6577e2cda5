// The whole update against tests/ppo/plain_ppo.h, and what must hold of it exactly.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/ppo/hand_fed.h"
#include "tests/ppo/plain_ppo.h"

namespace brasa {
namespace {

constexpr int kFeatures = 2;
constexpr int kActions = 3;
constexpr int kSteps = 12;
constexpr double kDiscount = 0.9;
constexpr double kLambda = 0.8;

/// Numbers for a rollout: every fourth state forbids an action, episodes end both ways.
struct Script {
  explicit Script(std::uint64_t seed) {
    Rng rng(seed, StreamRole::kTest);
    const auto observation = [&] {
      return std::vector<float>{static_cast<float>(rng.Normal()), static_cast<float>(rng.Normal())};
    };
    for (int t = 0; t <= kSteps; ++t) {
      HandState state{observation(), {1, 1, 1}};
      if (t % 4 == 1) state.mask[rng.Below(kActions)] = 0;
      states.push_back(state);
      HandOutcome outcome{static_cast<float>(rng.Normal()), EpisodeEnd::kNone, observation()};
      if (t == 3) outcome.end = EpisodeEnd::kTerminated;
      if (t == 7) outcome.end = EpisodeEnd::kTruncated;
      outcomes.push_back(outcome);
    }
  }
  std::vector<HandState> states;
  std::vector<HandOutcome> outcomes;
};

plain::Vector Wide(const std::vector<float>& values) { return {values.begin(), values.end()}; }

/// The samples of a rollout by the plain network: values, log-probabilities, GAE.
std::vector<plain::Sample> PlainSamples(const Script& script,
                                        const std::vector<std::int32_t>& actions,
                                        const plain::Learner& learner) {
  const auto outputs = [&](const std::vector<float>& observation) {
    return plain::Outputs(learner.network, learner.parameters, Wide(observation));
  };
  std::vector<plain::Sample> samples(kSteps);
  double next_value = outputs(script.states[kSteps].observation).back();
  double trace = 0;
  for (std::size_t t = kSteps; t-- > 0;) {
    plain::Sample& s = samples[t];
    const HandOutcome& outcome = script.outcomes[t];
    const plain::Vector y = outputs(script.states[t].observation);
    s.input = Wide(script.states[t].observation);
    s.mask = script.states[t].mask;
    s.action = static_cast<std::size_t>(actions[t]);
    s.old_log_prob = plain::LogPolicy(y, s.mask)[s.action];
    s.old_value = y.back();
    if (outcome.end != EpisodeEnd::kNone) {
      const bool cut = outcome.end == EpisodeEnd::kTruncated;
      next_value = cut ? outputs(outcome.final_observation).back() : 0.0;
      trace = 0;
    }
    const double reward = static_cast<double>(outcome.reward);
    trace = reward + kDiscount * next_value - s.old_value + kDiscount * kLambda * trace;
    s.advantage = trace;
    s.target = trace + s.old_value;
    next_value = s.old_value;
  }
  return samples;
}

/// A setting, and the same for the plain version.
struct Case {
  const char* name;
  Settings settings;
  plain::Options options;
};

std::vector<Case> Cases() {
  plain::Options base;
  plain::Options bare = base;
  bare.normalize_advantage = false;
  bare.loss = {.clip = 0.1, .entropy_coef = 0.0, .value_coef = 1.0, .clip_value_loss = false};
  bare.max_grad_norm = 1e9;
  bare.minibatches = 1;
  plain::Options uneven = base;
  uneven.minibatches = 5;
  return {{"separate tanh networks", {}, base},
          {"shared relu trunk, nothing clipped or normalised",
           {{"shared_trunk", "true"},
            {"activation", "relu"},
            {"clip", "0.1"},
            {"entropy_coef", "0"},
            {"value_coef", "1"},
            {"clip_value_loss", "false"},
            {"normalize_advantage", "false"},
            {"max_grad_norm", "0"},
            {"minibatches", "1"}},
           bare},
          {"minibatches of unequal size", {{"minibatches", "5"}}, uneven}};
}

Settings Tiny(const Settings& more) {
  Settings settings = {{"hidden", "4"},          {"horizon", "12"},   {"minibatches", "2"},
                       {"epochs", "3"},          {"discount", "0.9"}, {"gae_lambda", "0.8"},
                       {"learning_rate", "0.01"}};
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

// Two updates, so that Adam's moments and the annealing (2 planned: rates 0.01, 0.005) count. The
// tolerance is float32's rounding, enlarged by Adam where a gradient is near 0.
TEST(PpoUpdate, Parameters_EqualThePlainVersion) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.name);
    HandFed fast(kFeatures, kActions, Tiny(c.settings), 2 * kSteps);
    plain::Learner slow{.network = fast.agent.network().spec(),
                        .parameters = Wide(fast.Parameters()),
                        .first = {},
                        .second = {}};
    Rng shuffle(3, StreamRole::kLearner);
    Script script(11);
    fast.Start(script.states[0]);
    for (int update = 0; update < 2; ++update) {
      const std::vector<float> before = fast.Parameters();
      std::vector<std::int32_t> actions;
      for (std::size_t t = 0; t < kSteps; ++t) {
        actions.push_back(fast.Step(script.outcomes[t], script.states[t + 1]));
      }
      plain::Options options = c.options;
      options.learning_rate = update == 0 ? 0.01 : 0.005;
      EXPECT_EQ(fast.agent.metrics()[7].value, options.learning_rate);
      slow.Update(options, PlainSamples(script, actions, slow), shuffle);
      const std::vector<float> after = fast.Parameters();
      double moved = 0;
      for (std::size_t i = 0; i < after.size(); ++i) {
        EXPECT_NEAR(static_cast<double>(after[i]), slow.parameters[i], 2e-5) << "parameter " << i;
        moved = std::max(moved, std::abs(static_cast<double>(after[i] - before[i])));
      }
      EXPECT_GT(moved, 5e-3);
      Script following(12);
      following.states[0] = script.states[kSteps];
      script = following;
    }
  }
}

// The first minibatch of the first epoch is trained with the parameters that acted: the ratio is
// exactly 1, and so is everything that follows from it. One minibatch a run makes it the last too.
TEST(PpoUpdate, FirstMinibatch_HasRatioOne) {
  HandFed run(kFeatures, kActions, Tiny({{"minibatches", "1"}, {"epochs", "1"}}));
  Script script(4);
  run.Start(script.states[0]);
  for (int update = 1; update <= 20; ++update) {
    for (std::size_t t = 0; t < kSteps; ++t) run.Step(script.outcomes[t], script.states[t + 1]);
    ASSERT_EQ(run.agent.updates(), update);
    const auto metrics = run.agent.metrics();
    EXPECT_EQ(metrics[3].name, "losses/old_approx_kl");
    EXPECT_EQ(metrics[3].value, 0.0);
    EXPECT_EQ(metrics[4].name, "losses/approx_kl");
    EXPECT_EQ(metrics[4].value, 0.0);
    EXPECT_EQ(metrics[5].name, "losses/clipfrac");
    EXPECT_EQ(metrics[5].value, 0.0);
    // -mean of normalised advantages times 1.
    EXPECT_NEAR(metrics[1].value, 0.0, 1e-6);
    script = Script(static_cast<std::uint64_t>(100 + update));
  }
}

TEST(PpoUpdate, TargetKl_StopsAfterTheEpochThatExceedsIt) {
  const auto parameters = [](const Settings& more) {
    HandFed run(kFeatures, kActions, Tiny(more));
    const Script script(4);
    run.Start(script.states[0]);
    for (std::size_t t = 0; t < kSteps; ++t) run.Step(script.outcomes[t], script.states[t + 1]);
    return run.Parameters();
  };
  const auto one_epoch = parameters({{"epochs", "1"}});
  EXPECT_NE(parameters({{"epochs", "3"}}), one_epoch);
  EXPECT_EQ(parameters({{"epochs", "3"}, {"target_kl", "1e-9"}}), one_epoch);
  EXPECT_EQ(parameters({{"epochs", "3"}, {"target_kl", "50"}}), parameters({{"epochs", "3"}}));
}

// An action that is never legal is never chosen, and no update touches its logit's weights and
// bias: its gradient is exactly 0, not merely small.
TEST(PpoUpdate, IllegalAction_KeepsItsInitialParameters) {
  HandFed run(kFeatures, kActions, Tiny({}));
  const auto logit = [&] {
    const std::vector<float> all = run.Parameters();
    for (const NetworkLayer& layer : LayersOf(run.agent.network().spec())) {
      if (layer.name != "policy") continue;
      const auto row = all.begin() + layer.offset + 2 * layer.inputs;
      std::vector<float> values(row, row + layer.inputs);
      values.push_back(all[static_cast<std::size_t>(layer.bias_offset() + 2)]);
      return values;
    }
    return std::vector<float>{};
  };
  const std::vector<float> before = logit();
  ASSERT_EQ(before.size(), 5u);
  for (std::uint64_t update = 0; update < 30; ++update) {
    Script script(update);
    for (HandState& state : script.states) state.mask = {1, 1, 0};
    if (update == 0) run.Start(script.states[0]);
    for (std::size_t t = 0; t < kSteps; ++t) {
      EXPECT_NE(run.Step(script.outcomes[t], script.states[t + 1]), 2);
    }
  }
  EXPECT_EQ(logit(), before);
}

// The value of a world that pays 1 a step and shows nothing, V = 1 / (1 - 0.9) = 10 if it is only
// ever truncated; an episode of one step that terminates is worth 1.
TEST(PpoUpdate, TruncationAndTermination_GiveDifferentValues) {
  const auto learned_value = [](EpisodeEnd end) {
    HandFed run(1, 2,
                {{"hidden", ""},
                 {"horizon", "16"},
                 {"minibatches", "1"},
                 {"epochs", "10"},
                 {"discount", "0.9"},
                 {"learning_rate", "0.05"},
                 {"anneal_lr", "false"},
                 {"clip_value_loss", "false"},
                 {"max_grad_norm", "0"}});
    const HandState state{{0.0f}, {1, 1}};
    run.Start(state);
    for (int t = 0; t < 16 * 60; ++t) run.Step({1.0f, end, {0.0f}}, state);
    return static_cast<double>(run.Parameters().back());  // the value head's bias
  };
  EXPECT_NEAR(learned_value(EpisodeEnd::kTruncated), 10.0, 0.1);
  EXPECT_NEAR(learned_value(EpisodeEnd::kTerminated), 1.0, 0.05);
}

}  // namespace
}  // namespace brasa
