// Checkers-v0: English draughts on 8 x 8 squares, one jump an action.
//
// Rules        Black (player 0) begins. Men step one square diagonally forwards, kings also
//              backwards; both capture by jumping over an adjacent piece of the other side onto the
//              empty square behind it. Who can jump must, but may choose which jump. A piece that
//              jumped and can jump again goes on, its player moving again; jumped pieces leave the
//              board at once (on a board of this parity that never changes what a chain may do). A
//              man that reaches the far row becomes a king and its move ends, in a capture too.
//              Who has no move has lost.
// Draw         after quiet_limit single moves of both players together without a capture: 40, as in
//              OpenSpiel. Play by hand knows no such automatic draw (the 40-move rule is a claim,
//              repetitions are agreed); a game for agents must end, and this is the rule of the
//              reference. It is part of the problem, so it terminates; it comes before a loss by
//              having no move on the same ply.
// Observation  float32 [6, 8, 8], of the observing player p; row 0 is White's back row, the board
//              is not turned for White:
//              | plane | meaning                                            | range |
//              | 0     | men of p                                           | 0, 1  |
//              | 1     | kings of p                                         | 0, 1  |
//              | 2     | men of the other                                   | 0, 1  |
//              | 3     | kings of the other                                 | 0, 1  |
//              | 4     | the piece that has to go on jumping                | 0, 1  |
//              | 5     | moves without capture / quiet_limit, in each cell  | 0..1  |
// Actions      512: ((8 row + column) 4 + direction) 2 + jump of the moving piece, OpenSpiel's
//              coding; directions 0 up left, 1 up right, 2 down right, 3 down left; up is towards
//              row 0. In words "11-15" and "22x15" by the squares' numbers: 1 is Black's rightmost
//              square of the back row as he sits, 32 White's; so 1 = (row 7, column 6). A chain of
//              jumps is an action each.
// Rewards      winner +1, loser -1 on the last ply; otherwise 0.
// Ends         terminated without a move or at the quiet limit. No time limit.
// Start        twelve men each: Black on 1 to 12 (rows 5 to 7), White on 21 to 32 (rows 0 to 2).
// Text         the FEN of Portable Draughts Notation, "B:W21,22,K30:B1,2,K7": who moves, White's,
//              Black's; then ":H3" for three moves without capture and ":J18" for the piece that
//              has to go on jumping, where there are such.
// Symmetries   none but the exchange of colours.
// Version      v0. Ids, players, ends and rewards are those of OpenSpiel's checkers, which calls
//              player 0 White; here the colours are those of the game's laws, where Black begins,
//              so that notation of books and other programs reads.
//
// A square is a bit of 35: the four dark squares of a row follow each other, and after every second
// row one bit stays empty. So the four diagonals are shifts by -5, -4, +5, +4 everywhere, and what
// leaves the board falls onto an empty bit.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/env.h"

namespace brasa {

struct Checkers {
  static constexpr bool kFlat = true;
  static constexpr std::uint64_t kBoard = 0x7FBFDFEFFull;  ///< all 32 squares
  /// Squares on which player 0 and player 1 crown: rows 0 and 7.
  static constexpr std::array<std::uint64_t, 2> kCrown = {0xFull, 0xFull << 31};
  static constexpr std::array<int, 4> kShift = {-5, -4, 5, 4};  ///< bits a direction moves by

  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit Checkers(const Params& params);

  void Reset(Rng&);
  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards);
  /// No id once the game is over.
  int LegalActions(std::span<std::int32_t> ids) const;
  int PlayerToMove() const { return player; }
  void Observe(int observer, std::span<float> out) const;
  /// Of pieces, mover, moves without capture and the piece that jumps on.
  std::uint64_t Hash() const;
  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  /// Accepts positions of up to twelve pieces a side without uncrowned men on their last row.
  /// Whether a game can reach it is not looked into further. The last move is unknown afterwards.
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  /// The legal step or jump from one square to another, or -1.
  int ActionAt(Point from, Point to) const;

  /// By direction, the squares from which the mover can step, or jump if `jump`.
  std::array<std::uint64_t, 4> Origins(bool jump) const;
  /// Who moves has a step or a jump, the quiet limit aside.
  bool HasMove() const;

  std::array<std::uint64_t, 2> pieces{};  ///< of each player, men and kings
  std::uint64_t kings = 0;                ///< of both
  std::int32_t player = 0;
  std::int32_t quiet = 0;       ///< single moves since the last capture
  std::int32_t jumper = -1;     ///< bit of the piece that has to go on jumping, or -1
  std::int32_t last_from = -1;  ///< bits of the last move, or -1
  std::int32_t last_to = -1;
  std::int32_t quiet_limit = 40;
};

}  // namespace brasa
