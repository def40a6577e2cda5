#include "brasa/core/spec.h"

#include <gtest/gtest.h>

#include <functional>

namespace brasa {
namespace {

EnvSpec GoodSpec() {
  EnvSpec spec;
  spec.id = "Corridor-v0";
  spec.observation.shape = {2, 3};
  spec.observation.low = {0};
  spec.observation.high = {1};
  spec.action.count = 2;
  return spec;
}

std::string FaultOf(const std::function<void(EnvSpec&)>& change) {
  EnvSpec spec = GoodSpec();
  change(spec);
  try {
    CheckSpec(spec);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(CheckSpec, GoodSpecs_Pass) {
  EXPECT_EQ(FaultOf([](EnvSpec&) {}), "");
  EXPECT_EQ(FaultOf([](EnvSpec& s) {
              s.observation.axes = {"row", "column"};
              s.observation.names = {"a", "b", "c", "d", "e", "f"};
              s.observation.categories = {2, 2, 2, 2, 2, 2};
              s.observation.low = {0, 0, 0, 0, 0, 0};
              s.observation.high = {1, 1, 1, 1, 1, 1};
              s.action.names = {"left", "right"};
              s.max_legal = 2;
              s.players = 2;
              s.player_names = {"x", "o"};
            }),
            "");
  EXPECT_EQ(FaultOf([](EnvSpec& s) {
              s.action = {ActionKind::kMultiDiscrete, 0, {3, 2}, {}, {}, {"turn", "gas"}};
            }),
            "");
  EXPECT_EQ(FaultOf([](EnvSpec& s) {
              s.action = {ActionKind::kBox, 0, {}, {-1, -2}, {1, 2}, {"torque", "force"}};
            }),
            "");
}

TEST(CheckSpec, EveryFault_IsNamedWithTheEnvironment) {
  struct Case {
    std::function<void(EnvSpec&)> change;
    std::string fault;
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Case cases[] = {
      {[](EnvSpec& s) { s.players = 0; }, "players must be at least 1"},
      {[](EnvSpec& s) { s.max_episode_steps = -1; }, "max_episode_steps must not be negative"},
      {[](EnvSpec& s) { s.observation.shape = {}; }, "the observation has no shape"},
      {[](EnvSpec& s) {
         s.observation.shape = {2, 0};
       },
       "an observation extent is not positive"},
      {[](EnvSpec& s) { s.observation.axes = {"row"}; }, "one axis name per extent"},
      {[](EnvSpec& s) { s.observation.names = {"a"}; }, "one observation name per element"},
      {[](EnvSpec& s) { s.observation.categories = {2}; }, "one category count per element"},
      {[](EnvSpec& s) { s.observation.categories = {2, 2, 2, 2, 2, 0}; },
       "a category count is not positive"},
      {[](EnvSpec& s) { s.observation.low = {}; },
       "observation bounds must be one value or one per element"},
      {[](EnvSpec& s) {
         s.observation.high = {1, 1};
       },
       "observation bounds must be one value or one per element"},
      {[](EnvSpec& s) { s.observation.low = {2}; }, "an observation bound has low > high"},
      {[&](EnvSpec& s) { s.observation.low = {nan}; }, "an observation bound has low > high"},
      {[](EnvSpec& s) { s.action.count = 0; }, "a discrete action space needs count > 0"},
      {[](EnvSpec& s) { s.action.names = {"left"}; }, "one action name per id"},
      {[](EnvSpec& s) { s.action.kind = ActionKind::kMultiDiscrete; },
       "a multi-discrete action space needs counts"},
      {[](EnvSpec& s) {
         s.action = {ActionKind::kMultiDiscrete, 0, {3, 0}, {}, {}, {}};
       },
       "an action count is not positive"},
      {[](EnvSpec& s) {
         s.action = {ActionKind::kMultiDiscrete, 0, {3, 2}, {}, {}, {"turn"}};
       },
       "one action name per component"},
      {[](EnvSpec& s) { s.action.kind = ActionKind::kBox; },
       "a box action space needs as many low as high bounds"},
      {[](EnvSpec& s) {
         s.action = {ActionKind::kBox, 0, {}, {-1}, {1, 1}, {}};
       },
       "a box action space needs as many low as high bounds"},
      {[](EnvSpec& s) { s.action = {ActionKind::kBox, 0, {}, {1}, {-1}, {}}; },
       "an action bound has low > high"},
      {[](EnvSpec& s) {
         s.action = {ActionKind::kBox, 0, {}, {-1}, {1}, {"a", "b"}};
       },
       "one action name per component"},
      {[](EnvSpec& s) { s.max_legal = 3; }, "max_legal must lie in 0 .. count"},
      {[](EnvSpec& s) { s.max_chance_outcomes = -1; }, "max_chance_outcomes must not be negative"},
      {[](EnvSpec& s) { s.min_return = 1, s.max_return = 0; }, "min_return exceeds max_return"},
      {[](EnvSpec& s) {
         s.player_names = {"x", "o"};
       },
       "one name per player"},
  };
  for (const Case& bad : cases) {
    EXPECT_EQ(FaultOf(bad.change), "environment 'Corridor-v0': " + bad.fault);
  }
  EXPECT_EQ(FaultOf([](EnvSpec& s) { s.id = ""; }), "environment '': the spec has no id");
}

TEST(ObservationSpec, Sizes_FollowFromShapeAndType) {
  ObservationSpec spec;
  spec.shape = {2, 6, 7};
  EXPECT_EQ(spec.size(), 84);
  EXPECT_EQ(spec.bytes(), 336);
  spec.type = ElementType::kUint8;
  EXPECT_EQ(spec.bytes(), 84);
  EXPECT_FALSE(spec.categorical());
}

TEST(ObservationSpec, OneBound_HoldsForAllElements) {
  ObservationSpec spec;
  spec.shape = {2};
  spec.low = {-1};
  spec.high = {1, 5};
  EXPECT_EQ(spec.low_at(1), -1);
  EXPECT_EQ(spec.high_at(1), 5);
}

TEST(ActionSpec, Components_FollowTheKind) {
  EXPECT_EQ((ActionSpec{ActionKind::kDiscrete, 7, {}, {}, {}, {}}).size(), 1);
  EXPECT_EQ((ActionSpec{ActionKind::kMultiDiscrete, 0, {3, 2}, {}, {}, {}}).bytes(), 8);
  EXPECT_EQ((ActionSpec{ActionKind::kBox, 0, {}, {0, 0, 0}, {1, 1, 1}, {}}).bytes(), 12);
}

}  // namespace
}  // namespace brasa
