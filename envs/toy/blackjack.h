// Blackjack-v1: reach more than the dealer without passing 21.
//
// Rules        Cards are drawn from an infinite deck: 1 (ace) to 9 with probability 1/13 each, 10
//              with 4/13. The sum of a hand counts one ace as 11 while that does not pass 21 (a
//              usable ace). A hit draws a card; passing 21 loses. After a stick the dealer draws
//              while the own sum is below 17; the higher sum wins, a dealer above 21 loses. A
//              natural is an ace and a 10 as the first two cards.
// Options      sab (the rules of Sutton and Barto, example 5.1): a player's natural beats a dealer
//              who has none. natural (only without sab): a natural that wins pays 1.5.
// Observation  float32 [3], categorical:
//              | index | meaning                              | range   |
//              | 0     | sum of the player's hand             | 0 .. 31 |
//              | 1     | the dealer's face-up card, 1 = ace   | 0 .. 10 |
//              | 2     | usable ace                           | 0, 1    |
// Actions      0 stick, 1 hit.
// Rewards      1 for a win (1.5: see natural), 0 for a draw, -1 for a loss, on the last ply.
// Ends         terminated by sticking or by passing 21. No time limit; at most 21 plies.
// Start        two cards for the player, one for the dealer. The dealer's second card is drawn when
//              the player sticks; Gymnasium draws it at the start and shows it to nobody.
// Optimum      -0.0431131 with sab, -0.0465560 without options, -0.0257292 with natural.
// Text         "player 10 A dealer 7": cards in the order of drawing, A the ace.
// Version      v1: rules and options are those of Gymnasium's Blackjack-v1, whose default is sab.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/env.h"

namespace brasa {

/// A hand of Blackjack, by value: its cards in order and their sum.
struct BlackjackHand {
  static constexpr int kMost = 22;  ///< a player who hits at 21 with 21 aces

  void Add(int card) {
    cards[static_cast<std::size_t>(count++)] = static_cast<std::uint8_t>(card);
    hard = static_cast<std::uint8_t>(hard + card);
    aces = static_cast<std::uint8_t>(aces + (card == 1));
  }
  bool usable_ace() const { return (aces > 0) & (hard + 10 <= 21); }
  int sum() const { return hard + (usable_ace() ? 10 : 0); }
  bool natural() const { return count == 2 && sum() == 21; }

  std::array<std::uint8_t, kMost> cards{};  ///< 1 .. 10; 0 beyond count
  std::uint8_t count = 0;
  std::uint8_t hard = 0;  ///< sum with every ace as 1
  std::uint8_t aces = 0;
};

struct Blackjack {
  static constexpr bool kFlat = true;
  static constexpr int kDealerStands = 17;

  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit Blackjack(const Params& params);

  void Reset(Rng& rng) {
    player = dealer = BlackjackHand();
    dealer.Add(Deal(rng));
    player.Add(Deal(rng));
    player.Add(Deal(rng));
    reward = 0;
  }

  EpisodeEnd Step(ActionRef action, Rng& rng, std::span<float> rewards) {
    rewards[0] = 0;
    if (action.id() == 1) {
      player.Add(Deal(rng));
      if (player.sum() <= 21) return EpisodeEnd::kNone;
      reward = -1;
    } else {
      do {
        dealer.Add(Deal(rng));
      } while (dealer.sum() < kDealerStands);
      reward = Payoff(player, dealer);
    }
    rewards[0] = reward;
    return EpisodeEnd::kTerminated;
  }

  void Observe(int, std::span<float> out) const {
    out[0] = static_cast<float>(player.sum());
    out[1] = static_cast<float>(dealer.cards[0]);
    out[2] = player.usable_ace() ? 1.0f : 0.0f;
  }

  /// State (sum * 11 + dealer's card) * 2 + usable ace, or 704 + dealer's card for a player's
  /// natural; the dealer's play is enumerated. A state no decision meets leads to itself with
  /// reward 0.
  TransitionModel Model() const;
  /// Of the cards in their order.
  std::uint64_t Hash() const;
  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  /// Accepts every state that play can reach, finished games included.
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  std::vector<Control> Controls() const;

  /// One card: 1 .. 9 with probability 1/13 each, 10 with 4/13. One draw.
  static int Deal(Rng& rng) {
    const int card = static_cast<int>(rng.Below(13)) + 1;
    return card < 10 ? card : 10;
  }
  /// The reward of sticking with `hand` of at most 21 against the dealer's finished hand.
  float Payoff(const BlackjackHand& hand, const BlackjackHand& against) const;

  std::int32_t sab = 1, natural = 0;  ///< fixed by the parameters
  BlackjackHand player, dealer;
  std::array<std::uint8_t, 2> unused{};  ///< fills up to a multiple of 4 bytes
  float reward = 0;                      ///< of the last ply, for the drawing
};
static_assert(sizeof(Blackjack) == 64);

}  // namespace brasa
