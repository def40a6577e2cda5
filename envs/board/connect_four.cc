#include "envs/board/connect_four.h"

#include <algorithm>

#include "brasa/core/hash.h"
#include "brasa/symmetry.h"
#include "envs/board/board_text.h"

namespace brasa {
namespace {

constexpr int kRows = ConnectFour::kRows, kColumns = ConnectFour::kColumns;

std::uint64_t Cell(int row, int column) { return std::uint64_t{1} << (7 * column + row); }

/// Every cell of `cells` that is part of four in a row.
std::uint64_t FourCells(std::uint64_t cells) {
  std::uint64_t found = 0;
  for (const int shift : {1, 6, 7, 8}) {
    const std::uint64_t pairs = cells & (cells >> shift);
    const std::uint64_t first = pairs & (pairs >> (2 * shift));
    for (int i = 0; i < 4; ++i) found |= first << (i * shift);
  }
  return found;
}

/// True if taking away one of the topmost stones of `own` leaves no four in a row.
bool OneMoveMadeTheFour(std::uint64_t own, std::uint64_t stones) {
  const std::uint64_t top = stones & ~(stones >> 1) & ConnectFour::kBoard & own;
  for (std::uint64_t rest = top; rest != 0; rest &= rest - 1) {
    if (!ConnectFour::HasFour(own & ~(rest & (~rest + 1)))) return true;
  }
  return false;
}

/// Middle of a cell in drawing units: cells are 1 x 1, the lower left corner of the board is (0,
/// 0).
Point Middle(int row, int column) { return {column + 0.5, row + 0.5}; }

constexpr Color kBoardEdge{0, 82, 128, 255};
constexpr double kStoneRadius = 0.4;

void DrawBoard(Canvas& canvas) {
  // A rectangle with round corners.
  constexpr double kEdge = 0.14, kWidth = kColumns, kHeight = kRows;
  canvas.Rectangle({-kEdge, 0}, {kWidth + kEdge, kHeight}, palette::kBlue);
  canvas.Rectangle({0, -kEdge}, {kWidth, kHeight + kEdge}, palette::kBlue);
  for (const double x : {0.0, kWidth}) {
    for (const double y : {0.0, kHeight}) canvas.Circle({x, y}, kEdge, palette::kBlue);
  }
  for (int column = 0; column < kColumns; ++column) {
    canvas.Text({column + 0.5, -0.5}, 0.3, std::to_string(column + 1), TextAlign::kCentre,
                palette::kInk);
  }
}

void DrawCell(Canvas& canvas, Point at, bool x, bool o) {
  const Color fill = x ? palette::kRed : o ? palette::kYellow : palette::kPaper;
  canvas.Circle(at, kStoneRadius, fill);
  canvas.Ring(at, kStoneRadius, 0.04, kBoardEdge);
  if (x) canvas.Ring(at, kStoneRadius * 0.66, 0.035, Color{170, 70, 0, 255});
  if (o) canvas.Ring(at, kStoneRadius * 0.66, 0.035, Color{200, 186, 20, 255});
}

}  // namespace

EnvSpec ConnectFour::Spec(const Params&) {
  EnvSpec spec;
  spec.id = "ConnectFour-v0";
  spec.summary = "Four in a row on an upright board of 6 rows and 7 columns";
  spec.players = 2;
  spec.observation.type = ElementType::kUint8;
  spec.observation.shape = {2, kRows, kColumns};
  spec.observation.axes = {"plane", "row", "column"};
  spec.observation.low = {0};
  spec.observation.high = {1};
  spec.action.count = kColumns;
  for (int column = 1; column <= kColumns; ++column) {
    spec.action.names.push_back(std::to_string(column));
  }
  spec.min_return = -1;
  spec.max_return = 1;
  spec.zero_sum = true;
  spec.player_names = {"x", "o"};
  return spec;
}

std::uint64_t ConnectFour::Hash() const {
  // Stones of who moves plus all cells below each column's height names a board uniquely.
  return Mix64(mover + stones + kBottom);
}

void ConnectFour::Draw(Canvas& canvas) const {
  canvas.View(-0.4, -0.85, kColumns + 0.4, kRows + 0.4);
  canvas.Clear(palette::kPaper);
  DrawBoard(canvas);
  const std::uint64_t x = StonesOf(0), o = StonesOf(1);
  const std::uint64_t fours = FourCells(x) | FourCells(o);
  for (int row = 0; row < kRows; ++row) {
    for (int column = 0; column < kColumns; ++column) {
      const std::uint64_t cell = Cell(row, column);
      DrawCell(canvas, Middle(row, column), (x & cell) != 0, (o & cell) != 0);
      if (fours & cell) canvas.Ring(Middle(row, column), kStoneRadius - 0.03, 0.1, palette::kInk);
    }
  }
  if (last < 0) return;
  const std::uint64_t filled = (stones >> (7 * last)) & 0x3F;
  canvas.Circle(Middle(__builtin_popcountll(filled) - 1, last), 0.1, palette::kInk);
}

std::string ConnectFour::ToText() const {
  const std::uint64_t x = StonesOf(0);
  std::string text;
  for (int row = kRows - 1; row >= 0; --row) {
    for (int column = 0; column < kColumns; ++column) {
      const std::uint64_t cell = Cell(row, column);
      text += !(stones & cell) ? '.' : (x & cell) ? 'x' : 'o';
    }
    if (row > 0) text += '\n';
  }
  return text;
}

void ConnectFour::FromText(std::string_view text) {
  const auto fail = [](const std::string& fault) { throw UsageError("ConnectFour-v0: " + fault); };
  const std::string cells = board::ReadCells("ConnectFour-v0", text, kRows, kColumns, "xo.");
  std::uint64_t x = 0, o = 0;
  for (int i = 0; i < kRows * kColumns; ++i) {
    const std::uint64_t cell = Cell(kRows - 1 - i / kColumns, i % kColumns);
    if (cells[static_cast<std::size_t>(i)] == 'x') x |= cell;
    if (cells[static_cast<std::size_t>(i)] == 'o') o |= cell;
  }
  const std::uint64_t all = x | o;
  if (((all >> 1) & kBoard & ~all) != 0) fail("a stone hangs over an empty cell");
  const int x_count = __builtin_popcountll(x), o_count = __builtin_popcountll(o);
  if (x_count != o_count && x_count != o_count + 1) {
    fail("x begins, so x has as many stones as o or one more; got " + std::to_string(x_count) +
         " x and " + std::to_string(o_count) + " o");
  }
  const bool x_won = HasFour(x), o_won = HasFour(o);
  const bool x_moved_last = x_count != o_count;
  if ((x_won && !(x_moved_last && OneMoveMadeTheFour(x, all))) ||
      (o_won && !(!x_moved_last && OneMoveMadeTheFour(o, all)))) {
    fail("a game ends with the first four in a row; here a move follows one");
  }
  plies = x_count + o_count;
  mover = x_moved_last ? o : x;
  stones = all;
  closed = x_won || o_won || plies == kRows * kColumns ? kTop : 0;
  last = -1;
}

std::string ConnectFour::ActionToText(ActionRef action) const {
  return std::to_string(action.id() + 1);
}

std::vector<double> ConnectFour::ActionFromText(std::string_view text) const {
  const std::string_view name = board::Trimmed(text);
  if (name.size() == 1 && name[0] >= '1' && name[0] <= '7') {
    return {static_cast<double>(name[0] - '1')};
  }
  throw UsageError("ConnectFour-v0: '" + std::string(name) + "' is no column; give 1 to 7");
}

std::vector<Control> ConnectFour::Controls() const {
  std::vector<Control> controls;
  for (const char* pad : {"", "Keypad "}) {
    for (int column = 0; column < kColumns; ++column) {
      controls.push_back({pad + std::to_string(column + 1), {static_cast<double>(column)}});
    }
  }
  return controls;
}

std::vector<Symmetry> ConnectFour::Symmetries() const {
  const GridMap mirror{false, false, true};
  Symmetry symmetry = GridSymmetry(mirror, 2, kRows, kColumns);
  symmetry.action.clear();
  for (int column = kColumns - 1; column >= 0; --column) symmetry.action.push_back(column);
  return {symmetry};
}

int ConnectFour::ActionAt(Point at) const {
  if (!(at.x >= 0 && at.x < kColumns && at.y >= -1 && at.y < kRows + 1)) return -1;
  const int column = static_cast<int>(at.x);
  return ((stones | closed) & Cell(kRows - 1, column)) != 0 ? -1 : column;
}

}  // namespace brasa
