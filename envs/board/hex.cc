#include "envs/board/hex.h"

#include <algorithm>

#include "brasa/core/error.h"
#include "brasa/symmetry.h"
#include "envs/board/board_text.h"
#include "envs/board/hex_position.h"

namespace brasa {
namespace {

constexpr const char* kGame = "Hex-v0";

template <int kCapacity>
hex::Position PositionOf(const HexOf<kCapacity>& game) {
  hex::Position position{game.size, {}, game.swap != 0, game.swapped != 0};
  for (int id = 0; id < game.cell_count; ++id) {
    position.stones.push_back(static_cast<std::int8_t>(game.StoneAt(id)));
  }
  return position;
}

}  // namespace

template <int kCapacity>
std::vector<Field> HexOf<kCapacity>::Fields() {
  return {IntField("size", 11, 2, 19, "rows and columns of the board"),
          BoolField("swap", false, "blue may take over red's first stone (pie rule)")};
}

template <int kCapacity>
EnvSpec HexOf<kCapacity>::Spec(const Params& params) {
  const int n = static_cast<int>(params.GetInt("size"));
  EnvSpec spec;
  spec.id = kGame;
  spec.summary = "Join your two sides of a rhombus of hexagons";
  spec.players = 2;
  spec.observation.type = ElementType::kUint8;
  spec.observation.shape = {3, n, n};
  spec.observation.axes = {"plane", "row", "column"};
  spec.observation.low = {0};
  spec.observation.high = {1};
  for (int id = 0; id < n * n; ++id) {
    spec.action.names.push_back(board::CellName(id % n, id / n));
  }
  if (params.GetBool("swap")) spec.action.names.push_back("swap");
  spec.action.count = static_cast<int>(spec.action.names.size());
  spec.min_return = -1;
  spec.max_return = 1;
  spec.zero_sum = true;
  spec.player_names = {"red", "blue"};
  return spec;
}

template <int kCapacity>
HexOf<kCapacity>::HexOf(const Params& params)
    : size(static_cast<std::int32_t>(params.GetInt("size"))),
      cell_count(size * size),
      reciprocal((1 << 16) / size + 1),
      swap(params.GetBool("swap") ? 1 : 0) {
  if (size > kCapacity) {
    throw ConfigError("size = " + std::to_string(size) +
                      " does not fit this table of Hex; give 2 to " + std::to_string(kCapacity));
  }
  Clear();
}

template <int kCapacity>
void HexOf<kCapacity>::Clear() {
  for (std::size_t word = 0; word < kWords; ++word) {
    const int left = cell_count - static_cast<int>(64 * word);
    empty[word] = left >= 64 ? ~std::uint64_t{0}
                  : left > 0 ? (std::uint64_t{1} << left) - 1
                             : std::uint64_t{0};
  }
  cells.fill(0);
  const auto n = static_cast<std::size_t>(size);
  constexpr auto kLine = static_cast<std::size_t>(kStride);
  for (std::size_t i = 1; i <= n; ++i) {
    cells[kLine * i] = (kStone | kFirstSide) << 4;
    cells[kLine * i + n + 1] = (kStone | kSecondSide) << 4;
    // Red's border reaches round the two corners at which a cell touches it twice.
    cells[i] = cells[i + 1] = kStone | kFirstSide;
    cells[kLine * (n + 1) + i] = cells[kLine * (n + 1) + i - 1] = kStone | kSecondSide;
  }
  hash = 0;
  plies = swapped = 0;
  last = winner = -1;
}

template <int kCapacity>
void HexOf<kCapacity>::Observe(int, std::span<std::uint8_t> out) const {
  const auto count = static_cast<std::size_t>(cell_count);
  std::size_t i = 0;
  for (int row = 0; row < size; ++row) {
    const std::uint8_t* line = &cells[static_cast<std::size_t>((row + 1) * kStride + 1)];
    for (int column = 0; column < size; ++column, ++i) {
      out[i] = line[column] & 1u;
      out[count + i] = (line[column] >> 4) & 1u;
    }
  }
  std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(2 * count), count,
              static_cast<std::uint8_t>(PlayerToMove()));
}

template <int kCapacity>
void HexOf<kCapacity>::Swap() {
  int old = 0;
  while (StoneAt(old) < 0) ++old;
  Clear();
  Put(1, old % size * size + old / size);
  hash ^= kSwappedKey;
  plies = 2;
  swapped = 1;
  last = cell_count;
}

template <int kCapacity>
void HexOf<kCapacity>::Draw(Canvas& canvas) const {
  hex::Draw(canvas, {PositionOf(*this), PlayerToMove(), winner, last});
}

template <int kCapacity>
std::string HexOf<kCapacity>::ToText() const {
  return hex::ToText(PositionOf(*this));
}

template <int kCapacity>
void HexOf<kCapacity>::FromText(std::string_view text) {
  const hex::Position read = hex::FromText(text, size, swap != 0);
  Clear();
  for (int id = 0; id < cell_count; ++id) {
    const int player = read.stones[static_cast<std::size_t>(id)];
    if (player >= 0 && Put(player, id)) winner = player;
  }
  plies = read.Count(0) + read.Count(1);
  if (!read.swapped) return;
  hash ^= kSwappedKey;
  swapped = 1;
  ++plies;
}

template <int kCapacity>
std::string HexOf<kCapacity>::ActionToText(ActionRef action) const {
  const int id = action.id();
  return id == cell_count ? "swap" : board::CellName(id % size, id / size);
}

template <int kCapacity>
std::vector<double> HexOf<kCapacity>::ActionFromText(std::string_view text) const {
  const std::string_view name = board::Trimmed(text);
  if (swap != 0 && name == "swap") return {static_cast<double>(cell_count)};
  std::string_view rest = name;
  board::NamedCell cell;
  if (board::TakeCell(rest, size, size, cell) && rest.empty()) {
    return {static_cast<double>(cell.number * size + cell.column)};
  }
  throw UsageError(std::string(kGame) + ": '" + std::string(name) + "' is no move; give " +
                   board::CellNames(size, size) + " from the top, as in b2" +
                   (swap != 0 ? ", or swap" : ""));
}

template <int kCapacity>
std::vector<Control> HexOf<kCapacity>::Controls() const {
  if (swap == 0) return {};
  return {{"s", {static_cast<double>(cell_count)}}};
}

template <int kCapacity>
int HexOf<kCapacity>::ActionAt(Point at) const {
  const int id = winner >= 0 ? -1 : hex::CellAt(at, size);
  if (id < 0 || StoneAt(id) < 0) return id;
  return CanSwap() ? cell_count : -1;
}

template <int kCapacity>
std::vector<Symmetry> HexOf<kCapacity>::Symmetries() const {
  return {GridSymmetry({false, true, true}, 3, size, size, swap)};
}

template struct HexOf<8>;
template struct HexOf<11>;
template struct HexOf<19>;

}  // namespace brasa
