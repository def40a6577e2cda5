// PQN: targets worked by hand, the update written out, its optimizer.
#include "agents/deep/pqn.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "tests/on_policy/played.h"

namespace brasa {
namespace {

using support::StepCounterRow;

EnvRow Counter() { return StepCounterRow<float, false>(); }

/// Action 0 is worth 8, action 1 is worth 2, action 2 is worth 4, everywhere.
void SayByAction(QNetwork& network) {
  std::vector<float> parameters(3 * 2 + 3, 0.0f);
  parameters[6] = 8;
  parameters[7] = 2;
  parameters[8] = 4;
  network.network().SetParameters(parameters);
}

// The best legal action is worth 8 before even plies, 2 before odd ones (action 1 alone is legal),
// 8 in a final state. Discount and lambda 1/2: G = r + (V' + G') / 4, r = ply + 1.
//   2 plies:  ply 1: 2; ply 0: 1 + (2 + 2) / 4 = 2.
//   3 plies:  ply 2: 3; ply 1: 2 + (8 + 3) / 4 = 4.75; ply 0: 1 + (2 + 4.75) / 4 = 2.6875.
//   5, truncated: ply 4: 5 + 8 / 2 = 9; ply 3: 4 + (8 + 9) / 4 = 8.25; ply 2: 3 + (2 + 8.25) / 4 =
//   5.5625; ply 1: 2 + (8 + 5.5625) / 4 = 5.390625; ply 0: 1 + (2 + 5.390625) / 4 = 2.84765625.
// A rollout of 10 holds one of each.
TEST(PqnTargets, LambdaReturns_WorkedByHand) {
  Played run(Counter(), "pqn",
             {{"hidden", ""},
              {"horizon", "10"},
              {"minibatches", "1"},
              {"epochs", "1"},
              {"discount", "0.5"},
              {"lambda", "0.5"},
              {"learning_rate", "0"}},
             1, 3);
  auto& agent = run.As<Pqn>();
  SayByAction(agent.network());
  run.Run(10);
  ASSERT_EQ(agent.updates(), 1);
  const std::vector<float> expected = {2,           2,         2.6875f, 4.75f, 3,
                                       2.84765625f, 5.390625f, 5.5625f, 8.25f, 9};
  EXPECT_EQ(std::vector<float>(agent.targets().begin(), agent.targets().begin() + 10), expected);
}

// The window ends within an episode: its last state, before ply 1 of the third episode, is worth 2.
TEST(PqnTargets, EndOfTheRollout_BootstrapsFromItsLastState) {
  Played run(Counter(), "pqn",
             {{"hidden", ""},
              {"horizon", "6"},
              {"minibatches", "1"},
              {"discount", "0.5"},
              {"lambda", "0.5"},
              {"learning_rate", "0"}},
             1, 3);
  auto& agent = run.As<Pqn>();
  SayByAction(agent.network());
  run.Run(6);
  EXPECT_EQ(agent.targets()[5], 1 + 0.5f * 2);
  EXPECT_EQ(agent.samples().size(), 6u);
}

struct Case {
  const char* name;
  EnvRow row;
  Settings params, settings;
  bool rectified = true;
};
std::vector<Case> Cases() {
  return {{"masks, truncation", Counter(), {}, {}},
          {"adam", Counter(), {}, {{"optimizer", "adam"}}, false},
          {"three seats", three_seat::ThreeSeatRow(), {}, {}},
          {"seats, truncated", three_seat::ThreeSeatRow(), {{"max_episode_steps", "2"}}, {}}};
}

/// Q of all actions.
plain::Vector Values(const NetworkSpec& network, const plain::Vector& parameters,
                     const plain::Vector& input) {
  return plain::Outputs(network, parameters, input);
}
double Best(const plain::Vector& q, const std::vector<std::uint8_t>& mask) {
  double best = -INFINITY;
  for (std::size_t a = 0; a < q.size(); ++a) {
    if (mask.empty() || mask[a] != 0) best = std::max(best, q[a]);
  }
  return best;
}

// One minibatch and one epoch an update, so that each is one step from what was found before.
TEST(PqnUpdate, Parameters_EqualThePlainVersion) {
  constexpr int kHorizon = 8;
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.name);
    Played run(c.row, "pqn",
               With({{"hidden", "5"},
                     {"activation", "tanh"},
                     {"network.layer_norm", "false"},
                     {"horizon", "8"},
                     {"minibatches", "1"},
                     {"epochs", "1"},
                     {"discount", "0.9"},
                     {"lambda", "0.7"},
                     {"adam_epsilon", "1e-5"},
                     {"epsilon_end", "0.5"},
                     {"max_grad_norm", "0.5"},
                     {"learning_rate", "0.01"}},
                    c.settings),
               2, 7, 0, c.params);
    auto& agent = run.As<Pqn>();
    const NetworkSpec network = agent.network().network().spec();
    plain::Learner slow{network, Wide(ParametersOf(agent.network().network())), {}, {}};
    plain::Vector found = slow.parameters;
    for (int k = 0; k < 14; ++k) {
      run.Train(k == 0 ? kHorizon : kHorizon - 1);
      ASSERT_EQ(agent.updates(), k + 1);
      found = Wide(ParametersOf(agent.network().network()));
      run.Step();  // records what slot T shows
      const int end = (k + 1) * kHorizon;
      const std::vector<Decision>& all = run.decisions;
      std::vector<std::size_t> samples;
      std::vector<double> target(all.size());
      for (std::size_t i = all.size(); i-- > 0;) {
        const Decision& d = all[i];
        const auto value = [&](std::size_t j) {
          return Best(Values(network, slow.parameters, all[j].sample.input), all[j].sample.mask);
        };
        target[i] = value(i);
        if (d.slot < k * kHorizon || d.slot >= end) continue;
        const bool ended = d.end != EpisodeEnd::kNone && d.end_slot < end;
        if (!ended && (d.next < 0 || all[static_cast<std::size_t>(d.next)].slot > end)) continue;
        samples.push_back(i);
        double following = 0;
        if (d.end == EpisodeEnd::kTruncated) {
          following = Best(Values(network, slow.parameters, d.final_input), {});
        } else if (!ended) {
          const auto next = static_cast<std::size_t>(d.next);
          following = 0.3 * value(next) + 0.7 * target[next];
        }
        target[i] = d.reward + 0.9 * following;
      }
      const plain::Vector gradient = ClippedGradient(
          [&](const plain::Vector& x) {
            double sum = 0;
            for (const std::size_t i : samples) {
              const double error =
                  Values(network, x, all[i].sample.input)[all[i].sample.action] - target[i];
              sum += 0.5 * error * error;
            }
            return sum / static_cast<double>(samples.size());
          },
          slow.parameters, 0.5);
      slow.Adam(gradient, 0.01 * (c.rectified ? Rectification(0.999, k + 1) : 1.0));
      for (std::size_t i = 0; i < found.size(); ++i) {
        ASSERT_NEAR(found[i], slow.parameters[i], 1e-4) << "update " << k + 1 << " of " << i;
      }
      slow.parameters = found;
    }
  }
}

// beta2 = 0.999: rho = 1999. rho_5 = 1999 - 10 * 0.999^5 / (1 - 0.999^5) = 4.9960 gives no step;
// rho_6 = 1999 - 12 * 0.999^6 / (1 - 0.999^6) = 5.9942 gives sqrt(1.9942 * 3.9942 * 1999 / (1995 *
// 1997 * 5.9942)) = 0.02582; far on it is 1.
TEST(PqnOptimizer, Rectification_FollowsItsFormula) {
  EXPECT_EQ(Rectification(0.999, 1), 0);
  EXPECT_EQ(Rectification(0.999, 5), 0);
  EXPECT_NEAR(Rectification(0.999, 6), 0.02582, 1e-4);
  EXPECT_NEAR(Rectification(0.999, 20000), 1, 1e-3);
}

// Steps are those of both worlds: epsilon falls over 100 of 200, the step size over all.
TEST(PqnSchedules, EpsilonAndStepSize_FallLinearly) {
  Played run(Counter(), "pqn",
             {{"hidden", "4"},
              {"horizon", "10"},
              {"minibatches", "3"},
              {"epsilon_start", "0.8"},
              {"epsilon_end", "0.2"},
              {"epsilon_fraction", "0.5"},
              {"learning_rate", "0.01"}},
             2, 3, 200);
  auto& agent = run.As<Pqn>();
  EXPECT_DOUBLE_EQ(agent.epsilon(), 0.8);
  run.Run(25);
  EXPECT_DOUBLE_EQ(agent.epsilon(), 0.5);
  EXPECT_EQ(agent.metrics()[4].name, "charts/learning_rate");
  EXPECT_DOUBLE_EQ(agent.metrics()[4].value, 0.01 * 0.8);  // of the update after 40 of 200 steps
  run.Run(25);
  EXPECT_DOUBLE_EQ(agent.epsilon(), 0.2);
}

TEST(PqnErrors, WhatDoesNotFit_IsRefusedInOneLine) {
  const auto error = [](const EnvRow& row, const Settings& settings) -> std::string {
    try {
      Played run(row, "pqn", settings, 2, 3);
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "no error";
  };
  EXPECT_EQ(error(StepCounterRow<float, true>(), {}),
            "pqn plays environments with discrete actions; 'StepCounter-v0' has box actions");
  EXPECT_EQ(error(three_seat::ThreeSeatRow(), {{"horizon", "3"}, {"minibatches", "3"}}),
            "minibatches = 3 is too many: a rollout of horizon = 3 and envs = 2 may have only 2 "
            "samples");
}

TEST(PqnOptions, EverySettingIsTaken) {
  Config config(PqnFields());
  const Settings settings = {{"learning_rate", "0.5"},    {"anneal_lr", "false"},
                             {"adam_epsilon", "0.25"},    {"discount", "0.75"},
                             {"lambda", "0.625"},         {"horizon", "77"},
                             {"minibatches", "78"},       {"epochs", "79"},
                             {"epsilon_start", "0.5"},    {"epsilon_end", "0.25"},
                             {"epsilon_fraction", "0.3"}, {"max_grad_norm", "80"},
                             {"hidden", "86,87"},         {"activation", "tanh"},
                             {"optimizer", "adam"},       {"network.layer_norm", "false"}};
  for (const auto& [name, value] : settings) config.Set(name, value);
  const PqnOptions o = PqnOptions::From(support::StepCounter<float, false>::Spec(Params()), config);
  EXPECT_EQ(o.learning_rate, 0.5);
  EXPECT_EQ(o.network.adam.epsilon, 0.25);
  EXPECT_EQ(o.discount, 0.75f);
  EXPECT_EQ(o.lambda, 0.625f);
  EXPECT_EQ(o.horizon, 77);
  EXPECT_EQ(o.minibatches, 78);
  EXPECT_EQ(o.epochs, 79);
  EXPECT_EQ(o.epsilon_start, 0.5);
  EXPECT_EQ(o.epsilon_end, 0.25);
  EXPECT_EQ(o.epsilon_fraction, 0.3);
  EXPECT_EQ(o.max_grad_norm, 80);
  EXPECT_EQ(o.network.network.hidden, (std::vector<int>{86, 87}));
  EXPECT_EQ(o.network.network.activation, Activation::kTanh);
  EXPECT_FALSE(o.anneal_lr || o.rectified || o.network.network.layer_norm);
  const PqnOptions defaults =
      PqnOptions::From(support::StepCounter<float, false>::Spec(Params()), Config(PqnFields()));
  EXPECT_TRUE(defaults.network.network.layer_norm && defaults.rectified);
}

}  // namespace
}  // namespace brasa
