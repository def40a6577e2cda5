// The training loop of brasa/agent.h over a serial vector environment.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agents/deep/ppo.h"
#include "brasa/vector_env.h"

namespace brasa {

using Settings = std::vector<std::pair<std::string, std::string>>;

/// A learner of PPO, its worlds and the returns of player 0 in the order of the episodes' ends.
struct PpoRun {
  PpoRun(const EnvRow& row, const Settings& params, const Settings& settings, int worlds,
         std::uint64_t seed, std::int64_t total_steps = 0)
      : env(MakeEnv(row, params, worlds, seed)),
        agent(MakeSetup(env->spec(), settings, worlds, seed, total_steps)) {
    for (int i = 0; i < worlds; ++i) world_ids.push_back(i);
    env->Reset(agent.FirstRows());
  }

  /// The actor decides, without a step.
  StepRows Act() {
    const StepRows rows = agent.NextRows();
    agent.actor().Act({.count = env->worlds(),
                       .world = world_ids.data(),
                       .player = rows.now.player,
                       .observation = rows.now.observation,
                       .mask = rows.now.mask,
                       .start = rows.now.start},
                      rows.actions);
    return rows;
  }
  /// One vector step.
  void Step() {
    const StepRows rows = Act();
    env->Step(rows.actions, rows.outcome, rows.next);
    const LastRows& last = env->last();
    for (int e = 0; e < last.count; ++e) {
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
    double sum = 0;
    for (std::size_t i = returns.size() - count; i < returns.size(); ++i) sum += returns[i];
    return sum / static_cast<double>(count);
  }

  /// Mean return of player 0 over `episodes` greedy episodes, equally many in each of 50 worlds.
  double GreedyReturn(const EnvRow& row, int episodes, std::uint64_t seed) {
    constexpr int kWorlds = 50;
    const auto eval = MakeSerialVectorEnv(
        row, env->batch().params(),
        {.worlds = kWorlds, .workers = 1, .streams = {seed, StreamRole::kEvalEnv, 0}});
    const auto actor = agent.MakeActor(ActMode::kGreedy, kWorlds, seed, StreamRole::kEvalActor);
    Rollout rows(eval->spec(), kWorlds, 1);
    std::vector<std::int32_t> ids, played(kWorlds);
    for (int i = 0; i < kWorlds; ++i) ids.push_back(i);
    eval->Reset(rows.States(1));
    double sum = 0;
    for (int counted = 0; counted < episodes;) {
      rows.Restart();
      const StepRows step = rows.Step(0);
      actor->Act({.count = kWorlds,
                  .world = ids.data(),
                  .player = step.now.player,
                  .observation = step.now.observation,
                  .mask = step.now.mask,
                  .start = step.now.start},
                 step.actions);
      eval->Step(step.actions, step.outcome, step.next);
      const LastRows& last = eval->last();
      for (int e = 0; e < last.count; ++e) {
        if (played[static_cast<std::size_t>(last.world[e])]++ >= episodes / kWorlds) continue;
        sum += last.returns[e * eval->spec().players];
        ++counted;
      }
    }
    return sum / episodes;
  }

  static std::unique_ptr<VectorEnv> MakeEnv(const EnvRow& row, const Settings& params, int worlds,
                                            std::uint64_t seed) {
    Params values = DefaultParams(row);
    for (const auto& [name, value] : params) values.Set(name, value);
    return MakeSerialVectorEnv(
        row, values, {.worlds = worlds, .workers = 1, .streams = {seed, StreamRole::kEnv, 0}});
  }
  static AgentSetup MakeSetup(const EnvSpec& spec, const Settings& settings, int worlds,
                              std::uint64_t seed, std::int64_t total_steps) {
    Config config(PpoFields());
    for (const auto& [name, value] : settings) config.Set(name, value);
    return {spec, config, worlds, seed, total_steps};
  }

  std::unique_ptr<VectorEnv> env;
  Ppo agent;
  std::vector<std::int32_t> world_ids;
  std::vector<double> returns;
};

}  // namespace brasa
