// Finished runs as the score matrices that agents are compared by.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "brasa/registry.h"
#include "brasa/statistics.h"

namespace brasa::cli {

/// An environment that every agent has runs on. A score is (return - low) / (high - low).
struct ComparedTask {
  std::string label;  ///< the environment, and the parameters in which its runs differ
  double low = 0, high = 1;
  std::string low_source, high_source;  ///< where the ends come from; empty where returns are raw
};

/// An agent with its scores [runs, tasks].
struct Contender {
  std::string label;  ///< the agent, and the settings in which its runs on a task differ
  int runs = 0;       ///< on every task
  std::vector<double> scores;
};

struct Comparison {
  std::vector<ComparedTask> tasks;
  std::vector<Contender> contenders;
  bool scaled = false;  ///< false: one task, and scores are returns
  double aim = 0;       ///< the score that the optimality gap is measured from; NaN = none known

  ScoreMatrix Matrix(const Contender& contender) const {
    return {contender.scores, contender.runs, static_cast<int>(tasks.size())};
  }
};

/// Reads finished runs, given one by one or by a folder of them: a run's return is the mean over
/// its last 100 episodes, of player 0. Several tasks, or `scales` ("ENV=LOW:HIGH"), ask for scaled
/// scores; where an environment has no scale of its own 0 is what random play returns (100
/// episodes, seed 0) and 1 its reward threshold. Throws FileError for a run that is not there or
/// not finished; UsageError for two runs of equal settings and seed, agents with unequal numbers of
/// runs, a task without a scale; ConfigError for a bad scale.
Comparison ReadComparison(Registry& registry, const std::vector<std::string>& directories,
                          const std::vector<std::string>& scales);

}  // namespace brasa::cli
