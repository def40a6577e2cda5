#include "envs/toy/taxi.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "brasa/contract_check.h"
#include "brasa/core/value_iteration.h"
#include "tests/support/text_fuzz.h"
#include "tests/toy/tables.h"

namespace brasa {
namespace {

using toy_testing::ExpectSteps;
using toy_testing::ExpectTable;
using toy_testing::ReadRows;
using toy_testing::Settings;
using toy_testing::With;

Taxi Cab(const Settings& settings = {}) { return Taxi(With<Taxi>(settings)); }

const Settings kRain = {{"rainy", "true"}};
const Settings kFickle = {{"fickle", "true"}};
const Settings kBoth = {{"rainy", "true"}, {"fickle", "true"}, {"fickle_probability", "0.6"}};

TEST(Taxi, Model_EqualsGymnasiumsTables) {
  ExpectTable(Cab().Model(), "taxi_v4_P.csv");
  ExpectTable(Cab(kRain).Model(), "taxi_v4_rainy_P.csv");
}

TEST(Taxi, RecordedSteps_AreOutcomesOfTheModel) { ExpectSteps(Cab().Model(), "taxi_v4_traj.csv"); }

// Gymnasium's action mask names the actions that change the state.
TEST(Taxi, RecordedActionMasks_NameTheActionsThatMove) {
  const TransitionModel model = Cab().Model();
  for (const auto& row : ReadRows("taxi_v4_traj.csv")) {
    const std::int32_t state = std::stoi(row[4]);
    if (row[6] == "1") continue;
    for (std::size_t action = 0; action < 6; ++action) {
      const ModelOutcome& o = model.outcomes[static_cast<std::size_t>(state)][action][0];
      EXPECT_EQ(o.next != state, row[9][action] == '1') << state << " " << action;
    }
  }
}

TEST(Taxi, Starts_AreThe300StatesWithAPassengerToDrive) {
  const TransitionModel model = Cab().Model();
  int starts = 0;
  for (const double p : model.start) {
    EXPECT_TRUE(p == 0 || p == 1.0 / 300.0);
    starts += p > 0;
  }
  EXPECT_EQ(starts, 300);
  Taxi cab = Cab();
  std::map<std::int32_t, int> seen;
  Rng rng(4, StreamRole::kTest);
  for (int i = 0; i < 30000; ++i) {
    cab.Reset(rng);
    ++seen[cab.state];
  }
  ASSERT_EQ(seen.size(), 300u);
  for (const auto& [state, count] : seen) {
    EXPECT_GT(model.start[static_cast<std::size_t>(state)], 0) << state;
    EXPECT_NEAR(count, 100, 50) << state;  // five standard deviations
  }
}

// By dynamic programming on Gymnasium's tables within the 200 plies.
TEST(Taxi, ValueIterationOnTheModel_GivesTheKnownOptima) {
  const TransitionModel dry = Cab().Model(), rain = Cab(kRain).Model();
  EXPECT_NEAR(StartMean(dry, BestValues(dry, 200)), 7.93, 1e-12);
  EXPECT_NEAR(StartMean(rain, BestValues(rain, 200)), 3.95457451655083, 1e-12);
  const TransitionModel never = Cab({{"fickle", "true"}, {"fickle_probability", "0"}}).Model();
  EXPECT_NEAR(StartMean(never, BestValues(never, 200)), 7.93, 1e-12);
}

/// Moves between two cells, by breadth-first search.
int Distance(int from, int to) {
  std::array<int, 25> distance{};
  distance.fill(-1);
  std::vector<int> open = {from};
  distance[Taxi::Index(from)] = 0;
  for (std::size_t i = 0; i < open.size(); ++i) {
    for (const int next : Taxi::kNeighbour[Taxi::Index(open[i])]) {
      if (distance[Taxi::Index(next)] >= 0) continue;
      distance[Taxi::Index(next)] = distance[Taxi::Index(open[i])] + 1;
      open.push_back(next);
    }
  }
  return distance[Taxi::Index(to)];
}

// A driver fetches the passenger, makes the first move that is best on average over the
// destinations, and drives to the one that came out: with 0.3 one of the three others.
TEST(Taxi, OptimumWithAFickleRider_IsThatOfTheBestFirstMove) {
  double sum = 0;
  for (int start = 0; start < 300; ++start) {
    const int cell = start / 12, waits = start / 3 % 4;
    const int wanted = start % 3 + (start % 3 >= waits);
    const int pickup = Taxi::kPlaces[Taxi::Index(waits)];
    double shortest = 1e9;
    for (const int first : Taxi::kNeighbour[Taxi::Index(pickup)]) {
      if (first == pickup) continue;
      double mean = 0;
      for (int place = 0; place < 4; ++place) {
        const int distance = Distance(first, Taxi::kPlaces[Taxi::Index(place)]);
        mean += distance * (place == wanted ? 0.7 : 0.1);
      }
      shortest = std::min(shortest, mean);
    }
    sum += 20 - Distance(cell, pickup) - 2 - shortest;
  }
  const TransitionModel fickle = Cab(kFickle).Model();
  EXPECT_NEAR(StartMean(fickle, BestValues(fickle, 200)), sum / 300, 1e-12);
  EXPECT_NEAR(sum / 300, 8.38, 1e-12);
}

/// A state as the model numbers it.
std::int32_t ModelState(const Taxi& cab) { return cab.state + 500 * cab.undecided; }

// Pearson's chi-square of 400 draws per state and action against the model, outcomes of the same
// state joined; mean d and variance 2 d over all degrees of freedom d, five standard deviations
// above it are allowed. The seed is fixed.
void ExpectFrequencies(const Settings& settings) {
  constexpr int kDraws = 400;
  Taxi cab = Cab(settings);
  const TransitionModel model = cab.Model();
  double statistic = 0, freedom = 0;
  for (std::int32_t from = 0; from < model.states; ++from) {
    for (std::int32_t action = 0; action < 6; ++action) {
      std::map<std::int32_t, double> expected, seen;
      const auto& outcomes =
          model.outcomes[static_cast<std::size_t>(from)][static_cast<std::size_t>(action)];
      for (const ModelOutcome& o : outcomes) expected[o.next] += kDraws * o.probability;
      Rng rng(8, StreamRole::kTest, static_cast<std::uint32_t>(from * 6 + action));
      const int draws = expected.size() == 1 ? 1 : kDraws;
      for (int draw = 0; draw < draws; ++draw) {
        cab.state = from % 500;
        cab.undecided = from / 500;
        float reward = 0;
        const EpisodeEnd end = cab.Step(ActionRef(&action, 1), rng, std::span<float>(&reward, 1));
        ASSERT_TRUE(expected.contains(ModelState(cab))) << from << " " << action;
        ASSERT_EQ(static_cast<double>(reward), outcomes[0].reward) << from << " " << action;
        ASSERT_EQ(end == EpisodeEnd::kTerminated, outcomes[0].terminated) << from << " " << action;
        ++seen[ModelState(cab)];
      }
      if (expected.size() == 1) continue;
      for (const auto& [next, count] : expected) {
        statistic += (seen[next] - count) * (seen[next] - count) / count;
      }
      freedom += static_cast<double>(expected.size()) - 1;
    }
  }
  EXPECT_LE(statistic, freedom + 5 * std::sqrt(2 * freedom));
}

TEST(Taxi, FrequenciesOfSteps_FollowTheModel) { ExpectFrequencies({}); }
TEST(Taxi, FrequenciesOfStepsInTheRain_FollowTheModel) { ExpectFrequencies(kRain); }
TEST(Taxi, FrequenciesOfStepsWithAFickleRiderInTheRain_FollowTheModel) { ExpectFrequencies(kBoth); }

TEST(Taxi, FickleRider_DecidesOnTheFirstMoveAboardAndNeverAgain) {
  Taxi cab = Cab({{"fickle", "true"}, {"fickle_probability", "1"}});
  Rng rng(2, StreamRole::kTest);
  float reward = 0;
  const auto step = [&](std::int32_t action) {
    cab.Step(ActionRef(&action, 1), rng, std::span<float>(&reward, 1));
  };
  cab.Reset(rng);
  EXPECT_EQ(cab.undecided, 1);
  cab.FromText("taxi 0 0 passenger R destination G undecided");
  step(1);  // against the border
  step(4);
  step(3);  // against the border: the taxi stays in its cell
  EXPECT_EQ(cab.ToText(), "taxi 0 0 passenger aboard destination G undecided");
  step(0);
  EXPECT_EQ(cab.undecided, 0);
  EXPECT_NE(Taxi::Destination(cab.state), 1);
  const int settled = Taxi::Destination(cab.state);
  for (const std::int32_t action : {1, 0, 1, 5, 4, 0}) step(action);
  EXPECT_EQ(Taxi::Destination(cab.state), settled);
}

TEST(Taxi, DryWorldsWithoutFickleness_DrawOnlyTheStart) {
  Taxi cab = Cab();
  Rng rng(3, StreamRole::kTest);
  cab.Reset(rng);
  const Rng after = rng;
  float reward = 0;
  for (const std::int32_t action : {0, 1, 2, 3, 4, 5}) {
    cab.Step(ActionRef(&action, 1), rng, std::span<float>(&reward, 1));
  }
  EXPECT_EQ(rng.counter, after.counter);
}

TEST(Taxi, Text_NamesTaxiPassengerAndDestination) {
  Taxi cab = Cab();
  cab.state = 314;  // ((3 * 5 + 0) * 5 + 3) * 4 + 2
  EXPECT_EQ(cab.ToText(), "taxi 3 0 passenger B destination Y");
  cab.FromText("taxi 2 4 passenger aboard destination R");
  EXPECT_EQ(cab.state, ((2 * 5 + 4) * 5 + 4) * 4);
  for (const char* text :
       {"", "taxi 5 0 passenger B destination Y", "taxi 3 0 passenger X destination Y",
        "taxi 3 0 passenger B destination aboard", "taxi 3 0 passenger B destination Y ",
        "taxi 3 0 passenger B destination Y undecided", "Taxi 3 0 passenger B destination Y",
        "taxi 03 0 passenger B destination Y"}) {
    EXPECT_THROW(cab.FromText(text), UsageError) << text;
  }
  EXPECT_EQ(cab.state, ((2 * 5 + 4) * 5 + 4) * 4);
}

void FuzzTaxi(int count) {
  Taxi cab = Cab(kFickle);
  testing::FuzzText(
      {"taxi 3 0 passenger B destination Y", "taxi 0 4 passenger aboard destination R",
       "taxi 1 1 passenger G destination B undecided"},
      "taxi passenger RGYB aboard 01234", count, [&](const std::string& text) {
        cab.FromText(text);
        ASSERT_EQ(cab.ToText(), text);
      });
  testing::FuzzText({"south", "pickup", "dropoff", "5"}, "southnrewpickdf012345", count / 10,
                    [&](const std::string& text) { cab.ActionFromText(text); });
}
TEST(Taxi, GarbageTexts_AreRefusedInOneWay) { FuzzTaxi(100000); }
TEST(FullTaxiFuzz, GarbageTexts_AreRefusedInOneWay) { FuzzTaxi(1000000); }

TEST(Taxi, ImpossibleProbabilities_AreRefused) {
  for (const char* name : {"rainy_probability", "fickle_probability"}) {
    EXPECT_THROW(Cab({{name, "1.1"}}), ConfigError);
    EXPECT_THROW(Cab({{name, "-0.1"}}), ConfigError);
  }
}

TEST(Taxi, EveryOption_KeepsEveryLaw) {
  const auto rows = BuiltinEnvs();
  for (const EnvRow& row : rows) {
    if (row.id != "Taxi-v4") continue;
    for (const Settings& settings : {kRain, kFickle, kBoth}) {
      Params params = DefaultParams(row);
      for (const auto& [name, value] : settings) params.Set(name, value);
      EXPECT_EQ(ContractFindings(row, params), std::vector<std::string>());
    }
  }
  EXPECT_TRUE(StructFindings<Taxi>(With<Taxi>(kBoth)).empty());
}

}  // namespace
}  // namespace brasa
