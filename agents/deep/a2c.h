// Advantage actor-critic (A2C).
//
// Source: Mnih et al., "Asynchronous Methods for Deep Reinforcement Learning" (2016), in the
// synchronous form of Stable-Baselines3, whose defaults these are. One update of a rollout of T
// steps of N worlds is one optimizer step on
//   L = mean(-A log pi(a)) - entropy_coef * mean(H) + value_coef * mean(1/2 (V - target)^2)
// with advantages by GAE; lambda = 1 gives n-step returns with n up to T.
//
// It is PPO's learner (agents/deep/ppo.h) with one epoch, one minibatch, and nothing clipped: the
// policy that is differentiated is the one that acted, so the ratio is 1 and d(-A ratio) =
// d(-A log pi) (Huang et al., "A2C is a special case of PPO", 2022). Deviations are PPO's; the 1/2
// makes value_coef = 1 the 0.5 of Stable-Baselines3.
//
// RMSprop is PyTorch's form, epsilon outside the root, moments from 0; Mnih et al. have it inside.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "agents/deep/ppo.h"

namespace brasa {

/// What can be set, with defaults and ranges.
std::vector<Field> A2cFields();
/// The values of A2cFields(). Throws as CheckA2c.
PpoOptions A2cOptions(const EnvSpec& spec, const Config& config);
/// Throws ConfigError where the settings do not fit `spec`.
void CheckA2c(const EnvSpec& spec, const Config& config);
/// Bytes of rollout, minibatch and network.
std::int64_t A2cBytes(const AgentSetup& setup);
/// Throws ConfigError also where the rollout is too short for the seats.
std::unique_ptr<Agent> MakeA2c(const AgentSetup& setup);

}  // namespace brasa
