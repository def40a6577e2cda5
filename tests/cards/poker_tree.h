// Walks whole trees of two-player games with chance and hidden cards: values of strategies, best
// responses, and counterfactual regret minimisation (Zinkevich and others, 2007; CFR+ of Tammelin,
// 2014). An information set is what the mover observes.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "brasa/env.h"

namespace brasa::poker_testing {

using Values = std::array<double, 2>;
/// Probability of each action id.
using Mix = std::array<double, 3>;

template <typename Game>
std::string Seen(const Game& game, int player, std::size_t size) {
  std::string bytes(size, '\0');
  game.Observe(player, {reinterpret_cast<std::uint8_t*>(bytes.data()), size});
  return bytes;
}

/// A node: the state, whether it is over, and what the game has paid.
template <typename Game>
struct Node {
  Game game;
  bool over = false;
  Values paid{};

  struct Edge {
    std::int32_t id;
    double probability;
  };
  bool chance() const { return !over && game.PlayerToMove() == kChance; }
  std::vector<Edge> ChanceEdges() const {
    std::array<std::int32_t, 32> ids{};
    std::array<double, 32> p{};
    const int count = game.ChanceOutcomes(ids, p);
    std::vector<Edge> edges;
    for (int i = 0; i < count; ++i) edges.push_back({ids[At(i)], p[At(i)]});
    return edges;
  }
  std::vector<std::int32_t> Legal() const {
    std::array<std::int32_t, 3> ids{};
    const int count = game.LegalActions(ids);
    return {ids.begin(), ids.begin() + count};
  }
  Node Child(std::int32_t id) const {
    Node next = *this;
    Rng rng;
    std::array<float, 2> rewards{};
    const EpisodeEnd end = chance() ? next.game.ApplyChance(id, rewards)
                                    : next.game.Step(ActionRef(&id, 1), rng, rewards);
    next.over = end == EpisodeEnd::kTerminated;
    for (std::size_t p = 0; p < 2; ++p) next.paid[p] += static_cast<double>(rewards[p]);
    return next;
  }
  static std::size_t At(int i) { return static_cast<std::size_t>(i); }
};

template <typename Game>
Node<Game> Root(const Params& params) {
  Game game(params);
  Rng rng;
  game.Reset(rng);
  return {game, false, {}};
}

/// Expected returns where `policy(node)` gives the mover's mix.
template <typename Game, typename Policy>
Values Expected(const Node<Game>& node, Policy&& policy) {
  if (node.over) return node.paid;
  Values sum{};
  const auto add = [&](std::int32_t id, double probability) {
    if (probability == 0) return;
    const Values child = Expected(node.Child(id), policy);
    for (std::size_t p = 0; p < 2; ++p) sum[p] += probability * child[p];
  };
  if (node.chance()) {
    for (const auto& edge : node.ChanceEdges()) add(edge.id, edge.probability);
  } else {
    const Mix mix = policy(node);
    for (const std::int32_t id : node.Legal()) add(id, mix[static_cast<std::size_t>(id)]);
  }
  return sum;
}

/// The value of the best answer of `player` to the other's `policy`.
template <typename Game, typename Policy>
class BestResponse {
 public:
  BestResponse(const Params& params, std::size_t observation, int player, const Policy& policy)
      : root_(Root<Game>(params)), size_(observation), player_(player), policy_(policy) {
    Collect(root_, 1);
  }
  double Value() { return Value(root_); }
  std::size_t information_sets() const { return members_.size(); }

 private:
  struct Member {
    Node<Game> node;
    double reach;  ///< probability by chance and the other player
  };

  void Collect(const Node<Game>& node, double reach) {
    if (node.over) return;
    if (node.chance()) {
      for (const auto& edge : node.ChanceEdges()) {
        Collect(node.Child(edge.id), reach * edge.probability);
      }
      return;
    }
    const bool own = node.game.PlayerToMove() == player_;
    if (own) members_[Seen(node.game, player_, size_)].push_back({node, reach});
    const Mix mix = own ? Mix{1, 1, 1} : policy_(node);
    for (const std::int32_t id : node.Legal()) {
      Collect(node.Child(id), reach * mix[static_cast<std::size_t>(id)]);
    }
  }

  double Value(const Node<Game>& node) {
    if (node.over) return node.paid[static_cast<std::size_t>(player_)];
    double sum = 0;
    if (node.chance()) {
      for (const auto& edge : node.ChanceEdges()) {
        sum += edge.probability * Value(node.Child(edge.id));
      }
      return sum;
    }
    if (node.game.PlayerToMove() == player_) {
      return Value(node.Child(Best(Seen(node.game, player_, size_))));
    }
    const Mix mix = policy_(node);
    for (const std::int32_t id : node.Legal()) {
      const double probability = mix[static_cast<std::size_t>(id)];
      if (probability > 0) sum += probability * Value(node.Child(id));
    }
    return sum;
  }

  std::int32_t Best(const std::string& seen) {
    const auto known = best_.find(seen);
    if (known != best_.end()) return known->second;
    const std::vector<Member>& members = members_.at(seen);
    double most = -1e9;
    std::int32_t best = -1;
    for (const std::int32_t id : members[0].node.Legal()) {
      double sum = 0;
      for (const Member& member : members) {
        if (member.reach > 0) sum += member.reach * Value(member.node.Child(id));
      }
      if (sum > most) {
        most = sum;
        best = id;
      }
    }
    best_[seen] = best;
    return best;
  }

  Node<Game> root_;
  std::size_t size_;
  int player_;
  const Policy& policy_;
  std::map<std::string, std::vector<Member>> members_;
  std::map<std::string, std::int32_t> best_;
};

/// Counterfactual regret minimisation with alternating updates.
template <typename Game>
class RegretMinimiser {
 public:
  RegretMinimiser(const Params& params, std::size_t observation, bool plus)
      : params_(params), size_(observation), plus_(plus) {}

  void Iterate() {
    ++iteration_;
    for (int player = 0; player < 2; ++player) {
      Walk(Root<Game>(params_), {1, 1}, 1, player);
      for (auto& [seen, set] : sets_) {
        if (plus_) {
          for (double& regret : set.regret) regret = std::max(regret, 0.0);
        }
        set.mix = Matched(set);
      }
    }
  }

  /// The average of the strategies so far.
  Mix Average(const Node<Game>& node) const {
    const auto at = sets_.find(Seen(node.game, node.game.PlayerToMove(), size_));
    if (at == sets_.end()) return Uniform(node.Legal());
    double total = 0;
    for (const double weight : at->second.weight) total += weight;
    if (total <= 0) return Uniform(node.Legal());
    Mix mix = at->second.weight;
    for (double& p : mix) p /= total;
    return mix;
  }
  static Mix Uniform(const std::vector<std::int32_t>& legal) {
    Mix mix{};
    for (const std::int32_t id : legal) {
      mix[static_cast<std::size_t>(id)] = 1.0 / static_cast<double>(legal.size());
    }
    return mix;
  }
  double Value() const {
    return Expected(Root<Game>(params_), [&](const Node<Game>& n) { return Average(n); })[0];
  }
  /// Half of what the two best responses gain together.
  double Exploitability() const {
    const auto policy = [&](const Node<Game>& node) { return Average(node); };
    double sum = 0;
    for (int player = 0; player < 2; ++player) {
      sum += BestResponse<Game, decltype(policy)>(params_, size_, player, policy).Value();
    }
    return sum / 2;
  }

 private:
  struct Set {
    std::vector<std::int32_t> legal;
    Mix regret{}, weight{}, mix{};
  };

  static Mix Matched(const Set& set) {
    double total = 0;
    for (const double regret : set.regret) total += std::max(regret, 0.0);
    if (total <= 0) return Uniform(set.legal);
    Mix mix{};
    for (std::size_t a = 0; a < mix.size(); ++a) mix[a] = std::max(set.regret[a], 0.0) / total;
    return mix;
  }

  Values Walk(const Node<Game>& node, const Values& reach, double chance, int updated) {
    if (node.over) return node.paid;
    if (reach[0] == 0 && reach[1] == 0) return {};
    Values sum{};
    if (node.chance()) {
      for (const auto& edge : node.ChanceEdges()) {
        const double p = edge.probability;
        const Values child = Walk(node.Child(edge.id), reach, chance * p, updated);
        for (std::size_t i = 0; i < 2; ++i) sum[i] += p * child[i];
      }
      return sum;
    }
    const auto mover = static_cast<std::size_t>(node.game.PlayerToMove());
    Set& set = sets_[Seen(node.game, static_cast<int>(mover), size_)];
    if (set.legal.empty()) {
      set.legal = node.Legal();
      set.mix = Uniform(set.legal);
    }
    const Mix mix = set.mix;
    Mix gains{};
    for (const std::int32_t id : set.legal) {
      const auto a = static_cast<std::size_t>(id);
      Values next = reach;
      next[mover] *= mix[a];
      const Values child = Walk(node.Child(id), next, chance, updated);
      for (std::size_t i = 0; i < 2; ++i) sum[i] += mix[a] * child[i];
      gains[a] = child[mover];
    }
    if (static_cast<int>(mover) != updated) return sum;
    for (const std::int32_t id : set.legal) {
      const auto a = static_cast<std::size_t>(id);
      set.regret[a] += chance * reach[1 - mover] * (gains[a] - sum[mover]);
      set.weight[a] += (plus_ ? iteration_ : 1) * reach[mover] * mix[a];
    }
    return sum;
  }

  Params params_;
  std::size_t size_;
  bool plus_;
  double iteration_ = 0;
  std::map<std::string, Set> sets_;
};

}  // namespace brasa::poker_testing
