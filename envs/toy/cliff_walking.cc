#include "envs/toy/cliff_walking.h"

#include <limits>

#include "brasa/core/hash.h"

namespace brasa {
namespace {

constexpr const char* kActionNames[] = {"up", "right", "down", "left"};

constexpr Color kGrass{222, 236, 210, 255};
constexpr Color kRock{92, 77, 66, 255};
constexpr Color kRockLight{128, 110, 96, 255};

/// Middle of a cell in drawing units: cells are 1 x 1, the lower left one begins at (0, 0).
Point Middle(std::int32_t cell) {
  return {cell % CliffWalking::kColumns + 0.5,
          CliffWalking::kRows - 0.5 - cell / CliffWalking::kColumns};
}

void DrawCell(Canvas& canvas, std::int32_t cell) {
  const Point at = Middle(cell);
  const bool cliff = CliffWalking::IsCliff(cell);
  canvas.Rectangle({at.x - 0.48, at.y - 0.48}, {at.x + 0.48, at.y + 0.48}, cliff ? kRock : kGrass);
  if (cliff) {
    const Point peak[] = {{at.x - 0.34, at.y - 0.3}, {at.x + 0.34, at.y - 0.3}, {at.x, at.y + 0.3}};
    canvas.Polygon(peak, kRockLight);
  } else if (cell == CliffWalking::kGoal) {
    canvas.Line({at.x - 0.15, at.y - 0.3}, {at.x - 0.15, at.y + 0.34}, 0.06, palette::kInk);
    const Point flag[] = {
        {at.x - 0.15, at.y + 0.34}, {at.x + 0.28, at.y + 0.18}, {at.x - 0.15, at.y + 0.02}};
    canvas.Polygon(flag, palette::kGreen);
  } else if (cell == CliffWalking::kStart) {
    canvas.Text(at, 0.34, "S", TextAlign::kCentre, palette::kGrey);
  }
}

}  // namespace

std::vector<Field> CliffWalking::Fields() {
  return {BoolField("slippery", false, "a move goes to either side with probability 1/3 each")};
}

EnvSpec CliffWalking::Spec(const Params&) {
  EnvSpec spec;
  spec.id = "CliffWalking-v1";
  spec.summary = "Walk along a cliff to the goal without falling";
  spec.observation.shape = {1};
  spec.observation.axes = {"feature"};
  spec.observation.names = {"cell"};
  spec.observation.low = {0};
  spec.observation.high = {kCells - 1};
  spec.observation.categories = {kCells};
  spec.action.count = 4;
  spec.action.names.assign(std::begin(kActionNames), std::end(kActionNames));
  spec.max_return = -13;  // one up, eleven to the right, one down
  return spec;
}

CliffWalking::CliffWalking(const Params& params) : slippery(params.GetBool("slippery")) {}

TransitionModel CliffWalking::Model() const {
  TransitionModel model;
  model.states = kCells;
  model.actions = 4;
  model.start.assign(kCells, 0.0);
  model.start[kStart] = 1;
  model.outcomes.resize(kCells);
  const auto move = [](std::int32_t from, int direction, double probability) {
    const std::int32_t entered = Neighbour(from, direction & 3);
    return ModelOutcome{probability, IsCliff(entered) ? kStart : entered,
                        static_cast<double>(RewardOf(entered)), entered == kGoal};
  };
  for (std::int32_t from = 0; from < kCells; ++from) {
    for (int action = 0; action < 4; ++action) {
      std::vector<ModelOutcome> outcomes;
      if (slippery) {
        for (const int turn : {3, 0, 1}) outcomes.push_back(move(from, action + turn, kThird));
      } else {
        outcomes.push_back(move(from, action, 1.0));
      }
      model.outcomes[static_cast<std::size_t>(from)].push_back(std::move(outcomes));
    }
  }
  return model;
}

std::uint64_t CliffWalking::Hash() const { return Mix64(static_cast<std::uint64_t>(cell) + 1); }

void CliffWalking::Draw(Canvas& canvas) const {
  canvas.View(-0.3, -1.0, kColumns + 0.3, kRows + 1.0);
  canvas.Clear(palette::kPaper);
  for (std::int32_t at = 0; at < kCells; ++at) DrawCell(canvas, at);
  const Point at = Middle(cell);
  canvas.Circle(at, 0.33, palette::kPaper);
  canvas.Circle(at, 0.28, palette::kRed);
  canvas.Ring(at, 0.28, 0.05, palette::kInk);
  const std::string place = "row " + std::to_string(cell / kColumns) + ", column " +
                            std::to_string(cell % kColumns) + (slippery ? ", slippery" : "");
  canvas.Text({0, kRows + 0.5}, 0.36, place, TextAlign::kLeft, palette::kInk);
  canvas.Text({kColumns * 0.5, -0.5}, 0.36, "a step -1, the cliff -100", TextAlign::kCentre,
              palette::kGrey);
}

std::string CliffWalking::ToText() const {
  std::string text;
  for (std::int32_t at = 0; at < kCells; ++at) {
    if (at > 0 && at % kColumns == 0) text += '\n';
    text += at == cell ? '@' : IsCliff(at) ? 'C' : at == kGoal ? 'G' : '.';
  }
  return text;
}

void CliffWalking::FromText(std::string_view text) {
  std::string given;
  for (const char letter : text) {
    if (letter != '\r') given += letter == '/' ? '\n' : letter;
  }
  CliffWalking world = *this;
  const std::size_t found = given.find('@');  // lines are one letter longer than rows
  if (found != std::string::npos && found < kRows * (kColumns + 1)) {
    const auto at = static_cast<std::int32_t>(found);
    world.cell = at - at / (kColumns + 1);
    if (world.cell < kCells && !IsCliff(world.cell) && given == world.ToText()) {
      cell = world.cell;
      return;
    }
  }
  world.cell = kStart;
  throw UsageError("CliffWalking-v1: '" + given.substr(0, 80) +
                   "' is no position; give four lines of 12 cells with '@' on one cell that is "
                   "no cliff, as in \n" +
                   world.ToText());
}

std::string CliffWalking::ActionToText(ActionRef action) const { return kActionNames[action.id()]; }

std::vector<double> CliffWalking::ActionFromText(std::string_view text) const {
  for (int id = 0; id < 4; ++id) {
    if (text == kActionNames[id] || text == std::to_string(id)) return {static_cast<double>(id)};
  }
  throw UsageError("CliffWalking-v1: '" + std::string(text) +
                   "' is no action; give up, right, down, left or 0 to 3");
}

std::vector<Control> CliffWalking::Controls() const {
  return {{"Up", {0}}, {"Right", {1}}, {"Down", {2}}, {"Left", {3}}};
}

}  // namespace brasa
