// Acting in boxes: a squashed policy and the noise that it explores with.
#pragma once

#include <cstdint>
#include <vector>

#include "agents/deep/action_box.h"
#include "agents/memory/observation_encoder.h"
#include "agents/nn/network.h"
#include "agents/nn/squashed_gaussian.h"
#include "brasa/agent.h"
#include "brasa/world_rngs.h"

namespace brasa {

/// What actors and the learner share; everything is borrowed.
struct ContinuousPolicy {
  Network& network;  ///< means [K]; gaussian: means, then log deviations [2 K]
  const ObservationEncoder& encoder;
  const ActionBox& box;
  const bool& random;  ///< uniform actions instead of the policy's
  bool gaussian;       ///< sample the network's distribution, or add noise to tanh of its means
  double noise;        ///< deviation of that noise, in half widths of the box
  double correlation;  ///< rho of the noise from one decision of a world to the next
};

/// Explores with one process a world and component,
///   e_0 = n_0,  e_t = rho e_(t-1) + sqrt(1 - rho^2) n_t,  n standard normal,
/// begun anew with each episode: standard normal at every step, white where rho = 0 and slowly
/// wandering where it is near 1 (Uhlenbeck and Ornstein's process in discrete time; for sampled
/// policies as Eberhard et al., "Pink Noise Is All You Need", 2023, use coloured noise).
///   gaussian  u = tanh(m + s e)
///   else      u = tanh(m) + noise * e, clipped to [-1, 1]
///   random    u = 2 Phi(e) - 1, Phi the normal distribution function: uniform in the box
/// K numbers a row from the stream of the row's world, whatever is played. Greedy plays tanh(m) and
/// draws nothing. Threads: one, and never while the network learns. Memory: grows to the largest
/// call, then nothing is allocated.
class ContinuousActor final : public Actor {
 public:
  ContinuousActor(const ContinuousPolicy& policy, ActMode mode, int worlds, std::uint64_t seed,
                  StreamRole role);

  void Act(const ActRows& rows, void* actions) override;
  void Save(StateWriter& writer) const override;
  void Load(StateReader& reader) override;

 private:
  void Grow(int rows);
  /// Moves the processes of `rows` on; overwrites noise_ [R, K].
  void DrawNoise(const ActRows& rows);
  /// Overwrites unit_ [R, K].
  void Explore(int rows);

  const ContinuousPolicy policy_;
  const ActMode mode_;
  const std::size_t components_;  ///< K
  WorldRngs rngs_;
  SquashedGaussian gaussian_;
  std::vector<double> process_;  ///< [worlds, K] e of each world; empty where rho = 0
  std::vector<double> noise_;
  std::vector<float> inputs_, outputs_, unit_;
};

}  // namespace brasa
