// Plain UCT as an agent: an opponent, and an actor that makes games to learn from.
#pragma once

#include <memory>
#include <vector>

#include "brasa/agent.h"

namespace brasa {

std::vector<Field> MctsFields();
/// Throws ConfigError where actions are not discrete or a clone costs a replay of the episode.
void CheckMcts(const EnvSpec& spec, const Config& config);
/// An agent that needs_worlds and learns nothing. Both modes play the move with most visits. The
/// k-th decision of an actor in world w draws from streams that (seed, role, w, k) give, so it
/// depends on nothing that other worlds do. Throws as CheckMcts; the first decision throws
/// ConfigError where players hide something that the environment cannot draw anew.
std::unique_ptr<Agent> MakeMcts(const AgentSetup& setup);

}  // namespace brasa
