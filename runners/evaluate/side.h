// Those who play in an evaluation: the agent, and its opponent in games.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "brasa/agent.h"
#include "brasa/env_batch.h"

namespace brasa {

/// An actor with the rows it is asked about in one vector step.
class Side {
 public:
  /// Plays in the worlds of `batch`, which is borrowed. `needs_worlds` as the actor's agent says.
  Side(std::unique_ptr<Actor> actor, bool needs_worlds, EnvBatch& batch);

  void Clear() { world_.clear(); }
  /// Takes row `world` of `states` to the rows to ask about.
  void Add(const StateRows& states, int world);
  /// Asks the actor and writes its actions into the rows of their worlds in `actions` [N, K].
  void Act(void* actions);
  /// World `world` begins an episode: the next row of it is told as the first, whoever began.
  void EpisodeStarts(int world) { fresh_[static_cast<std::size_t>(world)] = 1; }

 private:
  std::unique_ptr<Actor> actor_;
  bool needs_worlds_;
  EnvBatch& batch_;
  std::size_t observation_bytes_, mask_bytes_, action_bytes_;
  std::vector<std::uint8_t> fresh_;  // [N] 1 = not asked yet in this episode
  // Rows asked about: world_.size() of them, capacity N.
  std::vector<std::int32_t> world_, player_;
  std::vector<std::uint8_t> observation_, mask_, start_, action_;
};

}  // namespace brasa
