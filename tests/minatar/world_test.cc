// What the five games share: parameters, action sets, sticky actions, specs, keys.
#include <gtest/gtest.h>

#include "brasa/contract_check.h"
#include "brasa/core/error.h"
#include "brasa/env_batch.h"
#include "envs/minatar/minatar.h"

namespace brasa {
namespace {

Params With(const std::vector<std::pair<const char*, const char*>>& settings) {
  Params params(minatar::Fields());
  for (const auto& [name, value] : settings) params.Set(name, value);
  return params;
}

TEST(MinAtar, Specs_AreThoseOfTheReference) {
  struct Wanted {
    EnvSpec spec;
    const char* name;
    int channels, minimal;
  };
  for (const char* set : {"minimal", "full"}) {
    const Params params = With({{"action_set", set}});
    const bool full = std::string(set) == "full";
    for (const Wanted& wanted :
         {Wanted{MinAtarAsterix::Spec(params), "Asterix", 4, 5},
          Wanted{MinAtarBreakout::Spec(params), "Breakout", 4, 3},
          Wanted{MinAtarFreeway::Spec(params), "Freeway", 7, 3},
          Wanted{MinAtarSeaquest::Spec(params), "Seaquest", 10, 6},
          Wanted{MinAtarSpaceInvaders::Spec(params), "SpaceInvaders", 6, 4}}) {
      EXPECT_EQ(wanted.spec.id, std::string("MinAtar/") + wanted.name + (full ? "-v0" : "-v1"));
      EXPECT_EQ(wanted.spec.action.count, full ? 6 : wanted.minimal);
      EXPECT_EQ(wanted.spec.observation.shape, (std::vector<int>{10, 10, wanted.channels}));
      EXPECT_EQ(wanted.spec.observation.type, ElementType::kUint8);
      EXPECT_EQ(wanted.spec.max_episode_steps, 0);
    }
  }
  EXPECT_EQ(MinAtarFreeway::Spec(With({})).action.names,
            (std::vector<std::string>{"noop", "up", "down"}));
  EXPECT_EQ(MinAtarSpaceInvaders::Spec(With({})).action.names,
            (std::vector<std::string>{"noop", "left", "right", "fire"}));
}

TEST(MinAtar, ImpossibleParameters_AreRefused) {
  EXPECT_THROW(With({{"sticky_action_prob", "1.5"}}), ConfigError);
  EXPECT_THROW(With({{"sticky_action_prob", "nan"}}), ConfigError);
  EXPECT_THROW(With({{"action_set", "some"}}), ConfigError);
}

TEST(MinAtar, RegistryRows_CarryTheIdsOfTheirSpecs) {
  int rows = 0;
  for (const EnvRow& row : BuiltinEnvs()) {
    if (!row.id.starts_with("MinAtar/")) continue;
    const Env env(row, DefaultParams(row), {1, StreamRole::kTest, 0});
    EXPECT_EQ(env.spec().id, row.id);
    EXPECT_EQ(env.spec().action.count == 6, row.id.ends_with("v0") || row.id.find("Sea") == 8);
    ++rows;
  }
  EXPECT_EQ(rows, 10);
}

TEST(MinAtar, WrongNameOfAGame_IsToldWithTheNearOne) {
  Registry registry;
  EXPECT_EQ(registry.FindEnv("MinAtar/Breakout-v1").id, "MinAtar/Breakout-v1");
  try {
    registry.FindEnv("MinAtar/Breakot-v1");
    FAIL();
  } catch (const ConfigError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("unknown environment 'MinAtar/Breakot-v1'"), std::string::npos) << text;
    EXPECT_NE(text.find("did you mean MinAtar/Breakout-v1"), std::string::npos) << text;
  }
}

/// Steps whose action is the one before, of steps that ask for another one.
double StickyShare(const char* probability, int steps) {
  MinAtarFreeway world{With({{"sticky_action_prob", probability}, {"action_set", "full"}})};
  Rng rng(5, StreamRole::kTest);
  world.Reset(rng);
  int stuck = 0;
  for (int i = 0; i < steps; ++i) {
    const std::int32_t action = (world.last_action + 1 + i % 5) % 6;  // never the last one
    const int before = world.last_action;
    float reward = 0;
    if (world.Step(ActionRef(&action, 1), rng, std::span<float>(&reward, 1)) != EpisodeEnd::kNone) {
      world.Reset(rng);
      continue;
    }
    EXPECT_TRUE(world.last_action == action || world.last_action == before);
    stuck += world.last_action == before;
  }
  return static_cast<double>(stuck) / steps;
}

TEST(MinAtar, StickyActions_ComeAsOftenAsTheParameterSays) {
  // Standard deviation of the share: sqrt(p (1 - p) / n) = 0.0021 for p = 0.1, 0.0031 for p = 0.25;
  // resets leave out one step in 2501.
  EXPECT_NEAR(StickyShare("0.1", 20000), 0.1, 4 * 0.0021);
  EXPECT_NEAR(StickyShare("0.25", 20000), 0.25, 4 * 0.0031);
  EXPECT_EQ(StickyShare("0", 2000), 0);
  EXPECT_EQ(StickyShare("1", 2000), 1);
}

// The sticky action repeats what happened, not what was asked: with probability 1 the noop of the
// start never gives way.
TEST(MinAtar, StickyAction_RepeatsTheActionThatTookEffect) {
  MinAtarBreakout world{With({{"sticky_action_prob", "1"}})};
  Rng rng(5, StreamRole::kTest);
  world.Reset(rng);
  const int paddle = world.game.paddle;
  for (int i = 0; i < 4; ++i) {
    const std::int32_t left = 1;
    float reward = 0;
    world.Step(ActionRef(&left, 1), rng, std::span<float>(&reward, 1));
  }
  EXPECT_EQ(world.game.paddle, paddle);
  EXPECT_EQ(world.last_action, minatar::kNoop);
}

TEST(MinAtar, NoStickyActions_DrawNothingOfTheirOwn) {
  MinAtarSpaceInvaders world{With({{"sticky_action_prob", "0"}})};
  Rng rng(5, StreamRole::kTest);
  world.Reset(rng);
  const std::int32_t fire = 3;
  float reward = 0;
  world.Step(ActionRef(&fire, 1), rng, std::span<float>(&reward, 1));
  EXPECT_EQ(rng.counter, 0u);
  EXPECT_EQ(world.last_action, minatar::kFire);
}

TEST(MinAtar, Reset_ForgetsTheEpisodeBefore) {
  MinAtarSeaquest world{With({})}, fresh = world;
  Rng rng(9, StreamRole::kTest);
  world.Reset(rng);
  for (int i = 0; i < 60; ++i) {
    const std::int32_t action = i < 20 ? 4 : i % 6;
    float reward = 0;
    if (world.Step(ActionRef(&action, 1), rng, std::span<float>(&reward, 1)) != EpisodeEnd::kNone) {
      break;
    }
  }
  EXPECT_NE(world.Hash(), fresh.Hash());
  Rng again(4, StreamRole::kTest), same = again;
  world.Reset(again);
  fresh.Reset(same);
  EXPECT_EQ(world.ToText(), fresh.ToText());
  EXPECT_EQ(std::memcmp(&world, &fresh, sizeof world), 0);
}

TEST(MinAtar, Controls_CoverTheActionSet) {
  const auto keys = [](const auto& world) {
    std::string text;
    for (const Control& control : world.Controls()) {
      text += control.key + "=" + std::to_string(static_cast<int>(control.action[0])) + " ";
    }
    return text;
  };
  EXPECT_EQ(keys(MinAtarBreakout(With({}))), "=0 Left=1 Right=2 ");
  EXPECT_EQ(keys(MinAtarFreeway(With({}))), "=0 Up=1 Down=2 ");
  EXPECT_EQ(keys(MinAtarSpaceInvaders(With({}))), "=0 Left=1 Right=2 Space=3 ");
  EXPECT_EQ(keys(MinAtarSeaquest(With({}))), "=0 Left=1 Up=2 Right=3 Down=4 Space=5 ");
}

template <typename World>
void ExpectStructLaws() {
  for (const char* set : {"minimal", "full"}) {
    EXPECT_TRUE(StructFindings<World>(With({{"action_set", set}})).empty());
  }
}

TEST(MinAtar, Structs_KeepTheLawsOfStructs) {
  ExpectStructLaws<MinAtarAsterix>();
  ExpectStructLaws<MinAtarBreakout>();
  ExpectStructLaws<MinAtarFreeway>();
  ExpectStructLaws<MinAtarSeaquest>();
  ExpectStructLaws<MinAtarSpaceInvaders>();
}

TEST(MinAtar, OtherParameters_KeepEveryLaw) {
  for (const EnvRow& row : BuiltinEnvs()) {
    if (!row.id.starts_with("MinAtar/") || !row.id.ends_with("v1")) continue;
    Params params = DefaultParams(row);
    params.Set("sticky_action_prob", "0");
    params.Set("difficulty_ramping", "false");
    ContractOptions options;
    options.episodes = 2;
    options.plies = 100;
    options.hash_states = 500;
    std::string text;
    for (const std::string& finding : ContractFindings(row, params, options)) text += finding;
    EXPECT_EQ(text, "") << row.id;
  }
}

}  // namespace
}  // namespace brasa
