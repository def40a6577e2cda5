// What a tabular agent is set to. The agents differ in the target of an update; one learner
// (tabular_agent.h) serves them all.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agents/tabular/state_bins.h"
#include "brasa/core/config.h"
#include "brasa/core/spec.h"

namespace brasa {

/// The agents of this folder.
enum class TabularKind { kQLearning, kDoubleQ, kSarsa, kExpectedSarsa, kQLambda, kDynaQ };

/// What the value of the next decision is.
enum class TabularTarget {
  kMax,       ///< of the best action
  kDouble,    ///< of one table's best action in the other table
  kNext,      ///< of the action that is taken there
  kExpected,  ///< the mean over the epsilon-greedy policy
};

/// The name in the registry: "q_learning", ..
std::string TabularName(TabularKind kind);

/// The table of fields of an agent.
std::vector<Field> TabularFields(TabularKind kind);

/// Throws ConfigError where actions are not discrete, observations are float32 numbers without
/// bins, bins do not fit, or settings contradict each other or the game.
void CheckTabular(TabularKind kind, const EnvSpec& spec, const Config& config);

/// Step size and exploration over a run.
class TabularSchedules {
 public:
  explicit TabularSchedules(const Config& config);
  /// Probability of a random action when the fraction `progress` of the run is over.
  double Epsilon(double progress) const;
  /// Step size of an update that is the `visits`-th of its value, from 1.
  double Rate(double progress, std::uint32_t visits) const;

 private:
  enum class Kind { kConstant, kLinear, kHarmonic, kVisits };
  static Kind KindOf(const std::string& name);

  Kind rate_kind_, epsilon_kind_;
  double rate_, visit_power_;
  double epsilon_start_, epsilon_end_, epsilon_fraction_;
};

/// The settings of an agent, each at what switches it off where the agent has no such field.
struct TabularOptions {
  TabularOptions(TabularKind kind, const Config& config);

  TabularTarget target;
  double discount, initial_value;
  int n_step = 1;
  double lambda = 0;
  bool accumulate = false;  ///< traces add up instead of being set to 1
  int planning_steps = 0;
  bool negamax = false;

  /// Tables of values: T of QTable.
  int tables() const { return target == TabularTarget::kDouble ? 2 : 1; }
};

}  // namespace brasa
