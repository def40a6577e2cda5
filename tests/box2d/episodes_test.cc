// What all worlds on an engine that cannot be copied must do: clone and load by replay, on any
// thread.
#include <gtest/gtest.h>

#include <thread>

#include "brasa/contract_check.h"
#include "envs/box2d/bipedal_walker.h"
#include "envs/box2d/lunar_lander.h"
#include "tests/box2d/box2d_testing.h"

namespace brasa {
namespace {

using box2d_testing::EnvOf;
using box2d_testing::ParamsOf;

constexpr const char* kIds[] = {"LunarLander-v3", "LunarLanderContinuous-v3", "BipedalWalker-v3",
                                "BipedalWalkerHardcore-v3"};

std::vector<std::int32_t> Random(const EnvSpec& spec, Rng& rng) {
  std::vector<std::int32_t> action(static_cast<std::size_t>(spec.action.size()));
  const std::int32_t ids[] = {0, 1, 2, 3};
  RandomAction(spec, ids, rng, action.data());
  return action;
}

/// `plies` random plies of one world with a reset at each end; everything seen, as bytes.
std::string Trace(EnvBatch& batch, int world, int plies, Rng rng) {
  std::string trace;
  std::vector<char> seen(static_cast<std::size_t>(batch.spec().observation.bytes()));
  for (int ply = 0; ply < plies; ++ply) {
    float reward = 0;
    std::uint8_t end = 0;
    batch.Step(world, world + 1, Random(batch.spec(), rng).data(), &reward, &end);
    batch.Observe(world, world + 1, nullptr, seen.data());
    trace.append(seen.begin(), seen.end());
    trace.append(reinterpret_cast<const char*>(&reward), sizeof reward);
    if (end != 0) batch.Reset(world, world + 1);
  }
  return trace;
}

class Box2dEpisodes : public ::testing::TestWithParam<const char*> {
 protected:
  EnvBatch Make(int worlds, std::uint64_t seed) {
    return EnvBatch(EnvOf(GetParam()), ParamsOf(GetParam()), worlds, {seed, StreamRole::kTest, 0});
  }
};

INSTANTIATE_TEST_SUITE_P(Envs, Box2dEpisodes, ::testing::ValuesIn(kIds), [](const auto& test) {
  std::string name = test.param;
  std::erase(name, '-');
  return name;
});

// The copy goes on with another stream than the original's, and is itself saved and loaded then:
// the draws of its plies are no continuation of the stream at Reset.
TEST_P(Box2dEpisodes, CopyUnderAnotherStream_LoadsEqually) {
  EnvBatch first = Make(1, 3), other = Make(1, 4), third = Make(1, 5);
  first.Reset(0, 1);
  other.Reset(0, 1);
  third.Reset(0, 1);
  Trace(first, 0, 30, Rng(1, StreamRole::kTest));
  other.CopyWorld(0, first, 0);
  EXPECT_EQ(other.WorldBytes(0), first.WorldBytes(0));
  Trace(other, 0, 15, Rng(2, StreamRole::kTest));
  EXPECT_NE(other.WorldBytes(0), first.WorldBytes(0));
  third.WorldFromBytes(0, other.WorldBytes(0));
  EXPECT_EQ(third.WorldBytes(0), other.WorldBytes(0));
  std::vector<float> a(static_cast<std::size_t>(first.spec().observation.size())), b(a);
  other.Observe(0, 1, nullptr, a.data());
  third.Observe(0, 1, nullptr, b.data());
  EXPECT_EQ(a, b);
}

// A copy that lies on the way already plays only the rest; the result is the same.
TEST_P(Box2dEpisodes, CopyOverAnEarlierState_IsTheSameAsAFreshOne) {
  EnvBatch first = Make(1, 3), follower = Make(1, 3), fresh = Make(1, 3);
  first.Reset(0, 1);
  std::vector<float> a(static_cast<std::size_t>(first.spec().observation.size())), b(a), c(a);
  for (std::uint64_t round = 0; round < 6; ++round) {
    Trace(first, 0, 9, Rng(round, StreamRole::kTest));
    follower.CopyWorld(0, first, 0);
    first.Observe(0, 1, nullptr, a.data());
    follower.Observe(0, 1, nullptr, b.data());
    EXPECT_EQ(a, b);
  }
  fresh.CopyWorld(0, follower, 0);
  fresh.Observe(0, 1, nullptr, c.data());
  EXPECT_EQ(a, c);
  EXPECT_EQ(fresh.WorldBytes(0), first.WorldBytes(0));
}

TEST_P(Box2dEpisodes, WorldsOnFourThreads_GiveTheBitsOfOne) {
  constexpr int kWorlds = 8, kPlies = 120;
  std::vector<std::string> serial, parallel(kWorlds);
  EnvBatch one = Make(kWorlds, 11), many = Make(kWorlds, 11);
  one.Reset(0, kWorlds);
  for (int w = 0; w < kWorlds; ++w) {
    serial.push_back(Trace(one, w, kPlies, Rng(9, StreamRole::kTest, static_cast<unsigned>(w))));
  }
  many.Reset(0, kWorlds);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int w = t; w < kWorlds; w += 4) {
        parallel[static_cast<std::size_t>(w)] =
            Trace(many, w, kPlies, Rng(9, StreamRole::kTest, static_cast<unsigned>(w)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(parallel, serial);
}

TEST(Box2dStructs, KeepTheLawsOfStructs) {
  EXPECT_TRUE(StructFindings<LunarLander>(ParamsOf("LunarLander-v3")).empty());
  EXPECT_TRUE(StructFindings<BipedalWalker>(ParamsOf("BipedalWalker-v3")).empty());
}

/// A snapshot written entry by entry.
template <typename Number>
std::string Snapshot(std::uint8_t started, const std::vector<Number>& plies) {
  StateWriter writer;
  writer.Write("started", started);
  writer.WriteVector("start", std::vector<std::uint64_t>{1, 2, 0, 0});
  writer.WriteVector("plies", plies);
  return writer.bytes();
}

// Numbers that no episode has would stop the process inside Box2D; they are refused before, and the
// world stays as it was.
TEST(Box2dSnapshots, WhatIsNoEpisode_IsRefused) {
  const double nan = std::nan("");
  const std::vector<std::string> broken = {Snapshot<double>(1, {0, 0, 0}),
                                           Snapshot<double>(1, {2, 0, 0, 0}),
                                           Snapshot<double>(1, {0, nan, 0, 0}),
                                           Snapshot<double>(1, {0, 0, 0.1, 0}),
                                           Snapshot<double>(1, {0, 0, 0, nan}),
                                           Snapshot<double>(0, {0, 0, 0, 0}),
                                           Snapshot<double>(2, {}),
                                           Snapshot<float>(1, {0, 0, 0, 0}),
                                           Snapshot<double>(1, {}).substr(0, 30)};
  LunarLander env(ParamsOf("LunarLander-v3"));
  Rng rng(1, StreamRole::kTest);
  env.Reset(rng);
  const auto before = env.episode.world().Quantities();
  for (const std::string& bytes : broken) {
    StateReader reader(bytes, "snapshot");
    EXPECT_THROW(env.Load(reader), FileError);
    EXPECT_EQ(env.episode.world().Quantities(), before);
  }
  const std::string sound = Snapshot<double>(1, {1, -1, 0.03, -0.03});
  StateReader reader(sound, "snapshot");
  EXPECT_NO_THROW(env.Load(reader));
  EXPECT_EQ(env.episode.world().plies(), 1);

  BipedalWalker walker(ParamsOf("BipedalWalker-v3"));
  const std::string wild = Snapshot<float>(1, {0, 0, std::nanf(""), 0});
  StateReader walker_reader(wild, "snapshot");
  EXPECT_THROW(walker.Load(walker_reader), FileError);
}

}  // namespace
}  // namespace brasa
