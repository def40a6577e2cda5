// PPO with box and multi-discrete actions, with transforms, as an agent: against the plain version,
// through saving, for any number of workers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "envs/control/cart_pole.h"
#include "envs/control/pendulum.h"
#include "tests/ppo/hand_fed.h"
#include "tests/ppo/plain_ppo.h"
#include "tests/ppo/training.h"

namespace brasa {
namespace {

constexpr int kFeatures = 2;
constexpr int kSteps = 12;

EnvSpec BoxSpec(std::vector<float> low, std::vector<float> high) {
  EnvSpec spec = HandFedSpec(kFeatures, 0);
  spec.action.kind = ActionKind::kBox;
  spec.action.low = std::move(low);
  spec.action.high = std::move(high);
  return spec;
}

EnvSpec MultiDiscreteSpec() {
  EnvSpec spec = HandFedSpec(kFeatures, 0);
  spec.action.kind = ActionKind::kMultiDiscrete;
  spec.action.counts = {2, 3};
  return spec;
}

HandState RandomState(Rng& rng) {
  return {{static_cast<float>(rng.Normal()), static_cast<float>(rng.Normal())}, {}};
}

plain::Vector Wide(const std::vector<float>& values) { return {values.begin(), values.end()}; }

plain::Vector AllParameters(HandFed& run) {
  plain::Vector all = Wide(run.Parameters());
  const std::vector<float>& free = run.agent.model().free().values();
  all.insert(all.end(), free.begin(), free.end());
  return all;
}

// Two updates on a box of two components, episodes that end both ways, every parameter compared,
// the log deviations included.
TEST(PpoBox, Parameters_EqualThePlainVersion) {
  HandFed fast(BoxSpec({-1, -1}, {1, 1}), {{"hidden", "4"},
                                           {"horizon", "12"},
                                           {"minibatches", "2"},
                                           {"epochs", "3"},
                                           {"discount", "0.9"},
                                           {"gae_lambda", "0.8"},
                                           {"learning_rate", "0.01"},
                                           {"anneal_lr", "false"},
                                           {"entropy_coef", "0.05"},
                                           {"log_std_init", "-0.5"}});
  plain::Learner slow{.network = fast.agent.network().spec(),
                      .parameters = AllParameters(fast),
                      .first = {},
                      .second = {}};
  plain::Options options;
  options.loss.entropy_coef = 0.05;
  Rng shuffle(3, StreamRole::kLearner), rng(8, StreamRole::kTest);
  HandState state = RandomState(rng);
  fast.Start(state);
  for (int update = 0; update < 2; ++update) {
    std::vector<plain::Sample> samples(kSteps);
    std::vector<HandOutcome> outcomes(kSteps);
    for (std::size_t t = 0; t < kSteps; ++t) {
      samples[t].input = Wide(state.observation);
      outcomes[t] = {static_cast<float>(rng.Normal()), EpisodeEnd::kNone,
                     RandomState(rng).observation};
      if (t == 3) outcomes[t].end = EpisodeEnd::kTerminated;
      if (t == 7) outcomes[t].end = EpisodeEnd::kTruncated;
      state = RandomState(rng);
      fast.Step(outcomes[t], state);
    }
    const auto* action = static_cast<const float*>(fast.agent.rollout().scored_actions());
    const auto value = [&](const plain::Vector& input) {
      return plain::Outputs(slow.network, slow.parameters, input)[2];
    };
    double next_value = value(Wide(state.observation)), trace = 0;
    for (std::size_t t = kSteps; t-- > 0;) {
      plain::Sample& s = samples[t];
      s.box = {static_cast<double>(action[2 * t]), static_cast<double>(action[2 * t + 1])};
      const plain::Vector outputs = plain::Outputs(slow.network, slow.parameters, s.input);
      s.old_log_prob = plain::PolicyOf(s, outputs).log_p;
      s.old_value = outputs[2];
      if (outcomes[t].end != EpisodeEnd::kNone) {
        const bool cut = outcomes[t].end == EpisodeEnd::kTruncated;
        next_value = cut ? value(Wide(outcomes[t].final_observation)) : 0.0;
        trace = 0;
      }
      const double reward = static_cast<double>(outcomes[t].reward);
      trace = reward + 0.9 * next_value - s.old_value + 0.9 * 0.8 * trace;
      s.advantage = trace;
      s.target = trace + s.old_value;
      next_value = s.old_value;
    }
    slow.Update(options, samples, shuffle);
    const plain::Vector found = AllParameters(fast);
    ASSERT_EQ(found.size(), slow.parameters.size());
    // float32's rounding, enlarged by Adam where a gradient is near 0.
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_NEAR(found[i], slow.parameters[i], 3e-5) << "update " << update << " parameter " << i;
    }
    EXPECT_GT(std::abs(found.back() + 0.5), 1e-2);  // the log deviations have moved
  }
}

/// Rows that a test looks at after some steps.
void Play(HandFed& run, int steps) {
  Rng rng(21, StreamRole::kTest);
  run.Start(RandomState(rng));
  for (int t = 0; t < steps; ++t) {
    HandOutcome outcome{static_cast<float>(rng.Normal()), EpisodeEnd::kNone,
                        RandomState(rng).observation};
    if (t % 5 == 4) outcome.end = EpisodeEnd::kTruncated;
    run.Step(outcome, RandomState(rng));
  }
}

TEST(PpoBox, SentActions_AreTheSampledOnesAsTheSettingSays) {
  for (const std::string setting : {"raw", "clip", "scale"}) {
    SCOPED_TRACE(setting);
    HandFed run(BoxSpec({-0.5f, 2}, {0.5f, 6}),
                {{"hidden", "4"}, {"horizon", "64"}, {"box_actions", setting}});
    Play(run, 63);
    const auto* scored = static_cast<const float*>(run.agent.rollout().scored_actions());
    const auto* sent = reinterpret_cast<const float*>(run.agent.rollout().action_ids().data());
    int changed = 0;
    for (int i = 0; i < 126; i += 2) {
      float first = scored[i], second = scored[i + 1];
      if (setting == "scale") {
        first = first * 0.5f;
        second = 4 + 2 * second;
      }
      if (setting != "raw") {
        first = std::min(std::max(first, -0.5f), 0.5f);
        second = std::min(std::max(second, 2.0f), 6.0f);
      }
      EXPECT_NEAR(static_cast<double>(sent[i]), static_cast<double>(first), 1e-6);
      EXPECT_NEAR(static_cast<double>(sent[i + 1]), static_cast<double>(second), 1e-6);
      changed += sent[i] != scored[i];
    }
    EXPECT_EQ(changed > 0, setting != "raw");
  }
}

/// Settings of every kind of action and transform.
struct Case {
  const char* name;
  EnvSpec spec;
  Settings settings;
};
std::vector<Case> Cases() {
  const EnvSpec box = BoxSpec({-1}, {1});
  return {{"box", box, {}},
          {"box, scaled, every transform",
           box,
           {{"box_actions", "scale"},
            {"normalize_observation", "true"},
            {"frame_stack", "3"},
            {"normalize_reward", "true"},
            {"reward_clip", "5"}}},
          {"multi-discrete", MultiDiscreteSpec(), {}},
          {"multi-discrete, stacked", MultiDiscreteSpec(), {{"frame_stack", "2"}}}};
}

// What acts is what is differentiated, transforms included, in every rollout: the ratio of the only
// minibatch is 1. A stack or a moment that acting and learning see differently shows here.
TEST(PpoTransforms, FirstMinibatch_HasRatioOne) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.name);
    Settings settings = c.settings;
    settings.insert(settings.end(), {{"hidden", "4"},
                                     {"horizon", "8"},
                                     {"minibatches", "1"},
                                     {"epochs", "1"},
                                     {"learning_rate", "0.05"},
                                     {"anneal_lr", "false"}});
    HandFed run(c.spec, settings);
    Rng rng(2, StreamRole::kTest);
    run.Start(RandomState(rng));
    for (int t = 0; t < 160; ++t) {
      HandOutcome outcome{static_cast<float>(rng.Normal()), EpisodeEnd::kNone,
                          RandomState(rng).observation};
      if (t % 7 == 6) outcome.end = EpisodeEnd::kTruncated;
      if (t % 11 == 10) outcome.end = EpisodeEnd::kTerminated;
      run.Step(outcome, RandomState(rng));
    }
    ASSERT_EQ(run.agent.updates(), 20);
    EXPECT_EQ(run.agent.metrics()[3].name, "losses/old_approx_kl");
    EXPECT_EQ(run.agent.metrics()[3].value, 0.0);
    EXPECT_EQ(run.agent.metrics()[4].value, 0.0);
  }
}

// discount = lambda = 1, T = 2, the second step truncates: the target of both steps is the rewards
// to come and the value of the stack (first, second, final observation).
TEST(PpoTransforms, TruncatedEpisode_BootstrapsFromTheStackOfItsFinalObservation) {
  HandFed run(HandFedSpec(1, 2), {{"hidden", ""},
                                  {"horizon", "2"},
                                  {"minibatches", "1"},
                                  {"frame_stack", "3"},
                                  {"discount", "1"},
                                  {"gae_lambda", "1"}});
  std::vector<float> parameters(run.Parameters().size(), 0.0f);
  // Layers: policy [2, 3] and biases, then value [1, 3] and bias.
  parameters[8] = 1;
  parameters[9] = 10;
  parameters[10] = 100;
  run.agent.network().SetParameters(parameters);
  run.Start({{1}, {1, 1}});
  run.Step({0.5f, EpisodeEnd::kNone, {}}, {{2}, {1, 1}});
  run.Step({0.25f, EpisodeEnd::kTruncated, {3}}, {{7}, {1, 1}});
  EXPECT_NEAR(static_cast<double>(run.agent.targets()[1]), 0.25 + 321, 1e-4);
  EXPECT_NEAR(static_cast<double>(run.agent.targets()[0]), 0.75 + 321, 1e-4);
}

TEST(PpoTransforms, AnnealedClip_ReachesZeroWithTheLastUpdates) {
  // With three planned updates the clips are 3, 2 and 1 thirds of 0.3; the fourth clips at 0, where
  // every ratio but 1 counts as clipped.
  HandFed run(HandFedSpec(kFeatures, 2),
              {{"hidden", "4"},
               {"horizon", "8"},
               {"minibatches", "2"},
               {"epochs", "4"},
               {"clip", "0.3"},
               {"anneal_lr", "false"},
               {"anneal_clip", "true"}},
              24);
  Rng rng(2, StreamRole::kTest);
  const auto state = [&] {
    HandState s = RandomState(rng);
    s.mask = {1, 1};
    return s;
  };
  run.Start(state());
  for (int t = 0; t < 32; ++t) {
    run.Step({static_cast<float>(rng.Normal()), EpisodeEnd::kNone, {}}, state());
    if (t == 23) {
      EXPECT_LT(run.agent.metrics()[5].value, 0.5);
    }
  }
  EXPECT_EQ(run.agent.metrics()[5].name, "losses/clipfrac");
  EXPECT_GT(run.agent.metrics()[5].value, 0.8);
  EXPECT_LE(run.agent.metrics()[5].value, 1.0);  // a mean over the minibatches, not a sum
}

EnvRow PendulumRow() {
  EnvRow row;
  row.id = "Pendulum-v1";
  row.env_class = &EnvClassOf<Pendulum>();
  return row;
}

const Settings kPendulum = {{"hidden", "8"},
                            {"horizon", "30"},
                            {"minibatches", "3"},
                            {"box_actions", "scale"},
                            {"normalize_observation", "true"},
                            {"normalize_reward", "true"},
                            {"frame_stack", "2"},
                            {"anneal_clip", "true"}};

std::string Saved(const PpoRun& run) {
  StateWriter writer;
  run.env->Save(writer);
  run.agent.Save(writer);
  return writer.bytes();
}

TEST(PpoBox, SavedAndLoaded_GoesOnLikeTheStraightRun) {
  for (const int cut : {0, 17, 60, 95}) {
    SCOPED_TRACE(cut);
    PpoRun straight(PendulumRow(), {}, kPendulum, 3, 9, 3000);
    straight.Train(cut);
    const std::string checkpoint = Saved(straight);
    PpoRun resumed(PendulumRow(), {}, kPendulum, 3, 9, 3000);
    StateReader reader(checkpoint, "checkpoint");
    resumed.env->Load(reader);
    resumed.agent.Load(reader);
    EXPECT_TRUE(reader.AtEnd());
    straight.Train(250);
    resumed.Train(250);
    EXPECT_EQ(straight.agent.updates(), (cut + 250) / 30);
    EXPECT_TRUE(Saved(resumed) == Saved(straight));
  }
}

TEST(PpoBox, AnyNumberOfWorkers_GivesOneSignature) {
  const auto result = [](int workers) {
    VectorEnvOptions options{.worlds = 12, .workers = workers, .streams = {4}};
    const EnvRow row = PendulumRow();
    const auto env = workers == 0 ? MakeSerialVectorEnv(row, DefaultParams(row), options)
                                  : MakeTbbVectorEnv(row, DefaultParams(row), options);
    Ppo agent(PpoRun::MakeSetup(env->spec(), kPendulum, 12, 4, 6000));
    std::vector<std::int32_t> ids(12);
    for (std::size_t i = 0; i < 12; ++i) ids[i] = static_cast<std::int32_t>(i);
    env->Reset(agent.FirstRows());
    for (int t = 0; t < 90; ++t) {
      const StepRows rows = agent.NextRows();
      agent.actor().Act({.count = 12,
                         .world = ids.data(),
                         .player = rows.now.player,
                         .observation = rows.now.observation,
                         .mask = rows.now.mask,
                         .start = rows.now.start},
                        rows.actions);
      env->Step(rows.actions, rows.outcome, rows.next);
      agent.Learn(env->last());
    }
    return std::pair(env->Signature(), agent.ParameterHash());
  };
  const auto serial = result(0);
  EXPECT_EQ(result(1), serial);
  EXPECT_EQ(result(3), serial);
}

// Evaluating feeds no moments, moves no stream of training and clips what training clips.
TEST(PpoTransforms, EvaluationActors_LeaveTheModelAsItIs) {
  PpoRun run(PendulumRow(), {}, kPendulum, 3, 9, 3000);
  run.Train(60);
  const std::string before = Saved(run);
  run.GreedyReturn(PendulumRow(), 50, 1);
  EXPECT_TRUE(Saved(run) == before);
}

std::string ErrorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::string CheckError(const EnvSpec& spec, const std::string& name, const std::string& value) {
  Config config(PpoFields());
  config.Set(name, value);
  return ErrorOf([&] { CheckPpo(spec, config); });
}

TEST(PpoErrors, SettingsThatDoNotFitTheEnvironment_AreRefusedInOneLine) {
  EnvSpec ids = HandFedSpec(1, 2);
  ids.observation.categories = {16};
  EXPECT_EQ(CheckError(ids, "normalize_observation", "true"),
            "ppo: normalize_observation = true does not fit 'HandFed-v0': its observations are "
            "ids, which become one-hot inputs");
  EnvSpec seats = HandFedSpec(1, 2);
  seats.players = 2;
  EXPECT_EQ(CheckError(seats, "frame_stack", "4"),
            "ppo: frame_stack = 4 does not fit 'HandFed-v0': it has 2 players, and a stack would "
            "mix what they see; give 1");
  EXPECT_EQ(CheckError(BoxSpec({-INFINITY}, {INFINITY}), "box_actions", "scale"),
            "ppo: box_actions = 'scale' does not fit 'HandFed-v0': a bound of its actions is "
            "infinite; give raw");
  EXPECT_EQ(CheckError(BoxSpec({-INFINITY}, {INFINITY}), "box_actions", "raw"), "no error");
}

// The second rollout pays `reward` a step. With 1e20 the squared error of a value, some 1e41, is
// beyond float32; with 1e38 an advantage is: 1e38 (1 + 0.94 + 0.94^2 + 0.94^3), 0.94 = 0.99 * 0.95.
TEST(PpoErrors, RewardsBeyondFloat_NameUpdateAndTensor) {
  const auto error_with = [](float reward) {
    HandFed run(
        BoxSpec({-1}, {1}),
        {{"hidden", ""}, {"horizon", "4"}, {"minibatches", "1"}, {"normalize_advantage", "false"}});
    const HandState still{{0, 0}, {}};
    run.Start(still);
    return ErrorOf([&] {
      for (int t = 0; t < 4; ++t) run.Step({1, EpisodeEnd::kNone, {}}, still);
      for (int t = 0; t < 5; ++t) run.Step({reward, EpisodeEnd::kNone, {}}, still);
    });
  };
  EXPECT_EQ(error_with(1e10f), "no error");
  EXPECT_EQ(error_with(1e20f), "ppo, update 2: value loss is not finite");
  EXPECT_EQ(error_with(1e38f), "ppo, update 2: policy loss is not finite");
}

}  // namespace
}  // namespace brasa
