// Deep Q-learning as an Agent: targets worked by hand, seats, saving, actors, errors, memory.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <string>

#include "envs/control/cart_pole.h"
#include "tests/dqn/training.h"
#include "tests/support/step_counter.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa {
namespace {

using support::StepCounterRow;

/// Makes both networks say `value` of every state and action: all parameters 0 but the biases.
void SayEverywhere(Dqn& agent, float online, float target) {
  const auto set = [](QNetwork& q, float value) {
    std::vector<float> parameters(static_cast<std::size_t>(q.network().parameter_count()), 0.0f);
    const NetworkLayer head = LayersOf(q.network().spec()).back();
    for (auto i = head.bias_offset(); i < head.end(); ++i) {
      parameters[static_cast<std::size_t>(i)] = value;
    }
    q.network().SetParameters(parameters);
  };
  set(agent.online(), online);
  set(agent.target(), target);
}

// Every Q is 8, discount 0.5, one step. StepCounter's rewards are ply + 1, so the target of a
// sample in ply t is t + 1 + 4, but t + 1 alone where the episode terminated: in ply 1 of every
// first, ply 2 of every second episode. Ply 4 of the third is truncated: 5 + 4, not 5.
TEST(DqnTargets, OneStep_WorkedByHand) {
  DqnRun run(StepCounterRow<float, false>(), {},
             SmallDqn({{"discount", "0.5"}, {"learning_rate", "0"}, {"target_interval", "100000"}}),
             1, 3);
  SayEverywhere(run.agent, 1, 8);
  std::array<int, 3> seen{};  // bootstrapped, terminated, truncated
  for (int step = 0; step < 400; ++step) {
    const std::int64_t updates = run.agent.updates();
    run.Step();
    if (run.agent.updates() == updates) continue;
    for (std::size_t i = 0; i < 6; ++i) {
      const auto* at = static_cast<const float*>(run.agent.replay().observations()) +
                       2 * run.agent.batch_rows()[i];
      const int kind = static_cast<int>(at[0]) % 3;
      const bool terminated = (kind == 0 && at[1] == 1) || (kind == 1 && at[1] == 2);
      EXPECT_EQ(run.agent.batch_targets()[i], at[1] + 1 + (terminated ? 0.0f : 4.0f));
      ++seen[terminated ? 1 : (kind == 2 && at[1] == 4 ? 2 : 0)];
    }
  }
  for (const int count : seen) EXPECT_GT(count, 30);
}

// Three steps, discount 0.5. Episodes of 2: from ply 0, 1 + 0.5 * 2 = 2; from ply 1, 2. Of 3: 1 + 1
// + 0.25 * 3 = 2.75, 2 + 1.5 = 3.5, 3. Of 5, truncated: from ply 0, 2.75 + 0.125 * 8 = 3.75; ply 1,
// 2 + 1.5 + 1 + 1 = 5.5; ply 2, 3 + 2 + 1.25 + 1 = 7.25; ply 3, 4 + 2.5 + 0.25 * 8 = 8.5; ply 4, 5
// + 4 = 9. A window that ends at the present state is shorter by one or two rewards.
TEST(DqnTargets, ThreeSteps_WorkedByHand) {
  DqnRun run(StepCounterRow<float, false>(), {},
             SmallDqn({{"discount", "0.5"},
                       {"learning_rate", "0"},
                       {"n_step", "3"},
                       {"target_interval", "100000"}}),
             1, 3);
  SayEverywhere(run.agent, 1, 8);
  const float expected[3][5] = {{2, 2}, {2.75f, 3.5f, 3}, {3.75f, 5.5f, 7.25f, 8.5f, 9}};
  int whole = 0;
  for (int step = 0; step < 400; ++step) {
    const std::int64_t updates = run.agent.updates();
    run.Step();
    if (run.agent.updates() == updates) continue;
    for (std::size_t i = 0; i < 6; ++i) {
      const Replay& replay = run.agent.replay();
      const std::int32_t row = run.agent.batch_rows()[i];
      const auto* at = static_cast<const float*>(replay.observations()) + 2 * row;
      if ((replay.opened() - row + replay.rows()) % replay.rows() < 3) continue;
      const auto episode = static_cast<std::size_t>(at[0]) % 3;
      EXPECT_EQ(run.agent.batch_targets()[i], expected[episode][static_cast<std::size_t>(at[1])]);
      ++whole;
    }
  }
  EXPECT_GT(whole, 300);
}

// The network says 1, 5, 2 of the actions; where ply 1 allows action 1 alone that is 5, elsewhere
// the best of all. With 5 at an illegal action (0 in odd plies) the legal one counts.
TEST(DqnTargets, IllegalActions_AreNotBootstrappedFrom) {
  for (const std::string use_double : {"false", "true"}) {
    DqnRun run(StepCounterRow<float, false>(), {},
               SmallDqn({{"discount", "0.5"},
                         {"learning_rate", "0"},
                         {"hidden", ""},
                         {"double", use_double},
                         {"target_interval", "100000"}}),
               1, 3);
    std::vector<float> parameters(3 * 2 + 3, 0.0f);
    parameters[6] = 8;  // action 0
    parameters[7] = 2;  // action 1, the only one of odd plies
    run.agent.online().network().SetParameters(parameters);
    run.agent.target().network().SetParameters(parameters);
    int masked = 0;
    for (int step = 0; step < 200; ++step) {
      const std::int64_t updates = run.agent.updates();
      run.Step();
      if (run.agent.updates() == updates) continue;
      for (std::size_t i = 0; i < 6; ++i) {
        const auto* at = static_cast<const float*>(run.agent.replay().observations()) +
                         2 * run.agent.batch_rows()[i];
        if (at[1] != 0) continue;
        EXPECT_EQ(run.agent.batch_targets()[i], 1 + 0.5f * 2);
        ++masked;
      }
    }
    EXPECT_GT(masked, 20);
  }
}

// Seats of the three-seat game with every Q 8 and discount 0.5: a decision whose seat decides again
// (seat 0 before roll 1) is worth its rewards plus 4, all others their rewards alone.
TEST(DqnSeats, Targets_AreTheSeatsOwnRewards) {
  DqnRun run(three_seat::ThreeSeatRow(), {},
             SmallDqn({{"discount", "0.5"}, {"learning_rate", "0"}, {"target_interval", "100000"}}),
             2, 3);
  SayEverywhere(run.agent, 1, 8);
  int again = 0, over = 0;
  for (int step = 0; step < 300; ++step) {
    const std::int64_t updates = run.agent.updates();
    run.Step();
    if (run.agent.updates() == updates) continue;
    const Replay& replay = run.agent.replay();
    for (std::size_t i = 0; i < 6; ++i) {
      const std::int32_t row = run.agent.batch_rows()[i];
      const bool ended = replay.end(row) == EpisodeEnd::kTerminated;
      EXPECT_EQ(run.agent.batch_targets()[i], replay.reward(row) + (ended ? 0.0f : 4.0f));
      ++(ended ? over : again);
    }
  }
  EXPECT_GT(again, 20);
  EXPECT_GT(over, 200);
}

struct Variant {
  const char* name;
  Settings settings;
};
std::vector<Variant> Variants() {
  return {{"dqn", {}},
          {"rainbow",
           {{"double", "true"},
            {"dueling", "true"},
            {"n_step", "3"},
            {"prioritized", "true"},
            {"distribution", "c51"},
            {"atoms", "9"},
            {"noisy", "true"},
            {"epsilon_end", "0"}}},
          {"qr", {{"distribution", "qr"}, {"quantiles", "4"}, {"prioritized", "true"}}}};
}

TEST(DqnAgent, SavedAndLoaded_GoesOnLikeTheStraightRun) {
  for (const EnvRow& row :
       {CartPoleRow(), three_seat::ThreeSeatRow(), StepCounterRow<std::uint8_t, false>()}) {
    for (const Variant& variant : Variants()) {
      for (const int cut : {0, 3, 10, 47}) {
        SCOPED_TRACE(row.id + ", " + variant.name + ", cut after " + std::to_string(cut));
        const Settings settings = SmallDqn(variant.settings);
        DqnRun straight(row, {}, settings, 3, 9);
        straight.Train(cut);
        const std::string checkpoint = straight.Saved();
        DqnRun resumed(row, {}, settings, 3, 9);
        StateReader reader(checkpoint, "checkpoint");
        resumed.env->Load(reader);
        resumed.agent.Load(reader);
        EXPECT_TRUE(reader.AtEnd());
        EXPECT_TRUE(resumed.Saved() == checkpoint);
        straight.Train(30);
        resumed.Train(30);
        EXPECT_GT(straight.agent.updates(), 10);
        EXPECT_TRUE(resumed.Saved() == straight.Saved());
      }
    }
  }
}

TEST(DqnAgent, AnyNumberOfWorkers_GivesOneSignature) {
  for (const Variant& variant : Variants()) {
    std::vector<std::uint64_t> signatures, hashes;
    for (const int workers : {1, 2, 3}) {
      DqnRun run(CartPoleRow(), {}, SmallDqn(variant.settings), 64, 9, 4000, workers);
      run.Train(40);
      signatures.push_back(run.env->Signature());
      hashes.push_back(run.agent.ParameterHash());
    }
    EXPECT_EQ(signatures, std::vector<std::uint64_t>(3, signatures[0])) << variant.name;
    EXPECT_EQ(hashes, std::vector<std::uint64_t>(3, hashes[0])) << variant.name;
  }
}

TEST(DqnActor, Greedy_TakesTheBestLegalActionAndDrawsNothing) {
  for (const Variant& variant : Variants()) {
    DqnRun run(CartPoleRow(), {}, SmallDqn(variant.settings), 3, 9);
    run.Train(40);
    const std::string training = run.Saved();
    const auto actor = run.agent.MakeActor(ActMode::kGreedy, 2, 7, StreamRole::kEvalActor);
    const auto streams = [&] {
      StateWriter writer;
      actor->Save(writer);
      return writer.bytes();
    };
    const std::string before = streams();
    Rng rng(1, StreamRole::kTest);
    for (int i = 0; i < 50; ++i) {
      std::vector<float> observation(8), value(4);
      for (float& x : observation) x = static_cast<float>(rng.Normal());
      const std::vector<std::uint8_t> mask = {1, 1, 0, 1};  // world 1 may only play 1
      const std::int32_t worlds[] = {0, 1};
      std::int32_t actions[2] = {-1, -1};
      actor->Act(
          {.count = 2, .world = worlds, .observation = observation.data(), .mask = mask.data()},
          actions);
      QNetwork& q = run.agent.online();
      q.Values(q.Forward(observation.data(), 2), 2, value.data());
      EXPECT_EQ(actions[0], value[1] > value[0] ? 1 : 0);
      EXPECT_EQ(actions[1], 1);
    }
    EXPECT_EQ(streams(), before);
    EXPECT_TRUE(run.Saved() == training) << variant.name;
  }
}

// epsilon 0.5 for ever, 3 actions of which 2 are legal, the network prefers the illegal one: about
// half random plays, half of them the best legal action; never the illegal one.
TEST(DqnActor, Exploring_IsEpsilonGreedyAmongLegalActions) {
  DqnRun run(StepCounterRow<float, false>(), {},
             SmallDqn({{"hidden", ""},
                       {"epsilon_start", "0.5"},
                       {"epsilon_end", "0.5"},
                       {"learning_starts", "0"}}),
             1, 9);
  std::vector<float> parameters(9, 0.0f);
  parameters[6] = 3;
  parameters[8] = 2;
  run.agent.online().network().SetParameters(parameters);
  const auto actor = run.agent.MakeActor(ActMode::kExplore, 1, 7, StreamRole::kTest);
  const std::vector<float> observation = {0, 0};
  const std::vector<std::uint8_t> mask = {0, 1, 1};
  std::array<int, 3> played{};
  for (int i = 0; i < 4000; ++i) {
    const std::int32_t world = 0;
    std::int32_t action = -1;
    actor->Act(
        {.count = 1, .world = &world, .observation = observation.data(), .mask = mask.data()},
        &action);
    ++played[static_cast<std::size_t>(action)];
  }
  EXPECT_EQ(played[0], 0);
  EXPECT_NEAR(played[1], 1000, 5 * std::sqrt(4000 * 0.25 * 0.75));
}

std::string ErrorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(DqnErrors, WhatDoesNotFit_IsRefusedInOneLine) {
  const EnvSpec box = support::StepCounter<float, true>::Spec(Params());
  EXPECT_EQ(ErrorOf([&] { CheckDqn(box, Config(DqnFields())); }),
            "deep Q-learning plays environments with discrete actions; 'StepCounter-v0' has box "
            "actions");
  EXPECT_EQ(ErrorOf([&] { DqnSetup(box, {{"batch", "0"}}, 1, 0, 0); }).substr(0, 9), "batch = '");
  Config config(DqnFields());
  config.Set("negamax", "true");
  EXPECT_EQ(ErrorOf([&] { CheckDqn(three_seat::ThreeSeatGame::Spec(Params()), config); }),
            "negamax = 'true' does not fit environment 'ThreeSeat-v0': it is for two-player "
            "zero-sum perfect-information games only");
  Config empty(DqnFields());
  empty.Set("v_min", "10");
  EXPECT_EQ(ErrorOf([&] { CheckDqn(CartPole::Spec(Params()), empty); }),
            "v_min = 10 must be less than v_max = 10");
}

/// Two hidden layers with weights of one size each; values stay finite, 8 units multiply.
std::string ErrorWithWeights(float first, float second, float last) {
  return ErrorOf([&] {
    DqnRun run(CartPoleRow(), {}, SmallDqn({{"hidden", "8,8"}, {"loss", "huber"}}), 1, 9);
    std::vector<float> parameters(ParametersOf(run.agent.online()).size(), 0.0f);
    const std::vector<NetworkLayer> layers = LayersOf(run.agent.online().network().spec());
    const std::array<float, 3> sizes = {first, second, last};
    for (std::size_t l = 0; l < 3; ++l) {
      std::fill(parameters.begin() + layers[l].offset, parameters.begin() + layers[l].bias_offset(),
                sizes[l]);
    }
    run.agent.online().network().SetParameters(parameters);
    run.Train(30);
  });
}

TEST(DqnErrors, NumberThatIsNotFinite_NamesUpdateAndTensor) {
  EXPECT_EQ(ErrorWithWeights(0.1f, 0.1f, 0.1f), "no error");
  EXPECT_EQ(ErrorWithWeights(NAN, 0.1f, 0.1f), "dqn, update 1: loss is not finite");
  // Values of order 1e5 x; the gradient of the first layer is x / 6 * 8 * 1e39, beyond float32.
  EXPECT_EQ(ErrorWithWeights(1e-35f, 1e19f, 1e20f),
            "dqn, update 1: gradient of layer 'hidden0' is not finite");
  // Gradients of 1e30, whose squares are.
  EXPECT_EQ(ErrorWithWeights(1e-30f, 1, 1e30f), "dqn, update 1: gradient norm is not finite");
}

TEST(DqnAgent, Bytes_CoverReplayAndCheckpoint) {
  const EnvSpec spec = CartPole::Spec(Params());
  const auto bytes = [&](const Settings& settings) {
    return DqnBytes(DqnSetup(spec, settings, 1, 0, 0));
  };
  const std::int64_t million = bytes({{"replay_capacity", "1000000"}});
  EXPECT_GT(million, 3 * Replay::Bytes(spec, 1, 1000000));
  EXPECT_LT(million, 4 * Replay::Bytes(spec, 1, 1000000));
  EXPECT_GT(bytes({{"replay_capacity", "1000000"}, {"prioritized", "true"}}), million + 48000000);
}

}  // namespace
}  // namespace brasa
