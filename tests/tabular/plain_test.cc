// Every tabular agent learns the same as its slow version, step by step, in environments with one,
// two and three seats, masks, chance, terminated and truncated episodes and several worlds.
#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "tests/support/step_counter.h"
#include "tests/support/train_loop.h"
#include "tests/tabular/hand_fed.h"
#include "tests/tabular/plain_tabular.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa {
namespace {

using support::Settings;
using tabular::PlainSettings;
using tabular::PlainTabular;
using tabular::SavedTable;

constexpr int kWorlds = 3;

struct Case {
  const char* name;
  TabularKind kind;
  Settings settings;
  PlainSettings plain;
};

const std::vector<Case>& Cases() {
  static const std::vector<Case> kCases = {
      {"Q", TabularKind::kQLearning, {}, {.target = PlainSettings::kMax}},
      {"Q of 3 steps",
       TabularKind::kQLearning,
       {{"n_step", "3"}},
       {.target = PlainSettings::kMax, .n = 3}},
      {"double Q", TabularKind::kDoubleQ, {}, {.target = PlainSettings::kDouble}},
      {"sarsa", TabularKind::kSarsa, {}, {.target = PlainSettings::kNext}},
      {"sarsa of 4 steps",
       TabularKind::kSarsa,
       {{"n_step", "4"}},
       {.target = PlainSettings::kNext, .n = 4}},
      {"sarsa(0.7)",
       TabularKind::kSarsa,
       {{"lambda", "0.7"}},
       {.target = PlainSettings::kNext, .lambda = 0.7}},
      {"expected sarsa", TabularKind::kExpectedSarsa, {}, {.target = PlainSettings::kExpected}},
      {"expected sarsa of 2 steps",
       TabularKind::kExpectedSarsa,
       {{"n_step", "2"}},
       {.target = PlainSettings::kExpected, .n = 2}},
      {"expected sarsa(0.7), accumulating",
       TabularKind::kExpectedSarsa,
       {{"lambda", "0.7"}, {"trace", "accumulating"}},
       {.target = PlainSettings::kExpected, .lambda = 0.7, .accumulate = true}},
      {"Q(0.8)",
       TabularKind::kQLambda,
       {{"lambda", "0.8"}},
       {.target = PlainSettings::kMax, .lambda = 0.8}},
      {"Q(0.8), accumulating",
       TabularKind::kQLambda,
       {{"lambda", "0.8"}, {"trace", "accumulating"}},
       {.target = PlainSettings::kMax, .lambda = 0.8, .accumulate = true}},
      {"Dyna-Q",
       TabularKind::kDynaQ,
       {{"planning_steps", "4"}},
       {.target = PlainSettings::kMax, .planning = 4}},
  };
  return kCases;
}

/// Row of an observation in the agent's table.
using RowOf = std::int64_t (*)(const PlainTabular::View& view, const SavedTable& table);

std::int64_t RowOfKey(const PlainTabular::View& view, const SavedTable& table) {
  for (std::size_t i = 0; i < table.keys.size(); i += view.size()) {
    if (std::memcmp(&table.keys[i], view.data(), view.size()) == 0) {
      return static_cast<std::int64_t>(i / view.size());
    }
  }
  return -1;
}

/// Digits of base 4; one number is its own row.
std::int64_t RowOfNumbers(const PlainTabular::View& view, const SavedTable&) {
  std::int64_t row = 0;
  for (std::size_t i = 0; i < view.size(); i += sizeof(float)) {
    float digit = 0;
    std::memcpy(&digit, &view[i], sizeof digit);
    row = 4 * row + static_cast<std::int64_t>(digit);
  }
  return row;
}

/// All values of known pairs.
void ExpectEqualTables(const Agent& agent, const PlainTabular& plain, const Case& c, int actions,
                       RowOf row_of) {
  const SavedTable table(agent);
  const std::int64_t tables = c.kind == TabularKind::kDoubleQ ? 2 : 1;
  for (const auto& [view, legal] : plain.legal()) {
    const std::int64_t row = row_of(view, table);
    ASSERT_GE(row, 0);
    for (const int a : legal) {
      for (int t = 0; t < tables; ++t) {
        const auto at = static_cast<std::size_t>((row * tables + t) * actions + a);
        ASSERT_NEAR(table.values[at], plain.Q(view, a, t), 1e-9)
            << "row " << row << " action " << a;
      }
    }
  }
}

void Compare(const EnvRow& row, const Settings& more, int steps, RowOf row_of,
             int max_episode_steps = -1) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(std::string(c.name) + " on " + row.id);
    Params params = DefaultParams(row);
    params.Set("max_episode_steps", std::to_string(max_episode_steps));
    const auto env =
        MakeSerialVectorEnv(row, params, {kWorlds, 1, {11, StreamRole::kEnv, 0}, true});
    Config config = tabular::With(c.kind, {{"learning_rate", "0.1"},
                                           {"discount", "0.9"},
                                           {"epsilon_start", "0.3"},
                                           {"epsilon_schedule", "constant"},
                                           {"initial_value", "0.25"}});
    for (const auto& [name, value] : c.settings) config.Set(name, value);
    for (const auto& [name, value] : more) config.Set(name, value);
    const auto agent = MakeTabular(c.kind, {env->spec(), config, kWorlds, 11, steps});
    PlainTabular plain(c.plain, env->spec(), kWorlds, 11);
    const std::int32_t worlds[kWorlds] = {0, 1, 2};
    env->Reset(agent->FirstRows());
    for (int step = 0; step < steps; ++step) {
      const StepRows rows = agent->NextRows();
      agent->actor().Act({kWorlds, worlds, rows.now.player, rows.now.observation, rows.now.mask,
                          rows.now.start, nullptr},
                         rows.actions);
      env->Step(rows.actions, rows.outcome, rows.next);
      const double error = plain.Push(kWorlds, rows, env->last());
      agent->Learn(env->last());
      if (error < 0) continue;
      ASSERT_NEAR(agent->metrics()[0].value, error, 1e-9) << "step " << step;
    }
    ExpectEqualTables(*agent, plain, c, env->spec().action.count, row_of);
  }
}

const EnvRow& EnvOf(const char* id) { return support::FindRow(BuiltinEnvs(), id); }

TEST(TabularPlain, CountingEnvironment_EqualsTheSlowVersion) {
  // 256 episodes of 3.3 plies bring every state of a world back twice.
  Compare(support::StepCounterRow<std::uint8_t, false>(), {}, 1800, RowOfKey);
}

TEST(TabularPlain, SlipperyLakeWithATimeLimit_EqualsTheSlowVersion) {
  Compare(EnvOf("FrozenLake-v1"), {}, 3000, RowOfNumbers, 9);
}

TEST(TabularPlain, TicTacToeAgainstItself_EqualsTheSlowVersion) {
  Compare(EnvOf("TicTacToe-v0"), {}, 700, RowOfKey);
}

TEST(TabularPlain, ThreeSeatGameInBins_EqualsTheSlowVersion) {
  Compare(three_seat::ThreeSeatRow(), {{"bins", "4"}}, 1500, RowOfNumbers);
  Compare(three_seat::ThreeSeatRow(), {{"bins", "4"}}, 1500, RowOfNumbers, 2);
}

}  // namespace
}  // namespace brasa
