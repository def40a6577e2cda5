// Tabular Q-learning, for one or several seats.
//
// Source: Watkins, Dayan, "Q-learning" (Machine Learning 8, 1992), eq. 1; Sutton, Barto,
// "Reinforcement Learning" (2nd ed., 2018), section 6.5, eq. 6.8:
//   Q(s, a) += alpha * (target - Q(s, a)),   target = r + discount * max_b Q(s', b)
// with max over the legal actions of s', and target = r where the episode terminated.
// Several seats: one table for all, since each sees its own view; a transition is what
// SeatTransitions makes of the plies: r the seat's rewards until it decides again, s' its own next
// decision. With `negamax` (Littman, "Markov games", ICML 1994, for games where seats alternate)
// a transition is one ply: target = r + discount * sign * max_b Q(s', b), s' the next mover's view
// and sign = -1 where the mover changes; for two-player zero-sum perfect-information games only.
//
// Deviations and decisions:
// - N worlds learn one after the other, in world order, from the same vector step.
// - A truncated episode bootstraps from the seat's own view of the final state, over the actions
//   known to be legal there; a view in which nobody has decided yet has the initial value.
// - learning_rate_schedule: constant; linear to 0 at the run's planned end; visits: divided by
//   N(s, a)^visit_power, N counting this update (power in (0.5, 1]: Robbins, Monro 1951).
// - epsilon falls linearly over the first `epsilon_fraction` of the planned steps.
#pragma once

#include <memory>
#include <vector>

#include "brasa/agent.h"

namespace brasa {

std::vector<Field> QLearningFields();
/// Throws ConfigError where actions are not discrete, observations are float32 numbers, or
/// `negamax` does not fit the game.
void CheckQLearning(const EnvSpec& spec, const Config& config);
/// Bytes of a table whose rows all exist from the start, and of what each world has.
std::int64_t QLearningBytes(const AgentSetup& setup);
/// Throws as CheckQLearning.
std::unique_ptr<Agent> MakeQLearning(const AgentSetup& setup);

}  // namespace brasa
