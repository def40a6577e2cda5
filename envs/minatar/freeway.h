// MinAtar/Freeway-v1 (v0 with all six actions): cross a road of eight lanes again and again.
//
// Rules        Young and Tian (2019), arXiv 1903.03176, re-implemented from a description of the
//              rules. The chicken keeps column 4 and moves one row at most every third step. Rows 1
//              to 8 hold one car each, which moves one cell every speed + 1 steps, around the edge.
//              A car on the chicken, before or after its move, sends the chicken back to row 9.
// Observation  uint8 [10, 10, 7] (row, column, channel), 0 or 1:
//              | channel | meaning                                                        |
//              | 0       | chicken                                                        |
//              | 1       | car                                                            |
//              | 2 .. 6  | the cell behind a car that waits 1 .. 5 steps between its moves |
// Actions      minimal: noop, up, down; full: noop, left, up, right, down, fire.
// Rewards      1 for reaching row 0, whence the chicken goes back to row 9.
// Ends         terminated by step 2501, which is the rule of the game itself: nothing else ends it,
//              and the observation does not show the time.
// Start        chicken in row 9, its move timer 3; cars in column 0.
// Cars         are drawn at the start and after each crossing: eight waits uniform in 1 to 5, then
//              eight numbers u: leftward if u < 1/2. A crossing keeps the cars' columns.
// Ramp         none: difficulty_ramping changes nothing.
// Noise, parameters, text, version: see minatar.h.
#pragma once

#include <array>
#include <cstdint>

#include "envs/minatar/game.h"
#include "envs/minatar/text.h"

namespace brasa::minatar {

struct Freeway {
  static constexpr int kChannels = 7;
  static constexpr int kCars = 8;  ///< car i drives in row i + 1
  static constexpr int kColumn = 4, kHome = kSide - 1;
  static constexpr int kMoveInterval = 3, kTimeLimit = 2500;  // [steps]
  static constexpr int kSlowest = 5;                          // [steps]
  static const Card& GetCard();

  template <typename Draws>
  void Reset(Draws& draws) {
    *this = Freeway{};
    DrawCars(draws);
  }

  template <typename Draws>
  Outcome Step(int action, bool /*ramping*/, Draws& draws) {
    Outcome outcome;
    const int move = (action == kDown) - (action == kUp);
    if (move != 0 && move_timer == 0) {
      move_timer = kMoveInterval;
      chicken = static_cast<std::int16_t>(Clamp(chicken + move, 0, kHome));
      if (chicken == 0) {
        outcome.reward = 1;
        chicken = kHome;
        DrawCars(draws);
      }
    }
    const std::uint64_t before = columns;
    MoveCars();
    // Only the car of the chicken's row can meet it; row 9 has none.
    const unsigned lane = static_cast<unsigned>(chicken - 1);
    if (lane < kCars && (ByteOf(before, lane) == kColumn || ByteOf(columns, lane) == kColumn)) {
      chicken = kHome;
    }
    move_timer = static_cast<std::int16_t>(move_timer - (move_timer > 0));
    --time_left;
    outcome.over = time_left < 0;
    return outcome;
  }

  void Paint(Painter<kChannels> painter) const {
    painter.Set(chicken, kColumn, 0);
    std::uint64_t at = columns, behind = Turned(columns, 9 * rightward + Leftward()), wait = waits;
    for (int row = 1; row <= kCars; ++row, at >>= 8, behind >>= 8, wait >>= 8) {
      painter.Set(row, static_cast<int>(at & 0xFF), 1);
      painter.Set(row, static_cast<int>(behind & 0xFF), 1 + static_cast<int>(wait & 0xFF));
    }
  }

  Facts GetFacts() const;
  void Write(TextWriter& writer) const;
  /// Throws UsageError; the game is then half read.
  void Read(TextReader& reader);

  static unsigned ByteOf(std::uint64_t bytes, unsigned i) {
    return static_cast<unsigned>(bytes >> (8 * i)) & 0xFFu;
  }

  // One byte per car, car 0 lowest: all eight are moved at once.
  std::uint64_t columns = 0;                ///< 0 to 9
  std::uint64_t timers = kOnes;             ///< [steps] until the next move
  std::uint64_t waits = kOnes;              ///< [steps] between moves, 1 to 5
  std::uint64_t rightward = 0;              ///< 1 where the car drives to the right
  std::int16_t chicken = kHome;             ///< row
  std::int16_t move_timer = kMoveInterval;  // [steps]
  std::int32_t time_left = kTimeLimit;      // [steps], to -1

 private:
  static constexpr std::uint64_t kOnes = 0x0101010101010101ull;

  template <typename Draws>
  void DrawCars(Draws& draws) {
    waits = rightward = 0;
    for (int i = 0; i < kCars; ++i) {
      waits |= static_cast<std::uint64_t>(draws.Int(1, kSlowest + 1)) << (8 * i);
    }
    for (int i = 0; i < kCars; ++i) {
      rightward |= static_cast<std::uint64_t>(draws.Uniform() >= 0.5) << (8 * i);
    }
    timers = waits;
  }

  std::uint64_t Leftward() const { return rightward ^ kOnes; }

  /// All bytes stay below 128, so no sum carries into the next one.
  void MoveCars() {
    const std::uint64_t waiting = ((timers + 0x7F * kOnes) >> 7) & kOnes;  // 1 where timer > 0
    const std::uint64_t moving = waiting ^ kOnes;
    timers = timers - waiting + (waits & (moving * 0xFF));
    columns = Turned(columns, (moving & rightward) + 9 * (moving & Leftward()));
  }
  /// The columns `by` columns to the right, 0 to 9 a car, around the edge.
  static std::uint64_t Turned(std::uint64_t from, std::uint64_t by) {
    const std::uint64_t to = from + by;  // 0 .. 18
    const std::uint64_t beyond = ((to + (0x80 - kSide) * kOnes) >> 7) & kOnes;
    return to - kSide * beyond;
  }
};

}  // namespace brasa::minatar
