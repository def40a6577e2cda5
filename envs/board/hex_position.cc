#include "envs/board/hex_position.h"

#include <algorithm>

#include "brasa/core/error.h"
#include "envs/board/board_text.h"

namespace brasa::hex {
namespace {

constexpr std::pair<int, int> kSteps[] = {{-1, 0}, {-1, 1}, {0, 1}, {1, 0}, {1, -1}, {0, -1}};

[[noreturn]] void Fail(const std::string& fault) { throw UsageError("Hex-v0: " + fault); }

/// The stones joined to `from`, itself included.
std::vector<int> GroupOf(const Position& position, int from) {
  const int n = position.size;
  std::vector<int> group = {from};
  std::vector<bool> seen(position.stones.size());
  seen[static_cast<std::size_t>(from)] = true;
  for (std::size_t i = 0; i < group.size(); ++i) {
    for (const auto& [dr, dc] : kSteps) {
      const int row = group[i] / n + dr, column = group[i] % n + dc;
      if (row < 0 || row >= n || column < 0 || column >= n) continue;
      const auto next = static_cast<std::size_t>(row * n + column);
      if (seen[next] || position.stones[next] != position.at(from / n, from % n)) continue;
      seen[next] = true;
      group.push_back(static_cast<int>(next));
    }
  }
  return group;
}

void CheckCounts(const Position& position) {
  const int red = position.Count(0), blue = position.Count(1);
  if (!position.swapped && red != blue && red != blue + 1) {
    Fail("red (x) begins, so x has as many stones as o or one more; got " + std::to_string(red) +
         " x and " + std::to_string(blue) + " o");
  }
  if (position.swapped && (blue < 1 || (red != blue && red != blue - 1))) {
    Fail("after the swap o has as many stones as x or one more; got " + std::to_string(red) +
         " x and " + std::to_string(blue) + " o");
  }
}

/// The game ends with the first chain: its owner moved last, and one of its stones completed it.
void CheckEnd(const Position& position) {
  const bool red_moved_last = (position.Count(0) + position.Count(1) + position.swapped) % 2 == 1;
  for (const int player : {0, 1}) {
    const std::vector<int> chain = position.JoinedBy(player);
    if (chain.empty()) continue;
    const bool moved_last = red_moved_last == (player == 0);
    const bool completes = std::any_of(chain.begin(), chain.end(), [&](int id) {
      Position before = position;
      before.stones[static_cast<std::size_t>(id)] = -1;
      return !before.Joined(player);
    });
    if (!moved_last || !completes) {
      Fail("a game ends with the first chain between two sides; here a move follows one");
    }
  }
}

}  // namespace

int Position::Count(int player) const {
  return static_cast<int>(std::count(stones.begin(), stones.end(), player));
}

std::vector<int> Position::JoinedBy(int player) const {
  std::vector<int> joined;
  for (int i = 0; i < size; ++i) {
    const int from = player == 0 ? i : i * size;
    if (stones[static_cast<std::size_t>(from)] != player ||
        std::find(joined.begin(), joined.end(), from) != joined.end()) {
      continue;
    }
    const std::vector<int> group = GroupOf(*this, from);
    const bool reaches = std::any_of(group.begin(), group.end(), [&](int id) {
      return (player == 0 ? id / size : id % size) == size - 1;
    });
    if (reaches) joined.insert(joined.end(), group.begin(), group.end());
  }
  return joined;
}

std::string ToText(const Position& position) {
  std::string text;
  for (int row = 0; row < position.size; ++row) {
    if (row > 0) text += '\n' + std::string(static_cast<std::size_t>(row), ' ');
    for (int column = 0; column < position.size; ++column) {
      text += ".xo"[position.at(row, column) + 1];
    }
  }
  return position.swapped ? text + "\nswapped" : text;
}

Position FromText(std::string_view text, int size, bool may_swap_ever) {
  Position position{size, {}, may_swap_ever, false};
  if (may_swap_ever) {
    std::string_view rest = text;
    position.swapped = board::TakeLastLine(rest) == "swapped";
    if (position.swapped) text = rest;
  }
  for (const char letter : board::ReadCells("Hex-v0", text, size, size, "xo.")) {
    position.stones.push_back(letter == '.' ? -1 : letter == 'x' ? 0 : 1);
  }
  CheckCounts(position);
  CheckEnd(position);
  return position;
}

}  // namespace brasa::hex
