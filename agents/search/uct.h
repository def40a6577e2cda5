// UCT: Monte Carlo tree search with random playouts, for any number of seats, with chance.
//
// Source: Kocsis, Szepesvari, "Bandit based Monte-Carlo planning" (ECML 2006); Browne et al., "A
// survey of Monte Carlo tree search methods" (2012), algorithm 2. In a node with N visits the mover
// plays an untried action, else the one with the largest
//   W(a) / n(a) + exploration * h * sqrt(ln N / n(a)),
// W(a) the sum of the mover's returns from this ply on, n(a) the visits of the action, h half the
// range of EnvSpec's returns (1 where it is not finite): rewards in [-1, 1] give the textbook's
// formula and `exploration` means the same in games of other units. One node is added a simulation,
// then a playout takes uniform legal actions to the end. The move with most visits is played.
//
// Decisions:
// - Returns are kept per seat: a node maximises its own mover's, whoever moves next (max^n; for two
//   seats and zero sum this is the usual sign change). No discount.
// - Chance and noise are sampled: every simulation starts from a fresh clone that rolls from a
//   stream of the search. An action's children are the states it was seen to lead to, told apart by
//   (mover, Env::Hash or else the mover's observation), so the plan may answer to what chance drew.
// - Where players hide something from each other every simulation starts from a state that the
//   root's mover cannot tell from the world's (ResampleHidden: by the probabilities of chance, not
//   by how the others may have played), so what is hidden from the mover is never read. Nodes are
//   then information sets, told apart by (mover, what it observes, its legal ids) wherever they
//   are met, so no seat's plan depends on what that seat cannot see. (Cowling, Powley, Whitehouse,
//   "Information set Monte Carlo tree search", 2012, with a tree for every seat.)
// - Time limits of the world hold inside the search; a truncated simulation counts its rewards so
//   far, as does a playout that is cut after `max_playout` plies.
// - Untried actions are taken in random order; among equal values, and among equal visits at the
//   root, the lowest id wins.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "brasa/core/random.h"
#include "brasa/env_batch.h"

namespace brasa {

struct UctOptions {
  int simulations = 1000;
  double exploration = 1.4142135623730951;
  int max_playout = 10000;  ///< plies of one playout
};

/// Searches from worlds of a batch. Nodes lie in arrays that are reused from search to search: no
/// allocation per node once they have grown. Threads: one.
class UctSearch {
 public:
  explicit UctSearch(const UctOptions& options) : options_(options) {}

  /// What the search found out about one action of the root.
  struct RootAction {
    std::int32_t action = 0;
    std::int32_t visits = 0;
    double value = 0;  ///< mean return of the root's mover from here on
  };

  /// Searches from world `world` of `batch`, which stays as it is; `env` is overwritten by the
  /// simulations and rolls their chance; `rng` chooses untried actions and playouts. Returns the
  /// action. Pre: the world is in an episode, actions are discrete. Throws ConfigError if players
  /// hide something that the environment cannot draw anew.
  std::int32_t Choose(const EnvBatch& batch, int world, Env& env, Rng& rng);
  /// Of the last search, ids ascending.
  std::vector<RootAction> root() const;
  /// Nodes of the last search.
  int nodes() const { return static_cast<int>(nodes_.size()); }

 private:
  struct Node {
    std::uint64_t key = 0;  // of the state, among the children of one action
    std::int32_t player = 0;
    std::int32_t visits = 0;  // of all actions
    std::int32_t untried = 0;
    std::int32_t first_edge = 0, edges = 0;
    std::int32_t sibling = -1;  // next state that the same action led to
  };
  struct Edge {
    double total = 0;  // of the mover's returns
    std::int32_t action = 0;
    std::int32_t visits = 0;
    std::int32_t first_child = -1;
  };
  struct Visit {
    std::int32_t node, edge;
    double before;  // the mover's return when it moved
  };

  void Clear(const EnvSpec& spec);
  void Simulate(Env& env, Rng& rng);
  void Playout(Env& env, Rng& rng) const;
  std::int32_t AddNode(Env& env, std::uint64_t key);
  RootAction At(const Edge& edge) const;
  std::int32_t Select(const Node& node, Rng& rng) const;
  /// The node after `edge` for the state `env` is in; made if it is new.
  std::int32_t Child(std::int32_t edge, Env& env, bool& added);
  std::int32_t ChildState(std::int32_t edge, Env& env, bool& added);
  std::int32_t InformationSet(Env& env, bool& added);
  std::uint64_t Key(Env& env);

  UctOptions options_;
  double scale_ = 1;     // exploration * h
  bool hidden_ = false;  // players hide something from each other
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::vector<Visit> path_;
  std::vector<std::int32_t> table_;  // where hidden_: nodes by key, open addressing; -1 = empty
  std::vector<std::uint8_t> observation_;
};

}  // namespace brasa
