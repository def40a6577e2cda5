// Rules of deep Q-learning that change no target: options, schedules, clipping, figures, actors.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "tests/dqn/training.h"
#include "tests/support/step_counter.h"

namespace brasa {
namespace {

EnvRow Counter() { return support::StepCounterRow<float, false>(); }

std::vector<float> AfterOneUpdate(DqnRun& run) {
  std::vector<float> before;
  while (run.agent.updates() == 0) {
    before = ParametersOf(run.agent.online());
    run.Step();
  }
  return before;
}

TEST(DqnOptions, EverySettingIsTaken) {
  const Settings settings = {{"learning_rate", "0.5"},
                             {"anneal_lr", "true"},
                             {"adam_epsilon", "0.25"},
                             {"discount", "0.75"},
                             {"replay_capacity", "77"},
                             {"learning_starts", "78"},
                             {"batch", "79"},
                             {"train_frequency", "80"},
                             {"gradient_steps", "81"},
                             {"target_interval", "82"},
                             {"epsilon_start", "0.5"},
                             {"epsilon_end", "0.25"},
                             {"epsilon_fraction", "0.1"},
                             {"loss", "huber"},
                             {"max_grad_norm", "83"},
                             {"double", "true"},
                             {"dueling", "true"},
                             {"n_step", "84"},
                             {"prioritized", "true"},
                             {"priority_alpha", "0.125"},
                             {"priority_beta", "0.875"},
                             {"distribution", "qr"},
                             {"quantiles", "85"},
                             {"noisy", "true"},
                             {"noisy_sigma", "2"},
                             {"negamax", "true"},
                             {"hidden", "86,87"},
                             {"activation", "tanh"},
                             {"shared_trunk", "false"},
                             {"network.layer_norm", "true"},
                             {"network.backend", "torch"}};
  EnvSpec spec = support::StepCounter<float, false>::Spec(Params());
  spec.players = 2;
  spec.zero_sum = true;
  spec.perfect_information = true;
  const AgentSetup setup = DqnSetup(spec, settings, 1, 0, 0);
  const DqnOptions o = DqnOptions::From(spec, setup.config);
  EXPECT_EQ(o.learning_rate, 0.5);
  EXPECT_EQ(o.discount, 0.75);
  EXPECT_EQ(o.max_grad_norm, 83);
  EXPECT_TRUE(o.anneal_lr && o.huber && o.use_double && o.prioritized && o.negamax);
  EXPECT_EQ(o.capacity, 77);
  EXPECT_EQ(o.learning_starts, 78);
  EXPECT_EQ(o.batch, 79);
  EXPECT_EQ(o.train_frequency, 80);
  EXPECT_EQ(o.gradient_steps, 81);
  EXPECT_EQ(o.target_interval, 82);
  EXPECT_EQ(o.epsilon_start, 0.5);
  EXPECT_EQ(o.epsilon_end, 0.25);
  EXPECT_EQ(o.epsilon_fraction, 0.1);
  EXPECT_EQ(o.n_step, 84);
  EXPECT_EQ(o.priority_alpha, 0.125);
  EXPECT_EQ(o.priority_beta, 0.875);
  EXPECT_EQ(o.network.distribution, QDistribution::kQuantiles);
  EXPECT_EQ(o.network.atoms, 85);
  EXPECT_TRUE(o.network.dueling && o.network.noisy);
  EXPECT_EQ(o.network.noisy_sigma, 2);
  EXPECT_EQ(o.network.backend, "torch");
  EXPECT_EQ(o.network.adam.epsilon, 0.25);
  EXPECT_EQ(o.network.network.hidden, (std::vector<int>{86, 87}));
  EXPECT_EQ(o.network.network.activation, Activation::kTanh);
  EXPECT_FALSE(o.network.network.shared_trunk);
  EXPECT_TRUE(o.network.network.layer_norm);
}

// With epsilon 1 Adam's first step is learning_rate g / (|g| + 1), g = the clipped gradient: it is
// shortened to the limit, never lengthened.
TEST(DqnUpdate, Gradient_IsClippedToItsNorm) {
  for (const double limit : {0.0, 0.01, 1e6}) {
    DqnRun run(Counter(), {},
               SmallDqn({{"adam_epsilon", "1"}, {"max_grad_norm", std::to_string(limit)}}), 2, 5);
    const std::vector<float> before = AfterOneUpdate(run), after = ParametersOf(run.agent.online());
    std::vector<float> gradient(after.size());
    run.agent.online().network().GetGradient(gradient);
    double norm = 0;
    for (const float g : gradient) norm += static_cast<double>(g) * static_cast<double>(g);
    norm = std::sqrt(norm);
    ASSERT_GT(norm, 0.1);
    const double scale = limit == 0.01 ? limit / norm : 1;
    for (std::size_t i = 0; i < after.size(); ++i) {
      const double g = static_cast<double>(gradient[i]) * scale;
      EXPECT_NEAR(static_cast<double>(after[i] - before[i]), -0.01 * g / (std::abs(g) + 1), 1e-6);
    }
  }
}

TEST(DqnSchedules, StepSize_FallsOnlyWhereItIsAsked) {
  for (const std::string anneal : {"false", "true"}) {
    DqnRun run(Counter(), {}, SmallDqn({{"anneal_lr", anneal}}), 2, 5, 200);
    run.Train(30);  // 60 of 200 steps; an update falls on step 60
    EXPECT_EQ(run.agent.metrics()[4].name, "charts/learning_rate");
    EXPECT_DOUBLE_EQ(run.agent.metrics()[4].value, anneal == "true" ? 0.01 * 0.7 : 0.01);
  }
}

TEST(DqnSchedules, EpsilonFractionZero_IsTheEndAtOnce) {
  DqnRun run(
      Counter(), {},
      SmallDqn({{"epsilon_fraction", "0"}, {"epsilon_end", "0.2"}, {"learning_starts", "0"}}), 1, 5,
      200);
  EXPECT_DOUBLE_EQ(run.agent.epsilon(), 0.2);
}

TEST(DqnMetrics, LossIsWeighted_ValueIsTheOnlineNetworks) {
  DqnRun run(Counter(), {}, SmallDqn({{"prioritized", "true"}, {"hidden", ""}}), 1, 5, 200);
  std::vector<float> parameters(9, 0.0f);
  for (const std::size_t bias : {6u, 7u, 8u}) parameters[bias] = 1;
  run.agent.online().network().SetParameters(parameters);
  AfterOneUpdate(run);
  EXPECT_EQ(run.agent.metrics()[1].name, "losses/q_value");
  EXPECT_NEAR(run.agent.metrics()[1].value, 1, 1e-6);  // the target network says other values
  run.Train(60);
  double loss = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    loss += static_cast<double>(run.agent.batch_weights()[i] * run.agent.batch_losses()[i]) / 6;
  }
  EXPECT_LT(*std::ranges::min_element(run.agent.batch_weights()), 0.99f);
  EXPECT_NEAR(run.agent.metrics()[0].value, loss, 1e-5 * (1 + loss));
}

TEST(QNetwork, ValueOfQuantiles_IsTheirMean) {
  QNetworkOptions options;
  options.actions = 2;
  options.atoms = 4;
  options.distribution = QDistribution::kQuantiles;
  options.network.inputs = 1;
  Rng rng(1, StreamRole::kTest);
  const QNetwork q(options, rng);
  const std::array<float, 4> quantiles = {1, 2, 3, 6};
  EXPECT_EQ(q.Value(quantiles), 3);
}

// The target network's noise is drawn for each update: what is bootstrapped from is not its mean.
TEST(DqnNoise, TargetNetwork_IsNoisyInEveryUpdate) {
  DqnRun run(Counter(), {},
             SmallDqn({{"noisy", "true"}, {"learning_rate", "0"}, {"discount", "0.5"}}), 1, 5);
  int bootstrapped = 0, noisy = 0;
  for (int step = 0; step < 200; ++step) {
    const std::int64_t updates = run.agent.updates();
    run.Step();
    if (run.agent.updates() == updates) continue;
    const Replay& replay = run.agent.replay();
    run.agent.target().UseMeans();
    for (std::size_t i = 0; i < 6; ++i) {
      const ReplayWindow window = replay.Window(run.agent.batch_rows()[i], 1, 0.5);
      if (window.bootstrap == 0) continue;
      const auto* seen = static_cast<const float*>(replay.observations()) + 2 * window.successor;
      const float* const z = run.agent.target().Forward(seen, 1);
      const float best = z[BestAction(z, replay.mask(window.successor), 3)];
      ++bootstrapped;
      noisy += std::abs(run.agent.batch_targets()[i] - window.reward - 0.5f * best) > 1e-5f;
    }
  }
  EXPECT_GT(bootstrapped, 100);
  EXPECT_GT(noisy, bootstrapped * 9 / 10);
}

TEST(DqnNoise, GreedyActor_PlaysTheMeans) {
  DqnRun run(Counter(), {}, SmallDqn({{"noisy", "true"}, {"noisy_sigma", "3"}}), 1, 5);
  const auto actor = run.agent.MakeActor(ActMode::kGreedy, 1, 7, StreamRole::kEvalActor);
  QNetwork& q = run.agent.online();
  Rng rng(1, StreamRole::kTest);
  for (int i = 0; i < 60; ++i) {
    const std::array<float, 2> seen = {static_cast<float>(rng.Normal()),
                                       static_cast<float>(rng.Normal())};
    q.UseMeans();
    const std::int32_t expected = BestAction(q.Forward(seen.data(), 1), nullptr, 3);
    q.SampleNoise(rng);
    const std::int32_t world = 0;
    std::int32_t action = -1;
    actor->Act({.count = 1, .world = &world, .observation = seen.data()}, &action);
    EXPECT_EQ(action, expected);
  }
}

/// What world `world` plays in 4000 calls with epsilon 0.2; the network prefers 0, then 2, then 1;
/// 0 is illegal. Calls hold the worlds of `order`, one row each.
std::vector<std::int32_t> Played(const std::vector<std::int32_t>& order, std::int32_t world) {
  DqnRun run(Counter(), {},
             SmallDqn({{"hidden", ""},
                       {"epsilon_start", "0.2"},
                       {"epsilon_end", "0.2"},
                       {"learning_starts", "0"}}),
             2, 9);
  std::vector<float> parameters(9, 0.0f);
  parameters[6] = 3;
  parameters[8] = 2;
  run.agent.online().network().SetParameters(parameters);
  const auto actor = run.agent.MakeActor(ActMode::kExplore, 2, 7, StreamRole::kTest);
  const std::vector<float> seen(2 * order.size(), 0.0f);
  std::vector<std::uint8_t> mask;
  for (std::size_t i = 0; i < order.size(); ++i) mask.insert(mask.end(), {0, 1, 1});
  std::vector<std::int32_t> played, actions(order.size());
  for (int i = 0; i < 4000; ++i) {
    actor->Act({.count = static_cast<int>(order.size()),
                .world = order.data(),
                .observation = seen.data(),
                .mask = mask.data()},
               actions.data());
    for (std::size_t row = 0; row < order.size(); ++row) {
      if (order[row] == world) played.push_back(actions[row]);
    }
  }
  return played;
}

// Random plays are a fifth of all, half of them action 1: 400 of 4000, deviation 19.
TEST(DqnActor, Exploring_IsRandomAsOftenAsEpsilonSaysInEveryRow) {
  for (const std::int32_t world : {0, 1}) {
    const std::vector<std::int32_t> played = Played({0, 1}, world);
    EXPECT_EQ(std::ranges::count(played, 0), 0);
    EXPECT_NEAR(static_cast<double>(std::ranges::count(played, 1)), 400, 5 * 19);
  }
}

TEST(DqnActor, Exploring_DrawsFromTheStreamOfTheRowsWorld) {
  EXPECT_EQ(Played({1, 0}, 1), Played({1}, 1));
  EXPECT_EQ(Played({1, 0}, 0), Played({0}, 0));
  EXPECT_NE(Played({0}, 0), Played({1}, 1));
}

}  // namespace
}  // namespace brasa
