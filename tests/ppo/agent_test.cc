// PPO as an Agent: seats, saving, actors, errors, memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>

#include "tests/nn/allocation_count.h"
#include "tests/ppo/hand_fed.h"
#include "tests/ppo/training.h"
#include "tests/support/cart_pole_row.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa {
namespace {

using support::CartPoleRow;

const Settings kSmall = {{"hidden", "8"}, {"horizon", "10"}, {"minibatches", "3"}};

std::string Saved(const PpoRun& run) {
  StateWriter writer;
  run.env->Save(writer);
  run.agent.Save(writer);
  return writer.bytes();
}

void LoadInto(PpoRun& run, const std::string& bytes) {
  StateReader reader(bytes, "checkpoint");
  run.env->Load(reader);
  run.agent.Load(reader);
  EXPECT_TRUE(reader.AtEnd());
}

/// With discount = lambda = 1, what a decision in slot t of world n is worth: the seat's rewards
/// until the episode ends, or until the seat's last decision of the window and that one's value.
/// NaN if the seat does not decide again. `player` [T + 1, N] as the rollout was played.
float PlainTarget(const Rollout& rollout, const std::vector<std::int32_t>& player, int t, int n) {
  const auto row = [&](int slot) { return static_cast<std::size_t>(slot * rollout.worlds() + n); };
  const std::int32_t seat = player[row(t)];
  float sum = 0;
  float until_last_decision = NAN;
  for (int slot = t; slot < rollout.horizon(); ++slot) {
    const auto players = static_cast<std::size_t>(rollout.players());
    sum += rollout.reward()[row(slot) * players + static_cast<std::size_t>(seat)];
    if (rollout.end()[row(slot)] != 0) return sum;
    if (player[row(slot + 1)] == seat) until_last_decision = sum + rollout.value()[row(slot + 1)];
  }
  return until_last_decision;
}

// Rollouts of 11 slots cut games of two and three plies anywhere.
TEST(PpoSeats, Targets_AreTheSeatsOwnRewards) {
  PpoRun run(three_seat::ThreeSeatRow(), {},
             {{"hidden", "8"},
              {"horizon", "11"},
              {"minibatches", "2"},
              {"discount", "1"},
              {"gae_lambda", "1"}},
             3, 5);
  std::array<int, 3> decided{};
  std::size_t samples = 0;
  for (int rollout_number = 0; rollout_number < 40; ++rollout_number) {
    for (int t = 0; t < 10; ++t) run.Step();
    std::vector<std::int32_t> player = run.agent.rollout().player();
    run.Step();
    const Rollout& rollout = run.agent.rollout();
    std::copy_n(rollout.player().end() - 3, 3, player.end() - 3);
    std::vector<std::int32_t> expected_samples;
    for (std::int32_t row = 0; row < 33; ++row) {
      const float expected = PlainTarget(rollout, player, row / 3, row % 3);
      if (std::isnan(expected)) continue;
      expected_samples.push_back(row);
      ++decided[static_cast<std::size_t>(player[static_cast<std::size_t>(row)])];
      EXPECT_NEAR(run.agent.targets()[static_cast<std::size_t>(row)], expected, 1e-5f)
          << "rollout " << rollout_number << " row " << row;
    }
    std::vector<std::int32_t> found(run.agent.samples().begin(), run.agent.samples().end());
    std::ranges::sort(found);
    EXPECT_EQ(found, expected_samples) << "rollout " << rollout_number;
    samples += found.size();
  }
  // Seats 0 and 1 decide in every game, seat 2 in half of them; some decisions are left open.
  EXPECT_GT(decided[2], 100);
  EXPECT_GT(samples, 1000u);
  EXPECT_LT(samples, 40u * 33u);
}

// Games of two plies of which every one is truncated, unless roll 2 ends it. Each seat's target is
// its rewards plus its value of the final state as it sees it itself, by the network that played.
TEST(PpoSeats, TruncatedGame_BootstrapsEverySeatFromItsOwnView) {
  PpoRun run(three_seat::ThreeSeatRow(), {{"max_episode_steps", "2"}},
             {{"hidden", "8"},
              {"horizon", "4"},
              {"minibatches", "1"},
              {"discount", "0.5"},
              {"gae_lambda", "1"}},
             2, 5);
  int truncated = 0;
  for (int pair_of_games = 0; pair_of_games < 50; ++pair_of_games) {
    for (int t = 0; t < 3; ++t) run.Step();
    const StepRows rows = run.Act();
    run.env->Step(rows.actions, rows.outcome, rows.next);
    const LastRows& last = run.env->last();
    ASSERT_EQ(last.count, 2);
    std::vector<float> outputs(6 * 4);
    run.agent.network().Forward(static_cast<const float*>(last.observation), 6, outputs.data());
    run.agent.Learn(last);
    const Rollout& rollout = run.agent.rollout();
    for (std::size_t n = 0; n < 2; ++n) {  // the second game of world n: slots 2 and 3
      const auto end = static_cast<EpisodeEnd>(rollout.end()[6 + n]);
      truncated += end == EpisodeEnd::kTruncated;
      for (std::size_t seat = 0; seat < 2; ++seat) {  // seat 0 decides in slot 2, seat 1 in slot 3
        float expected = rollout.reward()[(6 + n) * 3 + seat];
        if (seat == 0) expected += rollout.reward()[(4 + n) * 3];
        if (end == EpisodeEnd::kTruncated) expected += 0.5f * outputs[(n * 3 + seat) * 4 + 3];
        EXPECT_NEAR(run.agent.targets()[(2 + seat) * 2 + n], expected, 1e-5f);
      }
    }
  }
  EXPECT_GT(truncated, 50);
}

TEST(PpoAgent, SavedAndLoaded_GoesOnLikeTheStraightRun) {
  const struct {
    EnvRow row;
    const char* name;
  } kEnvs[] = {{CartPoleRow(), "one seat"}, {three_seat::ThreeSeatRow(), "three seats"}};
  for (const auto& env : kEnvs) {
    for (const int cut : {0, 7, 20, 33}) {  // before, within and at the edge of a rollout
      SCOPED_TRACE(std::string(env.name) + ", cut after " + std::to_string(cut));
      PpoRun straight(env.row, {}, kSmall, 3, 9, 3000);
      straight.Train(cut);
      const std::string checkpoint = Saved(straight);
      PpoRun resumed(env.row, {}, kSmall, 3, 9, 3000);
      LoadInto(resumed, checkpoint);
      EXPECT_TRUE(Saved(resumed) == checkpoint);
      straight.Train(64);
      resumed.Train(64);
      EXPECT_EQ(straight.agent.updates(), (cut + 64) / 10);
      EXPECT_TRUE(Saved(resumed) == Saved(straight));
      EXPECT_EQ(resumed.agent.ParameterHash(), straight.agent.ParameterHash());
    }
  }
}

TEST(PpoAgent, CheckpointOfAnotherSize_IsRefused) {
  PpoRun run(CartPoleRow(), {}, kSmall, 3, 9);
  StateWriter writer;
  run.agent.Save(writer);
  PpoRun wider(CartPoleRow(), {}, {{"hidden", "16"}, {"horizon", "10"}}, 3, 9);
  StateReader reader(writer.bytes(), "checkpoint");
  EXPECT_THROW(wider.agent.Load(reader), FileError);
}

TEST(PpoAgent, EqualSeeds_GiveEqualParameters) {
  const auto hash = [](std::uint64_t seed) {
    PpoRun run(CartPoleRow(), {}, kSmall, 3, seed);
    run.Train(50);
    return run.agent.ParameterHash();
  };
  EXPECT_EQ(hash(1), hash(1));
  EXPECT_NE(hash(1), hash(2));
}

TEST(PpoActor, Greedy_TakesTheModeAndDrawsNothing) {
  PpoRun run(CartPoleRow(), {}, kSmall, 3, 9);
  run.Train(40);
  const auto actor = run.agent.MakeActor(ActMode::kGreedy, 2, 7, StreamRole::kEvalActor);
  const auto streams = [&] {
    StateWriter writer;
    actor->Save(writer);
    return writer.bytes();
  };
  const std::string before = streams();
  Rng rng(1, StreamRole::kTest);
  for (int i = 0; i < 50; ++i) {
    std::vector<float> observation(8), outputs(6);
    for (float& x : observation) x = static_cast<float>(rng.Normal());
    const std::vector<std::uint8_t> mask = {1, 1, 0, 1};  // world 1 may only play 1
    const std::int32_t worlds[] = {0, 1};
    std::int32_t actions[2] = {-1, -1};
    actor->Act(
        {.count = 2, .world = worlds, .observation = observation.data(), .mask = mask.data()},
        actions);
    run.agent.network().Forward(observation.data(), 2, outputs.data());
    EXPECT_EQ(actions[0], outputs[1] > outputs[0] ? 1 : 0);
    EXPECT_EQ(actions[1], 1);
  }
  EXPECT_EQ(streams(), before);
}

TEST(PpoActor, Exploring_DrawsOneNumberPerRowFromItsWorldsStream) {
  PpoRun run(CartPoleRow(), {}, kSmall, 3, 9);
  const std::vector<float> observation = {0.1f, 0.2f, 0.3f, 0.4f};
  const auto draws = [&](std::vector<std::int32_t> worlds) {  // one call each
    const auto actor = run.agent.MakeActor(ActMode::kExplore, 3, 7, StreamRole::kEvalActor);
    std::vector<std::int32_t> actions(worlds.size());
    for (std::size_t i = 0; i < worlds.size(); ++i) {
      actor->Act({.count = 1, .world = &worlds[i], .observation = observation.data()}, &actions[i]);
    }
    return actions;
  };
  // Interleaving worlds changes no world's numbers.
  std::vector<std::int32_t> alone(40, 2), woven;
  for (int i = 0; i < 40; ++i) woven.insert(woven.end(), {0, 2, 1});
  const std::vector<std::int32_t> of_two = draws(alone);
  const std::vector<std::int32_t> of_all = draws(woven);
  int ones = 0;
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(of_all[3 * i + 1], of_two[i]);
    ones += of_two[i];
  }
  EXPECT_GT(ones, 5);
  EXPECT_LT(ones, 35);
}

TEST(PpoAgent, StepLoop_AllocatesNothing) {
  PpoRun run(CartPoleRow(), {}, {{"horizon", "32"}}, 4, 9);
  run.returns.reserve(100000);
  run.Train(64);
  const std::int64_t before = AllocationCount();
  run.Train(640);
  EXPECT_EQ(AllocationCount(), before);
  EXPECT_EQ(run.agent.updates(), 22);
}

std::string ErrorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(PpoErrors, NumberThatIsNotFinite_NamesUpdateAndTensor) {
  const Settings settings = {{"hidden", ""},
                             {"horizon", "4"},
                             {"minibatches", "1"},
                             {"value_coef", "100"},
                             {"max_grad_norm", "0"}};
  const HandState state{{1.0f}, {1, 1}};
  const auto run = [&](float reward, const HandState& seen) {
    HandFed fed(1, 2, settings);
    std::vector<float> parameters(fed.Parameters().size(), 0.0f);
    fed.agent.network().SetParameters(parameters);
    fed.Start(seen);
    for (int t = 0; t < 4; ++t)
      fed.Step({static_cast<float>(t) * reward, EpisodeEnd::kNone, {}}, seen);
  };
  EXPECT_EQ(ErrorOf([&] { run(1.0f, state); }), "no error");
  EXPECT_EQ(ErrorOf([&] { run(NAN, state); }), "ppo, update 1: policy loss is not finite");
  // Squares of 1e25 are beyond float32.
  EXPECT_EQ(ErrorOf([&] { run(1e25f, state); }), "ppo, update 1: value loss is not finite");
  // The value's weight has a gradient of 100 times errors of order 1 times 1e38.
  EXPECT_EQ(ErrorOf([&] {
              run(1.0f, {{1e38f}, {1, 1}});
            }),
            "ppo, update 1: gradient of layer 'value' is not finite");
}

TEST(PpoErrors, WhatDoesNotFit_IsRefusedInOneLine) {
  EXPECT_EQ(ErrorOf([&] {
              PpoRun run(CartPoleRow(), {}, {{"horizon", "2"}, {"minibatches", "4"}}, 3, 1);
            }),
            "minibatches = 4 is too many: a rollout of horizon = 2 and envs = 3 may have only 6 "
            "samples, and each minibatch needs 2");
  // Three seats may leave three of three decisions open.
  EXPECT_EQ(
      ErrorOf([&] {
        PpoRun run(three_seat::ThreeSeatRow(), {}, {{"horizon", "2"}, {"minibatches", "1"}}, 4, 1);
      }),
      "minibatches = 1 is too many: a rollout of horizon = 2 and envs = 4 may have only 0 "
      "samples, and each minibatch needs 2");
  Config config(PpoFields());
  EXPECT_THROW(config.Set("network.backend", "natve"), ConfigError);
  EXPECT_THROW(config.Set("discount", "1.5"), ConfigError);
}

}  // namespace
}  // namespace brasa
