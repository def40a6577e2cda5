// The ground of BipedalWalker-v3 and its hardcore form.
#pragma once

#include <array>
#include <vector>

#include "brasa/canvas.h"
#include "brasa/core/random.h"

namespace brasa {

struct WalkerTerrain {
  static constexpr int kLength = 200;             // corners of the ground's line
  static constexpr double kStep = 14.0 / 30;      // [m] between two corners
  static constexpr double kHeight = 400.0 / 120;  // [m] of the ground at the start
  static constexpr int kStartPad = 20;            // corners of level ground at the start
  static constexpr int kGrass = 10;               // corners at the end that need not be walked

  std::array<Point, kLength> ground{};
  std::vector<std::array<Point, 4>> obstacles;  // stumps, stairs and the walls of pits
};

/// Gentle slopes; with `hardcore` every second stretch is a stump, stairs or a pit, each as likely.
WalkerTerrain DrawWalkerTerrain(bool hardcore, Rng& rng);

}  // namespace brasa
