// The rules of backgammon once more, slow and plain: the oracle of the bit planes.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace brasa::testing {

/// Points as each player counts them: 25 the bar, 24 .. 1 the points, 0 off. Point n of one is
/// point 25 - n of the other.
struct PlainBackgammon {
  using Counts = std::array<int, 26>;
  std::array<Counts, 2> checkers{};
  int mover = 0;
  int low = 0, high = 0;
  bool again = false;

  PlainBackgammon() {
    for (Counts& own : checkers) {
      own[24] = 2;
      own[13] = 5;
      own[8] = 3;
      own[6] = 5;
    }
  }
  Counts& own() { return checkers[static_cast<std::size_t>(mover)]; }
  const Counts& own() const { return checkers[static_cast<std::size_t>(mover)]; }
  Counts& other() { return checkers[static_cast<std::size_t>(1 - mover)]; }
  const Counts& other() const { return checkers[static_cast<std::size_t>(1 - mover)]; }

  bool MayMove(int from, int die) const {
    const auto f = static_cast<std::size_t>(from);
    if (own()[f] == 0 || (own()[25] > 0 && from != 25)) return false;
    if (from > die) return other()[static_cast<std::size_t>(25 - (from - die))] < 2;
    // Off: nobody may be behind the sixth point, and with a larger number nobody behind this one.
    for (int point = 25; point > 0; --point) {
      const bool there = own()[static_cast<std::size_t>(point)] > 0;
      if (there && (point > 6 || (die > from && point > from))) return false;
    }
    return true;
  }
  void Move(int from, int die) {
    --own()[static_cast<std::size_t>(from)];
    const int to = std::max(from - die, 0);
    ++own()[static_cast<std::size_t>(to)];
    if (to == 0) return;
    int& hit = other()[static_cast<std::size_t>(25 - to)];
    if (hit == 1) {
      hit = 0;
      ++other()[25];
    }
  }

  using Sequence = std::vector<std::pair<int, int>>;  ///< (from, die)
  /// All maximal ways to play `dice` in this order.
  void Sequences(const std::vector<int>& dice, const Sequence& before,
                 std::set<Sequence>& found) const {
    bool moved = false;
    for (int from = 25; from > 0 && before.size() < dice.size(); --from) {
      const int die = dice[before.size()];
      if (!MayMove(from, die)) continue;
      moved = true;
      PlainBackgammon next = *this;
      next.Move(from, die);
      Sequence longer = before;
      longer.emplace_back(from, die);
      next.Sequences(dice, longer, found);
    }
    if (!moved) found.insert(before);
  }
  /// Dice that can be played at most.
  int MostMoves(const std::vector<int>& dice) const {
    std::set<Sequence> found;
    Sequences(dice, {}, found);
    std::size_t most = 0;
    for (const Sequence& sequence : found) most = std::max(most, sequence.size());
    return static_cast<int>(most);
  }

  std::int32_t Digit(int from) const {
    if (from == 25) return 24;
    return mover == 0 ? 24 - from : from - 1;
  }

  /// The legal ids by the letter of the rule: the longest plays; of single moves, those of the
  /// larger die that can be played.
  std::vector<std::int32_t> Ids() const {
    std::set<Sequence> found;
    Sequences({high, low}, {}, found);
    Sequences({low, high}, {}, found);
    std::size_t most = 0;
    int largest = 0;
    for (const Sequence& sequence : found) most = std::max(most, sequence.size());
    for (const Sequence& sequence : found) {
      if (!sequence.empty()) largest = std::max(largest, sequence[0].second);
    }
    std::set<std::int32_t> ids;
    for (const Sequence& sequence : found) {
      if (sequence.size() != most || (most == 1 && sequence[0].second != largest)) continue;
      const std::int32_t first = most > 0 ? Digit(sequence[0].first) : 25;
      const std::int32_t second = most > 1 ? Digit(sequence[1].first) : 25;
      const bool high_first = most > 0 && sequence[0].second == high;
      ids.insert(26 * second + first + (high_first ? 0 : 676));
    }
    return {ids.begin(), ids.end()};
  }

  /// Plays an id; what the game is worth to the mover if it ends it (1 to 3), else 0.
  int Play(std::int32_t id) {
    const bool high_first = id < 676;
    int played = 0;
    for (const auto& [digit, die] : {std::pair{id % 676 % 26, high_first ? high : low},
                                     std::pair{id % 676 / 26, high_first ? low : high}}) {
      if (digit == 25) continue;
      Move(digit == 24 ? 25 : mover == 0 ? 24 - digit : digit + 1, die);
      ++played;
    }
    if (own()[0] == 15) {
      if (other()[0] > 0) return 1;
      for (int point = 19; point <= 25; ++point) {  // the winner's home and the bar
        if (other()[static_cast<std::size_t>(point)] > 0) return 3;
      }
      return 2;
    }
    again = low == high && !again && played == 2;
    if (!again) {
      mover = 1 - mover;
      low = high = 0;
    }
    return 0;
  }
};

}  // namespace brasa::testing
