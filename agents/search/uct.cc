#include "agents/search/uct.h"

#include <cmath>
#include <limits>

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
  scale_ = options_.exploration * HalfRange(batch.spec());
  observation_.resize(static_cast<std::size_t>(batch.spec().observation.bytes()));
  nodes_.clear();
  edges_.clear();
  env.CopyFrom(batch, world);
  AddNode(env, 0);
  for (int i = 0; i < options_.simulations; ++i) {
    env.CopyFrom(batch, world);
    Simulate(env, rng);
  }
  RootAction best;
  for (const RootAction& candidate : root()) {
    if (candidate.visits > best.visits) best = candidate;
  }
  return best.action;
}

std::vector<UctSearch::RootAction> UctSearch::root() const {
  std::vector<RootAction> actions;
  for (std::int32_t e = 0; e < nodes_[0].edges; ++e) {
    const Edge& edge = edges_[static_cast<std::size_t>(e)];
    actions.push_back({edge.action, edge.visits, edge.visits > 0 ? edge.total / edge.visits : 0.0});
  }
  return actions;
}

void UctSearch::Simulate(Env& env, Rng& rng) {
  path_.clear();
  std::int32_t node = 0;
  for (bool added = false; !env.done() && !added;) {
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

std::uint64_t UctSearch::Key(const Env& env) {
  const int player = env.PlayerToMove();
  if (env.HasHash()) return HashCombine(env.Hash(), static_cast<std::uint64_t>(player));
  env.Observe(player, observation_.data());
  return HashBytes(observation_.data(), observation_.size(), static_cast<std::uint64_t>(player));
}

}  // namespace brasa
