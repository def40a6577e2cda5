// SAC, TD3 and DDPG as Agents: saving, workers, errors, memory, allocations.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "envs/control/cart_pole.h"
#include "tests/nn/allocation_count.h"
#include "tests/off_policy/training.h"

namespace brasa {
namespace {

struct Variant {
  const char* agent;
  Settings settings;
};
std::vector<Variant> Variants() {
  return {{"sac", {}},
          {"sac", {{"noise_correlation", "0.9"}, {"learn_temperature", "false"}}},
          {"td3", {{"anneal_lr", "true"}}},
          {"ddpg", {{"noise_correlation", "0.5"}, {"activation", "relu"}}}};
}

TEST(OffPolicyAgents, SavedAndLoaded_GoOnLikeTheStraightRun) {
  for (const EnvRow& row : {BoxCounterRow(), support::BuiltinRow("Pendulum-v1")}) {
    for (const Variant& variant : Variants()) {
      for (const int cut : {0, 2, 5, 47}) {
        SCOPED_TRACE(row.id + ", " + variant.agent + ", cut after " + std::to_string(cut));
        const Settings settings = SmallSettings(variant.settings);
        OffPolicyRun straight(variant.agent, row, settings, 3, 9);
        straight.Train(cut);
        const std::string checkpoint = straight.Saved();
        OffPolicyRun resumed(variant.agent, row, settings, 3, 9);
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

TEST(OffPolicyAgents, AnyNumberOfWorkers_GivesOneSignature) {
  for (const Variant& variant : Variants()) {
    std::vector<std::uint64_t> signatures, hashes;
    for (const int workers : {1, 2, 3}) {
      OffPolicyRun run(variant.agent, support::BuiltinRow("Pendulum-v1"),
                       SmallSettings(variant.settings), 64, 9, workers);
      run.Train(20);
      signatures.push_back(run.env->Signature());
      hashes.push_back(run.agent.ParameterHash());
    }
    EXPECT_EQ(signatures, std::vector<std::uint64_t>(3, signatures[0])) << variant.agent;
    EXPECT_EQ(hashes, std::vector<std::uint64_t>(3, hashes[0])) << variant.agent;
  }
}

TEST(OffPolicyAgents, ParameterHash_TellsPolicyAndCriticsApart) {
  OffPolicyRun run("sac", BoxCounterRow(), SmallSettings(), 1, 9);
  const std::uint64_t first = run.agent.ParameterHash();
  SetHeads(run.agent.critics().online(1), {0.5f});
  const std::uint64_t second = run.agent.ParameterHash();
  SetHeads(run.agent.policy(), {0.5f, 0, 0, 0});
  EXPECT_NE(second, first);
  EXPECT_NE(run.agent.ParameterHash(), second);
}

TEST(OffPolicyAgents, LearningLoop_AllocatesNothing) {
  for (const Variant& variant : Variants()) {
    OffPolicyRun run(variant.agent, support::BuiltinRow("Pendulum-v1"),
                     SmallSettings(variant.settings), 4, 9);
    run.Train(450);  // two ends of episodes
    const std::int64_t updates = run.agent.updates();
    const std::int64_t before = AllocationCount();
    run.Train(250);
    EXPECT_EQ(AllocationCount(), before) << variant.agent;
    EXPECT_EQ(run.agent.updates(), updates + 500);
  }
}

std::string ErrorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(OffPolicyErrors, WhatDoesNotFit_IsRefusedInOneLine) {
  const EnvSpec pole = CartPole::Spec(Params());
  EXPECT_EQ(ErrorOf([&] { CheckSac(pole, Config(SacFields())); }),
            "sac plays environments with box actions; 'CartPole-v1' has discrete actions");
  EXPECT_EQ(ErrorOf([&] { CheckTd3(pole, Config(Td3Fields())); }),
            "td3 plays environments with box actions; 'CartPole-v1' has discrete actions");
  EnvSpec spec = BoxCounter::Spec(Params());
  EXPECT_EQ(ErrorOf([&] { CheckDdpg(spec, Config(DdpgFields())); }), "no error");
  spec.action.high[1] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(ErrorOf([&] { CheckDdpg(spec, Config(DdpgFields())); }),
            "ddpg scales actions to their bounds, which must be finite and apart; component 1 of "
            "'StepCounter-v0' has [0.5, inf]");
  spec.action.high[1] = 0.5f;
  EXPECT_EQ(ErrorOf([&] { CheckSac(spec, Config(SacFields())); }),
            "sac scales actions to their bounds, which must be finite and apart; component 1 of "
            "'StepCounter-v0' has [0.5, 0.5]");
  spec.action.kind = ActionKind::kMultiDiscrete;
  EXPECT_EQ(ErrorOf([&] { CheckTd3(spec, Config(Td3Fields())); }),
            "td3 plays environments with box actions; 'StepCounter-v0' has multi-discrete actions");
}

TEST(OffPolicyErrors, NumberThatIsNotFinite_NamesUpdateAndTensor) {
  const auto error = [](const std::string& agent,
                        const std::function<void(OffPolicyLearner&)>& change) {
    return ErrorOf([&] {
      OffPolicyRun run(agent, BoxCounterRow(), SmallSettings(), 1, 9);
      run.Train(10);
      EXPECT_EQ(run.agent.updates(), 1);
      change(run.agent);
      run.Train(4);
    });
  };
  const auto nan = [](Network& network) {
    network.SetParameters(
        std::vector<float>(static_cast<std::size_t>(network.parameter_count()), NAN));
  };
  EXPECT_EQ(error("sac", [](OffPolicyLearner&) {}), "no error");
  EXPECT_EQ(error("td3", [&](OffPolicyLearner& a) { nan(a.critics().online(1)); }),
            "td3, update 2: loss of critic 2 is not finite");
  EXPECT_EQ(error("ddpg", [&](OffPolicyLearner& a) { nan(a.critics().target(0)); }),
            "ddpg, update 2: loss of critic 1 is not finite");
  // A critic whose value is finite and whose gradient is beyond float32: its first layer's
  // activations are 1, its weights 1e25 each way.
  EXPECT_EQ(error("ddpg",
                  [](OffPolicyLearner& a) {
                    Network& q = a.critics().online(0);
                    std::vector<float> p(static_cast<std::size_t>(q.parameter_count()), 0.0f);
                    for (const NetworkLayer& layer : LayersOf(q.spec())) {
                      const float weight = layer.name == "hidden0" ? 0.0f : 1e25f;
                      std::fill(p.begin() + layer.offset, p.begin() + layer.bias_offset(), weight);
                    }
                    q.SetParameters(p);
                  }),
            "ddpg, update 2: gradient of layer 'hidden0' of critic 1 is not finite");
  EXPECT_EQ(error("sac",
                  [](OffPolicyLearner& a) {
                    // Only the policy's own loss meets it: targets are of the successors too.
                    SetHeads(a.policy(), {3e38f, 0, 0, 0});
                  })
                .substr(0, 14),
            "sac, update 2:");
}

TEST(OffPolicyAgents, Bytes_CoverReplayAndCheckpoint) {
  const EnvSpec spec = BoxCounter::Spec(Params());
  const auto setup = [&](const char* agent) {
    return OffPolicySetup(agent, spec, {{"replay_capacity", "1000000"}}, 1, 0);
  };
  const std::int64_t replay = Replay::Bytes(spec, 1, 1000000);
  for (const std::int64_t bytes :
       {SacBytes(setup("sac")), Td3Bytes(setup("td3")), DdpgBytes(setup("ddpg"))}) {
    EXPECT_GT(bytes, 3 * replay);
    EXPECT_LT(bytes, 4 * replay);
  }
  EXPECT_GT(Td3Bytes(setup("td3")), DdpgBytes(setup("ddpg")));
}

}  // namespace
}  // namespace brasa
