// How fast the environments step on one core, beside what peers reach.
//
//   env_bench [ENV ...] [--worlds N] [--seconds S] [--rounds R] [--set KEY=VALUE] [--json]
//
// playouts   random games through EnvBatch: the legal list of every world, a uniform choice, the
//            checked Step with chance rolled, and a reset where a game ended [moves per CPU
//            second]. Moves are those of players and those of chance (a card dealt, a roll of the
//            dice, a tile), as the peer counts them; where chance moves, both counts are printed.
//            Beside the poker games and Hex the bound of a bare loop.
// steps      the whole contract of VectorEnv with random actions drawn in advance: checks, step,
//            final observations, reset, next observations, signature [steps per CPU second].
//            Beside Seaquest and Space Invaders the bound of a bare loop.
// Each figure is the median over the rounds. Peers, measured on the same kind of machine with one
// thread: playouts of OpenSpiel 2.0's C++ core, steps of EnvPool's C++ core with 1024 worlds.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "brasa/contract_check.h"
#include "brasa/core/hash.h"
#include "brasa/registry.h"
#include "brasa/vector_env.h"
#include "envs/board/hex.h"
#include "envs/cards/kuhn_poker.h"
#include "envs/cards/leduc_poker.h"
#include "envs/minatar/minatar.h"

namespace brasa {
namespace {

using Json = nlohmann::ordered_json;

/// What a peer reaches [million moves or steps per second], and the multiple that is aimed at.
struct Peer {
  const char* env;
  double millions;
  double aim;
};
constexpr Peer kOpenSpiel[] = {
    {"TicTacToe-v0", 5.5, 5}, {"ConnectFour-v0", 2.6, 10},  {"Othello-v0", 0.24, 10},
    {"Hex-v0", 1.4, 10},      {"Breakthrough-v0", 1.0, 10}, {"Go-v0", 0.9, 5},
    {"Chess-v0", 0.17, 10},   {"Checkers-v0", 0.28, 10},    {"Backgammon-v0", 0.13, 10},
    {"2048-v0", 0.69, 10},    {"KuhnPoker-v0", 8.5, 5},     {"LeducPoker-v0", 5.1, 5},
};
constexpr Peer kEnvPool[] = {
    {"CartPole-v1", 0.76, 100},
    {"Pendulum-v1", 0.76, 100},
    {"Acrobot-v1", 0.53, 40},
    {"MountainCar-v0", 0.70, 100},
    {"MountainCarContinuous-v0", 0.70, 100},
};

const Peer* PeerOf(std::span<const Peer> peers, const std::string& env) {
  const auto at =
      std::find_if(peers.begin(), peers.end(), [&](const Peer& p) { return p.env == env; });
  return at == peers.end() ? nullptr : &*at;
}

struct Options {
  std::vector<std::string> envs;
  std::vector<std::pair<std::string, std::string>> settings;
  int worlds = 0;  ///< 0 = 256 for playouts, 1024 for steps
  double seconds = 0.5;
  int rounds = 3;
  bool json = false;
};

/// Random games in every world of a batch.
class Playouts {
 public:
  Playouts(const EnvRow& row, const Params& params, int worlds)
      : batch_(row, params, worlds, {1, StreamRole::kTest, 0}),
        actions_(static_cast<std::size_t>(worlds)),
        rewards_(actions_.size() * static_cast<std::size_t>(batch_.spec().players)),
        ends_(actions_.size()) {
    batch_.Reset(0, worlds);
  }

  /// One move in every world; returns the number of games that ended.
  int Step() {
    const int n = batch_.worlds();
    batch_.PrepareLegal(0, n);
    for (int i = 0; i < n; ++i) {
      const auto legal = batch_.Legal(i);
      state_ += 0x9E3779B97F4A7C15ull;
      const std::uint64_t draw = Mix64(state_) >> 32;
      actions_[static_cast<std::size_t>(i)] = legal[(draw * legal.size()) >> 32];
    }
    batch_.Step(0, n, actions_.data(), rewards_.data(), ends_.data());
    if (count_chance_) CountChance([](std::uint8_t) { return true; });
    int ended = 0;
    for (const std::uint8_t end : ends_) ended += end != 0;
    for (int i = 0; i < n; ++i) {
      if (ends_[static_cast<std::size_t>(i)] != 0) batch_.Reset(i, i + 1);
    }
    if (count_chance_) CountChance([](std::uint8_t end) { return end != 0; });
    return ended;
  }
  /// Moves of chance for each of a player's, measured apart.
  double ChanceShare() {
    constexpr int kSteps = 1000;
    if (batch_.spec().max_chance_outcomes == 0) return 0;
    count_chance_ = true;
    for (int i = 0; i < kSteps; ++i) Step();
    count_chance_ = false;
    return static_cast<double>(chance_moves_) / (kSteps * static_cast<double>(worlds()));
  }
  int worlds() const { return batch_.worlds(); }

 private:
  template <typename Wanted>
  void CountChance(Wanted&& wanted) {
    for (int i = 0; i < batch_.worlds(); ++i) {
      if (!wanted(ends_[static_cast<std::size_t>(i)])) continue;
      chance_moves_ += static_cast<std::int64_t>(batch_.ChanceIds(i).size());
    }
  }

  EnvBatch batch_;
  std::vector<std::int32_t> actions_;
  std::vector<float> rewards_;
  std::vector<std::uint8_t> ends_;
  std::uint64_t state_ = 1;
  bool count_chance_ = false;
  std::int64_t chance_moves_ = 0;
};

/// The bound of the games: a hand-written loop over the struct with the same draws, without ranges,
/// checks, lists of drawn ids and ply counts.
template <typename T>
class Bare {
 public:
  Bare(const Params& params, int worlds)
      : spec_(T::Spec(params)), worlds_(static_cast<std::size_t>(worlds), T(params)) {
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      streams_.emplace_back(1, StreamRole::kTest, static_cast<std::uint32_t>(i));
      Start(i);
    }
  }
  int Step() {
    std::int32_t ids[512];
    float rewards[16];
    const std::span<float> sums(rewards, static_cast<std::size_t>(spec_.players));
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      const auto count = static_cast<std::uint64_t>(worlds_[i].LegalActions(ids));
      state_ += 0x9E3779B97F4A7C15ull;
      const std::int32_t* action = &ids[((Mix64(state_) >> 32) * count) >> 32];
      const EpisodeEnd end = worlds_[i].Step(ActionRef(action, 1), streams_[i], sums);
      if (end == EpisodeEnd::kNone) {
        Deal(i);
      } else {
        Start(i);
      }
    }
    return 0;
  }
  double ChanceShare() const { return 0; }
  int worlds() const { return static_cast<int>(worlds_.size()); }

 private:
  void Start(std::size_t i) {
    streams_[i] = Rng(1, StreamRole::kTest, static_cast<std::uint32_t>(i), ++episode_);
    worlds_[i].Reset(streams_[i]);
    Deal(i);
  }
  void Deal([[maybe_unused]] std::size_t i) {
    if constexpr (contract::HasChance<T>) {
      std::int32_t ids[32];
      double probabilities[32];
      while (worlds_[i].PlayerToMove() == kChance) {
        const auto count = static_cast<std::size_t>(worlds_[i].ChanceOutcomes(ids, probabilities));
        const int drawn = streams_[i].Categorical({probabilities, count});
        worlds_[i].ApplyChance(ids[drawn], {});
      }
    }
  }

  EnvSpec spec_;
  std::vector<T> worlds_;
  std::vector<Rng> streams_;
  std::uint64_t state_ = 1;
  std::uint32_t episode_ = 0;
};

/// The bound of the MinAtar games: rules, reset and observation of each world, with actions drawn
/// at once.
template <typename T>
class BareSteps {
 public:
  BareSteps(const Params& params, int worlds)
      : worlds_(static_cast<std::size_t>(worlds), T(params)),
        actions_(static_cast<std::uint64_t>(T::Spec(params).action.count)),
        observations_(worlds_.size() * T::kElements) {
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      streams_.emplace_back(1, StreamRole::kTest, static_cast<std::uint32_t>(i));
      worlds_[i].Reset(streams_[i]);
    }
  }
  int Step() {
    float reward = 0;
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      state_ += 0x9E3779B97F4A7C15ull;
      const auto action = static_cast<std::int32_t>(((Mix64(state_) >> 32) * actions_) >> 32);
      const EpisodeEnd end = worlds_[i].Step(ActionRef(&action, 1), streams_[i], {&reward, 1});
      if (end != EpisodeEnd::kNone) worlds_[i].Reset(streams_[i]);
      worlds_[i].Observe(0, {&observations_[i * T::kElements], T::kElements});
    }
    return 0;
  }
  double ChanceShare() const { return 0; }
  int worlds() const { return static_cast<int>(worlds_.size()); }

 private:
  std::vector<T> worlds_;
  std::uint64_t actions_;
  std::vector<std::uint8_t> observations_;
  std::vector<Rng> streams_;
  std::uint64_t state_ = 1;
};

/// The whole contract with actions drawn in advance.
class Steps {
 public:
  Steps(const EnvRow& row, const Params& params, int worlds)
      : env_(MakeSerialVectorEnv(row, params, {worlds, 1, {1, StreamRole::kTest, 0}, true})) {
    const EnvSpec& spec = env_->spec();
    const auto n = static_cast<std::size_t>(worlds);
    stride_ = n * static_cast<std::size_t>(spec.action.bytes());
    actions_.resize(kActionRows * stride_);
    std::vector<std::int32_t> all(static_cast<std::size_t>(std::max(spec.action.count, 0)));
    for (std::size_t a = 0; a < all.size(); ++a) all[a] = static_cast<std::int32_t>(a);
    Rng rng(2, StreamRole::kTest);
    const auto size = static_cast<std::size_t>(spec.action.bytes());
    for (std::size_t at = 0; at < actions_.size(); at += size) {
      RandomAction(spec, all, rng, &actions_[at]);
    }
    players_.resize(n);
    observations_.resize(n * static_cast<std::size_t>(spec.observation.bytes()));
    starts_.resize(n);
    rewards_.resize(n);
    ends_.resize(n);
    env_->Reset(Rows());
  }

  int Step() {
    env_->Step(&actions_[next_++ % kActionRows * stride_], {rewards_.data(), ends_.data()}, Rows());
    return 0;
  }
  double ChanceShare() const { return 0; }
  int worlds() const { return env_->worlds(); }

 private:
  StateRows Rows() {
    StateRows rows;
    rows.player = players_.data();
    rows.observation = observations_.data();
    rows.start = starts_.data();
    return rows;
  }

  static constexpr std::size_t kActionRows = 37;
  std::unique_ptr<VectorEnv> env_;
  std::size_t stride_ = 0, next_ = 0;
  std::vector<char> actions_;
  std::vector<std::int32_t> players_;
  std::vector<char> observations_;
  std::vector<std::uint8_t> starts_, ends_;
  std::vector<float> rewards_;
};

/// Of this process: other programs on the machine do not count.
double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

struct Figure {
  double per_second = 0;  ///< median over rounds
  double length = 0;      ///< of players' moves, a game
  double chance = 0;      ///< moves of chance for each of a player's
};

template <typename Loop>
Figure Measure(Loop&& loop, const Options& options) {
  std::vector<double> rates;
  std::int64_t moves = 0, games = 0;
  for (int i = 0; i < 200; ++i) loop.Step();
  for (int round = 0; round < options.rounds; ++round) {
    const double start = CpuSeconds();
    std::int64_t steps = 0;
    double spent = 0;
    while (spent < options.seconds) {
      for (int i = 0; i < 8; ++i) games += loop.Step();
      steps += 8;
      spent = CpuSeconds() - start;
    }
    moves += steps * loop.worlds();
    rates.push_back(static_cast<double>(steps * loop.worlds()) / spent);
  }
  std::nth_element(rates.begin(), rates.begin() + options.rounds / 2, rates.end());
  return {rates[static_cast<std::size_t>(options.rounds / 2)],
          games > 0 ? static_cast<double>(moves) / static_cast<double>(games) : 0,
          loop.ChanceShare()};
}

/// Players' moves per second of the bare loop; 0 for environments that have none here.
double BareRate(const EnvRow& row, const Params& params, int worlds, const Options& options) {
  if (row.id == "KuhnPoker-v0") {
    return Measure(Bare<KuhnPoker>(params, worlds), options).per_second;
  }
  if (row.id == "LeducPoker-v0") {
    return Measure(Bare<LeducPoker>(params, worlds), options).per_second;
  }
  if (row.id == "Hex-v0" && params.GetInt("size") == 11) {
    return Measure(Bare<Hex11>(params, worlds), options).per_second;
  }
  if (row.id.starts_with("MinAtar/Seaquest")) {
    return Measure(BareSteps<MinAtarSeaquest>(params, worlds), options).per_second;
  }
  if (row.id.starts_with("MinAtar/SpaceInvaders")) {
    return Measure(BareSteps<MinAtarSpaceInvaders>(params, worlds), options).per_second;
  }
  return 0;
}

void Report(const EnvRow& row, const Options& options, Json& report) {
  Params params = DefaultParams(row);
  for (const auto& [key, value] : options.settings) params.Set(key, value);
  const bool playouts = EnvBatch(row, params, 1, {}).has_legal();
  const int worlds = options.worlds > 0 ? options.worlds : playouts ? 256 : 1024;
  const Figure figure = playouts ? Measure(Playouts(row, params, worlds), options)
                                 : Measure(Steps(row, params, worlds), options);
  const double counted = figure.per_second * (1 + figure.chance);
  const double bare = BareRate(row, params, worlds, options) * (1 + figure.chance);
  const Peer* peer = playouts ? PeerOf(kOpenSpiel, row.id) : PeerOf(kEnvPool, row.id);
  Json line = {{"env", row.id},
               {"kind", playouts ? "playouts" : "steps"},
               {"worlds", worlds},
               {"per_second", counted}};
  if (playouts) line["moves_per_game"] = figure.length * (1 + figure.chance);
  if (figure.chance > 0) line["players_moves_per_second"] = figure.per_second;
  if (bare > 0) line["bare_loop_per_second"] = bare;
  if (peer != nullptr) {
    line["peer_per_second"] = peer->millions * 1e6;
    line["ratio"] = counted / (peer->millions * 1e6);
    line["aim"] = peer->aim;
  }
  if (!options.json) {
    std::printf("%-26s %-8s %9.2f million/s", row.id.c_str(), playouts ? "playouts" : "steps",
                counted / 1e6);
    if (playouts) std::printf("  %6.1f moves/game", line["moves_per_game"].get<double>());
    if (peer != nullptr) {
      std::printf("  %6.1f times %s (aim %.0f)", line["ratio"].get<double>(),
                  playouts ? "OpenSpiel" : "EnvPool", peer->aim);
    }
    if (figure.chance > 0) std::printf("; players' moves alone %.2f", figure.per_second / 1e6);
    if (bare > 0) std::printf("; bare loop %.2f", bare / 1e6);
    std::printf("\n");
    std::fflush(stdout);
  }
  report.push_back(std::move(line));
}

Options Read(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--json") {
      options.json = true;
    } else if (word.starts_with("--") && i + 1 < argc) {
      const std::string value = argv[++i];
      if (word == "--worlds") {
        options.worlds = std::stoi(value);
      } else if (word == "--seconds") {
        options.seconds = std::stod(value);
      } else if (word == "--rounds") {
        options.rounds = std::max(1, std::stoi(value));
      } else if (word == "--set" && value.find('=') != std::string::npos) {
        const std::size_t at = value.find('=');
        options.settings.emplace_back(value.substr(0, at), value.substr(at + 1));
      } else {
        throw UsageError("unknown option " + word + " " + value);
      }
    } else {
      options.envs.push_back(word);
    }
  }
  return options;
}

void Main(int argc, char** argv) {
  const Options options = Read(argc, argv);
  Json report = Json::array();
  for (const EnvRow& row : BuiltinEnvs()) {
    const auto& wanted = options.envs;
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), row.id) == wanted.end()) {
      continue;
    }
    Report(row, options, report);
  }
  if (report.empty()) throw UsageError("no environment of that name");
  if (options.json) std::cout << report.dump(2) << "\n";
}

}  // namespace
}  // namespace brasa

int main(int argc, char** argv) {
  try {
    brasa::Main(argc, argv);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "env_bench: " << error.what() << "\n";
    return 2;
  }
}
