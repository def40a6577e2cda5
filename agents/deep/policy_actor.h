// Acting with a policy network.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "agents/deep/policy_model.h"
#include "agents/memory/frame_stack.h"
#include "agents/memory/rollout.h"
#include "agents/memory/world_memory.h"
#include "brasa/agent.h"
#include "brasa/world_rngs.h"

namespace brasa {

/// Explores by sampling the policy, K numbers per row from the stream of the row's world; greedy
/// takes the mode and draws nothing. A model that remembers goes on from what its worlds remember,
/// and from nothing where an episode begins. Threads: one, and never while the model learns.
/// Memory: grows to the largest call, then nothing is allocated.
class PolicyActor final : public Actor {
 public:
  /// Where Act also writes, each at [row.world]; null = nowhere.
  struct Trace {
    float* log_prob = nullptr;
    float* value = nullptr;
    float* sampled = nullptr;  ///< [worlds, K] the box action that the policy scores
  };

  /// Borrows the model.
  PolicyActor(PolicyModel& model, ActMode mode, int worlds, std::uint64_t seed, StreamRole role);

  /// From now on.
  void SetTrace(const Trace& trace) { trace_ = trace; }
  /// From now on slot `slot` of a rollout of all worlds.
  void SetTrace(Rollout& rollout, int slot);
  /// After the rows of the last Act; empty unless the model remembers.
  const WorldMemory& memory() const { return memory_; }

  void Act(const ActRows& rows, void* actions) override;
  void Save(StateWriter& writer) const override;
  void Load(StateReader& reader) override;

 private:
  void Grow(int rows);
  /// The network's input of `rows` [rows.count, inputs].
  const float* Inputs(const ActRows& rows);
  /// Overwrites the network's outputs of `rows`.
  void Forward(const ActRows& rows);
  /// Overwrites actions with what the policy chooses.
  void Choose(const ActRows& rows, void* actions);
  void WriteTrace(const ActRows& rows, const void* chosen);

  PolicyModel& model_;
  ActMode mode_;
  WorldRngs rngs_;
  FrameStack frames_;   ///< empty unless inputs have several frames
  WorldMemory memory_;  ///< empty unless the model remembers
  std::unique_ptr<ActionDistribution> policy_;
  Trace trace_;
  int most_rows_ = 0;
  std::vector<float> inputs_, outputs_, states_, log_prob_, sampled_;
  std::vector<std::uint8_t> stacked_;
  std::vector<double> noise_;
};

}  // namespace brasa
