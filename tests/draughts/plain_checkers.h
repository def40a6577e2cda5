// The rules of checkers once more, on a plain array of letters: the oracle of the bitboards.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace brasa::testing {

/// Letters: 'o' and '8' man and king of player 0, '+' and '*' of player 1, '.' empty.
struct PlainCheckers {
  std::array<std::string, 8> rows = {".+.+.+.+", "+.+.+.+.", ".+.+.+.+", "........",
                                     "........", "o.o.o.o.", ".o.o.o.o", "o.o.o.o."};
  int player = 0;
  int quiet = 0;
  int jump_row = -1, jump_column = -1;  ///< of the piece that has to go on jumping

  char At(int row, int column) const {
    if (row < 0 || row > 7 || column < 0 || column > 7) return '#';
    return rows[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
  }
  void Set(int row, int column, char letter) {
    rows[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)] = letter;
  }
  static bool Belongs(char letter, int owner) {
    return owner == 0 ? letter == 'o' || letter == '8' : letter == '+' || letter == '*';
  }
  static constexpr std::array<std::array<int, 2>, 4> kWays = {
      {{{-1, -1}}, {{-1, 1}}, {{1, 1}}, {{1, -1}}}};

  bool CanStep(int row, int column, int way) const {
    const auto [dr, dc] = kWays[static_cast<std::size_t>(way)];
    return MayGo(row, column, dr) && At(row + dr, column + dc) == '.';
  }
  bool CanJump(int row, int column, int way) const {
    const auto [dr, dc] = kWays[static_cast<std::size_t>(way)];
    return MayGo(row, column, dr) && Belongs(At(row + dr, column + dc), 1 - player) &&
           At(row + 2 * dr, column + 2 * dc) == '.';
  }
  bool MayGo(int row, int column, int down) const {
    const char letter = At(row, column);
    if (!Belongs(letter, player)) return false;
    return letter == '8' || letter == '*' || down == (player == 0 ? -1 : 1);
  }

  std::vector<std::int32_t> Moves() const {
    std::vector<std::int32_t> steps, jumps;
    for (int row = 0; row < 8; ++row) {
      for (int column = 0; column < 8; ++column) {
        const bool other_jumps = jump_row >= 0 && (row != jump_row || column != jump_column);
        for (int way = 0; way < 4; ++way) {
          const int id = ((row * 8 + column) * 4 + way) * 2;
          if (CanStep(row, column, way)) steps.push_back(id);
          if (CanJump(row, column, way) && !other_jumps) jumps.push_back(id + 1);
        }
      }
    }
    return jumps.empty() ? steps : jumps;
  }

  void Play(std::int32_t id) {
    const auto [dr, dc] = kWays[static_cast<std::size_t>(id / 2 % 4)];
    const int row = id / 64, column = id / 8 % 8, reach = 1 + id % 2;
    const int to_row = row + reach * dr, to_column = column + reach * dc;
    const char before = At(row, column);
    char after = before;
    if (to_row == 0 && before == 'o') after = '8';
    if (to_row == 7 && before == '+') after = '*';
    Set(row, column, '.');
    if (reach == 2) Set(row + dr, column + dc, '.');
    Set(to_row, to_column, after);
    ++quiet;
    jump_row = jump_column = -1;
    bool goes_on = false;
    if (reach == 2) {
      quiet = 0;
      for (int way = 0; way < 4; ++way) goes_on |= CanJump(to_row, to_column, way);
      goes_on = goes_on && after == before;
    }
    if (goes_on) {
      jump_row = to_row;
      jump_column = to_column;
    } else {
      player = 1 - player;
    }
  }
};

}  // namespace brasa::testing
