#include "envs/puzzle/game_2048.h"

#include <algorithm>
#include <array>

#include "brasa/core/hash.h"
#include "brasa/symmetry.h"

namespace brasa {
namespace {

constexpr const char* kActionNames[] = {"Up", "Right", "Down", "Left"};
constexpr int kRowStep[] = {-1, 0, 1, 0}, kColumnStep[] = {0, 1, 0, -1};  // by action

using Cells = std::array<unsigned, 4>;

/// The four exponents slid to cell 0; adds to `score`.
Cells Slide(const Cells& cells, std::uint32_t& score) {
  Cells slid{};
  std::size_t count = 0;
  bool merged = false;  // the last tile of `slid` came from a merge
  for (const unsigned tile : cells) {
    if (tile == 0) continue;
    if (count > 0 && !merged && slid[count - 1] == tile && tile < Game2048::kMaxExponent) {
      score += 1u << ++slid[count - 1];
      merged = true;
    } else {
      slid[count++] = tile;
      merged = false;
    }
  }
  return slid;
}

std::uint16_t Packed(const Cells& cells) {
  return static_cast<std::uint16_t>(cells[0] | cells[1] << 4 | cells[2] << 8 | cells[3] << 12);
}

std::vector<Row2048> MakeRows() {
  std::vector<Row2048> rows(1u << 16);
  for (unsigned row = 0; row < rows.size(); ++row) {
    const Cells cells = {row & 15u, (row >> 4) & 15u, (row >> 8) & 15u, row >> 12};
    std::uint32_t score = 0, unused = 0;
    rows[row].to_lower = Packed(Slide(cells, score));
    Cells back = Slide({cells[3], cells[2], cells[1], cells[0]}, unused);
    std::reverse(back.begin(), back.end());
    rows[row].to_higher = Packed(back);
    rows[row].score = score;
  }
  return rows;
}

/// The direction that `map` turns a move into.
std::int32_t ImageOf(const GridMap& map, std::int32_t action) {
  const auto at = static_cast<std::size_t>(action);
  const int from = map.Image(1, 1, 4, 4);
  const int to = map.Image(1 + kRowStep[at], 1 + kColumnStep[at], 4, 4);
  for (std::size_t id = 0; id < 4; ++id) {
    if (to - from == 4 * kRowStep[id] + kColumnStep[id]) return static_cast<std::int32_t>(id);
  }
  return -1;
}

constexpr Color kBoard{187, 173, 160, 255};
constexpr Color kEmpty{205, 193, 180, 255};
constexpr Color kDarkText{119, 110, 101, 255};
constexpr Color kLightText{249, 246, 242, 255};
constexpr Color kTiles[] = {{238, 228, 218, 255}, {237, 224, 200, 255}, {242, 177, 121, 255},
                            {245, 149, 99, 255},  {246, 124, 95, 255},  {246, 94, 59, 255},
                            {237, 207, 114, 255}, {237, 204, 97, 255},  {237, 200, 80, 255},
                            {237, 197, 63, 255},  {237, 194, 46, 255},  {60, 58, 50, 255}};

void DrawTile(Canvas& canvas, Point corner, unsigned exponent, bool fresh) {
  const Point at{corner.x + 0.5, corner.y + 0.5};
  const std::size_t shade = std::min<std::size_t>(exponent, 12);
  canvas.Rectangle({at.x - 0.45, at.y - 0.45}, {at.x + 0.45, at.y + 0.45},
                   exponent == 0 ? kEmpty : kTiles[shade - 1]);
  if (exponent == 0) return;
  if (fresh) canvas.Ring({at.x + 0.33, at.y + 0.33}, 0.05, 0.03, palette::kRed);
  const std::string text = std::to_string(1u << exponent);
  const double height = text.size() < 3    ? 0.36
                        : text.size() == 3 ? 0.29
                        : text.size() == 4 ? 0.22
                                           : 0.17;
  canvas.Text(at, height, text, TextAlign::kCentre, exponent <= 2 ? kDarkText : kLightText);
}

void DrawLabel(Canvas& canvas, double y, const std::string& name, const std::string& value) {
  canvas.Rectangle({4.3, y - 0.42}, {6.0, y + 0.42}, kBoard);
  canvas.Text({5.15, y + 0.2}, 0.15, name, TextAlign::kCentre, kLightText);
  canvas.Text({5.15, y - 0.13}, 0.26, value, TextAlign::kCentre, palette::kWhite);
}

/// The exponent of a tile's value; -1 if it is none up to `most`.
int ReadTile(std::string_view word, int most) {
  if (word == ".") return 0;
  for (int exponent = 1; exponent <= most; ++exponent) {
    if (word == std::to_string(1 << exponent)) return exponent;
  }
  return -1;
}

/// The words between blanks, line breaks and '/', at most `most` of them and one more.
std::vector<std::string_view> Words(std::string_view text, std::size_t most) {
  std::vector<std::string_view> words;
  while (words.size() <= most) {
    const std::size_t begin = text.find_first_not_of(" \n\r/");
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    words.push_back(text.substr(0, text.find_first_of(" \n\r/")));
    text.remove_prefix(words.back().size());
  }
  return words;
}

}  // namespace

const Row2048* Game2048::Rows() {
  static const std::vector<Row2048> rows = MakeRows();
  return rows.data();
}

std::vector<Field> Game2048::Fields() {
  return {IntField("max_tile", 2048, 8, 1 << kMaxExponent, "making this tile, a power of 2, ends"),
          ChoiceField("observe", "tiles", {"tiles", "exponents"},
                      "the tiles' values, or their exponents of 2")};
}

EnvSpec Game2048::Spec(const Params& params) {
  const std::int64_t most = params.GetInt("max_tile");
  if ((most & (most - 1)) != 0) {
    throw ConfigError("max_tile = " + std::to_string(most) +
                      " is no power of 2; give 8, 16, .. 32768");
  }
  EnvSpec spec;
  spec.id = "2048-v0";
  spec.summary = "Slide and merge tiles until one of 2048 is made";
  spec.observation.shape = {4, 4};
  spec.observation.axes = {"row", "column"};
  spec.observation.low = {0};
  const int goal = std::countr_zero(static_cast<std::uint64_t>(most));
  const bool exponents = params.GetText("observe") == "exponents";
  spec.observation.high = {exponents ? static_cast<float>(goal) : static_cast<float>(most)};
  spec.action.count = 4;
  spec.action.names.assign(std::begin(kActionNames), std::end(kActionNames));
  spec.max_episode_steps = 8192;
  spec.min_return = 0;
  // A tile 2^k made of 2s has paid (k - 1) 2^k. Beside the last one there are 15 smaller ones.
  spec.max_return =
      (goal - 1) * static_cast<double>(most) + 15 * (goal - 2) * (static_cast<double>(most) / 2);
  spec.max_chance_outcomes = 32;
  spec.measures = {{"max_tile", "1"}};
  return spec;
}

Game2048::Game2048(const Params& params)
    : goal(std::countr_zero(static_cast<std::uint64_t>(params.GetInt("max_tile")))),
      exponents(params.GetText("observe") == "exponents") {
  appearing = 2;
}

std::vector<Symmetry> Game2048::Symmetries() const {
  std::vector<Symmetry> symmetries;
  for (const GridMap& map : GridMaps(4, 4)) {
    Symmetry symmetry = GridSymmetry(map, 1, 4, 4);
    for (const std::int32_t cell : symmetry.action) {
      symmetry.chance.push_back(2 * cell);
      symmetry.chance.push_back(2 * cell + 1);
    }
    symmetry.action.clear();
    for (std::int32_t id = 0; id < 4; ++id) symmetry.action.push_back(ImageOf(map, id));
    symmetries.push_back(std::move(symmetry));
  }
  return symmetries;
}

std::uint64_t Game2048::Hash() const { return HashCombine(Mix64(board), appearing); }

void Game2048::Measures(std::span<float> values) const {
  unsigned most = 0;
  for (int cell = 0; cell < 16; ++cell) {
    most = std::max(most, static_cast<unsigned>(board >> (4 * cell)) & 15u);
  }
  values[0] = most == 0 ? 0.0f : static_cast<float>(1u << most);
}

void Game2048::Draw(Canvas& canvas) const {
  canvas.View(-0.15, -0.1, 6.15, 4.1);
  canvas.Clear({250, 248, 239, 255});
  canvas.Rectangle({-0.06, -0.06}, {4.06, 4.06}, kBoard);
  for (int cell = 0; cell < 16; ++cell) {
    const auto exponent = static_cast<unsigned>(board >> (4 * cell)) & 15u;
    DrawTile(canvas, {1.0 * (cell % 4), 3.0 - cell / 4}, exponent, cell == last);
  }
  DrawLabel(canvas, 3.5, "SCORE", std::to_string(score));
  std::array<float, 1> most{};
  Measures(most);
  DrawLabel(canvas, 2.45, "TILE", std::to_string(static_cast<int>(most[0])));
  std::array<std::int32_t, 4> ids{};
  const int count = LegalActions(ids);
  const char* state = won ? "made it" : count == 0 && appearing == 0 ? "no move left" : "";
  canvas.Text({5.15, 1.6}, 0.2, state, TextAlign::kCentre, palette::kRed);
  for (int i = 0; i < count; ++i) {
    const auto id = static_cast<std::size_t>(ids[static_cast<std::size_t>(i)]);
    const Point at{5.15 + 0.45 * kColumnStep[id], 0.75 - 0.45 * kRowStep[id]};
    const double dx = 0.18 * kColumnStep[id], dy = -0.18 * kRowStep[id];
    const Point arrow[] = {
        {at.x + dx, at.y + dy}, {at.x - dx + dy, at.y - dy - dx}, {at.x - dx - dy, at.y - dy + dx}};
    canvas.Polygon(arrow, kBoard);
  }
}

std::string Game2048::ToText() const {
  std::string text;
  for (int cell = 0; cell < 16; ++cell) {
    const auto exponent = static_cast<unsigned>(board >> (4 * cell)) & 15u;
    if (cell > 0) text += cell % 4 == 0 ? '\n' : ' ';
    text += exponent == 0 ? "." : std::to_string(1u << exponent);
  }
  if (appearing > 0) text += "\n+" + std::to_string(appearing);
  return text;
}

void Game2048::FromText(std::string_view text) {
  const auto fail = [&](const std::string& fault) {
    throw UsageError("2048-v0: '" + std::string(text.substr(0, 80)) + "' " + fault +
                     "; give four lines of four tiles 2, 4, .. " + std::to_string(1 << goal) +
                     " or '.', as in '2 . . 4/. . . ./. 2 . ./. . . .'");
  };
  const std::vector<std::string_view> words = Words(text, 17);
  if (words.size() < 16) fail("has fewer than 16 cells");
  Board2048 read = 0;
  for (std::size_t cell = 0; cell < 16; ++cell) {
    const int exponent = ReadTile(words[cell], goal);
    if (exponent < 0) fail("holds '" + std::string(words[cell].substr(0, 20)) + "'");
    read |= static_cast<std::uint64_t>(exponent) << (4 * cell);
  }
  const int empty = 16 - std::popcount(Occupied(read));
  int more = 0;
  if (words.size() == 17 && (words[16] == "+1" || words[16] == "+2")) more = words[16][1] - '0';
  if (words.size() > 17 || (words.size() == 17 && more == 0)) fail("has more than 16 cells");
  if (more > empty) fail("has no empty cell for the tiles that appear");
  if (more == 0 && empty > 14) fail("has fewer than two tiles");
  const bool made = HasTile(read, goal);
  if (made && more > 0) fail("goes on after the end");
  board = read;
  appearing = static_cast<std::uint8_t>(more);
  won = made;
  score = 0;
  last = -1;
}

std::string Game2048::ActionToText(ActionRef action) const { return kActionNames[action.id()]; }

std::vector<double> Game2048::ActionFromText(std::string_view text) const {
  for (int id = 0; id < 4; ++id) {
    std::string name = kActionNames[id];
    if (text == name || text == std::to_string(id)) return {static_cast<double>(id)};
    name[0] = static_cast<char>(name[0] - 'A' + 'a');
    if (text == name) return {static_cast<double>(id)};
  }
  throw UsageError("2048-v0: '" + std::string(text.substr(0, 80)) +
                   "' is no action; give Up, Right, Down, Left or 0 to 3");
}

std::vector<Control> Game2048::Controls() const {
  return {{"Up", {0}}, {"Right", {1}}, {"Down", {2}}, {"Left", {3}}};
}

}  // namespace brasa
