#include "runners/cli/clicks.h"

#include <cmath>
#include <map>

namespace brasa::cli {
namespace {

// Places that are tried for marks: on a board of 19 x 19 four or more in every cell.
constexpr int kColumns = 72, kRows = 48;
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

std::vector<Clicks::Mark> Clicks::FindMarks(const ViewBox& view) const {
  struct Places {
    double x = 0, y = 0;
    int count = 0;
  };
  std::map<std::int32_t, Places> by_action;
  const double width = (view.x1 - view.x0) / kColumns, height = (view.y1 - view.y0) / kRows;
  for (int row = 0; row < kRows; ++row) {
    for (int column = 0; column < kColumns; ++column) {
      const Point at = {view.x0 + (column + 0.5) * width, view.y0 + (row + 0.5) * height};
      const std::int32_t id = ActionOf(at);
      if (id < 0) continue;
      Places& places = by_action[id];
      places.x += at.x;
      places.y += at.y;
      ++places.count;
    }
  }
  std::vector<Mark> marks;
  for (const auto& [id, places] : by_action) {
    marks.push_back(
        {{places.x / places.count, places.y / places.count}, places.count * width * height});
  }
  return marks;
}

void Clicks::Draw(Canvas& canvas, const ViewBox& view) {
  if (!marks_) marks_ = FindMarks(view);
  for (const Mark& mark : *marks_) {
    canvas.Circle(mark.middle, 0.12 * std::sqrt(mark.area), kMark);
  }
  if (!chosen_) return;
  const double radius = 0.04 * (view.y1 - view.y0);
  canvas.Ring(*chosen_, radius, radius / 5, kMark);
}

}  // namespace brasa::cli
