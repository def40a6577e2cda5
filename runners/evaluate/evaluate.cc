#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "brasa/core/hash.h"
#include "brasa/runner.h"
#include "brasa/vector_env.h"
#include "runners/evaluate/side.h"

namespace brasa {
namespace {

/// The rows of one state of all worlds.
struct States {
  explicit States(const EnvBatch& batch) {
    const EnvSpec& spec = batch.spec();
    const auto n = static_cast<std::size_t>(batch.worlds());
    player.resize(n);
    observation.resize(n * static_cast<std::size_t>(spec.observation.bytes()));
    if (batch.has_legal()) mask.resize(n * static_cast<std::size_t>(spec.action.count));
    start.resize(n);
  }
  StateRows rows() {
    return {player.data(), observation.data(), mask.empty() ? nullptr : mask.data(), start.data()};
  }
  std::vector<std::int32_t> player;
  std::vector<std::uint8_t> observation, mask, start;
};

bool HasOpponent(const EvaluateOptions& options) {
  return !options.opponent.empty() && options.opponent != "self";
}

/// Plays `episodes` episodes. World w plays its share and counts no more than that, so the longest
/// episodes of a world count like its shortest ones. In games with an opponent the agent plays seat
/// k mod P in episode k, counted in the order of worlds.
class Evaluation {
 public:
  Evaluation(std::unique_ptr<VectorEnv> env, const EvaluateOptions& options)
      : env_(std::move(env)),
        options_(options),
        players_(env_->spec().players),
        now_(env_->batch()),
        next_(env_->batch()),
        played_(static_cast<std::size_t>(env_->worlds())) {
    const EnvSpec& spec = env_->spec();
    const auto n = static_cast<std::size_t>(env_->worlds());
    const auto episodes = static_cast<std::size_t>(options.episodes);
    actions_.resize(n * static_cast<std::size_t>(spec.action.bytes()));
    rewards_.resize(n * static_cast<std::size_t>(players_));
    ends_.resize(n);
    result_.episodes = options.episodes;
    result_.returns.resize(episodes * static_cast<std::size_t>(players_));
    result_.lengths.resize(episodes);
    if (HasOpponent(options)) result_.seats.resize(static_cast<std::size_t>(players_));
    IdleActions();
  }
  EnvBatch& batch() { return env_->batch(); }
  void AddSide(std::unique_ptr<Actor> actor, bool needs_worlds) {
    sides_.emplace_back(std::move(actor), needs_worlds, batch());
  }

  EvaluateResult Run() {
    const auto begin = std::chrono::steady_clock::now();
    env_->Reset(now_.rows());
    while (counted_ < options_.episodes) VectorStep();
    result_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    result_.signature = env_->Signature();
    for (int p = 0; p < players_; ++p) result_.mean_return.push_back(MeanReturn(p));
    return std::move(result_);
  }

 private:
  /// Episodes that the worlds before `world` play: episodes / N each, the first ones one more.
  int First(int world) const {
    const int n = env_->worlds();
    return world * (options_.episodes / n) + std::min(world, options_.episodes % n);
  }
  bool Plays(int world) const {
    return played_[static_cast<std::size_t>(world)] < First(world + 1) - First(world);
  }
  /// The number of the episode that `world` plays now, in the order of worlds.
  int Episode(int world) const { return First(world) + played_[static_cast<std::size_t>(world)]; }

  /// What worlds do whose share is done: the box action nearest to 0, or the lowest id.
  void IdleActions() {
    const ActionSpec& action = env_->spec().action;
    std::fill(actions_.begin(), actions_.end(), std::uint8_t{0});
    if (action.kind != ActionKind::kBox) return;
    for (std::size_t i = 0; i < actions_.size() / sizeof(float); ++i) {
      const std::size_t k = i % action.low.size();
      const float idle = std::clamp(0.0f, action.low[k], action.high[k]);
      std::memcpy(&actions_[i * sizeof(float)], &idle, sizeof idle);
    }
  }
  void Idle(const StateRows& states, int world) {
    if (states.mask == nullptr) return;
    const int count = env_->spec().action.count;
    const std::uint8_t* mask = states.mask + static_cast<std::ptrdiff_t>(world) * count;
    const auto id = static_cast<std::int32_t>(std::find(mask, mask + count, 1) - mask);
    std::memcpy(&actions_[static_cast<std::size_t>(world) * sizeof id], &id, sizeof id);
  }

  void VectorStep() {
    const StateRows states = now_.rows();
    for (Side& side : sides_) side.Clear();
    for (int w = 0; w < env_->worlds(); ++w) {
      if (!Plays(w)) {
        Idle(states, w);
      } else if (sides_.size() == 1 || states.player[w] == Episode(w) % players_) {
        sides_[0].Add(states, w);
      } else {
        sides_[1].Add(states, w);
      }
    }
    for (Side& side : sides_) side.Act(actions_.data());
    env_->Step(actions_.data(), {rewards_.data(), ends_.data()}, next_.rows());
    std::swap(now_, next_);
    const LastRows& last = env_->last();
    for (int e = 0; e < last.count; ++e) Count(last, e);
  }

  void Count(const LastRows& last, int e) {
    const int world = last.world[e];
    for (Side& side : sides_) side.EpisodeStarts(world);
    if (!Plays(world)) return;
    const int episode = Episode(world);
    const double* returns = last.returns + static_cast<std::ptrdiff_t>(e) * players_;
    std::copy(returns, returns + players_, result_.returns.begin() + episode * players_);
    result_.lengths[static_cast<std::size_t>(episode)] = last.length[e];
    result_.steps += last.length[e];
    if (!result_.seats.empty()) CountGame(returns, episode % players_);
    ++played_[static_cast<std::size_t>(world)];
    ++counted_;
  }

  /// A seat wins with more than every other seat has and draws with as much as the best other.
  void CountGame(const double* returns, int seat) {
    double best_other = -INFINITY;
    for (int p = 0; p < players_; ++p) {
      if (p != seat) best_other = std::max(best_other, returns[p]);
    }
    EvaluateResult::Seat& count = result_.seats[static_cast<std::size_t>(seat)];
    if (returns[seat] > best_other) {
      ++count.wins;
    } else if (returns[seat] < best_other) {
      ++count.losses;
    } else {
      ++count.draws;
    }
  }

  Estimate MeanReturn(int player) const {
    std::vector<double> values;
    for (int episode = 0; episode < result_.episodes; ++episode) {
      if (!result_.seats.empty() && episode % players_ != player) continue;
      values.push_back(result_.returns[static_cast<std::size_t>(episode * players_ + player)]);
    }
    if (values.empty()) return {NAN, {NAN, NAN}, 0};
    const Rng rng(options_.seed, StreamRole::kBootstrap, static_cast<std::uint32_t>(player));
    return Bootstrap(values, Statistic::kMean, rng);
  }

  std::unique_ptr<VectorEnv> env_;
  EvaluateOptions options_;
  int players_;
  std::vector<Side> sides_;  // the agent, then its opponent
  States now_, next_;
  std::vector<std::uint8_t> actions_;  // [N, K] of 4 bytes
  std::vector<float> rewards_;
  std::vector<std::uint8_t> ends_;
  std::vector<int> played_;  // [N] episodes counted
  int counted_ = 0;
  EvaluateResult result_;
};

void CheckOptions(const EvaluateOptions& options, const RunConfig& config, const EnvSpec& spec) {
  const auto require = [](bool ok, const char* name, int value, const std::string& allowed) {
    if (!ok) {
      throw ConfigError(std::string(name) + " = " + std::to_string(value) +
                        " is not allowed; give " + allowed);
    }
  };
  require(options.episodes >= 1, "episodes", options.episodes, "an integer >= 1");
  require(options.worlds >= 0 && options.worlds <= options.episodes, "envs", options.worlds,
          "an integer in [0, episodes]");
  require(options.workers >= 0 && options.workers <= 1024, "workers", options.workers,
          "an integer in [0, 1024]");
  if (!options.opponent.empty() && spec.players == 1) {
    throw UsageError("opponent = '" + options.opponent + "' is not allowed: " + config.env +
                     " has one player");
  }
  const std::vector<std::string> opponents = {"self", "random", "mcts"};
  if (!options.opponent.empty() &&
      std::find(opponents.begin(), opponents.end(), options.opponent) == opponents.end()) {
    throw ConfigError("opponent = '" + options.opponent + "' is unknown" +
                      NearMatches(options.opponent, opponents) + "; give self, random or mcts");
  }
}

}  // namespace

EvaluateResult Evaluate(Registry& registry, TrainedAgent& agent, const EvaluateOptions& options) {
  const EnvRow& row = registry.FindEnv(agent.config.env);
  const EnvSpec spec = EnvBatch(row, agent.config.params, 1, {}).spec();
  CheckOptions(options, agent.config, spec);
  VectorEnvOptions env;
  env.worlds = options.worlds > 0 ? options.worlds : std::min(options.episodes, 64);
  env.workers = options.workers;
  env.streams = {options.seed, StreamRole::kEvalEnv, 0};
  std::unique_ptr<Agent> opponent;  // outlives its actor
  Evaluation evaluation(MakeVectorEnv(row, agent.config.params, env), options);
  evaluation.AddSide(
      agent.agent->MakeActor(options.mode, env.worlds, options.seed, StreamRole::kEvalActor),
      agent.agent->needs_worlds());
  if (HasOpponent(options)) {
    const AgentRow& other = registry.FindAgent(options.opponent);
    const Config config(other.fields);
    if (other.check != nullptr) other.check(spec, config);
    // Another seed: the two sides must not draw the same numbers.
    const std::uint64_t seed = HashCombine(options.seed, 1);
    opponent = other.make({spec, config, env.worlds, seed, 0});
    const ActMode mode = options.opponent == "mcts" ? ActMode::kGreedy : ActMode::kExplore;
    evaluation.AddSide(opponent->MakeActor(mode, env.worlds, seed, StreamRole::kEvalActor),
                       opponent->needs_worlds());
  }
  return evaluation.Run();
}

}  // namespace brasa
