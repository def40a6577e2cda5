// A training as `brasa train` plans it, without a run directory: presets, world steps in all.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/learner_run.h"
#include "tests/support/rows.h"

namespace brasa::support {

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
      : env_row_(env_row), params_(ParamsWith(env_row, options.params)), steps_(options.steps) {
    Config config(agent_row.fields);
    if (options.use_preset) ApplyPreset(agent_row, config, options.worlds);
    for (const auto& [name, value] : options.settings) config.Set(name, value);
    const int worlds = options.worlds;
    run_ = std::make_unique<LearnerRun<Agent>>(
        MakeSerialVectorEnv(env_row, params_,
                            {worlds, 1, {options.seed, StreamRole::kEnv, 0}, true}),
        [&](const EnvSpec& spec) {
          if (agent_row.check != nullptr) agent_row.check(spec, config);
          return agent_row.make({spec, config, worlds, options.seed, steps_});
        });
  }

  /// Plays and learns until `steps` world steps are done in all; all planned ones by default.
  void Run(std::int64_t steps = -1) {
    const std::int64_t until = steps < 0 ? steps_ : steps;
    for (; done_ < until; done_ += env().worlds()) run_->Step();
  }

  /// Mean return per player over `episodes` episodes of each of `worlds` fresh worlds.
  std::vector<double> Evaluate(ActMode mode, int worlds, int episodes, std::uint64_t seed = 0) {
    return MeanReturns(agent(), env_row_, params_, mode, worlds, episodes, seed);
  }

  Agent& agent() { return run_->agent; }
  VectorEnv& env() { return *run_->env; }
  const Params& params() const { return params_; }
  std::int64_t steps_done() const { return done_; }

  std::string Save() const { return run_->Saved(); }
  void Load(const std::string& bytes, std::int64_t steps_done) {
    run_->Load(bytes);
    done_ = steps_done;
  }

 private:
  void ApplyPreset(const AgentRow& agent_row, Config& config, int& worlds) {
    for (const AgentRow::Preset& preset : agent_row.presets) {
      if (preset.env != env_row_.id) continue;
      for (const auto& [name, value] : preset.values) {
        if (name == "envs") {
          if (worlds == 0) worlds = std::stoi(value);
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
  std::int64_t steps_, done_ = 0;
  std::unique_ptr<LearnerRun<Agent>> run_;
};

}  // namespace brasa::support
