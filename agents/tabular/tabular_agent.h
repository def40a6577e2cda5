// Tabular temporal-difference learning, for one or several seats: one learner, several targets.
//
//   Q(s, a) += alpha * (target - Q(s, a)),   target = r + discount * V(s')
// with target = r where the episode terminated. Sections and equations are those of Sutton, Barto,
// "Reinforcement Learning" (2nd ed., 2018).
// - q_learning: V = max_b Q(s', b) over the legal actions (Watkins, Dayan, "Q-learning", Machine
//   Learning 8, 1992, eq. 1; 6.5, eq. 6.8). n_step > 1: tree backup (7.5) towards the greedy
//   policy: target = r_1 + discount r_2 + .. + discount^k V, where k is n_step or ends at the
//   first later decision that was not greedy.
// - sarsa: V = Q(s', a') of the action taken there (6.4, eq. 6.7); n_step > 1: eq. 7.4.
// - expected_sarsa: V = sum_b pi(b | s') Q(s', b) of the epsilon-greedy pi (6.6, eq. 6.9);
//   n_step > 1: eq. 7.7.
// - double_q: a fair coin picks the table that learns, V = the other table's value of this one's
//   best action; behaves on the mean of both (van Hasselt, NIPS 2010; 6.7, eq. 6.10).
// - q_lambda: Watkins's Q(lambda) (12.10): every decision of the episode since the last one that
//   was not greedy moves by its trace times the error. sarsa with lambda > 0 is Sarsa(lambda)
//   (12.7), whose traces are cut at the episode's end only; expected_sarsa likewise.
// - dyna_q: q_learning and after each update `planning_steps` more from a learnt model (8.2).
//
// Several seats: one table for all, since each sees its own view; a transition is what
// SeatTransitions makes of the plies: r the seat's rewards until it decides again, s' its own next
// decision. Windows and traces belong to a seat of a world. With `negamax` (q_learning; Littman,
// "Markov games", ICML 1994, for games where seats alternate) a transition is one ply:
// target = r + discount * sign * max_b Q(s', b), s' the next mover's view and sign = -1 where the
// mover changes; for two-player zero-sum perfect-information games only.
//
// Deviations and decisions:
// - N worlds learn one after the other, in world order, from the same vector step.
// - A truncated episode bootstraps from the seat's own view of the final state, over the actions
//   known to be legal there; a view in which nobody has decided yet has the initial value. No
//   action is taken there, so sarsa takes the mean of expected_sarsa.
// - Windows and traces end with the episode: terminated, every open target ends without V;
//   truncated, with V of the final state.
// - learning_rate_schedule: constant; linear to 0 at the run's planned end; visits: divided by
//   N(s, a)^visit_power, N counting this update, with traces the visits (power in (0.5, 1]:
//   Robbins, Monro 1951).
// - epsilon falls over the first `epsilon_fraction` of the planned steps.
// - Draws of the learner (coins, planning) come from the world's stream of role kLearner.
#pragma once

#include <memory>
#include <vector>

#include "agents/tabular/tabular_options.h"
#include "brasa/agent.h"

namespace brasa {

/// Bytes of a table whose rows all exist from the start, and of what each world has.
std::int64_t TabularBytes(TabularKind kind, const AgentSetup& setup);
/// Throws as CheckTabular.
std::unique_ptr<Agent> MakeTabular(TabularKind kind, const AgentSetup& setup);

}  // namespace brasa
