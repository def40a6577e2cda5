// LeducPoker-v0: two rounds of betting around one community card (Southey and others, 2005), for 2
// to 10 players.
//
// Rules        The deck has P + 1 ranks in two suits: card = 2 * rank + suit. P players put in 1
//              chip each and get one card each. Two rounds of betting, with a community card
//              dealt between them; in each the first player who has not folded begins, counted from
//              starting_player on. Fold gives up, Call evens the bet (or checks), Raise evens it
//              and adds 2 chips in the first round, 4 in the second; at most two raises a round. A
//              round ends when all others have called the last raise, or all have checked. One
//              player left wins the pot. Else a pair with the community card wins, then the higher
//              rank; equal hands share the pot.
// Options      players, starting_player. action_mapping: all three actions are always legal, and
//              one that would not be counts as Call. suit_isomorphism: cards are seen and dealt as
//              ranks.
// Observation  uint8 [P + 2 C + 4 (3 P - 2)], of the observing player p; C is 2 P + 2 cards, P + 1
//              with suit_isomorphism; other players' cards never:
//              | meaning                                                  | elements          |
//              | one-hot of p                                             | P                 |
//              | one-hot of p's card                                      | C                 |
//              | one-hot of the community card                            | C                 |
//              | round r, move k: a call, a raise (neither: folded, open) | [2, 3 P - 2, 2]   |
// Actions      0 Fold (facing a bet), 1 Call, 2 Raise.
// Chance       deals player 0's card, then player 1's, ..; the community card after round one. The
//              id is the card (the rank with suit_isomorphism).
// Rewards      on the last ply what each player wins: the share of the pot less the own chips. Sum
//              0.
// Ends         terminated when one player is left or the second round is over.
// Start        no card dealt.
// Value        two players: -0.0856 for player 0.
// Text         the cards in the order of dealing and the moves as f, c, r between them: "0 3 rrc 5
//              cr". Nothing before the first card.
// Version      v0. Ids, players, rewards and the observation (the information state tensor) are
//              those of OpenSpiel's leduc_poker.
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

struct LeducPoker {
  static constexpr bool kFlat = true;
  static constexpr int kMaxPlayers = 10, kMaxRaises = 2;
  static constexpr std::uint8_t kNoCard = 31;
  enum Move { kFold = 0, kCall = 1, kRaise = 2 };

  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit LeducPoker(const Params& params);

  void Reset(Rng&);

  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    const int move = Mapped(action.id());
    const auto seat = static_cast<std::size_t>(mover);
    moves[round] |= static_cast<std::uint64_t>(move + 1) << (2 * counts[round]);
    ++counts[round];
    if (move == kFold) {
      folded = static_cast<std::uint16_t>(folded | (1u << seat));
      --remaining;
    } else if (move == kCall) {
      paid[seat] = stakes;
      ++calls;
    } else {
      stakes = static_cast<std::uint8_t>(stakes + (round == 0 ? 2 : 4));
      paid[seat] = stakes;
      ++raises;
      calls = 0;
    }
    const bool level = calls == remaining - (raises > 0);
    if (remaining == 1 || (level && round == 1)) {
      over = 1;
      Settle(rewards);
      return EpisodeEnd::kTerminated;
    }
    for (float& reward : rewards) reward = 0;
    if (level) {
      round = 1;
      raises = calls = 0;
      mover = kChance;
    } else {
      mover = NextPlayer(mover + 1);
    }
    return EpisodeEnd::kNone;
  }

  /// No id once the game is over.
  int LegalActions(std::span<std::int32_t> ids) const {
    if (over || mover < 0) return 0;
    std::size_t count = 0;
    ids[count] = kFold;
    count += MayFold() | action_mapping;
    ids[count++] = kCall;
    ids[count] = kRaise;
    count += (raises < kMaxRaises) | action_mapping;
    return static_cast<int>(count);
  }

  /// At the end the one who moved last.
  int PlayerToMove() const { return mover; }

  int ChanceOutcomes(std::span<std::int32_t> ids, std::span<double> probabilities) const;
  EpisodeEnd ApplyChance(int id, std::span<float> rewards);

  void Observe(int player, std::span<std::uint8_t> out) const;
  /// The others' cards anew, every deal equally likely that leaves `player` the own card and the
  /// table the community card.
  void ResampleHidden(int player, Rng& rng);
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

  bool MayFold() const { return stakes > paid[static_cast<std::size_t>(mover)]; }
  int Mapped(int id) const {
    if (!action_mapping) return id;
    const bool legal = id == kCall || (id == kFold ? MayFold() : raises < kMaxRaises);
    return legal ? id : kCall;
  }
  /// The first player from `from` on, round the table, who has not folded.
  std::int8_t NextPlayer(int from) const {
    int seat = from >= players ? from - players : from;
    while ((folded >> seat) & 1u) seat = seat + 1 == players ? 0 : seat + 1;
    return static_cast<std::int8_t>(seat);
  }
  int RankOf(std::uint8_t card) const { return suit_isomorphism ? card : card >> 1; }
  /// Bit p: player p wins, alone or with others.
  unsigned Winners() const;
  void Settle(std::span<float> rewards) const;
  int Cards() const { return suit_isomorphism ? players + 1 : 2 * players + 2; }
  /// Takes a card out of the deck.
  void Remove(std::uint8_t card) {
    if (!suit_isomorphism) {
      deck &= ~(1u << card);
    } else if ((deck >> (2 * card)) & 1u) {
      deck &= ~(1u << (2 * card));
    } else {
      deck &= ~(2u << (2 * card));
    }
  }

  std::array<std::uint64_t, 2> moves{};  ///< by round, two bits a move: 1 fold, 2 call, 3 raise
  std::uint32_t deck = 0;                ///< bit c: card c is not dealt
  std::uint16_t folded = 0;              ///< bit p: player p has folded
  std::array<std::uint8_t, kMaxPlayers> cards{};  ///< kNoCard before the deal
  std::array<std::uint8_t, kMaxPlayers> paid{};   ///< chips in the pot
  std::uint8_t community = kNoCard;
  std::array<std::uint8_t, 2> counts{};  ///< moves by round
  std::uint8_t round = 0, dealt = 0, raises = 0, calls = 0, remaining = 0, stakes = 1, over = 0;
  std::int8_t mover = kChance;
  // Fixed by the parameters.
  std::uint8_t players = 2, starting_player = 0, action_mapping = 0, suit_isomorphism = 0;
  std::array<std::uint8_t, 7> unused{};
};
static_assert(sizeof(LeducPoker) == 64);

}  // namespace brasa
