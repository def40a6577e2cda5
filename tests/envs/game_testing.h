// Helpers for tests of the games: moves, counts over the game tree.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "brasa/env.h"

namespace brasa::testing {

/// Plays `ids` from the start and returns the end of the last one; rewards of the last ply.
template <typename Game>
EpisodeEnd PlayMoves(Game& game, const std::vector<std::int32_t>& ids,
                     std::array<float, 2>& rewards) {
  Rng rng;
  game.Reset(rng);
  EpisodeEnd end = EpisodeEnd::kNone;
  for (const std::int32_t id : ids) end = game.Step(ActionRef(&id, 1), rng, rewards);
  return end;
}

/// Nodes of the game tree by depth, and those of them in which the game is over (not expanded).
struct TreeCounts {
  std::vector<std::int64_t> nodes, terminal;
};

template <typename Game>
void CountTree(const Game& game, std::size_t depth, std::size_t most, TreeCounts& counts) {
  counts.nodes.resize(most + 1);
  counts.terminal.resize(most + 1);
  if (depth == 0) counts.nodes[0] = 1;
  if (depth == most) return;
  std::array<std::int32_t, 16> ids{};
  std::array<float, 2> rewards{};
  Rng rng;
  const int count = game.LegalActions(ids);
  for (int i = 0; i < count; ++i) {
    Game next = game;
    const EpisodeEnd end = next.Step(ActionRef(&ids[static_cast<std::size_t>(i)], 1), rng, rewards);
    ++counts.nodes[depth + 1];
    if (end == EpisodeEnd::kTerminated) {
      ++counts.terminal[depth + 1];
    } else {
      CountTree(next, depth + 1, most, counts);
    }
  }
}

/// Positions by ply that differ by Hash, finished ones included.
template <typename Game>
std::vector<std::int64_t> CountPositions(const Game& start, int most) {
  std::vector<std::int64_t> counts = {1};
  std::vector<Game> layer = {start};
  Rng rng;
  for (int ply = 1; ply <= most; ++ply) {
    std::set<std::uint64_t> seen;
    std::vector<Game> next_layer;
    for (const Game& game : layer) {
      std::array<std::int32_t, 16> ids{};
      std::array<float, 2> rewards{};
      const int count = game.LegalActions(ids);
      for (int i = 0; i < count; ++i) {
        Game next = game;
        next.Step(ActionRef(&ids[static_cast<std::size_t>(i)], 1), rng, rewards);
        if (seen.insert(next.Hash()).second) next_layer.push_back(next);
      }
    }
    counts.push_back(static_cast<std::int64_t>(seen.size()));
    layer = std::move(next_layer);
  }
  return counts;
}

}  // namespace brasa::testing
