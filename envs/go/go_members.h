// What Go<kSize> says about itself, its text and its picture. Included where Go is instantiated.
#pragma once

#include "envs/go/go.h"
#include "envs/go/go_draw.h"
#include "envs/go/go_spec.h"
#include "envs/go/go_text.h"

namespace brasa {
namespace go {

/// The letters of a board, row 0 first.
template <int kSize>
std::string Letters(const PointSet<kSize> (&stones)[2]) {
  std::string letters(kSize * kSize, '.');
  for (std::size_t player = 0; player < 2; ++player) {
    stones[player].ForEach([&](int p) { letters[static_cast<std::size_t>(p)] = "xo"[player]; });
  }
  return letters;
}

template <int kSize>
PointSet<kSize> StonesOf(const std::string& letters, char letter) {
  return PointSet<kSize>::Where(
      [&](int p) { return letters[static_cast<std::size_t>(p)] == letter; });
}

}  // namespace go

template <int kSize>
std::vector<Field> Go<kSize>::Fields() {
  return go::FieldsOf(kSize);
}

template <int kSize>
EnvSpec Go<kSize>::Spec(const Params& params) {
  return go::SpecOf(kSize, params);
}

template <int kSize>
Go<kSize>::Go(const Params& params) {
  komi = params.GetFloat("komi");
  positional = params.GetText("ko") == "positional";
  suicide = params.GetBool("suicide");
  Clear();
}

template <int kSize>
void Go<kSize>::Draw(Canvas& canvas) const {
  go::Picture picture;
  picture.size = kSize;
  picture.board = go::Letters(stones);
  picture.to_move = mover;
  picture.last = plies > 0 ? moves[plies - 1] : -1;
  picture.ko = ko == kNone ? -1 : ko;
  picture.over = over;
  picture.repeated = repeated;
  picture.plies = plies;
  std::copy(captures, captures + 2, picture.captures);
  picture.lead = Lead();
  picture.komi = komi;
  go::DrawGame(canvas, picture);
}

template <int kSize>
std::string Go<kSize>::ToText() const {
  go::GameText game;
  game.board = go::Letters(stones);
  game.to_move = mover;
  if (first != 0 || !(start[0] | start[1]).Empty()) game.start = go::Letters(start);
  game.first = first;
  game.moves.emplace(moves, moves + plies);
  return go::WriteGame(kSize, game);
}

template <int kSize>
void Go<kSize>::FromText(std::string_view text) {
  const auto fail = [](const std::string& fault) {
    throw UsageError(std::string(go::kGame) + ": " + fault);
  };
  go::GameText game = go::ReadGame(kSize, text);
  if (!game.start && !game.moves) {
    game.start = game.board;
    game.first = game.to_move.value_or(0);
  }
  Go read = *this;
  read.Clear();
  if (game.start) {
    const Set black = go::StonesOf<kSize>(*game.start, 'x');
    const Set white = go::StonesOf<kSize>(*game.start, 'o');
    if (!go::EveryChainBreathes(black, white)) fail("a chain of the board has no liberty");
    read.SetUp(black, white, game.first);
  }
  for (const int move : game.moves.value_or(std::vector<int>())) {
    const std::string name = go::VertexText(kSize, move);
    const std::string place = "move " + std::to_string(read.plies + 1) + ", " + name;
    if (read.over) fail(place + ", comes after the end of the game");
    if (move != kPass && !read.LegalPoints().Has(move)) fail(place + ", is illegal");
    float rewards[2];
    Rng unused;
    const auto id = static_cast<std::int32_t>(move);
    read.Step(ActionRef(&id, 1), unused, rewards);
  }
  if (go::Letters(read.stones) != game.board) fail("the moves do not lead to the board");
  if (game.to_move && *game.to_move != read.mover) {
    fail(std::string("the moves leave ") + "xo"[read.mover] + " to move");
  }
  *this = read;
}

template <int kSize>
std::string Go<kSize>::ActionToText(ActionRef action) const {
  return go::VertexText(kSize, action.id());
}

template <int kSize>
std::vector<double> Go<kSize>::ActionFromText(std::string_view text) const {
  return {static_cast<double>(go::ReadVertex(kSize, text))};
}

template <int kSize>
std::vector<Control> Go<kSize>::Controls() const {
  return {{"p", {static_cast<double>(kPass)}}};
}

template <int kSize>
int Go<kSize>::ActionAt(Point at) const {
  const int p = go::ClickedPoint(kSize, at);
  if (over || p < 0) return -1;
  return p == kPass || LegalPoints().Has(p) ? p : -1;
}

template <int kSize>
std::vector<Symmetry> Go<kSize>::Symmetries() const {
  return go::SymmetriesOf(kSize, kPlanes);
}

}  // namespace brasa
