#include "tests/runs/runs_testing.h"

#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "brasa/core/hash.h"
#include "brasa/env.h"
#include "brasa/recorder.h"
#include "runners/loop/checkpoint_file.h"

namespace brasa {
namespace {

namespace fs = std::filesystem;

EnvSpec SmallSpec(const char* id, int players, int actions) {
  EnvSpec spec;
  spec.id = id;
  spec.players = players;
  spec.observation.shape = {1};
  spec.observation.axes = {"value"};
  spec.observation.low = {-1e6f};
  spec.observation.high = {1e6f};
  spec.action.count = actions;
  return spec;
}

struct Noisy {
  static EnvSpec Spec(const Params&) {
    EnvSpec spec = SmallSpec("Noisy-v0", 1, 2);
    spec.max_episode_steps = 30;
    spec.measures = {{"luck", "1"}};
    return spec;
  }
  explicit Noisy(const Params&) {}
  void Reset(Rng& rng) { value = static_cast<float>(rng.Uniform()); }
  EpisodeEnd Step(ActionRef action, Rng& rng, std::span<float> rewards) {
    value = static_cast<float>(rng.Uniform());
    rewards[0] = value + static_cast<float>(action.id());
    return rng.Uniform() < 0.1 ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }
  void Observe(int, std::span<float> out) const { out[0] = value; }
  void Measures(std::span<float> out) const { out[0] = value; }
  static constexpr bool kFlat = true;
  float value = 0;
};

struct Sour {
  static std::vector<Field> Fields() { return {IntField("at", 100, 0, 1e6, "the bad ply")}; }
  static EnvSpec Spec(const Params&) { return SmallSpec("Sour-v0", 1, 2); }
  explicit Sour(const Params& params) : at(static_cast<std::int32_t>(params.GetInt("at"))) {}
  void Reset(Rng&) { ply = 0; }
  EpisodeEnd Step(ActionRef, Rng&, std::span<float> rewards) {
    rewards[0] = ++ply == at ? std::numeric_limits<float>::quiet_NaN() : 1.0f;
    return EpisodeEnd::kNone;
  }
  void Observe(int, std::span<float> out) const { out[0] = static_cast<float>(ply); }
  static constexpr bool kFlat = true;
  std::int32_t at;
  std::int32_t ply = 0;
};

struct Higher {
  static EnvSpec Spec(const Params&) {
    EnvSpec spec = SmallSpec("Higher-v0", 2, 3);
    spec.zero_sum = true;
    return spec;
  }
  explicit Higher(const Params&) {}
  void Reset(Rng&) { first = -1; }
  int PlayerToMove() const { return first < 0 ? 0 : 1; }
  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    rewards[0] = rewards[1] = 0;
    if (first < 0) {
      first = action.id();
      return EpisodeEnd::kNone;
    }
    rewards[0] = static_cast<float>((first > action.id()) - (first < action.id()));
    rewards[1] = -rewards[0];
    return EpisodeEnd::kTerminated;
  }
  void Observe(int, std::span<float> out) const { out[0] = static_cast<float>(first); }
  static constexpr bool kFlat = true;
  std::int32_t first = -1;
};

/// Explores uniformly; its mode is the highest legal id.
class DriftActor final : public Actor {
 public:
  DriftActor(ActMode mode, int actions, std::uint64_t seed, StreamRole role)
      : mode_(mode), actions_(actions), rng_(seed, role) {}
  void Act(const ActRows& rows, void* actions) override {
    for (int i = 0; i < rows.count; ++i) {
      legal_.clear();
      for (int id = 0; id < actions_; ++id) {
        if (rows.mask == nullptr || rows.mask[i * actions_ + id] != 0) legal_.push_back(id);
      }
      static_cast<std::int32_t*>(actions)[i] =
          mode_ == ActMode::kGreedy ? legal_.back()
                                    : legal_[rng_.Below(static_cast<std::uint32_t>(legal_.size()))];
    }
  }
  void Save(StateWriter& writer) const override {
    writer.Write("actor/counter", rng_.counter);
    writer.Write("actor/spare", rng_.spare);
  }
  void Load(StateReader& reader) override {
    reader.Read("actor/counter", rng_.counter);
    reader.Read("actor/spare", rng_.spare);
  }

 private:
  ActMode mode_;
  int actions_;
  Rng rng_;
  std::vector<std::int32_t> legal_;
};

class DriftAgent final : public Agent {
 public:
  explicit DriftAgent(const AgentSetup& setup)
      : actions_(setup.spec.action.count),
        gain_(setup.config.GetFloat("gain")),
        actor_(ActMode::kExplore, actions_, setup.seed, StreamRole::kActor),
        metrics_{{"losses/drift", 0}} {
    const auto n = static_cast<std::size_t>(setup.worlds);
    players_ = static_cast<std::size_t>(setup.spec.players);
    for (Half& half : halves_) {
      half.player.resize(n);
      half.observation.resize(n * static_cast<std::size_t>(setup.spec.observation.bytes()));
      half.mask.resize(n * static_cast<std::size_t>(actions_));
      half.start.resize(n);
    }
    action_.resize(n);
    reward_.resize(n * players_);
    end_.resize(n);
  }
  StateRows FirstRows() override { return Rows(halves_[now_]); }
  StepRows NextRows() override {
    return {Rows(halves_[now_]),
            action_.data(),
            {reward_.data(), end_.data()},
            Rows(halves_[1 - now_])};
  }
  void Learn(const LastRows&) override {
    for (const float reward : reward_) drift_ += gain_ * (static_cast<double>(reward) - drift_);
    now_ = 1 - now_;
    if (++steps_ % 4 == 0) metrics_[0].value = drift_;
  }
  Actor& actor() override { return actor_; }
  std::unique_ptr<Actor> MakeActor(ActMode mode, int, std::uint64_t seed,
                                   StreamRole role) override {
    return std::make_unique<DriftActor>(mode, actions_, seed, role);
  }
  std::int64_t updates() const override { return steps_ / 4; }
  std::span<const Metric> metrics() const override { return metrics_; }
  void Save(StateWriter& writer) const override {
    actor_.Save(writer);
    writer.Write("drift", drift_);
    writer.Write("metric", metrics_[0].value);
    writer.Write("steps", steps_);
    writer.WriteVector("player", halves_[now_].player);
    writer.WriteVector("observation", halves_[now_].observation);
    writer.WriteVector("mask", halves_[now_].mask);
    writer.WriteVector("start", halves_[now_].start);
  }
  void Load(StateReader& reader) override {
    actor_.Load(reader);
    reader.Read("drift", drift_);
    reader.Read("metric", metrics_[0].value);
    reader.Read("steps", steps_);
    reader.ReadVector("player", halves_[now_].player);
    reader.ReadVector("observation", halves_[now_].observation);
    reader.ReadVector("mask", halves_[now_].mask);
    reader.ReadVector("start", halves_[now_].start);
  }
  std::uint64_t ParameterHash() const override { return HashBytes(&drift_, sizeof drift_); }

 private:
  struct Half {
    std::vector<std::int32_t> player;
    std::vector<std::uint8_t> observation, mask, start;
  };
  static StateRows Rows(Half& half) {
    return {half.player.data(), half.observation.data(), half.mask.data(), half.start.data()};
  }
  int actions_;
  double gain_;
  DriftActor actor_;
  std::vector<Metric> metrics_;
  std::size_t players_ = 1;
  Half halves_[2];
  int now_ = 0;
  std::vector<std::int32_t> action_;
  std::vector<float> reward_;
  std::vector<std::uint8_t> end_;
  double drift_ = 0;
  std::int64_t steps_ = 0;
};

template <typename T>
EnvRow RowOf(const char* id) {
  EnvRow row;
  row.id = id;
  row.env_class = &EnvClassOf<T>();
  return row;
}

std::string WithoutClockColumns(const std::string& csv) {
  std::istringstream in(csv);
  std::string out, line;
  while (std::getline(in, line)) {
    for (int column = 0; column < 2; ++column) line.resize(line.rfind(','));
    out += line + "\n";
  }
  return out;
}

/// Records are u64 length, u32, bytes, u32; an event's bytes begin with 0x09 and its wall time.
std::string WithoutWallTimes(const std::string& events) {
  std::string out;
  for (std::size_t at = 0; at + 12 <= events.size();) {
    std::uint64_t length = 0;
    std::memcpy(&length, events.data() + at, sizeof length);
    const std::string event = events.substr(at + 12, length);
    at += 16 + length;
    const bool timed = event.find("charts/SPS") != std::string::npos ||
                       event.find("_hparams_") != std::string::npos;
    out += timed ? "timed\n" : event.substr(9) + "\n";
  }
  return out;
}

std::string WithoutClockKeys(const std::string& text) {
  auto json = nlohmann::ordered_json::parse(text);
  for (const char* key : {"seconds", "steps_per_second", "directory"}) json.erase(key);
  return json.dump();
}

std::string CheckpointText(const fs::path& path) {
  const Checkpoint checkpoint = Checkpoint::Read(path);
  std::string out;
  for (const std::string& name : checkpoint.names()) {
    if (name != "outputs") out += name + ":" + std::string(checkpoint.Bytes(name)) + "\n";
  }
  return out;
}

std::string RecordingText(const fs::path& path) {
  const auto recording = Recording::Open(path.string());
  std::ostringstream out;
  const auto bytes = [&](const auto& values) {
    out.write(reinterpret_cast<const char*>(values.data()),
              static_cast<std::streamsize>(values.size() * sizeof values[0]));
    out << "|";
  };
  const auto tell = [&](const EpisodeData& data) {
    out << data.head.world << " " << data.head.episode << " " << data.head.first_step << " "
        << data.head.length << " " << static_cast<int>(data.head.end) << ":";
    bytes(data.head.returns);
    bytes(data.player);
    bytes(data.observation);
    bytes(data.actions);
    bytes(data.rewards);
    bytes(data.final_observation);
  };
  out << recording->rows() << " rows\n";
  for (std::int64_t k = 0; k < recording->episodes(); ++k) tell(recording->ReadEpisode(k));
  for (int w = 0; w < recording->info().worlds; ++w) tell(recording->ReadOpenEpisode(w));
  return out.str();
}

}  // namespace

Registry TestRegistry() {
  Registry registry;
  registry.Add(RowOf<Noisy>("Noisy-v0"));
  registry.Add(RowOf<Sour>("Sour-v0"));
  registry.Add(RowOf<Higher>("Higher-v0"));
  AgentRow drift;
  drift.name = "drift";
  drift.summary = "moves with every reward";
  drift.fields = {FloatField("gain", 0.1, 0, 1, "step"), BoolField("loud", false, "unused"),
                  IntListField("network.hidden", {64, 64}, 1, 1024, "unused"),
                  TextField("note", "", "unused")};
  drift.make = [](const AgentSetup& setup) -> std::unique_ptr<Agent> {
    return std::make_unique<DriftAgent>(setup);
  };
  drift.presets = {{"Noisy-v0", {{"gain", "0.25"}, {"steps", "5000"}, {"envs", "5"}}}};
  registry.Add(drift);
  return registry;
}

RunConfig TestConfig(Registry& registry, const std::string& agent, const std::string& env,
                     std::int64_t steps, int worlds) {
  RunConfig config = DefaultRunConfig(registry, agent, env);
  config.steps = steps;
  config.worlds = worlds;
  config.workers = 1;
  config.checkpoint_seconds = 0;
  return config;
}

std::map<std::string, std::string> ComparableFiles(const fs::path& run) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(run)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = fs::relative(entry.path(), run).string();
    if (name == "metrics.csv") {
      files[name] = WithoutClockColumns(Slurp(entry.path()));
    } else if (name.starts_with("events.out.tfevents.")) {
      files["events"] += WithoutWallTimes(Slurp(entry.path()));
    } else if (name == "result.json") {
      files[name] = WithoutClockKeys(Slurp(entry.path()));
    } else if (name.ends_with(".ckpt")) {
      files[name] = CheckpointText(entry.path());
    } else if (name.ends_with(".h5")) {
      files[name] = RecordingText(entry.path());
    } else {
      files[name] = Slurp(entry.path());
    }
  }
  return files;
}

void ExpectSameRuns(const fs::path& a, const fs::path& b) {
  const auto files_a = ComparableFiles(a), files_b = ComparableFiles(b);
  for (const auto& [name, text] : files_a) {
    // The older of the two checkpoints was taken whenever the clock or a stop said so.
    if (name.ends_with(".ckpt") && !files_b.contains(name)) continue;
    ASSERT_TRUE(files_b.contains(name)) << name << " is missing";
    EXPECT_TRUE(text == files_b.at(name)) << name << " differs";
  }
  for (const auto& [name, text] : files_b) {
    EXPECT_TRUE(files_a.contains(name) || name.ends_with(".ckpt")) << name << " is too much";
  }
}

}  // namespace brasa
