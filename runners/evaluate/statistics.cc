#include "brasa/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "brasa/core/error.h"

namespace brasa {
namespace {

constexpr double kZ95 = 1.959963984540054;  // 97.5 percentile of the standard normal
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

void RequireScores(std::span<const double> values) {
  if (values.empty()) throw UsageError("a statistic needs at least one value");
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      throw UsageError("a statistic needs finite values; value " + std::to_string(i) + " is " +
                       std::to_string(values[i]));
    }
  }
}

void RequireMatrix(const ScoreMatrix& matrix) {
  RequireScores(matrix.scores);
  if (matrix.runs < 1 || matrix.tasks < 1 ||
      matrix.scores.size() !=
          static_cast<std::size_t>(matrix.runs) * static_cast<std::size_t>(matrix.tasks)) {
    throw UsageError("a score matrix of " + std::to_string(matrix.runs) + " runs and " +
                     std::to_string(matrix.tasks) + " tasks cannot have " +
                     std::to_string(matrix.scores.size()) + " scores");
  }
}

void RequireRepetitions(int repetitions) {
  if (repetitions < 1) {
    throw UsageError("bootstrap repetitions = " + std::to_string(repetitions) +
                     " is not allowed; give at least 1");
  }
}

std::vector<double> Sorted(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

double MeanUnchecked(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// `sorted` ascends.
double StatisticOfSorted(std::span<const double> sorted, Statistic statistic) {
  const std::size_t n = sorted.size();
  switch (statistic) {
    case Statistic::kMean:
      return MeanUnchecked(sorted);
    case Statistic::kMedian:
      return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    case Statistic::kIqm:
      break;
  }
  return MeanUnchecked(sorted.subspan(n / 4, n - 2 * (n / 4)));
}

/// The value at `fraction` of ascending `sorted`, linear between neighbours.
double Percentile(std::span<const double> sorted, double fraction) {
  const double place = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - std::floor(place)) * (sorted[above] - sorted[below]);
}

Interval PercentileInterval(std::vector<double>& samples) {
  std::sort(samples.begin(), samples.end());
  return {Percentile(samples, 0.025), Percentile(samples, 0.975)};
}

double AggregateUnchecked(const ScoreMatrix& matrix, Statistic statistic) {
  if (statistic == Statistic::kIqm) return StatisticOfSorted(Sorted(matrix.scores), statistic);
  const auto tasks = static_cast<std::size_t>(matrix.tasks);
  std::vector<double> means(tasks, 0.0);
  for (std::size_t i = 0; i < matrix.scores.size(); ++i) means[i % tasks] += matrix.scores[i];
  for (double& mean : means) mean /= matrix.runs;
  if (statistic == Statistic::kMedian) std::sort(means.begin(), means.end());
  return StatisticOfSorted(means, statistic);
}

/// Every cell anew from the runs of its own task, into `out` [runs * tasks].
void Resample(const ScoreMatrix& matrix, Rng& rng, std::vector<double>& out) {
  const auto tasks = static_cast<std::size_t>(matrix.tasks);
  out.resize(matrix.scores.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t run = rng.Below(static_cast<std::uint32_t>(matrix.runs));
    out[i] = matrix.scores[run * tasks + i % tasks];
  }
}

/// The mean over tasks of the share of pairs in which x is higher, draws counting half.
double ImprovementUnchecked(const ScoreMatrix& x, const ScoreMatrix& y) {
  const auto tasks = static_cast<std::size_t>(x.tasks);
  double points = 0;
  for (std::size_t i = 0; i < x.scores.size(); ++i) {
    for (std::size_t j = i % tasks; j < y.scores.size(); j += tasks) {
      points += x.scores[i] > y.scores[j] ? 1.0 : x.scores[i] == y.scores[j] ? 0.5 : 0.0;
    }
  }
  return points / (static_cast<double>(x.scores.size()) * y.runs);
}

/// For every threshold the share of `sorted`, which ascends, above it.
void ShareAbove(std::span<const double> sorted, std::span<const double> thresholds, double* out) {
  for (const double threshold : thresholds) {
    const auto above = sorted.end() - std::upper_bound(sorted.begin(), sorted.end(), threshold);
    *out++ = static_cast<double>(above) / static_cast<double>(sorted.size());
  }
}

/// Of a share that was seen as `share` in `n` trials. Ends of 0 and 1 are exact where they are due.
Interval Wilson(double share, double n) {
  const double z2 = kZ95 * kZ95;
  const double scale = 1 + z2 / n;
  const double centre = (share + z2 / (2 * n)) / scale;
  const double half = kZ95 * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / scale;
  return {share == 0 ? 0.0 : centre - half, share == 1 ? 1.0 : centre + half};
}

double EloOfScore(double score) {
  if (score <= 0) return -kInfinity;
  if (score >= 1) return kInfinity;
  return 400 * std::log10(score / (1 - score));
}

}  // namespace

double Mean(std::span<const double> values) {
  RequireScores(values);
  return MeanUnchecked(values);
}

double SampleStd(std::span<const double> values) {
  const double mean = Mean(values);
  if (values.size() < 2) return kNan;
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

double Median(std::span<const double> values) {
  RequireScores(values);
  return StatisticOfSorted(Sorted(values), Statistic::kMedian);
}

double InterquartileMean(std::span<const double> values) {
  RequireScores(values);
  return StatisticOfSorted(Sorted(values), Statistic::kIqm);
}

// A resample is drawn as how often each of the sorted values comes up, so it needs no sort itself.
Estimate Bootstrap(std::span<const double> values, Statistic statistic, Rng rng, int repetitions) {
  RequireScores(values);
  RequireRepetitions(repetitions);
  const std::vector<double> sorted = Sorted(values);
  const int n = static_cast<int>(sorted.size());
  const double value =
      statistic == Statistic::kMean ? MeanUnchecked(values) : StatisticOfSorted(sorted, statistic);
  if (n == 1) return {value, {kNan, kNan}, n};
  std::vector<double> samples(static_cast<std::size_t>(repetitions));
  std::vector<int> counts(sorted.size());
  std::vector<double> resample(sorted.size());
  for (double& sample : samples) {
    std::fill(counts.begin(), counts.end(), 0);
    for (int i = 0; i < n; ++i) ++counts[rng.Below(static_cast<std::uint32_t>(n))];
    auto out = resample.begin();
    for (std::size_t i = 0; i < sorted.size(); ++i) out = std::fill_n(out, counts[i], sorted[i]);
    sample = StatisticOfSorted(resample, statistic);
  }
  return {value, PercentileInterval(samples), n};
}

double Aggregate(const ScoreMatrix& matrix, Statistic statistic) {
  RequireMatrix(matrix);
  return AggregateUnchecked(matrix, statistic);
}

Estimate StratifiedBootstrap(const ScoreMatrix& matrix, Statistic statistic, Rng rng,
                             int repetitions) {
  RequireMatrix(matrix);
  RequireRepetitions(repetitions);
  const double value = AggregateUnchecked(matrix, statistic);
  if (matrix.runs == 1) return {value, {kNan, kNan}, 1};
  std::vector<double> samples(static_cast<std::size_t>(repetitions));
  std::vector<double> resample;
  for (double& sample : samples) {
    Resample(matrix, rng, resample);
    sample = AggregateUnchecked({resample, matrix.runs, matrix.tasks}, statistic);
  }
  return {value, PercentileInterval(samples), matrix.runs};
}

Estimate OptimalityGap(const ScoreMatrix& matrix, double gamma, Rng rng, int repetitions) {
  RequireMatrix(matrix);
  if (!std::isfinite(gamma)) {
    throw UsageError("gamma = " + std::to_string(gamma) + " is not allowed; give a finite number");
  }
  std::vector<double> capped(matrix.scores.begin(), matrix.scores.end());
  for (double& score : capped) score = std::min(score, gamma);
  const Estimate mean = StratifiedBootstrap({capped, matrix.runs, matrix.tasks}, Statistic::kMean,
                                            std::move(rng), repetitions);
  return {gamma - mean.value, {gamma - mean.interval.high, gamma - mean.interval.low}, mean.n};
}

Estimate ProbabilityOfImprovement(const ScoreMatrix& x, const ScoreMatrix& y, Rng rng,
                                  int repetitions) {
  RequireMatrix(x);
  RequireMatrix(y);
  RequireRepetitions(repetitions);
  if (x.tasks != y.tasks) {
    throw UsageError("scores of " + std::to_string(x.tasks) + " tasks and of " +
                     std::to_string(y.tasks) + " cannot be compared");
  }
  const int n = std::min(x.runs, y.runs);
  const double value = ImprovementUnchecked(x, y);
  if (n == 1) return {value, {kNan, kNan}, n};
  std::vector<double> samples(static_cast<std::size_t>(repetitions));
  std::vector<double> some_x, some_y;
  for (double& sample : samples) {
    Resample(x, rng, some_x);
    Resample(y, rng, some_y);
    sample = ImprovementUnchecked({some_x, x.runs, x.tasks}, {some_y, y.runs, y.tasks});
  }
  return {value, PercentileInterval(samples), n};
}

std::vector<Estimate> PerformanceProfile(const ScoreMatrix& matrix,
                                         std::span<const double> thresholds, Rng rng,
                                         int repetitions) {
  RequireMatrix(matrix);
  RequireRepetitions(repetitions);
  const std::size_t count = thresholds.size();
  std::vector<double> shares(count);
  ShareAbove(Sorted(matrix.scores), thresholds, shares.data());
  std::vector<Estimate> profile;
  for (const double share : shares) profile.push_back({share, {kNan, kNan}, matrix.runs});
  if (matrix.runs == 1) return profile;
  std::vector<std::vector<double>> samples(count);  // [thresholds, repetitions]
  std::vector<double> resample;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    Resample(matrix, rng, resample);
    std::sort(resample.begin(), resample.end());
    ShareAbove(resample, thresholds, shares.data());
    for (std::size_t i = 0; i < count; ++i) samples[i].push_back(shares[i]);
  }
  for (std::size_t i = 0; i < count; ++i) profile[i].interval = PercentileInterval(samples[i]);
  return profile;
}

Estimate WinRate(int wins, int games) {
  if (games < 1 || wins < 0 || wins > games) {
    throw UsageError("a win rate of " + std::to_string(wins) + " wins in " + std::to_string(games) +
                     " games does not exist");
  }
  const double share = static_cast<double>(wins) / games;
  return {share, Wilson(share, games), games};
}

Estimate EloDifference(int wins, int draws, int losses) {
  const double n = static_cast<double>(wins) + draws + losses;
  if (wins < 0 || draws < 0 || losses < 0 || n < 1) {
    throw UsageError("an Elo difference of " + std::to_string(wins) + " wins, " +
                     std::to_string(draws) + " draws and " + std::to_string(losses) +
                     " losses does not exist");
  }
  const double score = (wins + 0.5 * draws) / n;
  const double variance = (wins * (1 - score) * (1 - score) +
                           draws * (0.5 - score) * (0.5 - score) + losses * score * score) /
                          n;
  const double half = kZ95 * std::sqrt(variance / n);
  const Interval ends = variance > 0 ? Interval{score - half, score + half} : Wilson(score, n);
  return {EloOfScore(score), {EloOfScore(ends.low), EloOfScore(ends.high)}, static_cast<int>(n)};
}

}  // namespace brasa
