// Helpers for the tests of Go.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "envs/go/go.h"

namespace brasa::testing_go {

struct Rules {
  std::string ko = "simple";
  bool suicide = false;
  double komi = 7.5;
};

template <int kSize>
Params GoParams(const Rules& rules) {
  Params params(Go<kSize>::Fields());
  params.Set("ko", rules.ko);
  params.Set("suicide", rules.suicide ? "true" : "false");
  params.Set("komi", ValueText(FieldValue(rules.komi)));
  return params;
}

template <int kSize>
Go<kSize> Start(const Rules& rules = {}) {
  Go<kSize> game(GoParams<kSize>(rules));
  Rng rng;
  game.Reset(rng);
  return game;
}

/// The game at a drawn board.
template <int kSize>
Go<kSize> At(const std::string& text, const Rules& rules = {}) {
  Go<kSize> game = Start<kSize>(rules);
  game.FromText(text);
  return game;
}

template <int kSize>
std::vector<std::int32_t> LegalOf(const Go<kSize>& game) {
  std::vector<std::int32_t> ids(kSize * kSize + 1);
  ids.resize(static_cast<std::size_t>(game.LegalActions(ids)));
  return ids;
}

template <int kSize>
std::int32_t Id(const Go<kSize>& game, const std::string& vertex) {
  return static_cast<std::int32_t>(game.ActionFromText(vertex)[0]);
}

template <int kSize>
bool IsLegal(const Go<kSize>& game, const std::string& vertex) {
  const std::vector<std::int32_t> legal = LegalOf(game);
  return std::find(legal.begin(), legal.end(), Id(game, vertex)) != legal.end();
}

struct Outcome {
  EpisodeEnd end = EpisodeEnd::kNone;
  std::array<float, 2> rewards{9, 9};
  bool operator==(const Outcome&) const = default;
};

template <int kSize>
Outcome PlayId(Go<kSize>& game, std::int32_t id) {
  Outcome outcome;
  Rng rng;
  outcome.end = game.Step(ActionRef(&id, 1), rng, outcome.rewards);
  return outcome;
}

/// Plays moves separated by blanks, each of which must be legal; the outcome of the last.
template <int kSize>
Outcome Play(Go<kSize>& game, std::string moves) {
  Outcome outcome;
  while (!moves.empty()) {
    const std::size_t end = moves.find(' ');
    const std::string move = moves.substr(0, end);
    moves.erase(0, end == std::string::npos ? end : end + 1);
    EXPECT_TRUE(IsLegal(game, move)) << move << " at\n" << game.ToText();
    outcome = PlayId(game, Id(game, move));
  }
  return outcome;
}

/// The board alone, the top row first.
template <int kSize>
std::string BoardOf(const Go<kSize>& game) {
  const std::string text = game.ToText();
  return text.substr(0, text.find("\nto move"));
}

/// Row 0 first, as one line.
template <int kSize>
std::string CellsOf(const Go<kSize>& game) {
  std::string cells(kSize * kSize, '.');
  for (int p = 0; p < kSize * kSize; ++p) {
    if (game.stones[0].Has(p)) cells[static_cast<std::size_t>(p)] = 'x';
    if (game.stones[1].Has(p)) cells[static_cast<std::size_t>(p)] = 'o';
  }
  return cells;
}

}  // namespace brasa::testing_go
