// Rewards as a learner wants them; what the run reports stays raw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "agents/memory/running_moments.h"
#include "agents/memory/seat_transitions.h"
#include "brasa/core/archive.h"

namespace brasa {

struct RewardOptions {
  bool normalize = false;  ///< divide by the deviation of the discounted return
  float discount = 0.99f;  ///< of that return
  float scale = 1;         ///< multiply, after normalising
  float clip = 0;          ///< to [-clip, clip], last; 0 = never
};

/// Normalising as Gymnasium's NormalizeReward (Huang et al. 2022, details 8 and 9 of continuous
/// control): every seat's running return R = discount * R + reward, begun anew with each episode;
/// the moments take the returns of a vector step as one batch, in the order of the transitions;
/// reward / sqrt(variance + 1e-8). With several seats a reward is that of a decision. Threads: one.
class RewardTransform {
 public:
  RewardTransform(int worlds, int players, const RewardOptions& options);

  /// Changes the rewards of what one vector step closed. Grows to the largest step.
  void Apply(std::span<SeatTransition> closed);
  const RunningMoments& moments() const { return moments_; }

  void Save(StateWriter& writer) const;
  /// Throws FileError if the sizes differ.
  void Load(StateReader& reader);

 private:
  void Normalize(std::span<SeatTransition> closed);

  RewardOptions options_;
  std::size_t players_;
  std::vector<double> running_;  // [worlds, players] R; empty unless normalised
  RunningMoments moments_;       // of R
  std::vector<float> batch_;
};

}  // namespace brasa
