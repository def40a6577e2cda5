#include "envs/toy/frozen_lake_map.h"

#include <vector>

#include "brasa/core/random.h"

namespace brasa {
namespace {

constexpr std::string_view kLetters = "FHGS";  // in the order of LakeCell
constexpr std::string_view kMap4x4 = "SFFF/FHFH/FFFH/HFFG";
constexpr std::string_view kMap8x8 =
    "SFFFFFFF/FFFFFFFF/FFFHFFFF/FFFFFHFF/FFFHFFFF/FHHFFFHF/FHFFHFHF/FFFHFFFG";
constexpr int kMaxDraws = 10000;

[[noreturn]] void Fail(std::string_view text, const std::string& fault) {
  throw ConfigError("map = '" + std::string(text) + "' " + fault +
                    "; give 4x4, 8x8, random, or lines of S F H G as in SFF/FHF/FFG");
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (;;) {
    const std::size_t end = text.find_first_of("/\n");
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

/// Start in the upper left corner, goal in the lower right one, every other cell frozen with
/// probability p: drawn row by row, again and again until there is a path.
FrozenLakeMap RandomMap(int side, double p, std::uint64_t seed) {
  // The last world's stream: no run has so many worlds that it plays this one.
  Rng rng(seed, StreamRole::kEnv, (1u << 24) - 1);
  for (int draw = 0; draw < kMaxDraws; ++draw) {
    FrozenLakeMap map;
    map.rows = map.columns = side;
    for (int row = 0; row < side; ++row) {
      for (int column = 0; column < side; ++column) {
        map.Set(row, column, rng.Uniform() < p ? LakeCell::kFrozen : LakeCell::kHole);
      }
    }
    map.Set(0, 0, LakeCell::kStart);
    map.Set(side - 1, side - 1, LakeCell::kGoal);
    if (map.HasPath()) return map;
  }
  throw ConfigError("frozen_probability = " + ValueText(p) + " gave no map of size " +
                    std::to_string(side) + " with a path from start to goal in " +
                    std::to_string(kMaxDraws) + " draws; give a larger probability");
}

}  // namespace

void FrozenLakeMap::Set(int row, int column, LakeCell cell) {
  std::uint64_t& line = lines[static_cast<std::size_t>(row)];
  line &= ~(std::uint64_t{3} << (2 * column));
  line |= static_cast<std::uint64_t>(cell) << (2 * column);
}

bool FrozenLakeMap::HasPath() const {
  std::vector<char> seen(static_cast<std::size_t>(cells()));
  std::vector<int> open;
  const auto visit = [&](int row, int column) {
    if (row < 0 || row >= rows || column < 0 || column >= columns) return;
    char& mark = seen[static_cast<std::size_t>(row * columns + column)];
    if (mark || At(row, column) == LakeCell::kHole) return;
    mark = 1;
    open.push_back(row * columns + column);
  };
  for (int cell = 0; cell < cells(); ++cell) {
    if (At(cell) == LakeCell::kStart) visit(cell / columns, cell % columns);
  }
  while (!open.empty()) {
    const int row = open.back() / columns, column = open.back() % columns;
    open.pop_back();
    if (At(row, column) == LakeCell::kGoal) return true;
    visit(row, column - 1);
    visit(row + 1, column);
    visit(row, column + 1);
    visit(row - 1, column);
  }
  return false;
}

std::string FrozenLakeMap::ToText(char separator) const {
  std::string text;
  for (int row = 0; row < rows; ++row) {
    if (row > 0) text += separator;
    for (int column = 0; column < columns; ++column) {
      text += kLetters[static_cast<std::size_t>(At(row, column))];
    }
  }
  return text;
}

FrozenLakeMap ReadFrozenLakeMap(std::string_view text) {
  const std::vector<std::string_view> lines = Lines(text);
  FrozenLakeMap map;
  if (lines.size() > FrozenLakeMap::kMaxSide || lines[0].size() > FrozenLakeMap::kMaxSide) {
    Fail(text, "is larger than 32 x 32 cells");
  }
  map.rows = static_cast<std::int32_t>(lines.size());
  map.columns = static_cast<std::int32_t>(lines[0].size());
  std::array<int, 4> count{};
  for (int row = 0; row < map.rows; ++row) {
    const std::string_view line = lines[static_cast<std::size_t>(row)];
    if (static_cast<int>(line.size()) != map.columns) Fail(text, "has lines of different length");
    for (int column = 0; column < map.columns; ++column) {
      const char letter = line[static_cast<std::size_t>(column)];
      const std::size_t kind = kLetters.find(letter);
      if (kind == std::string_view::npos) Fail(text, "holds '" + std::string(1, letter) + "'");
      map.Set(row, column, static_cast<LakeCell>(kind));
      ++count[kind];
    }
  }
  if (count[static_cast<std::size_t>(LakeCell::kStart)] == 0) Fail(text, "has no start S");
  if (count[static_cast<std::size_t>(LakeCell::kGoal)] == 0) Fail(text, "has no goal G");
  if (!map.HasPath()) Fail(text, "has no path from S to G");
  return map;
}

FrozenLakeMap MakeFrozenLakeMap(const Params& params) {
  const std::string name = params.GetText("map");
  if (name == "4x4") return ReadFrozenLakeMap(kMap4x4);
  if (name == "8x8") return ReadFrozenLakeMap(kMap8x8);
  if (name != "random") return ReadFrozenLakeMap(name);
  return RandomMap(static_cast<int>(params.GetInt("size")), params.GetFloat("frozen_probability"),
                   static_cast<std::uint64_t>(params.GetInt("map_seed")));
}

}  // namespace brasa
