// A game of three plies, three seats and two chance nodes, small enough to work by hand. It pins
// what layers above an environment do with chance, with rewards of seats that do not move, with
// legality, truncation and ends.
//
// Play      deal (chance), ply 0: seat 0, ply 1: seat 1, roll (chance), ply 2: seat 2 or seat 0.
// Deal      id 0 (probability 1/4) or 1 (3/4); only seat 0 sees it. No reward.
// Ply 0     seat 0 plays 0 or 1.     0 gives rewards ( 1,   0, -1), 1 gives ( 0,  2, 0).
// Ply 1     seat 1 plays 0 or 1, but only 1 after seat 0's 1.
//                                    0 gives rewards ( 0.5, 1,  0), 1 gives ( 0, -1, 2).
// Roll      id 0 (1/2): seat 2 plays ply 2,   adds ( 0,    0,  0.25);
//           id 1 (1/4): seat 0 plays again,   adds ( 0.25, 0,  0);
//           id 2 (1/4): the game ends at once, adds (-4,  -4,  8) to the rewards of ply 1.
// Ply 2     plays 0 or 2 (never 1) and ends the game:
//           deal 0: 0 gives ( 4, -2, -2), 2 gives (-3, 1.5, 1.5);
//           deal 1: 0 gives (-1,  5, -4), 2 gives ( 2, 2,  -4).
//
// All games, as deal | moves (seat:action) with roll -> rewards of each ply | returns, written D a
// b R c for the part after the deal. Ply 1's rewards hold the roll's.
//   D 0 0 R0 c   ply 0 ( 1, 0, -1)   ply 1 ( 0.5,   1, 0.25)   before ply 2 ( 1.5,   1, -0.75)
//   D 0 0 R1 c         ( 1, 0, -1)         ( 0.75,  1, 0)                   ( 1.75,  1, -1)
//   D 0 0 R2           ( 1, 0, -1)         (-3.5,  -3, 8)      returns      (-2.5,  -3,  7)
//   D 0 1 R0 c         ( 1, 0, -1)         ( 0,    -1, 2.25)   before ply 2 ( 1,    -1,  1.25)
//   D 0 1 R1 c         ( 1, 0, -1)         ( 0.25, -1, 2)                   ( 1.25, -1,  1)
//   D 0 1 R2           ( 1, 0, -1)         (-4,    -5, 10)     returns      (-3,    -5,  9)
//   D 1 1 R0 c         ( 0, 2,  0)         ( 0,    -1, 2.25)   before ply 2 ( 0,     1,  2.25)
//   D 1 1 R1 c         ( 0, 2,  0)         ( 0.25, -1, 2)                   ( 0.25,  1,  2)
//   D 1 1 R2           ( 0, 2,  0)         (-4,    -5, 10)     returns      (-4,    -3, 10)
// The returns of a game with ply 2 add one of the four rows of ply 2 above.
//
// Transitions of the seats, worked for deal 0, moves 0 1, roll 1, move 2 (seats 0, 1, 0):
//   rewards: ply 0 ( 1, 0, -1), ply 1 (0.25, -1, 2), ply 2 (-3, 1.5, 1.5); returns (-1.75, .5, 2.5)
//   seat 0: action 0, reward 1 + 0.25 = 1.25, successor its own view before ply 2, not terminal;
//           action 2, reward -3, terminal.
//   seat 1: action 1, reward -1 + 1.5 = 0.5, terminal though seat 0 made the last move.
//   seat 2: none: it never decided, its 2.5 belongs to no action.
// With max_episode_steps = 2 the same line ends truncated after the roll:
//   seat 0: action 0, reward 1.25, truncated, successor its view (1) below; seat 1: action 1,
//   reward -1, truncated, successor its view; seat 2: none. Roll 2 on that ply is terminated all
//   the same.
//
// What player p sees, float32 [6]: p; plies played; deal + 1 (seat 0 only); the action of ply 0 +
// 1; the action of ply 1 + 1; roll + 1. An entry not known (yet) is 0. (1): 0, 2, 1, 1, 2, 2.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "brasa/core/hash.h"
#include "brasa/env.h"
#include "brasa/registry.h"

namespace brasa::three_seat {

struct ThreeSeatGame {
  static constexpr bool kFlat = true;

  static EnvSpec Spec(const Params&) {
    EnvSpec spec;
    spec.id = "ThreeSeat-v0";
    spec.summary = "Three plies, three seats, two chance nodes: worked by hand";
    spec.players = 3;
    spec.observation.shape = {6};
    spec.observation.axes = {"feature"};
    spec.observation.low = {0};
    spec.observation.high = {3};
    spec.action.count = 3;
    spec.max_legal = 2;
    spec.min_return = -5;
    spec.max_return = 10;
    spec.perfect_information = false;
    spec.max_chance_outcomes = 3;
    return spec;
  }

  explicit ThreeSeatGame(const Params&) {}

  void Reset(Rng&) {
    deal = roll = -1;
    plies = 0;
    moves = {-1, -1, -1};
  }

  int PlayerToMove() const {
    if (deal < 0 || (plies == 2 && roll < 0)) return kChance;
    if (plies < 2) return plies;
    return roll == 0 ? 2 : 0;
  }

  int LegalActions(std::span<std::int32_t> ids) const {
    if (plies == 3 || roll == 2) return 0;  // over
    int count = 0;
    if (!(plies == 1 && moves[0] == 1)) ids[static_cast<std::size_t>(count++)] = 0;
    ids[static_cast<std::size_t>(count++)] = plies == 2 ? 2 : 1;
    return count;
  }

  int ChanceOutcomes(std::span<std::int32_t> ids, std::span<double> probabilities) const {
    const bool dealing = deal < 0;
    const int count = dealing ? 2 : 3;
    for (int i = 0; i < count; ++i) ids[static_cast<std::size_t>(i)] = i;
    probabilities[0] = dealing ? 0.25 : 0.5;
    probabilities[1] = dealing ? 0.75 : 0.25;
    if (!dealing) probabilities[2] = 0.25;
    return count;
  }

  EpisodeEnd ApplyChance(int id, std::span<float> rewards) {
    if (deal < 0) {
      deal = id;
      return EpisodeEnd::kNone;
    }
    constexpr float kRoll[3][3] = {{0, 0, 0.25f}, {0.25f, 0, 0}, {-4, -4, 8}};
    roll = id;
    for (std::size_t p = 0; p < 3; ++p) rewards[p] += kRoll[id][p];
    return id == 2 ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }

  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    constexpr float kPly[2][2][3] = {{{1, 0, -1}, {0, 2, 0}}, {{0.5f, 1, 0}, {0, -1, 2}}};
    constexpr float kLast[2][2][3] = {{{4, -2, -2}, {-3, 1.5f, 1.5f}}, {{-1, 5, -4}, {2, 2, -4}}};
    const std::int32_t id = action.id();
    const float* given = plies < 2 ? kPly[plies][id] : kLast[deal][id / 2];
    std::copy_n(given, 3, rewards.begin());
    moves[static_cast<std::size_t>(plies)] = id;
    return ++plies == 3 ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }

  void Observe(int player, std::span<float> out) const {
    out[0] = static_cast<float>(player);
    out[1] = static_cast<float>(plies);
    out[2] = static_cast<float>(player == 0 ? deal + 1 : 0);
    out[3] = static_cast<float>(moves[0] + 1);
    out[4] = static_cast<float>(moves[1] + 1);
    out[5] = static_cast<float>(roll + 1);
  }

  /// Only seat 0 knows the deal, and nothing the others see depends on it before the last ply.
  void ResampleHidden(int player, Rng& rng) {
    if (player != 0 && deal >= 0) deal = rng.Uniform() < 0.25 ? 0 : 1;
  }

  std::uint64_t Hash() const { return HashBytes(this, sizeof *this); }

  std::int32_t deal = -1;
  std::int32_t roll = -1;
  std::int32_t plies = 0;
  std::array<std::int32_t, 3> moves{-1, -1, -1};
};

/// The game as a registry row.
inline EnvRow ThreeSeatRow() {
  EnvRow row;
  row.id = "ThreeSeat-v0";
  row.env_class = &EnvClassOf<ThreeSeatGame>();
  return row;
}

}  // namespace brasa::three_seat
