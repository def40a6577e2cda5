#include "brasa/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "brasa/core/error.h"
#include "tests/support/test_data.h"

namespace brasa {
namespace {

using Values = std::vector<double>;

const std::string kFolder = TestData("evaluation/");
constexpr double kInfinity = std::numeric_limits<double>::infinity();

nlohmann::json Reference() {
  return nlohmann::json::parse(std::ifstream(kFolder + "reference.json"));
}

struct Scores {
  Values values;
  int runs = 0;
  ScoreMatrix matrix() const { return {values, runs, static_cast<int>(values.size()) / runs}; }
};

Scores ReadScores(const std::string& name) {
  Scores scores;
  std::ifstream in(kFolder + name);
  for (std::string line; std::getline(in, line); ++scores.runs) {
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');)
      scores.values.push_back(std::stod(cell));
  }
  return scores;
}

Rng TestRng(std::uint64_t seed) { return Rng(seed, StreamRole::kBootstrap); }

// By hand: sorted 1 2 3 4 100; floor(5/4) = 1 dropped at each end; deviations from 22.
TEST(Statistics, FiveValues_ByHand) {
  const Values values = {100, 1, 4, 2, 3};
  EXPECT_DOUBLE_EQ(Mean(values), 22);
  EXPECT_DOUBLE_EQ(Median(values), 3);
  EXPECT_DOUBLE_EQ(InterquartileMean(values), 3);
  // 78^2 + 21^2 + 18^2 + 20^2 + 19^2 = 7610, over 4
  EXPECT_DOUBLE_EQ(SampleStd(values), std::sqrt(7610 / 4.0));
}

TEST(Statistics, EvenCount_MedianIsTheMeanOfTheMiddleTwo) {
  EXPECT_DOUBLE_EQ(Median(Values{7, 1, 2, 100}), 4.5);
}

// floor(n / 4) at each end: 0 of 3, 1 of 7, 2 of 8.
TEST(Statistics, Iqm_DropsAQuarterRoundedDown) {
  EXPECT_DOUBLE_EQ(InterquartileMean(Values{0, 0, 9}), 3);
  EXPECT_DOUBLE_EQ(InterquartileMean(Values{-50, 1, 2, 3, 4, 5, 90}), 3);
  EXPECT_DOUBLE_EQ(InterquartileMean(Values{-50, -9, 1, 2, 3, 6, 80, 90}), 3);
}

TEST(Statistics, OneValue_HasNoSpread) {
  EXPECT_TRUE(std::isnan(SampleStd(Values{3})));
  const Estimate estimate = Bootstrap(Values{3}, Statistic::kIqm, TestRng(1));
  EXPECT_EQ(estimate.value, 3);
  EXPECT_EQ(estimate.n, 1);
  EXPECT_TRUE(std::isnan(estimate.interval.low) && std::isnan(estimate.interval.high));
}

TEST(Statistics, BadScores_AreRefused) {
  EXPECT_THROW(Mean(Values{}), UsageError);
  EXPECT_THROW(Median(Values{1, kInfinity}), UsageError);
  EXPECT_THROW(InterquartileMean(Values{std::nan(""), 1}), UsageError);
  EXPECT_THROW(Bootstrap(Values{}, Statistic::kMean, TestRng(1)), UsageError);
  EXPECT_THROW(Bootstrap(Values{1, 2}, Statistic::kMean, TestRng(1), 0), UsageError);
  EXPECT_THROW(Aggregate({Values{1, 2, 3}, 2, 2}, Statistic::kMean), UsageError);
  EXPECT_THROW(Aggregate({Values{1, 2}, -1, -2}, Statistic::kMean), UsageError);
}

TEST(Statistics, Aggregates_EqualRliable) {
  const nlohmann::json reference = Reference();
  const Scores x = ReadScores("scores_x.csv"), y = ReadScores("scores_y.csv");
  ASSERT_EQ(x.runs, 5);
  ASSERT_EQ(y.runs, 7);
  for (const std::size_t i : {0u, 1u}) {
    const ScoreMatrix matrix = (i == 0 ? x : y).matrix();
    // NumPy sums pairwise: the last bits may differ.
    EXPECT_NEAR(Aggregate(matrix, Statistic::kMean), double{reference["mean"][i]}, 1e-14);
    EXPECT_NEAR(Aggregate(matrix, Statistic::kMedian), double{reference["median"][i]}, 1e-14);
    EXPECT_NEAR(Aggregate(matrix, Statistic::kIqm), double{reference["iqm"][i]}, 1e-14);
  }
}

// Both sides are bootstraps; over seeds an end varies by some 0.002 with 10,000 repetitions.
TEST(Statistics, StratifiedBootstrap_AgreesWithRliable) {
  const nlohmann::json ends = Reference()["iqm_x_stratified_bootstrap_percentile_ci95_50000"];
  const Scores x = ReadScores("scores_x.csv");
  const Estimate estimate = StratifiedBootstrap(x.matrix(), Statistic::kIqm, TestRng(1), 50000);
  EXPECT_NEAR(estimate.value, 0.5055, 1e-12);
  EXPECT_NEAR(estimate.interval.low, double{ends[0]}, 0.004);
  EXPECT_NEAR(estimate.interval.high, double{ends[1]}, 0.004);
  EXPECT_EQ(estimate.n, 5);
}

// Each task's runs are equal, so a resample within tasks changes nothing; one across tasks would.
TEST(Statistics, StratifiedBootstrap_ResamplesWithinEachTask) {
  const Values scores = {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3};
  for (const Statistic statistic : {Statistic::kMean, Statistic::kMedian, Statistic::kIqm}) {
    const Interval ends = StratifiedBootstrap({scores, 4, 3}, statistic, TestRng(1), 200).interval;
    EXPECT_EQ(ends.low, 2);
    EXPECT_EQ(ends.high, 2);
  }
}

// Two runs of three tasks, all 0 and all 1: six cells drawn apart are all 0 with probability 1/64 <
// 0.025 and hold at most a single 1 with 7/64, so the interval begins at 1/6. Drawing whole runs
// would give all 0 with 1/4.
TEST(Statistics, StratifiedBootstrap_DrawsTasksIndependently) {
  const Values scores = {0, 0, 0, 1, 1, 1};
  const Interval ends = StratifiedBootstrap({scores, 2, 3}, Statistic::kMean, TestRng(1)).interval;
  EXPECT_NEAR(ends.low, 1.0 / 6, 1e-12);
  EXPECT_NEAR(ends.high, 5.0 / 6, 1e-12);
}

TEST(Statistics, StratifiedBootstrapOfOneRun_HasNoInterval) {
  const Estimate estimate =
      StratifiedBootstrap({Values{1, 2, 6}, 1, 3}, Statistic::kMean, TestRng(1));
  EXPECT_EQ(estimate.value, 3);
  EXPECT_TRUE(std::isnan(estimate.interval.low) && std::isnan(estimate.interval.high));
}

TEST(Statistics, OptimalityGap_EqualsRliable) {
  const nlohmann::json reference = Reference();
  const Scores x = ReadScores("scores_x.csv"), y = ReadScores("scores_y.csv");
  for (const std::size_t i : {0u, 1u}) {
    const ScoreMatrix matrix = (i == 0 ? x : y).matrix();
    EXPECT_NEAR(OptimalityGap(matrix, 1, TestRng(1), 10).value,
                double{reference["optimality_gap"][i]}, 1e-14);
    EXPECT_NEAR(OptimalityGap(matrix, 0.5, TestRng(1), 10).value,
                double{reference["optimality_gap_gamma_0_5"][i]}, 1e-14);
  }
  EXPECT_THROW(OptimalityGap(x.matrix(), kInfinity, TestRng(1)), UsageError);
}

// One task, runs 0 and 1, gamma 1: a resample of two runs has the mean 0, 1/2 or 1 with
// probabilities 1/4, 1/2, 1/4, so the gap's ends are 0 and 1; with gamma 1/2, 0 and 1/2.
TEST(Statistics, OptimalityGapsInterval_ByHand) {
  const Values scores = {0, 1};
  const Estimate whole = OptimalityGap({scores, 2, 1}, 1, TestRng(1));
  EXPECT_EQ(whole.value, 0.5);
  EXPECT_EQ(whole.interval.low, 0);
  EXPECT_EQ(whole.interval.high, 1);
  EXPECT_EQ(whole.n, 2);
  const Estimate half = OptimalityGap({scores, 2, 1}, 0.5, TestRng(1));
  EXPECT_EQ(half.value, 0.25);
  EXPECT_EQ(half.interval.high, 0.5);
}

TEST(Statistics, ProbabilityOfImprovement_EqualsRliableForEveryTask) {
  const nlohmann::json reference = Reference();
  const Scores x = ReadScores("scores_x.csv"), y = ReadScores("scores_y.csv");
  EXPECT_NEAR(ProbabilityOfImprovement(x.matrix(), y.matrix(), TestRng(1), 10).value,
              double{reference["probability_of_improvement_x_over_y"]}, 1e-14);
  for (std::size_t task = 0; task < 4; ++task) {
    Values column_x, column_y;
    for (std::size_t i = task; i < x.values.size(); i += 4) column_x.push_back(x.values[i]);
    for (std::size_t i = task; i < y.values.size(); i += 4) column_y.push_back(y.values[i]);
    const Estimate one =
        ProbabilityOfImprovement({column_x, 5, 1}, {column_y, 7, 1}, TestRng(1), 10);
    EXPECT_NEAR(one.value, double{reference["poi_per_task_by_pairs"][task]}, 1e-14) << task;
    EXPECT_EQ(one.n, 5);
  }
}

// x = {1, 3}, y = {2, 2}: y stays, x is resampled to {1, 1}, {1, 3} or {3, 3} with probabilities
// 1/4, 1/2, 1/4; so the ends are 0 and 1. Equal scores are draws.
TEST(Statistics, ProbabilityOfImprovementsInterval_ByHand) {
  const Values x = {1, 3}, y = {2, 2};
  const Estimate open = ProbabilityOfImprovement({x, 2, 1}, {y, 2, 1}, TestRng(1));
  EXPECT_EQ(open.value, 0.5);
  EXPECT_EQ(open.interval.low, 0);
  EXPECT_EQ(open.interval.high, 1);
  const Estimate drawn = ProbabilityOfImprovement({y, 2, 1}, {y, 2, 1}, TestRng(1));
  EXPECT_EQ(drawn.value, 0.5);
  EXPECT_EQ(drawn.interval.low, 0.5);
  EXPECT_EQ(drawn.interval.high, 0.5);
  const Values one = {4};
  const Estimate alone = ProbabilityOfImprovement({one, 1, 1}, {y, 2, 1}, TestRng(1));
  EXPECT_EQ(alone.value, 1);
  EXPECT_TRUE(std::isnan(alone.interval.low) && std::isnan(alone.interval.high));
  EXPECT_THROW(ProbabilityOfImprovement({x, 2, 1}, {y, 1, 2}, TestRng(1)), UsageError);
}

TEST(Statistics, PerformanceProfile_EqualsRliable) {
  const nlohmann::json reference = Reference();
  const Scores x = ReadScores("scores_x.csv"), y = ReadScores("scores_y.csv");
  const Values taus = reference["taus"];
  ASSERT_EQ(taus.size(), 7u);
  for (const std::size_t i : {0u, 1u}) {
    const auto profile = PerformanceProfile((i == 0 ? x : y).matrix(), taus, TestRng(1), 100);
    ASSERT_EQ(profile.size(), 7u);
    for (std::size_t t = 0; t < 7; ++t) {
      EXPECT_NEAR(profile[t].value, double{reference["score_distribution"][i][t]}, 1e-14);
      EXPECT_LE(profile[t].interval.low, profile[t].value);
      EXPECT_GE(profile[t].interval.high, profile[t].value);
    }
  }
}

// A score on the threshold is not above it. Runs 0 and 1 of a task: the share above 0.5 of a
// resample is 0, 1/2 or 1 with probabilities 1/4, 1/2, 1/4.
TEST(Statistics, PerformanceProfilesInterval_ByHand) {
  const Values scores = {0, 1};
  const auto profile = PerformanceProfile({scores, 2, 1}, Values{0, 0.5, 1}, TestRng(1));
  EXPECT_EQ(profile[0].value, 0.5);
  EXPECT_EQ(profile[1].value, 0.5);
  EXPECT_EQ(profile[1].interval.low, 0);
  EXPECT_EQ(profile[1].interval.high, 1);
  EXPECT_EQ(profile[2].value, 0);
  EXPECT_EQ(profile[2].interval.high, 0);
  const auto alone = PerformanceProfile({Values{3}, 1, 1}, Values{2}, TestRng(1));
  EXPECT_EQ(alone[0].value, 1);
  EXPECT_TRUE(std::isnan(alone[0].interval.low));
}

/// All 6^6 resamples of six values, enumerated: what a bootstrap samples from.
Values AllResamples(const Values& values, double (*statistic)(std::span<const double>)) {
  Values all, resample(6);
  for (int code = 0; code < 46656; ++code) {
    for (int i = 0, rest = code; i < 6; ++i, rest /= 6) {
      resample[static_cast<std::size_t>(i)] = values[static_cast<std::size_t>(rest % 6)];
    }
    all.push_back(statistic(resample));
  }
  std::sort(all.begin(), all.end());
  return all;
}

// With 200,000 repetitions the share below an end has a standard error of sqrt(0.025 * 0.975 /
// 200000) = 0.00035; the ends must lie between the exact quantiles 5 standard errors to each side.
TEST(Statistics, Bootstrap_AgreesWithAllResamples) {
  const Values values = {3.1, -0.4, 7.9, 2.2, 12.5, 5.3};
  const struct {
    Statistic statistic;
    double (*function)(std::span<const double>);
  } cases[] = {
      {Statistic::kMean, Mean}, {Statistic::kMedian, Median}, {Statistic::kIqm, InterquartileMean}};
  for (const auto& [statistic, function] : cases) {
    const Values all = AllResamples(values, function);
    const auto quantile = [&](double share) {
      return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))];
    };
    const Estimate estimate = Bootstrap(values, statistic, TestRng(1), 200000);
    EXPECT_EQ(estimate.value, function(values));
    EXPECT_EQ(estimate.n, 6);
    const double slack = 1e-12;  // sums in another order
    EXPECT_GE(estimate.interval.low, quantile(0.025 - 0.00175) - slack);
    EXPECT_LE(estimate.interval.low, quantile(0.025 + 0.00175) + slack);
    EXPECT_GE(estimate.interval.high, quantile(0.975 - 0.00175) - slack);
    EXPECT_LE(estimate.interval.high, quantile(0.975 + 0.00175) + slack);
  }
}

TEST(Statistics, Bootstrap_IsAFunctionOfItsArguments) {
  const Values values = {3, 1, 4, 1, 5, 9, 2, 6};
  const auto ends = [&](std::uint64_t seed) {
    const Interval interval = Bootstrap(values, Statistic::kMean, TestRng(seed), 1000).interval;
    return std::pair(interval.low, interval.high);
  };
  EXPECT_EQ(ends(1), ends(1));
  EXPECT_NE(ends(1), ends(2));
}

TEST(Statistics, WinRate_EqualsWilson) {
  const nlohmann::json reference = Reference()["wilson95"];
  ASSERT_EQ(reference.size(), 7u);
  for (const auto& [name, ends] : reference.items()) {
    const std::size_t slash = name.find('/');
    const int wins = std::stoi(name.substr(0, slash)), games = std::stoi(name.substr(slash + 1));
    const Estimate estimate = WinRate(wins, games);
    EXPECT_DOUBLE_EQ(estimate.value, static_cast<double>(wins) / games);
    EXPECT_NEAR(estimate.interval.low, double{ends[0]}, 1e-14) << name;
    EXPECT_NEAR(estimate.interval.high, double{ends[1]}, 1e-14) << name;
    EXPECT_EQ(estimate.n, games);
  }
  EXPECT_THROW(WinRate(0, 0), UsageError);
  EXPECT_THROW(WinRate(3, 2), UsageError);
  EXPECT_THROW(WinRate(-1, 2), UsageError);
}

TEST(Statistics, Elo_EqualsTheLogisticModel) {
  EXPECT_EQ(EloDifference(1, 0, 1).value, 0);
  const nlohmann::json reference = Reference()["elo_diff"];
  for (const auto& [score, elo] : reference.items()) {
    const int wins = static_cast<int>(std::lround(100 * std::stod(score)));
    EXPECT_NEAR(EloDifference(wins, 0, 100 - wins).value, double{elo}, 1e-10) << score;
  }
  // Draws count half: 30 + 40 / 2 of 100 is a score of 0.5.
  EXPECT_EQ(EloDifference(30, 40, 30).value, 0);
}

// s = 0.6, sigma^2 = 0.24, ends 0.6 -+ 1.959964 sqrt(0.24 / 100); s = 0.525, sigma^2 = 0.136875 of
// 400 games. Converted with Python.
TEST(Statistics, EloInterval_ComesFromTheVarianceOfTheScores) {
  const Estimate decisive = EloDifference(60, 0, 40);
  EXPECT_NEAR(decisive.interval.low, 2.76687322256089, 1e-9);
  EXPECT_NEAR(decisive.interval.high, 143.90923301091422, 1e-9);
  const Estimate drawish = EloDifference(120, 180, 100);
  EXPECT_NEAR(drawish.value, 17.386277512436145, 1e-9);
  EXPECT_NEAR(drawish.interval.low, -7.82280744451662, 1e-9);
  EXPECT_NEAR(drawish.interval.high, 42.779938659514, 1e-9);
  EXPECT_EQ(drawish.n, 400);
}

TEST(Statistics, EloEndBeyondAllWins_IsInfinite) {
  const Estimate estimate = EloDifference(9, 0, 1);  // 0.9 + 0.186 > 1
  EXPECT_NEAR(estimate.interval.low, 158.98518507251032, 1e-9);
  EXPECT_EQ(estimate.interval.high, kInfinity);
}

// Wilson of 10/10 is [0.722467, 1], of 5/10 [0.236593, 0.763407].
TEST(Statistics, EloOfEqualGames_HasWilsonsEnds) {
  const Estimate won = EloDifference(10, 0, 0);
  EXPECT_EQ(won.value, kInfinity);
  EXPECT_NEAR(won.interval.low, 166.20152718389093, 1e-9);
  EXPECT_EQ(won.interval.high, kInfinity);
  const Estimate lost = EloDifference(0, 0, 10);
  EXPECT_EQ(lost.value, -kInfinity);
  EXPECT_EQ(lost.interval.low, -kInfinity);
  EXPECT_NEAR(lost.interval.high, -166.20152718389093, 1e-9);
  const Estimate drawn = EloDifference(0, 10, 0);
  EXPECT_EQ(drawn.value, 0);
  EXPECT_NEAR(drawn.interval.low, -203.50161162773185, 1e-9);
  EXPECT_NEAR(drawn.interval.high, 203.50161162773196, 1e-9);
}

TEST(Statistics, EloOfNoGame_IsRefused) {
  EXPECT_THROW(EloDifference(0, 0, 0), UsageError);
  EXPECT_THROW(EloDifference(2, -1, 0), UsageError);
}

}  // namespace
}  // namespace brasa
