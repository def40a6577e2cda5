// Exact optima of small problems by dynamic programming on their TransitionModel (Bellman 1957):
//   V_0(s) = 0,   V_{k+1}(s) = max_a sum_o p(o) (r(o) + discount * [o goes on] * V_k(next(o))).
// S = model.states. A state without actions has the value 0.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "brasa/core/model.h"

namespace brasa {

/// Mean of reward and discounted further value over the outcomes of one action.
inline double ActionValue(const std::vector<ModelOutcome>& outcomes,
                          const std::vector<double>& values, double discount) {
  double sum = 0;
  for (const ModelOutcome& o : outcomes) {
    const double rest = o.terminated ? 0 : values[static_cast<std::size_t>(o.next)];
    sum += o.probability * (o.reward + discount * rest);
  }
  return sum;
}

/// One sweep: overwrites `better` [S] with the optimal backup of `values` [S].
inline void BackUp(const TransitionModel& model, const std::vector<double>& values, double discount,
                   std::vector<double>& better) {
  for (std::size_t s = 0; s < values.size(); ++s) {
    double best = -std::numeric_limits<double>::infinity();
    for (const auto& outcomes : model.outcomes[s]) {
      best = std::max(best, ActionValue(outcomes, values, discount));
    }
    better[s] = model.outcomes[s].empty() ? 0 : best;
  }
}

/// V_steps [S]: the best mean return of each state when `steps` plies are left.
inline std::vector<double> BestValues(const TransitionModel& model, int steps,
                                      double discount = 1) {
  std::vector<double> values(static_cast<std::size_t>(model.states), 0.0), better = values;
  for (int step = 0; step < steps; ++step) {
    BackUp(model, values, discount, better);
    values.swap(better);
  }
  return values;
}

/// The limit of V_k [S]: sweeps until no value moves by more than `tolerance`; nothing if that
/// takes more than `max_sweeps`.
inline std::optional<std::vector<double>> BestUnlimitedValues(const TransitionModel& model,
                                                              double discount, double tolerance,
                                                              std::int64_t max_sweeps) {
  std::vector<double> values(static_cast<std::size_t>(model.states), 0.0), better = values;
  for (std::int64_t sweep = 0; sweep < max_sweeps; ++sweep) {
    BackUp(model, values, discount, better);
    double moved = 0;
    for (std::size_t s = 0; s < values.size(); ++s) {
      moved = std::max(moved, std::abs(better[s] - values[s]));
    }
    values.swap(better);
    if (moved <= tolerance) return values;
  }
  return std::nullopt;
}

/// The action of each state [S] that is best where the further values are `values`; the lowest of
/// equal ones, -1 without actions.
inline std::vector<std::int32_t> GreedyPolicy(const TransitionModel& model,
                                              const std::vector<double>& values, double discount) {
  std::vector<std::int32_t> policy(values.size(), -1);
  for (std::size_t s = 0; s < values.size(); ++s) {
    double best = -std::numeric_limits<double>::infinity();
    for (std::size_t a = 0; a < model.outcomes[s].size(); ++a) {
      const double value = ActionValue(model.outcomes[s][a], values, discount);
      if (value <= best) continue;
      best = value;
      policy[s] = static_cast<std::int32_t>(a);
    }
  }
  return policy;
}

/// [S]: the mean return of each state when `policy` is followed for `steps` plies.
inline std::vector<double> PolicyValues(const TransitionModel& model,
                                        const std::vector<std::int32_t>& policy, int steps,
                                        double discount = 1) {
  std::vector<double> values(static_cast<std::size_t>(model.states), 0.0), next = values;
  for (int step = 0; step < steps; ++step) {
    for (std::size_t s = 0; s < values.size(); ++s) {
      if (policy[s] < 0) continue;
      const auto action = static_cast<std::size_t>(policy[s]);
      next[s] = ActionValue(model.outcomes[s][action], values, discount);
    }
    values.swap(next);
  }
  return values;
}

/// Mean of `values` over the states in which an episode starts.
inline double StartMean(const TransitionModel& model, const std::vector<double>& values) {
  double mean = 0;
  for (std::size_t s = 0; s < values.size(); ++s) mean += model.start[s] * values[s];
  return mean;
}

}  // namespace brasa
