#include "envs/board/othello.h"

#include "brasa/core/error.h"
#include "brasa/core/hash.h"
#include "brasa/symmetry.h"
#include "envs/board/board_draw.h"
#include "envs/board/board_text.h"

namespace brasa {
namespace {

constexpr std::string_view kGame = "Othello-v0";
constexpr std::string_view kLetters = "xo";
constexpr std::uint64_t kMiddle = 0x0000001818000000ull;

std::uint64_t Bit(int cell) { return std::uint64_t{1} << cell; }

/// Middle of a cell in drawing units: cells are 1 x 1, the lower left corner of the board is (0,
/// 0).
Point Middle(int cell) { return {cell % 8 + 0.5, 7.5 - cell / 8}; }

constexpr Color kFelt{24, 122, 76, 255};
constexpr Color kFeltEdge{14, 72, 45, 255};
constexpr Color kHint{14, 92, 56, 255};

void DrawFelt(Canvas& canvas) {
  canvas.Rectangle({-0.12, -0.12}, {8.12, 8.12}, kFeltEdge);
  canvas.Rectangle({0, 0}, {8, 8}, kFelt);
  for (int i = 1; i < 8; ++i) {
    canvas.Line({static_cast<double>(i), 0}, {static_cast<double>(i), 8}, 0.035, kFeltEdge);
    canvas.Line({0, static_cast<double>(i)}, {8, static_cast<double>(i)}, 0.035, kFeltEdge);
  }
  for (const double x : {2.0, 6.0}) {
    for (const double y : {2.0, 6.0}) canvas.Circle({x, y}, 0.08, kFeltEdge);
  }
}

std::string StatusText(const Othello& game) {
  if (game.over != 0) {
    const int lead = std::popcount(game.DiscsOf(0)) - std::popcount(game.DiscsOf(1));
    return lead > 0 ? "black wins" : lead < 0 ? "white wins" : "a draw";
  }
  const std::string mover = game.mover == 0 ? "black" : "white";
  if (game.moves == 0) return mover + " has to pass";
  return game.last == Othello::kPass ? mover + " moves again" : mover + " to move";
}

}  // namespace

EnvSpec Othello::Spec(const Params&) {
  EnvSpec spec;
  spec.id = kGame;
  spec.summary = "Turn the other's discs by enclosing them, on a board of 8 x 8";
  spec.players = 2;
  spec.observation.type = ElementType::kUint8;
  spec.observation.shape = {3, 8, 8};
  spec.observation.axes = {"plane", "row", "column"};
  spec.observation.low = {0};
  spec.observation.high = {1};
  spec.action.count = 65;
  for (int cell = 0; cell < 64; ++cell) {
    spec.action.names.push_back(board::CellName(cell % 8, cell / 8));
  }
  spec.action.names.push_back("pass");
  spec.min_return = -1;
  spec.max_return = 1;
  spec.zero_sum = true;
  spec.player_names = {"black", "white"};
  return spec;
}

std::uint64_t Othello::Hash() const {
  return HashCombine(Mix64(DiscsOf(0)), 2 * Mix64(DiscsOf(1)) + static_cast<std::uint64_t>(mover));
}

void Othello::Draw(Canvas& canvas) const {
  canvas.View(-0.75, -0.75, 12.6, 8.3);
  canvas.Clear(palette::kPaper);
  DrawFelt(canvas);
  board::DrawCoordinates(canvas, {8, 8, true, palette::kInk});
  for (int cell = 0; cell < 64; ++cell) {
    const bool black = (DiscsOf(0) & Bit(cell)) != 0, white = (DiscsOf(1) & Bit(cell)) != 0;
    if (black || white) {
      const Color fill = black ? board::kBlackStone : board::kWhiteStone;
      board::DrawStone(canvas, Middle(cell), 0.4, {fill, cell == last});
    } else if ((moves & Bit(cell)) != 0) {
      canvas.Circle(Middle(cell), 0.12, kHint);
    }
  }
  const auto count = [&](int player) { return std::to_string(std::popcount(DiscsOf(player))); };
  board::DrawPanel(
      canvas, {8.5, 8}, 0.52,
      {{{{board::kBlackStone, "black", count(0)}, {board::kWhiteStone, "white", count(1)}}},
       over != 0 ? -1 : mover,
       StatusText(*this)});
}

std::string Othello::ToText() const {
  std::string text;
  for (int cell = 0; cell < 64; ++cell) {
    const bool black = (DiscsOf(0) & Bit(cell)) != 0, white = (DiscsOf(1) & Bit(cell)) != 0;
    text += black ? 'x' : white ? 'o' : '.';
    if (cell % 8 == 7) text += '\n';
  }
  return text + board::MoverLine(kLetters[static_cast<std::size_t>(mover)]);
}

void Othello::FromText(std::string_view text) {
  const int to_move = board::TakeMover(kGame, text, kLetters);
  const std::string cells = board::ReadCells(kGame, text, 8, 8, "xo.");
  std::uint64_t black = 0, white = 0;
  for (int cell = 0; cell < 64; ++cell) {
    if (cells[static_cast<std::size_t>(cell)] == 'x') black |= Bit(cell);
    if (cells[static_cast<std::size_t>(cell)] == 'o') white |= Bit(cell);
  }
  if (((black | white) & kMiddle) != kMiddle) {
    throw UsageError(std::string(kGame) +
                     ": the four middle cells are filled from the start on; here one is empty");
  }
  own = to_move == 0 ? black : white;
  other = to_move == 0 ? white : black;
  moves = Moves(own, other);
  mover = static_cast<std::int16_t>(to_move);
  last = -1;
  over = moves == 0 && Moves(other, own) == 0 ? 1 : 0;
}

std::string Othello::ActionToText(ActionRef action) const {
  const int id = action.id();
  return id == kPass ? "pass" : board::CellName(id % 8, id / 8);
}

std::vector<double> Othello::ActionFromText(std::string_view text) const {
  const std::string_view name = board::Trimmed(text);
  if (name == "pass") return {static_cast<double>(kPass)};
  std::string_view rest = name;
  board::NamedCell cell;
  if (board::TakeCell(rest, 8, 8, cell) && rest.empty()) {
    return {static_cast<double>(8 * cell.number + cell.column)};
  }
  throw UsageError(std::string(kGame) + ": '" + std::string(name) + "' is no move; give " +
                   board::CellNames(8, 8) + " from the top, as in f5, or pass");
}

std::vector<Control> Othello::Controls() const { return {{"p", {static_cast<double>(kPass)}}}; }

int Othello::ActionAt(Point at) const {
  if (over != 0 || !(at.x >= 0 && at.x < 8 && at.y >= 0 && at.y < 8)) return -1;
  if (moves == 0) return kPass;
  const int cell = 8 * (7 - static_cast<int>(at.y)) + static_cast<int>(at.x);
  return (moves & Bit(cell)) != 0 ? cell : -1;
}

std::vector<Symmetry> Othello::Symmetries() const {
  std::vector<Symmetry> symmetries;
  for (const GridMap& map :
       {GridMap{true, false, false}, GridMap{true, true, true}, GridMap{false, true, true}}) {
    symmetries.push_back(GridSymmetry(map, 3, 8, 8, 1));
  }
  return symmetries;
}

}  // namespace brasa
