#include "envs/toy/frozen_lake.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>

#include "brasa/core/error.h"
#include "tests/support/test_data.h"
#include "tests/support/text_fuzz.h"

namespace brasa {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

Params With(const Settings& settings) {
  Params params(FrozenLake::Fields());
  for (const auto& [name, value] : settings) params.Set(name, value);
  return params;
}

FrozenLake Lake(const Settings& settings) { return FrozenLake(With(settings)); }

struct Table {
  const char* file;
  Settings settings;
};

class FrozenLakeTable : public ::testing::TestWithParam<Table> {};

// Probabilities and rewards to the last bit: the file has 17 digits.
TEST_P(FrozenLakeTable, Model_EqualsGymnasiumsTable) {
  const TransitionModel model = Lake(GetParam().settings).Model();
  std::ifstream file(TestData("classic_envs/") + GetParam().file);
  std::string line;
  std::getline(file, line);
  std::size_t rows = 0;
  while (std::getline(file, line)) {
    std::replace(line.begin(), line.end(), ',', ' ');
    std::istringstream fields(line);
    std::size_t state, action, outcome;
    double probability, reward;
    std::int32_t next;
    bool terminated;
    fields >> state >> action >> outcome >> probability >> next >> reward >> terminated;
    ASSERT_TRUE(fields) << line;
    ASSERT_LT(outcome, model.outcomes.at(state).at(action).size()) << line;
    const ModelOutcome& found = model.outcomes[state][action][outcome];
    EXPECT_EQ(found.probability, probability) << line;
    EXPECT_EQ(found.next, next) << line;
    EXPECT_EQ(found.reward, reward) << line;
    EXPECT_EQ(found.terminated, terminated) << line;
    ++rows;
  }
  std::size_t outcomes = 0;
  for (const auto& state : model.outcomes) {
    for (const auto& action : state) outcomes += action.size();
  }
  EXPECT_EQ(rows, outcomes);
  EXPECT_EQ(model.start[0], 1.0);
}

INSTANTIATE_TEST_SUITE_P(
    Gymnasium, FrozenLakeTable,
    ::testing::Values(Table{"frozenlake4x4_slippery_P.csv", {}},
                      Table{"frozenlake4x4_deterministic_P.csv", {{"slippery", "false"}}},
                      Table{"frozenlake4x4_success0.8_P.csv", {{"success_rate", "0.8"}}},
                      Table{"frozenlake8x8_slippery_P.csv", {{"map", "8x8"}}}));

/// Value of the start after `steps` sweeps of optimal backups with discount `gamma`.
double OptimalValue(const TransitionModel& model, double gamma, int steps) {
  std::vector<double> value(static_cast<std::size_t>(model.states), 0.0), better = value;
  for (int step = 0; step < steps; ++step) {
    for (std::size_t s = 0; s < value.size(); ++s) {
      better[s] = -std::numeric_limits<double>::infinity();
      for (const auto& outcomes : model.outcomes[s]) {
        double q = 0;
        for (const ModelOutcome& o : outcomes) {
          const double later = o.terminated ? 0 : gamma * value[static_cast<std::size_t>(o.next)];
          q += o.probability * (o.reward + later);
        }
        better[s] = std::max(better[s], q);
      }
    }
    std::swap(value, better);
  }
  double start = 0;
  for (std::size_t s = 0; s < value.size(); ++s) start += model.start[s] * value[s];
  return start;
}

struct Optimum {
  Settings settings;
  int limit;
  double within_limit, unlimited, discounted;
};

class FrozenLakeOptimum : public ::testing::TestWithParam<Optimum> {};

// Values by dynamic programming on Gymnasium's table. 1e-12 leaves room for the order of the sums;
// 1e-10 where the known value is itself the end of an iteration that stopped within 2e-11 below.
TEST_P(FrozenLakeOptimum, ValueIterationOnTheModel_GivesTheKnownValues) {
  const Optimum& known = GetParam();
  const TransitionModel model = Lake(known.settings).Model();
  EXPECT_NEAR(OptimalValue(model, 1, known.limit), known.within_limit, 1e-12);
  EXPECT_NEAR(OptimalValue(model, 1, 20000), known.unlimited, 1e-10);
  EXPECT_NEAR(OptimalValue(model, 0.99, 5000), known.discounted, 1e-10);
  EXPECT_EQ(FrozenLake::Spec(With(known.settings)).max_episode_steps, known.limit);
}

INSTANTIATE_TEST_SUITE_P(
    Known, FrozenLakeOptimum,
    ::testing::Values(Optimum{{}, 100, 0.744190287829269, 14.0 / 17.0, 0.542025931998803},
                      Optimum{{{"map", "8x8"}}, 200, 0.913220150201629, 1.0, 0.414640361798730},
                      Optimum{{{"success_rate", "0.8"}},
                              100,
                              0.893953899522463,
                              0.996927803366947,
                              0.716322637700097},
                      Optimum{{{"slippery", "false"}}, 100, 1, 1, 0.9509900499}));

// Pearson's chi-square of 9,000 draws per state and action against the model, outcomes of the same
// cell joined. Over all pairs the statistic has the mean of its degrees of freedom d and the
// variance 2 d; five standard deviations above it are allowed. The seed is fixed.
TEST(FrozenLake, FrequenciesOfSteps_FollowTheModel) {
  FrozenLake lake = Lake({{"success_rate", "0.5"}});
  const TransitionModel model = lake.Model();
  constexpr int kDraws = 9000;
  double statistic = 0, freedom = 0;
  for (std::int32_t state = 0; state < model.states; ++state) {
    if (FrozenLake::IsEnd(lake.map.At(state))) continue;
    for (std::int32_t action = 0; action < 4; ++action) {
      std::map<std::int32_t, double> expected, seen;
      for (const ModelOutcome& o :
           model.outcomes[static_cast<std::size_t>(state)][static_cast<std::size_t>(action)]) {
        expected[o.next] += kDraws * o.probability;
      }
      Rng rng(3, StreamRole::kTest, static_cast<std::uint32_t>(state * 4 + action));
      for (int draw = 0; draw < kDraws; ++draw) {
        lake.cell = state;
        float reward = -1;
        const EpisodeEnd end = lake.Step(ActionRef(&action, 1), rng, std::span<float>(&reward, 1));
        ++seen[lake.cell];
        ASSERT_TRUE(expected.contains(lake.cell)) << state << " " << action;
        const LakeCell entered = lake.map.At(lake.cell);
        ASSERT_EQ(reward, entered == LakeCell::kGoal ? 1.0f : 0.0f);
        ASSERT_EQ(end, FrozenLake::IsEnd(entered) ? EpisodeEnd::kTerminated : EpisodeEnd::kNone);
      }
      for (const auto& [next, count] : expected) {
        statistic += (seen[next] - count) * (seen[next] - count) / count;
      }
      freedom += static_cast<double>(expected.size()) - 1;
    }
  }
  EXPECT_LT(std::abs(statistic - freedom), 5 * std::sqrt(2 * freedom));
}

TEST(FrozenLake, DeterministicIce_DrawsNothing) {
  FrozenLake lake = Lake({{"slippery", "false"}});
  Rng rng(1, StreamRole::kTest);
  lake.Reset(rng);
  float reward = 0;
  for (const std::int32_t action : {1, 1, 2, 2, 1}) {
    EXPECT_EQ(lake.Step(ActionRef(&action, 1), rng, std::span<float>(&reward, 1)),
              EpisodeEnd::kNone);
  }
  const std::int32_t right = 2;
  EXPECT_EQ(lake.Step(ActionRef(&right, 1), rng, std::span<float>(&reward, 1)),
            EpisodeEnd::kTerminated);
  EXPECT_EQ(reward, 1);
  EXPECT_EQ(rng.counter, 0u);
}

TEST(FrozenLake, SeveralStarts_AreDrawnEquallyOften) {
  FrozenLake lake = Lake({{"map", "SFS/FFF/SFG"}});
  std::map<std::int32_t, int> seen;
  Rng rng(9, StreamRole::kTest);
  for (int i = 0; i < 9000; ++i) {
    lake.Reset(rng);
    ++seen[lake.cell];
  }
  ASSERT_EQ(seen.size(), 3u);
  for (const std::int32_t start : {0, 2, 6}) {
    EXPECT_NEAR(seen[start], 3000, 5 * std::sqrt(9000 * 2.0 / 9.0));  // five standard deviations
    EXPECT_EQ(lake.Model().start[static_cast<std::size_t>(start)], 1.0 / 3.0);
  }
}

TEST(FrozenLake, RewardSchedule_PaysGoalHoleAndStep) {
  FrozenLake lake = Lake({{"map", "SFG/FHF"},
                          {"slippery", "false"},
                          {"reward_goal", "5"},
                          {"reward_hole", "-3"},
                          {"reward_step", "-0.5"}});
  Rng rng;
  float reward = 0;
  const auto step = [&](std::int32_t action) {
    lake.Step(ActionRef(&action, 1), rng, std::span<float>(&reward, 1));
    return reward;
  };
  lake.Reset(rng);
  EXPECT_EQ(step(2), -0.5f);
  EXPECT_EQ(step(2), 5.0f);
  lake.Reset(rng);
  EXPECT_EQ(step(0), -0.5f);  // against the border
  step(1);
  EXPECT_EQ(step(2), -3.0f);
}

TEST(FrozenLake, MapsThatCannotBePlayed_AreRefused) {
  const std::string wide(33, 'F');
  for (const std::string& map :
       {std::string("SFF/FF/FFG"), std::string("SFX/FFG"), std::string("FFF/FFG"),
        std::string("SFF/FFF"), std::string("SHF/HFG"), std::string(""), std::string("5x5"),
        std::string("SG/"), "S" + wide + "G"}) {
    EXPECT_THROW(Lake({{"map", map}}), ConfigError) << map;
    EXPECT_THROW(FrozenLake::Spec(With({{"map", map}})), ConfigError) << map;
  }
}

TEST(FrozenLake, RandomMap_HasAPathAndIsFixedByItsSeed) {
  const Settings nine = {{"map", "random"}, {"size", "12"}, {"map_seed", "9"}};
  const FrozenLake lake = Lake(nine);
  EXPECT_TRUE(lake.map.HasPath());
  EXPECT_EQ(lake.map.rows, 12);
  EXPECT_EQ(lake.map.At(0), LakeCell::kStart);
  EXPECT_EQ(lake.map.At(143), LakeCell::kGoal);
  EXPECT_EQ(Lake(nine).map, lake.map);
  EXPECT_FALSE(Lake({{"map", "random"}, {"size", "12"}, {"map_seed", "10"}}).map == lake.map);
  EXPECT_THROW(Lake({{"map", "random"}, {"size", "32"}, {"frozen_probability", "0.1"}}),
               ConfigError);
}

TEST(FrozenLake, Thresholds_AreThoseOfTheNamedMaps) {
  EXPECT_EQ(FrozenLake::Spec(With({})).reward_threshold, 0.70);
  EXPECT_EQ(FrozenLake::Spec(With({{"map", "8x8"}})).reward_threshold, 0.85);
  EXPECT_TRUE(std::isnan(FrozenLake::Spec(With({{"map", "SFG"}})).reward_threshold));
  EXPECT_EQ(FrozenLake::Spec(With({{"map", "SFFFFG/FFFFFF"}})).max_episode_steps, 150);
}

TEST(FrozenLake, Text_IsTheMapWithTheCellInLowerCase) {
  FrozenLake lake = Lake({});
  lake.cell = 6;
  EXPECT_EQ(lake.ToText(), "SFFF\nFHfH\nFFFH\nHFFG");
  lake.FromText("SFFF/FHFH/FFFH/HFFg");
  EXPECT_EQ(lake.cell, 15);
  for (const char* text : {"SFFF/FHFH/FFFH/HFFG", "sFFF/FHFH/FFFH/HFFg", "sFFF/FFFH/FFFH/HFFG", "",
                           "sFFF/FHFH/FFFH/HFFGF"}) {
    EXPECT_THROW(lake.FromText(text), UsageError) << text;
  }
  EXPECT_EQ(lake.cell, 15);
}

TEST(FrozenLake, Actions_AreReadByNameAndId) {
  const FrozenLake lake = Lake({});
  EXPECT_EQ(lake.ActionFromText("up"), std::vector<double>{3});
  EXPECT_EQ(lake.ActionFromText("0"), std::vector<double>{0});
  for (const char* text : {"4", "Up ", "", "l"}) {
    EXPECT_THROW(lake.ActionFromText(text), UsageError) << text;
  }
}

void FuzzFrozenLake(int count) {
  testing::FuzzText<ConfigError>(
      {"SFF/FHF/FFG", "SFFF/FHFH/FFFH/HFFG", "SG"}, "SFHG/\n", count, [](const std::string& text) {
        const FrozenLakeMap map = ReadFrozenLakeMap(text);
        EXPECT_TRUE(map.HasPath()) << text;
        EXPECT_EQ(ReadFrozenLakeMap(map.ToText('/')).ToText('\n'), map.ToText('\n'));
      });
  FrozenLake lake = Lake({{"map", "SFF/FHF/FFG"}});
  testing::FuzzText({"sFF/FHF/FFG", "SFF\nFhF\nFFG", "SFF/FHF/FFg"}, "SFHGsfhg/\n", count,
                    [&](const std::string& text) {
                      lake.FromText(text);
                      EXPECT_TRUE(lake.cell >= 0 && lake.cell < 9) << text;
                    });
  testing::FuzzText({"left", "down", "right", "up", "2"}, "leftdownrightup0123", count / 10,
                    [&](const std::string& text) {
                      const std::vector<double> ids = lake.ActionFromText(text);
                      EXPECT_TRUE(ids[0] >= 0 && ids[0] < 4) << text;
                    });
}

TEST(FrozenLake, GarbageMapsAndTexts_AreRefusedInOneWay) { FuzzFrozenLake(100000); }
TEST(FullFrozenLakeFuzz, GarbageMapsAndTexts_AreRefusedInOneWay) { FuzzFrozenLake(1000000); }

}  // namespace
}  // namespace brasa
