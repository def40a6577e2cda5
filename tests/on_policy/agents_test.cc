// What holds of every learner of this folder: saving, workers, actors, errors, memory.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <ostream>

#include "tests/nn/allocation_count.h"
#include "tests/on_policy/played.h"

namespace brasa {
namespace {

using support::StepCounterRow;

struct Case {
  std::string name, agent;
  EnvRow row;
  Settings settings;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

const Settings kReinforce = {{"hidden", "8"}, {"episodes", "2"}, {"learning_rate", "0.01"}};
const Settings kImpala = {{"hidden", "8"}, {"unroll", "7"}, {"learning_rate", "0.01"}};
const Settings kPqn = {{"hidden", "8"}, {"horizon", "7"}, {"learning_rate", "0.01"}};
const Settings kTransforms = {{"box_actions", "scale"},
                              {"normalize_observation", "true"},
                              {"normalize_reward", "true"},
                              {"frame_stack", "2"}};

std::vector<Case> Cases() {
  const EnvRow cart_pole = support::BuiltinRow("CartPole-v1");
  const EnvRow pendulum = support::BuiltinRow("Pendulum-v1");
  const EnvRow seats = three_seat::ThreeSeatRow();
  const EnvRow bytes = StepCounterRow<std::uint8_t, false>();
  return {
      {"ReinforceOneSeat", "reinforce", cart_pole, kReinforce},
      {"ReinforceBoxTransforms", "reinforce", pendulum,
       With(With(kReinforce, kTransforms), {{"longest_episode", "30"}})},
      {"ReinforceSeats", "reinforce", seats, kReinforce},
      {"ReinforceBytes", "reinforce", bytes, With(kReinforce, {{"frame_stack", "3"}})},
      {"ImpalaOneSeat", "impala", cart_pole, kImpala},
      {"ImpalaBoxTransforms", "impala", pendulum, With(kImpala, kTransforms)},
      {"ImpalaSeats", "impala", seats, kImpala},
      {"ImpalaBytes", "impala", bytes, With(kImpala, {{"frame_stack", "3"}})},
      {"PqnOneSeat", "pqn", cart_pole, kPqn},
      {"PqnSeats", "pqn", seats, With(kPqn, {{"minibatches", "2"}})},
      {"PqnBytes", "pqn", bytes, kPqn},
  };
}

class OnPolicyAgents : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(All, OnPolicyAgents, testing::ValuesIn(Cases()),
                         [](const auto& test) { return test.param.name; });

TEST_P(OnPolicyAgents, SavedAndLoaded_GoOnLikeTheStraightRun) {
  const Case& c = GetParam();
  for (const int cut : {0, 7, 20, 73}) {
    SCOPED_TRACE(cut);
    Played straight(c.row, c.agent, c.settings, 3, 9, 3000);
    straight.Run(cut);
    const std::string checkpoint = straight.Saved();
    Played resumed(c.row, c.agent, c.settings, 3, 9, 3000);
    resumed.Load(checkpoint);
    EXPECT_TRUE(resumed.Saved() == checkpoint);
    straight.Run(90);
    resumed.Run(90);
    EXPECT_GT(straight.agent->updates(), 0);
    EXPECT_TRUE(resumed.Saved() == straight.Saved());
    EXPECT_EQ(resumed.agent->ParameterHash(), straight.agent->ParameterHash());
  }
}

TEST_P(OnPolicyAgents, AnyNumberOfWorkers_GivesOneSignature) {
  const Case& c = GetParam();
  std::vector<std::pair<std::uint64_t, std::uint64_t>> found;
  for (const int workers : {1, 2, 3}) {
    Played run(c.row, c.agent, c.settings, 64, 9, 6400, {}, workers);
    run.Run(60);
    EXPECT_GT(run.agent->updates(), 0);
    found.emplace_back(run.env->Signature(), run.agent->ParameterHash());
  }
  EXPECT_EQ(found[1], found[0]);
  EXPECT_EQ(found[2], found[0]);
}

// Evaluating leaves the learner, its streams and moments as they are, and draws nothing itself.
TEST_P(OnPolicyAgents, GreedyActors_LeaveEverythingAsItIs) {
  const Case& c = GetParam();
  Played run(c.row, c.agent, c.settings, 3, 9, 3000);
  run.Run(90);
  const std::string before = run.Saved();
  const auto actor = run.agent->MakeActor(ActMode::kGreedy, 3, 7, StreamRole::kEvalActor);
  const auto eval =
      MakeSerialVectorEnv(c.row, run.env->batch().params(), {.worlds = 3, .streams = {3}});
  Rollout rows(eval->spec(), 3, 20);
  eval->Reset(rows.States(0));
  const std::int32_t worlds[] = {0, 1, 2};
  for (int t = 0; t < 20; ++t) {
    const StepRows step = rows.Step(t);
    actor->Act({.count = 3,
                .world = worlds,
                .player = step.now.player,
                .observation = step.now.observation,
                .mask = step.now.mask,
                .start = step.now.start},
               step.actions);
    eval->Step(step.actions, step.outcome, step.next);
  }
  EXPECT_TRUE(run.Saved() == before);
}

TEST_P(OnPolicyAgents, CheckpointOfAnotherSize_IsRefused) {
  const Case& c = GetParam();
  Played run(c.row, c.agent, c.settings, 3, 9);
  StateWriter writer;
  run.agent->Save(writer);
  Played wider(c.row, c.agent, With(c.settings, {{"hidden", "16"}}), 3, 9);
  StateReader reader(writer.bytes(), "checkpoint");
  EXPECT_THROW(wider.agent->Load(reader), FileError);
}

TEST_P(OnPolicyAgents, EqualSeeds_GiveEqualParameters) {
  const Case& c = GetParam();
  const auto hash = [&](std::uint64_t seed) {
    Played run(c.row, c.agent, c.settings, 3, seed);
    run.Run(60);
    return run.agent->ParameterHash();
  };
  EXPECT_EQ(hash(1), hash(1));
  EXPECT_NE(hash(1), hash(2));
}

TEST_P(OnPolicyAgents, Bytes_CoverWhatIsAllocated) {
  const Case& c = GetParam();
  const AgentRow& row = support::FindRow(BuiltinAgents(), c.agent);
  Config config(row.fields);
  for (const auto& [name, value] : c.settings) config.Set(name, value);
  Played run(c.row, c.agent, c.settings, 3, 9);
  StateWriter writer;
  run.agent->Save(writer);
  EXPECT_GT(row.memory({run.env->spec(), config, 3, 9, 0}),
            static_cast<std::int64_t>(writer.bytes().size()));
}

}  // namespace
}  // namespace brasa
