// Helpers for the tests of the board games: moves, counts over the game tree, bent inputs.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "brasa/core/error.h"
#include "brasa/env.h"

namespace brasa::board_test {

inline constexpr std::size_t kMostIds = 768;

/// A game after Reset, with the parameters that `settings` name.
template <typename Game>
Game NewGame(const std::vector<std::pair<const char*, const char*>>& settings = {}) {
  std::vector<Field> fields;
  if constexpr (contract::HasFields<Game>) fields = Game::Fields();
  Params params(fields);
  for (const auto& [name, value] : settings) params.Set(name, value);
  Game game(params);
  Rng rng;
  game.Reset(rng);
  return game;
}

template <typename Game>
std::vector<std::int32_t> LegalIds(const Game& game) {
  std::vector<std::int32_t> ids(kMostIds);
  ids.resize(static_cast<std::size_t>(game.LegalActions(ids)));
  return ids;
}

struct Ply {
  EpisodeEnd end = EpisodeEnd::kNone;
  std::array<float, 2> rewards{};
};

template <typename Game>
Ply Play(Game& game, std::int32_t id) {
  Rng rng;
  Ply ply{EpisodeEnd::kNone, {9, 9}};
  ply.end = game.Step(ActionRef(&id, 1), rng, ply.rewards);
  return ply;
}

/// Plays moves in the game's notation, separated by blanks; what the last one gave.
template <typename Game>
Ply PlayNotation(Game& game, std::string_view moves) {
  Ply ply;
  while (!moves.empty()) {
    const std::string_view move = moves.substr(0, moves.find(' '));
    moves.remove_prefix(std::min(moves.size(), move.size() + 1));
    const auto id = static_cast<std::int32_t>(game.ActionFromText(move)[0]);
    const std::vector<std::int32_t> legal = LegalIds(game);
    EXPECT_NE(std::find(legal.begin(), legal.end(), id), legal.end()) << move << " is illegal";
    EXPECT_EQ(ply.end, EpisodeEnd::kNone) << move << " follows the end";
    ply = Play(game, id);
  }
  return ply;
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
  std::array<std::int32_t, kMostIds> ids;
  const int count = game.LegalActions(ids);
  for (int i = 0; i < count; ++i) {
    Game next = game;
    const Ply ply = Play(next, ids[static_cast<std::size_t>(i)]);
    ++counts.nodes[depth + 1];
    if (ply.end == EpisodeEnd::kTerminated) {
      ++counts.terminal[depth + 1];
    } else {
      CountTree(next, depth + 1, most, counts);
    }
  }
}

/// Nodes at `depth`, legal lists counted at the last level; a finished game counts once if
/// `count_ended`, else not at all.
template <typename Game>
std::int64_t Perft(const Game& game, int depth, bool count_ended = false) {
  std::array<std::int32_t, kMostIds> ids;
  const int count = game.LegalActions(ids);
  if (count == 0) return count_ended ? 1 : 0;
  if (depth == 1) return count;
  std::int64_t nodes = 0;
  for (int i = 0; i < count; ++i) {
    Game next = game;
    Play(next, ids[static_cast<std::size_t>(i)]);
    nodes += Perft(next, depth - 1, count_ended);
  }
  return nodes;
}

/// Random text: bytes, or one of `seeds` with some bytes changed, taken out or put in.
inline std::string BentText(const std::vector<std::string>& seeds, std::string_view letters,
                            Rng& rng) {
  const auto below = [&](std::size_t n) {
    return static_cast<std::size_t>(rng.Below(static_cast<std::uint32_t>(n)));
  };
  const auto any = [&]() -> char {
    return below(4) == 0 ? static_cast<char>(below(256)) : letters[below(letters.size())];
  };
  std::string text;
  if (below(8) == 0) {
    for (std::size_t i = below(100); i > 0; --i) text += any();
    return text;
  }
  text = seeds[below(seeds.size())];
  for (std::size_t i = below(5); i > 0; --i) {
    const std::size_t at = below(text.size() + 1);
    switch (below(4)) {
      case 0:
        text.insert(at, 1, any());
        break;
      case 1:
        text.erase(at, below(4));
        break;
      case 2:
        text.insert(at, text.substr(below(text.size() + 1), below(20)));
        break;
      default:
        if (at < text.size()) text[at] = any();
    }
  }
  return text;
}

/// Feeds `inputs` bent texts to both parsers of `game`. A text that is read reads back as written;
/// one that is refused leaves the game as it was; nothing but UsageError comes out.
template <typename Game>
void FuzzParsers(Game game, const std::vector<std::string>& positions,
                 const std::vector<std::string>& moves, std::string_view letters, int inputs) {
  Rng rng(23, StreamRole::kTest);
  int read = 0;
  for (int i = 0; i < inputs; ++i) {
    const std::string text = BentText(i % 2 == 0 ? positions : moves, letters, rng);
    const std::string before = game.ToText();
    try {
      if (i % 2 == 0) {
        game.FromText(text);
        const std::string written = game.ToText();
        game.FromText(written);
        ASSERT_EQ(game.ToText(), written) << text;
        for (const std::int32_t id : LegalIds(game)) {
          Game next = game;
          Play(next, id);
        }
      } else {
        const std::vector<double> ids = game.ActionFromText(text);
        ASSERT_EQ(ids.size(), 1u);
        const auto id = static_cast<std::int32_t>(ids[0]);
        ASSERT_GE(id, 0);
        ASSERT_LT(static_cast<std::size_t>(id), kMostIds);
        static_cast<void>(game.ActionToText(ActionRef(&id, 1)));
      }
      ++read;
    } catch (const UsageError&) {
      ASSERT_EQ(game.ToText(), before) << text;
    }
  }
  EXPECT_GT(read, inputs / 100);
}

}  // namespace brasa::board_test
