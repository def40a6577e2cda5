// Targets and weights of learning from what an older policy played.
#pragma once

#include <cstdint>
#include <span>

#include "agents/memory/gae.h"

namespace brasa {

struct VtraceOptions {
  float discount = 0.99f;
  float lambda = 1;
  float rho_clip = 1;  ///< most that a temporal difference and a policy gradient weigh
  float c_clip = 1;    ///< most of a trace that a step hands back
};

/// One row each of the decisions of a DecisionChains.
struct VtraceRows {
  std::span<const float> value;  ///< V by the network that learns
  std::span<const float> ratio;  ///< pi(a) / mu(a): that network's policy over the one that played
  std::span<float> target;       ///< out: v, what the value regresses to
  std::span<float> policy_weight;  ///< out: what grad log pi(a) is multiplied with
};

/// V-trace (Espeholt et al., "IMPALA", 2018, section 4.1) along each chain. With rho =
/// min(rho_clip, ratio), c = lambda min(c_clip, ratio), s the next decision, V' = V_s and v' = v_s,
/// both final_value where the episode ended, and both V_s where s is open:
///   delta  = rho (reward + discount V' - V)
///   v      = V + delta + discount c (v' - V')
///   weight = rho (reward + discount v' - V)
/// Open decisions: v = V, weight 0. The discount counts decisions of the seat.
void ComputeVtrace(const DecisionChains& chains, const VtraceOptions& options,
                   const VtraceRows& rows);

}  // namespace brasa
