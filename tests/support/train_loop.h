// The training loop of the contract, without a run directory: what tests of agents need.
#pragma once

#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "brasa/vector_env.h"
#include "tests/support/rows.h"

namespace brasa::support {

using Settings = std::vector<std::pair<std::string, std::string>>;

/// What a training is made from; `settings` lie above the row's preset for the environment, where
/// `use_preset` asks for it. worlds and steps of 0 are the preset's.
struct TrainOptions {
  Settings settings = {};
  int worlds = 1;
  std::int64_t steps = 0;
  std::uint64_t seed = 0;
  bool use_preset = false;
  Settings params = {};
};

/// One agent on one environment, stepped serially.
class TrainLoop {
 public:
  TrainLoop(const EnvRow& env_row, const AgentRow& agent_row, TrainOptions options)
      : env_row_(env_row),
        params_(DefaultParams(env_row)),
        worlds_(options.worlds),
        steps_(options.steps) {
    for (const auto& [name, value] : options.params) params_.Set(name, value);
    Config config(agent_row.fields);
    if (options.use_preset) ApplyPreset(agent_row, config);
    for (const auto& [name, value] : options.settings) config.Set(name, value);
    env_ = MakeSerialVectorEnv(env_row, params_,
                               {worlds_, 1, {options.seed, StreamRole::kEnv, 0}, true});
    if (agent_row.check != nullptr) agent_row.check(env_->spec(), config);
    agent_ = agent_row.make({env_->spec(), config, worlds_, options.seed, steps_});
    world_ids_.resize(static_cast<std::size_t>(worlds_));
    std::iota(world_ids_.begin(), world_ids_.end(), 0);
  }

  /// Plays and learns until `steps` world steps are done in all; all planned ones by default.
  void Run(std::int64_t steps = -1) {
    const std::int64_t until = steps < 0 ? steps_ : steps;
    if (done_ == 0) env_->Reset(agent_->FirstRows());
    for (; done_ < until; done_ += worlds_) {
      const StepRows rows = agent_->NextRows();
      agent_->actor().Act(Asked(rows.now), rows.actions);
      env_->Step(rows.actions, rows.outcome, rows.next);
      agent_->Learn(env_->last());
    }
  }

  /// Mean return per player over `episodes` episodes of each of `worlds` fresh worlds.
  std::vector<double> Evaluate(ActMode mode, int worlds, int episodes, std::uint64_t seed = 0) {
    auto env =
        MakeSerialVectorEnv(env_row_, params_, {worlds, 1, {seed, StreamRole::kEvalEnv, 0}, false});
    auto actor = agent_->MakeActor(mode, worlds, seed, StreamRole::kEvalActor);
    Rows rows(env->spec(), worlds);
    const auto players = static_cast<std::size_t>(env->spec().players);
    std::vector<double> sums(players, 0.0);
    env->Reset(rows.states());
    for (int counted = 0; counted < worlds * episodes;) {
      ActRows asked = rows.asked();
      if (agent_->needs_worlds()) asked.batch = &env->batch();
      actor->Act(asked, rows.actions.data());
      env->Step(rows.actions.data(), {rows.reward.data(), rows.end.data()}, rows.states());
      const LastRows& last = env->last();
      for (int e = 0; e < last.count; ++e) {
        if (last.episode[e] >= static_cast<std::uint32_t>(episodes)) continue;
        ++counted;
        for (std::size_t p = 0; p < players; ++p) {
          sums[p] += last.returns[static_cast<std::size_t>(e) * players + p];
        }
      }
    }
    for (double& sum : sums) sum /= worlds * episodes;
    return sums;
  }

  Agent& agent() { return *agent_; }
  VectorEnv& env() { return *env_; }
  const Params& params() const { return params_; }
  std::int64_t steps_done() const { return done_; }

  std::string Save() const {
    StateWriter writer;
    env_->Save(writer);
    agent_->Save(writer);
    return writer.bytes();
  }
  void Load(const std::string& bytes, std::int64_t steps_done) {
    StateReader reader(bytes, "test");
    env_->Load(reader);
    agent_->Load(reader);
    done_ = steps_done;
  }

 private:
  /// Rows of an evaluation.
  struct Rows {
    Rows(const EnvSpec& spec, int n)
        : world(Size(n)),
          player(Size(n)),
          actions(Size(n * spec.action.size())),
          observation(Size(n * spec.observation.bytes())),
          mask(spec.action.kind == ActionKind::kDiscrete ? Size(n * spec.action.count) : 0),
          start(Size(n)),
          end(Size(n)),
          reward(Size(n * spec.players)) {
      std::iota(world.begin(), world.end(), 0);
    }
    static std::size_t Size(int n) { return static_cast<std::size_t>(n); }
    StateRows states() {
      return {player.data(), observation.data(), mask.empty() ? nullptr : mask.data(),
              start.data()};
    }
    ActRows asked() {
      const StateRows rows = states();
      return {static_cast<int>(world.size()),
              world.data(),
              rows.player,
              rows.observation,
              rows.mask,
              rows.start,
              nullptr};
    }
    std::vector<std::int32_t> world, player, actions;
    std::vector<std::uint8_t> observation, mask, start, end;
    std::vector<float> reward;
  };

  ActRows Asked(const StateRows& now) {
    return {worlds_,
            world_ids_.data(),
            now.player,
            now.observation,
            now.mask,
            now.start,
            agent_->needs_worlds() ? &env_->batch() : nullptr};
  }
  void ApplyPreset(const AgentRow& agent_row, Config& config) {
    for (const AgentRow::Preset& preset : agent_row.presets) {
      if (preset.env != env_row_.id) continue;
      for (const auto& [name, value] : preset.values) {
        if (name == "envs") {
          if (worlds_ == 0) worlds_ = std::stoi(value);
        } else if (name == "steps") {
          if (steps_ == 0) steps_ = std::stoll(value);
        } else {
          config.SetDefault(name, value);
        }
      }
    }
  }

  EnvRow env_row_;
  Params params_;
  int worlds_;
  std::int64_t steps_, done_ = 0;
  std::unique_ptr<VectorEnv> env_;
  std::unique_ptr<Agent> agent_;
  std::vector<std::int32_t> world_ids_;
};

}  // namespace brasa::support
