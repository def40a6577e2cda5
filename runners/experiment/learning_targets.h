// What agents are expected to learn: published figures, one row each.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace brasa {

/// What the score of a trained agent is.
enum class LearningMeasure {
  kReturn,     ///< the mean return of greedy episodes
  kRandomWins  ///< the share of greedy games won against uniformly random play, over all seats
};

/// A published figure and what it took.
struct LearningTarget {
  const char* agent;
  const char* env;
  std::int64_t steps;  ///< at most, the preset may take fewer; 0 = none told: the preset's
  double published;
  LearningMeasure measure;
  int episodes;  ///< of the evaluation of each seed
  const char* source;
  /// 2: a run takes from many minutes to hours, so it is made only where --rows names the row.
  int tier = 1;

  /// "ppo-CartPole-v1": what --rows selects by, and the folder of the row's runs.
  std::string name() const { return std::string(agent) + "-" + env; }
};

/// The table. Every agent and environment in it is built in.
std::span<const LearningTarget> LearningTargets();

}  // namespace brasa
