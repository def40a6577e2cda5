// A learner and its worlds, stepped by the loop of brasa/agent.h: what tests of agents need.
#pragma once

#include <algorithm>
#include <concepts>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "brasa/agent.h"
#include "brasa/vector_env.h"

namespace brasa::support {

using Settings = std::vector<std::pair<std::string, std::string>>;

/// Defaults of `fields` below `settings`.
inline Config ConfigWith(std::vector<Field> fields, const Settings& settings) {
  Config config(std::move(fields));
  for (const auto& [name, value] : settings) config.Set(name, value);
  return config;
}

inline Params ParamsWith(const EnvRow& row, const Settings& params) {
  Params values = DefaultParams(row);
  for (const auto& [name, value] : params) values.Set(name, value);
  return values;
}

/// Rows of N worlds that no learner keeps.
class StateMemory {
 public:
  StateMemory(const EnvSpec& spec, int worlds)
      : players_(Size(spec.players)),
        ids_(Size(worlds)),
        player_(Size(worlds)),
        actions_(Size(worlds * spec.action.size())),
        observation_(Size(worlds * spec.observation.bytes())),
        mask_(spec.action.kind == ActionKind::kDiscrete ? Size(worlds * spec.action.count) : 0),
        start_(Size(worlds)),
        end_(Size(worlds)),
        reward_(Size(worlds) * players_) {
    std::iota(ids_.begin(), ids_.end(), 0);
  }

  StateRows states() {
    return {player_.data(), observation_.data(), mask_.empty() ? nullptr : mask_.data(),
            start_.data()};
  }
  ActRows asked() { return AllRows(states(), ids_); }
  OutcomeRows outcome() { return {reward_.data(), end_.data()}; }
  void* actions() { return actions_.data(); }

 private:
  static std::size_t Size(int n) { return static_cast<std::size_t>(n); }

  std::size_t players_;
  std::vector<std::int32_t> ids_, player_, actions_;
  std::vector<std::uint8_t> observation_, mask_, start_, end_;
  std::vector<float> reward_;
};

/// Mean return per player of `agent` over `episodes` episodes of each of `worlds` fresh worlds.
inline std::vector<double> MeanReturns(Agent& agent, const EnvRow& row, const Params& params,
                                       ActMode mode, int worlds, int episodes, std::uint64_t seed) {
  const auto env =
      MakeSerialVectorEnv(row, params, {worlds, 1, {seed, StreamRole::kEvalEnv, 0}, false});
  const auto actor = agent.MakeActor(mode, worlds, seed, StreamRole::kEvalActor);
  StateMemory memory(env->spec(), worlds);
  const auto players = static_cast<std::size_t>(env->spec().players);
  std::vector<double> sums(players, 0.0);
  env->Reset(memory.states());
  for (int counted = 0; counted < worlds * episodes;) {
    ActRows asked = memory.asked();
    if (agent.needs_worlds()) asked.batch = &env->batch();
    actor->Act(asked, memory.actions());
    env->Step(memory.actions(), memory.outcome(), memory.states());
    const LastRows& last = env->last();
    for (int e = 0; e < last.count; ++e) {
      if (last.episode[e] >= static_cast<std::uint32_t>(episodes)) continue;
      ++counted;
      for (std::size_t p = 0; p < players; ++p) {
        sums[p] += last.returns[static_cast<std::size_t>(e) * players + p];
      }
    }
  }
  for (double& sum : sums) sum /= worlds * episodes;
  return sums;
}

/// One learner on its worlds, which are reset.
template <std::derived_from<Agent> Learner>
struct LearnerRun {
  /// `make(spec)` gives the learner.
  template <typename Make>
  LearnerRun(std::unique_ptr<VectorEnv> worlds, const Make& make)
      : env(std::move(worlds)),
        made(make(env->spec())),
        agent(dynamic_cast<Learner&>(*made)),
        world_ids(static_cast<std::size_t>(env->worlds())) {
    std::iota(world_ids.begin(), world_ids.end(), 0);
    env->Reset(agent.FirstRows());
  }

  /// The actor decides, without a step.
  StepRows Act() {
    const StepRows rows = agent.NextRows();
    ActRows asked = AllRows(rows.now, world_ids);
    if (agent.needs_worlds()) asked.batch = &env->batch();
    agent.actor().Act(asked, rows.actions);
    return rows;
  }
  /// One vector step.
  void Step() {
    const StepRows rows = Act();
    env->Step(rows.actions, rows.outcome, rows.next);
    const LastRows& last = env->last();
    for (int e = 0; keep_returns && e < last.count; ++e) {
      returns.push_back(last.returns[e * env->spec().players]);
    }
    agent.Learn(last);
  }
  void Train(std::int64_t vector_steps) {
    for (std::int64_t i = 0; i < vector_steps; ++i) Step();
  }

  /// Mean return of the last `count` episodes.
  double MeanReturn(std::size_t count) const {
    count = std::min(count, returns.size());
    const double sum =
        std::accumulate(returns.end() - static_cast<std::ptrdiff_t>(count), returns.end(), 0.0);
    return sum / static_cast<double>(count);
  }

  std::string Saved() const {
    StateWriter writer;
    env->Save(writer);
    agent.Save(writer);
    return writer.bytes();
  }
  void Load(const std::string& bytes) {
    StateReader reader(bytes, "test");
    env->Load(reader);
    agent.Load(reader);
  }

  std::unique_ptr<VectorEnv> env;
  std::unique_ptr<Agent> made;
  Learner& agent;
  std::vector<std::int32_t> world_ids;
  bool keep_returns = false;
  std::vector<double> returns;  ///< of player 0, in the order of the episodes' ends
};

}  // namespace brasa::support
