// One update of deep Q-learning, with every switch, against the plain version.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "tests/dqn/plain_dqn.h"
#include "tests/dqn/training.h"
#include "tests/support/step_counter.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa {
namespace {

using support::StepCounterRow;

plain::Options PlainOptions(const DqnRun& run, const Settings& settings) {
  plain::Options o;
  const QNetworkOptions& q = const_cast<DqnRun&>(run).agent.online().options();
  o.network = q.network;
  o.network.heads = q.Heads();
  o.actions = q.actions;
  o.atoms = q.atoms;
  for (const auto& [name, value] : settings) {
    if (name == "double") o.use_double = value == "true";
    if (name == "dueling") o.dueling = value == "true";
    if (name == "loss") o.huber = value == "huber";
    if (name == "distribution") o.c51 = value == "c51";
    if (name == "distribution") o.quantiles = value == "qr";
    if (name == "v_min") o.v_min = std::stod(value);
    if (name == "v_max") o.v_max = std::stod(value);
  }
  return o;
}

std::vector<float> Seen(const Replay& replay, std::int32_t row, int size) {
  const auto* all = static_cast<const float*>(replay.observations());
  return {all + row * size, all + (row + 1) * size};
}

/// The samples of the last update, from the replay.
std::vector<plain::Sample> SamplesOf(const DqnRun& run, int n_step, double discount) {
  const Replay& replay = run.agent.replay();
  const int size = run.env->spec().observation.size();
  std::vector<plain::Sample> samples;
  for (std::size_t i = 0; i < run.agent.batch_rows().size(); ++i) {
    const std::int32_t row = run.agent.batch_rows()[i];
    const ReplayWindow window = replay.Window(row, n_step, discount);
    plain::Sample s;
    s.state = Seen(replay, row, size);
    s.successor = Seen(replay, window.successor, size);
    const std::uint8_t* const mask = replay.mask(window.successor);
    s.legal.assign(static_cast<std::size_t>(replay.actions()), 1);
    if (mask != nullptr) s.legal.assign(mask, mask + replay.actions());
    s.action = replay.action_id(row);
    s.reward = static_cast<double>(window.reward);
    s.bootstrap = static_cast<double>(window.bootstrap);
    s.weight = static_cast<double>(run.agent.batch_weights()[i]);
    samples.push_back(std::move(s));
  }
  return samples;
}

plain::Vector Wide(const std::vector<float>& values) { return {values.begin(), values.end()}; }

/// Every update until step 80 against the plain one: targets, losses, parameters after Adam. The
/// tolerances are those of float sums over a network of a dozen units.
void ExpectPlainUpdates(const EnvRow& row, const Settings& more, int n_step = 1) {
  Settings settings = SmallDqn(more);
  settings.emplace_back("activation", "tanh");  // differences across relu's kink would tell nothing
  DqnRun run(row, {}, settings, 2, 5);
  const plain::Options o = PlainOptions(run, settings);
  plain::Vector first, second, before = Wide(ParametersOf(run.agent.online()));
  int updates = 0;
  for (int step = 0; step < 40; ++step) {
    const plain::Vector target = Wide(ParametersOf(run.agent.target()));
    before = Wide(ParametersOf(run.agent.online()));
    run.Step();
    if (run.agent.updates() == updates) continue;
    ++updates;
    ASSERT_EQ(run.agent.updates(), updates);
    const std::vector<plain::Sample> samples = SamplesOf(run, n_step, 0.9);
    std::vector<plain::Vector> aims;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      aims.push_back(plain::Target(o, before, target, samples[i]));
      const double loss = plain::SampleLoss(o, before, samples[i], aims.back());
      ASSERT_NEAR(static_cast<double>(run.agent.batch_losses()[i]), loss, 1e-4 * (1 + loss));
      if (o.atoms > 1) continue;
      ASSERT_NEAR(static_cast<double>(run.agent.batch_targets()[i]), aims.back()[0], 1e-4);
    }
    const auto loss = [&](const plain::Vector& x) {
      double sum = 0;
      for (std::size_t i = 0; i < samples.size(); ++i) {
        sum += samples[i].weight * plain::SampleLoss(o, x, samples[i], aims[i]);
      }
      return sum / static_cast<double>(samples.size());
    };
    const plain::Vector gradient = plain::Gradient(loss, before);
    std::vector<float> found(gradient.size());
    run.agent.online().network().GetGradient(found);
    double norm = 0;
    for (const double g : gradient) norm += g * g;
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_NEAR(static_cast<double>(found[i]), gradient[i], 1e-4 * (1 + std::sqrt(norm)))
          << "update " << updates << ", parameter " << i;
    }
    EXPECT_GT(norm, 0);
  }
  EXPECT_GT(updates, 12);
}

const Settings kDiscount = {{"discount", "0.9"}};
Settings With(const Settings& more) {
  Settings settings = kDiscount;
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

// StepCounter masks actions in every other state and truncates every third episode; the three-seat
// game has several seats, masks and chance.
TEST(DqnUpdate, EveryValueVariant_EqualsThePlainOne) {
  for (const EnvRow& row : {StepCounterRow<float, false>(), three_seat::ThreeSeatRow()}) {
    for (const std::string use_double : {"false", "true"}) {
      for (const std::string dueling : {"false", "true"}) {
        SCOPED_TRACE(row.id + " double " + use_double + " dueling " + dueling);
        ExpectPlainUpdates(row, With({{"double", use_double}, {"dueling", dueling}}));
        ExpectPlainUpdates(row,
                           With({{"double", use_double},
                                 {"dueling", dueling},
                                 {"loss", "huber"},
                                 {"shared_trunk", "false"},
                                 {"activation", "tanh"},
                                 {"n_step", "3"}}),
                           3);
      }
    }
  }
}

TEST(DqnUpdate, EveryDistribution_EqualsThePlainOne) {
  for (const EnvRow& row : {StepCounterRow<float, false>(), three_seat::ThreeSeatRow()}) {
    for (const std::string use_double : {"false", "true"}) {
      for (const std::string dueling : {"false", "true"}) {
        SCOPED_TRACE(row.id + " double " + use_double + " dueling " + dueling);
        ExpectPlainUpdates(row,
                           With({{"double", use_double},
                                 {"dueling", dueling},
                                 {"distribution", "c51"},
                                 {"atoms", "7"},
                                 {"v_min", "-2"},
                                 {"v_max", "9"},
                                 {"n_step", "2"}}),
                           2);
        ExpectPlainUpdates(row, With({{"double", use_double},
                                      {"dueling", dueling},
                                      {"distribution", "qr"},
                                      {"quantiles", "5"}}));
      }
    }
  }
}

TEST(DqnUpdate, PrioritizedVariants_EqualThePlainOnes) {
  ExpectPlainUpdates(StepCounterRow<float, false>(), With({{"prioritized", "true"}}));
  ExpectPlainUpdates(three_seat::ThreeSeatRow(),
                     With({{"prioritized", "true"},
                           {"distribution", "c51"},
                           {"atoms", "7"},
                           {"v_min", "-2"},
                           {"v_max", "9"},
                           {"n_step", "3"}}),
                     3);
}

// The first step of Adam moves each parameter by learning_rate against the sign of its gradient
// (epsilon 1e-8 aside), whatever the gradient's size.
TEST(DqnUpdate, FirstStep_MovesAgainstTheGradient) {
  DqnRun run(StepCounterRow<float, false>(), {}, SmallDqn(), 2, 5);
  std::vector<float> before;
  while (run.agent.updates() == 0) {
    before = ParametersOf(run.agent.online());
    run.Step();
  }
  const std::vector<float> after = ParametersOf(run.agent.online());
  std::vector<float> gradient(after.size());
  run.agent.online().network().GetGradient(gradient);
  int moved = 0;
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (std::abs(gradient[i]) < 1e-4f) continue;
    EXPECT_NEAR(after[i] - before[i], gradient[i] > 0 ? -0.01f : 0.01f, 1e-5f);
    ++moved;
  }
  EXPECT_GT(moved, 5);
}

// batch 6, worlds 2, learning_starts 9, train_frequency 4, target_interval 20: with steps counted
// over both worlds, updates fall on steps 12, 16, 20, ... and copies on 20, 40, ...
TEST(DqnSchedules, UpdatesAndCopies_FallOnTheirSteps) {
  DqnRun run(StepCounterRow<float, false>(), {}, SmallDqn(), 2, 5);
  const std::vector<float> first = ParametersOf(run.agent.target());
  EXPECT_EQ(first, ParametersOf(run.agent.online()));
  std::vector<float> copied = first;
  for (int steps = 2; steps <= 60; steps += 2) {
    run.Step();
    EXPECT_EQ(run.agent.updates(), steps < 12 ? 0 : (steps - 8) / 4) << steps;
    if (steps % 20 == 0) {
      copied = ParametersOf(run.agent.online());
      EXPECT_NE(copied, first);
    }
    EXPECT_EQ(ParametersOf(run.agent.target()), copied) << steps;
  }
  // 8 worlds make two crossings of 4 a step.
  DqnRun wide(StepCounterRow<float, false>(), {}, SmallDqn({{"gradient_steps", "3"}}), 8, 5);
  wide.Train(5);
  EXPECT_EQ(wide.agent.updates(), (40 / 4 - 9 / 4) * 3);
}

// epsilon: 1 until learning_starts, then on the line from 0.8 to 0.2 over half of 200 steps.
TEST(DqnSchedules, Epsilon_FallsLinearlyAfterTheRandomStart) {
  DqnRun run(StepCounterRow<float, false>(), {},
             SmallDqn({{"epsilon_start", "0.8"},
                       {"epsilon_end", "0.2"},
                       {"epsilon_fraction", "0.5"},
                       {"learning_starts", "40"}}),
             2, 5, 200);
  EXPECT_EQ(run.agent.epsilon(), 1);
  run.Train(19);
  EXPECT_EQ(run.agent.epsilon(), 1);
  run.Train(6);
  EXPECT_DOUBLE_EQ(run.agent.epsilon(), 0.8 - 0.6 * 0.5);
  run.Train(50);
  EXPECT_DOUBLE_EQ(run.agent.epsilon(), 0.2);
}

// Priorities by the rules: alpha 0.7; a sample drawn last gets (|error| + 1e-6)^alpha, a new one
// the power of the largest so far, an open row none. Weights: (N P)^-beta over the largest.
TEST(DqnPriorities, TreeAndWeights_FollowTheErrors) {
  DqnRun run(three_seat::ThreeSeatRow(), {},
             SmallDqn({{"prioritized", "true"},
                       {"priority_alpha", "0.7"},
                       {"priority_beta", "0.6"},
                       {"learning_rate", "0"},
                       {"discount", "0.9"}}),
             2, 5, 100);
  std::map<std::int32_t, double> priority;  // of every sample
  double largest = 1;
  for (int step = 1; step <= 45; ++step) {
    const std::int64_t updates = run.agent.updates();
    run.Step();
    const Replay& replay = run.agent.replay();
    for (int w = 0; w < 2; ++w) priority.erase(replay.opened() + w);
    for (const std::int32_t row : replay.closed()) priority[row] = largest;
    if (run.agent.updates() > updates) {
      double total = 0, most = 0;
      for (const auto& [row, p] : priority) total += std::pow(p, 0.7);
      const double beta = 0.6 + 0.4 * 2 * step / 100.0;
      std::vector<double> weights;
      for (const std::int32_t row : run.agent.batch_rows()) {
        const double p = std::pow(priority.at(row), 0.7) / total;
        weights.push_back(std::pow(static_cast<double>(priority.size()) * p, -beta));
        most = std::max(most, weights.back());
      }
      for (std::size_t i = 0; i < weights.size(); ++i) {
        ASSERT_NEAR(static_cast<double>(run.agent.batch_weights()[i]), weights[i] / most, 1e-5);
      }
      for (std::size_t i = 0; i < weights.size(); ++i) {  // a squared loss: its root is the error
        const double error = std::sqrt(static_cast<double>(run.agent.batch_losses()[i]));
        priority[run.agent.batch_rows()[i]] = error + 1e-6;
        largest = std::max(largest, error + 1e-6);
      }
    }
    for (std::int32_t row = 0; row < replay.rows(); ++row) {
      const double expected = priority.contains(row) ? std::pow(priority[row], 0.7) : 0;
      ASSERT_NEAR(run.agent.priorities()->weight(row), expected, 1e-4 * (1 + expected));
    }
  }
  EXPECT_GT(largest, 1);
}

// With discount 0 the target is the reward, ply + 1, and that is what the network is set to say: no
// error, so the priority is the least one, 1e-6, to the power of alpha = 0.5. It may be drawn
// again.
TEST(DqnPriorities, SampleWithoutError_KeepsTheLeastPriority) {
  DqnRun run(StepCounterRow<float, false>(), {},
             SmallDqn({{"prioritized", "true"},
                       {"priority_alpha", "0.5"},
                       {"learning_rate", "0"},
                       {"discount", "0"},
                       {"hidden", ""}}),
             1, 3);
  // Q = 1 + x_1 of every action; x_1 is the ply.
  std::vector<float> parameters(3 * 2 + 3, 0.0f);
  for (const std::size_t weight : {1u, 3u, 5u}) parameters[weight] = 1;
  for (const std::size_t bias : {6u, 7u, 8u}) parameters[bias] = 1;
  run.agent.online().network().SetParameters(parameters);
  while (run.agent.updates() < 3) run.Step();
  for (const std::int32_t row : run.agent.batch_rows()) {
    EXPECT_NEAR(run.agent.priorities()->weight(row), 1e-3, 1e-9);
  }
}

// B strata of equal mass, one draw each: at equal priorities the i-th of 6 rows drawn lies in the
// i-th sixth of the samples, counted in the order of the tree's leaves.
TEST(DqnPriorities, Draws_AreStratified) {
  DqnRun run(StepCounterRow<float, false>(), {},
             SmallDqn({{"prioritized", "true"},
                       {"priority_alpha", "0"},
                       {"replay_capacity", "59"},
                       {"learning_rate", "0"}}),
             1, 3);
  run.Train(200);
  const Replay& replay = run.agent.replay();
  std::set<std::ptrdiff_t> of_the_first;
  for (int round = 0; round < 80; ++round) {
    const std::int64_t updates = run.agent.updates();
    run.Step();
    if (run.agent.updates() == updates) continue;
    std::vector<std::int32_t> samples;
    for (std::int32_t row = 0; row < replay.rows(); ++row) {
      if (replay.is_sample(row)) samples.push_back(row);
    }
    ASSERT_EQ(samples.size(), 59u);
    for (std::size_t i = 0; i < 6; ++i) {
      const auto at = std::ranges::find(samples, run.agent.batch_rows()[i]) - samples.begin();
      EXPECT_GE(static_cast<double>(at), std::floor(static_cast<double>(i) * 59 / 6));
      EXPECT_LE(static_cast<double>(at), std::ceil(static_cast<double>(i + 1) * 59 / 6));
      if (i == 0) of_the_first.insert(at);
    }
  }
  EXPECT_GT(of_the_first.size(), 5u);  // anywhere in the stratum: 20 draws of ten rows
}

}  // namespace
}  // namespace brasa
