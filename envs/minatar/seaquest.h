// MinAtar/Seaquest-v1 (v0 with all six actions): rescue divers and shoot fish and submarines.
//
// Rules        Young and Tian (2019), arXiv 1903.03176, re-implemented from a description of the
//              rules. Order of a step: enemy and diver spawns, the player, the player's bullets,
//              divers, enemy submarines, their bullets, fish, timers, oxygen. Lists run from the
//              newest to the oldest; of two targets in one cell a player's bullet hits the older
//              fish, then the older submarine.
// Observation  uint8 [10, 10, 10] (row, column, channel), 0 or 1:
//              | channel | meaning                                                     |
//              | 0       | front of the player's submarine                             |
//              | 1       | its back, in the cell behind                                |
//              | 2       | bullet of the player                                        |
//              | 3       | trail: the cell behind a fish, enemy submarine or diver     |
//              | 4       | bullet of an enemy                                          |
//              | 5       | enemy fish                                                  |
//              | 6       | enemy submarine                                             |
//              | 7       | oxygen gauge: row 9, columns 0 .. oxygen * 10 / 200 - 1     |
//              | 8       | diver gauge: row 9, columns 9 - divers .. 8                 |
//              | 9       | diver                                                       |
// Actions      both sets: noop, left, up, right, down, fire.
// Rewards      1 for a fish or submarine shot; oxygen * 10 / 200 for surfacing with six divers.
// Ends         terminated when the player meets an enemy or its bullet, when oxygen is out, and on
//              surfacing with no diver. No limit.
// Start        player in row 0, column 5, looking left; full oxygen (200); an empty sea.
// Surfacing    fills the oxygen and costs a diver, from a full load of six all of them and one
//              more: the count is then -1, and a surfacing with a negative count costs one and does
//              not end the game.
// Spawn        three draws for an enemy: side (left if u < 1/2), kind (submarine if u < 1/3), row 1
//              to 8; nothing comes if an enemy in that row moves the other way. Two draws for a
//              diver every 30 steps: side, row. At most 32 fish and 32 submarines; play from the
//              start does not reach that.
// Ramp         with each surfacing the enemy spawn interval (20) shrinks by 1, down to 1, and with
//              every second one the enemies' move interval (5) too, down to 2.
// Noise, parameters, text, version: see minatar.h.
#pragma once

#include <array>
#include <cstdint>

#include "envs/minatar/game.h"
#include "envs/minatar/text.h"

namespace brasa::minatar {

/// What swims: a fish, a diver or a bullet of the player (whose timer is 0).
struct Swimmer {
  std::int8_t x = 0, y = 0;
  std::int8_t step = 0;   ///< -1 to the left, 1 to the right
  std::int8_t timer = 0;  ///< [steps] until it moves
};
/// An enemy submarine.
struct Submarine : Swimmer {
  std::int8_t shot_timer = 0;  ///< [steps] until it shoots
};

/// Up to kMost swimmers from the oldest to the newest; the entries beyond `count` are zero.
template <typename Item, int kMost>
struct School {
  static constexpr int kCapacity = kMost;
  Item& operator[](int i) { return items[static_cast<std::size_t>(i)]; }
  const Item& operator[](int i) const { return items[static_cast<std::size_t>(i)]; }
  void Add(const Item& item) {
    if (count < kMost) items[count++] = item;
  }
  void Erase(int i) {
    --count;
    for (; i < count; ++i) (*this)[i] = (*this)[i + 1];
    (*this)[count] = Item{};
  }
  /// The oldest at (x, y), or -1.
  int Find(int x, int y) const {
    for (int i = 0; i < count; ++i) {
      if ((*this)[i].x == x && (*this)[i].y == y) return i;
    }
    return -1;
  }

  std::uint8_t count = 0;
  std::array<Item, kMost> items{};
};

/// Enemies' bullets that move one way: bit 16 row + column of rows 1 to 4 and of rows 5 to 8. Two
/// at one cell are as good as one.
struct Torpedoes {
  static constexpr std::uint64_t kBoard = 0x03FF03FF03FF03FFull;
  bool Has(int row, int column) const {
    return ((lanes[static_cast<std::size_t>(row > 4)] >> (16 * ((row - 1) & 3) + column)) & 1) != 0;
  }
  void Add(int row, int column) {
    lanes[static_cast<std::size_t>(row > 4)] |= std::uint64_t{1} << (16 * ((row - 1) & 3) + column);
  }
  bool Empty() const { return (lanes[0] | lanes[1]) == 0; }
  void MoveLeft() {
    for (std::uint64_t& lane : lanes) lane = (lane >> 1) & kBoard;
  }
  void MoveRight() {
    for (std::uint64_t& lane : lanes) lane = (lane << 1) & kBoard;
  }

  std::array<std::uint64_t, 2> lanes{};
};

struct Seaquest {
  static constexpr int kChannels = 10;
  static constexpr int kMaxOxygen = 200, kMaxDivers = 6, kDeepest = kSide - 2;
  static constexpr int kEnemySpawn = 20, kDiverSpawn = 30, kMoveInterval = 5;  // [steps]
  static constexpr int kFastest = 2, kShotInterval = 5, kEnemyShotInterval = 10;
  static const Card& GetCard();

  template <typename Draws>
  void Reset(Draws&) {
    *this = Seaquest{};
  }

  template <typename Draws>
  Outcome Step(int action, bool ramping, Draws& draws) {
    if (enemy_timer == 0) {
      SpawnEnemy(draws);
      enemy_timer = enemy_interval;
    }
    if (diver_timer == 0) {
      SpawnDiver(draws);
      diver_timer = kDiverSpawn;
    }
    return Advance(action, ramping);
  }

  void Paint(Painter<kChannels> painter) const;

  Facts GetFacts() const;
  void Write(TextWriter& writer) const;
  /// Throws UsageError; the game is then half read.
  void Read(TextReader& reader);

  std::array<Torpedoes, 2> torpedoes{};  ///< [0] move left, [1] right
  std::int32_t divers_held = 0;          ///< at most 6; see Surfacing
  std::int32_t ramps = 0;
  std::int16_t oxygen = kMaxOxygen;
  std::int8_t x = 5, y = 0;
  std::int8_t facing = -1;    ///< -1 left, 1 right
  std::uint8_t surfaced = 1;  ///< 0 from the first step below row 0 to the next surfacing
  std::int8_t shot_timer = 0;
  std::int8_t enemy_interval = kEnemySpawn, enemy_timer = kEnemySpawn, diver_timer = kDiverSpawn;
  std::int8_t move_interval = kMoveInterval;
  School<Swimmer, 4> bullets;
  School<Swimmer, 4> divers;
  School<Swimmer, 32> fish;
  School<Submarine, 32> submarines;
  std::uint8_t filler = 0;

 private:
  template <typename Draws>
  void SpawnEnemy(Draws& draws) {
    const std::int8_t step = draws.Uniform() < 0.5 ? 1 : -1;
    const bool is_submarine = draws.Uniform() < 1.0 / 3.0;
    AddEnemy(step, is_submarine, static_cast<std::int8_t>(draws.Int(1, kDeepest + 1)));
  }
  template <typename Draws>
  void SpawnDiver(Draws& draws) {
    const std::int8_t step = draws.Uniform() < 0.5 ? 1 : -1;
    const auto row = static_cast<std::int8_t>(draws.Int(1, kDeepest + 1));
    divers.Add({Entry(step), row, step, kMoveInterval});
  }
  static std::int8_t Entry(int step) { return step > 0 ? 0 : kSide - 1; }
  bool AtPlayer(const Swimmer& item) const { return (item.x == x) & (item.y == y); }
  static bool Outside(const Swimmer& item) { return static_cast<unsigned>(item.x) >= kSide; }
  static void Swim(Swimmer& item) { item.x = static_cast<std::int8_t>(item.x + item.step); }

  void AddEnemy(std::int8_t step, bool is_submarine, std::int8_t row);
  /// What follows the spawns.
  Outcome Advance(int action, bool ramping);
  void Act(int action);
  void MoveBullets(Outcome& outcome);
  void MoveDivers();
  void MoveSubmarines(Outcome& outcome);
  void MoveTorpedoes(Outcome& outcome);
  void MoveFish(Outcome& outcome);
  void Breathe(bool ramping, Outcome& outcome);
  void Surface(bool ramping, Outcome& outcome);
  /// Enemy i has moved: gone outside, meeting the player, or shot by a bullet in its cell.
  /// True if it is gone.
  template <typename Enemies>
  bool Arrive(Enemies& enemies, int i, Outcome& outcome);
};

}  // namespace brasa::minatar
