// MinAtar/SpaceInvaders-v1 (v0 with all six actions): shoot down waves of marching aliens.
//
// Rules        Young and Tian (2019), arXiv 1903.03176, re-implemented from a description of the
//              rules. A step: the cannon fires or moves; bullets fly one row; when the move timer
//              is 0 the aliens move sideways, or, at the edge they move to, down and turn round;
//              when their shot timer is 0 the lowest alien of the column nearest to the cannon (the
//              left one of two) drops a bullet in its own cell; aliens in a cell with a bullet of
//              the cannon vanish with it. The cannon fires at most every 5 steps, the aliens
//              every 10.
// Observation  uint8 [10, 10, 6] (row, column, channel), 0 or 1:
//              | channel | meaning                                       |
//              | 0       | cannon, in row 9                              |
//              | 1       | alien                                         |
//              | 2       | alien while they march to the left            |
//              | 3       | alien while they march to the right           |
//              | 4       | bullet of the cannon                          |
//              | 5       | bullet of an alien                            |
// Actions      minimal: noop, left, right, fire; full: noop, left, up, right, down, fire.
// Rewards      1 for an alien.
// Ends         terminated when a bullet or an alien is on the cannon, or the aliens would march
//              down from row 9. No limit.
// Start        cannon in column 5, 24 aliens in rows 0 to 3 and columns 2 to 7 marching left. Draws
//              nothing, and the game is deterministic but for sticky actions.
// Speed        the aliens move every min(12 - ramp, aliens left) steps.
// Ramp         a new wave of 24 comes when none is left, each one step faster, down to 6.
// Noise, parameters, text, version: see minatar.h.
#pragma once

#include <algorithm>
#include <cstdint>

#include "envs/minatar/game.h"
#include "envs/minatar/text.h"

namespace brasa::minatar {

/// A set of cells: bit 10 row + column of rows 0 to 4 in `top`, of rows 5 to 9 in `bottom`.
struct CellSet {
  static constexpr std::uint64_t kRow = 0x3FF;                ///< the first row of a half
  static constexpr std::uint64_t kHalf = 0x3FFFFFFFFFFFFull;  ///< 50 cells
  static constexpr std::uint64_t kColumn = 0x10040100401ull;  ///< column 0 of a half

  /// Everything one row up; row 0 leaves.
  CellSet Up() const { return {(top >> 10) | (bottom & kRow) << 40, bottom >> 10}; }
  /// Everything one row down; row 9 leaves.
  CellSet Down() const { return {(top << 10) & kHalf, ((bottom << 10) | (top >> 40)) & kHalf}; }
  /// The columns that hold a cell, bit per column.
  unsigned Columns() const {
    std::uint64_t rows = top | bottom;
    rows |= (rows >> 10) | (rows >> 20);
    return static_cast<unsigned>(rows | (rows >> 20)) & 0x3FFu;
  }
  bool Has(int row, int column) const {
    return (((row < 5 ? top : bottom) >> (10 * (row < 5 ? row : row - 5) + column)) & 1u) != 0;
  }
  int Count() const { return __builtin_popcountll(top) + __builtin_popcountll(bottom); }
  bool Empty() const { return (top | bottom) == 0; }

  std::uint64_t top = 0, bottom = 0;
};

struct SpaceInvaders {
  static constexpr int kChannels = 6;
  static constexpr int kMoveInterval = 12, kFastest = 6, kAlienShotInterval = 10;  // [steps]
  static constexpr int kShotInterval = 5;                                          // [steps]
  static constexpr CellSet kWave{0x3F0FC3F0FCull, 0};  ///< rows 0 to 3, columns 2 to 7
  static const Card& GetCard();

  template <typename Draws>
  void Reset(Draws&) {
    *this = SpaceInvaders{};
  }

  template <typename Draws>
  Outcome Step(int action, bool ramping, Draws&) {
    Outcome outcome;
    if (action == kFire && shot_timer == 0) {
      bullets.bottom |= CannonBit();
      shot_timer = kShotInterval;
    }
    cannon = static_cast<std::int8_t>(
        Clamp(cannon + (action == kRight) - (action == kLeft), 0, kSide - 1));
    bullets = bullets.Up();
    bombs = bombs.Down();
    outcome.over = ((bombs.bottom | aliens.bottom) & CannonBit()) != 0;
    if (move_timer == 0) outcome.over |= March();
    if (bomb_timer == 0) {
      bomb_timer = kAlienShotInterval;
      DropBomb();
    }
    const CellSet hit{aliens.top & bullets.top, aliens.bottom & bullets.bottom};
    if (!hit.Empty()) {
      outcome.reward = hit.Count();
      aliens = {aliens.top ^ hit.top, aliens.bottom ^ hit.bottom};
      bullets = {bullets.top ^ hit.top, bullets.bottom ^ hit.bottom};
    }
    shot_timer = static_cast<std::int8_t>(shot_timer - (shot_timer > 0));
    --move_timer;
    --bomb_timer;
    if (aliens.Empty()) NextWave(ramping);
    return outcome;
  }

  void Paint(Painter<kChannels> painter) const {
    painter.Set(kSide - 1, cannon, 0);
    // Channels 1 to 4 of an alien's cell; bullets come after the aliens.
    const std::uint8_t alien[] = {1, direction<0, direction> 0, 0};
    PaintSet(aliens, [&](int cell) { painter.Copy(cell, 1, alien, sizeof alien); });
    PaintSet(bullets, [&](int cell) { painter.Set(cell, 4); });
    PaintSet(bombs, [&](int cell) { painter.Set(cell, 5); });
  }

  Facts GetFacts() const;
  void Write(TextWriter& writer) const;
  /// Throws UsageError; the game is then half read.
  void Read(TextReader& reader);

  CellSet aliens = kWave;
  CellSet bullets, bombs;  ///< of the cannon; of the aliens
  std::int8_t cannon = 5;  ///< column
  std::int8_t direction = -1;
  std::int8_t move_interval = kMoveInterval, move_timer = kMoveInterval;  // [steps]
  std::int8_t bomb_timer = kAlienShotInterval, shot_timer = 0;            // [steps]
  std::int16_t ramps = 0;

 private:
  std::uint64_t CannonBit() const { return std::uint64_t{1} << (40 + cannon); }

  /// True if the game is over.
  bool March() {
    move_timer = static_cast<std::int8_t>(std::min<int>(aliens.Count(), move_interval));
    const std::uint64_t edge = CellSet::kColumn << (direction < 0 ? 0 : kSide - 1);
    bool over = false;
    if (((aliens.top | aliens.bottom) & edge) != 0) {
      direction = static_cast<std::int8_t>(-direction);
      // Row 9 comes round to row 0, which only the final observation shows.
      const std::uint64_t lowest = aliens.bottom >> 40;
      over = lowest != 0;
      aliens = aliens.Down();
      aliens.top |= lowest;
    } else if (direction < 0) {
      aliens = {aliens.top >> 1, aliens.bottom >> 1};
    } else {
      aliens = {aliens.top << 1, aliens.bottom << 1};
    }
    return over | ((aliens.bottom & CannonBit()) != 0);
  }

  void DropBomb() {
    const unsigned columns = aliens.Columns();
    const unsigned left = columns & ((2u << cannon) - 1), right = columns & ~((2u << cannon) - 1);
    if (columns == 0) return;
    const int nearest_left = left != 0 ? 31 - __builtin_clz(left) : -kSide;
    const int nearest_right = right != 0 ? __builtin_ctz(right) : 2 * kSide;
    const bool to_left = cannon - nearest_left <= nearest_right - cannon;
    const std::uint64_t column = CellSet::kColumn << (to_left ? nearest_left : nearest_right);
    const std::uint64_t low = aliens.bottom & column, high = aliens.top & column;
    if (low != 0) {
      bombs.bottom |= std::uint64_t{1} << (63 - __builtin_clzll(low));
    } else {
      bombs.top |= std::uint64_t{1} << (63 - __builtin_clzll(high));
    }
  }

  void NextWave(bool ramping) {
    if (ramping && move_interval > kFastest) {
      --move_interval;
      ++ramps;
    }
    aliens = kWave;
  }

  template <typename Visit>
  static void PaintSet(const CellSet& set, Visit&& visit) {
    for (std::uint64_t left = set.top; left != 0; left &= left - 1) visit(__builtin_ctzll(left));
    for (std::uint64_t left = set.bottom; left != 0; left &= left - 1) {
      visit(kCells / 2 + __builtin_ctzll(left));
    }
  }
};

}  // namespace brasa::minatar
