// MinAtar/Asterix-v1 (v0 with all six actions): collect gold and stay clear of enemies.
//
// Rules        Young and Tian (2019), arXiv 1903.03176, re-implemented from a description of the
//              rules. Rows 1 to 8 hold at most one enemy or piece of gold each, which come in at
//              one side and leave at the other. A step: spawn when the spawn timer is 0; the player
//              moves; what stands on the player's cell is met; when the move timer is 0 all
//              others move one cell and the player's cell is looked at again; timers; ramp.
// Observation  uint8 [10, 10, 4] (row, column, channel), 0 or 1:
//              | channel | meaning                                       |
//              | 0       | player                                        |
//              | 1       | enemy                                         |
//              | 2       | trail: the cell behind an enemy or gold       |
//              | 3       | gold                                          |
// Actions      minimal: noop, left, up, right, down; full: those and fire.
// Rewards      1 for gold, which is then gone.
// Ends         terminated on meeting an enemy. No limit.
// Start        player in row 5, column 5; empty rows; both timers at their full 10 and 5 steps.
// Spawn        by three draws: side (left if u < 1/2), kind (gold if u < 1/3), and, unless all are
//              taken, one of the free rows, counted from the top.
// Ramp         every 102 steps the spawn interval (10) shrinks by 1, down to 1, and at every second
//              ramp the move interval (5) too.
// Noise, parameters, text, version: see minatar.h.
#pragma once

#include <array>
#include <cstdint>

#include "envs/minatar/game.h"
#include "envs/minatar/text.h"

namespace brasa::minatar {

struct Asterix {
  static constexpr int kChannels = 4;
  static constexpr int kSlots = 8;  ///< slot i is row i + 1
  static constexpr int kSpawnInterval = 10, kMoveInterval = 5, kRampInterval = 100;  // [steps]
  static const Card& GetCard();

  template <typename Draws>
  void Reset(Draws&) {
    *this = Asterix{};
  }

  template <typename Draws>
  Outcome Step(int action, bool ramping, Draws& draws) {
    Outcome outcome;
    if (spawn_timer == 0) {
      Spawn(draws);
      spawn_timer = spawn_interval;
    }
    player_x = static_cast<std::int8_t>(
        Clamp(player_x + (action == kRight) - (action == kLeft), 0, kSide - 1));
    player_y =
        static_cast<std::int8_t>(Clamp(player_y + (action == kDown) - (action == kUp), 1, kSlots));
    Meet(outcome);
    if (move_timer == 0) {
      move_timer = move_interval;
      MoveAll();
      Meet(outcome);
    }
    --spawn_timer;
    --move_timer;
    if (ramping) Ramp();
    return outcome;
  }

  void Paint(Painter<kChannels> painter) const {
    painter.Set(player_y, player_x, 0);
    for (unsigned left = taken; left != 0; left &= left - 1) {
      const int slot = __builtin_ctz(left);
      const int column = x[static_cast<std::size_t>(slot)];
      painter.Set(slot + 1, column, ((gold >> slot) & 1) != 0 ? 3 : 1);
      painter.SetInside(slot + 1, column - (((rightward >> slot) & 1) != 0 ? 1 : -1), 2);
    }
  }

  Facts GetFacts() const;
  void Write(TextWriter& writer) const;
  /// Throws UsageError; the game is then half read.
  void Read(TextReader& reader);

  std::array<std::int8_t, kSlots> x{};              ///< column, 0 where the slot is free
  std::uint8_t taken = 0, gold = 0, rightward = 0;  ///< bit per slot; others within `taken`
  std::int8_t player_x = 5, player_y = 5;           ///< rows 1 to 8
  std::int8_t spawn_interval = kSpawnInterval, spawn_timer = kSpawnInterval;  // [steps]
  std::int8_t move_interval = kMoveInterval, move_timer = kMoveInterval;      // [steps]
  std::int8_t ramp_timer = kRampInterval;                                     // [steps], to -1
  std::int8_t ramps = 0;
  std::array<std::uint8_t, 5> filler{};

 private:
  template <typename Draws>
  void Spawn(Draws& draws) {
    const bool from_left = draws.Uniform() < 0.5;
    const bool is_gold = draws.Uniform() < 1.0 / 3.0;
    const unsigned free = ~static_cast<unsigned>(taken) & 0xFFu;
    if (free == 0) return;
    unsigned rest = free;
    for (int skip = draws.Int(0, __builtin_popcount(free)); skip > 0; --skip) rest &= rest - 1;
    const int slot = __builtin_ctz(rest);
    const auto bit = static_cast<std::uint8_t>(1u << slot);
    taken |= bit;
    gold |= is_gold ? bit : std::uint8_t{0};
    rightward |= from_left ? bit : std::uint8_t{0};
    x[static_cast<std::size_t>(slot)] = from_left ? 0 : kSide - 1;
  }

  void Free(int slot) {
    const auto others = static_cast<std::uint8_t>(~(1u << slot));
    taken &= others;
    gold &= others;
    rightward &= others;
    x[static_cast<std::size_t>(slot)] = 0;
  }

  /// Only the slot of the player's row can stand on the player's cell.
  void Meet(Outcome& outcome) {
    const int slot = player_y - 1;
    const bool met = (((taken >> slot) & 1) != 0) & (x[static_cast<std::size_t>(slot)] == player_x);
    if (!met) return;
    if (((gold >> slot) & 1) == 0) {
      outcome.over = true;
      return;
    }
    ++outcome.reward;
    Free(slot);
  }

  void MoveAll() {
    for (unsigned left = taken; left != 0; left &= left - 1) {
      const int slot = __builtin_ctz(left);
      std::int8_t& column = x[static_cast<std::size_t>(slot)];
      column = static_cast<std::int8_t>(column + (((rightward >> slot) & 1) != 0 ? 1 : -1));
      if (static_cast<unsigned>(column) >= kSide) Free(slot);
    }
  }

  void Ramp() {
    if ((spawn_interval <= 1) & (move_interval <= 1)) return;
    if (ramp_timer >= 0) {
      --ramp_timer;
      return;
    }
    if (move_interval > 1 && ramps % 2 == 1) --move_interval;
    if (spawn_interval > 1) --spawn_interval;
    ++ramps;
    ramp_timer = kRampInterval;
  }
};

}  // namespace brasa::minatar
