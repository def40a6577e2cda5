#include "agents/search/mcts_agent.h"

#include <memory>
#include <span>

#include "agents/search/fixed_agent.h"
#include "agents/search/uct.h"
#include "brasa/core/hash.h"

namespace brasa {
namespace {

class MctsActor final : public Actor {
 public:
  MctsActor(const UctOptions& options, int worlds, std::uint64_t seed, StreamRole role)
      : search_(options),
        key_(HashCombine(seed, static_cast<std::uint64_t>(role))),
        decisions_(static_cast<std::size_t>(worlds), 0),
        scratch_(decisions_.size()) {}

  void Act(const ActRows& rows, void* actions) override {
    if (rows.batch == nullptr) throw UsageError("mcts needs the worlds it is to search from");
    for (int i = 0; i < rows.count; ++i) {
      static_cast<std::int32_t*>(actions)[i] = Decide(*rows.batch, rows.world[i]);
    }
  }
  void Save(StateWriter& writer) const override {
    writer.WriteVector("actor/decisions", decisions_);
  }
  void Load(StateReader& reader) override {
    reader.ReadSpan("actor/decisions", std::span<std::uint64_t>(decisions_));
  }

 private:
  // Two streams a decision: one for what chance draws in the simulations, one for what they choose.
  std::int32_t Decide(const EnvBatch& batch, std::int32_t world) {
    const auto w = static_cast<std::size_t>(world);
    const std::uint64_t decision = decisions_[w]++;
    const auto index = static_cast<std::uint32_t>(world);
    if (scratch_[w] == nullptr) {
      scratch_[w] = std::make_unique<Env>(batch.row(), batch.params(),
                                          WorldStreams{key_, StreamRole::kSearch, index});
    }
    Env& env = *scratch_[w];
    env.batch().SetNextEpisode(0, static_cast<std::uint32_t>(decision));
    env.Reset();
    Rng rng(HashCombine(Mix64(key_), decision), StreamRole::kSearch, index);
    return search_.Choose(batch, world, env, rng);
  }

  UctSearch search_;
  std::uint64_t key_;
  std::vector<std::uint64_t> decisions_;       // [worlds] so far
  std::vector<std::unique_ptr<Env>> scratch_;  // [worlds] made for a world's first decision
};

}  // namespace

std::vector<Field> MctsFields() {
  return {
      IntField("simulations", 1000, 1, 5e6, "playouts a move"),
      FloatField("exploration", 1.4142135623730951, 0, 1e6,
                 "weight of the exploration term, in half ranges of the return"),
      IntField("max_playout", 10000, 0, 1e9, "most plies of a playout"),
  };
}

void CheckMcts(const EnvSpec& spec, const Config&) {
  const auto refuse = [&](const char* why) {
    throw ConfigError("mcts does not fit environment '" + spec.id + "': " + why);
  };
  if (spec.action.kind != ActionKind::kDiscrete) refuse("it needs discrete actions");
  if (spec.clone_cost == CloneCost::kReplay) {
    refuse("a clone of its worlds costs a replay of the episode");
  }
}

std::unique_ptr<Agent> MakeMcts(const AgentSetup& setup) {
  CheckMcts(setup.spec, setup.config);
  UctOptions options;
  options.simulations = static_cast<int>(setup.config.GetInt("simulations"));
  options.exploration = setup.config.GetFloat("exploration");
  options.max_playout = static_cast<int>(setup.config.GetInt("max_playout"));
  return std::make_unique<FixedAgent>(
      setup, true, [options](ActMode, int worlds, std::uint64_t seed, StreamRole role) {
        return std::make_unique<MctsActor>(options, worlds, seed, role);
      });
}

}  // namespace brasa
