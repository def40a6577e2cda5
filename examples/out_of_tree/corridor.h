// A corridor of `length` cells: start at cell 0, walk right to the end.
//   observation: one number, the share of the corridor that lies behind, in [0, 1]
//   actions: 0 = left, 1 = right; at cell 0 left stays
//   reward: -1 per step; ends at the last cell; cut off after 100 steps
#pragma once

#include <algorithm>
#include <vector>

#include "brasa/env.h"

struct Corridor {
  static std::vector<brasa::Field> Fields() {
    return {brasa::IntField("length", 10, 2, 1000, "cells of the corridor")};
  }
  static brasa::EnvSpec Spec(const brasa::Params&) {
    brasa::EnvSpec spec;
    spec.id = "Corridor-v0";
    spec.summary = "walk to the end of a corridor";
    spec.observation.shape = {1};
    spec.observation.low = {0};
    spec.observation.high = {1};
    spec.action.count = 2;
    spec.action.names = {"left", "right"};
    spec.max_episode_steps = 100;
    return spec;
  }
  explicit Corridor(const brasa::Params& params)
      : length(static_cast<int>(params.GetInt("length"))) {}

  void Reset(brasa::Rng&) { cell = 0; }
  brasa::EpisodeEnd Step(brasa::ActionRef action, brasa::Rng&, std::span<float> rewards) {
    cell = action.id() == 1 ? cell + 1 : std::max(cell - 1, 0);
    rewards[0] = -1;
    return cell == length - 1 ? brasa::EpisodeEnd::kTerminated : brasa::EpisodeEnd::kNone;
  }
  void Observe(int, std::span<float> out) const {
    out[0] = static_cast<float>(cell) / static_cast<float>(length - 1);
  }

  static constexpr bool kFlat = true;
  int cell = 0;
  int length = 10;
};
