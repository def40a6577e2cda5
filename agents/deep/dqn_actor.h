// Acting with a Q-network.
#pragma once

#include <cstdint>
#include <vector>

#include "agents/deep/q_network.h"
#include "agents/memory/observation_encoder.h"
#include "brasa/agent.h"
#include "brasa/world_rngs.h"

namespace brasa {

/// Explores epsilon-greedily: one uniform number per row from the stream of the row's world, and a
/// second one where a random legal action is due; a noisy network gets new noise for each call from
/// a stream of its own. Greedy takes the best legal action of the mean weights and draws nothing.
/// Threads: one, and never while the network learns. Memory: grows to the largest call.
class DqnActor final : public Actor {
 public:
  /// Borrows network, encoder and epsilon.
  DqnActor(QNetwork& network, const ObservationEncoder& encoder, const double& epsilon,
           ActMode mode, int worlds, std::uint64_t seed, StreamRole role);

  void Act(const ActRows& rows, void* actions) override;
  void Save(StateWriter& writer) const override;
  void Load(StateReader& reader) override;

 private:
  /// True if some row of `actions` waits for the network's choice (-1).
  bool Explore(const ActRows& rows, std::int32_t* actions);
  const std::uint8_t* Mask(const ActRows& rows, int i) const {
    return rows.mask == nullptr ? nullptr : rows.mask + std::ptrdiff_t{i} * network_.actions();
  }

  QNetwork& network_;
  const ObservationEncoder& encoder_;
  const double& epsilon_;
  ActMode mode_;
  WorldRngs rngs_;
  Rng noise_;
  std::vector<float> inputs_, values_;
};

/// Uniform among the legal actions; one draw. `mask` null = all.
std::int32_t RandomLegal(const std::uint8_t* mask, int actions, Rng& rng);

}  // namespace brasa
