#include "brasa/vector_env.h"

#include <gtest/gtest.h>

#include <cstring>

#include "envs/control/cart_pole.h"
#include "runners/vector/world_rows.h"
#include "tests/support/cart_pole_row.h"

namespace brasa {
namespace {

using support::CartPoleRow;

/// Rows for n worlds and everything a step writes, kept to compare.
struct Rows {
  explicit Rows(const EnvSpec& spec, int n)
      : player(static_cast<std::size_t>(n)),
        observation(static_cast<std::size_t>(n * spec.observation.bytes())),
        mask(static_cast<std::size_t>(n * spec.action.count)),
        start(static_cast<std::size_t>(n)),
        reward(static_cast<std::size_t>(n * spec.players)),
        end(static_cast<std::size_t>(n)) {}
  StateRows states() { return {player.data(), observation.data(), mask.data(), start.data()}; }
  OutcomeRows outcome() { return {reward.data(), end.data()}; }
  std::vector<std::int32_t> player;
  std::vector<std::uint8_t> observation, mask, start;
  std::vector<float> reward;
  std::vector<std::uint8_t> end;
};

std::vector<std::int32_t> RandomActions(int n, Rng& rng) {
  std::vector<std::int32_t> actions(static_cast<std::size_t>(n));
  for (auto& action : actions) action = static_cast<std::int32_t>(rng.Below(2));
  return actions;
}

// The oracle is a loop over single worlds with Env, which shares no code with the vector paths
// above EnvBatch.
TEST(VectorEnv, SerialStepping_EqualsSingleWorlds) {
  const EnvRow row = CartPoleRow();
  const Params params = DefaultParams(row);
  const int n = 300;
  const WorldStreams streams{7, StreamRole::kTest, 0};
  auto vector_env = MakeSerialVectorEnv(row, params, {n, 1, streams, true});
  std::vector<std::unique_ptr<Env>> single;
  for (int i = 0; i < n; ++i) {
    single.push_back(std::make_unique<Env>(
        row, params, WorldStreams{7, StreamRole::kTest, static_cast<unsigned>(i)}));
    single.back()->Reset();
  }
  Rows rows(vector_env->spec(), n);
  vector_env->Reset(rows.states());
  Rng rng(1, StreamRole::kTest);
  int ended = 0;
  for (int t = 0; t < 200; ++t) {
    const auto actions = RandomActions(n, rng);
    vector_env->Step(actions.data(), rows.outcome(), rows.states());
    const LastRows& last = vector_env->last();
    int k = 0;
    for (int i = 0; i < n; ++i) {
      const auto w = static_cast<std::size_t>(i);
      Env& env = *single[w];
      const EpisodeEnd end = env.Step(actions[w]);
      ASSERT_EQ(static_cast<int>(end), rows.end[w]);
      ASSERT_EQ(env.rewards()[0], rows.reward[w]);
      float seen[4];
      if (end != EpisodeEnd::kNone) {
        ASSERT_LT(k, last.count);
        ASSERT_EQ(last.world[k], i);
        ASSERT_EQ(last.length[k], env.plies());
        ASSERT_EQ(last.returns[k], env.returns()[0]);
        env.Observe(0, seen);
        ASSERT_EQ(0, std::memcmp(seen, static_cast<const float*>(last.observation) + 4 * k, 16));
        ++k;
        ++ended;
        env.Reset();
      }
      env.Observe(0, seen);
      ASSERT_EQ(0, std::memcmp(seen, &rows.observation[16 * w], 16));
      ASSERT_EQ(rows.start[w], end != EpisodeEnd::kNone);
      ASSERT_EQ(rows.mask[2 * w], 1);
    }
    ASSERT_EQ(k, last.count);
  }
  EXPECT_GT(ended, 1000);
}

TEST(VectorEnv, AnyNumberOfWorkers_GivesTheSameSignatureAndRows) {
  const EnvRow row = CartPoleRow();
  const Params params = DefaultParams(row);
  const int n = 517;
  std::vector<std::uint8_t> wanted;
  std::uint64_t signature = 0;
  for (const int workers : {0, 1, 2, 3, 8}) {
    const VectorEnvOptions options{n, workers, {3, StreamRole::kTest, 0}, true};
    auto env = workers == 0 ? MakeSerialVectorEnv(row, params, options)
                            : MakeTbbVectorEnv(row, params, options);
    Rows rows(env->spec(), n);
    env->Reset(rows.states());
    Rng rng(2, StreamRole::kTest);
    for (int t = 0; t < 150; ++t) {
      const auto actions = RandomActions(n, rng);
      env->Step(actions.data(), rows.outcome(), rows.states());
    }
    if (workers == 0) {
      wanted = rows.observation;
      signature = env->Signature();
    }
    EXPECT_EQ(env->Signature(), signature) << workers << " workers";
    EXPECT_EQ(rows.observation, wanted) << workers << " workers";
  }
}

/// What last() tells, one line a row.
std::vector<std::string> Told(const LastRows& last, const EnvSpec& spec) {
  const auto seen = static_cast<std::size_t>(spec.observation.bytes());
  std::vector<std::string> rows;
  for (int i = 0; i < last.count; ++i) {
    const auto r = static_cast<std::size_t>(i);
    rows.push_back(std::to_string(last.world[r]) + " " + std::to_string(last.episode[r]) + " " +
                   std::to_string(last.length[r]) + " " + std::to_string(last.returns[r]) + " " +
                   std::string(static_cast<const char*>(last.observation) + r * seen, seen));
  }
  return rows;
}

// Of the first ten steps of an environment five are serial and five parallel, however fast they
// are: so new ones are loaded with the state of the oracle every ten steps.
TEST(VectorEnv, AnyNumberOfWorkers_TellsTheSameLastRowsInOrderOfWorlds) {
  const EnvRow row = CartPoleRow();
  const Params params = DefaultParams(row);
  const WorldStreams streams{3, StreamRole::kTest, 0};
  for (const int n : {7, 64, 517, 1500}) {
    auto serial = MakeSerialVectorEnv(row, params, {n, 1, streams, true});
    Rows rows(serial->spec(), n), others(serial->spec(), n);
    serial->Reset(rows.states());
    Rng rng(2, StreamRole::kTest);
    std::vector<std::unique_ptr<VectorEnv>> envs;
    for (int t = 0; t < 100; ++t) {
      if (t % 10 == 0) {
        StateWriter writer;
        serial->Save(writer);
        envs.clear();
        for (const int workers : {2, 3, 8}) {
          envs.push_back(MakeTbbVectorEnv(row, params, {n, workers, streams, true}));
          StateReader reader(writer.bytes(), "test");
          envs.back()->Load(reader);
        }
      }
      const auto actions = RandomActions(n, rng);
      serial->Step(actions.data(), rows.outcome(), rows.states());
      const auto wanted = Told(serial->last(), serial->spec());
      for (auto& env : envs) {
        env->Step(actions.data(), others.outcome(), others.states());
        ASSERT_EQ(Told(env->last(), env->spec()), wanted) << n << " worlds, step " << t;
        ASSERT_EQ(others.observation, rows.observation) << n << " worlds, step " << t;
        ASSERT_EQ(env->Signature(), serial->Signature()) << n << " worlds, step " << t;
      }
    }
  }
}

// As workers may take them: one the second half and one the first, and now and then one steps in.
TEST(WorldRows, ChunksInAnyOrder_TellTheSameLastRows) {
  const EnvRow row = CartPoleRow();
  const Params params = DefaultParams(row);
  constexpr int kWorlds = 100;
  const VectorEnvOptions options{kWorlds, 1, {3, StreamRole::kTest, 0}, true};
  auto serial = MakeSerialVectorEnv(row, params, options);
  WorldRows worlds(row, params, options, 10);
  Rows rows(serial->spec(), kWorlds), others(serial->spec(), kWorlds);
  serial->Reset(rows.states());
  for (int c = 0; c < worlds.chunks(); ++c) worlds.ResetChunk(c, others.states());
  Rng rng(2, StreamRole::kTest);
  for (int t = 0; t < 200; ++t) {
    const auto actions = RandomActions(kWorlds, rng);
    serial->Step(actions.data(), rows.outcome(), rows.states());
    int before = -1;
    for (const int c : {5, 6, 7, 0, 1, 9, 8, 2, 3, 4}) {
      worlds.StepChunk(c, before, actions.data(), others.outcome(), others.states());
      before = c;
    }
    worlds.GatherLast();
    ASSERT_EQ(Told(worlds.last(), serial->spec()), Told(serial->last(), serial->spec())) << t;
  }
}

TEST(VectorEnv, AnotherAction_ChangesTheSignature) {
  const EnvRow row = CartPoleRow();
  const Params params = DefaultParams(row);
  std::uint64_t signatures[2];
  for (int variant = 0; variant < 2; ++variant) {
    auto env = MakeSerialVectorEnv(row, params, {4, 1, {3, StreamRole::kTest, 0}, true});
    Rows rows(env->spec(), 4);
    env->Reset(rows.states());
    std::int32_t actions[] = {0, 1, 0, variant};
    env->Step(actions, rows.outcome(), rows.states());
    signatures[variant] = env->Signature();
  }
  EXPECT_NE(signatures[0], signatures[1]);
}

TEST(VectorEnv, SaveAndLoad_ContinuesBitForBit) {
  const EnvRow row = CartPoleRow();
  const Params params = DefaultParams(row);
  const int n = 40;
  const VectorEnvOptions options{n, 1, {5, StreamRole::kTest, 0}, true};
  auto straight = MakeSerialVectorEnv(row, params, options);
  auto resumed = MakeTbbVectorEnv(row, params, {n, 2, {5, StreamRole::kTest, 0}, true});
  Rows a(straight->spec(), n), b(straight->spec(), n);
  straight->Reset(a.states());
  Rng rng(9, StreamRole::kTest);
  for (int t = 0; t < 37; ++t) {
    straight->Step(RandomActions(n, rng).data(), a.outcome(), a.states());
  }
  StateWriter writer;
  straight->Save(writer);
  StateReader reader(writer.bytes(), "test");
  resumed->Load(reader);
  EXPECT_TRUE(reader.AtEnd());
  for (int t = 0; t < 100; ++t) {
    const auto actions = RandomActions(n, rng);
    straight->Step(actions.data(), a.outcome(), a.states());
    resumed->Step(actions.data(), b.outcome(), b.states());
    ASSERT_EQ(a.observation, b.observation);
    ASSERT_EQ(a.end, b.end);
    ASSERT_EQ(straight->Signature(), resumed->Signature());
  }
}

TEST(VectorEnv, ActionOutOfRange_NamesWorldEpisodeStepAndRange) {
  const EnvRow row = CartPoleRow();
  auto env = MakeSerialVectorEnv(row, DefaultParams(row), {4, 1, {5, StreamRole::kTest, 0}, true});
  Rows rows(env->spec(), 4);
  env->Reset(rows.states());
  const std::int32_t actions[] = {0, 1, 7, 0};
  try {
    env->Step(actions, rows.outcome(), rows.states());
    FAIL() << "accepted action 7";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "CartPole-v1, world 2, episode 0, step 0: action 7 is out of range; give 0 to 1");
  }
}

/// Walks a counter; its third observation is not a number in world streams that say so.
struct Faulty {
  static constexpr bool kFlat = true;
  static EnvSpec Spec(const Params&) {
    EnvSpec spec;
    spec.id = "Faulty-v0";
    spec.observation.shape = {1};
    spec.observation.low = {0};
    spec.observation.high = {1e6};
    spec.action.count = 1;
    spec.max_episode_steps = 10;
    return spec;
  }
  explicit Faulty(const Params&) {}
  void Reset(Rng& rng) {
    count = 0;
    bad = rng.stream == StreamNumber(StreamRole::kTest, 3, 1);
  }
  EpisodeEnd Step(ActionRef, Rng&, std::span<float> rewards) {
    ++count;
    rewards[0] = 1;
    return EpisodeEnd::kNone;
  }
  void Observe(int, std::span<float> out) const {
    out[0] =
        bad && count == 3 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(count);
  }
  int count = 0;
  int bad = 0;
};

TEST(VectorEnv, NotANumber_NamesEnvironmentWorldEpisodeAndStep) {
  EnvRow row;
  row.id = "Faulty-v0";
  row.env_class = &EnvClassOf<Faulty>();
  for (const int workers : {1, 2}) {
    const VectorEnvOptions options{5, workers, {5, StreamRole::kTest, 0}, true};
    auto env = MakeVectorEnv(row, DefaultParams(row), options);
    Rows rows(env->spec(), 5);
    env->Reset(rows.states());
    const std::int32_t actions[5] = {};
    try {
      for (int t = 0; t < 20; ++t) env->Step(actions, rows.outcome(), rows.states());
      FAIL() << "accepted NaN";
    } catch (const NumericError& error) {
      EXPECT_STREQ(error.what(), "Faulty-v0, world 3, episode 1, step 3: observation 0 is nan");
    }
  }
}

TEST(VectorEnv, EpisodeLimit_TruncatesExactlyThereAndTellsTheFinalObservation) {
  EnvRow row;
  row.id = "Faulty-v0";
  row.env_class = &EnvClassOf<Faulty>();
  Params params = DefaultParams(row);
  params.Set("max_episode_steps", "4");
  auto env = MakeSerialVectorEnv(row, params, {2, 1, {5, StreamRole::kTest, 0}, true});
  Rows rows(env->spec(), 2);
  env->Reset(rows.states());
  const std::int32_t actions[2] = {};
  for (int t = 1; t <= 8; ++t) {
    env->Step(actions, rows.outcome(), rows.states());
    const bool cut = t % 4 == 0;
    EXPECT_EQ(rows.end[0], static_cast<int>(cut ? EpisodeEnd::kTruncated : EpisodeEnd::kNone));
    EXPECT_EQ(env->last().count, cut ? 2 : 0);
    if (!cut) continue;
    EXPECT_EQ(static_cast<const float*>(env->last().observation)[0], 4.0f);
    EXPECT_EQ(env->last().returns[1], 4.0);
    float first = -1;
    std::memcpy(&first, rows.observation.data(), 4);
    EXPECT_EQ(first, 0.0f) << "the next row is the first of the next episode";
  }
}

}  // namespace
}  // namespace brasa
