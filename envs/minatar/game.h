// What the five MinAtar games share: the grid, the actions, where random outcomes come from, how an
// observation is painted, and what a game tells about itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "brasa/canvas.h"
#include "brasa/core/random.h"

namespace brasa::minatar {

/// Cells a side; rows grow downward, columns to the right.
inline constexpr int kSide = 10;
inline constexpr int kCells = kSide * kSide;

/// The six actions of every game; a game ignores those that mean nothing to it.
enum Action : std::uint8_t { kNoop = 0, kLeft, kUp, kRight, kDown, kFire };
inline constexpr int kActions = 6;

/// What a step gave.
struct Outcome {
  std::int32_t reward = 0;
  bool over = false;
};

/// Random outcomes from a stream. The rules are templates over this type, so that recorded outcomes
/// can take its place.
class RngDraws {
 public:
  explicit RngDraws(Rng& rng) : rng_(rng) {}
  /// Uniform in [0, 1).
  double Uniform() { return rng_.Uniform(); }
  /// Uniform in {low, .., end - 1}.
  int Int(int low, int end) {
    return low + static_cast<int>(rng_.Below(static_cast<std::uint32_t>(end - low)));
  }

 private:
  Rng& rng_;
};

/// Sets elements of an observation uint8 [10, 10, kChannels] that is 0 everywhere else.
template <int kChannels>
class Painter {
 public:
  explicit Painter(std::uint8_t* elements) : elements_(elements) {}
  void Set(int row, int column, int channel) { Set(row * kSide + column, channel); }
  void Set(int cell, int channel) { elements_[cell * kChannels + channel] = 1; }
  /// Sets only where the column lies on the board.
  void SetInside(int row, int column, int channel) {
    if (static_cast<unsigned>(column) < kSide) Set(row, column, channel);
  }
  /// Over-writes `count` elements from a channel of a cell on.
  void Copy(int cell, int channel, const void* elements, std::size_t count) {
    std::memcpy(elements_ + cell * kChannels + channel, elements, count);
  }

 private:
  std::uint8_t* elements_;
};

/// How a channel's cells are drawn.
enum class Shape { kBlock, kBrick, kDisc, kTrail, kBullet, kArrowLeft, kArrowRight };

struct Channel {
  const char* name;
  Color color;
  Shape shape;
};

/// A game's names: what its spec and its drawing need.
struct Card {
  const char* name;     ///< "Breakout": the id is MinAtar/Breakout-v1
  const char* summary;  ///< one line
  std::span<const Channel> channels;
  std::span<const Action> minimal;  ///< the actions that mean something, ascending
};

/// Lines beside the board, such as "oxygen 180".
using Facts = std::vector<std::string>;

inline int Clamp(int value, int low, int high) {
  return value < low ? low : value > high ? high : value;
}

}  // namespace brasa::minatar
