#include "agents/search/uct.h"

#include <bit>
#include <cmath>
#include <limits>

#include "brasa/core/error.h"
#include "brasa/core/hash.h"
#include "brasa/core/math.h"

namespace brasa {
namespace {

double HalfRange(const EnvSpec& spec) {
  const double range = spec.max_return - spec.min_return;
  return std::isfinite(range) && range > 0 ? range / 2 : 1.0;
}

}  // namespace

std::int32_t UctSearch::Choose(const EnvBatch& batch, int world, Env& env, Rng& rng) {
  if (!batch.CanResample()) {
    throw ConfigError("mcts does not fit environment '" + batch.spec().id +
                      "': its players hide something from each other and it has no "
                      "ResampleHidden to draw that anew");
  }
  Clear(batch.spec());
  env.CopyFrom(batch, world);
  const int mover = env.PlayerToMove();
  bool added = false;
  if (hidden_) {
    InformationSet(env, added);
  } else {
    AddNode(env, 0);
  }
  for (int i = 0; i < options_.simulations; ++i) {
    env.CopyFrom(batch, world);
    if (hidden_) env.ResampleHidden(mover, rng);
    Simulate(env, rng);
  }
  RootAction best;
  for (std::int32_t e = 0; e < nodes_[0].edges; ++e) {
    const RootAction candidate = At(edges_[static_cast<std::size_t>(e)]);
    if (candidate.visits > best.visits) best = candidate;
  }
  return best.action;
}

void UctSearch::Clear(const EnvSpec& spec) {
  scale_ = options_.exploration * HalfRange(spec);
  hidden_ = !spec.perfect_information;
  observation_.resize(static_cast<std::size_t>(spec.observation.bytes()));
  nodes_.clear();
  edges_.clear();
  if (!hidden_) return;
  // Half empty at the worst: a node a simulation, and the root.
  table_.assign(std::bit_ceil(2 * static_cast<std::size_t>(options_.simulations) + 2), -1);
}

UctSearch::RootAction UctSearch::At(const Edge& edge) const {
  return {edge.action, edge.visits, edge.visits > 0 ? edge.total / edge.visits : 0.0};
}

std::vector<UctSearch::RootAction> UctSearch::root() const {
  std::vector<RootAction> actions;
  for (std::int32_t e = 0; e < nodes_[0].edges; ++e) {
    actions.push_back(At(edges_[static_cast<std::size_t>(e)]));
  }
  return actions;
}

void UctSearch::Simulate(Env& env, Rng& rng) {
  path_.clear();
  std::int32_t node = 0;
  // In a tree the new node comes first; information sets of a forgetful mover may form a ring.
  const auto longest = static_cast<std::size_t>(options_.simulations);
  for (bool added = false; !env.done() && !added && path_.size() <= longest;) {
    const Node& at = nodes_[static_cast<std::size_t>(node)];
    const std::int32_t edge = Select(at, rng);
    path_.push_back({node, edge, env.returns()[static_cast<std::size_t>(at.player)]});
    env.Step(edges_[static_cast<std::size_t>(edge)].action);
    if (!env.done()) node = Child(edge, env, added);
  }
  Playout(env, rng);
  for (const Visit& visit : path_) {
    Node& at = nodes_[static_cast<std::size_t>(visit.node)];
    Edge& edge = edges_[static_cast<std::size_t>(visit.edge)];
    ++at.visits;
    if (edge.visits++ == 0) --at.untried;
    edge.total += env.returns()[static_cast<std::size_t>(at.player)] - visit.before;
  }
}

void UctSearch::Playout(Env& env, Rng& rng) const {
  for (int ply = 0; ply < options_.max_playout && !env.done(); ++ply) {
    const auto legal = env.LegalActions();
    env.Step(legal[rng.Below(static_cast<std::uint32_t>(legal.size()))]);
  }
}

std::int32_t UctSearch::AddNode(Env& env, std::uint64_t key) {
  Node node;
  node.key = key;
  node.player = env.PlayerToMove();
  node.first_edge = static_cast<std::int32_t>(edges_.size());
  for (const std::int32_t action : env.LegalActions()) edges_.push_back({0, action, 0, -1});
  node.edges = node.untried = static_cast<std::int32_t>(edges_.size()) - node.first_edge;
  nodes_.push_back(node);
  return static_cast<std::int32_t>(nodes_.size()) - 1;
}

std::int32_t UctSearch::Select(const Node& node, Rng& rng) const {
  if (node.untried > 0) {
    auto skip = static_cast<std::int32_t>(rng.Below(static_cast<std::uint32_t>(node.untried)));
    std::int32_t e = node.first_edge;
    while (edges_[static_cast<std::size_t>(e)].visits > 0 || skip-- > 0) ++e;
    return e;
  }
  const double log_visits = Log(static_cast<double>(node.visits));
  std::int32_t best = node.first_edge;
  double best_value = -std::numeric_limits<double>::infinity();
  for (std::int32_t e = node.first_edge; e < node.first_edge + node.edges; ++e) {
    const Edge& edge = edges_[static_cast<std::size_t>(e)];
    const double value = edge.total / edge.visits + scale_ * std::sqrt(log_visits / edge.visits);
    if (value > best_value) {
      best_value = value;
      best = e;
    }
  }
  return best;
}

std::int32_t UctSearch::Child(std::int32_t edge, Env& env, bool& added) {
  return hidden_ ? InformationSet(env, added) : ChildState(edge, env, added);
}

std::int32_t UctSearch::ChildState(std::int32_t edge, Env& env, bool& added) {
  const std::uint64_t key = Key(env);
  const auto at = static_cast<std::size_t>(edge);
  for (std::int32_t n = edges_[at].first_child; n >= 0;) {
    const Node& child = nodes_[static_cast<std::size_t>(n)];
    if (child.key == key) return n;
    n = child.sibling;
  }
  added = true;
  const std::int32_t node = AddNode(env, key);
  nodes_.back().sibling = edges_[at].first_child;
  edges_[at].first_child = node;
  return node;
}

std::int32_t UctSearch::InformationSet(Env& env, bool& added) {
  const std::uint64_t key = Key(env);
  const std::size_t mask = table_.size() - 1;
  std::size_t slot = key & mask;
  for (; table_[slot] >= 0; slot = (slot + 1) & mask) {
    if (nodes_[static_cast<std::size_t>(table_[slot])].key == key) return table_[slot];
  }
  added = true;
  return table_[slot] = AddNode(env, key);
}

std::uint64_t UctSearch::Key(Env& env) {
  const int player = env.PlayerToMove();
  if (!hidden_ && env.HasHash()) {
    return HashCombine(env.Hash(), static_cast<std::uint64_t>(player));
  }
  env.Observe(player, observation_.data());
  const std::uint64_t seen =
      HashBytes(observation_.data(), observation_.size(), static_cast<std::uint64_t>(player));
  if (!hidden_) return seen;
  const auto legal = env.LegalActions();
  return HashBytes(legal.data(), legal.size_bytes(), seen);
}

}  // namespace brasa
