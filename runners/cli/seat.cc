#include "runners/cli/seat.h"

#include <filesystem>

namespace brasa::cli {
namespace {

bool Fits(const AgentRow& agent, const EnvSpec& spec) {
  try {
    if (agent.check != nullptr) agent.check(spec, Config(agent.fields));
    return true;
  } catch (const ConfigError&) {
    return false;
  }
}

/// The agent `name`, if it plays as it is. Throws UsageError with what may sit at this game.
const AgentRow& FindOpponent(const Registry& registry, const std::string& name,
                             const EnvSpec& spec) {
  std::vector<std::string> names = {"human"};
  std::string allowed = "human";
  for (const AgentRow& row : registry.agents()) {
    if (row.learns) continue;
    if (row.name == name) return row;
    if (!Fits(row, spec)) continue;
    names.push_back(row.name);
    allowed += ", " + row.name;
  }
  throw UsageError("--against = '" + name + "' is not allowed" + NearMatches(name, names) +
                   "; give a run directory, a checkpoint, or one of " + allowed);
}

}  // namespace

Seat::Seat(Registry& registry, const std::string& name, const EnvRow& row, const EnvSpec& spec,
           std::uint64_t seed) {
  if (std::filesystem::exists(name)) {
    trained_ = LoadAgent(registry, name);
    if (registry.FindEnv(trained_.config.env).id != row.id) {
      throw ConfigError("'" + name + "' was trained on " + trained_.config.env + ", not on " +
                        row.id);
    }
  } else {
    const AgentRow& agent = FindOpponent(registry, name, spec);
    trained_.config.agent = agent.name;
    trained_.config.agent_config = Config(agent.fields);
    if (agent.check != nullptr) agent.check(spec, trained_.config.agent_config);
    trained_.agent = agent.make({spec, trained_.config.agent_config, 1, seed, 1});
  }
  Prepare(spec, seed);
}

Seat::Seat(TrainedAgent trained, const EnvSpec& spec, std::uint64_t seed)
    : trained_(std::move(trained)) {
  Prepare(spec, seed);
}

void Seat::Prepare(const EnvSpec& spec, std::uint64_t seed) {
  const ActMode mode = trained_.config.agent == "random" ? ActMode::kExplore : ActMode::kGreedy;
  actor_ = trained_.agent->MakeActor(mode, 1, seed, StreamRole::kPlayActor);
  observation_.resize(static_cast<std::size_t>(spec.observation.bytes()));
  mask_.resize(static_cast<std::size_t>(spec.action.count));
}

void Seat::Choose(Env& env, void* action) {
  const std::int32_t world = 0;
  const std::int32_t player = env.PlayerToMove();
  const std::uint8_t start = env.plies() == 0;
  env.Observe(player, observation_.data());
  ActRows rows;
  rows.count = 1;
  rows.world = &world;
  rows.player = &player;
  rows.observation = observation_.data();
  rows.start = &start;
  if (env.batch().has_legal()) {
    env.batch().Masks(0, 1, mask_.data());
    rows.mask = mask_.data();
  }
  if (trained_.agent->needs_worlds()) rows.batch = &env.batch();
  actor_->Act(rows, action);
}

}  // namespace brasa::cli
