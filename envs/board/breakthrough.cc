#include "envs/board/breakthrough.h"

#include <algorithm>
#include <cmath>

#include "brasa/core/error.h"
#include "brasa/core/hash.h"
#include "brasa/symmetry.h"
#include "envs/board/board_draw.h"
#include "envs/board/board_text.h"

namespace brasa {
namespace {

constexpr const char* kGame = "Breakthrough-v0";
constexpr const char* kLetters = "bw";

constexpr Color kLightCell{236, 217, 185, 255};
constexpr Color kDarkCell{174, 124, 82, 255};
constexpr Color kLastCell{240, 196, 60, 255};
constexpr Color kHint{92, 138, 70, 255};

[[noreturn]] void Fail(const std::string& fault) {
  throw UsageError(std::string(kGame) + ": " + fault);
}

}  // namespace

std::vector<Field> Breakthrough::Fields() {
  return {IntField("rows", 8, 3, 8, "rows of the board; below six each side has one row of pieces"),
          IntField("columns", 8, 2, 8, "columns of the board")};
}

EnvSpec Breakthrough::Spec(const Params& params) {
  const int rows = static_cast<int>(params.GetInt("rows"));
  const int columns = static_cast<int>(params.GetInt("columns"));
  EnvSpec spec;
  spec.id = kGame;
  spec.summary = "Bring one piece to the far side of the board";
  spec.players = 2;
  spec.observation.type = ElementType::kUint8;
  spec.observation.shape = {3, rows, columns};
  spec.observation.axes = {"plane", "row", "column"};
  spec.observation.low = {0};
  spec.observation.high = {1};
  spec.action.count = rows * columns * 12;
  spec.max_legal = 3 * columns * (rows < 6 ? 1 : 2);
  spec.min_return = -1;
  spec.max_return = 1;
  spec.zero_sum = true;
  spec.player_names = {"black", "white"};
  return spec;
}

Breakthrough::Breakthrough(const Params& params)
    : rows(static_cast<std::int32_t>(params.GetInt("rows"))),
      columns(static_cast<std::int32_t>(params.GetInt("columns"))),
      home(rows < 6 ? 1 : 2) {
  std::uint64_t first_column = 0;
  for (int row = 0; row < rows; ++row) first_column |= std::uint64_t{1} << (row * columns);
  inner_left = ~first_column;
  inner_right = ~(first_column << (columns - 1));
  const std::uint64_t row = (std::uint64_t{1} << columns) - 1;
  far = {row << ((rows - 1) * columns), row};
  Rng unused;
  Reset(unused);
}

std::uint64_t Breakthrough::HomeOf(int player) const {
  const std::uint64_t top = (std::uint64_t{1} << (home * columns)) - 1;
  return player == 0 ? top : top << ((rows - home) * columns);
}

void Breakthrough::Reset(Rng&) {
  pieces = {HomeOf(0), HomeOf(1)};
  mover = over = 0;
  last = -1;
}

void Breakthrough::Observe(int, std::span<std::uint8_t> out) const {
  const auto cells = static_cast<std::size_t>(rows * columns);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    out[cell] = (pieces[0] >> cell) & 1u;
    out[cells + cell] = (pieces[1] >> cell) & 1u;
    out[2 * cells + cell] = static_cast<std::uint8_t>(mover);
  }
}

std::uint64_t Breakthrough::Hash() const {
  return HashCombine(Mix64(pieces[0]), 2 * Mix64(pieces[1]) + static_cast<std::uint64_t>(mover));
}

std::string Breakthrough::ToText() const {
  std::string text;
  for (int cell = 0; cell < rows * columns; ++cell) {
    const bool black = (pieces[0] >> cell) & 1u, white = (pieces[1] >> cell) & 1u;
    text += black ? 'b' : white ? 'w' : '.';
    if (cell % columns == columns - 1) text += '\n';
  }
  return text + board::MoverLine(kLetters[mover]);
}

void Breakthrough::FromText(std::string_view text) {
  const int to_move = board::TakeMover(kGame, text, kLetters);
  const std::string cells = board::ReadCells(kGame, text, rows, columns, "bw.");
  std::array<std::uint64_t, 2> read{};
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    if (cells[cell] != '.') read[cells[cell] == 'b' ? 0 : 1] |= std::uint64_t{1} << cell;
  }
  bool ended = false;
  for (const std::size_t player : {0u, 1u}) {
    if (std::popcount(read[player]) > home * columns) {
      Fail("a side has at most " + std::to_string(home * columns) + " pieces; got " +
           std::to_string(std::popcount(read[player])) + " of " + kLetters[player]);
    }
    const int arrived = std::popcount(read[player] & far[player]);
    if (arrived == 0 && read[1 - player] != 0) continue;
    // The other would be to move: this player has just won.
    if (arrived > 1 || ended || to_move == static_cast<int>(player)) {
      Fail(
          "a game ends with the first piece on the far row or the last one taken; here a move "
          "follows");
    }
    ended = true;
  }
  pieces = read;
  mover = to_move;
  over = ended ? 1 : 0;
  last = -1;
}

std::string Breakthrough::ActionToText(ActionRef action) const {
  const Move move = MoveOf(action.id());
  const auto name = [&](int cell) {
    return board::CellName(cell % columns, rows - 1 - cell / columns);
  };
  return name(move.from) + (move.takes ? "x" : "") + name(move.to);
}

std::vector<double> Breakthrough::ActionFromText(std::string_view text) const {
  const std::string_view trimmed = board::Trimmed(text);
  std::string_view rest = trimmed;
  board::NamedCell from, to;
  bool takes = false;
  const auto fail = [&] {
    Fail("'" + std::string(trimmed) + "' is no move; give two cells, each " +
         board::CellNames(columns, rows) + " from the bottom, as in a2a3, or a2xb3 if it takes");
  };
  if (!board::TakeCell(rest, columns, rows, from)) fail();
  if (rest.starts_with('x')) {
    takes = true;
    rest.remove_prefix(1);
  }
  if (!board::TakeCell(rest, columns, rows, to) || !rest.empty()) fail();
  const int up = to.number - from.number, side = to.column - from.column;
  if (std::abs(up) != 1 || std::abs(side) > 1 || (takes && side == 0)) fail();
  const int target = (rows - 1 - to.number) * columns + to.column;
  const bool occupied = side != 0 && (((pieces[0] | pieces[1]) >> target) & 1u) != 0;
  const int cell = (rows - 1 - from.number) * columns + from.column;
  const int direction = (up < 0 ? 1 : 4) + side;
  return {static_cast<double>(12 * cell + 2 * direction + (takes || occupied ? 1 : 0))};
}

void Breakthrough::Draw(Canvas& canvas) const {
  const double wide = columns, high = rows;
  canvas.View(-0.75, -0.75, wide + 0.55 * std::max(high, 6.0) + 0.3, high + 0.3);
  canvas.Clear(palette::kPaper);
  canvas.Rectangle({-0.1, -0.1}, {wide + 0.1, high + 0.1}, Color{92, 62, 40, 255});
  board::DrawCoordinates(canvas, {columns, rows, false, palette::kInk});
  const Move shown = last >= 0 ? MoveOf(last) : Move{-1, -1, 0, false};
  for (int cell = 0; cell < rows * columns; ++cell) {
    const int row = rows - 1 - cell / columns, column = cell % columns;
    const Point corner{static_cast<double>(column), static_cast<double>(row)};
    const bool marked = cell == shown.from || cell == shown.to;
    const Color plain = (row + column) % 2 == 0 ? kDarkCell : kLightCell;
    canvas.Rectangle(corner, {corner.x + 1, corner.y + 1}, marked ? kLastCell : plain);
    const bool black = (pieces[0] >> cell) & 1u, white = (pieces[1] >> cell) & 1u;
    if (!black && !white) continue;
    board::DrawStone(canvas, {corner.x + 0.5, corner.y + 0.5}, 0.36,
                     {black ? board::kBlackStone : board::kWhiteStone, false});
  }
  std::array<std::int32_t, 48> ids;
  const int count = LegalActions(ids);
  for (int i = 0; i < count; ++i) {
    const int to = MoveOf(ids[static_cast<std::size_t>(i)]).to;
    canvas.Circle({to % columns + 0.5, rows - 0.5 - to / columns}, 0.09, kHint);
  }
  const auto left = [&](std::size_t player) {
    return std::to_string(std::popcount(pieces[player]));
  };
  const std::string winner = mover == 0 ? "white wins" : "black wins";
  const std::string next = mover == 0 ? "black to move" : "white to move";
  board::DrawPanel(
      canvas, {wide + 0.35, high}, std::max(high, 6.0) / 16,
      {{{{board::kBlackStone, "black", left(0)}, {board::kWhiteStone, "white", left(1)}}},
       over != 0 ? -1 : mover,
       over != 0 ? winner : next});
}

int Breakthrough::ActionAt(Point from, Point to) const {
  const auto cell_at = [this](Point at) {
    if (!(at.x >= 0 && at.x < columns && at.y >= 0 && at.y < rows)) return -1;
    return (rows - 1 - static_cast<int>(at.y)) * columns + static_cast<int>(at.x);
  };
  const int begin = cell_at(from), end = cell_at(to);
  std::array<std::int32_t, 48> ids;
  const int count = LegalActions(ids);
  for (int i = 0; i < count; ++i) {
    const std::int32_t id = ids[static_cast<std::size_t>(i)];
    if (MoveOf(id).from == begin && MoveOf(id).to == end) return id;
  }
  return -1;
}

std::vector<Symmetry> Breakthrough::Symmetries() const {
  Symmetry mirror = GridSymmetry({false, false, true}, 3, rows, columns);
  const std::vector<std::int32_t> cells = mirror.action;
  mirror.action.clear();
  for (const std::int32_t image : cells) {
    for (int direction = 0; direction < 6; ++direction) {
      const int mirrored = direction < 3 ? 2 - direction : 8 - direction;
      for (int takes = 0; takes < 2; ++takes) {
        mirror.action.push_back(12 * image + 2 * mirrored + takes);
      }
    }
  }
  return {mirror};
}

}  // namespace brasa
