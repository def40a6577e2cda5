// Othello-v0: turn the other's discs by enclosing them, on a board of 8 x 8.
//
// Rules        Black (player 0) begins. A disc goes on an empty cell from which a straight line (8
//              directions) of the other's discs ends at an own disc; all discs of all such lines
//              turn. Who has no such cell passes, which is an action. The game ends after a disc as
//              soon as neither side has one; more discs win. With best play a draw (Takizawa 2023).
// Observation  uint8 [3, 8, 8], of the observing player p; row 0 is row 1 of the notation:
//              | plane | meaning                               | range |
//              | 0     | discs of p                            | 0, 1  |
//              | 1     | discs of the other                    | 0, 1  |
//              | 2     | 1 everywhere while p is to move       | 0, 1  |
// Actions      65: the cell 8 * row + column, legal where it turns a disc; 64 = pass, legal where
// no
//              cell is. In words: column a to h from the left, row 1 to 8 from the top ("f5" is
//              37), "pass".
// Rewards      winner +1, loser -1 on the last ply, 0 for equal counts; otherwise 0.
// Ends         terminated when neither side can place a disc: at most 120 plies. No time limit.
// Start        d4 and e5 white, e4 and d5 black. No chance.
// Text         eight lines of 'x' (black), 'o' (white), '.', row 1 first, and "x to move" or "o to
//              move".
// Version      v0. Ids, players and rewards are those of OpenSpiel's othello, which shows a plane
// of
//              empty cells and none of who moves.
//
// Lines of discs are found for all cells at once by doubling shifts (Kogge-Stone fills).
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "brasa/env.h"
#include "envs/board/board_ids.h"

namespace brasa {

struct Othello {
  static constexpr bool kFlat = true;
  static constexpr int kPass = 64;

  static EnvSpec Spec(const Params& params);
  explicit Othello(const Params&) {}

  void Reset(Rng&) { *this = Othello(); }

  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    const int id = action.id();
    if (id != kPass) {
      const std::uint64_t cell = std::uint64_t{1} << id;
      const std::uint64_t turned = Turned(own, other, cell);
      own ^= turned | cell;
      other ^= turned;
    }
    std::swap(own, other);
    mover = static_cast<std::int16_t>(1 - mover);
    last = static_cast<std::int16_t>(id);
    moves = Moves(own, other);
    rewards[0] = rewards[1] = 0;
    if (moves != 0 || Moves(other, own) != 0) return EpisodeEnd::kNone;
    over = 1;
    const int lead = std::popcount(own) - std::popcount(other);
    const float reward = lead > 0 ? 1.0f : lead < 0 ? -1.0f : 0.0f;
    rewards[static_cast<std::size_t>(mover)] = reward;
    rewards[static_cast<std::size_t>(1 - mover)] = -reward;
    return EpisodeEnd::kTerminated;
  }

  /// No id once the game is over.
  int LegalActions(std::span<std::int32_t> ids) const {
    const int count = board::WriteIds({&moves, 1}, 64, ids);
    if (count > 0) return count;
    ids[0] = kPass;
    return 1 - over;
  }

  int PlayerToMove() const { return mover; }

  void Observe(int player, std::span<std::uint8_t> out) const {
    const std::uint64_t first = DiscsOf(player), second = DiscsOf(1 - player);
    const auto to_move = static_cast<std::uint8_t>(player == mover);
    for (std::size_t cell = 0; cell < 64; ++cell) {
      out[cell] = (first >> cell) & 1u;
      out[64 + cell] = (second >> cell) & 1u;
      out[128 + cell] = to_move;
    }
  }

  /// Of the discs and who moves.
  std::uint64_t Hash() const;
  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  /// Accepts every board whose four middle cells are filled (they never become empty), finished
  /// games included. Whether a game can reach it is not looked into further. The last move is
  /// unknown afterwards.
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  std::vector<double> ActionFromText(std::string_view text) const;
  /// "p" passes.
  std::vector<Control> Controls() const;
  /// The cell under the point; the pass, wherever on the board, for a player who has to pass.
  int ActionAt(Point at) const;
  /// The half turn and the reflections in both diagonals: those that keep the start.
  std::vector<Symmetry> Symmetries() const;

  /// The discs of one player, bit 8 * row + column.
  std::uint64_t DiscsOf(int player) const { return player == mover ? own : other; }
  /// The empty cells from which `own` turns discs of `other`.
  static std::uint64_t Moves(std::uint64_t own, std::uint64_t other);
  /// The discs of `other` that a disc of `own` on the one cell `placed` turns.
  static std::uint64_t Turned(std::uint64_t own, std::uint64_t other, std::uint64_t placed);

  std::uint64_t own = 0x0000000810000000ull;    ///< discs of who moves next, bit 8 * row + column
  std::uint64_t other = 0x0000001008000000ull;  ///< of who does not
  std::uint64_t moves = 0x0000102004080000ull;  ///< Moves(own, other)
  std::int16_t mover = 0;
  std::int16_t last = -1;  ///< id of the last move, or -1
  std::int32_t over = 0;   ///< 1 once neither side can move

 private:
  Othello() = default;
};

namespace internal {

/// Cells of the inner six columns: a line that runs sideways passes through no others.
inline constexpr std::uint64_t kOthelloInner = 0x7E7E7E7E7E7E7E7Eull;

/// `cells` moved by `shift` bits, up for positive ones.
template <int kShift>
constexpr std::uint64_t Shifted(std::uint64_t cells) {
  if constexpr (kShift > 0) {
    return cells << kShift;
  } else {
    return cells >> -kShift;
  }
}

/// The cells of `through` that lie in an unbroken run beginning next to a cell of `from`, in one
/// direction; runs have at most six cells.
template <int kShift>
constexpr std::uint64_t Run(std::uint64_t from, std::uint64_t through) {
  std::uint64_t run = through & Shifted<kShift>(from);
  run |= through & Shifted<kShift>(run);
  const std::uint64_t pairs = through & Shifted<kShift>(through);
  run |= pairs & Shifted<2 * kShift>(run);
  run |= pairs & Shifted<2 * kShift>(run);
  return run;
}

template <int kShift>
constexpr std::uint64_t TurnedIn(std::uint64_t own, std::uint64_t through, std::uint64_t placed) {
  const std::uint64_t run = Run<kShift>(placed, through);
  return (Shifted<kShift>(run) & own) != 0 ? run : 0;
}

}  // namespace internal

inline std::uint64_t Othello::Moves(std::uint64_t own, std::uint64_t other) {
  using internal::Run;
  using internal::Shifted;
  const std::uint64_t inner = other & internal::kOthelloInner;
  const std::uint64_t ends = Shifted<1>(Run<1>(own, inner)) | Shifted<-1>(Run<-1>(own, inner)) |
                             Shifted<7>(Run<7>(own, inner)) | Shifted<-7>(Run<-7>(own, inner)) |
                             Shifted<9>(Run<9>(own, inner)) | Shifted<-9>(Run<-9>(own, inner)) |
                             Shifted<8>(Run<8>(own, other)) | Shifted<-8>(Run<-8>(own, other));
  return ends & ~(own | other);
}

inline std::uint64_t Othello::Turned(std::uint64_t own, std::uint64_t other, std::uint64_t placed) {
  using internal::TurnedIn;
  const std::uint64_t inner = other & internal::kOthelloInner;
  return TurnedIn<1>(own, inner, placed) | TurnedIn<-1>(own, inner, placed) |
         TurnedIn<7>(own, inner, placed) | TurnedIn<-7>(own, inner, placed) |
         TurnedIn<9>(own, inner, placed) | TurnedIn<-9>(own, inner, placed) |
         TurnedIn<8>(own, other, placed) | TurnedIn<-8>(own, other, placed);
}

}  // namespace brasa
