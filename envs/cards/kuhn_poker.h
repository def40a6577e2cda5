// KuhnPoker-v0: one card each, one bet (H. W. Kuhn, 1950), for 2 to 10 players.
//
// Rules        P players put in 1 chip each and get one of the cards 0 .. P, all different. In turn
//              each passes or bets 1 chip. After a bet every other player answers once: bet (call)
//              or pass (fold). The highest card among those who bet wins the pot; among all players
//              where nobody bet.
// Observation  uint8 [6 P - 1], of the observing player p; what p knows, other cards never:
//              | index                 | meaning                       | range |
//              | 0 .. P-1              | one-hot of p                  | 0, 1  |
//              | P .. 2P               | one-hot of p's card           | 0, 1  |
//              | 2P+1+2k, 2P+2+2k      | move k was a pass, a bet      | 0, 1  |
//              k from 0 to 2P-2; both elements are 0 while move k is not made.
// Actions      0 Pass, 1 Bet.
// Chance       deals player 0's card, then player 1's, ..: id = card, equally likely.
// Rewards      on the last ply what each player wins: the winner the pot less the own chips, the
//              others minus their own chips. Sum 0.
// Ends         terminated after P passes, or when every player has answered the first bet.
// Start        no card dealt.
// Value        two players: -1/18 for player 0.
// Text         the cards in the order of dealing, then the moves as p and b: "1 2 pb". Nothing
//              before the first card.
// Version      v0. Ids, players, rewards and the observation (the information state tensor) are
//              those of OpenSpiel's kuhn_poker.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/env.h"

namespace brasa {

struct KuhnPoker {
  static constexpr bool kFlat = true;
  static constexpr int kMaxPlayers = 10;

  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit KuhnPoker(const Params& params);

  void Reset(Rng&) {
    cards = 0;
    bets = 0;
    deck = (2u << players) - 1;
    dealt = moves = over = 0;
  }

  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    bets |= static_cast<std::uint32_t>(action.id()) << moves;
    ++moves;
    if (players == 2) return AfterMoveOfTwo(rewards);
    const int last = bets == 0 ? players : std::countr_zero(bets) + players;
    if (moves < last) {
      for (float& reward : rewards) reward = 0;
      return EpisodeEnd::kNone;
    }
    over = 1;
    Settle(rewards);
    return EpisodeEnd::kTerminated;
  }

  /// No id once the game is over.
  int LegalActions(std::span<std::int32_t> ids) const {
    ids[0] = 0;
    ids[1] = 1;
    return over ? 0 : 2;
  }

  int PlayerToMove() const {
    const int seat = moves - (moves >= players) * players;
    return dealt < players ? kChance : seat;
  }

  int ChanceOutcomes(std::span<std::int32_t> ids, std::span<double> probabilities) const {
    const int count = std::popcount(deck);
    std::size_t i = 0;
    for (std::uint32_t left = deck; left != 0; left &= left - 1, ++i) {
      ids[i] = std::countr_zero(left);
      probabilities[i] = 1.0 / count;
    }
    return count;
  }

  EpisodeEnd ApplyChance(int id, std::span<float>) {
    cards |= static_cast<std::uint64_t>(id) << (4 * dealt);
    deck &= ~(1u << id);
    ++dealt;
    return EpisodeEnd::kNone;
  }

  void Observe(int player, std::span<std::uint8_t> out) const;
  /// The others' cards anew, every deal equally likely that leaves `player` the own card.
  void ResampleHidden(int player, Rng& rng);
  /// A bijection of cards, deals and moves.
  std::uint64_t Hash() const;
  /// Shows the mover's card alone until the game is over, so that a person can play.
  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  /// Accepts every state of the game, chance nodes and finished games included.
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  std::vector<Control> Controls() const;
  int ActionAt(Point at) const;

  int Card(int player) const { return static_cast<int>(cards >> (4 * player)) & 15; }
  /// Bit p: player p has bet.
  std::uint32_t Bettors() const { return (bets | bets >> players) & ((1u << players) - 1); }
  /// The best card of those who bet, of all where nobody did.
  int Winner() const;
  void Settle(std::span<float> rewards) const;
  EpisodeEnd AfterMoveOfTwo(std::span<float> rewards);

  std::uint64_t cards = 0;   ///< bits 4p .. 4p+3: card of player p, 0 before the deal
  std::uint32_t bets = 0;    ///< bit k: move k was a bet
  std::uint32_t deck = 0;    ///< bit c: card c is not dealt
  std::int32_t players = 2;  ///< fixed by the parameters
  std::uint8_t dealt = 0;
  std::uint8_t moves = 0;
  std::uint8_t over = 0;
  std::uint8_t unused = 0;
};
static_assert(sizeof(KuhnPoker) == 24);

inline int KuhnPoker::Winner() const {
  const std::uint32_t in = bets == 0 ? (1u << players) - 1 : Bettors();
  int best = -1, winner = 0;
  for (std::uint32_t left = in; left != 0; left &= left - 1) {
    const int player = std::countr_zero(left);
    if (Card(player) > best) {
      best = Card(player);
      winner = player;
    }
  }
  return winner;
}

inline void KuhnPoker::Settle(std::span<float> rewards) const {
  const std::uint32_t bettors = Bettors();
  for (int p = 0; p < players; ++p) {
    rewards[static_cast<std::size_t>(p)] = -1.0f - static_cast<float>((bettors >> p) & 1u);
  }
  rewards[static_cast<std::size_t>(Winner())] +=
      static_cast<float>(players + std::popcount(bettors));
}

/// Of two players, what a sequence of moves wins for player 0, who holds the lower or the higher
/// card; 0 where the game goes on. Index: the moves as in `bets` with a 1 above the last.
struct KuhnOfTwo {
  float first_wins[2];
};
inline constexpr std::array<KuhnOfTwo, 16> kKuhnOfTwo = [] {
  std::array<KuhnOfTwo, 16> table{};
  table[0b100] = {{-1, 1}};    // pass, pass
  table[0b101] = {{1, 1}};     // bet, pass
  table[0b111] = {{-2, 2}};    // bet, bet
  table[0b1010] = {{-1, -1}};  // pass, bet, pass
  table[0b1110] = {{-2, 2}};   // pass, bet, bet
  return table;
}();

/// Without branches, which random games would have mispredicted.
inline EpisodeEnd KuhnPoker::AfterMoveOfTwo(std::span<float> rewards) {
  const std::uint32_t sequence = bets | 1u << moves;
  const float won = kKuhnOfTwo[sequence].first_wins[Card(0) > Card(1)];
  rewards[0] = won;
  rewards[1] = 0.0f - won;
  over = won != 0;
  return static_cast<EpisodeEnd>(over);
}

}  // namespace brasa
