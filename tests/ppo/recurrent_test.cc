// Policies that remember: the network and its learner against the plain ones. Only built with
// torch.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "agents/deep/a2c.h"
#include "agents/nn/recurrent_network.h"
#include "tests/ppo/recurrent_worlds.h"
#include "tests/support/step_counter.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa {
namespace {

Settings Recurrent(const Settings& more) {
  Settings settings = {{"network.backend", "torch"}, {"network.lstm", "3"}};
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

NetworkSpec LstmSpec(bool shared_trunk) {
  NetworkSpec spec{.inputs = 2,
                   .hidden = {4},
                   .activation = Activation::kTanh,
                   .heads = {{"policy", 3, 0.5}, {"value", 1, 1.0}},
                   .shared_trunk = shared_trunk};
  spec.lstm = 3;
  return spec;
}

/// B = 2 sequences of T = 5 rows; the first begins anew in its middle, the second at its last row.
struct SomeSequences {
  static constexpr std::size_t kSteps = 5, kCount = 2;
  explicit SomeSequences(const NetworkSpec& spec) : size(plain::MemorySize(spec)) {
    Rng rng(17, StreamRole::kTest);
    const auto normals = [&](std::size_t count) {
      std::vector<float> values(count);
      for (float& value : values) value = static_cast<float>(rng.Normal());
      return values;
    };
    x = normals(kSteps * kCount * 2);
    state = normals(kCount * size);
    dy = normals(kSteps * kCount * 4);
  }
  SequenceRows rows() const {
    return {.x = x.data(),
            .steps = kSteps,
            .sequences = kCount,
            .start = start.data(),
            .state = state.data()};
  }
  std::size_t size;
  std::vector<float> x, state, dy;
  std::vector<std::uint8_t> start = {0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
};

std::unique_ptr<RecurrentNetwork> MakeLstm(const NetworkSpec& spec) {
  Rng init(5, StreamRole::kInit);
  return MakeRecurrentNetwork("torch", spec, {}, init);
}

std::vector<float> ParametersOf(const Network& network) {
  std::vector<float> values(static_cast<std::size_t>(network.parameter_count()));
  network.GetParameters(values);
  return values;
}

plain::Vector Wide(const std::vector<float>& values) { return {values.begin(), values.end()}; }

/// Outputs of the plain network [T B, O].
plain::Vector PlainOutputs(const NetworkSpec& spec, const plain::Vector& parameters,
                           const SomeSequences& some) {
  plain::Vector outputs;
  std::vector<plain::Vector> memory;
  for (std::size_t b = 0; b < SomeSequences::kCount; ++b) {
    const auto first = some.state.begin() + static_cast<std::ptrdiff_t>(b * some.size);
    memory.emplace_back(first, first + static_cast<std::ptrdiff_t>(some.size));
  }
  for (std::size_t row = 0; row < some.start.size(); ++row) {
    plain::Vector& state = memory[row % SomeSequences::kCount];
    if (some.start[row]) std::ranges::fill(state, 0.0);
    const plain::Vector input = {static_cast<double>(some.x[2 * row]),
                                 static_cast<double>(some.x[2 * row + 1])};
    const plain::Vector y = plain::StepOutputs(spec, parameters, input, state);
    outputs.insert(outputs.end(), y.begin(), y.end());
  }
  return outputs;
}

TEST(RecurrentNetwork, SequencesWithStarts_EqualTheirStepsAndThePlainVersion) {
  for (const bool shared : {false, true}) {
    const NetworkSpec spec = LstmSpec(shared);
    const auto network = MakeLstm(spec);
    const SomeSequences some(spec);
    ASSERT_EQ(network->state_size(), static_cast<int>(some.size));
    std::vector<float> y(some.dy.size()), step_y(8), state = some.state;
    network->ForwardSequences(some.rows(), y.data());
    const plain::Vector expected = PlainOutputs(spec, Wide(ParametersOf(*network)), some);
    for (std::size_t t = 0; t < SomeSequences::kSteps; ++t) {
      for (std::size_t b = 0; b < SomeSequences::kCount; ++b) {
        if (some.start[2 * t + b])
          std::fill_n(state.begin() + static_cast<std::ptrdiff_t>(b * some.size), some.size, 0.0f);
      }
      network->Step(some.x.data() + 4 * t, 2, state.data(), step_y.data());
      for (std::size_t i = 0; i < 8; ++i) {
        EXPECT_NEAR(y[8 * t + i], step_y[i], 1e-6f);
        EXPECT_NEAR(static_cast<double>(y[8 * t + i]), expected[8 * t + i], 1e-6);
      }
    }
  }
}

TEST(RecurrentNetwork, ForwardOfRows_TakesEachAsTheFirstOfItsSequence) {
  const auto network = MakeLstm(LstmSpec(false));
  const SomeSequences some(network->spec());
  std::vector<float> y(some.dy.size()), train_y = y, step_y = y;
  std::vector<float> state(10 * some.size, 0.0f);
  network->Forward(some.x.data(), 10, y.data());
  network->ForwardTrain(some.x.data(), 10, train_y.data());
  network->Step(some.x.data(), 10, state.data(), step_y.data());
  EXPECT_EQ(y, step_y);
  EXPECT_EQ(y, train_y);
}

// Central differences of the plain network's sum of dy * y; the gradient itself is float32.
TEST(RecurrentNetwork, Gradient_EqualsDifferencesOfThePlainVersion) {
  for (const bool shared : {false, true}) {
    const NetworkSpec spec = LstmSpec(shared);
    const auto network = MakeLstm(spec);
    const SomeSequences some(spec);
    std::vector<float> y(some.dy.size());
    network->ForwardSequences(some.rows(), y.data());
    network->Backward(some.dy.data());
    std::vector<float> gradient(static_cast<std::size_t>(network->parameter_count()));
    network->GetGradient(gradient);
    const auto loss = [&](const plain::Vector& parameters) {
      const plain::Vector outputs = PlainOutputs(spec, parameters, some);
      double sum = 0;
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        sum += outputs[i] * static_cast<double>(some.dy[i]);
      }
      return sum;
    };
    const plain::Vector expected = plain::Gradient(loss, Wide(ParametersOf(*network)));
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      EXPECT_NEAR(static_cast<double>(gradient[i]), expected[i], 1e-5) << "parameter " << i;
    }
  }
}

// The first of the LSTM details: orthonormal columns, W^T W = 1, and no biases.
TEST(RecurrentNetwork, FirstWeights_AreOrthogonalAndBiasesZero) {
  const auto network = MakeLstm(LstmSpec(true));
  const std::vector<float> p = ParametersOf(*network);
  int lstm_layers = 0;
  for (const NetworkLayer& layer : LayersOf(network->spec())) {
    if (layer.lstm == LstmPart::kNone) continue;
    ++lstm_layers;
    EXPECT_EQ(layer.outputs, 12);
    for (int i = 0; i < layer.inputs; ++i) {
      for (int j = 0; j < layer.inputs; ++j) {
        float sum = 0;
        for (int o = 0; o < layer.outputs; ++o) {
          const auto row = static_cast<std::size_t>(layer.offset + o * layer.inputs);
          sum += p[row + static_cast<std::size_t>(i)] * p[row + static_cast<std::size_t>(j)];
        }
        EXPECT_NEAR(sum, i == j ? 1.0f : 0.0f, 1e-5f);
      }
    }
    for (auto b = layer.bias_offset(); b < layer.end(); ++b) {
      EXPECT_EQ(p[static_cast<std::size_t>(b)], 0.0f);
    }
  }
  EXPECT_EQ(lstm_layers, 2);
}

Ppo MakeAgent(const Settings& settings) {
  const EnvSpec spec = HandFedSpec(kFeatures, kActions);
  return Ppo(PpoRun::MakeSetup(spec, settings, kWorlds, 3, 0));
}

Settings Tiny(const Settings& more) {
  Settings settings = Recurrent({{"hidden", "4"},
                                 {"horizon", std::to_string(kSlots)},
                                 {"minibatches", "2"},
                                 {"epochs", "3"},
                                 {"discount", "0.9"},
                                 {"gae_lambda", "0.8"},
                                 {"anneal_lr", "false"},
                                 {"learning_rate", "0.01"}});
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

// Three updates: from the second on the worlds begin with memories of the rollout before. The
// tolerance is float32's rounding, enlarged by Adam where a gradient is near 0.
TEST(RecurrentPpo, ValuesAndParameters_EqualThePlainVersion) {
  for (const char* const shared : {"false", "true"}) {
    Ppo fast = MakeAgent(Tiny({{"shared_trunk", shared}}));
    plain::RecurrentLearner slow;
    slow.learner = {.network = fast.network().spec(),
                    .parameters = Wide(ParametersOf(fast.network())),
                    .first = {},
                    .second = {}};
    slow.memory.assign(kWorlds, plain::Vector(plain::MemorySize(slow.learner.network)));
    Rng shuffle(3, StreamRole::kLearner);
    RecurrentScript script(11);
    for (int update = 0; update < 3; ++update, script.Extend()) {
      const auto actions = FeedRollout(fast, script);
      std::vector<plain::Vector> after;
      plain::Vector last_value;
      const auto sequences = slow.Play(script, actions, after, last_value);
      for (std::size_t n = 0; n < kWorlds; ++n) {
        EXPECT_NEAR(static_cast<double>(fast.rollout().value()[kSlots * kWorlds + n]),
                    last_value[n], 2e-5);
        for (std::size_t t = 0; t < kSlots; ++t) {
          const std::size_t row = t * kWorlds + n;
          EXPECT_NEAR(static_cast<double>(fast.rollout().value()[row]), sequences[n][t].old_value,
                      2e-5);
          EXPECT_NEAR(static_cast<double>(fast.targets()[row]), sequences[n][t].target, 5e-5)
              << "update " << update << ", slot " << t << " of world " << n;
        }
      }
      slow.Update(script, actions, shuffle);
      const std::vector<float> now = ParametersOf(fast.network());
      for (std::size_t i = 0; i < now.size(); ++i) {
        EXPECT_NEAR(static_cast<double>(now[i]), slow.learner.parameters[i], 3e-5)
            << "update " << update << ", parameter " << i;
      }
    }
  }
}

// The first minibatch of a rollout is computed with the parameters that acted: what it remembers
// must be what was remembered then. Rounding aside: torch's rows depend on their number.
TEST(RecurrentPpo, FirstMinibatch_HasRatioOne) {
  for (const char* const frames : {"1", "3"}) {
    Ppo agent = MakeAgent(Tiny({{"minibatches", "1"}, {"epochs", "1"}, {"frame_stack", frames}}));
    RecurrentScript script(4);
    for (int update = 1; update <= 10; ++update, script.Extend()) {
      FeedRollout(agent, script);
      ASSERT_EQ(agent.updates(), update);
      const auto metrics = agent.metrics();
      EXPECT_NEAR(metrics[3].value, 0.0, 1e-6);  // old_approx_kl: the mean of -log ratio
      EXPECT_NEAR(metrics[4].value, 0.0, 1e-9);  // approx_kl: half the mean of its square
      EXPECT_EQ(metrics[5].value, 0.0);
    }
  }
}

TEST(RecurrentPpo, ASavedLearner_GoesOnBitForBit) {
  const Settings settings = Tiny({});
  Ppo straight = MakeAgent(settings);
  RecurrentScript script(8);
  const auto play = [](Ppo& agent, RecurrentScript from, int rollouts) {
    for (int i = 0; i < rollouts; ++i, from.Extend()) FeedRollout(agent, from);
    return agent.ParameterHash();
  };
  FeedRollout(straight, script);
  script.Extend();
  StateWriter writer;
  straight.Save(writer);
  Ppo resumed = MakeAgent(settings);
  StateReader reader(writer.bytes(), "checkpoint");
  resumed.Load(reader);
  EXPECT_TRUE(reader.AtEnd());
  const std::uint64_t expected = play(straight, script, 3);
  EXPECT_EQ(play(resumed, script, 3), expected);
}

EnvRow CounterRow() { return support::StepCounterRow<float, false>(); }

// Saved in slot 5 of a rollout that began in slot 3 of an episode of 5, and in slot 3 of another:
// the memories of now and of its first slot are both kept.
TEST(RecurrentPpo, ARunSavedWithinARollout_GoesOnBitForBit) {
  const Settings settings = Tiny({});
  PpoRun straight(CounterRow(), {}, settings, 4, 9);
  straight.Train(23);
  StateWriter agent, env;
  straight.agent.Save(agent);
  straight.env->Save(env);
  PpoRun resumed(CounterRow(), {}, settings, 4, 10);
  StateReader agent_reader(agent.bytes(), "agent"), env_reader(env.bytes(), "env");
  resumed.agent.Load(agent_reader);
  resumed.env->Load(env_reader);
  for (PpoRun* run : {&straight, &resumed}) run->Train(20);
  EXPECT_EQ(resumed.agent.ParameterHash(), straight.agent.ParameterHash());
  EXPECT_EQ(resumed.env->Signature(), straight.env->Signature());
}

TEST(RecurrentPpo, BoxActionsAndA2c_LearnWithMemoriesToo) {
  PpoRun box(support::StepCounterRow<float, true>(), {}, Tiny({}), 4, 9);
  box.Train(12);
  EXPECT_EQ(box.agent.updates(), 2);
  Config config(A2cFields());
  for (const auto& [name, value] : Recurrent({{"horizon", "6"}})) config.Set(name, value);
  const auto a2c = MakeA2c({HandFedSpec(kFeatures, kActions), config, kWorlds, 3, 0});
  RecurrentScript script(4);
  FeedRollout(dynamic_cast<Ppo&>(*a2c), script);
  EXPECT_EQ(a2c->updates(), 1);
}

/// What an actor of 3 worlds says of observations of worlds, row by row, greedily.
TEST(RecurrentActor, Worlds_RememberApartAndNothingOfAnEpisodeBefore) {
  Ppo agent = MakeAgent(Tiny({}));
  struct Row {
    std::int32_t world;
    std::uint8_t start;
  };
  const std::vector<std::vector<float>> seen = {{1, 0}, {-2, 1}, {0.5f, 3}, {0, -1}};
  // The memory of `world` after `rows`, each with the next of the world's observations.
  const auto after = [&](const std::vector<Row>& rows, std::int32_t world) {
    PolicyActor actor(agent.model(), ActMode::kGreedy, 3, 7, StreamRole::kTest);
    std::vector<std::size_t> next(3, 0);
    for (const Row& row : rows) {
      std::size_t& at = next[static_cast<std::size_t>(row.world)];
      std::int32_t action = 0;
      actor.Act(
          {.count = 1, .world = &row.world, .observation = seen[at++].data(), .start = &row.start},
          &action);
    }
    const int size = actor.memory().size();
    const auto first = actor.memory().states().begin() + world * size;
    return std::vector<float>(first, first + size);
  };
  const std::vector<float> alone = after({{1, 1}, {1, 0}, {1, 0}}, 1);
  EXPECT_EQ(after({{0, 1}, {1, 1}, {0, 0}, {1, 0}, {2, 1}, {1, 0}, {0, 0}}, 1), alone);
  EXPECT_NE(after({{1, 1}, {1, 0}, {1, 1}}, 1), alone);
  // After a start what was before does not count.
  const std::vector<float> fresh = after({{1, 1}, {1, 0}, {1, 1}, {1, 0}}, 1);
  const auto shifted = [&] {
    PolicyActor actor(agent.model(), ActMode::kGreedy, 3, 7, StreamRole::kTest);
    const std::int32_t world = 1;
    std::int32_t action = 0;
    for (const std::size_t at : {2u, 3u}) {
      actor.Act({.count = 1, .world = &world, .observation = seen[at].data()}, &action);
    }
    const auto first = actor.memory().states().begin() + actor.memory().size();
    return std::vector<float>(first, first + actor.memory().size());
  };
  EXPECT_EQ(fresh, shifted());
}

std::string ErrorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(RecurrentPpo, WhatDoesNotFit_IsRefusedInOneLine) {
  EXPECT_EQ(ErrorOf([] {
              PpoRun run(CounterRow(), {}, {{"network.lstm", "8"}}, 4, 1);
            }),
            "ppo: network.lstm = 8 needs network.backend = torch; 'native' has no memory");
  EXPECT_EQ(ErrorOf([] { PpoRun run(three_seat::ThreeSeatRow(), {}, Recurrent({}), 4, 1); }),
            "ppo: network.lstm = 3 does not fit 'ThreeSeat-v0': it has 3 players, and one memory "
            "would mix what they see; give 0");
  EXPECT_EQ(ErrorOf([] {
              PpoRun run(CounterRow(), {}, Recurrent({{"minibatches", "4"}}), 3, 1);
            }),
            "minibatches = 4 is too many: with network.lstm a minibatch is whole worlds of horizon "
            "= 128 steps, at least 2 samples, and envs = 3");
}

}  // namespace
}  // namespace brasa
