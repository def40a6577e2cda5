// The five games once more, written plainly from their rules with lists, grids and loops over
// cells: the oracle for states that the reference episodes do not reach.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "envs/minatar/minatar.h"

namespace brasa::slow {

using minatar::Outcome;
using minatar::RngDraws;

/// An observation uint8 [10, 10, channels].
struct Picture {
  explicit Picture(int count) : channels(count), elements(static_cast<std::size_t>(100 * count)) {}
  void Set(int row, int column, int channel) {
    if (row < 0 || row > 9 || column < 0 || column > 9) return;
    elements[static_cast<std::size_t>((row * 10 + column) * channels + channel)] = 1;
  }
  int channels;
  std::vector<std::uint8_t> elements;
};

/// Steps in the direction of an action, as left/right and up/down.
inline int Across(int action) { return action == 3 ? 1 : action == 1 ? -1 : 0; }
inline int Along(int action) { return action == 4 ? 1 : action == 2 ? -1 : 0; }

struct Thing {
  int x, y;
  bool right;
  int timer = 0, shot = 0;
  bool gold = false;
  bool At(int column, int row) const { return x == column && y == row; }
  bool Inside() const { return x >= 0 && x <= 9; }
  void Move() { x += right ? 1 : -1; }
  int Behind() const { return x + (right ? -1 : 1); }
};

struct Asterix {
  explicit Asterix(const minatar::Asterix& game);
  Outcome Step(int action, bool ramping, RngDraws& draws);
  std::vector<std::uint8_t> See() const;
  std::vector<int> Numbers() const { return {spawn, spawn_timer, move, move_timer, ramp, ramps}; }
  static std::vector<int> Numbers(const minatar::Asterix& g) {
    return {g.spawn_interval, g.spawn_timer, g.move_interval, g.move_timer, g.ramp_timer, g.ramps};
  }

  void Meet(Outcome& outcome);
  std::vector<Thing> things;
  int x, y, spawn, spawn_timer, move, move_timer, ramp, ramps;
};

struct Breakout {
  explicit Breakout(const minatar::Breakout& game);
  Outcome Step(int action, bool ramping, RngDraws& draws);
  std::vector<std::uint8_t> See() const;
  std::vector<int> Numbers() const { return {dx, dy, strike}; }
  static std::vector<int> Numbers(const minatar::Breakout& g) {
    return {g.direction == 1 || g.direction == 2 ? 1 : -1, g.direction >= 2 ? 1 : -1, g.strike};
  }

  bool brick[10][10] = {};
  int x, y, last_x, last_y, dx, dy, paddle;
  bool strike;
};

struct Freeway {
  explicit Freeway(const minatar::Freeway& game);
  Outcome Step(int action, bool ramping, RngDraws& draws);
  std::vector<std::uint8_t> See() const;
  std::vector<int> Numbers() const;
  static std::vector<int> Numbers(const minatar::Freeway& g) { return Freeway(g).Numbers(); }

  struct Car {
    int x, timer, speed;  // speed is negative to the left
  };
  std::array<Car, 8> cars;
  int row, wait, time;
};

struct Seaquest {
  explicit Seaquest(const minatar::Seaquest& game);
  Outcome Step(int action, bool ramping, RngDraws& draws);
  std::vector<std::uint8_t> See() const;
  std::vector<int> Numbers() const;
  static std::vector<int> Numbers(const minatar::Seaquest& g) { return Seaquest(g).Numbers(); }

  void SpawnEnemy(RngDraws& draws);
  void StepPlayer(int action, Outcome& outcome);
  void StepDivers();
  void StepEnemies(std::vector<Thing>& enemies, bool shooting, Outcome& outcome);
  void StepShots(Outcome& outcome);
  void StepOxygen(bool ramping, Outcome& outcome);
  std::vector<Thing> fish, subs, divers, bullets, shots;
  int x, y, oxygen, held, shot_timer, spawn, spawn_timer, diver_timer, move, ramps;
  bool right, surfaced;
};

struct SpaceInvaders {
  explicit SpaceInvaders(const minatar::SpaceInvaders& game);
  Outcome Step(int action, bool ramping, RngDraws& draws);
  std::vector<std::uint8_t> See() const;
  std::vector<int> Numbers() const {
    return {direction, interval, move_timer, alien_shot, shot, ramps};
  }
  static std::vector<int> Numbers(const minatar::SpaceInvaders& g) {
    return {g.direction, g.move_interval, g.move_timer, g.bomb_timer, g.shot_timer, g.ramps};
  }

  int Aliens() const;
  bool March();
  void Shoot();
  bool alien[10][10] = {}, up[10][10] = {}, down[10][10] = {};  // [row][column]
  int cannon, direction, interval, move_timer, alien_shot, shot, ramps;
};

}  // namespace brasa::slow
