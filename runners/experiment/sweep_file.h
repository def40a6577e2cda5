// What a sweep.toml says: an agent, an environment, and which settings are searched how.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "brasa/registry.h"
#include "brasa/runner.h"

namespace brasa {

enum class SweepMethod { kGrid, kRandom, kHalving };

/// How the values of a searched key are drawn.
enum class SearchKind {
  kChoice,      ///< one of `choices`
  kUniform,     ///< uniform in [low, high]
  kLogUniform,  ///< its logarithm is
  kInteger,     ///< uniform among low, low + 1, .., high
};

/// One key of [search].
struct SearchKey {
  std::string key;  ///< as of --set
  SearchKind kind = SearchKind::kChoice;
  double low = 0, high = 0;
  std::vector<std::string> choices;
};

struct SweepSpec {
  SweepMethod method = SweepMethod::kRandom;
  RunConfig base;                 ///< preset and [fixed]; its steps are those of a whole run
  std::uint64_t seed = 0;         ///< draws the trials
  int trials = 0;                 ///< of kGrid: the product of all values
  int seeds = 1;                  ///< runs of a trial: seeds 0 .. seeds - 1
  int rungs = 1, reduction = 1;   ///< kHalving: a rung's best 1 / reduction go on
  std::vector<SearchKey> search;  ///< by ascending key
};

/// Reads the text of a sweep.toml. Throws ConfigError naming `source`, the line, and near matches:
/// for unknown keys, values that a field refuses anywhere in the range that is searched, and counts
/// that do not go together.
SweepSpec ReadSweepToml(Registry& registry, const std::string& text, const std::string& source);

}  // namespace brasa
