// What was recorded is what happened, whatever the reader.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "tests/record/record_testing.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa::record_testing {
namespace {

struct Case {
  std::string name;
  EnvRow row;
  int worlds;
  std::int64_t steps;
};

void PrintTo(const Case& about, std::ostream* out) { *out << about.name; }

class RoundTrip : public testing::TestWithParam<Case> {};

INSTANTIATE_TEST_SUITE_P(
    Recording, RoundTrip,
    testing::Values(Case{"CartPole", CartPoleRow(), 4, 5000},
                    Case{"ThreeSeat", three_seat::ThreeSeatRow(), 7, 3000},
                    Case{"Bytes", BytesRow(), 3, 2000},
                    // A vector step of more rows than a block, and more ends than their ring holds.
                    Case{"ManyWorlds", BytesRow(), 9001, 30}),
    [](const auto& about) { return about.param.name; });

TEST_P(RoundTrip, EveryDataset_EqualsAPlainRecorderInMemory) {
  const Case& about = GetParam();
  const std::string path = FreshPath("round_trip.h5");
  RandomRun run(about.row, about.worlds);
  MemoryRecorder plain(run.Info().spec);
  const auto recorder = MakeRecorder(path, run.Info());
  run.Until(about.steps, {recorder.get(), &plain});
  recorder->OnEnd();

  Contents found = Datasets(path);
  EXPECT_EQ(found["/committed"].size(), 64u);
  found.erase("/committed");
  for (const char* table : {"plies", "episodes", "chance"}) {
    found.erase(std::string("/checksums/") + table);
  }
  ASSERT_GT(plain.contents().at("/episodes/world").size(), 100u);
  for (const auto& [name, bytes] : plain.contents()) {
    EXPECT_TRUE(found[name] == bytes)
        << name << ": " << found[name].size() << " bytes, expected " << bytes.size();
    found.erase(name);
  }
  for (const auto& [name, bytes] : found) EXPECT_EQ(bytes, "") << name << " is new";
}

TEST_P(RoundTrip, ReadEpisode_EqualsTheWorldsSlice) {
  const Case& about = GetParam();
  const std::string path = FreshPath("slices.h5");
  RandomRun run(about.row, about.worlds);
  MemoryRecorder plain(run.Info().spec);
  const auto recorder = MakeRecorder(path, run.Info());
  run.Until(about.steps, {recorder.get(), &plain});
  recorder->OnEnd();

  const auto recording = Recording::Open(path);
  const EnvSpec& spec = recording->info().spec;
  ASSERT_EQ(recording->rows(), about.steps * about.worlds);
  EXPECT_FALSE(recording->live());
  const Contents& all = plain.contents();
  const auto row_of = [&](const std::string& name, std::int64_t row, int bytes) {
    return all.at(name).substr(static_cast<std::size_t>(row * bytes),
                               static_cast<std::size_t>(bytes));
  };
  const std::int64_t every = std::max<std::int64_t>(1, recording->episodes() / 50);
  for (std::int64_t k = 0; k < recording->episodes(); k += every) {
    const EpisodeData data = recording->ReadEpisode(k);
    std::string seen, actions, rewards;
    for (int t = 0; t < data.head.length; ++t) {
      const std::int64_t row = (data.head.first_step + t) * about.worlds + data.head.world;
      seen += row_of("/plies/observation", row, spec.observation.bytes());
      actions += row_of("/plies/action", row, spec.action.bytes());
      rewards += row_of("/plies/reward", row, 4 * spec.players);
    }
    const auto same = [](const std::string& bytes, const auto& values) {
      return bytes.size() == values.size() * sizeof values[0] &&
             std::memcmp(bytes.data(), values.data(), bytes.size()) == 0;
    };
    EXPECT_TRUE(same(seen, data.observation)) << k;
    EXPECT_TRUE(same(actions, data.actions)) << k;
    EXPECT_TRUE(same(rewards, data.rewards)) << k;
    EXPECT_TRUE(
        same(row_of("/episodes/final_observation", k, spec.observation.bytes() * spec.players),
             data.final_observation))
        << k;
    EXPECT_NE(data.head.end, EpisodeEnd::kNone);
  }
}

// An oracle of its own for chance: the deal is told to seat 0 as entry 2 of what it sees (deal + 1)
// and the roll to everybody as entry 5 (roll + 1).
TEST(Recording, ChanceIds_AreThoseTheObservationsTell) {
  const std::string path = FreshPath("chance.h5");
  RecordRun(path, three_seat::ThreeSeatRow(), 5, 400);
  const auto recording = Recording::Open(path);
  ASSERT_GT(recording->episodes(), 500);
  for (std::int64_t k = 0; k < recording->episodes(); ++k) {
    const EpisodeData data = recording->ReadEpisode(k);
    std::vector<float> final_seen(18);
    std::memcpy(final_seen.data(), data.final_observation.data(), data.final_observation.size());
    ASSERT_EQ(data.chance.size(), static_cast<std::size_t>(data.head.length) + 1);
    EXPECT_EQ(data.chance[0],
              std::vector<std::int32_t>{static_cast<std::int32_t>(final_seen[2]) - 1});
    EXPECT_TRUE(data.chance[1].empty());
    EXPECT_EQ(data.chance[2],
              std::vector<std::int32_t>{static_cast<std::int32_t>(final_seen[5]) - 1});
    if (data.head.length == 3) {
      EXPECT_TRUE(data.chance[3].empty());
    }
  }
}

TEST(Recording, OpenEpisode_HoldsThePliesSinceTheLastEnd) {
  const std::string path = FreshPath("open.h5");
  RecordRun(path, BytesRow(), 6, 100);
  const auto recording = Recording::Open(path);
  std::vector<int> plies(6, 100);
  std::vector<std::uint32_t> ended(6, 0);
  for (std::int64_t k = 0; k < recording->episodes(); ++k) {
    const RecordedEpisode head = recording->Episode(k);
    plies[static_cast<std::size_t>(head.world)] -= head.length;
    ++ended[static_cast<std::size_t>(head.world)];
  }
  for (int w = 0; w < 6; ++w) {
    const EpisodeData data = recording->ReadOpenEpisode(w);
    EXPECT_EQ(data.head.length, plies[static_cast<std::size_t>(w)]);
    EXPECT_EQ(data.head.episode, ended[static_cast<std::size_t>(w)]);
    EXPECT_EQ(data.head.end, EpisodeEnd::kNone);
    double sum = 0;
    for (const float reward : data.rewards) sum += static_cast<double>(reward);
    EXPECT_EQ(data.head.returns[0], sum);
    // Entry 0 of what this environment shows is 16 times the ply, so the first row tells ply 0.
    if (data.head.length > 0) {
      EXPECT_EQ(data.observation[0], 0);
    }
  }
}

TEST(Recording, Info_IsReadAsWritten) {
  const std::string path = FreshPath("info.h5");
  const RandomRun run(BytesRow(), 3, 77);
  RecordingInfo info = run.Info();
  info.spec.reward_threshold = 0.1;
  info.spec.player_names = {"solo"};
  MakeRecorder(path, info)->OnEnd();
  const auto recording = Recording::Open(path);
  const RecordingInfo& found = recording->info();
  EXPECT_EQ(found.env, info.env);
  EXPECT_EQ(found.params, info.params);
  EXPECT_EQ(found.agent, info.agent);
  EXPECT_EQ(found.seed, 77u);
  EXPECT_EQ(found.worlds, 3);
  EXPECT_EQ(found.config, info.config);
  EXPECT_EQ(found.version, info.version);
  EXPECT_EQ(found.spec.id, "Bytes-v0");
  EXPECT_EQ(found.spec.observation.type, ElementType::kUint8);
  EXPECT_EQ(found.spec.observation.shape, (std::vector<int>{2, 3}));
  EXPECT_EQ(found.spec.observation.axes, (std::vector<std::string>{"row", "column"}));
  EXPECT_EQ(found.spec.observation.high, std::vector<float>{255});
  EXPECT_EQ(found.spec.action.kind, ActionKind::kBox);
  EXPECT_EQ(found.spec.action.low, (std::vector<float>{-1, -2}));
  EXPECT_EQ(found.spec.action.names, (std::vector<std::string>{"left", "right"}));
  EXPECT_EQ(found.spec.reward_threshold, 0.1);
  EXPECT_EQ(found.spec.min_return, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(found.spec.player_names, std::vector<std::string>{"solo"});
  ASSERT_EQ(found.spec.measures.size(), 2u);
  EXPECT_EQ(found.spec.measures[1].name, "last");
  EXPECT_EQ(found.spec.measures[1].unit, "m");
  EXPECT_EQ(recording->rows(), 0);
  EXPECT_EQ(recording->ReadOpenEpisode(2).head.length, 0);
}

TEST(Recording, EqualRuns_GiveEqualFilesWhateverTheFlushes) {
  const std::string first = FreshPath("first.h5"), second = FreshPath("second.h5");
  RecordRun(first, CartPoleRow(), 4, 3000);
  RandomRun run(CartPoleRow(), 4);
  const auto recorder = MakeRecorder(second, run.Info());
  for (std::int64_t t = 7; t <= 3000; t = std::min<std::int64_t>(3000, t * 3)) {
    run.Until(t, {recorder.get()});
    StateWriter ignored;
    recorder->OnCheckpoint(ignored);  // commits what there is
    if (t == 3000) break;
  }
  recorder->OnEnd();
  EXPECT_TRUE(Everything(first) == Everything(second));
}

TEST(Recording, ClosedFile_OpensInTheUsualTools) {
  const std::string path = FreshPath("tools.h5");
  RecordRun(path, CartPoleRow(), 2, 500);
  EXPECT_EQ(system(("h5dump -H " + path + " > /dev/null").c_str()), 0);
  if (system("/usr/bin/python3 -c 'import h5py' 2> /dev/null") != 0) GTEST_SKIP() << "no h5py here";
  const std::string script =
      "import h5py, sys; f = h5py.File(sys.argv[1], 'r'); "
      "assert f.attrs['format'] == b'brasa-recording' or f.attrs['format'] == 'brasa-recording'; "
      "assert f['plies/observation'].shape == (1000, 4); "
      "k = f['episodes/length'][0]; w = f['episodes/world'][0]; s = f['episodes/first_step'][0]; "
      "n = f.attrs['worlds']; r = f['plies/reward'][s*n+w : (s+k)*n+w : n, 0]; "
      "assert len(r) == k and r.sum() == f['episodes/return'][0, 0]";
  EXPECT_EQ(system(("/usr/bin/python3 -c \"" + script + "\" " + path).c_str()), 0);
}

}  // namespace
}  // namespace brasa::record_testing
