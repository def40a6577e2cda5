// Scores with their error bar: aggregates, bootstrap intervals, win rates, Elo.
//
// Sources: Agarwal, Schwarzer, Castro, Courville, Bellemare, "Deep reinforcement learning at the
// edge of the statistical precipice" (NeurIPS 2021) and its library rliable for the interquartile
// mean and the stratified bootstrap; Wilson (1927) for win rates; Elo's logistic model.
//
// Every interval is a two-sided 95 % interval. Every function is pure: equal arguments, random
// stream included, give equal bits. Scores that are empty or not finite throw UsageError.
#pragma once

#include <span>
#include <vector>

#include "brasa/core/random.h"

namespace brasa {

struct Interval {
  double low;
  double high;
};

/// A figure with its 95 % interval, from n values (episodes, runs, games).
struct Estimate {
  double value;
  Interval interval;
  int n;
};

double Mean(std::span<const double> values);
/// Square root of the sum of squared deviations over n - 1. NaN for one value.
double SampleStd(std::span<const double> values);
/// The middle value, or the mean of the two middle ones.
double Median(std::span<const double> values);
/// Interquartile mean: the mean of what is left when floor(n / 4) values are dropped at each end;
/// no value counts by a fraction (scipy.stats.trim_mean with 0.25, as rliable uses it).
double InterquartileMean(std::span<const double> values);

/// Which aggregate an interval is wanted for.
enum class Statistic { kMean, kMedian, kIqm };

inline constexpr int kBootstrapRepetitions = 10000;

/// `statistic` of `values` with its percentile bootstrap interval: n values are drawn with
/// replacement `repetitions` times; the interval ends at the 2.5 and 97.5 percentiles (linear
/// between order statistics, as numpy.percentile). Of a single value the interval is unknown: NaN.
Estimate Bootstrap(std::span<const double> values, Statistic statistic, Rng rng,
                   int repetitions = kBootstrapRepetitions);

/// Scores [runs, tasks], row-major, usually normalised per task. Borrows.
struct ScoreMatrix {
  std::span<const double> scores;
  int runs;
  int tasks;
};

/// kMean, kMedian: of the tasks' means over runs. kIqm: of all runs * tasks scores together.
double Aggregate(const ScoreMatrix& matrix, Statistic statistic);

/// `Aggregate` with its stratified bootstrap interval: every cell is drawn anew, with replacement,
/// from the runs of its own task; tasks stay. n is the number of runs; of a single run the interval
/// is unknown: NaN.
Estimate StratifiedBootstrap(const ScoreMatrix& matrix, Statistic statistic, Rng rng,
                             int repetitions = kBootstrapRepetitions);

/// How far the scores stay below `gamma`: gamma minus the mean of min(score, gamma), with its
/// stratified bootstrap interval. For scores of which 1 is the aim, gamma = 1. `gamma` is finite.
Estimate OptimalityGap(const ScoreMatrix& matrix, double gamma, Rng rng,
                       int repetitions = kBootstrapRepetitions);

/// The probability that a run of `x` beats one of `y` on a task drawn at random: the mean over
/// tasks of the share of pairs (a run of x, a run of y) in which x is higher, draws counting half
/// (Mann and Whitney's U). Stratified bootstrap: both sides are drawn anew. n is the smaller number
/// of runs; the interval is NaN where that is 1. Throws UsageError where the tasks differ in
/// number.
Estimate ProbabilityOfImprovement(const ScoreMatrix& x, const ScoreMatrix& y, Rng rng,
                                  int repetitions = kBootstrapRepetitions);

/// Performance profile: for every threshold the share of all scores that lie above it (strictly),
/// with stratified bootstrap intervals, one resample for all thresholds. Of a single run: NaN.
std::vector<Estimate> PerformanceProfile(const ScoreMatrix& matrix,
                                         std::span<const double> thresholds, Rng rng,
                                         int repetitions = kBootstrapRepetitions);

/// wins / games with Wilson's score interval. Throws UsageError unless 0 <= wins <= games, games >
/// 0.
Estimate WinRate(int wins, int games);

/// The Elo difference that a match suggests: 400 log10(s / (1 - s)) of the score
/// s = (wins + draws / 2) / games, infinite where s is 0 or 1. The interval is s -+ z sigma / sqrt
/// n with the variance of the games' scores 1, 1/2, 0, both ends converted (an end at or beyond 0
/// or 1 is infinite). Where all games ended alike that variance is 0 and tells nothing: then the
/// ends are those of Wilson's interval of s. Throws UsageError for negative counts or no game.
Estimate EloDifference(int wins, int draws, int losses);

}  // namespace brasa
