// Which configurations a sweep tries, and which of them go on.
//
// Successive halving: Jamieson and Talwalkar, "Non-stochastic best arm identification and
// hyperparameter optimization" (AISTATS 2016); with a reduction of eta as in Li et al., "Hyperband"
// (JMLR 2018): rung i runs the best floor(n / eta^i) trials up to steps / eta^(rungs - 1 - i)
// steps. Deviation: a trial that goes on is the same run resumed, whose schedules span all its
// steps, so it is bit for bit the run of that configuration.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runners/experiment/sweep_file.h"

namespace brasa {

/// One configuration.
struct Trial {
  RunConfig config;
  std::vector<std::string> values;  ///< of SweepSpec::search, in its order
};

/// All configurations. Of a grid the last key varies fastest; else each is drawn from a stream of
/// (seed, number) and differs from those before. Real values are rounded to four significant
/// digits. Throws ConfigError where there are fewer different ones than trials, or agent or
/// environment refuse one.
std::vector<Trial> MakeTrials(Registry& registry, const SweepSpec& spec);

/// The world steps at which rung `rung` ends, and how many trials it runs.
std::int64_t RungSteps(const SweepSpec& spec, int rung);
std::size_t RungTrials(const SweepSpec& spec, int rung);

/// The indices of the `keep` highest scores, best first; equal ones by their index, NaN last.
std::vector<std::size_t> Best(std::span<const double> scores, std::size_t keep);

}  // namespace brasa
