// Schedules, bins, fits, memory, saving and workers of the tabular agents.
#include "agents/tabular/tabular_options.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <string>

#include "tests/support/step_counter.h"
#include "tests/support/train_loop.h"
#include "tests/tabular/hand_fed.h"

namespace brasa {
namespace {

using support::FindRow;
using support::Settings;
using support::TrainLoop;
using tabular::Cells;

constexpr TabularKind kKinds[] = {TabularKind::kQLearning, TabularKind::kDoubleQ,
                                  TabularKind::kSarsa,     TabularKind::kExpectedSarsa,
                                  TabularKind::kQLambda,   TabularKind::kDynaQ};

const EnvRow& EnvOf(const char* id) { return FindRow(BuiltinEnvs(), id); }

TabularSchedules Schedules(const Settings& settings) {
  return TabularSchedules(tabular::With(TabularKind::kQLearning, settings));
}

TEST(TabularSchedules, Epsilon_FallsAsAsked) {
  const Settings falling = {
      {"epsilon_start", "0.8"}, {"epsilon_end", "0.2"}, {"epsilon_fraction", "0.5"}};
  const auto linear = Schedules(falling);
  EXPECT_DOUBLE_EQ(linear.Epsilon(0), 0.8);
  EXPECT_DOUBLE_EQ(linear.Epsilon(0.25), 0.5);
  EXPECT_DOUBLE_EQ(linear.Epsilon(0.5), 0.2);
  EXPECT_DOUBLE_EQ(linear.Epsilon(1), 0.2);
  Settings settings = falling;
  settings.emplace_back("epsilon_schedule", "harmonic");
  const auto harmonic = Schedules(settings);
  EXPECT_DOUBLE_EQ(harmonic.Epsilon(0), 0.8);
  EXPECT_DOUBLE_EQ(harmonic.Epsilon(0.25), 1 / 3.125);  // midway from 1 / 0.8 to 1 / 0.2
  EXPECT_DOUBLE_EQ(harmonic.Epsilon(1), 0.2);
  settings.back().second = "constant";
  EXPECT_DOUBLE_EQ(Schedules(settings).Epsilon(1), 0.8);
}

TEST(TabularSchedules, Rate_FallsAsAsked) {
  const auto rate = [](const char* schedule, double progress, std::uint32_t visits) {
    return Schedules({{"learning_rate", "0.5"},
                      {"learning_rate_schedule", schedule},
                      {"visit_power", "0.5"}})
        .Rate(progress, visits);
  };
  EXPECT_DOUBLE_EQ(rate("constant", 0.75, 9), 0.5);
  EXPECT_DOUBLE_EQ(rate("linear", 0.75, 9), 0.125);
  EXPECT_DOUBLE_EQ(rate("visits", 0.75, 9), 0.5 / 3);
}

/// Two numbers, the second without bounds.
EnvSpec Plane() {
  EnvSpec spec = Cells(1);
  spec.id = "Plane-v0";
  spec.observation.categories.clear();
  spec.observation.shape = {2};
  spec.observation.names = {"x", "speed"};
  spec.observation.low = {-1, -std::numeric_limits<float>::infinity()};
  spec.observation.high = {3, std::numeric_limits<float>::infinity()};
  return spec;
}

Config Binned(const char* bins, const char* low, const char* high) {
  return tabular::With(TabularKind::kQLearning,
                       {{"bins", bins}, {"bin_low", low}, {"bin_high", high}});
}

TEST(StateBins, Cell_IsTheRowMajorNumberOfTheBins) {
  const StateBins bins(Plane(), Binned("4, 3", "-1,0", "3,6"));
  EXPECT_EQ(bins.cells(), 12);
  const auto cell = [&](float x, float speed) {
    const float seen[] = {x, speed};
    return bins.Cell(seen);
  };
  // x: [-1, 0) [0, 1) [1, 2) [2, 3]; speed: [0, 2) [2, 4) [4, 6]
  EXPECT_EQ(cell(-1, 0), 0);
  EXPECT_EQ(cell(-0.001f, 1.999f), 0);
  EXPECT_EQ(cell(-1, 2), 1);
  EXPECT_EQ(cell(0, 0), 3);
  EXPECT_EQ(cell(3, 6), 11);
  EXPECT_EQ(cell(1.5f, 5), 8);
  // Beyond the bounds: the outer bins.
  EXPECT_EQ(cell(-1e30f, 1e30f), 2);
  EXPECT_EQ(cell(1e30f, -1e30f), 9);
}

TEST(StateBins, OneEntry_CountsForEveryDimensionAndBoundsAreTheEnvironments) {
  EnvSpec bounded = Plane();
  bounded.observation.low = {0};
  bounded.observation.high = {1};
  const StateBins bins(bounded, Binned("2", "", ""));
  EXPECT_EQ(bins.cells(), 4);
  const float seen[] = {0.75f, 0.25f};
  EXPECT_EQ(bins.Cell(seen), 2);
}

/// The message of the ConfigError that `kind` meets `spec` and `config` with.
std::string Refusal(TabularKind kind, const EnvSpec& spec, const Config& config) {
  try {
    CheckTabular(kind, spec, config);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(StateBins, WhatDoesNotFit_IsRefusedInOneLine) {
  const auto refusal = [](const EnvSpec& spec, const char* bins, const char* low,
                          const char* high) {
    return Refusal(TabularKind::kQLearning, spec, Binned(bins, low, high));
  };
  EXPECT_EQ(refusal(Plane(), "4", "-1,0", "3,6"), "accepted");
  EXPECT_EQ(
      refusal(Plane(), "4", "", ""),
      "dimension 1 (speed) of environment 'Plane-v0' is unbounded; give bin_low and bin_high");
  EXPECT_EQ(
      refusal(Plane(), "4,4,4", "-1,0", "3,6"),
      "bins has 3 entries; environment 'Plane-v0' has 2 dimensions: give one entry for all or "
      "one for each");
  EXPECT_EQ(refusal(Plane(), "4", "-1,6", "3,6"),
            "the bins of dimension 1 (speed) of environment 'Plane-v0' need bin_low < bin_high, "
            "these are 6 and 6");
  EXPECT_EQ(refusal(Plane(), "4", "-1,fast", "3,6"),
            "bin_low = '-1,fast' is not allowed; give numbers separated by commas");
  EXPECT_EQ(refusal(Plane(), "100000", "-1,0", "3,6"),
            "bins make more than 2147483647 cells of environment 'Plane-v0'; give fewer");
  EXPECT_EQ(refusal(Plane(), "", "-1,0", ""), "bin_low and bin_high need bins");
  EXPECT_EQ(refusal(Cells(1), "4", "", ""),
            "bins do not fit environment 'Cells-v0': its observations are ids already");
}

TEST(TabularOptions, WhatDoesNotFit_IsRefusedByEveryAgentInOneLine) {
  EnvSpec box = Cells(1);
  box.action.kind = ActionKind::kBox;
  box.action.low = box.action.high = {0};
  for (const TabularKind kind : kKinds) {
    const Config plain = tabular::With(kind, {});
    const std::string name = TabularName(kind);
    EXPECT_EQ(Refusal(kind, Cells(1), plain), "accepted");
    EXPECT_EQ(Refusal(kind, box, plain),
              name + " does not fit environment 'Cells-v0': it needs discrete actions");
    EXPECT_EQ(Refusal(kind, Plane(), plain),
              name +
                  " does not fit environment 'Plane-v0': a table needs observations that are ids "
                  "(categorical or uint8), these are float32 numbers that hardly repeat; give bins "
                  "or use an agent with a network");
    EXPECT_THROW(FindRow(BuiltinAgents(), name).make({box, plain, 1, 0, 0}), ConfigError);
  }
}

TEST(TabularOptions, SettingsThatContradictEachOther_AreRefused) {
  const auto refusal = [](TabularKind kind, const Settings& settings) {
    return Refusal(kind, Cells(2), tabular::With(kind, settings));
  };
  EXPECT_EQ(refusal(TabularKind::kSarsa, {{"n_step", "2"}, {"lambda", "0.5"}}),
            "n_step above 1 needs lambda = 0: give one of the two");
  EXPECT_EQ(refusal(TabularKind::kQLearning, {{"n_step", "2"}, {"negamax", "true"}}),
            "negamax = 'true' needs n_step = 1");
  EXPECT_NE(
      refusal(TabularKind::kDoubleQ, {{"epsilon_schedule", "harmonic"}, {"epsilon_end", "0"}}),
      "accepted");
  // An agent has the fields of what it does, no others.
  EXPECT_THROW(tabular::With(TabularKind::kSarsa, {{"negamax", "true"}}), ConfigError);
  EXPECT_THROW(tabular::With(TabularKind::kQLambda, {{"n_step", "2"}}), ConfigError);
}

TEST(TabularMemory, Table_IsToldBeforeItIsMade) {
  // 4 cells x 2 actions: 8 values of 8 bytes, as many counts of 4 and legalities of 1; double_q has
  // two tables, dyna_q remembers 9 bytes for each.
  EnvSpec spec = Cells(1);
  const auto bytes = [&](TabularKind kind, int cells) {
    spec.observation.categories = {cells};
    return TabularBytes(kind, {spec, tabular::With(kind, {}), 1, 0, 0});
  };
  const auto of_cells = [&](TabularKind kind) { return bytes(kind, 1004) - bytes(kind, 1000); };
  EXPECT_EQ(of_cells(TabularKind::kQLearning), 8 * 13);
  EXPECT_EQ(of_cells(TabularKind::kDoubleQ), 8 * 25);
  EXPECT_EQ(of_cells(TabularKind::kDynaQ), 8 * 22);
  const auto windows = [&](const char* n) {
    return TabularBytes(TabularKind::kSarsa,
                        {spec, tabular::With(TabularKind::kSarsa, {{"n_step", n}}), 10, 0, 0});
  };
  EXPECT_EQ(windows("101") - windows("1"), 10 * 100 * 12);
  const Config binned = Binned("1000", "-1,0", "3,6");
  EXPECT_GT(TabularBytes(TabularKind::kQLearning, {Plane(), binned, 1, 0, 0}), 2000000 * 13);
}

/// The agents with what each can save: windows, traces, a model, two tables, counts of visits.
struct Variant {
  const char* agent;
  Settings settings;
};
const std::vector<Variant>& Variants() {
  static const std::vector<Variant> kVariants = {
      {"q_learning", {{"n_step", "3"}}},
      {"double_q", {{"learning_rate_schedule", "visits"}}},
      {"sarsa", {{"n_step", "4"}, {"learning_rate_schedule", "linear"}}},
      {"sarsa", {{"lambda", "0.8"}, {"learning_rate_schedule", "visits"}}},
      {"expected_sarsa", {{"lambda", "0.8"}, {"epsilon_schedule", "harmonic"}}},
      {"q_lambda", {{"trace", "accumulating"}}},
      {"dyna_q", {{"planning_steps", "3"}}},
  };
  return kVariants;
}

TEST(TabularAgents, SavedAndLoaded_GoOnBitForBit) {
  const EnvRow envs[] = {EnvOf("FrozenLake-v1"), EnvOf("TicTacToe-v0"),
                         support::StepCounterRow<std::uint8_t, false>()};
  for (const EnvRow& env : envs) {
    for (const Variant& variant : Variants()) {
      SCOPED_TRACE(std::string(variant.agent) + " on " + env.id);
      const AgentRow& row = FindRow(BuiltinAgents(), variant.agent);
      const support::TrainOptions options{variant.settings, 3, 1200, 5};
      TrainLoop straight(env, row, options), cut(env, row, options), resumed(env, row, options);
      straight.Run();
      cut.Run(501);
      resumed.Load(cut.Save(), cut.steps_done());
      EXPECT_EQ(resumed.Save(), cut.Save());
      EXPECT_EQ(resumed.agent().metrics()[0].value, cut.agent().metrics()[0].value);
      resumed.Run();
      EXPECT_EQ(resumed.env().Signature(), straight.env().Signature());
      EXPECT_EQ(resumed.agent().ParameterHash(), straight.agent().ParameterHash());
      EXPECT_EQ(resumed.Save(), straight.Save());
    }
  }
}

TEST(TabularAgents, AnyNumberOfWorkers_GivesOneSignature) {
  for (const Variant& variant : Variants()) {
    const auto result = [&](int workers) {
      const EnvRow& env_row = EnvOf("FrozenLake-v1");
      const VectorEnvOptions options{.worlds = 16, .workers = workers, .streams = {4}};
      const auto env = workers == 0 ? MakeSerialVectorEnv(env_row, DefaultParams(env_row), options)
                                    : MakeTbbVectorEnv(env_row, DefaultParams(env_row), options);
      const AgentRow& row = FindRow(BuiltinAgents(), variant.agent);
      Config config(row.fields);
      for (const auto& [name, value] : variant.settings) config.Set(name, value);
      const auto agent = row.make({env->spec(), config, 16, 4, 3200});
      std::vector<std::int32_t> ids(16);
      std::iota(ids.begin(), ids.end(), 0);
      env->Reset(agent->FirstRows());
      for (int t = 0; t < 200; ++t) {
        const StepRows rows = agent->NextRows();
        agent->actor().Act({16, ids.data(), rows.now.player, rows.now.observation, rows.now.mask,
                            rows.now.start, nullptr},
                           rows.actions);
        env->Step(rows.actions, rows.outcome, rows.next);
        agent->Learn(env->last());
      }
      return std::pair(env->Signature(), agent->ParameterHash());
    };
    const auto serial = result(0);
    EXPECT_EQ(result(1), serial) << variant.agent;
    EXPECT_EQ(result(3), serial) << variant.agent;
  }
}

TEST(TabularAgents, CheckpointOfAnotherAgent_IsRefused) {
  TrainLoop q(EnvOf("FrozenLake-v1"), FindRow(BuiltinAgents(), "q_learning"), {{}, 1, 100}),
      other(EnvOf("FrozenLake-v1"), FindRow(BuiltinAgents(), "double_q"), {{}, 1, 100});
  q.Run();
  StateWriter writer;
  q.agent().Save(writer);
  StateReader reader(writer.bytes(), "test");
  EXPECT_THROW(other.agent().Load(reader), FileError);
}

// CartPole with the position left out: random play balances for some 22 steps.
TEST(TabularAgents, CartPoleInBins_BalancesFiveTimesLongerThanAtRandom) {
  TrainLoop loop(EnvOf("CartPole-v1"), FindRow(BuiltinAgents(), "q_learning"),
                 {{{"bins", "1,3,8,8"},
                   {"bin_low", "-2.4,-2,-0.21,-2"},
                   {"bin_high", "2.4,2,0.21,2"},
                   {"epsilon_end", "0.02"}},
                  1,
                  150000,
                  0});
  loop.Run();
  EXPECT_GT(loop.Evaluate(ActMode::kGreedy, 10, 5)[0], 110);
}

}  // namespace
}  // namespace brasa
