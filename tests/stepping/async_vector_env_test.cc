#include "brasa/async_vector_env.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

#include "brasa/core/error.h"
#include "brasa/vector_env.h"
#include "envs/board/tic_tac_toe.h"
#include "envs/control/cart_pole.h"

namespace brasa {
namespace {

template <typename T>
EnvRow RowOf(std::string id) {
  EnvRow row;
  row.id = std::move(id);
  row.env_class = &EnvClassOf<T>();
  return row;
}

/// What a world with this history does next: a legal action that depends on world and ply alone.
std::int32_t Choice(int world, int ply, int actions) { return (world * 7 + ply * 3) % actions; }

struct History {
  std::vector<float> observations, rewards, returns;
  std::vector<int> ends, lengths;
  bool operator==(const History&) const = default;
};

constexpr int kAsyncWorlds = 12, kPlies = 300;

/// CartPole in lockstep: the oracle.
std::vector<History> Lockstep(std::uint64_t& signature) {
  const EnvRow row = RowOf<CartPole>("CartPole-v1");
  auto env = MakeSerialVectorEnv(row, DefaultParams(row),
                                 {kAsyncWorlds, 1, {3, StreamRole::kTest, 0}, true});
  std::vector<History> worlds(kAsyncWorlds);
  std::vector<std::int32_t> player(kAsyncWorlds), actions(kAsyncWorlds);
  std::vector<float> seen(4 * kAsyncWorlds), rewards(kAsyncWorlds);
  std::vector<std::uint8_t> start(kAsyncWorlds), ends(kAsyncWorlds);
  const StateRows rows{player.data(), seen.data(), nullptr, start.data()};
  env->Reset(rows);
  for (int ply = 0; ply < kPlies; ++ply) {
    for (int i = 0; i < kAsyncWorlds; ++i) actions[static_cast<std::size_t>(i)] = Choice(i, ply, 2);
    env->Step(actions.data(), {rewards.data(), ends.data()}, rows);
    for (std::size_t i = 0; i < kAsyncWorlds; ++i) {
      worlds[i].observations.insert(worlds[i].observations.end(), &seen[4 * i], &seen[4 * i] + 4);
      worlds[i].rewards.push_back(rewards[i]);
      worlds[i].ends.push_back(ends[i]);
    }
    const LastRows& last = env->last();
    for (int k = 0; k < last.count; ++k) {
      History& world = worlds[static_cast<std::size_t>(last.world[k])];
      world.lengths.push_back(last.length[k]);
      world.returns.push_back(static_cast<float>(last.returns[k]));
      const auto* final = static_cast<const float*>(last.observation) + 4 * k;
      world.observations.insert(world.observations.end(), final, final + 4);
    }
  }
  signature = env->Signature();
  return worlds;
}

/// The same plies, as many in every world, through Receive and Send.
std::vector<History> Asynchronous(AsyncOrder order, std::size_t batch, int workers,
                                  std::uint64_t& signature) {
  const EnvRow row = RowOf<CartPole>("CartPole-v1");
  auto env = MakeAsyncVectorEnv(
      row, DefaultParams(row),
      {kAsyncWorlds, static_cast<int>(batch), workers, order, {3, StreamRole::kTest, 0}});
  std::vector<History> worlds(kAsyncWorlds);
  std::vector<int> plies(kAsyncWorlds, -1);
  env->Reset();
  int finished = 0;
  std::vector<std::int32_t> actions(batch);
  // With the fastest first, a world that has had its plies plays on uncounted.
  while (finished < kAsyncWorlds) {
    const AsyncRows& rows = env->Receive();
    int ended = 0;
    for (std::size_t j = 0; j < batch; ++j) {
      const auto world = static_cast<std::size_t>(rows.world[j]);
      const int ply = plies[world]++;
      const bool counted = ply >= 0 && ply < kPlies;
      const auto* seen = static_cast<const float*>(rows.now.observation) + 4 * j;
      if (counted) {
        worlds[world].observations.insert(worlds[world].observations.end(), seen, seen + 4);
        worlds[world].rewards.push_back(rows.outcome.reward[j]);
        worlds[world].ends.push_back(rows.outcome.end[j]);
      }
      if (rows.outcome.end[j] != 0) {
        EXPECT_EQ(rows.last.world[ended], rows.world[j]);
        if (counted) {
          worlds[world].lengths.push_back(rows.last.length[ended]);
          worlds[world].returns.push_back(static_cast<float>(rows.last.returns[ended]));
          const auto* final = static_cast<const float*>(rows.last.observation) + 4 * ended;
          worlds[world].observations.insert(worlds[world].observations.end(), final, final + 4);
        }
        ++ended;
      }
      finished += ply + 1 == kPlies;
      actions[j] = Choice(rows.world[j], ply + 1, 2);
    }
    EXPECT_EQ(rows.last.count, ended);
    if (finished < kAsyncWorlds) env->Send(actions.data());
  }
  signature = env->Signature();
  return worlds;
}

TEST(AsyncVectorEnv, FixedOrder_PlaysWhatLockstepPlays) {
  std::uint64_t lockstep = 0, asynchronous = 0;
  const std::vector<History> expected = Lockstep(lockstep);
  for (const int workers : {1, 2, 5}) {
    EXPECT_TRUE(Asynchronous(AsyncOrder::kFixed, 4, workers, asynchronous) == expected) << workers;
    // Batches of all worlds: no world has played a ply more than the others.
    EXPECT_TRUE(Asynchronous(AsyncOrder::kFixed, kAsyncWorlds, workers, asynchronous) == expected);
    EXPECT_EQ(asynchronous, lockstep) << workers;
  }
}

TEST(AsyncVectorEnv, FastestFirst_PlaysTheSamePliesOfEveryWorld) {
  std::uint64_t signature = 0;
  const std::vector<History> expected = Lockstep(signature);
  EXPECT_TRUE(Asynchronous(AsyncOrder::kFastest, 4, 3, signature) == expected);
}

TEST(AsyncVectorEnv, Reproducible_OnlyInTheFixedOrder) {
  const EnvRow row = RowOf<CartPole>("CartPole-v1");
  const Params params = DefaultParams(row);
  EXPECT_TRUE(MakeAsyncVectorEnv(row, params, {.worlds = 2})->reproducible());
  EXPECT_FALSE(MakeAsyncVectorEnv(row, params, {.worlds = 2, .order = AsyncOrder::kFastest})
                   ->reproducible());
}

/// World 0 takes a hundred times as long as the others.
struct Uneven {
  static EnvSpec Spec(const Params&) {
    EnvSpec spec;
    spec.id = "Uneven-v0";
    spec.summary = "One slow world";
    spec.observation.shape = {1};
    spec.observation.low = {0};
    spec.observation.high = {1};
    spec.action.count = 2;
    return spec;
  }
  static constexpr bool kFlat = true;
  explicit Uneven(const Params&) {}
  void Reset(Rng& rng) { slow = (rng.stream >> 32 & 0xFFFFFFu) == 0; }
  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    if (action.id() == 1) throw Error("it broke");
    std::this_thread::sleep_for(std::chrono::milliseconds(slow ? 200 : 2));
    rewards[0] = 0;
    return EpisodeEnd::kNone;
  }
  void Observe(int, std::span<float> out) const { out[0] = 0; }
  std::int32_t slow = 0;
};

// While world 0 sleeps for 200 ms, fifteen batches of the other three need some 30 ms.
TEST(AsyncVectorEnv, FastestFirst_DoesNotWaitForTheSlowWorld) {
  const EnvRow row = RowOf<Uneven>("Uneven-v0");
  auto env = MakeAsyncVectorEnv(row, DefaultParams(row),
                                {4, 1, 4, AsyncOrder::kFastest, {0, StreamRole::kTest, 0}});
  env->Reset();
  const std::int32_t stay = 0;
  std::set<int> first;
  while (!first.contains(0)) {  // starts the slow step
    first.insert(env->Receive().world[0]);
    env->Send(&stay);
  }
  int others = 0;
  for (; others < 1000; ++others) {
    if (env->Receive().world[0] == 0) break;
    env->Send(&stay);
  }
  EXPECT_GE(others, 15);
}

TEST(AsyncVectorEnv, FailingWorld_IsNamedByReceive) {
  const EnvRow row = RowOf<Uneven>("Uneven-v0");
  auto env = MakeAsyncVectorEnv(row, DefaultParams(row),
                                {3, 3, 2, AsyncOrder::kFixed, {0, StreamRole::kTest, 0}});
  env->Reset();
  env->Receive();
  const std::int32_t actions[] = {0, 1, 0};
  env->Send(actions);
  try {
    env->Receive();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("Uneven-v0, world 1, episode 0"), std::string::npos)
        << error.what();
    EXPECT_NE(std::string(error.what()).find("it broke"), std::string::npos);
  }
}

TEST(AsyncVectorEnv, IllegalAction_MovesNoWorld) {
  const EnvRow row = RowOf<TicTacToe>("TicTacToe-v0");
  auto env = MakeAsyncVectorEnv(row, DefaultParams(row),
                                {2, 2, 2, AsyncOrder::kFixed, {0, StreamRole::kTest, 0}});
  env->Reset();
  env->Receive();
  const std::int32_t corner[] = {0, 0}, taken[] = {4, 0}, other[] = {4, 8};
  env->Send(corner);
  env->Receive();
  EXPECT_THROW(env->Send(taken), UsageError);
  env->Send(other);
  const AsyncRows& rows = env->Receive();
  const auto* mask = rows.now.mask;
  EXPECT_EQ(std::count(mask, mask + 9, 1), 7);
  EXPECT_EQ(std::count(mask + 9, mask + 18, 1), 7);
}

TEST(AsyncVectorEnv, CallsOutOfTurn_AreRefused) {
  const EnvRow row = RowOf<CartPole>("CartPole-v1");
  auto env = MakeAsyncVectorEnv(row, DefaultParams(row), {.worlds = 2, .batch = 2, .workers = 1});
  const std::int32_t actions[] = {0, 0};
  EXPECT_THROW(env->Receive(), UsageError);
  EXPECT_THROW(env->Send(actions), UsageError);
  env->Reset();
  EXPECT_THROW(env->Send(actions), UsageError);
  env->Receive();
  EXPECT_THROW(env->Receive(), UsageError);
  env->Send(actions);
  EXPECT_NO_THROW(env->Receive());
}

TEST(AsyncVectorEnv, NumbersThatDoNotFit_AreRefused) {
  const EnvRow row = RowOf<CartPole>("CartPole-v1");
  const Params params = DefaultParams(row);
  EXPECT_THROW(MakeAsyncVectorEnv(row, params, {.worlds = 4, .batch = 0}), ConfigError);
  EXPECT_THROW(MakeAsyncVectorEnv(row, params, {.worlds = 4, .batch = 5}), ConfigError);
  EXPECT_THROW(MakeAsyncVectorEnv(row, params, {.worlds = 4, .batch = 3}), ConfigError);
  EXPECT_NO_THROW(
      MakeAsyncVectorEnv(row, params, {.worlds = 4, .batch = 3, .order = AsyncOrder::kFastest}));
}

}  // namespace
}  // namespace brasa
