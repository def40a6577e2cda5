// MinAtar/Breakout-v1 (v0 with all six actions): keep a ball in play with a paddle and break
// bricks.
//
// Rules        Young and Tian (2019), arXiv 1903.03176, re-implemented from a description of the
//              rules. The ball moves one cell diagonally a step. A side wall mirrors its direction
//              and keeps its column, the ceiling likewise its row. A brick breaks, mirrors the ball
//              and keeps its row, unless the step before met a brick too: then the ball passes into
//              the brick's cell. Coming down to row 9 the ball bounces forward from a paddle below
//              its old column, and back the way it came from a paddle in its new column.
// Observation  uint8 [10, 10, 4] (row, column, channel), 0 or 1:
//              | channel | meaning                                       |
//              | 0       | paddle, in row 9                              |
//              | 1       | ball                                          |
//              | 2       | trail: where the ball was a step before       |
//              | 3       | brick                                         |
// Actions      minimal: noop, left, right; full: noop, left, up, right, down, fire.
// Rewards      1 for a brick.
// Ends         terminated when the ball misses the paddle. No limit.
// Start        paddle in column 4, three rows of bricks, the ball in row 3 at the left wall moving
//              right or at the right wall moving left, by one draw.
// Refill       the wall stands again when the ball comes down to row 9 and no brick is left.
// Noise, parameters, text, version: see minatar.h.
#pragma once

#include <bit>
#include <cstdint>

#include "envs/minatar/game.h"
#include "envs/minatar/text.h"

namespace brasa::minatar {

struct Breakout {
  static constexpr int kChannels = 4;
  static constexpr std::uint32_t kWall = (1u << 30) - 1;  ///< rows 1 to 3
  static const Card& GetCard();

  template <typename Draws>
  void Reset(Draws& draws) {
    *this = Breakout{};
    const bool right = draws.Int(0, 2) == 1;
    ball_x = last_x = right ? kSide - 1 : 0;
    direction = right ? kDownLeft : kDownRight;
  }

  template <typename Draws>
  Outcome Step(int action, bool /*ramping*/, Draws&) {
    Outcome outcome;
    paddle = static_cast<std::int8_t>(
        Clamp(paddle + (action == kRight) - (action == kLeft), 0, kSide - 1));
    last_x = ball_x;
    last_y = ball_y;
    const bool rightward = (direction == kUpRight) | (direction == kDownRight);
    int x = ball_x + (rightward ? 1 : -1);
    int y = ball_y + (direction >= kDownRight ? 1 : -1);
    if (static_cast<unsigned>(x) >= kSide) {
      x = ball_x;
      direction ^= kMirrorX;
    }
    const auto brick = static_cast<unsigned>((y - 1) * kSide + x);
    bool struck = false;
    if (y < 0) {
      y = 0;
      direction ^= kMirrorY;
    } else if (brick < 30u && ((bricks >> brick) & 1u) != 0) {
      struck = true;
      if (strike == 0) {
        outcome.reward = 1;
        strike = 1;
        bricks &= ~(1u << brick);
        y = last_y;
        direction ^= kMirrorY;
      }
    } else if (y == kSide - 1) {
      if (bricks == 0) bricks = kWall;
      if (last_x == paddle || x == paddle) {
        direction ^= last_x == paddle ? kMirrorY : kTurnBack;
        y = last_y;
      } else {
        outcome.over = true;
      }
    }
    if (!struck) strike = 0;
    ball_x = static_cast<std::int8_t>(x);
    ball_y = static_cast<std::int8_t>(y);
    return outcome;
  }

  void Paint(Painter<kChannels> painter) const {
    // A cell is four bytes, so the wall is a vector of shifted bits.
    constexpr int kBrickBit = std::endian::native == std::endian::little ? 24 : 0;
    std::uint32_t cells[3 * kSide];
    for (unsigned i = 0; i < 3 * kSide; ++i) {
      cells[i] = ((bricks >> i) & 1u) << kBrickBit;
    }
    painter.Copy(kSide, 0, cells, sizeof cells);
    painter.Set(kSide - 1, paddle, 0);
    painter.Set(ball_y, ball_x, 1);
    painter.Set(last_y, last_x, 2);
  }

  Facts GetFacts() const;
  void Write(TextWriter& writer) const;
  /// Throws UsageError; the game is then half read.
  void Read(TextReader& reader);

  static constexpr std::int16_t kUpLeft = 0, kUpRight = 1, kDownRight = 2, kDownLeft = 3;
  static constexpr std::int16_t kMirrorX = 1, kMirrorY = 3, kTurnBack = 2;  ///< to be xor-ed

  std::uint32_t bricks = kWall;  ///< bit 10 (row - 1) + column
  std::int8_t ball_x = 0, ball_y = 3;
  std::int8_t last_x = 0, last_y = 3;  ///< the ball a step before
  std::int8_t paddle = 4;
  std::uint8_t strike = 0;  ///< 1: the last step met a brick
  std::int16_t direction = kDownRight;
  std::int32_t filler = 0;
};

}  // namespace brasa::minatar
