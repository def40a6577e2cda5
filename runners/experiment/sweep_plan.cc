#include "runners/experiment/sweep_plan.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <set>

#include "brasa/core/error.h"
#include "brasa/core/math.h"
#include "brasa/core/random.h"
#include "brasa/memory.h"

namespace brasa {
namespace {

constexpr std::uint32_t kAttempts = 1000;  // to draw a configuration that differs from those before
constexpr int kBisections = 200;           // more than a double has bits

/// The number in [low, high] whose logarithm is `target`; by bisection on our own Log, since
/// libraries differ in the last bit of exp.
double ExpWithin(double target, double low, double high) {
  for (int i = 0; i < kBisections; ++i) {
    const double middle = low + (high - low) / 2;
    (Log(middle) < target ? low : high) = middle;
  }
  return high;
}

/// Four significant digits, within the range.
std::string RealText(double value, const SearchKey& key) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  const double rounded = std::stod(text);
  return ValueText(std::clamp(rounded, key.low, key.high));
}

std::string DrawValue(const SearchKey& key, Rng& rng) {
  switch (key.kind) {
    case SearchKind::kUniform:
      return RealText(rng.Uniform(key.low, key.high), key);
    case SearchKind::kLogUniform:
      return RealText(ExpWithin(rng.Uniform(Log(key.low), Log(key.high)), key.low, key.high), key);
    case SearchKind::kInteger: {
      const auto count = static_cast<std::uint32_t>(key.high - key.low + 1);
      return std::to_string(static_cast<std::int64_t>(key.low) + rng.Below(count));
    }
    case SearchKind::kChoice:
      break;
  }
  return key.choices[rng.Below(static_cast<std::uint32_t>(key.choices.size()))];
}

using Values = std::vector<std::string>;

std::vector<Values> DrawAll(const SweepSpec& spec) {
  std::vector<Values> all;
  std::set<Values> seen;
  for (int trial = 0; trial < spec.trials; ++trial) {
    Values values;
    for (std::uint32_t attempt = 0; attempt < kAttempts; ++attempt) {
      Rng rng(spec.seed, StreamRole::kSearch, static_cast<std::uint32_t>(trial), attempt);
      values.clear();
      for (const SearchKey& key : spec.search) values.push_back(DrawValue(key, rng));
      if (!seen.contains(values)) break;
    }
    if (!seen.insert(values).second) {
      throw ConfigError("trials = " + std::to_string(spec.trials) + " is not allowed: only " +
                        std::to_string(trial) + " different configurations were found");
    }
    all.push_back(values);
  }
  return all;
}

std::vector<Values> Grid(const SweepSpec& spec) {
  std::vector<Values> all = {{}};
  for (const SearchKey& key : spec.search) {
    Values choices = key.choices;
    if (key.kind == SearchKind::kInteger) {
      for (double value = key.low; value <= key.high; ++value) {
        choices.push_back(std::to_string(static_cast<std::int64_t>(value)));
      }
    }
    std::vector<Values> longer;
    for (const Values& values : all) {
      for (const std::string& choice : choices) {
        longer.push_back(values);
        longer.back().push_back(choice);
      }
    }
    all = std::move(longer);
  }
  return all;
}

std::int64_t Power(std::int64_t base, int exponent) {
  std::int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= base;
  return power;
}

}  // namespace

std::vector<Trial> MakeTrials(Registry& registry, const SweepSpec& spec) {
  std::vector<Trial> trials;
  for (Values& values : spec.method == SweepMethod::kGrid ? Grid(spec) : DrawAll(spec)) {
    Trial trial{spec.base, std::move(values)};
    std::string text;
    for (std::size_t i = 0; i < spec.search.size(); ++i) {
      SetRunKey(trial.config, spec.search[i].key, trial.values[i]);
      text += (text.empty() ? "" : ", ") + spec.search[i].key + "=" + trial.values[i];
    }
    try {
      EstimateMemory(registry, trial.config);
    } catch (const ConfigError& error) {
      throw ConfigError("trial " + std::to_string(trials.size()) + " (" + text +
                        "): " + error.what());
    }
    trials.push_back(std::move(trial));
  }
  return trials;
}

std::int64_t RungSteps(const SweepSpec& spec, int rung) {
  return spec.base.steps / Power(spec.reduction, spec.rungs - 1 - rung);
}

std::size_t RungTrials(const SweepSpec& spec, int rung) {
  return static_cast<std::size_t>(spec.trials / Power(spec.reduction, rung));
}

std::vector<std::size_t> Best(std::span<const double> scores, std::size_t keep) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    if (std::isnan(scores[a]) || std::isnan(scores[b])) {
      return !std::isnan(scores[a]) && std::isnan(scores[b]);
    }
    return scores[a] > scores[b];
  });
  order.resize(std::min(keep, order.size()));
  return order;
}

}  // namespace brasa
