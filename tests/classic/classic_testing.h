// Shared by the tests of classic control: Gymnasium's tables, and how near is near.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "brasa/contract_check.h"
#include "brasa/env_batch.h"
#include "runners/loop/csv_reader.h"
#include "tests/support/test_data.h"

namespace brasa::testing_classic {

inline CsvTable Table(const std::string& name) {
  return ReadCsv(TestData("classic_control/") + name);
}

/// 1e-12, absolute and relative: room for another libm and another order of sums.
inline bool Near(double a, double b) {
  return std::abs(a - b) <= 1e-12 * std::max(1.0, std::abs(b));
}

/// Distance in representable numbers: 0 or 1.
inline bool WithinOneUlp(float a, float b) { return a == b || std::nextafter(a, b) == b; }

/// Reward and end of one step with one action component.
struct Stepped {
  float reward;
  bool terminated;
};

template <typename T, typename Action>
Stepped StepWith(T& world, Action action) {
  Rng rng;
  float reward = -1e9f;
  const EpisodeEnd end = world.Step(ActionRef(&action, 1), rng, std::span<float>(&reward, 1));
  return {reward, end == EpisodeEnd::kTerminated};
}

template <typename T>
Params DefaultsOf() {
  return Params(T::Fields());
}

template <typename T>
EnvRow RowOf(const std::string& id) {
  EnvRow row;
  row.id = id;
  row.env_class = &EnvClassOf<T>();
  return row;
}

/// StepMany over n worlds, n around the block size, gives the bits of Step on each.
template <typename T, typename Action, typename MakeWorld, typename MakeAction>
void ExpectStepManyEqualsStep(const MakeWorld& make_world, const MakeAction& make_action) {
  for (const std::size_t n : {1u, 63u, 64u, 65u, 200u}) {
    std::vector<T> many;
    std::vector<Action> actions;
    for (std::size_t i = 0; i < n; ++i) {
      many.push_back(make_world());
      actions.push_back(make_action());
    }
    std::vector<T> single = many;
    std::vector<float> rewards(n);
    std::vector<std::uint8_t> ends(n, 9);
    T::StepMany(many, actions.data(), nullptr, rewards.data(), ends.data());
    for (std::size_t i = 0; i < n; ++i) {
      const Stepped stepped = StepWith(single[i], actions[i]);
      ASSERT_EQ(0, std::memcmp(&single[i], &many[i], sizeof(T))) << "world " << i << " of " << n;
      ASSERT_EQ(stepped.terminated, ends[i] == 1) << "world " << i << " of " << n;
      ASSERT_EQ(0, std::memcmp(&stepped.reward, &rewards[i], 4)) << "world " << i << " of " << n;
    }
  }
  T::StepMany({}, nullptr, nullptr, nullptr, nullptr);
}

/// No law of the shared suite is broken, with these parameters.
template <typename T>
void ExpectLawsHold(const std::string& id, const Params& params) {
  EXPECT_EQ(StructFindings<T>(params), std::vector<std::string>());
  EnvRow row = RowOf<T>(id);
  Params all = DefaultParams(row);
  for (const Field& field : params.fields()) all.Set(field.name, params.GetText(field.name));
  EXPECT_EQ(ContractFindings(row, all), std::vector<std::string>());
}

}  // namespace brasa::testing_classic
