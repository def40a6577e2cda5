// Acting with a network whose outputs are the logits of discrete actions, then the value.
#pragma once

#include <cstdint>
#include <vector>

#include "agents/memory/observation_encoder.h"
#include "brasa/world_rngs.h"
#include "agents/nn/distributions.h"
#include "agents/nn/network.h"
#include "brasa/agent.h"

namespace brasa {

/// Explores by sampling the policy, one uniform number per row from the stream of the row's world;
/// greedy takes the mode and draws nothing. Threads: one, and never while the network learns.
/// Memory: grows to the largest call, then nothing is allocated.
class PolicyActor final : public Actor {
 public:
  /// Borrows network and encoder.
  PolicyActor(Network& network, const ObservationEncoder& encoder, ActMode mode, int worlds,
              std::uint64_t seed, StreamRole role);

  /// From now on Act also writes, per row, log p(action) and the value at [row.world] of these
  /// arrays; null stops it.
  void Trace(float* log_prob, float* value) {
    log_prob_ = log_prob;
    value_ = value;
  }

  void Act(const ActRows& rows, void* actions) override;
  void Save(StateWriter& writer) const override { rngs_.Save(writer); }
  void Load(StateReader& reader) override { rngs_.Load(reader); }

 private:
  Network& network_;
  const ObservationEncoder& encoder_;
  ActMode mode_;
  WorldRngs rngs_;
  Categorical policy_;
  std::vector<float> inputs_, outputs_;
  std::vector<double> uniforms_;
  float* log_prob_ = nullptr;
  float* value_ = nullptr;
};

}  // namespace brasa
