#include "envs/board/tic_tac_toe.h"

#include "brasa/core/hash.h"
#include "brasa/symmetry.h"
#include "envs/board/board_text.h"

namespace brasa {
namespace {

constexpr std::array<std::array<int, 3>, 8> kLineCells = {
    {{0, 1, 2}, {3, 4, 5}, {6, 7, 8}, {0, 3, 6}, {1, 4, 7}, {2, 5, 8}, {0, 4, 8}, {2, 4, 6}}};

bool Bit(unsigned cells, int cell) { return (cells >> cell) & 1u; }

/// Middle of a cell in drawing units: cells are 1 x 1, the lower left corner of the board is (0,
/// 0).
Point Middle(int cell) { return {cell % 3 + 0.5, 2.5 - cell / 3}; }

std::string CellName(int cell) {
  return {static_cast<char>('a' + cell % 3), static_cast<char>('3' - cell / 3)};
}

void DrawGrid(Canvas& canvas) {
  for (const double at : {1.0, 2.0}) {
    canvas.Line({at, 0.06}, {at, 2.94}, 0.045, palette::kInk);
    canvas.Line({0.06, at}, {2.94, at}, 0.045, palette::kInk);
  }
  for (int i = 0; i < 3; ++i) {
    const char column[] = {static_cast<char>('a' + i), 0};
    const char row[] = {static_cast<char>('1' + i), 0};
    canvas.Text({i + 0.5, -0.2}, 0.14, column, TextAlign::kCentre, palette::kGrey);
    canvas.Text({-0.2, i + 0.5}, 0.14, row, TextAlign::kCentre, palette::kGrey);
  }
}

void DrawStone(Canvas& canvas, int player, Point at) {
  if (player == 1) {
    canvas.Ring(at, 0.27, 0.11, palette::kRed);
    return;
  }
  constexpr double kArm = 0.26;
  canvas.Line({at.x - kArm, at.y - kArm}, {at.x + kArm, at.y + kArm}, 0.12, palette::kBlue);
  canvas.Line({at.x - kArm, at.y + kArm}, {at.x + kArm, at.y - kArm}, 0.12, palette::kBlue);
}

/// The line through the cells of a won line, a little longer than they are.
void DrawWin(Canvas& canvas, const std::array<int, 3>& cells) {
  const Point a = Middle(cells[0]), b = Middle(cells[2]);
  const Point reach{(b.x - a.x) * 0.17, (b.y - a.y) * 0.17};
  canvas.Line({a.x - reach.x, a.y - reach.y}, {b.x + reach.x, b.y + reach.y}, 0.05, palette::kInk);
}

}  // namespace

EnvSpec TicTacToe::Spec(const Params&) {
  EnvSpec spec;
  spec.id = "TicTacToe-v0";
  spec.summary = "Three in a row on a board of 3 x 3";
  spec.players = 2;
  spec.observation.type = ElementType::kUint8;
  spec.observation.shape = {2, 3, 3};
  spec.observation.axes = {"plane", "row", "column"};
  spec.observation.low = {0};
  spec.observation.high = {1};
  spec.action.count = 9;
  for (int cell = 0; cell < 9; ++cell) spec.action.names.push_back(CellName(cell));
  spec.min_return = -1;
  spec.max_return = 1;
  spec.zero_sum = true;
  spec.player_names = {"x", "o"};
  return spec;
}

std::uint64_t TicTacToe::Hash() const {
  return Mix64((static_cast<std::uint64_t>(stones[1]) << 16 | stones[0]) + 1);
}

void TicTacToe::Draw(Canvas& canvas) const {
  canvas.View(-0.45, -0.45, 3.45, 3.25);
  canvas.Clear(palette::kPaper);
  if (last >= 0) {
    const Point at = Middle(last);
    canvas.Rectangle({at.x - 0.44, at.y - 0.44}, {at.x + 0.44, at.y + 0.44}, palette::kLight);
  }
  DrawGrid(canvas);
  for (int cell = 0; cell < 9; ++cell) {
    for (int player = 0; player < 2; ++player) {
      if (Bit(stones[static_cast<std::size_t>(player)], cell)) {
        DrawStone(canvas, player, Middle(cell));
      }
    }
  }
  for (const auto& line : kLineCells) {
    const unsigned mask = 1u << line[0] | 1u << line[1] | 1u << line[2];
    if ((stones[0] & mask) == mask || (stones[1] & mask) == mask) DrawWin(canvas, line);
  }
}

std::string TicTacToe::ToText() const {
  std::string text;
  for (int cell = 0; cell < 9; ++cell) {
    if (cell > 0 && cell % 3 == 0) text += '\n';
    text += Bit(stones[0], cell) ? 'x' : Bit(stones[1], cell) ? 'o' : '.';
  }
  return text;
}

void TicTacToe::FromText(std::string_view text) {
  const std::string cells = board::ReadCells("TicTacToe-v0", text, 3, 3, "xo.");
  std::array<std::uint16_t, 2> read{};
  for (std::size_t cell = 0; cell < 9; ++cell) {
    if (cells[cell] == '.') continue;
    std::uint16_t& own = read[cells[cell] == 'x' ? 0 : 1];
    own = static_cast<std::uint16_t>(own | (1u << cell));
  }
  const int x = __builtin_popcount(read[0]), o = __builtin_popcount(read[1]);
  if (x != o && x != o + 1) {
    throw UsageError("TicTacToe-v0: x begins, so x has as many stones as o or one more; got " +
                     std::to_string(x) + " x and " + std::to_string(o) + " o");
  }
  const bool x_won = HasLine(read[0]), o_won = HasLine(read[1]);
  if ((x_won && x == o) || (o_won && x != o)) {
    throw UsageError("TicTacToe-v0: a game ends with the first line; here a move follows one");
  }
  stones = read;
  closed = x_won || o_won || x + o == 9 ? kAllCells : std::uint16_t{0};
  last = -1;
}

std::string TicTacToe::ActionToText(ActionRef action) const { return CellName(action.id()); }

std::vector<double> TicTacToe::ActionFromText(std::string_view text) const {
  const std::string_view name = board::Trimmed(text);
  for (int cell = 0; cell < 9; ++cell) {
    if (name == CellName(cell)) return {static_cast<double>(cell)};
  }
  throw UsageError("TicTacToe-v0: '" + std::string(name) +
                   "' is no cell; give a column a to c and a row 1 to 3 from the bottom, as in b2");
}

std::vector<Control> TicTacToe::Controls() const {
  std::vector<Control> controls;
  for (const char* pad : {"", "Keypad "}) {
    for (int digit = 1; digit <= 9; ++digit) {
      const int cell = 3 * (2 - (digit - 1) / 3) + (digit - 1) % 3;
      controls.push_back({pad + std::to_string(digit), {static_cast<double>(cell)}});
    }
  }
  return controls;
}

std::vector<Symmetry> TicTacToe::Symmetries() const {
  std::vector<Symmetry> symmetries;
  for (const GridMap& map : GridMaps(3, 3)) symmetries.push_back(GridSymmetry(map, 2, 3, 3));
  return symmetries;
}

int TicTacToe::ActionAt(Point at) const {
  if (!(at.x >= 0 && at.x < 3 && at.y >= 0 && at.y < 3)) return -1;
  const int cell = 3 * (2 - static_cast<int>(at.y)) + static_cast<int>(at.x);
  return Bit(0u | stones[0] | stones[1] | closed, cell) ? -1 : cell;
}

}  // namespace brasa
