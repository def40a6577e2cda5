// What hidden cards must keep: observations that do not tell them, and fair redrawing.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "brasa/contract_check.h"
#include "brasa/registry.h"

namespace brasa::cards_testing {

using Settings = std::vector<std::pair<std::string, std::string>>;

template <typename Game>
Game Make(const Settings& settings) {
  Params params(Game::Fields());
  for (const auto& [name, value] : settings) params.Set(name, value);
  static_cast<void>(Game::Spec(params));  // refuses what does not fit together
  return Game(params);
}

template <typename Game>
Game FromText(const Settings& settings, const std::string& text) {
  Game game = Make<Game>(settings);
  game.FromText(text);
  return game;
}

/// What `player` sees.
template <typename Game>
std::vector<std::uint8_t> Seen(const Game& game, int player, const Settings& settings) {
  Params params(Game::Fields());
  for (const auto& [name, value] : settings) params.Set(name, value);
  std::vector<std::uint8_t> out(static_cast<std::size_t>(Game::Spec(params).observation.size()), 7);
  game.Observe(player, out);
  return out;
}

/// Pearson's chi-square of 20,000 redrawn worlds against `expected` (text -> probability): mean d
/// and variance 2 d, five standard deviations above it are allowed. The seed is fixed.
template <typename Game>
void ExpectRedrawn(const Game& game, int player, const std::map<std::string, double>& expected) {
  constexpr int kDraws = 20000;
  Rng rng(12, StreamRole::kTest);
  std::map<std::string, double> seen;
  for (int i = 0; i < kDraws; ++i) {
    Game world = game;
    world.ResampleHidden(player, rng);
    const std::string text = world.ToText();
    ASSERT_TRUE(expected.contains(text)) << text;
    Game same = game;
    same.FromText(text);  // the deck and all else fit the cards
    ASSERT_EQ(same.Hash(), world.Hash());
    ASSERT_EQ(std::string(reinterpret_cast<const char*>(&same), sizeof same),
              std::string(reinterpret_cast<const char*>(&world), sizeof world));
    ++seen[text];
  }
  double statistic = 0;
  for (const auto& [text, probability] : expected) {
    const double count = kDraws * probability;
    statistic += (seen[text] - count) * (seen[text] - count) / count;
  }
  const double freedom = static_cast<double>(expected.size()) - 1;
  EXPECT_LE(statistic, freedom + 5 * std::sqrt(2 * freedom));
}

template <typename Game>
void ExpectLaws(const std::string& id, const std::vector<Settings>& all) {
  for (const EnvRow& row : BuiltinEnvs()) {
    if (row.id != id) continue;
    for (const Settings& settings : all) {
      Params params = DefaultParams(row);
      for (const auto& [name, value] : settings) params.Set(name, value);
      EXPECT_EQ(ContractFindings(row, params), std::vector<std::string>());
      EXPECT_EQ(StructFindings<Game>(params), std::vector<std::string>());
    }
  }
}

}  // namespace brasa::cards_testing
