// Backgammon-v0: backgammon without the doubling cube.
//
// Rules        Both players have 15 checkers and race in opposite directions over 24 points; x
//              (player 0) goes from point 0 up to 23, o from 23 down to 0. Two dice say by how many
//              points two checkers, or one twice, move; a double is played four times. Points with
//              two or more checkers of the other are closed; a single one is hit and goes to the
//              bar, from where it must enter the other's home before anything else moves. When all
//              checkers are home (the last six points) they are borne off: with the exact number,
//              or from the farthest point with a larger one. Both dice must be played if that is
//              possible, else the larger if possible. Who has all off first wins.
// Chance       is a mover. The opening roll has 30 outcomes, no doubles: an even id lets x begin,
//              an odd one o, with that roll. Every other roll has 36: ids 0 .. 29 as 1-2, 2-1, 1-3,
//              3-1, .. 5-6, 6-5, and 30 .. 35 the doubles. All outcomes of a roll are equally
//              probable.
// Observation  float32 [201], of the observing player p (Tesauro 1994 in OpenSpiel's coding):
//              | index    | meaning                                                    | range |
//              | 4i .. +3 | p's checkers on point i: one; two; three; number beyond 3  | 0..12 |
//              | 96 + 4i  | the other's, likewise                                      | 0..12 |
//              | 192, 193 | p's checkers on the bar, borne off                         | 0..15 |
//              | 194      | p is to play                                               | 0, 1  |
//              | 195, 196 | the other's on the bar, borne off                          | 0..15 |
//              | 197      | the other is to play                                       | 0, 1  |
//              | 198, 199 | the dice, the smaller first; 0 while none lie              | 0..6  |
//              | 200      | the first half of a double has been played                 | 0, 1  |
//              Points are numbered alike for both. Element 200 is not OpenSpiel's: without it the
//              halves of a double look alike.
// Actions      1352: two checker moves, each by where it starts: digits 0 .. 23 a point, 24 the
//              bar, 25 none. id = 26 second + first, the larger die being played first; 676 more
//              where the smaller is first. Both orders of a play are legal ids where the rules
//              allow both. A double is two actions, each of two moves; 1351 passes. In words the
//              moves in the order played, points counted from the mover's own end: "8/5 6/5",
//              "bar/22", "13/8*/4", "6/off", "pass"; ActionToText puts the dice before, as in
//              "12: 1/off(2)", only where both orders read alike and the smaller die goes first.
// Rewards      on the last ply, winner and loser: +1 and -1; twice that for a gammon (the loser has
//              borne off none) where scoring is gammons or backgammons; three times for a
//              backgammon (moreover one is on the bar or in the winner's home) where it is
//              backgammons.
// Ends         terminated when the 15th checker is off. Backgammon knows no draw; truncated after
//              1000 plies. (OpenSpiel calls a game of over 500 turns a draw; a turn has at most two
//              plies. A limit outside the rules truncates here.)
// Start        x has 2, 5, 3, 5 checkers on points 0, 11, 16, 18, o on 23, 12, 7, 5.
// Text         "x 24(2) 13(5) 8(3) 6(5); o 24(2) 13(5) 8(3) 6(5); x plays 45": each player's
//              checkers by its own numbers, with bar(n) first and off(n) last, and what is next:
//              "opening roll", "x rolls", "x plays 44", "x plays 44 again", "x won".
// Symmetries   none but the exchange of colours.
// Version      v0. Ids, chance, players and rewards are those of OpenSpiel's backgammon.
//
// Counts are kept in four planes a player, plane k holding bit k of the count at each of 26 places
// (points, bar, off), so sets of points with none, one or more checkers are single words.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/env.h"

namespace brasa {

struct Backgammon {
  static constexpr bool kFlat = true;
  static constexpr int kBar = 24, kOff = 25;  ///< places beside the points 0 .. 23
  static constexpr int kPass = 1351;          ///< the action that plays nothing
  static constexpr std::uint32_t kPoints = 0xFFFFFFu;
  /// The last six points of each player.
  static constexpr std::array<std::uint32_t, 2> kHome = {0xFC0000u, 0x3Fu};

  enum Phase : std::int32_t { kOpeningRoll = 0, kRoll = 1, kPlay = 2, kOver = 3 };
  enum Scoring : std::int32_t { kWinLoss = 1, kGammons = 2, kBackgammons = 3 };

  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit Backgammon(const Params& params);

  void Reset(Rng&);
  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards);
  /// No id once the game is over.
  int LegalActions(std::span<std::int32_t> ids) const;
  int PlayerToMove() const { return phase <= kRoll ? kChance : mover; }
  int ChanceOutcomes(std::span<std::int32_t> ids, std::span<double> probabilities) const;
  EpisodeEnd ApplyChance(int id, std::span<float> rewards);
  void Observe(int player, std::span<float> out) const;
  std::uint64_t Hash() const;
  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  /// Accepts positions of 15 checkers a side, no point shared; the opening roll only from the
  /// start. Whether a game can reach it is not looked into further. The last play is unknown
  /// afterwards.
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  /// A legal play of the dice that lie. Stars may be left out; moves may stand in the other order
  /// if only that one is legal.
  std::vector<double> ActionFromText(std::string_view text) const;
  std::vector<Control> Controls() const;
  /// The legal play of the checkers at two places, in this order, the larger die first where both
  /// orders are legal; one place twice where just one checker can move. Any two pass if that must
  /// be.
  int ActionAt(Point from, Point to) const;

  int Count(int player, int place) const;
  /// Pips that `player` has still to go: 167 at the start.
  int Pips(int player) const;
  /// Where a checker of the mover goes from a point or the bar with a die: a point or kOff.
  int Target(int place, int die) const;
  /// Moves one checker of the mover; true if it hits.
  bool MoveChecker(int place, int die);

  std::array<std::array<std::uint32_t, 4>, 2> planes{};  ///< of each player's counts
  std::int32_t mover = 0;  ///< who plays, or rolls, or has won; 0 before the opening roll
  std::int32_t phase = kOpeningRoll;
  std::int32_t low = 0, high = 0;  ///< the dice while somebody plays, else 0
  std::int32_t again = 0;          ///< 1: the first half of a double has been played
  std::int32_t scoring = kWinLoss;
  std::uint32_t last_from = 0, last_to = 0;  ///< places of the last play, for the drawing
  std::int32_t last_mover = 0;
};

}  // namespace brasa
