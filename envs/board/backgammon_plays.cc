// The legal plays of Backgammon-v0.
#include <bit>

#include "envs/board/backgammon.h"

namespace brasa {
namespace {

using Places = std::uint32_t;  ///< a set of places, bit i of place i

constexpr Places Bit(int place) { return Places{1} << place; }

/// Where the checkers of a player stand, as sets: what the choice of a play depends on. kPlayer 0
/// moves up, kPlayer 1 down.
template <int kPlayer>
struct Side {
  Places occupied;  ///< points with checkers
  Places single;    ///< points with just one
  Places open;      ///< points that the other does not hold
  int bar;          ///< checkers there

  static int EntryPoint(int die) { return kPlayer == 0 ? die - 1 : 24 - die; }
  /// The point from which `die` is the exact number.
  static int ExactPoint(int die) { return kPlayer == 0 ? 24 - die : die - 1; }
  /// 0 beyond the board.
  static Places TargetOf(int point, int die) {
    return (kPlayer == 0 ? Bit(point) << die : Bit(point) >> die) & Backgammon::kPoints;
  }

  /// Where a checker may start with `die`.
  Places Starts(int die) const {
    if (bar > 0) return (open >> EntryPoint(die) & 1u) << Backgammon::kBar;
    const Places inside = kPlayer == 0 ? open >> die : (open << die) & Backgammon::kPoints;
    Places starts = occupied & inside;
    constexpr Places kOutside = Backgammon::kPoints & ~Backgammon::kHome[kPlayer];
    if ((occupied & kOutside) == 0) starts |= BearingOff(die);
    return starts;
  }

  /// All are home: from the exact point, or with a number too large from the farthest.
  Places BearingOff(int die) const {
    const int exact = ExactPoint(die);
    const Places farther =
        kPlayer == 0 ? Bit(exact) - 1 : Backgammon::kPoints & ~(2 * Bit(exact) - 1);
    if ((occupied & farther) != 0 || occupied == 0) return occupied & Bit(exact);
    return kPlayer == 0 ? occupied & (~occupied + 1) : std::bit_floor(occupied);
  }

  /// After one checker moved from `start` with `die`. Of the sets, `single` is not kept up: a
  /// second move does not depend on it.
  Side After(int start, int die) const {
    Side after = *this;
    if (start == Backgammon::kBar) {
      --after.bar;
      after.occupied |= Bit(EntryPoint(die));
    } else {
      after.occupied = (occupied & ~(single & Bit(start))) | TargetOf(start, die);
    }
    return after;
  }
};

/// Writes 26 second + first + offset for all moves with `first_die` and then `second_die`,
/// ascending. Returns their number.
template <int kPlayer>
int WritePairs(const Side<kPlayer>& side, int first_die, int second_die, std::int32_t offset,
               std::int32_t* ids) {
  std::array<Places, 25> firsts;  // by second move: the first moves that allow it
  Places seconds = 0;
  for (Places rest = side.Starts(first_die); rest != 0; rest &= rest - 1) {
    const int first = std::countr_zero(rest);
    const Places found = side.After(first, first_die).Starts(second_die);
    for (Places fresh = found & ~seconds; fresh != 0; fresh &= fresh - 1) {
      firsts[static_cast<std::size_t>(std::countr_zero(fresh))] = 0;
    }
    seconds |= found;
    for (Places more = found; more != 0; more &= more - 1) {
      firsts[static_cast<std::size_t>(std::countr_zero(more))] |= Bit(first);
    }
  }
  int count = 0;
  for (; seconds != 0; seconds &= seconds - 1) {
    const int second = std::countr_zero(seconds);
    for (Places rest = firsts[static_cast<std::size_t>(second)]; rest != 0; rest &= rest - 1) {
      ids[count++] = 26 * second + std::countr_zero(rest) + offset;
    }
  }
  return count;
}

/// Writes the plays of one checker with `die`, ascending. Returns their number.
template <int kPlayer>
int WriteSingles(const Side<kPlayer>& side, int die, std::int32_t offset, std::int32_t* ids) {
  int count = 0;
  for (Places rest = side.Starts(die); rest != 0; rest &= rest - 1) {
    ids[count++] = 26 * Backgammon::kOff + std::countr_zero(rest) + offset;
  }
  return count;
}

template <int kPlayer>
int WritePlays(const Side<kPlayer>& side, int low, int high, std::int32_t* ids) {
  constexpr std::int32_t kLowFirst = 676;
  int count = WritePairs(side, high, low, 0, ids);
  if (low != high) count += WritePairs(side, low, high, kLowFirst, ids + count);
  if (count == 0) count = WriteSingles(side, high, 0, ids);
  if (count == 0 && low != high) count = WriteSingles(side, low, kLowFirst, ids);
  if (count == 0) ids[count++] = Backgammon::kPass;
  return count;
}

template <int kPlayer>
Side<kPlayer> SideOf(const Backgammon& game) {
  const auto& own = game.planes[kPlayer];
  const auto& other = game.planes[1 - kPlayer];
  const Places several = own[1] | own[2] | own[3];
  return {(own[0] | several) & Backgammon::kPoints, own[0] & ~several & Backgammon::kPoints,
          Backgammon::kPoints & ~(other[1] | other[2] | other[3]),
          game.Count(kPlayer, Backgammon::kBar)};
}

}  // namespace

int Backgammon::LegalActions(std::span<std::int32_t> ids) const {
  if (phase != kPlay) return 0;
  return mover == 0 ? WritePlays(SideOf<0>(*this), low, high, ids.data())
                    : WritePlays(SideOf<1>(*this), low, high, ids.data());
}

}  // namespace brasa
