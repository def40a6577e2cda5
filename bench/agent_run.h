// A learner and its worlds on one core, timed in rounds of steps.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "brasa/agent.h"
#include "brasa/vector_env.h"

namespace brasa::bench {

class AgentRun {
 public:
  /// Resets the worlds.
  AgentRun(std::unique_ptr<VectorEnv> env, std::unique_ptr<Agent> agent)
      : env_(std::move(env)),
        agent_(std::move(agent)),
        ids_(static_cast<std::size_t>(env_->worlds())) {
    std::iota(ids_.begin(), ids_.end(), 0);
    env_->Reset(agent_->FirstRows());
  }

  /// Plays and learns for `steps` world steps.
  void Play(std::int64_t steps) {
    for (std::int64_t i = 0; i < steps / env_->worlds(); ++i) {
      const StepRows rows = agent_->NextRows();
      agent_->actor().Act(AllRows(rows.now, ids_), rows.actions);
      env_->Step(rows.actions, rows.outcome, rows.next);
      agent_->Learn(env_->last());
    }
  }
  /// The same, timed.
  void Round(std::int64_t steps) {
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu_start = std::clock();
    Play(steps);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    const double cpu = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
    rates_.push_back(static_cast<double>(steps) / wall.count());
    cpu_rates_.push_back(static_cast<double>(steps) / cpu);
  }

  /// World steps per second of the fastest and of the slowest round, and per CPU second of the
  /// fastest.
  double rate() const { return *std::ranges::max_element(rates_); }
  double slowest() const { return *std::ranges::min_element(rates_); }
  double cpu_rate() const { return *std::ranges::max_element(cpu_rates_); }
  std::int64_t updates() const { return agent_->updates(); }
  std::uint64_t parameter_hash() const { return agent_->ParameterHash(); }
  std::uint64_t signature() const { return env_->Signature(); }

 private:
  std::unique_ptr<VectorEnv> env_;
  std::unique_ptr<Agent> agent_;
  std::vector<std::int32_t> ids_;
  std::vector<double> rates_, cpu_rates_;
};

}  // namespace brasa::bench
