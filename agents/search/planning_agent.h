// Agents that plan from the exact transition model an environment offers, and learn nothing.
//
// value_iteration (Bellman, "Dynamic Programming", 1957; Sutton, Barto, 2nd ed., 2018, 4.4):
//   V_{k+1}(s) = max_a sum_o p(o) (r(o) + discount * [o goes on] * V_k(next(o))),   V_0 = 0.
//   Under a time limit of L plies the action of ply t is the best one for the L - t plies that are
//   left, so the mean return is the optimum that `brasa describe` quotes. Without one, or with
//   time_limit = false, sweeps go on until no value moves by more than `tolerance`.
// policy_iteration (Howard, "Dynamic Programming and Markov Processes", 1960; 4.3): values of a
//   policy by sweeps to `tolerance`, then its greedy policy, until none of its actions changes; a
//   policy that knows no clock. It begins with the first action everywhere.
//
// The state is the observation: the row-major number of its ids. A model may have more states,
// which look like one of these to the player (a natural in Blackjack looks like 21); there the
// action of the look-alike is played. Of equal actions the lowest is.
#pragma once

#include <memory>
#include <vector>

#include "brasa/agent.h"

namespace brasa {

std::vector<Field> ValueIterationFields();
std::vector<Field> PolicyIterationFields();
/// Throw ConfigError where there are several players, actions are not discrete or observations not
/// categorical. That a model is there is seen when the agent is first asked for an action: it
/// throws ConfigError then, before the first step.
void CheckValueIteration(const EnvSpec& spec, const Config& config);
void CheckPolicyIteration(const EnvSpec& spec, const Config& config);
/// An agent that needs_worlds. Both modes play the plan; nothing is drawn. Throw as the checks.
std::unique_ptr<Agent> MakeValueIteration(const AgentSetup& setup);
std::unique_ptr<Agent> MakePolicyIteration(const AgentSetup& setup);

}  // namespace brasa
