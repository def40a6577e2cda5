// Games of chess written down: what the tests of this folder share.
#pragma once

#include <array>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "envs/chess/chess.h"

namespace brasa::chess_testing {

inline Chess Game(const std::vector<std::pair<std::string, std::string>>& settings = {}) {
  Params params(Chess::Fields());
  for (const auto& [name, value] : settings) params.Set(name, value);
  Chess game(params);
  Rng rng;
  game.Reset(rng);
  return game;
}

struct Outcome {
  EpisodeEnd end = EpisodeEnd::kNone;
  std::array<float, 2> rewards{};
  int plies = 0;  ///< until the end
};

/// Plays moves in words, parted by blanks, until the game ends.
inline Outcome PlayWords(Chess& game, const std::string& words) {
  Outcome outcome;
  std::istringstream stream(words);
  Rng rng;
  for (std::string word; outcome.end == EpisodeEnd::kNone && stream >> word; ++outcome.plies) {
    const auto id = static_cast<std::int32_t>(game.ActionFromText(word)[0]);
    outcome.end = game.Step(ActionRef(&id, 1), rng, outcome.rewards);
  }
  return outcome;
}

inline std::vector<std::int32_t> LegalOf(const Chess& game) {
  std::vector<std::int32_t> ids(chess::kMostMoves + chess::kIdSlack);
  ids.resize(static_cast<std::size_t>(game.LegalActions(ids)));
  return ids;
}

/// The legal moves in algebraic notation, by ascending id, parted by blanks.
inline std::string LegalWords(const Chess& game) {
  std::string words;
  for (const std::int32_t id : LegalOf(game)) {
    words += (words.empty() ? "" : " ") + game.ActionToText(ActionRef(&id, 1));
  }
  return words;
}

}  // namespace brasa::chess_testing
