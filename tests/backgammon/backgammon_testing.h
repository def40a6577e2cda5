// Helpers for the tests of backgammon.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "envs/board/backgammon.h"

namespace brasa::testing {

inline Backgammon At(const std::string& text, const std::string& scoring = "winloss") {
  Params params(Backgammon::Fields());
  params.Set("scoring", scoring);
  Backgammon game(params);
  game.FromText(text);
  return game;
}

inline constexpr const char* kStart = "x 24(2) 13(5) 8(3) 6(5); o 24(2) 13(5) 8(3) 6(5); ";

inline std::vector<std::int32_t> Legal(const Backgammon& game) {
  std::vector<std::int32_t> ids(450);
  ids.resize(static_cast<std::size_t>(game.LegalActions(ids)));
  return ids;
}

/// The legal plays in words.
inline std::vector<std::string> Plays(const Backgammon& game) {
  std::vector<std::string> plays;
  for (const std::int32_t id : Legal(game)) plays.push_back(game.ActionToText(ActionRef(&id, 1)));
  return plays;
}

struct Ply {
  EpisodeEnd end = EpisodeEnd::kNone;
  std::array<float, 2> rewards{9, 9};
};

inline Ply PlayId(Backgammon& game, std::int32_t id) {
  Ply ply;
  Rng rng;
  ply.end = game.Step(ActionRef(&id, 1), rng, ply.rewards);
  return ply;
}

inline Ply Play(Backgammon& game, const std::string& text) {
  return PlayId(game, static_cast<std::int32_t>(game.ActionFromText(text)[0]));
}

}  // namespace brasa::testing
