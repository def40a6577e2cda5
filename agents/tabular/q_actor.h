// The epsilon-greedy actor of tabular agents.
#pragma once

#include <cstdint>
#include <vector>

#include "agents/tabular/q_table.h"
#include "brasa/agent.h"
#include "brasa/world_rngs.h"

namespace brasa {

/// Explore: with probability epsilon uniform over the legal actions, else one of the best, drawn
/// among equals. Greedy: the best, the lowest id among equals; draws nothing. World w draws from
/// the stream (seed, role, w) alone. An observation without a row has equal values.
class QActor final : public Actor {
 public:
  /// `table` and `epsilon` must outlive the actor.
  QActor(const QTable& table, const double& epsilon, ActMode mode, int worlds, std::uint64_t seed,
         StreamRole role);
  void Act(const ActRows& rows, void* actions) override;
  void Save(StateWriter& writer) const override;
  void Load(StateReader& reader) override;

 private:
  /// Collects the legal actions of `mask`, then those of them with the largest value.
  void FindLegal(const std::uint8_t* mask);
  void KeepBest(int state);

  const QTable& table_;
  const double& epsilon_;
  ActMode mode_;
  WorldRngs rngs_;
  std::vector<std::int32_t> candidates_;
};

}  // namespace brasa
