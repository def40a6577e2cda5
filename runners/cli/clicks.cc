#include "runners/cli/clicks.h"

#include <cmath>
#include <map>

namespace brasa::cli {
namespace {

/// Places that are tried.
struct Grid {
  int columns, rows;
  Point At(const ViewBox& view, int i) const {
    return {view.x0 + (i % columns + 0.5) * (view.x1 - view.x0) / columns,
            view.y0 + (i / columns + 0.5) * (view.y1 - view.y0) / rows};
  }
  int size() const { return columns * rows; }
};
// For marks: on a board of 19 x 19 four or more in every cell. For moves of pieces, every place
// with every other: on a board of 8 x 8 beside a panel four or more.
constexpr Grid kMarkGrid = {72, 48}, kMoveGrid = {36, 24};
constexpr Color kMark{0, 158, 115, 150};

}  // namespace

std::int32_t Clicks::ActionOf(Point at) const {
  return chosen_ ? env_.ActionAt(*chosen_, at) : env_.ActionAt(at);
}

std::optional<std::int32_t> Clicks::Click(Point at) {
  const std::int32_t id = ActionOf(at);
  if (id >= 0) return id;
  marks_.reset();
  chosen_.reset();
  if (const std::int32_t alone = ActionOf(at); alone >= 0) return alone;
  if (env_.batch().table().action_between != nullptr) chosen_ = at;
  return std::nullopt;
}

void Clicks::Forget() {
  chosen_.reset();
  marks_.reset();
}

std::vector<Clicks::Move> Clicks::FindMoves(const ViewBox& view) const {
  std::vector<Move> moves;
  if (chosen_ || env_.batch().table().action_between == nullptr) return moves;
  for (int i = 0; i < kMoveGrid.size(); ++i) {
    const Point at = kMoveGrid.At(view, i);
    if (ActionHere(at, moves) >= 0) continue;
    for (int j = 0; j < kMoveGrid.size(); ++j) {
      const Move move = {env_.ActionAt(at, kMoveGrid.At(view, j)), kMoveGrid.At(view, j)};
      if (move.action < 0) continue;
      moves.push_back(move);
      break;
    }
  }
  return moves;
}

std::int32_t Clicks::ActionHere(Point at, const std::vector<Move>& moves) const {
  if (const std::int32_t id = ActionOf(at); id >= 0) return id;
  for (const Move& move : moves) {
    if (env_.ActionAt(at, move.goal) == move.action) return move.action;
  }
  return -1;
}

std::vector<Clicks::Mark> Clicks::FindMarks(const ViewBox& view) const {
  struct Places {
    double x = 0, y = 0;
    int count = 0;
  };
  std::map<std::int32_t, Places> by_action;
  const std::vector<Move> moves = FindMoves(view);
  for (int i = 0; i < kMarkGrid.size(); ++i) {
    const Point at = kMarkGrid.At(view, i);
    const std::int32_t id = ActionHere(at, moves);
    if (id < 0) continue;
    Places& places = by_action[id];
    places.x += at.x;
    places.y += at.y;
    ++places.count;
  }
  const double area = (view.x1 - view.x0) * (view.y1 - view.y0) / kMarkGrid.size();
  std::vector<Mark> marks;
  for (const auto& [id, places] : by_action) {
    marks.push_back({{places.x / places.count, places.y / places.count}, places.count * area});
  }
  return marks;
}

void Clicks::Draw(Canvas& canvas, const ViewBox& view) {
  if (!marks_) marks_ = FindMarks(view);
  if (chosen_ && marks_->empty()) {  // nothing goes from there
    chosen_.reset();
    marks_ = FindMarks(view);
  }
  for (const Mark& mark : *marks_) {
    canvas.Circle(mark.middle, 0.12 * std::sqrt(mark.area), kMark);
  }
  if (!chosen_) return;
  const double radius = 0.04 * (view.y1 - view.y0);
  canvas.Ring(*chosen_, radius, radius / 5, kMark);
}

}  // namespace brasa::cli
