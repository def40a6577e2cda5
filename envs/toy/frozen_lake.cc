#include "envs/toy/frozen_lake.h"

#include <algorithm>
#include <limits>

#include "brasa/core/hash.h"

namespace brasa {
namespace {

constexpr const char* kActionNames[] = {"left", "down", "right", "up"};
constexpr double kThird = 1.0 / 3.0;

constexpr Color kIce{214, 234, 245, 255};
constexpr Color kIceEdge{170, 205, 224, 255};
constexpr Color kWater{20, 62, 100, 255};
constexpr Color kWaterLight{44, 98, 145, 255};

void DrawGoal(Canvas& canvas, Point at) {
  const Point pole_foot{at.x - 0.12, at.y - 0.28};
  const Point pole_top{at.x - 0.12, at.y + 0.3};
  canvas.Line(pole_foot, pole_top, 0.05, palette::kInk);
  const Point flag[] = {pole_top, {at.x + 0.26, at.y + 0.16}, {at.x - 0.12, at.y + 0.02}};
  canvas.Polygon(flag, palette::kGreen);
}

void DrawCell(Canvas& canvas, Point corner, LakeCell kind) {
  const Point at{corner.x + 0.5, corner.y + 0.5};
  canvas.Rectangle({corner.x + 0.02, corner.y + 0.02}, {corner.x + 0.98, corner.y + 0.98}, kIce);
  if (kind == LakeCell::kHole) {
    canvas.Circle(at, 0.38, kWater);
    canvas.Ring(at, 0.28, 0.035, kWaterLight);
  } else if (kind == LakeCell::kGoal) {
    DrawGoal(canvas, at);
  } else if (kind == LakeCell::kStart) {
    canvas.Text(at, 0.3, "S", TextAlign::kCentre, palette::kGrey);
  }
}

void DrawWalker(Canvas& canvas, Point at, bool drowned) {
  canvas.Circle(at, 0.24, palette::kPaper);
  canvas.Circle(at, 0.2, drowned ? palette::kGrey : palette::kRed);
  canvas.Ring(at, 0.2, 0.04, palette::kInk);
}

[[noreturn]] void ThrowNoState(const FrozenLakeMap& map, std::string_view text) {
  throw UsageError("FrozenLake-v1: '" + std::string(text) +
                   "' is no state; give this world's map '" + map.ToText('/') +
                   "' with the current cell, and no other, in lower case");
}

}  // namespace

std::vector<Field> FrozenLake::Fields() {
  constexpr double kMaxReward = 1e6;
  return {
      TextField("map", "4x4",
                "4x4, 8x8, random, or lines of the letters S F H G joined by '/', at most 32 x 32"),
      IntField("size", 8, 2, FrozenLakeMap::kMaxSide, "cells a side of a random map"),
      FloatField("frozen_probability", 0.8, 0, 1, "chance of a cell of a random map to be no hole"),
      IntField("map_seed", 0, 0, 9e15, "which random map"),
      BoolField("slippery", true, "moves go astray; see success_rate"),
      FloatField("success_rate", kThird, 0, 1, "chance of a move on slippery ice to go as meant"),
      FloatField("reward_goal", 1, -kMaxReward, kMaxReward, "reward for entering G"),
      FloatField("reward_hole", 0, -kMaxReward, kMaxReward, "reward for entering H"),
      FloatField("reward_step", 0, -kMaxReward, kMaxReward, "reward for entering F or S"),
  };
}

EnvSpec FrozenLake::Spec(const Params& params) {
  const FrozenLakeMap map = MakeFrozenLakeMap(params);
  const double goal = params.GetFloat("reward_goal"), hole = params.GetFloat("reward_hole");
  const double step = params.GetFloat("reward_step");
  EnvSpec spec;
  spec.id = "FrozenLake-v1";
  spec.summary = "Cross a frozen lake from S to G without falling into a hole";
  spec.observation.shape = {1};
  spec.observation.axes = {"feature"};
  spec.observation.names = {"cell"};
  spec.observation.low = {0};
  spec.observation.high = {static_cast<float>(map.cells() - 1)};
  spec.observation.categories = {map.cells()};
  spec.action.count = 4;
  spec.action.names.assign(std::begin(kActionNames), std::end(kActionNames));
  spec.max_episode_steps = 25 * std::max(map.rows, map.columns);
  // Every ply gives reward_step but the last, which gives any of the three.
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  spec.min_return = step < 0 ? -kInfinity : std::min({goal, hole, step});
  spec.max_return = step > 0 ? kInfinity : std::max({goal, hole, step});
  if (goal == 1 && hole == 0 && step == 0) {
    if (params.GetText("map") == "4x4") spec.reward_threshold = 0.70;
    if (params.GetText("map") == "8x8") spec.reward_threshold = 0.85;
  }
  return spec;
}

FrozenLake::FrozenLake(const Params& params)
    : map(MakeFrozenLakeMap(params)),
      aside((1.0 - params.GetFloat("success_rate")) / 2.0),
      straight(params.GetFloat("success_rate")),
      reward_goal(static_cast<float>(params.GetFloat("reward_goal"))),
      reward_hole(static_cast<float>(params.GetFloat("reward_hole"))),
      reward_step(static_cast<float>(params.GetFloat("reward_step"))),
      slippery(params.GetBool("slippery")) {
  for (int at = map.cells() - 1; at >= 0; --at) {
    if (map.At(at) != LakeCell::kStart) continue;
    ++starts;
    first_start = static_cast<std::int16_t>(at);
  }
  cell = first_start;
}

int FrozenLake::DrawStart(Rng& rng) const {
  std::uint32_t skip = rng.Below(static_cast<std::uint32_t>(starts));
  for (int at = first_start;; ++at) {
    if (map.At(at) == LakeCell::kStart && skip-- == 0) return at;
  }
}

TransitionModel FrozenLake::Model() const {
  TransitionModel model;
  model.states = map.cells();
  model.actions = 4;
  model.start.resize(static_cast<std::size_t>(model.states));
  model.outcomes.resize(static_cast<std::size_t>(model.states));
  const auto move = [&](int from, int direction, double probability) {
    const int next = Neighbour(from, direction & 3);
    const LakeCell entered = map.At(next);
    return ModelOutcome{probability, next, static_cast<double>(RewardOf(entered)), IsEnd(entered)};
  };
  for (int from = 0; from < model.states; ++from) {
    const auto at = static_cast<std::size_t>(from);
    model.start[at] = map.At(from) == LakeCell::kStart ? 1.0 / starts : 0.0;
    for (int action = 0; action < 4; ++action) {
      std::vector<ModelOutcome> outcomes;
      if (IsEnd(map.At(from))) {
        outcomes = {{1.0, from, 0.0, true}};
      } else if (!slippery) {
        outcomes = {move(from, action, 1.0)};
      } else {
        outcomes = {move(from, action + 3, aside), move(from, action, straight),
                    move(from, action + 1, aside)};
      }
      model.outcomes[at].push_back(std::move(outcomes));
    }
  }
  return model;
}

std::uint64_t FrozenLake::Hash() const { return Mix64(static_cast<std::uint64_t>(cell) + 1); }

void FrozenLake::Draw(Canvas& canvas) const {
  const double width = map.columns, height = map.rows;
  const double edge = 0.04 * std::max(width, height);
  canvas.View(-edge, -edge, width + edge, height + edge);
  canvas.Clear(palette::kPaper);
  canvas.Rectangle({-0.02, -0.02}, {width + 0.02, height + 0.02}, kIceEdge);
  for (int row = 0; row < map.rows; ++row) {
    for (int column = 0; column < map.columns; ++column) {
      DrawCell(canvas, {1.0 * column, height - 1 - row}, map.At(row, column));
    }
  }
  const Point at{cell % map.columns + 0.5, height - 0.5 - cell / map.columns};
  DrawWalker(canvas, at, map.At(cell) == LakeCell::kHole);
}

std::string FrozenLake::ToText() const {
  std::string text = map.ToText('\n');
  char& letter = text[static_cast<std::size_t>(cell + cell / map.columns)];
  letter = static_cast<char>(letter - 'A' + 'a');
  return text;
}

void FrozenLake::FromText(std::string_view text) {
  std::string letters;
  int found = -1;
  for (const char letter : text) {
    if (letter == ' ' || letter == '\n' || letter == '\r' || letter == '/') continue;
    if (letter >= 'a' && letter <= 'z') {
      if (found >= 0) ThrowNoState(map, text);
      found = static_cast<int>(letters.size());
    }
    letters += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  }
  std::string own = map.ToText('\n');
  std::erase(own, '\n');
  if (letters != own || found < 0) ThrowNoState(map, text);
  cell = found;
}

std::string FrozenLake::ActionToText(ActionRef action) const { return kActionNames[action.id()]; }

std::vector<double> FrozenLake::ActionFromText(std::string_view text) const {
  for (int id = 0; id < 4; ++id) {
    if (text == kActionNames[id] || text == std::to_string(id)) return {static_cast<double>(id)};
  }
  throw UsageError("FrozenLake-v1: '" + std::string(text) +
                   "' is no action; give left, down, right, up or 0 to 3");
}

std::vector<Control> FrozenLake::Controls() const {
  return {{"Left", {0}}, {"Down", {1}}, {"Right", {2}}, {"Up", {3}}};
}

}  // namespace brasa
