// Worlds in worker processes play what worlds in this one play.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "brasa/isolate.h"
#include "brasa/registry.h"
#include "brasa/vector_env.h"

namespace brasa {
namespace {

/// Steps a VectorEnv with random legal actions and writes down all it says.
class Play {
 public:
  explicit Play(VectorEnv& env)
      : env_(env),
        n_(static_cast<std::size_t>(env.worlds())),
        masked_(env.spec().action.kind == ActionKind::kDiscrete),
        player_(n_),
        observation_(n_ * static_cast<std::size_t>(env.spec().observation.bytes())),
        mask_(masked_ ? n_ * static_cast<std::size_t>(env.spec().action.count) : 0),
        start_(n_),
        reward_(n_ * static_cast<std::size_t>(env.spec().players)),
        end_(n_),
        actions_(n_ * static_cast<std::size_t>(env.spec().action.bytes()) / 4) {}

  void Reset() {
    env_.Reset(States());
    Tell();
  }
  /// The masks of the first step come from `before`, if the worlds were not reset here.
  void Go(int steps, Rng& rng) {
    for (int t = 0; t < steps; ++t) {
      Draw(rng);
      env_.Step(actions_.data(), {reward_.data(), end_.data()}, States());
      Tell();
    }
  }
  void TakeRowsOf(const Play& other) {
    player_ = other.player_;
    mask_ = other.mask_;
  }
  const std::string& told() const { return told_; }

 private:
  StateRows States() {
    return {player_.data(), observation_.data(), masked_ ? mask_.data() : nullptr, start_.data()};
  }
  void Draw(Rng& rng) {
    for (std::size_t i = 0; i < actions_.size(); ++i) {
      if (masked_) {
        const std::size_t count = mask_.size() / n_;
        do {
          actions_[i] = rng.Below(static_cast<std::uint32_t>(count));
        } while (mask_[i * count + actions_[i]] == 0);
      } else {
        actions_[i] = std::bit_cast<std::uint32_t>(static_cast<float>(rng.Uniform(-1, 1)));
      }
    }
  }
  template <typename T>
  void Add(const T* values, std::size_t count) {
    told_.append(reinterpret_cast<const char*>(values), count * sizeof(T));
  }
  void Tell() {
    const EnvSpec& spec = env_.spec();
    const auto players = static_cast<std::size_t>(spec.players);
    Add(player_.data(), n_);
    Add(observation_.data(), observation_.size());
    Add(mask_.data(), mask_.size());
    Add(start_.data(), n_);
    Add(reward_.data(), reward_.size());
    Add(end_.data(), n_);
    const LastRows& last = env_.last();
    const auto count = static_cast<std::size_t>(last.count);
    Add(last.world, count);
    Add(last.episode, count);
    Add(last.length, count);
    Add(last.returns, count * players);
    Add(static_cast<const std::uint8_t*>(last.observation),
        count * players * static_cast<std::size_t>(spec.observation.bytes()));
    if (last.measures != nullptr) Add(last.measures, count * spec.measures.size());
    for (int w = 0; w < env_.worlds(); ++w) {
      for (const auto ids : {env_.ChanceIds(w), env_.FinalChanceIds(w)}) {
        Add(ids.data(), ids.size());
        told_ += '|';
      }
    }
  }

  VectorEnv& env_;
  const std::size_t n_;
  const bool masked_;
  std::vector<std::int32_t> player_;
  std::vector<std::uint8_t> observation_, mask_, start_;
  std::vector<float> reward_;
  std::vector<std::uint8_t> end_;
  std::vector<std::uint32_t> actions_;
  std::string told_;
};

IsolateOptions Options(int worlds, int processes) {
  IsolateOptions options;
  options.worlds = worlds;
  options.processes = processes;
  options.streams = {11, StreamRole::kTest, 0};
  options.program = BRASA_PROGRAM;
  return options;
}

std::unique_ptr<VectorEnv> Serial(const EnvRow& row, int worlds) {
  return MakeSerialVectorEnv(row, DefaultParams(row),
                             {worlds, 1, {11, StreamRole::kTest, 0}, true});
}

// One mover and two; chance with hidden cards; box actions; bytes with measures; long legal lists.
const std::vector<std::string>& Names() {
  static const std::vector<std::string> kNames = {
      "CartPole-v1",    "LeducPoker-v0", "Pendulum-v1", "MinAtar/Breakout-v1",
      "ConnectFour-v0", "Backgammon-v0", UNLUCKY_PLUGIN};
  return kNames;
}

TEST(Isolated, AnyNumberOfProcesses_PlaysWhatSerialSteppingPlays) {
  Registry registry;
  for (const std::string& name : Names()) {
    const EnvRow& row = registry.FindEnv(name);
    auto serial = Serial(row, 7);
    Play expected(*serial);
    Rng rng(1, StreamRole::kTest);
    expected.Reset();
    expected.Go(120, rng);
    for (const int processes : {1, 2, 3}) {
      const auto env = MakeIsolatedVectorEnv(row, DefaultParams(row), Options(7, processes));
      EXPECT_EQ(env->processes(), processes);
      Play play(*env);
      Rng same(1, StreamRole::kTest);
      play.Reset();
      play.Go(120, same);
      EXPECT_TRUE(play.told() == expected.told()) << name << ", " << processes;
      EXPECT_EQ(env->Signature(), serial->Signature()) << name << ", " << processes;
    }
  }
}

TEST(Isolated, SavedByTwoProcessesAndLoadedByThree_GoesOnAlike) {
  Registry registry;
  for (const std::string& name : Names()) {
    const EnvRow& row = registry.FindEnv(name);
    auto serial = Serial(row, 7);
    Play expected(*serial);
    Rng rng(2, StreamRole::kTest);
    expected.Reset();
    expected.Go(70, rng);

    StateWriter writer;
    Rng halves(2, StreamRole::kTest);
    const auto first = MakeIsolatedVectorEnv(row, DefaultParams(row), Options(7, 2));
    Play before(*first);
    before.Reset();
    before.Go(30, halves);
    first->Save(writer);

    StateReader reader(writer.bytes(), "saved");
    const auto second = MakeIsolatedVectorEnv(row, DefaultParams(row), Options(7, 3));
    second->Load(reader);
    EXPECT_TRUE(reader.AtEnd());
    Play after(*second);
    after.TakeRowsOf(before);
    after.Go(40, halves);
    EXPECT_TRUE(before.told() + after.told() == expected.told()) << name;
    EXPECT_EQ(second->Signature(), serial->Signature()) << name;
  }
}

TEST(Isolated, MoreProcessesThanWorlds_MakesOneAWorld) {
  Registry registry;
  const EnvRow& row = registry.FindEnv("CartPole-v1");
  EXPECT_EQ(MakeIsolatedVectorEnv(row, DefaultParams(row), Options(2, 5))->processes(), 2);
}

TEST(Isolated, SaveOfOtherWorlds_IsRefused) {
  Registry registry;
  const EnvRow& row = registry.FindEnv("CartPole-v1");
  StateWriter writer;
  MakeIsolatedVectorEnv(row, DefaultParams(row), Options(2, 1))->Save(writer);
  const auto other = MakeIsolatedVectorEnv(row, DefaultParams(row), Options(3, 1));
  StateReader reader(writer.bytes(), "saved");
  EXPECT_THROW(other->Load(reader), FileError);
}

TEST(Isolated, IllegalAction_IsTheErrorOfSerialStepping) {
  Registry registry;
  const EnvRow& row = registry.FindEnv("CartPole-v1");
  const auto message = [](VectorEnv& env) -> std::string {
    std::int32_t player[4], actions[4] = {0, 1, 0, 9};
    float seen[16], reward[4];
    std::uint8_t mask[8], start[4], end[4];
    const StateRows rows{player, seen, mask, start};
    env.Reset(rows);
    try {
      env.Step(actions, {reward, end}, rows);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  const auto isolated = MakeIsolatedVectorEnv(row, DefaultParams(row), Options(4, 2));
  const auto serial = Serial(row, 4);
  const std::string expected = message(*serial);
  EXPECT_NE(expected.find("world 3, episode 0, step 0"), std::string::npos) << expected;
  EXPECT_EQ(message(*isolated), expected);
}

/// Steps Unlucky until it is lost.
WorkerLoss LossOf(const std::string& fault, int at, int worlds) {
  Registry registry;
  const EnvRow& row = registry.FindEnv(UNLUCKY_PLUGIN);
  Params params = DefaultParams(row);
  params.Set("fault", fault);
  params.Set("at", std::to_string(at));
  IsolateOptions options = Options(worlds, 2);
  if (fault == "loop") options.step_timeout = 3;  // longer than any pause of a busy machine
  const auto env = MakeIsolatedVectorEnv(row, params, options);
  Play play(*env);
  Rng rng(3, StreamRole::kTest);
  try {
    play.Reset();
    play.Go(10000, rng);
  } catch (const WorkerLost& lost) {
    return lost.loss();
  }
  ADD_FAILURE() << fault << " was not met";
  return {};
}

TEST(IsolatedLoss, NamesWorldEpisodeAndStep) {
  // The oracle: the first world by (step, world) whose lot is 7, from the streams themselves.
  const int worlds = 4, at = 3;
  int expected_world = -1, expected_episode = -1;
  for (int episode = 0; expected_world < 0; ++episode) {
    for (int world = 0; world < worlds && expected_world < 0; ++world) {
      Rng rng(11, StreamRole::kTest, static_cast<std::uint32_t>(world),
              static_cast<std::uint32_t>(episode));
      if (rng.Below(10) != 7) continue;
      expected_world = world;
      expected_episode = episode;
    }
  }
  const std::pair<const char*, const char*> faults[] = {
      {"crash", "crashes (SIGSEGV)"},
      {"abort", "crashes (SIGABRT)"},
      {"exit", "ends its process (exit code 7)"},
      {"loop", "does not come back within 3 s"},
      {"throw", "fails with 'seven is unlucky'"},
      {"garbage", "writes into the link between its process and the host"},
      {"close", "closes the link between its process and the host"}};
  for (const auto& [fault, how] : faults) {
    const WorkerLoss loss = LossOf(fault, at, worlds);
    EXPECT_EQ(loss.how, how);
    EXPECT_TRUE(loss.repeated) << fault;
    EXPECT_EQ(loss.world, expected_world) << fault;
    EXPECT_EQ(static_cast<int>(loss.episode), expected_episode) << fault;
    EXPECT_EQ(loss.step, at) << fault;
    EXPECT_EQ(loss.action.size(), 4u) << fault;
    EXPECT_EQ(loss.player.size(), static_cast<std::size_t>(at)) << fault;
    EXPECT_EQ(loss.rewards.size(), static_cast<std::size_t>(at)) << fault;
    EXPECT_EQ(loss.observation.size(), static_cast<std::size_t>(8 * at)) << fault;
  }
}

TEST(IsolatedLoss, AtTheFirstReset_HasNoStep) {
  const WorkerLoss loss = LossOf("crash", -1, 40);  // 40 lots: one is 7
  EXPECT_TRUE(loss.repeated);
  EXPECT_EQ(loss.step, -1);
  EXPECT_EQ(loss.episode, 0u);
}

TEST(IsolatedLoss, Continued_TruncatesTheEpisodesOfThatProcessOnly) {
  Registry registry;
  const EnvRow& row = registry.FindEnv(UNLUCKY_PLUGIN);
  Params params = DefaultParams(row);
  params.Set("fault", "crash");
  IsolateOptions options = Options(4, 2);
  options.on_loss = OnLoss::kContinue;
  const auto env = MakeIsolatedVectorEnv(row, params, options);
  std::vector<WorkerLoss> losses;
  env->on_loss = [&](const WorkerLoss& loss) { losses.push_back(loss); };
  std::int32_t player[4], actions[4] = {1, 1, 1, 1};
  float seen[8], before[8], reward[4];
  std::uint8_t mask[8], start[4], end[4];
  const StateRows rows{player, seen, mask, start};
  env->Reset(rows);
  int truncated = 0;
  for (int t = 0; t < 400; ++t) {
    std::copy(seen, seen + 8, before);
    const std::size_t known = losses.size();
    env->Step(actions, {reward, end}, rows);
    const LastRows& last = env->last();
    int e = 0;
    for (int w = 0; w < 4; ++w) {
      bool lost = false;
      for (std::size_t k = known; k < losses.size(); ++k) {
        lost = lost || (losses[k].begin <= w && w < losses[k].end);
      }
      ASSERT_EQ(end[w] == static_cast<std::uint8_t>(EpisodeEnd::kTruncated), lost) << t << " " << w;
      if (end[w] == 0) continue;
      ASSERT_LT(e, last.count);
      ASSERT_EQ(last.world[e], w);
      if (lost) {
        ++truncated;
        // The final observation is the last that was seen; the lost ply counts, without reward.
        EXPECT_EQ(static_cast<const float*>(last.observation)[2 * e], before[2 * w]);
        EXPECT_EQ(static_cast<const float*>(last.observation)[2 * e + 1], before[2 * w + 1]);
        EXPECT_EQ(last.length[e], static_cast<int>(before[2 * w]) + 1);
        EXPECT_EQ(reward[w], 0.0f);
        EXPECT_EQ(start[w], 1);
        EXPECT_EQ(seen[2 * w], 0.0f);
      }
      ++e;
    }
    ASSERT_EQ(e, last.count);
  }
  EXPECT_GT(losses.size(), 2u);
  EXPECT_EQ(truncated, static_cast<int>(losses.size()) * 2);
  EXPECT_TRUE(losses[0].examined && losses[0].repeated);
  EXPECT_FALSE(losses[1].examined);
}

}  // namespace
}  // namespace brasa
