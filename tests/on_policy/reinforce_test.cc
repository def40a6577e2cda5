// REINFORCE: returns worked by hand, every decision learnt once, the update written out.
#include "agents/deep/reinforce.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "tests/on_policy/played.h"

namespace brasa {
namespace {

using support::StepCounterRow;

EnvRow Counter() { return StepCounterRow<float, false>(); }

const Settings kFrozen = {{"hidden", "4"}, {"learning_rate", "0"}, {"discount", "0.5"}};

/// Calls check(episode mod 3, ply, i) for every sample of every update within `steps`.
template <typename Check>
void EachSample(Played& run, int steps, const Check& check) {
  auto& agent = run.As<Reinforce>();
  for (int step = 0; step < steps; ++step) {
    const std::int64_t updates = agent.updates();
    run.Step();
    if (agent.updates() == updates) continue;
    for (std::size_t i = 0; i < agent.batch_returns().size(); ++i) {
      const auto episode = static_cast<std::size_t>(agent.batch_inputs()[2 * i]);
      check(episode, static_cast<std::size_t>(agent.batch_inputs()[2 * i + 1]), i);
    }
  }
}

// The value is 8 everywhere, discount 0.5. StepCounter's rewards are ply + 1. Episodes of 2: 1 +
// 0.5
// * 2 = 2, and 2. Of 3: 1 + 1 + 0.75 = 2.75, 2 + 1.5 = 3.5, 3. Of 5, truncated: 5 + 0.5 * 8 = 9, 4
// + 4.5 = 8.5, 3 + 4.25 = 7.25, 2 + 3.625 = 5.625, 1 + 2.8125 = 3.8125.
constexpr float kReturns[3][5] = {{2, 2}, {2.75f, 3.5f, 3}, {3.8125f, 5.625f, 7.25f, 8.5f, 9}};

TEST(ReinforceTargets, ReturnsOfWholeEpisodes_WorkedByHand) {
  for (const std::string baseline : {"true", "false"}) {
    Played run(Counter(), "reinforce", With(kFrozen, {{"episodes", "3"}, {"baseline", baseline}}),
               2, 3);
    auto& agent = run.As<Reinforce>();
    SayEverywhere(agent.model().network(), 8);
    std::array<int, 3> seen{};
    EachSample(run, 300, [&](std::size_t episode, std::size_t ply, std::size_t i) {
      const float expected = kReturns[episode % 3][ply];
      EXPECT_EQ(agent.batch_returns()[i], expected);
      EXPECT_EQ(agent.batch_advantages()[i], baseline == "true" ? expected - 8 : expected);
      ++seen[episode % 3];
    });
    for (const int count : seen) EXPECT_GT(count, 50);
  }
}

// An episode is cut after 2 steps: its reward there is followed by 0.5 * 8. Of 3: 2 + 4 = 6 and 1 +
// 3 = 4, then 3. Of 5: the same, then 4 + 4 = 8 and 3 + 4 = 7, then 5 + 4 = 9 by the limit. One of
// 2 terminates on the step of the cut.
TEST(ReinforceTargets, EpisodeLongerThanTheMemory_IsCutAndBootstrapped) {
  Played run(Counter(), "reinforce", With(kFrozen, {{"episodes", "3"}, {"longest_episode", "2"}}),
             2, 3);
  auto& agent = run.As<Reinforce>();
  EXPECT_EQ(agent.rollout().horizon(), 4);
  SayEverywhere(agent.model().network(), 8);
  constexpr float kCut[3][5] = {{2, 2}, {4, 6, 3}, {4, 6, 7, 8, 9}};
  int seen = 0;
  EachSample(run, 300, [&](std::size_t episode, std::size_t ply, std::size_t i) {
    EXPECT_EQ(agent.batch_returns()[i], kCut[episode % 3][ply]) << episode << " " << ply;
    ++seen;
  });
  EXPECT_GT(seen, 500);
}

// Three worlds, an update after every fourth episode and whenever the memory of 10 or 4 slots is
// full: each decision of an episode that has ended is learnt once, by each world.
TEST(ReinforceMemory, EveryDecision_IsLearntOnce) {
  for (const std::string longest : {"5", "2"}) {
    for (const std::string episodes : {"1", "4", "1000"}) {
      Played run(Counter(), "reinforce",
                 With(kFrozen, {{"episodes", episodes}, {"longest_episode", longest}}), 3, 3);
      std::map<std::pair<std::size_t, std::size_t>, int> learnt;
      EachSample(run, 400, [&](std::size_t episode, std::size_t ply, std::size_t) {
        ++learnt[{episode, ply}];
      });
      EXPECT_GT(learnt.size(), 380u);
      for (const auto& [at, count] : learnt) {
        if (at.first < 110) {  // the last ones may wait
          EXPECT_EQ(count, 3) << at.first << " " << at.second;
        }
      }
      std::size_t plies = 0;  // of the episodes 0 to 109
      for (const auto& [at, count] : learnt) plies += at.first < 110;
      EXPECT_EQ(plies, 36u * 10 + 2 + 3);
    }
  }
}

/// The return of a decision by the values that `value` gives of final states.
template <typename Value>
double PlainReturn(const std::vector<Decision>& decisions, const Decision& of, double discount,
                   const Value& value) {
  const auto at = [&](int next) { return decisions[static_cast<std::size_t>(next)]; };
  if (of.next >= 0 && of.end == EpisodeEnd::kNone) {
    return of.reward + discount * PlainReturn(decisions, at(of.next), discount, value);
  }
  return of.reward + (of.end == EpisodeEnd::kTruncated ? discount * value(of.final_input) : 0.0);
}

struct Case {
  const char* name;
  EnvRow row;
  Settings params, settings;
  bool baseline = true, normalize = true;
};
std::vector<Case> Cases() {
  const Settings bare = {{"baseline", "false"}, {"normalize_advantage", "false"}};
  return {{"masks, truncation", Counter(), {}, {}},
          {"no baseline", Counter(), {}, bare, false, false},
          {"boxes", StepCounterRow<float, true>(), {}, {{"log_std_init", "-0.5"}}},
          {"three seats", three_seat::ThreeSeatRow(), {}, {}},
          {"three seats, truncated", three_seat::ThreeSeatRow(), {{"max_episode_steps", "2"}}, {}}};
}

// Every update of some thirty against the plain one: samples, returns, gradient by differences,
// Adam. Float32's rounding is enlarged by Adam where a gradient is near 0; the plain learner goes
// on from the parameters found, so that it does not add up.
TEST(ReinforceUpdate, Parameters_EqualThePlainVersion) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.name);
    Played run(c.row, "reinforce",
               With({{"hidden", "4"},
                     {"episodes", "3"},
                     {"discount", "0.8"},
                     {"learning_rate", "0.01"},
                     {"entropy_coef", "0.05"}},
                    c.settings),
               2, 7, 0, c.params);
    PolicyModel& model = run.As<Reinforce>().model();
    plain::Learner slow{model.network().spec(), ParametersOf(model), {}, {}};
    const auto value = [&](const plain::Vector& input) {
      const plain::Vector y = plain::Outputs(slow.network, slow.parameters, input);
      return y[static_cast<std::size_t>(slow.network.outputs() - 1)];
    };
    std::vector<std::size_t> waiting;           // decisions that ended, by end, world, slot
    std::vector<double> baseline, final_value;  // of all decisions
    std::size_t known = 0;
    for (int step = 0; step < 90; ++step) {
      const std::int64_t updates = run.agent->updates();
      const std::vector<Decision> before = run.decisions;
      run.Step();
      for (std::size_t i = known; i < run.decisions.size(); ++i) {
        baseline.push_back(value(run.decisions[i].sample.input));
        final_value.push_back(0);
      }
      known = run.decisions.size();
      for (int w = 0; w < run.env->worlds(); ++w) {
        for (std::size_t i = 0; i < known; ++i) {
          const Decision& d = run.decisions[i];
          const bool ended = d.end != EpisodeEnd::kNone;
          if (d.world != w || !ended) continue;
          if (i < before.size() && before[i].end != EpisodeEnd::kNone) continue;
          final_value[i] = value(d.final_input);
        }
      }
      if (run.agent->updates() == updates) continue;
      // All that ended since the last update, in any order: the loss is a mean.
      std::vector<PolicyGradientSample> samples;
      for (std::size_t i = 0; i < known; ++i) {
        if (std::ranges::find(waiting, i) != waiting.end()) continue;
        std::size_t last = i;
        while (run.decisions[last].end == EpisodeEnd::kNone && run.decisions[last].next >= 0) {
          last = static_cast<std::size_t>(run.decisions[last].next);
        }
        if (run.decisions[last].end == EpisodeEnd::kNone) continue;
        waiting.push_back(i);
        const double g = PlainReturn(run.decisions, run.decisions[i], 0.8,
                                     [&](const plain::Vector&) { return final_value[last]; });
        samples.push_back({run.decisions[i].sample, c.baseline ? g - baseline[i] : g, g});
      }
      ASSERT_EQ(samples.size(), run.As<Reinforce>().batch_returns().size());
      if (c.normalize) {
        double mean = 0, variance = 0;
        const double count = static_cast<double>(samples.size());
        for (const auto& s : samples) mean += s.weight / count;
        for (const auto& s : samples) variance += (s.weight - mean) * (s.weight - mean);
        for (auto& s : samples) {
          s.weight = (s.weight - mean) / (std::sqrt(variance / (count - 1)) + 1e-8);
        }
      }
      slow.Adam(ClippedGradient(
                    [&](const plain::Vector& x) {
                      return PolicyGradientLossOf(slow.network, x, samples, 0.05, 0.5);
                    },
                    slow.parameters, 0.5),
                0.01);
      const plain::Vector found = ParametersOf(model);
      for (std::size_t i = 0; i < found.size(); ++i) {
        ASSERT_NEAR(found[i], slow.parameters[i], 1e-4) << "update " << updates << " of " << i;
      }
      slow.parameters = found;
    }
    EXPECT_GT(run.agent->updates(), 10);
  }
}

// A box of one component, one episode of one step and reward 1, baseline off and no normalising:
// d(-G log p)/d mean = -(a - mean) / deviation^2, the sign that makes the action more probable.
TEST(ReinforceUpdate, RewardedAction_BecomesMoreProbable) {
  Played run(StepCounterRow<float, true>(), "reinforce",
             {{"hidden", ""},
              {"episodes", "1"},
              {"baseline", "false"},
              {"normalize_advantage", "false"},
              {"discount", "0"},
              {"learning_rate", "0.001"}},
             1, 5);
  PolicyModel& model = run.As<Reinforce>().model();
  const NetworkSpec spec = model.network().spec();
  run.Step();
  const plain::Vector before = ParametersOf(model);
  run.Step();
  ASSERT_EQ(run.agent->updates(), 1);
  double gained = 0;  // rewards are 1 and 2: the sum of G log p rises
  for (std::size_t i = 0; i < 2; ++i) {
    const plain::Sample& s = run.decisions[i].sample;
    const double weight = static_cast<double>(i + 1);
    gained +=
        weight * (plain::PolicyOf(s, plain::Outputs(spec, ParametersOf(model), s.input)).log_p -
                  plain::PolicyOf(s, plain::Outputs(spec, before, s.input)).log_p);
  }
  EXPECT_GT(gained, 1e-4);
}

TEST(ReinforceOptions, EverySettingIsTaken) {
  Config config(ReinforceFields());
  const Settings settings = {{"learning_rate", "0.5"}, {"anneal_lr", "true"},
                             {"discount", "0.75"},     {"episodes", "77"},
                             {"longest_episode", "4"}, {"baseline", "false"},
                             {"entropy_coef", "0.25"}, {"normalize_advantage", "false"},
                             {"value_coef", "0.125"},  {"max_grad_norm", "78"},
                             {"reward_scale", "79"}};
  for (const auto& [name, value] : settings) config.Set(name, value);
  const EnvSpec spec = support::StepCounter<float, false>::Spec(Params());
  const ReinforceOptions o = ReinforceOptions::From(spec, config);
  EXPECT_EQ(o.learning_rate, 0.5);
  EXPECT_EQ(o.discount, 0.75f);
  EXPECT_EQ(o.episodes, 77);
  EXPECT_EQ(o.longest_episode, 4);
  EXPECT_EQ(o.Slots(), 8);
  EXPECT_EQ(o.loss.entropy_coef, 0.25f);
  EXPECT_EQ(o.loss.value_coef, 0.125f);
  EXPECT_EQ(o.max_grad_norm, 78);
  EXPECT_EQ(o.reward.scale, 79);
  EXPECT_TRUE(o.anneal_lr);
  EXPECT_FALSE(o.baseline || o.normalize_advantage);
  // The environment's own limit is 5.
  EXPECT_EQ(ReinforceOptions::From(spec, Config(ReinforceFields())).longest_episode, 5);
}

TEST(ReinforceUpdate, StepSize_FallsOnlyWhereItIsAsked) {
  for (const std::string anneal : {"false", "true"}) {
    Played run(Counter(), "reinforce",
               {{"episodes", "1"}, {"learning_rate", "0.01"}, {"anneal_lr", anneal}}, 1, 5, 20);
    run.Run(5);  // episodes of 2 and of 3 steps: the second update falls on step 5
    EXPECT_EQ(run.agent->updates(), 2);
    EXPECT_EQ(run.agent->metrics()[5].name, "charts/learning_rate");
    EXPECT_DOUBLE_EQ(run.agent->metrics()[5].value, anneal == "true" ? 0.0075 : 0.01);
  }
}

}  // namespace
}  // namespace brasa
