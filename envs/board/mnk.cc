#include "envs/board/mnk.h"

#include <algorithm>
#include <cmath>

#include "brasa/core/error.h"
#include "brasa/symmetry.h"
#include "envs/board/board_draw.h"
#include "envs/board/board_text.h"

namespace brasa {
namespace {

constexpr Color kWood{222, 184, 122, 255};
constexpr Color kGrid{106, 78, 42, 255};

Field ExactField() {
  return BoolField("exact", false, "only lines of just k stones win, longer ones do not");
}

/// The marked points of a board with an odd side from 9 on.
std::vector<int> StarLines(int side) {
  if (side < 9) return {};
  const int edge = side < 13 ? 2 : 3;
  if (side % 2 == 0) return {edge, side - 1 - edge};
  return {edge, side / 2, side - 1 - edge};
}

void DrawWood(Canvas& canvas, int columns, int rows) {
  const double wide = columns, high = rows;
  canvas.Rectangle({-0.1, -0.1}, {wide + 0.1, high + 0.1}, kGrid);
  canvas.Rectangle({-0.04, -0.04}, {wide + 0.04, high + 0.04}, kWood);
  for (int i = 0; i < columns; ++i) canvas.Line({i + 0.5, 0.5}, {i + 0.5, high - 0.5}, 0.04, kGrid);
  for (int i = 0; i < rows; ++i) canvas.Line({0.5, i + 0.5}, {wide - 0.5, i + 0.5}, 0.04, kGrid);
  for (const int column : StarLines(columns)) {
    for (const int row : StarLines(rows)) canvas.Circle({column + 0.5, row + 0.5}, 0.12, kGrid);
  }
}

}  // namespace

std::vector<Field> Mnk::Fields() {
  return {IntField("m", 15, 2, kMostSide, "columns of the board"),
          IntField("n", 15, 2, kMostSide, "rows of the board"),
          IntField("k", 5, 2, kMostSide, "stones in a line that win"), ExactField()};
}

std::vector<Field> Gomoku::Fields() {
  return {IntField("size", 15, 3, kMostSide, "rows and columns of the board"), ExactField()};
}

MnkRules Mnk::RulesOf(const Params& params) {
  MnkRules rules{"MNK-v0",
                 "k in a row on a board of m columns and n rows",
                 static_cast<int>(params.GetInt("m")),
                 static_cast<int>(params.GetInt("n")),
                 static_cast<int>(params.GetInt("k")),
                 params.GetBool("exact")};
  const int longer = std::max(rules.columns, rules.rows);
  if (rules.k > longer) {
    throw ConfigError("k = " + std::to_string(rules.k) + " fits no line of " +
                      std::to_string(rules.columns) + " columns and " + std::to_string(rules.rows) +
                      " rows; give 2 to " + std::to_string(longer));
  }
  return rules;
}

MnkRules Gomoku::RulesOf(const Params& params) {
  const int size = static_cast<int>(params.GetInt("size"));
  return {"Gomoku-v0", "Five in a row on a square board", size, size, 5, params.GetBool("exact")};
}

EnvSpec Mnk::Spec(const Params& params) { return SpecOf(RulesOf(params)); }

EnvSpec Gomoku::Spec(const Params& params) { return SpecOf(RulesOf(params)); }

EnvSpec Mnk::SpecOf(const MnkRules& rules) {
  EnvSpec spec;
  spec.id = rules.id;
  spec.summary = rules.summary;
  spec.players = 2;
  spec.observation.type = ElementType::kUint8;
  spec.observation.shape = {2, rules.rows, rules.columns};
  spec.observation.axes = {"plane", "row", "column"};
  spec.observation.low = {0};
  spec.observation.high = {1};
  spec.action.count = rules.rows * rules.columns;
  for (int id = 0; id < spec.action.count; ++id) {
    spec.action.names.push_back(
        board::CellName(id % rules.columns, rules.rows - 1 - id / rules.columns));
  }
  spec.min_return = -1;
  spec.max_return = 1;
  spec.zero_sum = true;
  spec.player_names = {"black", "white"};
  return spec;
}

Mnk::Mnk(const MnkRules& rules)
    : columns(rules.columns),
      rows(rules.rows),
      k(rules.k),
      exact(rules.exact ? 1 : 0),
      cell_count(columns * rows),
      reciprocal(static_cast<std::uint32_t>((1 << 16) / columns + 1)),
      gomoku(rules.id == "Gomoku-v0" ? 1 : 0) {
  Clear();
}

void Mnk::Clear() {
  for (std::size_t word = 0; word < kWords; ++word) {
    const int left = cell_count - static_cast<int>(64 * word);
    empty[word] = left >= 64 ? ~std::uint64_t{0}
                  : left > 0 ? (std::uint64_t{1} << left) - 1
                             : std::uint64_t{0};
  }
  stones = {};
  hash = 0;
  plies = over = 0;
  last = -1;
}

void Mnk::Observe(int player, std::span<std::uint8_t> out) const {
  const auto count = static_cast<std::size_t>(cell_count);
  const Cells& own = stones[static_cast<std::size_t>(player)];
  const Cells& other = stones[static_cast<std::size_t>(1 - player)];
  for (std::size_t id = 0; id < count; ++id) {
    out[id] = (own[id / 64] >> (id % 64)) & 1u;
    out[count + id] = (other[id / 64] >> (id % 64)) & 1u;
  }
}

Mnk::Cells Mnk::WinningStones(const Cells& own) const {
  Cells found{};
  for (int id = 0; id < cell_count; ++id) {
    if (Has(own, id) && Wins(own, id)) {
      found[static_cast<std::size_t>(id) / 64] |= std::uint64_t{1} << (id % 64);
    }
  }
  return found;
}

std::string Mnk::ToText() const {
  std::string text;
  for (int id = 0; id < cell_count; ++id) {
    if (id > 0 && id % columns == 0) text += '\n';
    text += Has(stones[0], id) ? 'x' : Has(stones[1], id) ? 'o' : '.';
  }
  return text;
}

void Mnk::FromText(std::string_view text) {
  const auto fail = [this](const std::string& fault) {
    throw UsageError(std::string(Name()) + ": " + fault);
  };
  const std::string cells = board::ReadCells(Name(), text, rows, columns, "xo.");
  Mnk read = *this;
  read.Clear();
  for (const char letter : {'x', 'o'}) {
    for (int id = 0; id < cell_count; ++id) {
      if (cells[static_cast<std::size_t>(id)] == letter) read.Put(letter == 'o' ? 1 : 0, id);
    }
  }
  const auto x_count = std::count(cells.begin(), cells.end(), 'x');
  const auto o_count = std::count(cells.begin(), cells.end(), 'o');
  if (x_count != o_count && x_count != o_count + 1) {
    fail("x begins, so x has as many stones as o or one more; got " + std::to_string(x_count) +
         " x and " + std::to_string(o_count) + " o");
  }
  const std::size_t moved_last = x_count == o_count ? 1 : 0;
  for (const std::size_t player : {0u, 1u}) {
    const Cells winning = WinningStones(read.stones[player]);
    if (winning == Cells{}) continue;
    bool completes = false;  // one of the stones made all the lines
    for (int id = 0; id < cell_count && !completes; ++id) {
      if (!Has(winning, id)) continue;
      Cells before = read.stones[player];
      before[static_cast<std::size_t>(id) / 64] ^= std::uint64_t{1} << (id % 64);
      completes = WinningStones(before) == Cells{};
    }
    if (player != moved_last || !completes) {
      fail("a game ends with the first winning line; here a move follows one");
    }
    read.over = 1;
  }
  if (read.plies == cell_count) read.over = 1;
  *this = read;
}

std::string Mnk::ActionToText(ActionRef action) const {
  return board::CellName(action.id() % columns, rows - 1 - action.id() / columns);
}

std::vector<double> Mnk::ActionFromText(std::string_view text) const {
  const std::string_view name = board::Trimmed(text);
  std::string_view rest = name;
  board::NamedCell cell;
  if (board::TakeCell(rest, columns, rows, cell) && rest.empty()) {
    return {static_cast<double>((rows - 1 - cell.number) * columns + cell.column)};
  }
  throw UsageError(std::string(Name()) + ": '" + std::string(name) + "' is no cell; give " +
                   board::CellNames(columns, rows) + " from the bottom, as in b2");
}

void Mnk::Draw(Canvas& canvas) const {
  const double wide = columns, high = rows, side = std::max({high, wide * 0.8, 3.0});
  canvas.View(-0.5 - 0.035 * side, -0.25 - 0.06 * side, wide + 0.5 * side, high + 0.3);
  canvas.Clear(palette::kPaper);
  DrawWood(canvas, columns, rows);
  board::DrawCoordinates(canvas, {columns, rows, false, palette::kInk});
  const Cells winning[] = {WinningStones(stones[0]), WinningStones(stones[1])};
  for (int id = 0; id < cell_count; ++id) {
    if (Has(empty, id)) continue;
    const std::size_t player = Has(stones[0], id) ? 0 : 1;
    const Point at{id % columns + 0.5, rows - 0.5 - id / columns};
    board::DrawStone(canvas, at, 0.43,
                     {player == 0 ? board::kBlackStone : board::kWhiteStone, id == last});
    if (Has(winning[player], id)) canvas.Ring(at, 0.3, 0.1, palette::kGreen);
  }
  const bool won = winning[0] != Cells{} || winning[1] != Cells{};
  const bool black = (plies & 1) == (won ? 1 : 0);
  const std::string name = black ? "black" : "white";
  const std::string status = won ? name + " wins" : over != 0 ? "a draw" : name + " to move";
  const double unit = side / 17.5;
  board::DrawPanel(canvas, {wide + unit, high}, unit,
                   {{{{board::kBlackStone, "black", std::to_string((plies + 1) / 2)},
                      {board::kWhiteStone, "white", std::to_string(plies / 2)}}},
                    over != 0 ? -1 : (plies & 1),
                    status});
}

int Mnk::ActionAt(Point at) const {
  if (over != 0 || !(at.x >= 0 && at.x < columns && at.y >= 0 && at.y < rows)) return -1;
  const int id = (rows - 1 - static_cast<int>(at.y)) * columns + static_cast<int>(at.x);
  return Has(empty, id) ? id : -1;
}

std::vector<Symmetry> Mnk::Symmetries() const {
  std::vector<Symmetry> symmetries;
  for (const GridMap& map : GridMaps(rows, columns)) {
    symmetries.push_back(GridSymmetry(map, 2, rows, columns));
  }
  return symmetries;
}

}  // namespace brasa
