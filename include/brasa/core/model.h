// The exact transition model of a small problem: finite states and actions, known probabilities.
#pragma once

#include <cstdint>
#include <vector>

namespace brasa {

/// One possible result of an action in a state.
struct ModelOutcome {
  double probability = 0;
  std::int32_t next = 0;
  double reward = 0;
  bool terminated = false;
};

/// outcomes[state][action] lists the results of an action; their probabilities sum to 1.
struct TransitionModel {
  int states = 0;
  int actions = 0;
  std::vector<double> start;  ///< [states] probability of starting there
  std::vector<std::vector<std::vector<ModelOutcome>>> outcomes;
};

}  // namespace brasa
