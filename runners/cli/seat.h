// Who sits at a game: a trained agent, a built-in one, or nobody (a person).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "brasa/agent.h"
#include "brasa/env_batch.h"
#include "brasa/runner.h"

namespace brasa::cli {

/// An agent that chooses actions for one Env. Main thread; owns agent and actor.
class Seat {
 public:
  /// `name` is a run directory, a checkpoint, or an agent that needs no training (random, mcts).
  /// Throws UsageError that says what is allowed, FileError; ConfigError if the agent was trained
  /// for another environment.
  Seat(Registry& registry, const std::string& name, const EnvRow& row, const EnvSpec& spec,
       std::uint64_t seed);
  /// A trained agent that is there already.
  Seat(TrainedAgent trained, const EnvSpec& spec, std::uint64_t seed);

  /// Overwrites `action` (spec.action.bytes()) with the agent's choice for who moves in `env`.
  void Choose(Env& env, void* action);

 private:
  void Prepare(const EnvSpec& spec, std::uint64_t seed);

  TrainedAgent trained_;
  std::unique_ptr<Actor> actor_;
  std::vector<std::uint8_t> observation_, mask_;
};

/// Room for one action of any kind.
struct ActionBuffer {
  explicit ActionBuffer(const EnvSpec& spec)
      : words(static_cast<std::size_t>(spec.action.size()), 0) {}
  void* data() { return words.data(); }
  std::vector<std::int32_t> words;
};

}  // namespace brasa::cli
