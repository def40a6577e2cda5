// The random agent: every legal action is equally likely.
#pragma once

#include <memory>

#include "brasa/agent.h"

namespace brasa {

/// Works on any environment. Discrete: uniform over the legal actions. Multi-discrete: every
/// component uniform. Box, per component: uniform in its bounds; with one bound an exponential
/// number of mean 1 away from it; without bounds a standard normal number (as Gymnasium samples
/// boxes). Its policy has no mode: greedy and explore draw alike, world w from the stream (seed,
/// role, w) alone.
std::unique_ptr<Agent> MakeRandomAgent(const AgentSetup& setup);

}  // namespace brasa
